"""Characters: their cells, and what is drawn for the program's own where only ASCII is."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.color import Color

from lead_tui.config.screen_settings import StatusRule
from lead_tui.leads.lead import Lead
from lead_tui.leads.text import cell_width, clean, fit, one_line
from lead_tui.leads.values import MASKED, column_text
from lead_tui.terminal.frames import _GLYPHS, PlainGlyphs, correct_widths, plain
from lead_tui.ui.widgets.columns import PLACEHOLDER
from lead_tui.ui.widgets.drawn_list import CURSOR, RULE, THUMB
from lead_tui.ui.widgets.lead_table import DO_NOT_CALL, REPEATED

correct_widths()


WIDTHS: dict[str, int] = {}
for line in Path(__file__).with_name("measured_widths.txt").read_text().splitlines():
    span, cells = line.split()
    first, _, last = span.partition("..")
    WIDTHS.update(dict.fromkeys(map(chr, range(int(first, 16), int(last or first, 16) + 1)), int(cells)))

JOINING = "\u200c\u200d\ufe0f\ufe0e\u20e3\u00ad\u200b\U0001f3fb\U0001f3fd\U0001f3ff\U0001f1fa\U0001f1f8"
SCRIPTS = ((0x20, 0x7E), (0xA0, 0x24F), (0x600, 0x6FF), (0x900, 0xD7F), (0xE00, 0xE5B), (0x1100, 0x11FF), (0x1F300, 0x1F6D7))
CHARACTERS = st.one_of(
    st.sampled_from(JOINING),
    st.sampled_from([each for each in WIDTHS if each < "\U000e0000"]),
    *(st.characters(min_codepoint=first, max_codepoint=last) for first, last in SCRIPTS),
)


def terminal_cells(text: str) -> int:
    return sum(WIDTHS.get(character, 1) for character in text)


@given(st.text(CHARACTERS))
def test_what_is_clean_is_as_wide_for_rich_and_for_an_export_as_for_a_terminal(text: str) -> None:
    shown = one_line(text)
    assert cell_len(shown) == cell_width(shown) == terminal_cells(shown)


@settings(max_examples=30)
@given(st.text(CHARACTERS), st.integers(1, 30))
def test_a_cell_has_its_width_in_the_terminal(text: str, width: int) -> None:
    assert terminal_cells(fit(one_line(text), width)) == width


@settings(max_examples=30)
@given(st.text(CHARACTERS | st.characters()))
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_no_row_of_mixed_scripts_is_shifted() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    for sent in json.loads(Path(__file__).with_name("mixed_scripts.json").read_text()):
        line = "  ".join(fit(column_text(Lead(sent), key, now), 12) for key in ("name", "first_name", "city"))
        assert terminal_cells(line) == cell_len(line) == 40


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("👩\u200d👩\u200d👧\u200d👦", "👩👩👧👦"),
        ("👨🏿\u200d🚀", "👨🚀"),
        ("👍🏽", "👍"),
        ("❤\ufe0f ⚠\ufe0f", "❤ ⚠"),
        ("🇺🇸", "US"),
        ("1\ufe0f\u20e3", "1"),
        ("हिन्दी", "हिन्दी"),
        ("علی\u200cرضا", "علیرضا"),
        ("श\u200dर्मा क्\u200dष", "शर्मा क्ष"),
        ("a\u200cb", "ab"),
        ("a\u200d👍", "a👍"),
        ("علی\u200c", "علی"),
        ("علی\u200c\u200dرضا", "علیرضا"),
        ("🏽", ""),
        ("soft\u00adhyphen", "soft�hyphen"),
        ("\u3164", "�"),
    ],
)
def test_what_terminals_disagree_on_is_reduced_to_what_they_agree_on(sent: str, shown: str) -> None:
    assert clean(sent) == shown


def test_a_rich_without_such_a_table_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich._unicode_data", None)
    correct_widths()
    assert cell_len("हि") == 2


def test_each_glyph_has_one_of_ascii_in_as_many_cells() -> None:
    for glyph in "".join(glyphs for glyphs, _ in _GLYPHS):
        assert plain(glyph).isascii()
        assert cell_len(plain(glyph)) == cell_len(glyph), glyph


def test_the_programs_own_marks_all_have_one() -> None:
    marks = "".join((CURSOR, RULE, THUMB, MASKED, DO_NOT_CALL, REPEATED, PLACEHOLDER))
    assert not marks.isascii()
    assert plain(marks).isascii()
    # Those of statuses stay different, since color alone says nothing.
    of_statuses = [each for each in get_args(StatusRule)[1].pattern if not each.isascii()]
    drawn = {plain(each) for each in of_statuses}
    assert len(drawn) == len(of_statuses) == 5
    assert "".join(drawn).isascii()


def test_letters_of_leads_stay() -> None:
    assert plain("│ Müller 漢 │") == "| Müller 漢 |"


def test_of_a_line_the_styles_stay_and_what_is_ascii_already_is_left_alone() -> None:
    style, control = Style(bold=True), [(ControlType.BELL,)]
    ascii_already = Segment("Row 1", style)
    line = [Segment("╭─ Lead ─╮", style), ascii_already, Segment("…", style, control)]
    shown = PlainGlyphs().apply(line, Color(0, 0, 0))
    assert shown == [Segment("+- Lead -+", style), Segment("Row 1", style), Segment("~", style, control)]
    assert shown[1] is ascii_already
