"""Rules for the marks beside statuses."""

from __future__ import annotations

import pytest

from lead_tui.leads.formatting import MAX_REMEMBERED, RULES, StatusMark, StatusMarks, parse_rules, status_mark
from lead_tui.leads.lead import Lead

MARKS = parse_rules({"New": "green", "CB*": "yellow !", "hot lead": "red ★", "CBX": "blue"})


@pytest.mark.parametrize(
    ("code", "name", "mark"),
    [
        ("NEW", "", StatusMark("green", "●")),
        ("cb", "Callback", StatusMark("yellow", "!")),
        ("CBHOLD", "", StatusMark("yellow", "!")),
        ("CBX", "", StatusMark("blue", "●")),
        ("HL", "Hot lead", StatusMark("red", "★")),
        ("NEWER", "", None),
        ("", "", None),
    ],
)
def test_a_status_has_the_mark_of_the_rule_for_its_code_or_name(code: str, name: str, mark: StatusMark | None) -> None:
    assert status_mark(Lead({"status": code, "status_name": name}), MARKS) == mark


def test_a_masked_status_has_no_mark() -> None:
    lead = Lead({"status": "NEW", "status_name": "Hot lead"})
    assert status_mark(lead.with_masked(frozenset({"status"})), MARKS) == StatusMark("red", "★")
    assert status_mark(lead.with_masked(frozenset({"status", "status_name"})), MARKS) is None
    assert status_mark(lead, StatusMarks()) is None


def test_the_default_rules_mark_new_leads_and_callbacks() -> None:
    marks = parse_rules(RULES)
    assert [status_mark(Lead({"status": code}), marks) for code in ("NEW", "CALLBK", "DNC")] == [
        StatusMark("green", "●"),
        StatusMark("yellow", "●"),
        None,
    ]


def test_each_status_is_matched_once() -> None:
    marks = parse_rules({"CB*": "yellow"})
    assert status_mark(Lead({"status": "CBHOLD"}), marks) is status_mark(Lead({"status": "CBHOLD"}), marks) is marks.get("CBHOLD")
    for number in range(2_000):
        status_mark(Lead({"status": f"S{number}"}), marks)
    assert len(marks) == MAX_REMEMBERED
