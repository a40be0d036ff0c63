"""The detail: one lead, every field that came, with a cursor on a field, below a header that stays in view.

Drawn line by line. Whatever changes, a lead, the cursor, the view, only lines that differ from what is on the screen are painted,
and of those only as far as their text reaches: the detail follows the table's cursor, and every byte of it travels over SSH. There
is no scroll bar, which would be repainted for each lead; the lower border says how much is below. How many lines there are is not
known (``detail_page`` builds them as they come in sight), so ``detail_view`` keeps the place of the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lead_tui.keys.catalogue import Pane, of_pane
from lead_tui.leads.calling_hours import CALLING_HOURS, CallingHours
from lead_tui.leads.cells import cell_width
from lead_tui.leads.fields import CUSTOM
from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import LocalTime, local_time
from lead_tui.ui.widgets.detail_lines import ASCII, BLANK, UNICODE, Line, Look, Role
from lead_tui.ui.widgets.detail_page import NO_FIELD, Page
from lead_tui.ui.widgets.detail_view import View
from lead_tui.ui.widgets.textual_fixes import OneLayout

_GUTTERS = 2
"""Cells beside the text: the cursor's at the left, an empty one at the right."""

_UNTIL_LAID_OUT = Size(60, 20)
"""Taken for the size until there is one: keys typed behind the one that opens the detail act on its fields at once."""

_WHEEL_LINES = 3

_MIN_FIELD_LINES = 2
"""Lines that a header leaves to the fields, however low the pane is."""

_NO_TIME = LocalTime(doubt="no lead")


def _bindings() -> list[BindingType]:
    return [Binding(",".join(key.keys), key.action, key.label, show=False, id=key.id) for key in of_pane(Pane.DETAIL)]


def _flat(style: Style) -> Style:
    """*style* without colors that are the terminal's own: they need no bytes."""
    color, background = style.color, style.bgcolor
    return Style(
        color=None if color is None or color.is_default else color,
        bgcolor=None if background is None or background.is_default else background,
        bold=style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
        reverse=style.reverse,
        strike=style.strike,
    )


class Detail(OneLayout, Widget, can_focus=True):
    """Shows a lead, or a note where there is none. Its options are attributes: call ``rebuild`` after changing one."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = _bindings()
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"detail--{role.value}" for role in Role if role.value}
    DEFAULT_CSS = """
    Detail {
        width: 1fr;
        height: 1fr;
        border: round $foreground-muted;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $foreground-muted;
        &:focus { border: round $border; }
        & > .detail--name { text-style: bold; }
        & > .detail--status { color: $text-accent; }
        & > .detail--label { color: $foreground-muted; }
        & > .detail--muted { color: $foreground-muted; }
        & > .detail--key { color: $foreground-muted; }
        & > .detail--heading { color: $text-primary; }
        & > .detail--cursor { color: $text-accent; text-style: bold; }
        & > .detail--warning { color: $text-warning; }
        & > .detail--alert { color: $text-error; text-style: bold reverse; }
        &:ansi {
            & > .detail--label, & > .detail--muted, & > .detail--key { text-style: dim; }
        }
    }
    """

    class FindRequested(Message):
        """The person wants to find a field: ``Detail.find`` does, once there is a text."""

    class FindNext(Message):
        """The person wants the leads with the same value as the lead that is shown has in *key*."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class EmptyToggled(Message):
        """The person has empty fields hidden from now on, or shown."""

        def __init__(self, hidden: bool) -> None:
            super().__init__()
            self.hidden = hidden

    class RevealRefused(Message):
        """The person wants to see masked fields, which ``may_reveal`` forbids."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        labels: Mapping[str, str] | None = None,
        masked: frozenset[str] = frozenset(),
        may_reveal: bool = True,
        calling_hours: CallingHours = CALLING_HOURS,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        """*now* is the clock, aware and in UTC; *labels* are names for keys; *masked* are keys whose values are covered."""
        super().__init__(id=id, classes=classes)
        self.now = now
        self.labels: Mapping[str, str] = labels or {}
        self.masked = masked
        self.may_reveal = may_reveal
        self.calling_hours = calling_hours
        self.ascii_only = ascii_only
        self.hide_empty = False
        self.raw = False
        self._lead: Lead | None = None
        self._note = ""
        self._revealed = False
        self._header: list[Line] = []
        self._view = View(Page(None, "", _NO_TIME, Look(1)), 1)
        self._time = ""
        self._drawn: list[tuple[Line, bool]] = []
        self._drawn_size = Size(0, 0)
        self._styles: dict[Role, Style] = {}
        self._titles = ("", "")
        self._only_region: Region | None = None
        self._is_finding = False
        self.border_title = Content("Lead")

    # What it shows

    @property
    def lead(self) -> Lead | None:
        """The lead that is shown."""
        return self._lead

    @property
    def current_field(self) -> str | None:
        """The key of the field under the cursor; None where there is no field."""
        return self._view.key

    @property
    def hidden(self) -> int:
        """How many empty fields of the lead are hidden."""
        return self._page.hidden

    @property
    def _page(self) -> Page:
        return self._view.page

    def is_masked(self, key: str) -> bool:
        """Whether the value of *key* is covered now, and so neither copied nor searched for."""
        return key in self._look().masked

    def covered(self, lead: Lead | None) -> frozenset[str]:
        """The keys whose values are covered in *lead*, shown here or not: what was revealed is so for the lead that is shown."""
        if lead is None or self._lead is None or not lead.lead_id or lead.lead_id != self._lead.lead_id:
            return self.masked
        return self._look().masked

    def show(self, lead: Lead | None, note: str = "", *, from_top: bool = False) -> None:
        """Show *lead*, with *note* about it; of None, *note*, the reason why there is none (clean text).

        The cursor stays on the same field, at the same line, where this lead has it, unless it is shown *from_top* on. What was
        revealed is covered again.
        """
        before = self._lead
        if lead is None or before is None or not lead.lead_id or lead.lead_id != before.lead_id:
            self._revealed = False
        self._lead, self._note = lead, note
        self._build(from_top=from_top)
        self._paint()

    def tick(self) -> None:
        """The minute has turned: write the local time anew, if it shows another."""
        if self._lead is not None and self._time != self._local_time().words(self.calling_hours):
            self.rebuild()

    def rebuild(self) -> None:
        """Build the lines anew from the lead and the options, and paint those that differ."""
        self._build()
        self._paint()

    # Finding

    def find(self, text: str) -> int:
        """Go to the field that holds *text* in its label, key or value; say how many do. See ``View.find``."""
        # The prompt has the focus then; from the time it comes back on, the focus alone decides whether the cursor is shown.
        self._is_finding = bool(text)
        count = self._view.find(text)
        self._paint()
        return count

    def find_next(self) -> bool:
        """Go to the next field with the text that was sought; False where there is none."""
        found = self._view.find_next()
        self._paint()
        return found

    def find_previous(self) -> bool:
        """Go to the one before."""
        found = self._view.find_previous()
        self._paint()
        return found

    @property
    def found(self) -> tuple[int, int]:
        """The place of the cursor among the fields that match, from 1, 0 for none of them; and how many they are."""
        return self._view.found

    # Actions, named by the catalogue of keys

    def action_cursor_down(self) -> None:
        """The next field; within one taller than the view, its next line."""
        self._view.down()
        self._paint()

    def action_cursor_up(self) -> None:
        """The field before; within one taller than the view, its line before."""
        self._view.up()
        self._paint()

    def action_page_down(self) -> None:
        """A screen down, one line kept."""
        self._view.page_down()
        self._paint()

    def action_page_up(self) -> None:
        """A screen up, one line kept."""
        self._view.page_up()
        self._paint()

    def action_top(self) -> None:
        """The first field and what is above it."""
        self._view.to_top()
        self._paint()

    def action_bottom(self) -> None:
        """The last field."""
        self._view.to_bottom()
        self._paint()

    def action_toggle_empty(self) -> None:
        """Hide empty fields, or show them."""
        self.hide_empty = not self.hide_empty
        self.rebuild()
        self.post_message(self.EmptyToggled(self.hide_empty))

    def action_toggle_raw(self) -> None:
        """Keys and values as the server sent them, or as people read them."""
        self.raw = not self.raw
        self.rebuild()

    def action_find(self) -> None:
        """Ask for a prompt to find a field by."""
        self.post_message(self.FindRequested())

    def action_find_next(self) -> None:
        """The next field with what was sought."""
        self.find_next()

    def action_find_previous(self) -> None:
        """The one before."""
        self.find_previous()

    def action_go_on(self) -> None:
        """Ask for the leads with the same value in the field under the cursor."""
        if (key := self.current_field) is not None:
            self.post_message(self.FindNext(key))

    def action_reveal(self) -> None:
        """Uncover masked fields until another lead is shown, or cover them again."""
        if not self.masked:
            return
        if not self.may_reveal:
            self.post_message(self.RevealRefused())
            return
        self._revealed = not self._revealed
        self.rebuild()

    # Building

    def _look(self) -> Look:
        return Look(
            width=max(1, (self.size or _UNTIL_LAID_OUT).width - _GUTTERS),
            raw=self.raw,
            hide_empty=self.hide_empty,
            labels=self.labels,
            masked=frozenset() if self._revealed else self.masked,
            hours=self.calling_hours,
            glyphs=ASCII if self.ascii_only else UNICODE,
        )

    def _local_time(self) -> LocalTime:
        return local_time(self._lead.covering(self._look().masked), self.now()) if self._lead is not None else _NO_TIME

    def _build(self, *, from_top: bool = False) -> bool:
        """Make the page anew and find cursor and view again; False while there is no size to draw it in."""
        time = self._local_time()
        self._time = time.words(self.calling_hours)
        page = Page(self._lead, self._note, time, self._look())
        height = (self.size or _UNTIL_LAID_OUT).height
        self._header = page.header[: max(0, height - _MIN_FIELD_LINES)]
        self._view.replace(page, height - len(self._header), shows_cursor=self._is_marking, from_top=from_top)
        self._drawn_size = self.size
        return bool(self.size)

    # Painting

    @property
    def _is_marking(self) -> bool:
        return self.has_focus or self._is_finding

    def _lines(self) -> list[tuple[Line, bool]]:
        view = self._view
        marked = view.cursor if self._is_marking and view.page.keys else None
        lines = [(line, False) for line in self._header]
        lines.extend((line, field == marked) for line, field in view.lines)
        lines.extend([(BLANK, False)] * (self.size.height - len(lines)))
        return lines

    def _paint(self) -> None:
        """Paint the lines that differ from what is on the screen, as far as their text reaches."""
        self._write_titles()
        if not self.size:
            return
        lines, drawn = self._lines(), self._drawn
        self._drawn = lines
        regions = [
            Region(0, y, 1 + (max(new[0].cells, old[0].cells) if new[0] != old[0] else 0), 1)
            for y, (new, old) in enumerate(zip(lines, drawn, strict=False))
            if new != old
        ]
        if len(lines) != len(drawn):
            self.refresh()
        elif regions:
            self.refresh(*regions)

    def _write_titles(self) -> None:
        (old_title, old_subtitle), self._titles = self._titles, (self._title(), self._subtitle())
        title, subtitle = self._titles
        width, height = self.outer_size
        x, y = self.content_offset
        # A new title repaints the whole widget, unless it is told where the border changes.
        if title != old_title:
            reach = 4 + max(cell_width(title), cell_width(old_title))
            self._only_region = Region(-x, -y, min(width, reach), 1) if width else None
            self.border_title = Content(title)
        if subtitle != old_subtitle:
            self._only_region = Region(-x, height - 1 - y, width, 1) if width else None
            self.border_subtitle = Content(subtitle) if subtitle else None
        self._only_region = None

    def _title(self) -> str:
        lead_id = self._lead.lead_id if self._lead is not None else ""
        look = self._page.look
        if lead_id and not look.masked.isdisjoint(("lead_id", "id")):
            lead_id = look.glyphs.mask
        return f"Lead {lead_id}".rstrip() + (look.glyphs.written(" · raw") if look.raw else "")

    def _subtitle(self) -> str:
        """What is below the view: custom attributes, if their heading is, and how many fields."""
        page, view = self._page, self._view
        last = page.after(view.top, view.height - 1)
        if last == page.end():
            return ""
        seen = max((field for _, field in view.lines), default=NO_FIELD)
        more = len(page.keys) - 1 - seen
        parts = [f"{page.look.glyphs.below} {more:,} more" if more else f"{page.look.glyphs.below} more"]
        if page.custom_block is not None and page.custom_block > last[0] and page.custom_count:
            parts.insert(0, f"{CUSTOM} ({page.custom_count:,})")
        return " ".join(parts)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As a widget's, but that the border's line alone is painted when a title is written."""
        if self._only_region is not None and not regions:
            regions = (self._only_region,)
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def render_line(self, y: int) -> Strip:
        """The line *y* of the view."""
        if self.size != self._drawn_size and self._build():
            self._drawn = self._lines()
        line, is_marked = self._drawn[y] if y < len(self._drawn) else (BLANK, False)
        first = (self._page.look.glyphs.cursor, Role.CURSOR) if is_marked else (" ", Role.PLAIN)
        blank = " " * (self.size.width - line.cells - 1)
        segments: list[Segment] = []
        text, style = "", self._style(Role.PLAIN)
        for more, role in (first, *line.parts, (blank, Role.PLAIN)):
            other = self._style(role)
            # A space looks the same in any color; every change of style costs bytes.
            if other == style or (text.isspace() and not other.reverse and style == self._style(Role.PLAIN)):
                text, style = text + more, other
                continue
            if text:
                segments.append(Segment(text, style))
            text, style = more, other
        segments.append(Segment(text, style))
        return Strip(segments)

    def _style(self, role: Role) -> Style:
        style = self._styles.get(role)
        if style is None:
            own = self.get_component_rich_style(f"detail--{role.value}") if role.value else self.rich_style
            style = self._styles[role] = _flat(own)
        return style

    def notify_style_update(self) -> None:
        """Textual: another theme, or another state."""
        self._styles.clear()
        super().notify_style_update()

    # Events

    def watch_has_focus(self, _has_focus: bool) -> None:
        """The cursor is shown while the detail has the focus."""
        super().watch_has_focus(_has_focus)
        if _has_focus:
            self._is_finding = False
        if self._is_marking:
            self._view.show_cursor()
        self._paint()

    def on_resize(self) -> None:
        """Wrap everything for the new width."""
        self.rebuild()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls; the cursor stays on its field."""
        event.stop()
        self._view.scroll(_WHEEL_LINES)
        self._paint()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls; the cursor stays on its field."""
        event.stop()
        self._view.scroll(-_WHEEL_LINES)
        self._paint()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on the field."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y, window = offset.y - len(self._header), self._view.lines
        if 0 <= y < len(window) and (field := window[y][1]) != NO_FIELD:
            self._view.go(field)
            self._paint()
