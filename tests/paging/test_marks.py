"""Marked leads: by id, in the order in which they were marked."""

from __future__ import annotations

from lead_tui.leads.lead import Row
from lead_tui.paging.searches import Marks


def row(lead_id: object) -> Row:
    return Row(b'{"lead_id":%s,"first_name":"Jane"}' % str(lead_id).encode())


def test_a_lead_is_marked_by_its_id_until_it_is_unmarked() -> None:
    marks = Marks(10)
    assert marks.toggle(row(7))
    assert marks.toggle(row(3))
    # The same lead from a later answer: the marked version is kept.
    assert marks.add([row('"7"'), row(5)]) == 1
    assert list(marks) == [7, 3, 5]
    assert 3 in marks
    assert 4 not in marks
    assert marks[7] == row(7)
    assert marks.toggle(row('"7"'))
    assert list(marks) == [3, 5]


def test_a_lead_without_an_id_is_known_by_what_it_holds() -> None:
    marks = Marks(10)
    assert marks.add([row('""'), row("null"), row('""')]) == 2
    assert marks.toggle(row('""'))
    assert list(marks.values()) == [row("null")]


def test_leads_beyond_the_limit_are_not_marked() -> None:
    marks = Marks(2)
    assert marks.add([row(1), row(2), row(3)]) == 2
    assert not marks.toggle(row(4))
    assert len(marks) == 2
