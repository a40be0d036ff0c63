"""Saving and reading a query again preserves its filters."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import Query
from lead_tui.storage.query_store import rendered
from lead_tui.storage.saved_queries import QueriesFile, SavedQuery
from tests.leads.test_filter_values import KINDS, texts

TODAY = date(2026, 11, 28)


def read_again(query: Query) -> Query:
    (saved,) = QueriesFile(Path("q"), f"schema = 1\n{rendered(SavedQuery('A', query))}").queries
    return saved.query


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from([*KINDS.values(), "+custom", "+name", "+local_time"]), texts, max_size=4))
def test_a_saved_query_sends_the_same_parameters(given_values: dict[str, str]) -> None:
    with suppress(FilterError):
        query = Query.of(given_values)
        again = read_again(query)
        assert again == query
        with suppress(FilterError):
            assert again.dated(TODAY).parameters(with_time=True) == query.dated(TODAY).parameters(with_time=True)


@pytest.mark.parametrize(
    ("typed", "sent", "codes"),
    [
        ("+49 1511 2345678", "15112345678", {"49"}),
        ("=442079460019", "442079460019", set()),
        ("(301) 555-0123", "3015550123", set()),
    ],
)
def test_a_saved_phone_keeps_its_country_or_its_exact_digits(typed: str, sent: str, codes: set[str]) -> None:
    query = read_again(Query.of({"phone_number": typed}))
    assert query.parameters() == {"phone_number": sent}
    assert query.phone_codes == codes


def test_a_custom_field_named_like_a_computed_column_can_be_searched_by() -> None:
    query = read_again(Query.of({"+name": "Ann", "+local_time": "9"}))
    assert query.parameters() == {"name": "Ann", "local_time": "9"}
