"""Searching words in the bytes of rows takes time in proportion to the bytes, whatever the values hold."""

from __future__ import annotations

import json

import pytest

from lead_tui.leads import word_search


def test_a_value_is_looked_at_once_however_many_escapes_and_entities_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    value_at = word_search._value_at

    def counting(body: bytes, at: int) -> tuple[int, int]:
        looked_at.append(at)
        return value_at(body, at)

    monkeypatch.setattr(word_search, "_value_at", counting)
    body = json.dumps({"notes": "\x1b]" * 10_000 + "&amp;" * 10_000, "city": "Zoë"}).encode()
    found = word_search.odd_values(body)
    assert len(looked_at) <= 3
    assert "&" * 10_000 in found.decode()
    assert "zoe" in found.decode()
