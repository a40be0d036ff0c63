"""Keeping the token out of whatever is written: the program's logger, and the words of errors."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, quote_plus

from lead_tui.leads.errors import ApplicationError, SearchError
from lead_tui.leads.token import MASK, Token

MIN_CHARACTERS = 6
"""A shorter token is not looked for: masking each "1" would garble the text and hide nothing. Real ones have 32."""

logger = logging.getLogger("lead_tui")
"""The program's own logger. Its records hold no query and no lead; ``Masking`` is the second lock on that door."""


def masked(text: str, token: Token | None) -> str:
    """*text* without *token*, as it is or percent-encoded, in any case: a host's name comes in lower case."""
    if token is None or len(token.reveal()) < MIN_CHARACTERS:
        return text
    secret = token.reveal()
    forms = dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret)))
    return re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)


def bare(error: SearchError, token: Token | None) -> SearchError:
    """*error* without its frames and causes, and without the token where the server repeats it."""
    error.__cause__ = error.__context__ = None
    error.message = masked(error.message, token)
    error.remedy = masked(error.remedy, token)
    error.args = (error.message,)
    if isinstance(error, ApplicationError):
        error.text = masked(error.text, token)
    return error.with_traceback(None)


class Masking(logging.Filter):
    """Masks tokens in the records that pass. Put it on a handler: a logger's filter does not see its children's records."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: set[Token] = set()

    def hide(self, token: Token | None) -> None:
        """Mask *token* from now on."""
        if token:
            self._tokens.add(token)

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        for token in self._tokens:
            said = masked(said, token)
            record.exc_text = masked(record.exc_text, token) if record.exc_text else record.exc_text
        record.msg, record.args = said, None
        return True


masking = Masking()
"""Knows every token that a client was given; add it to each log handler."""
