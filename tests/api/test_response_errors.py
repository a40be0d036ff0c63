"""Who refused a request: the API, something in front of it, a proxy, or a limit that the search exceeds; and the page's title."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui import limits
from lead_tui.api.parsing import MAX_TITLE_CHARACTERS, Reply, page_title, parse_page
from lead_tui.leads.errors import (
    HtmlAnswer,
    RetryRequested,
    SearchError,
    ServerError,
    TokenError,
)
from lead_tui.leads.lead import decode_row

FIREWALL = b"<!DOCTYPE html><html><head>\n<title>Attention &amp; Required!\n | Shield</title></head><body>Blocked</body></html>"
HAPROXY_400 = b"<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n"
HAPROXY_403 = b"<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"


def error_of(status: int, body: bytes = b"", *, asked_bytes: int = 100, **headers: str) -> SearchError:
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(SearchError) as caught:
        parse_page(Reply(status, body, 0.0, kept, "api.example.com", asked_bytes), 0, 10, lambda: False)
    return caught.value


@pytest.mark.parametrize("status", [401, 403])
def test_a_web_page_with_401_or_403_is_something_in_front_of_the_api(status: int) -> None:
    error = error_of(status, FIREWALL)
    assert type(error) is SearchError
    assert error.message == f"Something in front of the API refuses this machine (HTTP {status}): Attention & Required! | Shield"
    assert (error.exit_code, error.retryable, error.needs) == (4, False, "")


@pytest.mark.parametrize("body", [HAPROXY_403, b"Access denied", b"[]x"])
def test_another_body_that_is_not_the_apis_says_nothing_about_the_token(body: bytes) -> None:
    error = error_of(403, body)
    assert (type(error), error.exit_code) == (SearchError, 4)
    assert error.message == "Something in front of the API refuses this machine (HTTP 403)"


@pytest.mark.parametrize("body", [b"", b'{"success":false,"code":403,"text":"Forbidden"}'])
def test_the_apis_own_refusal_is_about_the_token(body: bytes) -> None:
    assert error_of(403, body).exit_code == TokenError.exit_code == 3


def test_the_apis_code_says_more_about_the_token_than_403() -> None:
    error = error_of(403, b'{"success":false,"code":5001,"text":"Auth token is invalid"}')
    assert error.message.startswith("The server rejected the token (HTTP 403)")
    assert error.remedy.startswith("set another token")


@pytest.mark.parametrize("status", [408, 425])
@pytest.mark.parametrize("body", [b"", HAPROXY_400, b'{"success":false}'])
def test_408_and_425_are_retried_and_no_leads_fault(status: int, body: bytes) -> None:
    error = error_of(status, body)
    assert (type(error), error.retryable, error.may_be_one_lead) == (RetryRequested, True, False)


@pytest.mark.parametrize(("status", "body"), [(414, FIREWALL), (431, b""), (400, HAPROXY_400)])
def test_a_search_that_is_too_long_is_reported_as_that(status: int, body: bytes) -> None:
    error = error_of(status, body, asked_bytes=limits.LONG_REQUEST_BYTES)
    assert (type(error), error.retryable) == (SearchError, False)
    assert str(error) == f"The search is too long for the server (HTTP {status}): use fewer or shorter filters"


def test_a_short_search_is_not_too_long_whatever_400_says() -> None:
    assert "web page instead of data" in error_of(400, HAPROXY_400).message
    assert type(error_of(400, b"", asked_bytes=limits.LONG_REQUEST_BYTES)) is SearchError


@pytest.mark.parametrize("status", [400, 404, 410, 418])
def test_a_web_page_with_another_4xx_is_not_retried(status: int) -> None:
    error = error_of(status, FIREWALL)
    assert (type(error), error.retryable) == (SearchError, False)
    assert "Attention & Required! | Shield" in error.message


def test_a_web_page_with_200_or_5xx_is_retried_and_shows_its_title() -> None:
    for status, kind in ((200, HtmlAnswer), (502, ServerError)):
        error = error_of(status, FIREWALL)
        assert (type(error), error.retryable) == (kind, True)
        assert "Attention & Required! | Shield" in error.message


@settings(max_examples=30)
@given(st.text())
def test_any_title_is_one_clean_short_line(title: str) -> None:
    shown = page_title(f"<html><title>{title}</title>".encode("utf-8", "replace"))
    assert len(shown) <= MAX_TITLE_CHARACTERS
    assert "\n" not in shown
    assert "\x1b" not in shown


def test_a_long_wait_fails_at_once_and_says_until_when() -> None:
    for status in (408, 425, 429, 503):
        error = error_of(status, b"", retry_after="3600")
        assert not error.retryable
        assert error.message.startswith("The server asks to retry after ")
        assert error.remedy == "try again then"
    assert error_of(429, b"", ratelimit_reset="60").retryable


def test_a_failed_server_is_not_waited_for_until_its_rate_limit_is_reset() -> None:
    error = error_of(503, b"", ratelimit_reset="3600", x_ratelimit_reset="3600")
    assert (error.retryable, error.retry_after) == (True, None)
    assert not error_of(429, b"", ratelimit_reset="3600").retryable


# Charsets


def page(name: bytes, content_type: str) -> str:
    body = b'{"success":true,"data":{"total":1,"entries":[{"id":"7","first_name":"' + name + b'"}]}}'
    found = parse_page(Reply(200, body, 0.0, {"content-type": content_type}), 0, 10, lambda: False)
    return decode_row(found.rows[0]).line("first_name")


@pytest.mark.parametrize("charset", ["iso-8859-1", "ISO-8859-1", '"latin-1"', "windows-1252", "cp1252"])
def test_a_declared_older_charset_is_read_where_the_bytes_are_not_utf_8(charset: str) -> None:
    declared = f"application/json; charset={charset}"
    assert page("Zoë".encode("latin-1"), declared) == "Zoë"
    assert page("Zoë".encode(), declared) == "Zoë"
    assert page(b"\x93Z\x94", declared) == "\u201cZ\u201d"


def test_without_such_a_charset_the_bytes_stay_as_they_are() -> None:
    for content_type in ("", "application/json", "application/json; charset=utf-8", "text/html; charset=koi8-r"):
        assert page(b"Zo\xeb", content_type) == "Zo\N{REPLACEMENT CHARACTER}"


@settings(max_examples=30)
@given(st.integers(300, 599), st.binary(max_size=200), st.text(max_size=50))
def test_any_refusal_is_one_clean_sentence(status: int, body: bytes, location: str) -> None:
    error = error_of(status, body, location=location)
    assert str(error).isprintable()
    assert error.message
