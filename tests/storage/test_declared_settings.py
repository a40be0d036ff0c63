"""Classes of settings behave as frozen dataclasses do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lead_tui.storage import declared, values
from lead_tui.storage.declared import Declared


class Inner(Declared):
    """A table."""

    one: int = declared.setting(values.whole(0, 9), 1)
    secret: str = declared.setting(values.line(), "hush", hidden=True)


class Outer(Declared):
    """Tables, a plain attribute, and one that is kept aside."""

    plain: str = ""
    inner: Inner = declared.table(Inner)
    many: Mapping[str, Inner] = declared.tables(Inner)
    seen: int = declared.aside(0)


def test_attributes_are_given_in_order_or_by_name_or_have_their_defaults() -> None:
    assert (Inner().one, Inner().secret) == (1, "hush")
    assert (Inner(2, secret="x").one, Inner(2, secret="x").secret) == (2, "x")
    assert Outer().inner == Inner()
    assert Outer().replaced(plain="x") == Outer("x")
    wrong: list[dict[str, object]] = [{"two": 3}, {"One": 3}]
    for named in wrong:
        with pytest.raises(TypeError, match="Inner has one, secret"):
            Inner(**named)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Inner has one, secret"):
        Inner(1, "x", 3)  # type: ignore[call-arg]


def test_what_is_aside_is_neither_compared_nor_shown_and_a_secret_is_compared_only() -> None:
    assert Outer(seen=1) == Outer(seen=2)
    assert Inner(secret="x") != Inner(secret="y")
    assert Inner() != Outer()
    assert repr(Outer(seen=3)) == "Outer(plain='', inner=Inner(one=1), many={})"


def test_nothing_can_be_changed_and_nothing_is_shared() -> None:
    inner = Inner()
    with pytest.raises(AttributeError, match="Inner is not changed"):
        inner.one = 3  # type: ignore[misc]
    with pytest.raises(AttributeError, match="Inner is not changed"):
        del inner.one
    assert Outer().many is not Outer().many
    with pytest.raises(TypeError, match="unhashable"):
        hash(inner)
