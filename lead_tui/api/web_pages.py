"""Bodies that are not the API's: recognizing a web page, its title, and text in an older charset."""

from __future__ import annotations

import html
import re
from typing import Final

from lead_tui.leads.text import one_line

MAX_TITLE_CHARACTERS: Final = 60
"""Of a page's title in a message: enough to recognize the page by."""

_SEARCHED_BYTES: Final = 64 * 1024
"""Of a page: its head."""
_TITLE: Final = re.compile(rb"<title[^>]*>(.*?)</title", re.DOTALL | re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_LATIN: Final = frozenset({"iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1", "l1", "windows-1252", "cp1252"})
_BEFORE: Final = b"\xef\xbb\xbf \t\r\n\0"


def in_utf_8(body: bytes, content_type: str) -> bytes:
    """Return *body* in UTF-8, where *content_type* declares latin-1 or windows-1252 and the bytes are not UTF-8 anyway."""
    declared = _CHARSET.search(content_type)
    if declared is None or declared[1].lower() not in _LATIN:
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        # Servers that declare latin-1 send windows-1252, which adds quotes and dashes: browsers read it so too.
        return body.decode("cp1252", "replace").encode()
    return body


def is_web_page(body: bytes) -> bool:
    """Whether *body* is HTML."""
    return body.lstrip(_BEFORE).startswith(b"<")


def page_title(body: bytes) -> str:
    """Return the title of the web page *body*, cleaned, at most ``MAX_TITLE_CHARACTERS``; "" where there is none."""
    found = _TITLE.search(body[:_SEARCHED_BYTES]) if is_web_page(body) else None
    if found is None:
        return ""
    text = html.unescape(found[1].decode("utf-8", "replace"))
    return one_line(" ".join(text.split()), MAX_TITLE_CHARACTERS)


def page_words(body: bytes) -> str:
    """Return ``, with the web page "Maintenance"``, to be appended to a sentence; "" where *body* is not a web page."""
    if not is_web_page(body):
        return ""
    title = page_title(body)
    return f', with the web page "{title}"' if title else ", with a web page"
