"""PHP notices before the JSON, and PHP's fatal errors with status 200, as PHP 8.2 writes them."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.api.parsing import Reply, parse_page
from lead_tui.leads.errors import HtmlAnswer, SearchError, UnreadableAnswer
from lead_tui.leads.page import Page

JSON = json.dumps({"success": True, "data": {"total": "2", "entries": [{"id": "1", "notes": "{x} in y on line 3"}, {"id": "2"}]}})
TEXT = '\nWarning: Undefined array key "plan" in /var/www/api/v1/leads.php on line 42\n'
HTML = "<br />\n<b>Deprecated</b>:  strlen(): Passing null &lt;b&gt; in <b>/var/www/leads.php</b> on line <b>17</b><br />\n"
FATAL = (
    "PHP Fatal error:  Uncaught JsonException: Malformed UTF-8 characters in /srv/leads.php:61\nStack trace:\n"
    "#0 /srv/leads.php(61): json_encode(Array)\n#1 {main}\n  thrown in /srv/leads.php on line 61\n"
)


def read(body: str | bytes) -> Page:
    sent = body if isinstance(body, bytes) else body.encode()
    return parse_page(Reply(200, sent, 0.0), 0, 10, lambda: False)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (TEXT, 'PHP warning: Undefined array key "plan", line 42'),
        (HTML, "PHP deprecated: strlen(): Passing null <b>, line 17"),
        (TEXT + TEXT + HTML, 'PHP warning: Undefined array key "plan", line 42'),
        ("\ufeff" + TEXT.replace('"plan"', "{closure}"), "PHP warning: Undefined array key {closure}, line 42"),
    ],
)
def test_the_envelope_after_a_notice_is_used_and_the_notice_is_reported(before: str, words: str) -> None:
    page = read(before + JSON)
    assert (list(page.ids), page.total) == ([1, 2], 2)
    assert page.notice == f"The server sends PHP notices before its data ({words}); contact the administrator of the server"


def test_a_clean_answer_has_no_notice() -> None:
    assert read(JSON).notice == ""


def test_an_application_error_after_a_notice_is_that_error() -> None:
    with pytest.raises(SearchError, match="Auth token is invalid"):
        read(TEXT + '{"success":false,"code":5001,"text":"Auth token is invalid"}')


@pytest.mark.parametrize("body", [TEXT, TEXT + JSON[:-20], TEXT + '{"a":1}', HTML + "<p>Hello</p>", "Hello " + JSON])
def test_nothing_is_guessed_where_no_complete_envelope_follows(body: str) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        read(body)
    assert "program failed" not in caught.value.message


def test_a_web_page_without_a_notice_stays_a_web_page() -> None:
    with pytest.raises(HtmlAnswer):
        read("<html><body>" + JSON + "</body></html>")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (FATAL, "PHP fatal error: Uncaught JsonException: Malformed UTF-8 characters"),
        (
            "<br />\n<b>Fatal error</b>:  Allowed memory size of 128 bytes exhausted in <b>/srv/x.php</b> on line <b>5</b><br />",
            "PHP fatal error: Allowed memory size of 128 bytes exhausted, line 5",
        ),
        (TEXT + FATAL, "PHP fatal error"),
        (
            "<br />\n<b>Parse error</b>:  syntax error in <b>/srv/x.php</b> on line <b>5</b><br />",
            "PHP parse error",
        ),
    ],
)
def test_a_fatal_error_with_status_200_is_reported_as_what_it_is(body: str, words: str) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        read(body)
    assert words in caught.value.message
    assert "/srv" not in str(caught.value)
    assert "base URL" not in str(caught.value)
    assert caught.value.retryable
    assert caught.value.may_be_one_lead


@settings(max_examples=30)
@given(st.binary(max_size=300))
def test_any_bytes_around_a_notice_do_no_harm(between: bytes) -> None:
    for body in (between + JSON.encode(), TEXT.encode() + between + JSON.encode()):
        with suppress(SearchError):
            assert read(body).notice.isprintable()
