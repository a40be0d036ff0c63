"""A filter's value is valid by construction: canonicalizing its text again changes nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_tui.leads.errors import FilterError
from lead_tui.leads.query import FILTERS, Query, checked_value

KINDS = {each.kind: each.name for each in FILTERS}
likely = st.sampled_from(
    [
        "+49 1511 2345678",
        "=44",
        "1,000",
        "12, 13",
        "#7",
        "california",
        "N.Y.",
        "call back",
        "Jane <j@example.com>",
        "-7D",
        "LAST week",
    ]
)
texts = st.one_of(
    st.text(), st.text(st.sampled_from("0123456789+=,;#. -@'<>abc\u0301\n\t")), likely, st.lists(likely, max_size=3).map(" ".join)
)


@pytest.mark.parametrize("name", [*KINDS.values(), "+custom"])
@given(texts)
def test_a_checked_value_is_checked_already(name: str, text: str) -> None:
    with suppress(FilterError):
        value = checked_value(name, text)
        assert checked_value(name, value) == value
        assert value == value.strip()


@given(st.dictionaries(st.sampled_from(["phone_number", "lead_id", "state", "email", "status", "+custom"]), texts))
def test_a_query_of_checked_values_is_the_same_query(given_values: dict[str, str]) -> None:
    with suppress(FilterError):
        query = Query.of(given_values)
        assert Query.of(dict(query)) == query
        assert Query().with_checked(query) == query
