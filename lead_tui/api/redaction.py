"""Masking of the token in everything that is written: log records and the messages of errors."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, quote_plus

from lead_tui.leads.errors import ApplicationError, SearchError
from lead_tui.leads.token import MASK, Token

MIN_CHARACTERS = 6
"""A shorter token is not looked for: masking each "1" would garble the text and hide nothing. Real ones have 32."""

logger = logging.getLogger("lead_tui")
"""The program's own logger. Its records hold no query and no lead; ``TokenFilter`` is the second line of defense."""


def mask_token(text: str, token: Token | None) -> str:
    """Return *text* without *token*, as it is or percent-encoded, in any case: a host's name comes in lower case."""
    if token is None or len(token.reveal()) < MIN_CHARACTERS:
        return text
    secret = token.reveal()
    forms = dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret)))
    return re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)


def redact_error(error: SearchError, token: Token | None) -> SearchError:
    """Return *error* without its frames and causes, and without the token if the server repeats it."""
    error.__cause__ = error.__context__ = None
    error.message = mask_token(error.message, token)
    error.remedy = mask_token(error.remedy, token)
    error.args = (error.message,)
    if isinstance(error, ApplicationError):
        error.text = mask_token(error.text, token)
    return error.with_traceback(None)


class TokenFilter(logging.Filter):
    """Masks tokens in the records that pass. Put it on a handler: a logger's filter does not see its children's records."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: set[Token] = set()

    def hide(self, token: Token | None) -> None:
        if token:
            self._tokens.add(token)

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        for token in self._tokens:
            message = mask_token(message, token)
            record.exc_text = mask_token(record.exc_text, token) if record.exc_text else record.exc_text
        record.msg, record.args = message, None
        return True


token_filter = TokenFilter()
"""Masks every token that a client was given; add it to each log handler."""
