"""What an answer means, status by status and code by code."""

from __future__ import annotations

import json

import pytest

from lead_tui.api.parsing import Reply, parse_page
from lead_tui.api.threads import Abandoned
from lead_tui.leads.errors import (
    ApplicationError,
    OffsetRefused,
    SearchError,
    ServerError,
    TokenError,
    TooManyRequests,
    UnreadableAnswer,
)
from lead_tui.leads.page import Page

HTML = b"<!DOCTYPE html><html></html>"


def read(body: object, status: int = 200, *, offset: int = 40, limit: int = 10, **headers: str) -> Page:
    """The page of an answer; *body* is bytes, or becomes JSON. *headers* have ``_`` for ``-``."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = Reply(status, sent, 0.25, {name.replace("_", "-"): value for name, value in headers.items()}, "api.example.com")
    return parse_page(reply, offset, limit, lambda: False)


def refused(code: object, text: str = "", **more: object) -> dict[str, object]:
    return {"success": False, "code": code, "text": text, **more}


def leads(count: int) -> list[dict[str, str]]:
    return [{"id": str(700 + index)} for index in range(count)]


def test_a_page_says_where_it_lies_what_came_and_how_long_it_took() -> None:
    body = json.dumps({"success": True, "data": {"total": "99", "entries": leads(3)}}).encode()
    page = read(body)
    assert (page.offset, page.limit, page.total, list(page.ids)) == (40, 10, 99, [700, 701, 702])
    assert (page.seconds, page.text) == (0.25, "")


def test_more_entries_than_requested_are_cut_to_the_limit() -> None:
    page = read({"success": True, "data": {"total": 9, "entries": leads(9)}}, limit=4)
    assert (len(page.rows), list(page.ids)) == (4, [700, 701, 702, 703])


def test_ids_are_read_from_pages_longer_than_a_slice() -> None:
    page = read({"success": True, "data": {"entries": leads(333)}}, limit=2000)
    assert list(page.ids) == list(range(700, 1033))


@pytest.mark.parametrize(
    "body",
    [
        {"success": True},
        {"success": True, "data": None},
        {"success": True, "data": []},
        {"success": True, "data": {}},
        {"success": True, "data": {"entries": None}},
        {"data": {"entries": []}},
        {"data": []},
        {"success": True, "code": 200},
    ],
)
def test_an_answer_without_rows_is_an_empty_page_of_unknown_total(body: object) -> None:
    page = read(body)
    assert (list(page.rows), page.total) == ([], None)


def test_an_answer_that_does_not_say_success_is_judged_by_its_data() -> None:
    assert list(read({"data": {"total": 1, "entries": leads(1)}}).ids) == [700]


@pytest.mark.parametrize("body", [{}, {"status": "ok"}, {"code": 200}, {"code": 0}])
def test_json_of_another_kind_is_unreadable_and_no_empty_result(body: object) -> None:
    with pytest.raises(UnreadableAnswer, match="not the documented JSON"):
        read(body)


@pytest.mark.parametrize("status", [200, 404, 400])
@pytest.mark.parametrize("code", [6000, "6000", 6001])
def test_no_such_lead_is_an_empty_page_with_the_servers_words(status: int, code: object) -> None:
    page = read(refused(code, "No such Lead"), status, offset=0)
    assert (list(page.rows), list(page.ids), page.total, page.text) == ([], [], 0, "No such Lead")


def test_no_such_lead_behind_others_leaves_the_others() -> None:
    page = read(refused(6001, "No such Lead"), offset=400)
    assert (list(page.rows), page.total) == ([], 400)


APPLICATION_ERRORS = [
    (5001, "Auth token is invalid", TokenError, "rejected the token"),
    ("5001", "Auth token is invalid", TokenError, "rejected the token"),
    (403, "Forbidden", TokenError, "may not search for leads"),
    (7230, "Invalid limit value", ApplicationError, "bug in lead-tui"),
    (7258, "Invalid limit value", ApplicationError, "bug in lead-tui"),
    (7231, "Invalid offset value", OffsetRefused, "narrow the search"),
    (9999, "Something new", ApplicationError, "refuses the search"),
    (None, "No code at all", ApplicationError, "refuses the search"),
]


@pytest.mark.parametrize("status", [200, 400, 404, 422])
@pytest.mark.parametrize(("code", "text", "kind", "says"), APPLICATION_ERRORS)
def test_an_application_error_is_reported_with_the_servers_words(
    status: int, code: object, text: str, kind: type[SearchError], says: str
) -> None:
    with pytest.raises(SearchError) as caught:
        read(refused(code, text), status)
    assert type(caught.value) is kind
    assert says in str(caught.value)
    assert f'"{text}"' in str(caught.value)
    assert not caught.value.retryable


@pytest.mark.parametrize("member", ["text", "error", "message"])
def test_the_servers_words_are_found_in_any_member(member: str) -> None:
    with pytest.raises(ApplicationError, match='it says "no luck"'):
        read({"success": False, member: "no luck"})


def test_an_application_error_without_words_is_one_anyway() -> None:
    with pytest.raises(ApplicationError, match=r"refuses the search: change the filters"):
        read({"success": False})


@pytest.mark.parametrize("body", [{"code": 5001, "text": "Auth token is invalid"}, {"text": "broken"}])
def test_an_error_that_does_not_say_success_is_an_error(body: object) -> None:
    with pytest.raises((TokenError, ApplicationError)):
        read(body)


def test_a_failure_that_brings_data_is_a_failure() -> None:
    with pytest.raises(ApplicationError):
        read(refused(9999, "no", data={"entries": leads(1)}))


def test_the_servers_words_are_cleaned() -> None:
    with pytest.raises(ApplicationError) as caught:
        read(refused(9999, "\x1b]52;c;AAAA\x07 red\u202e\nline"))
    assert str(caught.value).isprintable()
    assert "\ufffd]52;c;AAAA\ufffd red\ufffd line" in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"{}", json.dumps(refused(5001, "no")).encode()])
def test_401_and_403_of_the_api_are_about_the_token(body: bytes) -> None:
    for status in (401, 403):
        with pytest.raises(TokenError, match=f"HTTP {status}") as caught:
            read(body, status)
        assert not caught.value.retryable
        assert caught.value.remedy


@pytest.mark.parametrize("body", [b"", HTML, b"{}", b"Slow down", json.dumps(refused(429, "Slow down")).encode()])
def test_429_is_too_many_requests_whatever_the_body_is(body: bytes) -> None:
    with pytest.raises(TooManyRequests, match="HTTP 429") as caught:
        read(body, 429, retry_after="7")
    assert caught.value.retry_after == 7
    assert caught.value.retryable


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", ""),
        (HTML, ""),
        (b"<html><title>Bad Gateway</title></html>", '"Bad Gateway"'),
        (b"upstream", ""),
        (b"{}", ""),
        (json.dumps(refused(500, "Internal Error")).encode(), '"Internal Error"'),
        (json.dumps({"success": False}).encode(), ""),
    ],
)
def test_5xx_is_the_servers_failure_and_is_tried_again(status: int, body: bytes, says: str) -> None:
    with pytest.raises(ServerError, match=f"HTTP {status}") as caught:
        read(body, status)
    assert says in str(caught.value)
    assert caught.value.retryable
    assert caught.value.retry_after is None


def test_a_known_code_means_the_same_with_5xx() -> None:
    with pytest.raises(OffsetRefused):
        read(refused(7231, "Invalid offset value"), 500)
    assert read(refused(6000, "Missing lists"), 500, offset=0).total == 0


@pytest.mark.parametrize("status", [200, 404, 400, 410])
def test_a_web_page_is_reported_whatever_the_status(status: int) -> None:
    with pytest.raises(SearchError, match="web page"):
        read(HTML, status)


@pytest.mark.parametrize("status", [400, 404, 405, 418])
@pytest.mark.parametrize("body", [b"", b"Not Found", b"{}", b"[]"])
def test_another_4xx_refuses_the_request(status: int, body: bytes) -> None:
    with pytest.raises(SearchError, match=f"HTTP {status}") as caught:
        read(body, status)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", UnreadableAnswer),
        (b" \n", UnreadableAnswer),
        (b'{"success":tr', UnreadableAnswer),
        (b"[]", UnreadableAnswer),
        (b"ok", UnreadableAnswer),
    ],
)
def test_an_empty_cut_or_unreadable_body_is_tried_again(body: bytes, kind: type[SearchError]) -> None:
    with pytest.raises(SearchError) as caught:
        read(body)
    assert type(caught.value) is kind
    assert caught.value.retryable


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://evil.example/v1/leads/search?auth_token=secret", "redirects to evil.example "),
        ("https://user:secret@evil.example:8443/", "redirects to evil.example:8443 "),
        ("/v2/leads/search?auth_token=secret", "redirects to its own path /v2/leads/search "),
        ("https://api.example.com/login?next=secret#secret", "redirects to its own path /login "),
        ("http://api.example.com:8080/login", "redirects to api.example.com:8080 "),
        ("https://evil.example:port/secret", "redirects to another address "),
        ("https://a\x1b\u202eb.example/", "redirects to a\ufffd\ufffdb.example "),
        ("", "redirects to another address "),
    ],
)
def test_a_redirect_is_reported_by_its_host_or_its_path(status: int, location: str, shown: str) -> None:
    with pytest.raises(SearchError) as caught:
        read(b"", status, location=location)
    assert shown in str(caught.value)
    assert "secret" not in str(caught.value)
    assert not caught.value.retryable


def test_an_answer_without_a_waiter_is_not_split() -> None:
    body = json.dumps({"success": True, "data": {"entries": leads(500)}}).encode()
    for answers in ([True], [False, False, True]):
        given_up = iter(answers)
        with pytest.raises(Abandoned):
            parse_page(Reply(200, body, 0.0), 0, 500, lambda given_up=given_up: next(given_up))  # type: ignore[misc]


# Something else in place of the data, whatever the other members say


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"success":true,"data":"x"}', UnreadableAnswer),
        (b'{"data":{"entries":"x"}}', UnreadableAnswer),
        (b'{"success":true,"data":[{"lead_id":"1"}]}', UnreadableAnswer),
        (b'{"success":false,"code":9999,"text":"No","data":"x"}', ApplicationError),
    ],
)
def test_something_else_in_place_of_the_data_is_reported_as_what_it_is(body: bytes, kind: type[SearchError]) -> None:
    with pytest.raises(SearchError) as caught:
        read(body)
    assert type(caught.value) is kind


@pytest.mark.parametrize("body", [b'{"success":true,"data":[]}', b'{"success":true,"data":{"entries":""}}', b'{"success":true}'])
def test_no_data_is_an_empty_page(body: bytes) -> None:
    assert list(read(body).rows) == []
