"""Every error that the program reports, in one tree, with the exit code that scripts rely on.

A message is one sentence or two: what happened and what to do next. It never contains a token, a URL's query or a lead's data,
and it is one clean line, whatever words of a user, a file or the server it quotes.
"""

from __future__ import annotations

from typing import ClassVar

from lead_tui.leads.text import one_line


class LeadTuiError(Exception):
    """The root. ``str(error)`` can be shown to the user."""

    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, *, remedy: str = "", needs: str = "") -> None:
        """*message* is what happened, *remedy* what to do next, both without a full stop; *needs* is the field of ``Capabilities``
        that *remedy* requires.
        """
        self.message, self.remedy = one_line(message), one_line(remedy)
        self.needs = needs
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}" if self.remedy else self.message


class UsageError(LeadTuiError):
    """The command line is invalid."""

    exit_code = 2


class FilterError(UsageError):
    """A filter's value cannot be sent; *name* is the API's parameter name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class SearchError(LeadTuiError):
    """A page could not be fetched."""

    retryable: bool = False  # whether the same request may succeed later
    may_be_one_lead: ClassVar[bool] = False
    """Whether a single lead of the page, which the server cannot send, may be the cause."""
    retry_after: float | None = None  # seconds that the server specified before the next attempt


class TokenError(SearchError):
    """The token is missing, refused (401, 5001) or lacks the section (403)."""

    exit_code = 3


class TokenMissing(TokenError):
    """There is no token yet."""


class SectionForbidden(SearchError):
    """The token may not read one of the account's other endpoints. It may still work for leads, so no other token is asked for."""


class Cancelled(SearchError):
    """The user canceled the request."""

    def __init__(self) -> None:
        super().__init__("Canceled")


class NetworkError(SearchError):
    """There was no response: refused, reset, name not found, TLS."""

    retryable = True


class TimeOutError(NetworkError):
    """There was no response in time."""


class UnknownIssuer(NetworkError):
    """The server's certificate is signed by one that the server did not send and that this machine does not trust."""


class ServerError(SearchError):
    """An HTTP status of 5xx."""

    retryable = True
    may_be_one_lead = True


class RetryRequested(ServerError):
    """HTTP status 408 or 425: the server did not process the request."""

    may_be_one_lead = False


class TooManyRequests(RetryRequested):
    """HTTP status 429."""


class UnreadableAnswer(SearchError):
    """The body is not the documented JSON, is empty or was cut; the message may say how the server's program failed."""

    retryable = True
    may_be_one_lead = True


class HtmlAnswer(UnreadableAnswer):
    """The body is an HTML page: a wrong path, a balancer, maintenance."""


class ApplicationError(SearchError):
    """``{"success": false, "code": …, "text": …}``, whatever the HTTP status."""


class OffsetRefused(ApplicationError):
    """Code 7231: the offset is deeper than the server pages."""


class SessionError(LeadTuiError):
    """No running session accepts the number of an incoming call."""


class ConfigurationError(LeadTuiError):
    """A file of the configuration, or a setting in it, cannot be used."""

    exit_code = 5


class OutputError(LeadTuiError):
    """Output cannot be written, or exists already."""

    exit_code = 6
