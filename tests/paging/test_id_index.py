"""Rows by id, in flat arrays."""

from hypothesis import given
from hypothesis import strategies as st

from lead_tui.paging.id_index import IdIndex

_IDS = st.integers(min_value=-(2**62), max_value=2**62)


@given(st.lists(st.tuples(_IDS, st.integers(0, 2**31))))
def test_it_answers_as_a_dictionary_does(pairs: list[tuple[int, int]]) -> None:
    index, model = IdIndex(), dict[int, int]()
    for identity, row in pairs:
        index.put(identity, row)
        if identity:
            model[identity] = row
    assert len(index) == len(model)
    assert all(index.row(identity) == model.get(identity) for identity, _ in pairs)
    assert index.row(0) is None


def test_a_hundred_thousand_ids_in_a_row_are_all_found() -> None:
    index = IdIndex()
    for row in range(100_000):
        index.put(1_000_000 + row, row)
    assert all(index.row(1_000_000 + row) == row for row in range(100_000))
    assert index.row(999_999) is None
    assert index.row(1_100_000) is None
