"""Texts as agents type and paste them, with the expected look-up of each."""

from __future__ import annotations

from typing import Final, NamedTuple


class PhoneText(NamedTuple):
    """A text that contains one phone number."""

    text: str
    canonical: str = "3015550123"
    ignored: str = ""

    @property
    def sent(self) -> str:
        """The digits that are sent."""
        return self.canonical.rpartition(" ")[2].removeprefix("=")


PHONES: Final = (
    PhoneText("301-555-0123 ext. 12", ignored="ext. 12"),
    PhoneText("301-555-0123 x12", ignored="x12"),
    PhoneText("301-555-0123 #12", ignored="#12"),
    PhoneText("+1-301-555-0123-x11", ignored="x11"),
    PhoneText("tel:+13015550123", ignored="tel"),
    PhoneText("tel:+1-301-555-0123;ext=12", ignored="tel: ;ext=12"),
    PhoneText("sip:+13015550123@pbx.example.com"),
    PhoneText("\u202a+1 (301) 555\u20110123\u202c"),
    PhoneText("Phone: (301) 555-0123", ignored="Phone"),
    PhoneText("(301) 555-0123 (mobile)", ignored="mobile"),
    PhoneText("Ann\tPlain\t3015550123", ignored="Ann Plain"),
    PhoneText("1003\t3015550123", ignored="1003"),
    PhoneText("Ann\t3015550123\t2026-11-28 10:30:00", ignored="Ann 2026-11-28 10:30:00"),
    PhoneText("'3015550123"),
    PhoneText('"301-555-0123"'),
    PhoneText("3015550123.0"),
    PhoneText("301|555|0123"),
    PhoneText("301 · 555 · 0123"),
    PhoneText("301_555_0123"),
    PhoneText("301/555/0123"),
    PhoneText("1 301 555 0123"),
    PhoneText("001 301 555 0123"),
    PhoneText("001-234-5678", "0012345678"),
    PhoneText("000-000-0000", "0000000000"),
    PhoneText("011 44 20 7946 0018", "+44 2079460018"),
    PhoneText("0044 20 7946 0018", "+44 2079460018"),
    PhoneText("+44 20 7946 0018", "+44 2079460018"),
    PhoneText("+44 (0)20 7946 0018", "+44 2079460018"),
    PhoneText("+49 1511 2345678", "+49 15112345678"),
    PhoneText("+4930123456", "+49 30123456"),
    PhoneText("=442079460019", "=442079460019"),
    PhoneText("11/28/26 301-555-0123", ignored="11/28/26"),
    PhoneText("28.11.2026 301-555-0123", ignored="28.11.2026"),
    PhoneText("9:14 301-555-0123", ignored="9:14"),
    PhoneText("2026-11-28T09:14:05.12-08:00 3015550123", ignored="2026-11-28T09:14:05.12-08:00"),
)

EMAILS: Final = (
    ("Jane O'Brien <jane@example.com>", "Jane O'Brien"),
    ("mailto:jane@example.com", "mailto"),
    ("<jane@example.com>", ""),
    ("jane@example.com;", ""),
    ("'jane@example.com'", ""),
    ("Jane (jane@example.com)", "Jane"),
    ("Jane &lt;jane&#64;example.com&gt;", "Jane"),
)
"""Texts with the address jane@example.com, and what of them is ignored."""

TOO_SHORT: Final = (
    "555-0123",
    "555 0123",
    "(555) 0123",
    "Phone: 555-0123",
    "1-800-Flowers",
    "301-555-XXXX",
    "Agent 4455",
)
"""Texts that were meant as a phone, and lack digits."""

NOT_ONE_NUMBER: Final = (
    "23015550123",
    "44 2079460018",
    "02079460020",
    "+999 123",
    "+1 301 555",
    "01134960000",
    "2301555012 3",
    "3015550123 45",
)
"""Digits that are not a recognizable number: another person's must not be searched for."""
