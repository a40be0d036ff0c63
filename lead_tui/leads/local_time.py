"""What time it is where a lead lives, from the lead's own offset, and whether that lies in the hours for calling.

An offset is doubtful where it is missing or blank, and where it is ``0.00`` on a number of the North American plan, which has no
place on Greenwich time: then the time is unknown, and says why. Nobody is called at night because of a guess.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from lead_tui.leads.lead import Lead

MINUTES_OF_A_DAY = 24 * 60

LEAST_OFFSET, MOST_OFFSET = -12 * 60, 14 * 60
"""Minutes from UTC between which the world's zones lie."""

_DECIMAL_HOURS = re.compile(r"[+-]?[0-9]{1,2}(?:\.[0-9]{1,4})?")


class CallingWindow(Struct, frozen=True):
    """The hours in which leads may be called, as minutes after the lead's own midnight: from *start* until just before *end*.

    A guide, by default the hours of the federal rules in the USA: others hold in places and for kinds of call. One that ends before
    it starts runs over midnight; one that ends where it starts is the whole day.
    """

    start: int = 8 * 60
    end: int = 21 * 60

    def holds(self, minutes: int) -> bool:
        """Whether *minutes* after midnight lie in it."""
        if self.start < self.end:
            return self.start <= minutes < self.end
        return minutes >= self.start or minutes < self.end

    def __str__(self) -> str:
        return f"{clock(self.start)}–{clock(self.end)}"


CALLING_WINDOW = CallingWindow()


class LocalTime(Struct, frozen=True):
    """A lead's local time, or why it is not known."""

    minutes: int = 0
    """After the lead's midnight."""
    offset: int = 0
    """Minutes from UTC."""
    doubt: str = ""
    """Why the time is unknown; "" when it is known."""

    @property
    def is_known(self) -> bool:
        """Whether there is a time at all."""
        return not self.doubt

    def clock(self) -> str:
        """The time alone, ``11:02``; ``unknown`` where it is not known."""
        return clock(self.minutes) if self.is_known else "unknown"

    def words(self, window: CallingWindow = CALLING_WINDOW) -> str:
        """The time for a heading: ``11:02 there (UTC−7) · in hours``."""
        if not self.is_known:
            return f"Local time unknown: {self.doubt}"
        hours = "in hours" if window.holds(self.minutes) else "out of hours"
        return f"{self.clock()} there ({offset_words(self.offset)}) · {hours}"


def clock(minutes: int) -> str:
    """*minutes* after midnight as people write a time, ``8:00``."""
    return f"{minutes // 60}:{minutes % 60:02}"


@lru_cache(maxsize=256)
def offset_minutes(text: str) -> int | None:
    """The minutes from UTC that the decimal hours in *text* stand for, ``-7.00`` or ``5.50``; None where they stand for none."""
    text = text.strip()
    if not _DECIMAL_HOURS.fullmatch(text):
        return None
    minutes = round(float(text) * 60)
    return minutes if LEAST_OFFSET <= minutes <= MOST_OFFSET else None


@lru_cache(maxsize=256)
def offset_words(minutes: int) -> str:
    """An offset as people write it: ``UTC−7``, ``UTC+5:30``, ``UTC``."""
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def is_north_american(lead: Lead) -> bool:
    """Whether the lead's number belongs to the North American plan, as far as its country code says; one without a code does."""
    return lead.line("phone_code").lstrip("+0") in ("", "1")


def local_time(lead: Lead, now: datetime) -> LocalTime:
    """The time where *lead* lives when it is *now*, an aware time in UTC.

    From ``gmt_offset_now``, which the API's clients take to include daylight saving; from ``locale_gmt`` where the lead came
    without it. One that came blank is a doubt, not a reason to look elsewhere.
    """
    key = "gmt_offset_now" if lead.sent.get("gmt_offset_now") is not None else "locale_gmt"
    text = lead.line(key).strip()
    if not text:
        return LocalTime(doubt="no offset")
    offset = offset_minutes(text)
    if offset is None:
        return LocalTime(doubt="unreadable offset")
    if not offset and is_north_american(lead):
        return LocalTime(doubt="offset 0")
    return LocalTime((now.hour * 60 + now.minute + offset) % MINUTES_OF_A_DAY, offset)
