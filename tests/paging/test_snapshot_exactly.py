"""Snapshots in detail: searching bytes, columns and blocks finds the same as decoding every lead."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.leads.columns import SortKey, as_texts, keys_counted, run, tally, values_reader
from lead_tui.leads.fields import FieldNames
from lead_tui.leads.filter_language import MATCH, UNCOMPARED, Narrowing, parse, text_lines
from lead_tui.leads.lead import Row, decode_row, row_ids
from lead_tui.paging import snapshot
from lead_tui.paging.snapshot import TEXT, Snapshot, SnapshotRows, arrange, count_by
from tests.leads.plain_narrowing import holds, outcomes
from tests.paging.arranged import snapshot_of

NAMES = FieldNames(("plan_sold", "field_3", "notes"))
TEXTS = (
    *("", "null", "Gold", "GOLD ppo", "Núñez", "nun\u0303ez", "O’Neil", "O&#039;Neil", "caf&eacute;", "sto\u00adne", "Straße"),
    *('say "gold"', "a/b\\c", "tab\tgold", "gold\nstone", "ФЁДОР gold", "🎉gold", "ｇｏｌｄ", "AT&T", "\0gold", "gold\\", "\u2028"),
    *("(818) 262-1448", "8182621448", "818&#45;262 1448", "12", "3", "$1,200", "2026-03-02", "2026-03-02 10:00:00", "zzz"),
)
VALUES = (
    st.sampled_from(TEXTS)
    | st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([1.5, 1e30, ["gold"], {"gold": "stone"}, ["818262", "1448"]])
    | st.text(max_size=6)
)
KEYS = ("first_name", "last_name", "phone_number", "plan_sold", "field_3", "called_count", "created_at", "notes", "gold")
LEADS = st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6), min_size=1, max_size=9)
WORDS = (
    *("gold", "-gold", "stone", "nunez", "o'neil", '"o\'neil"', "cafe", "strasse", "федор", "fedor", "1448", "818262", "n", "zz"),
    *('"gold stone"', "a/b", "at&t", "-1448", "null", "true", "1.5", "e"),
)
FIELDS = (
    *("plan_sold:gold", "-plan_sold:gold", 'notes:""', "field_3>5", "-field_3<=2", "field_3>2026-01-01", "called_count>=3"),
    *("created_at:2026-03-02", "phone:818", "name:gold"),
)
TERMS = st.lists(st.sampled_from([*WORDS, *FIELDS]), min_size=1, max_size=3)
SORTS = st.lists(
    st.sampled_from(["name", "-last_name", "field_3", "-field_3", "called_count", "-created_at", "phone_number"]), max_size=2
)


def written(lead: dict[str, object], style: int) -> Row:
    """Return the bytes of *lead* as servers write them: escaped or not, slashes too, spaced, and invalid JSON."""
    text = json.dumps(lead, ensure_ascii=bool(style & 1), separators=None if style & 2 else (",", ":"))
    text = text.replace("/", "\\/") if style & 4 else text
    return msgspec.Raw(text.encode("utf-8", "surrogatepass")[: -1 if style == 8 else None])


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOCK_ROWS", 4)


EXAMPLES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


@pytest.mark.parametrize("is_compressed", [False, True])
def test_every_word_is_found_however_it_is_written(is_compressed: bool) -> None:
    values: list[object] = [*TEXTS, 12, 1.5, True, ["gold"], {"gold": "stone"}, ["818262", "1448"]]
    leads: list[dict[str, object]] = [{key: value} for key in ("notes", "phone_number", "last_name") for value in values]
    rows = [written(lead, style) for lead in leads for style in range(9)]
    rows.append(msgspec.Raw(b'{"phone_number":"(8\\u00318) 262-1448"}'))
    snapshot = snapshot_of(rows, is_compressed=is_compressed)
    decoded = [decode_row(row) for row in rows]
    for word in WORDS:
        narrowing = parse(word, NAMES, date(2026, 3, 9))
        assert list(run(arrange(snapshot, narrowing, ())).places) == [
            place for place, lead in enumerate(decoded) if holds(narrowing, lead)
        ], word


@EXAMPLES
@given(LEADS, st.lists(st.integers(0, 8), min_size=9, max_size=9), TERMS, st.booleans())
@pytest.mark.usefixtures("small_blocks")
def test_leads_are_narrowed_as_if_each_was_decoded(
    leads: list[dict[str, object]], styles: list[int], terms: list[str], is_compressed: bool
) -> None:
    rows = [written(lead, style) for lead, style in zip(leads, styles, strict=False)]
    # A NUL is not valid JSON, but rows contain it.
    rows += [msgspec.Raw(b'{"notes":"gold\0stone"}')] * (styles[0] == 3)
    words = [term for term in terms if ":" not in term and "<" not in term and ">" not in term]
    narrowing = parse(" ".join([*(term for term in terms if term not in words), *words]), NAMES, date(2026, 3, 9))
    view = run(arrange(snapshot_of(rows, is_compressed=is_compressed), narrowing, ()))
    assert list(view.places) == [place for place, row in enumerate(rows) if holds(narrowing, decode_row(row))]
    assert view.uncompared == sum(uncompared(narrowing, row) for row in rows)
    assert [bytes(row) for row in view.rows] == [bytes(rows[place]) for place in view.places]


def uncompared(narrowing: Narrowing, row: Row) -> int:
    """Return how many values of *row* the fields of *narrowing* could not compare, one after the other while it matches."""
    lead, count = decode_row(row), 0
    for each in narrowing.fields:
        outcome = max(outcomes(each, lead))
        count += outcome == UNCOMPARED
        if (outcome == MATCH) is not each.is_wanted:
            break
    return count


@EXAMPLES
@given(LEADS, st.integers(0, 9), TERMS, SORTS, st.booleans())
@pytest.mark.usefixtures("small_blocks")
def test_rows_that_are_added_later_are_as_those_that_were_there(
    leads: list[dict[str, object]], first: int, terms: list[str], columns: list[str], is_compressed: bool
) -> None:
    rows = [written(lead, 0) for lead in leads]
    narrowing, order = parse(" ".join(terms), NAMES, date(2026, 3, 9)), [SortKey.of(column) for column in columns]
    whole = run(arrange(snapshot_of(rows), narrowing, order))
    grown = snapshot_of(rows[:first], is_compressed=is_compressed)
    run(arrange(grown, narrowing, order))
    run(count_by("field_3", Snapshot(grown), 9))
    run(grown.add(rows[first:], row_ids(rows[first:])))
    again = run(arrange(grown, narrowing, order))
    assert (list(again.places), again.uncompared, grown.observed_keys) == (
        list(whole.places),
        whole.uncompared,
        whole.base.observed_keys,
    )
    counts = Counter(map(as_texts, map(values_reader(keys_counted("field_3")), again.rows)))
    assert run(count_by("field_3", again, 9)) == run(tally("field_3", counts.items(), 9))


def test_a_column_in_use_is_read_while_rows_are_added_and_one_with_too_many_values_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_COLUMN_VALUES", 3)
    in_use: set[tuple[str, ...]] = {("state",), ("city",)}
    rows = SnapshotRows(in_use=in_use)
    leads = [msgspec.Raw(b'{"state":"S%d","city":"C%d"}' % (number % 2, number)) for number in range(5)]
    run(rows.add(leads, row_ids(leads)))
    assert in_use == {("state",), ("city",)}
    assert sum(1 for _ in rows.columns([("state",)])) == 0
    assert sum(1 for _ in rows.columns([("city",)])) == 1
    assert list(run(arrange(rows, None, [SortKey("city", True)])).places) == [4, 3, 2, 1, 0]
    assert list(run(arrange(rows, None, [SortKey("city")])).places) == [0, 1, 2, 3, 4]


def test_the_text_in_which_words_are_searched_is_read_while_rows_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOCK_ROWS", 3)
    rows = SnapshotRows(in_use={TEXT})
    leads = [msgspec.Raw(b'{"city":"C%d"}' % number) for number in range(8)]
    run(rows.add(leads, row_ids(leads)))
    read: list[int] = []

    def counting(block: list[Row], concealed: frozenset[str]) -> bytes:
        read.append(len(block))
        return text_lines(block, concealed)

    monkeypatch.setattr(snapshot, "text_lines", counting)
    assert list(run(arrange(rows, parse("-c4", NAMES, date(2026, 3, 9)), ())).places) == [0, 1, 2, 3, 5, 6, 7]
    # The last block is not whole.
    assert read == [2]
