"""Messages are clean, whatever they quote."""

from __future__ import annotations

from datetime import date

import pytest

from lead_tui.leads.errors import LeadTuiError, UsageError
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import parse
from lead_tui.leads.text import one_line

HOSTILE = "pl\ue000n\x9b1m\u202e"  # private use, a control sequence, a change of direction


def test_an_error_is_one_clean_line() -> None:
    assert str(LeadTuiError(f"No {HOSTILE}\nhere", remedy="try\x1b[2J it")) == "No pl�n�1m� here: try�[2J it"


@pytest.mark.parametrize("typed", ['"{}":', '"{}">x'])
def test_narrowing_by_a_field_with_a_hostile_label_is_refused_in_a_clean_line(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(typed.format(HOSTILE), FieldNames(labels={"phone_number": HOSTILE}), date(2026, 3, 9))
    assert one_line(str(refused.value)) == str(refused.value)
