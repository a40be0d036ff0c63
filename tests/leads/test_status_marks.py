"""Rules for the marks beside statuses."""

from __future__ import annotations

import pytest

from lead_tui.leads.lead import Lead
from lead_tui.leads.values import RULES, StatusMarks

NONE = ("", "", "")
MARKS = StatusMarks({"New": "green", "CB*": "yellow !", "hot lead": "red ★", "CBX": "blue"})


@pytest.mark.parametrize(
    ("code", "name", "mark"),
    [
        ("NEW", "", ("green", "●", " ")),
        ("cb", "Callback", ("yellow", "●", "! ")),
        ("CBHOLD", "", ("yellow", "●", "! ")),
        ("CBX", "", ("blue", "●", " ")),
        ("HL", "Hot lead", ("red", "★", " ")),
        ("NEWER", "", NONE),
        ("", "", NONE),
    ],
)
def test_a_status_has_the_mark_of_the_rule_for_its_code_or_name(code: str, name: str, mark: tuple[str, str, str]) -> None:
    assert MARKS.mark_of(Lead({"status": code, "status_name": name})) == mark


def test_a_masked_status_has_no_mark() -> None:
    lead = Lead({"status": "NEW", "status_name": "Hot lead"})
    assert MARKS.mark_of(lead.with_masked(frozenset({"status"}))) == ("red", "★", " ")
    assert MARKS.mark_of(lead.with_masked(frozenset({"status", "status_name"}))) == NONE
    assert StatusMarks().mark_of(lead) == NONE


def test_the_default_rules_mark_new_leads_and_callbacks() -> None:
    marks = StatusMarks(RULES)
    assert [marks.mark_of(Lead({"status": code})) for code in ("NEW", "CALLBK", "DNC")] == [
        ("green", "●", " "),
        ("yellow", "●", " "),
        NONE,
    ]
