"""Readers: what makes a value of a configuration file fit for a setting, and the words for what is expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Final, Generic, TypeVar

from msgspec import Struct

from lead_tui.leads.fields import column_named
from lead_tui.leads.text import one_line

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MOST_WORD_CHARACTERS: Final = 200
"""Characters of a column's, a field's or a key's name at most: an account's own attributes may have long ones."""


class Unfit(ValueError):
    """A value that is not what is *expected*; *within* names the place below the setting, for tables of free keys."""

    def __init__(self, expected: str, *within: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.within = within


class Reader(Struct, Generic[T_co], frozen=True):
    """Turns a value of a file into one of a setting; *expected* says what it takes, to stand after "must be"."""

    expected: str
    convert: Callable[[object], T_co]
    """Raises ``ValueError``, ``Unfit`` where it has more to say than *expected*."""
    shows_value: bool = False
    """Whether a message may repeat a wrong value. Free text may be a secret in the wrong place."""

    def __call__(self, value: object) -> T_co:
        """The setting's value. Raises ``Unfit``."""
        try:
            return self.convert(value)
        except Unfit:
            raise
        except ValueError:
            raise Unfit(self.expected) from None


def _must(fits: bool) -> None:
    if not fits:
        raise ValueError


def yes_no() -> Reader[bool]:
    """true or false."""

    def convert(value: object) -> bool:
        _must(isinstance(value, bool))
        return bool(value)

    return Reader("true or false", convert, shows_value=True)


def number(least: float, most: float) -> Reader[float]:
    """A number from *least* to *most*, whole or not."""

    def convert(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError
        _must(least <= value <= most)
        return float(value)

    return Reader(f"a number from {least:g} to {most:g}", convert, shows_value=True)


def whole(least: int, most: int) -> Reader[int]:
    """A whole number from *least* to *most*."""

    def convert(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError
        _must(least <= value <= most)
        return value

    return Reader(f"a whole number from {least} to {most}", convert, shows_value=True)


def one_of(*choices: str) -> Reader[str]:
    """One of *choices*."""

    def convert(value: object) -> str:
        _must(value in choices)
        return str(value)

    return Reader(" or ".join(f'"{choice}"' for choice in choices), convert, shows_value=True)


def line(most: int = 100) -> Reader[str]:
    """A line of text that can be shown, at most *most* characters; it may be empty."""

    def convert(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError
        text = value.strip()
        _must(len(text) <= most and one_line(text) == text)
        return text

    return Reader(f"a line of text of at most {most} characters", convert)


def words(what: str, empty: tuple[str, ...] = ()) -> Reader[tuple[str, ...]]:
    """A list of texts, none blank and none twice; *what* they are, in the plural. They stay as they are: a server may know them.

    An empty list stands for *empty*.
    """

    def convert(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(_is_word(word) for word in value):
            raise ValueError
        _must(len(set(value)) == len(value))
        return tuple(value) or empty

    return Reader(f"a list of {what}, each once", convert)


def columns(empty: tuple[str, ...] = ()) -> Reader[tuple[str, ...]]:
    """The names of columns, each once; a custom attribute may carry its mark (``leads.fields.column_named``).

    An empty list stands for *empty*.
    """
    names = words("column names", empty)
    return Reader(names.expected, lambda value: tuple(dict.fromkeys(map(column_named, names.convert(value)))))


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MOST_WORD_CHARACTERS


def command() -> Reader[tuple[str, ...]]:
    """A program and its arguments, which no shell reads."""

    def convert(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not value:
            raise ValueError
        _must(all(isinstance(word, str) and "\0" not in word for word in value) and bool(value[0]))
        return tuple(value)

    return Reader('a list of words, as ["pass", "show", "convoso"]: no shell reads it', convert)


def path() -> Reader[Path]:
    """A file's path; a leading ``~`` is the home directory. One that is relative counts from the configuration's directory."""

    def convert(value: object) -> Path:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ValueError
        return Path(value.strip()).expanduser() if value.strip().startswith("~") else Path(value.strip())

    def at_home(value: object) -> Path:
        try:
            return convert(value)
        except RuntimeError:
            raise Unfit("a file's path, and there is no such home directory") from None

    return Reader("a file's path", at_home)


_URL: Final = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)


def web_address() -> Reader[str]:
    """An address that starts with ``https://`` or ``http://``."""

    def convert(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError
        text = value.strip()
        _must(text.isprintable() and _URL.fullmatch(text) is not None)
        return text

    return Reader("an address that starts with https:// or http://", convert)


def time_zone() -> Reader[str]:
    """A zone's name of the time zone database; "" is the host's own."""

    def convert(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError
        if not value.strip():
            return ""
        # Imported here: most run in the host's zone.
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            return ZoneInfo(value.strip()).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Unfit("a time zone that this host knows, as America/Los_Angeles") from None

    return Reader("a time zone's name, as America/Los_Angeles", convert)


_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})")


def time_of_day() -> Reader[time]:
    """``"8:00"``, or TOML's own ``08:00:00``."""

    def convert(value: object) -> time:
        if isinstance(value, time):
            return value.replace(microsecond=0)
        if not isinstance(value, str) or (read := _TIME.fullmatch(value.strip())) is None:
            raise ValueError
        return time(int(read[1]), int(read[2]))

    return Reader('a time of day, as "8:00" or "21:30"', convert)


class DayHours(Struct, frozen=True):
    """The calling hours of one day; what it does not say is as on other days."""

    may_call: bool = True
    start: time | None = None
    end: time | None = None


def day_hours() -> Reader[DayHours]:
    """The calling hours of a day: none, the usual ones, or others."""
    clock = time_of_day()

    def convert(value: object) -> DayHours:
        if isinstance(value, bool):
            return DayHours(value)
        if not isinstance(value, dict):
            raise ValueError
        read: dict[str, time] = {}
        for key, each in value.items():
            if key not in ("start", "end"):
                raise Unfit("start or end", key)
            try:
                read[key] = clock(each)
            except Unfit as unfit:
                raise Unfit(unfit.expected, key) from None
        return DayHours(True, **read)

    return Reader('true, false, or a table of start and end, as { end = "18:00" }', convert)


_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def hours_by_date() -> Reader[Mapping[date, DayHours]]:
    """The calling hours of single days, by date."""
    by_text = table_of(day_hours(), 'hours by date, as "2026-12-25" = false')

    def convert(value: object) -> Mapping[date, DayHours]:
        read: dict[date, DayHours] = {}
        for text, hours in by_text(value).items():
            try:
                _must(_DATE.fullmatch(text) is not None)
                read[date.fromisoformat(text)] = hours
            except ValueError:
                raise Unfit('a day, as "2026-12-25"', text) from None
        return read

    return Reader(by_text.expected, convert)


def table_of(reader: Reader[T], what: str) -> Reader[Mapping[str, T]]:
    """A table of free keys, each read by *reader*; *what* it holds."""

    def convert(value: object) -> Mapping[str, T]:
        if not isinstance(value, dict):
            raise ValueError
        read: dict[str, T] = {}
        for key, each in value.items():
            if not _is_word(key):
                raise Unfit(f"under a key of at most {MOST_WORD_CHARACTERS} characters", key)
            try:
                read[key] = reader(each)
            except Unfit as unfit:
                raise Unfit(unfit.expected, key, *unfit.within) from None
        return read

    return Reader(f"a table of {what}", convert)


def keys_by_id(known: Callable[[], tuple[str, ...]]) -> Reader[Mapping[str, tuple[str, ...]]]:
    """A table of keys by the id of what they do, one of *known*: ``"table.down" = ["j", "down"]``.

    ``table.down = "j"`` is TOML for a table in a table, and is taken for the same. One key may stand alone; none is no key.
    """
    keys = words('keys, as "ctrl+r" or ["j", "down"]')

    def convert(value: object) -> Mapping[str, tuple[str, ...]]:
        if not isinstance(value, dict):
            raise ValueError
        read: dict[str, tuple[str, ...]] = {}
        _collect(value, (), read)
        return read

    def _collect(given: dict[str, object], within: tuple[str, ...], read: dict[str, tuple[str, ...]]) -> None:
        for key, each in given.items():
            if isinstance(each, dict):
                _collect(each, (*within, key), read)
                continue
            name = ".".join((*within, key))
            if name not in known():
                # Imported here, where a mistake was made.
                from lead_tui.leads.nearest import did_you_mean

                near = did_you_mean(name, known())
                raise Unfit(f"the id of an action{f': {near}' if near else ''}", *within, key)
            try:
                read[name] = keys([each] if isinstance(each, str) and each else each or [])
            except Unfit:
                raise Unfit(keys.expected, *within, key) from None

    return Reader("a table of keys", convert)
