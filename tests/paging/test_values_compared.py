"""Narrowing and sorting over values as accounts hold them: accents, apostrophes, entities, money, days, and other values."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest

from lead_tui.leads.columns import SortKey, run
from lead_tui.leads.fields import FieldNames, column_of
from lead_tui.leads.filter_language import exactly, parse
from lead_tui.leads.lead import Lead
from lead_tui.paging.snapshot import Snapshot, SnapshotRows, arrange
from lead_tui.ui.screens.status import snapshot_facts
from tests.paging.arranged import snapshot_of

LEADS: list[dict[str, object]] = [
    {"first_name": "José", "last_name": "Núñez", "premium": "$1,234.50", "renewal": "01/15/2026", "score": "9", "pct": "10%"},
    {"first_name": "Jose", "last_name": "Nunez", "premium": "$99.00", "renewal": "12/01/2025", "score": "10", "pct": "9%"},
    {"first_name": "Ömer", "last_name": "Åkesson", "premium": "N/A", "renewal": "2026-03-01", "score": "", "pct": ""},
    {"first_name": "Zoe", "last_name": "apple", "premium": "1000", "renewal": "Jan 5, 2026", "score": "-1", "pct": "100%"},
    {"first_name": "O’Neil", "last_name": "O&#039;Brien", "premium": "(50.00)", "renewal": "", "score": "1e3", "pct": "0.5"},
    {"first_name": "Eve", "last_name": "Straße", "premium": "2 000,00", "renewal": "null", "score": "007", "notes": "STRASSE"},
    {"first_name": "Null", "last_name": "Zu&eacute;", "premium": 100.10, "name": "custom name", "local_time": "14:00 promised"},
    {"first_name": "null", "last_name": "Zz", "premium": "AT&T", "+plus": "plus key", "": "empty key", "first_name ": "space"},
]


def held() -> SnapshotRows:
    rows = [
        msgspec.Raw(json.dumps({"lead_id": "ABCDEFGH"[n], **lead}, ensure_ascii=n % 2 == 0).encode())
        for n, lead in enumerate(LEADS)
    ]
    return snapshot_of(rows)


def narrowed(text: str) -> Snapshot:
    loaded = held()
    return run(arrange(loaded, parse(text, FieldNames(loaded.observed_keys), date(2026, 11, 28)), ()))


def shown(snapshot: Snapshot) -> str:
    leads = [snapshot.lead(index) for index in range(snapshot.length)]
    return "".join(lead.lead_id for lead in leads if lead is not None)


def in_order(*columns: str) -> str:
    return shown(run(arrange(held(), None, [SortKey.of(column) for column in columns])))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("jose", "AB"),
        ("JOSÉ", "AB"),
        ("nunez", "AB"),
        ("o'neil", "E"),
        ("O’Brien", "E"),
        ("last_name:o'brien", "E"),
        ("last_name=o'brien", "E"),
        ("strasse", "F"),
        ("straße", "F"),
        ("omer akesson", "C"),
        ("zue", "G"),
        ("name:null", "G"),
        ("first_name:null", "G"),
        ('first_name:""', "H"),
        ("premium:at&t", "H"),
        ("+name:custom", "G"),
        ("+local_time:promised", "G"),
        ("++plus:key", "H"),
        ('"+":empty', "H"),
        ('"first_name ":space', "H"),
        ("premium>99", "ADG"),
        ("premium=100.1", "G"),
        ("score>=10", "BE"),
        ("pct>9", "AD"),
        ("renewal>=2026-01-01", "AC"),
        ("renewal<1/10/2026", "B"),
    ],
)
def test_values_are_compared_as_people_mean_them(text: str, meant: str) -> None:
    assert shown(narrowed(text)) == meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("premium>5", "4 values could not be compared"),
        ("-premium>5", "4 values could not be compared"),
        ("score>5", ""),
        ("premium:5", ""),
        ("+name>5", "1 value could not be compared"),
        ("called_count>5", ""),
    ],
)
def test_values_that_cannot_be_compared_are_counted(text: str, words: str) -> None:
    assert [fact for fact in snapshot_facts(narrowed(text), {}) if "compared" in fact] == ([words] if words else [])


def test_the_count_starts_again_with_each_arrangement() -> None:
    loaded = held()
    narrowing = parse("premium>5", FieldNames(loaded.observed_keys), date(2026, 11, 28))
    counts = [run(arrange(loaded, narrowing, order)).uncompared for order in ((), (SortKey("score"),), ())]
    assert counts == [4, 4, 4]


@pytest.mark.parametrize(
    ("columns", "order"),
    [
        (("last_name",), "CDBAEFGH"),
        (("-last_name",), "HGFEABDC"),
        (("first_name",), "FBAGECDH"),
        (("premium",), "BGDAEFHC"),
        (("score",), "DFABECGH"),
        (("renewal",), "BACDEFGH"),
        (("+name",), "GABCDEFH"),
    ],
)
def test_names_sort_by_base_letter_and_numbers_by_what_they_are(columns: tuple[str, ...], order: str) -> None:
    assert in_order(*columns) == order


@pytest.mark.parametrize("key", ["last_name", "first_name", "name", "local_time", "+plus", "", "first_name ", "premium"])
def test_the_narrowing_to_the_same_value_finds_the_lead(key: str) -> None:
    for index, sent in enumerate(LEADS):
        if key in sent:
            assert "ABCDEFGH"[index] in shown(narrowed(exactly(column_of(key), Lead(sent).sent[key])))
