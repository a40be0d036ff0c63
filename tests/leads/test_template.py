"""Templates for the text of a lead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lead_tui.leads.lead import Lead
from lead_tui.leads.values import Template

NOW = datetime(2026, 3, 9, 18, 30, tzinfo=UTC)
LEAD = Lead(
    {
        "first_name": "Zoë",
        "last_name": "O&#039;Brien",
        "phone_number": "3010010000",
        "city": "Los Angeles",
        "status_name": None,
        "name": "Attribute",
        "plan sold": "Gold {x}",
        "gmt_offset_now": "-5.00",
    }
)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{name}, {phone}, {city}", "Zoë O'Brien, (301) 001-0000, Los Angeles"),
        ("{+plan sold} {+name} [{status_name}]", "Gold {x} Attribute []"),
        ("no field at all", "no field at all"),
    ],
)
def test_fields_are_filled_in_as_on_the_screen(template: str, text: str) -> None:
    assert Template(template).fill(LEAD, frozenset(), NOW) == text


def test_masked_fields_are_left_out_of_whatever_is_made_of_them() -> None:
    assert Template("{name}/{phone}/{city}").fill(LEAD, frozenset({"last_name", "phone_number"}), NOW) == "//Los Angeles"


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{nmae}", "there is no field nmae, did you mean name?"),
        ("{plan_sold}", "a custom attribute is written {+key}"),
        ("{}", "there is no field"),
        ("{+}", "there is no field"),
        ("{name!r}", "there is no field name!r"),
        ("{name.__class__}", "there is no field"),
    ],
)
def test_an_unknown_field_is_refused(template: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"a text ") as refused:
        Template(template)
    assert problem in str(refused.value)
