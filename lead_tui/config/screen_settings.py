"""The tables of ``config.toml`` about the screen: the table, colors, keys, look-ups, copies; and the hours in which to call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Final, Literal

from msgspec import Meta, field
from msgspec.structs import force_setattr, replace

from lead_tui import limits
from lead_tui.config.schema import PRINTABLE, InvalidValue, Name, SettingsTable, TimeOfDay, columns_named
from lead_tui.leads.fields import DEFAULT_COLUMNS, known_state
from lead_tui.leads.local_time import CallingHours, CallingWindow
from lead_tui.leads.values import COLORS, RULES, Template

StatusRule = Annotated[
    str,
    Meta(
        pattern=rf"^({'|'.join(COLORS)})( [!-~●■▲◆★])?\Z",
        description=f'one of {", ".join(COLORS)}, perhaps with a mark, such as "red !"',
    ),
]


class TableSettings(SettingsTable, frozen=True):
    """``[table]``: the table of leads."""

    scroll: Literal["half", "line"] = "half"
    """How far the view scrolls when the cursor leaves it: half a page, best for slow connections, or one line."""
    columns: Annotated[tuple[Name, ...], Meta(description="a list of column names")] = DEFAULT_COLUMNS
    """The default columns: names of the API's fields and of custom attributes, ``name`` and ``local_time``. ``+name`` is a custom
    attribute that has the name of a computed column. An empty list means the default."""
    load_all_limit: Annotated[int, Meta(ge=1, le=1_000_000)] = limits.LOAD_ALL_LIMIT
    """The most leads that are loaded for narrowing or sorting; of an opened file, at least 2,000,000."""
    cache_mb: Annotated[int, Meta(ge=1, le=4_096)] = limits.CACHE_MB
    """Megabytes of pages kept in memory. Evicted pages are fetched again when they come into view."""

    def __post_init__(self) -> None:
        force_setattr(self, "columns", columns_named(self.columns) or DEFAULT_COLUMNS)


class Mask(SettingsTable, frozen=True):
    """``[mask]``: values that a passer-by should not read."""

    fields: Annotated[tuple[Name, ...], Meta(description="a list of field names")] = ()
    """Fields, including custom attributes, whose values are hidden until the user reveals them."""


class Theme(SettingsTable, frozen=True):
    """``[theme]``: appearance."""

    name: limits.Theme | None = None
    """The theme, as for ``--theme``. Default: the last choice."""
    ascii: bool = False
    """Whether borders and marks are drawn in ASCII."""
    mouse: bool = True
    """Whether lead-tui uses the mouse; ``false`` leaves it to the terminal's own selection."""


class Colors(SettingsTable, frozen=True):
    """``[colors]``: colors in the table and the detail. Color alone never conveys information."""

    status: Annotated[Mapping[Name, StatusRule], Meta(description="a table of colors by status")] = field(
        default_factory=lambda: dict(RULES)
    )
    """``[colors.status]``: colored marks beside statuses, by code or name: ``NEW = "green"``, ``"CB*" = "yellow !"``. A final ``*``
    stands for any characters, the colors are red, yellow, green and blue, and the mark is ``●``: a shape after the color replaces
    it, a letter or sign follows it.
    The default marks new leads, callbacks and sales; an empty table means no marks."""


class TerminalSettings(SettingsTable, frozen=True):
    """``[terminal]``: the session and its terminal."""

    idle_exit: Annotated[float, Meta(ge=0, le=10_080)] = 0.0
    """Minutes without a key or a click after which the session ends, unless a load or an export is running; 0 means never."""


class LookUpSettings(SettingsTable, frozen=True):
    """``[lookup]``: look-ups."""

    early: bool = True
    """Whether a phone number in the look-up box is looked up before you press Enter, once it is whole: at most once each time the
    box is opened, and only while the account's pace has six requests to spare. In restricted sessions the default is false."""


class LeadSettings(SettingsTable, frozen=True):
    """``[lead]``: the detail of a lead."""

    check_dnc: bool = False
    """Whether the phones of each lead that you open by Enter or a look-up are checked against the account's do-not-call list, as by
    ``D``: a request for each phone."""


class IncomingSettings(SettingsTable, frozen=True):
    """``[incoming]``: incoming calls, whose numbers ``lead-tui pop`` gives to the session."""

    open: bool = False
    """Whether a lead that is found opens by itself if the table has the focus and nothing is typed. ``F4`` opens it anyway."""


class RefreshSettings(SettingsTable, frozen=True):
    """``[refresh]``: the automatic refresh, which ``R`` switches on."""

    seconds: Annotated[int, Meta(ge=limits.MIN_REFRESH_SECONDS, le=3_600)] = limits.REFRESH_SECONDS
    """Seconds between two refreshes, each of which is one request for the leads in view."""


class CopySettings(SettingsTable, frozen=True):
    """``[copy]``: what ``Y`` copies."""

    template: Annotated[str, Meta(max_length=400, pattern=PRINTABLE, description="a line of text with fields in braces")] = ""
    """A text of a lead, such as ``{name}, {phone}, {city}``, filled in with values as on the screen: names of the API's fields,
    ``name``, ``local_time``, ``phone``, ``phone_2``, ``phone_3``, ``list`` or ``owner``; ``{+key}`` is a custom attribute."""

    def __post_init__(self) -> None:
        if self.template:
            try:
                Template(self.template)
            except ValueError as error:
                raise InvalidValue(f"must be {error}") from None


_KEYS: Final = 'a list of keys by the id of an action, such as "table.down" = ["j", "down"]'
KeyChanges = Annotated[Mapping[str, Annotated[tuple[Name, ...] | Name, Meta(description=_KEYS)]], Meta(description=_KEYS)]


class Hours(SettingsTable, frozen=True):
    """The hours of one day; what it does not set is as on other days."""

    start: TimeOfDay | None = None
    end: TimeOfDay | None = None


_DAY: Final = 'a day, such as "2026-12-25"'
_DAY_HOURS: Final = 'true, false, or a table of start and end, such as { end = "18:00" }'

DayHours = Annotated[bool | Hours | None, Meta(description=_DAY_HOURS)]
"""``false`` means no calls, ``true`` the usual hours, None the same as on other days."""


class Days(SettingsTable, frozen=True):
    """The days that have hours of their own."""

    monday: DayHours = None
    """Hours on Mondays: ``false`` for no calls, ``true`` for the usual hours, or a table that changes ``start`` or ``end``."""
    tuesday: DayHours = None
    """Hours on Tuesdays."""
    wednesday: DayHours = None
    """Hours on Wednesdays."""
    thursday: DayHours = None
    """Hours on Thursdays."""
    friday: DayHours = None
    """Hours on Fridays."""
    saturday: DayHours = None
    """Hours on Saturdays."""
    sunday: DayHours = None
    """Hours on Sundays, such as ``sunday = false``."""
    dates: Annotated[
        Mapping[Annotated[date, Meta(description=_DAY)], Annotated[bool | Hours, Meta(description=_DAY_HOURS)]],
        Meta(description='a table of hours by date, such as "2026-12-25" = false'),
    ] = field(default_factory=dict)
    """Hours on certain dates: ``[calling_window.dates]`` with ``"2026-12-25" = false``."""

    def days(self) -> dict[date | int, Hours | None]:
        """Return what is set, by date or by weekday (0 is Monday); None for no calls."""
        weekdays = self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday
        given = dict[date | int, bool | Hours | None](enumerate(weekdays)) | dict(self.dates)
        usual = {True: Hours(), False: None}
        return {day: usual[each] if isinstance(each, bool) else each for day, each in given.items() if each is not None}


class StateCallingWindow(Days, frozen=True):
    """``[calling_window.states.NAME]``: exceptions for a state or province, given by its two letters or its name.

    A key here replaces the same key of ``[calling_window]``, and a date the same date. A day that only ``[calling_window]`` sets
    also applies here, but not before the ``start`` and not after the ``end`` of this table.
    """

    start: TimeOfDay | None = None
    """Start of the hours, such as ``"9:00"``."""
    end: TimeOfDay | None = None
    """End of the hours, such as ``"20:00"``; later than ``start``."""


class CallingWindowSettings(Days, frozen=True):
    """``[calling_window]``: the hours in which leads may be called, in each lead's local time. A guide, not legal advice.

    Hours of a date take precedence over those of a weekday, and those over ``start`` and ``end``.
    """

    start: TimeOfDay = TimeOfDay(8)
    """Start of the hours, such as ``"8:00"``."""
    end: TimeOfDay = TimeOfDay(21)
    """End of the hours, such as ``"21:00"``; later than ``start``."""
    states: Mapping[str, StateCallingWindow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hours()

    def hours(self) -> CallingHours:
        """Return the hours by day and by state. Raises ``InvalidValue`` for hours that end too early, and for an unknown state."""
        days, states = self.days(), dict[str, CallingHours]()
        for name, state in self.states.items():
            code = known_state(name)
            if not code:
                raise InvalidValue("must be named by a state of the USA or a province of Canada, such as FL or Florida")
            if code in states:
                raise InvalidValue(f"names {code} twice")
            own = {day: given and _narrowed(given, state) for day, given in days.items()} | state.days()
            states[code] = _hours(state.start or self.start, state.end or self.end, own, f" in {code}")
        return replace(_hours(self.start, self.end, days), states=states)


def _narrowed(day: Hours, state: StateCallingWindow) -> Hours:
    """Return the general hours of a *day* in *state*: not earlier and not later than the state's own."""
    start = max(filter(None, (day.start, state.start)), default=None)
    return Hours(start, min(filter(None, (day.end, state.end)), default=None))


def _hours(start: time, end: time, days: Mapping[date | int, Hours | None], where: str = "") -> CallingHours:
    def window(own: Hours) -> CallingWindow:
        first, last = (each.hour * 60 + each.minute for each in (own.start or start, own.end or end))
        if first >= last:
            raise InvalidValue(f"must leave hours{where} that end later than they start")
        return CallingWindow(first, last)

    return CallingHours(window(Hours()), {day: window(own) if own else None for day, own in days.items()})
