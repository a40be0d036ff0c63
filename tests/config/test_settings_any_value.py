"""Any value of any setting: accepted, or refused with an error that names the setting and repeats no free text."""

from __future__ import annotations

from datetime import date, datetime, time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from docs.settings_reference import described
from lead_tui.config.schema import Source, dotted
from lead_tui.config.settings import settings_of
from lead_tui.leads.errors import ConfigurationError

KEYS = [tuple(f"{each.table}.{each.key}".replace("NAME", "FL").strip(".").split(".")) for each in described()]

scalars = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.sampled_from([10**30, -(10**400), "https://a", "8:00", "~nobody/x", "\0", "a\nb", "monday", date(2026, 1, 1), time(8)]),
)
values = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.text(max_size=8), below, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=30)
@given(st.sampled_from(KEYS), values)
@example(("pace", "burst"), 10**30)
@example(("pace", "requests_per_second"), -(10**400))
@example(("labels",), {"": "x"})
@example(("calling_window", "dates"), {"2026-12-25": {"start": datetime(2026, 1, 1)}})
def test_any_value_is_taken_or_refused_by_name(key: tuple[str, ...], value: object) -> None:
    for part in reversed(key[1:]):
        value = {part: value}
    try:
        settings_of(Source(), {key[0]: value})
    except ConfigurationError as error:
        message = str(error)
        assert message.startswith("config.toml: ")
        assert dotted(key[:1]) in message
        assert "\n" not in message
