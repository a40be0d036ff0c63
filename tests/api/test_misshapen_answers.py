"""Answers with something else in place of the data, whatever their other members say."""

from __future__ import annotations

import threading

import pytest

from lead_tui.api.parsing import parse_page
from lead_tui.api.transport import Reply
from lead_tui.leads.errors import ApplicationError, SearchError, UnreadableAnswer
from lead_tui.leads.page import Page


def read(body: bytes) -> Page:
    return parse_page(Reply(200, body, 0.1), 0, 10, lambda: False, threading.Lock())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"success":true,"data":"x"}', UnreadableAnswer),
        (b'{"data":{"entries":"x"}}', UnreadableAnswer),
        (b'{"success":true,"data":[{"lead_id":"1"}]}', UnreadableAnswer),
        (b'{"success":false,"code":9999,"text":"No","data":"x"}', ApplicationError),
    ],
)
def test_it_is_reported_as_what_it_is(body: bytes, kind: type[SearchError]) -> None:
    with pytest.raises(SearchError) as caught:
        read(body)
    assert type(caught.value) is kind


@pytest.mark.parametrize("body", [b'{"success":true,"data":[]}', b'{"success":true,"data":{"entries":""}}', b'{"success":true}'])
def test_nothing_is_an_empty_page(body: bytes) -> None:
    assert list(read(body).rows) == []
