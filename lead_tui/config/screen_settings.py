"""The tables of ``config.toml`` about the screen: the table, colors, the terminal, look-ups, copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, field
from msgspec.structs import force_setattr

from lead_tui import limits
from lead_tui.config.schema import InvalidValue, Line, Name, SettingsTable, columns_named, each_once
from lead_tui.leads.fields import DEFAULT_COLUMNS
from lead_tui.leads.status_marks import COLORS, RULES

StatusRule = Annotated[
    str,
    Meta(
        pattern=rf"^({'|'.join(COLORS)})( [!-~●■▲◆★])?\Z",
        description=f'one of {", ".join(COLORS)}, perhaps with a mark, as "red !"',
    ),
]


class TableSettings(SettingsTable, frozen=True):
    """``[table]``: the table of leads."""

    scroll: Literal["half", "line"] = "half"
    """How far the view scrolls when the cursor leaves it: half a page, best for slow connections, or one line."""
    columns: Annotated[tuple[Name, ...], Meta(description="a list of column names, each once")] = DEFAULT_COLUMNS
    """The default columns: names of the API's fields and of custom attributes, ``name`` and ``local_time``. ``+name`` is a custom
    attribute that has the name of a computed column. An empty list means the default."""
    load_all_limit: Annotated[int, Meta(ge=1, le=1_000_000)] = limits.LOAD_ALL_LIMIT
    """The most leads that are loaded for narrowing or sorting."""
    cache_mb: Annotated[int, Meta(ge=1, le=4_096)] = limits.CACHE_MB
    """Megabytes of pages kept in memory. Evicted pages are fetched again when they come into view."""

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "columns", columns_named(self.columns) or DEFAULT_COLUMNS)


class Mask(SettingsTable, frozen=True):
    """``[mask]``: values that a passer-by should not read."""

    fields: Annotated[tuple[Name, ...], Meta(description="a list of field names, each once")] = ()
    """Fields, including custom attributes, whose values are hidden until the user reveals them."""

    def __post_init__(self) -> None:
        each_once(self.fields)


class Theme(SettingsTable, frozen=True):
    """``[theme]``: appearance."""

    name: Line = ""
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

    template: Annotated[str, Meta(max_length=400, description="a line of text with fields in braces")] = ""
    """A text of a lead, such as ``{name}, {phone}, {city}``, filled in with values as on the screen: names of the API's fields,
    ``name``, ``local_time``, ``phone``, ``phone_2``, ``phone_3``, ``list`` or ``owner``; ``{+key}`` is a custom attribute."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.template:
            # Imported here: few have one.
            from lead_tui.leads.template import Template

            try:
                Template(self.template)
            except ValueError as error:
                raise InvalidValue(str(error)) from None
