"""The detail of a lead as lines: header, headings and fields, each a line of styled parts no wider than the pane. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from msgspec import Struct, field

from lead_tui import limits
from lead_tui.leads.fields import CUSTOM, FIELD_BY_KEY, GROUPS, is_custom
from lead_tui.leads.lead import Lead, is_empty, key_text
from lead_tui.leads.local_time import CALLING_HOURS, CallingHours, LocalTime, local_time
from lead_tui.leads.text import cell_width, fold, joined, truncate, unescaped, wrap
from lead_tui.leads.values import MASKED, StatusMarks, field_text, is_do_not_call, label, line_text, readable_key
from lead_tui.ui.widgets.drawn_list import RULE, DrawnLine, Run, within

if TYPE_CHECKING:
    from lead_tui.leads.phones import Phone
    from lead_tui.leads.records import PhoneCheck

_MIN_LABELS, _MAX_LABELS = 14, 24  # cells of the label column, which takes two fifths of the width within these bounds
_KEY_GAP = 2  # cells between a value and the key to its right
_NOTHING = "–"  # shown for an empty value, so that nothing is blank without a reason
DECODED = "(decoded)"  # shown beside a value in which entities were decoded; the raw values show the text that was sent


class Look(Struct, frozen=True):
    """How leads are shown."""

    width: int = 1  # width of a line's text in cells, without gutters
    raw: bool = False
    hide_empty: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()  # keys whose values are masked now
    hours: CallingHours = CALLING_HOURS
    marks: StatusMarks = field(default_factory=StatusMarks)
    do_not_call: frozenset[str] = frozenset()  # statuses that forbid calls, besides those whose codes say so
    status_names: Mapping[str, str] = field(default_factory=dict)  # by code, for leads without a name of the status
    phone_checks: Mapping[Phone, PhoneCheck] = field(default_factory=dict)

    @property
    def label_width(self) -> int:
        """Cells of the label column, the same for every lead."""
        return max(1, min(_MAX_LABELS, max(_MIN_LABELS, self.width * 2 // 5), self.width // 2 - 1))


class DetailPage:
    """The lines of *lead* at the time *now* in one *look*, with *note* above its groups; without a lead, only the note."""

    def __init__(self, lead: Lead | None, note: str, now: datetime, look: Look) -> None:
        self.lead, self.look = lead, look
        self.header: list[DrawnLine] = []  # above the fields, which scroll below it
        self.lines: list[DrawnLine] = []  # those that scroll
        self.keys: list[str] = []  # keys of the fields, in the order in which they are shown
        self.spans: list[range] = []  # the lines of each field
        self.group_starts: list[int] = []  # the first field of each group, or the field after it if all of them are hidden
        self._custom = 0, ""  # the line of the heading of the custom attributes, and the heading
        message = (note or "No lead") if lead is None else lead.problem or note
        if message:
            self.lines += note_lines(message, look) or [DrawnLine()]
        if lead is not None and not lead.problem:
            self.header = header_lines(lead, local_time(lead.with_masked(look.masked), now), look)
            self._add_groups(lead)

    def _add_groups(self, lead: Lead) -> None:
        groups: dict[str, list[str]] = {name: [] for name in GROUPS}
        for key in lead.documented_keys():
            groups[FIELD_BY_KEY[key].group].append(key)
        groups[CUSTOM] = lead.custom_keys()
        for name, keys in groups.items():
            title = name
            if name == CUSTOM:
                title = f"{CUSTOM} ({len(keys):,})"
                self._custom = len(self.lines), title if keys else ""
            elif not keys:
                continue
            shown = [key for key in keys if not is_empty(lead.sent[key])] if self.look.hide_empty else keys
            self.lines.append(heading_line(title, len(keys) - len(shown), self.look))
            self.group_starts.append(len(self.keys))
            for key in shown:
                start = len(self.lines)
                self.lines += [DrawnLine(line.runs, len(self.keys)) for line in field_lines(lead, key, self.look)]
                self.spans.append(range(start, len(self.lines)))
                self.keys.append(key)

    def top_near(self, line: int, height: int) -> int:
        """Return the line nearest to *line* that can be the first of *height* lines in view."""
        return within(line, len(self.lines), height)

    def top_for(self, field: int, top: int, height: int) -> int:
        """Return the first line in view that shows the whole *field* in *height* lines: *top* if it already does.

        Otherwise the view moves by half a page, which repaints less often than line by line; a field taller than that starts at the
        top. A group's first field is shown with its heading, the very first one with everything above it.
        """
        span = self.spans[field]
        wanted = span.start - (self.lines[span.start - 1].field < 0)
        if field == 0 and span.start < height:
            wanted = 0
        if top <= wanted and span.stop <= top + height:
            return top
        return self.top_near(wanted - height // 2 if len(span) <= height // 2 else wanted, height)

    def below(self, bottom: int) -> str:
        """Say what is below the line *bottom*: custom attributes, if their heading is below it, and the number of fields."""
        if bottom >= len(self.lines):
            return ""
        more = sum(span.start >= bottom for span in self.spans)
        at, custom = self._custom
        return f"{custom if at >= bottom else ''} ↓ {f'{more:,} ' if more else ''}more".lstrip()

    def group_start(self, field: int, step: int) -> int:
        """Return the first field of the next group or, with a *step* of -1, of this or the previous one; else *field*."""
        ahead = [each for each in self.group_starts if (each - field) * step > 0 and each < len(self.keys)]
        return ahead[0 if step > 0 else -1] if ahead else field

    def matching(self, text: str) -> list[int]:
        """Return the fields that contain *text* in label, key or value, ignoring accents and case."""
        needle, lead = fold(text).strip(), self.lead
        if not needle or lead is None:
            return []
        return [index for index, key in enumerate(self.keys) if matches(lead, key, needle, self.look)]


def _line(*runs: Run) -> DrawnLine:
    return DrawnLine(tuple(run for run in runs if run[1]))


def note_lines(text: str, look: Look, style: str = "muted") -> list[DrawnLine]:
    return [_line((style, line)) for line in wrap(text, look.width)]


def header_lines(lead: Lead, time: LocalTime, look: Look) -> list[DrawnLine]:
    """Return name, status, phone and local time: what an agent needs before the first word."""
    masked = lead.with_masked(look.masked)

    def seen(key: str) -> str:
        return _masked(lead, key, look) or line_text(masked, key)

    name = " ".join(filter(None, map(seen, ("first_name", "last_name"))))
    status = seen("status_name") or look.status_names.get(seen("status"), "") or seen("status")
    lines: list[DrawnLine] = []
    checks: list[tuple[str, bool | None]] = []
    if look.phone_checks:
        # Imported here: most sessions check no phone.
        from lead_tui.leads.records import check_lines

        checks = check_lines(lead, look.phone_checks, look.labels)
    has_status = is_do_not_call(lead.line("status"), look.do_not_call)
    must_not = has_status or any(is_listed for _, is_listed in checks)
    if has_status:
        lines += note_lines("DO NOT CALL" + (f" · {status}" if status else ""), look, "banner")
        status = ""
    color, colored, rest = look.marks.mark_of(masked) if status else ("", "", "")
    shown_name = ("bold", name) if name else ("muted", "No name")
    lines += _name_lines(shown_name, (color, colored), ("accent", rest + status), look.width)
    if phone := seen("phone_number"):
        # What fits of its carrier: both are complete among the fields.
        carrier, room = joined(seen("carrier_type"), seen("carrier_name")), look.width - cell_width(phone) - 1
        beside = f" {truncate(carrier, room)}" if carrier and room > 0 else ""
        lines.append(_line(("bold", truncate(phone, look.width)), ("muted", beside)))
    else:
        lines.append(_line(("muted", "No phone")))
    if look.masked.isdisjoint(("gmt_offset_now", "locale_gmt")):
        # A do-not-call lead is never "OK to call", whatever the time.
        style = "" if time.may_call(look.hours) else "warning"
        lines += note_lines(time.words(None if must_not else look.hours), look, style)
    for text, is_listed in checks:
        if is_listed:
            lines[:0] = note_lines(text, look, "banner")
        else:
            lines += note_lines(text, look, "" if is_listed is False else "warning")
    return lines


def _name_lines(name: Run, mark: Run, status: Run, width: int) -> Iterator[DrawnLine]:
    """Put *name*, and *status* with its *mark*, at the two ends of a line, or on two lines if they do not fit."""
    room = width - sum(cell_width(text) for _, text in (name, mark, status))
    if status[1] and room >= _KEY_GAP:
        yield _line(name, ("", " " * room), mark, status)
        return
    yield from (_line((name[0], line)) for line in wrap(name[1], width))
    if status[1]:
        yield _line(mark, (status[0], truncate(status[1], width - cell_width(mark[1]))))


def heading_line(title: str, hidden: int, look: Look) -> DrawnLine:
    """Return the heading of a group with *hidden* empty fields that are not shown."""
    text = truncate(f"{title}{f', {hidden} hidden' if hidden else ''}", look.width - 2)
    room = look.width - cell_width(text) - 3
    return _line(("rule", f"{RULE} "), ("heading", text), ("rule", f" {RULE * room}" if room > 0 else ""))


def field_lines(lead: Lead, key: str, look: Look) -> list[DrawnLine]:
    """Return the lines of a field: label, value, and on the right the key if it differs from the label."""
    label_width = look.label_width
    name = key_text(key) if look.raw else label(key, look.labels)
    labels = list(wrap(name, label_width)) if name.strip() else ["(blank)"]
    values, style = _value_lines(lead, key, look)
    if len(values) == 1 and (cells := cell_width(values[0])) > look.width - label_width - 1:
        # A word, such as an email, is not split: it begins further to the left, or on a line of its own.
        beside = len(labels) == 1 and cell_width(labels[0]) + 1 + cells <= look.width
        label_width = look.width - cells - 1
        values = values if beside else [*[""] * len(labels), *values]
    lines = []
    for left, value in zip_longest(labels, values, fillvalue=""):
        # Without a label, one style: a change of style costs bytes.
        gap = " " * (label_width + 1 - cell_width(left)) if value else ""
        lines.append(_line(("muted" if left else style, left + gap), (style, value)))
    if shown_key := _key_beside(lead, key, name, look):
        room = look.width - sum(cell_width(text) for _, text in lines[0].runs) - cell_width(shown_key)
        if room >= _KEY_GAP:
            lines[0] = _line(*lines[0].runs, ("", " " * room), ("muted", shown_key))
        else:
            part = truncate(shown_key, look.width)
            lines.append(_line(("", " " * (look.width - cell_width(part))), ("muted", part)))
    return lines


def _key_beside(lead: Lead, key: str, name: str, look: Look) -> str:
    """Return what is shown beside a value: its key if the label *name* says something else, and whether the value was decoded."""
    if look.raw:
        return ""
    differs = is_custom(key) and name not in (key_text(key), readable_key(key))
    value = lead.sent.get(key)
    decoded = key not in look.masked and isinstance(value, str) and unescaped(value) != value
    return f"{key_text(key) if differs else ''} {DECODED if decoded else ''}".strip()


def matches(lead: Lead, key: str, needle: str, look: Look) -> bool:
    """Return whether the folded *needle* is in the label, the key or the value of a field; a masked value never matches."""
    if needle in fold(key) or needle in fold(label(key, look.labels)):
        return True
    if key in look.masked:
        return False
    lead = lead.with_masked(look.masked)
    return any(needle in fold(field_text(lead, key, limits.MAX_VALUE_CHARACTERS, raw=raw)[0]) for raw in (True, False))


def _masked(lead: Lead, key: str, look: Look) -> str:
    return MASKED if key in look.masked and not is_empty(lead.sent.get(key)) else ""


def _value_lines(lead: Lead, key: str, look: Look) -> tuple[list[str], str]:
    """Return the lines of the value, and their style."""
    width = max(1, look.width - look.label_width - 1)
    if mask := _masked(lead, key, look):
        return [mask], "bold"
    text, more = field_text(lead.with_masked(look.masked), key, limits.MAX_VALUE_CHARACTERS, raw=look.raw)
    if not text.strip():
        return [_NOTHING], "muted"
    if len(text) <= look.width and not any(map(str.isspace, text)) and cell_width(text) <= look.width:
        return [text], "bold"
    lines = list(islice(wrap(text, width), limits.MAX_VALUE_LINES + 1))
    if len(lines) > limits.MAX_VALUE_LINES:
        del lines[limits.MAX_VALUE_LINES :]
        more += len(text) - sum(map(len, lines)) - len(lines)
    if more:
        lines += wrap(f"… and about {more:,} characters more: too long to show", width)
    return lines, "bold"
