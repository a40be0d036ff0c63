"""Drawing in ASCII: text keeps its place and its style."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.color import Color

from lead_tui.terminal.glyphs import _GLYPHS, PlainGlyphs, plain
from lead_tui.ui.widgets.drawn_list import CURSOR, MASK, RULE, THUMB
from lead_tui.ui.widgets.lead_table import DO_NOT_CALL, PLACEHOLDER, REPEATED


def test_each_glyph_has_one_of_ascii_in_as_many_cells() -> None:
    for glyph in "".join(glyphs for glyphs, _ in _GLYPHS):
        assert plain(glyph).isascii()
        assert cell_len(plain(glyph)) == cell_len(glyph), glyph


def test_the_programs_own_marks_all_have_one() -> None:
    marks = "".join((CURSOR, RULE, THUMB, MASK, DO_NOT_CALL, REPEATED, PLACEHOLDER))
    assert not marks.isascii()
    assert plain(marks).isascii()


def test_letters_of_leads_stay() -> None:
    assert plain("│ Müller 漢 │") == "| Müller 漢 |"


def test_of_a_line_the_styles_stay_and_what_is_ascii_already_is_left_alone() -> None:
    style, control = Style(bold=True), [(ControlType.BELL,)]
    ascii_already = Segment("Row 1", style)
    line = [Segment("╭─ Lead ─╮", style), ascii_already, Segment("…", style, control)]
    shown = PlainGlyphs().apply(line, Color(0, 0, 0))
    assert shown == [Segment("+- Lead -+", style), Segment("Row 1", style), Segment("~", style, control)]
    assert shown[1] is ascii_already
