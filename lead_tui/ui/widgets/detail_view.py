"""Where one reads in a lead's page: the field under the cursor, the lines in sight, and how both move. Pure."""

from __future__ import annotations

from lead_tui.ui.widgets.detail_lines import Line
from lead_tui.ui.widgets.detail_page import NO_FIELD, START, Page, Place


class View:
    """The cursor and the lines in sight of *page* in *height* lines, which may both be others later."""

    def __init__(self, page: Page, height: int) -> None:
        self.page = page
        self.height = height
        self.cursor = 0
        """The field under it, by its place in ``page.keys``."""
        self.top: Place = START
        """The first line in sight."""
        self._wanted_key: str | None = None
        self._row: int | None = None
        """Where the cursor is kept while leads go by, notes between them included."""
        self._needle = ""
        self._matches: list[int] | None = None

    @property
    def key(self) -> str | None:
        """The key of the field under the cursor; None where there is no field."""
        return self.page.keys[self.cursor] if self.page.keys else None

    @property
    def lines(self) -> list[tuple[Line, int]]:
        """The lines in sight, each with its field."""
        return self.page.window(self.top, self.height)

    def replace(self, page: Page, height: int, *, shows_cursor: bool, from_top: bool = False) -> None:
        """Show *page* in *height* lines: the cursor on the same field, at the same line, where that page has it; or *from_top* on.

        With *shows_cursor* it is in sight afterwards.
        """
        if from_top:
            self.cursor, self.top, self._row, self._wanted_key = 0, START, None, None
        elif self.page.keys:
            self._row = self._row_of_cursor()
        self.page, self.height, self._matches = page, height, None
        if self._wanted_key in page.keys:
            self.cursor = page.keys.index(self._wanted_key)
        else:
            self.cursor = max(0, min(self.cursor, len(page.keys) - 1))
        if page.keys and self._row is not None:
            self.top = page.before(page.place_of(self.cursor), self._row)
        if self.top != START:
            self.top = min(page.nearest(self.top), page.last_top(height))
        if shows_cursor:
            self.show_cursor()

    def _row_of_cursor(self) -> int | None:
        """The line of a scrolled view on which the cursor's field starts; None where that is not in sight."""
        if self.top == START or self.page.place_of(self.cursor) < self.top:
            return None
        fields = [field for _, field in self.lines]
        return fields.index(self.cursor) if self.cursor in fields else None

    # Moving

    def show_cursor(self) -> None:
        """Bring the cursor in sight, if no line of its field is."""
        if self.page.keys and not self._is_in_sight(self.cursor):
            self.top = self.page.top_for(self.cursor, self.top, self.height)

    def go(self, field: int) -> None:
        """Put the cursor on *field* and bring all of it in sight."""
        self._stand_on(field)
        if self.page.keys:
            self.top = self.page.top_for(self.cursor, self.top, self.height)

    def down(self) -> None:
        """The next field; within one taller than the view, its next line."""
        page = self.page
        if not page.keys:
            self.scroll(1)
            return
        block = page.place_of(self.cursor)[0]
        if page.after(self.top, self.height - 1) < (block, len(page.lines_of(block)) - 1) and self._is_in_sight(self.cursor):
            self.scroll(1)
        else:
            self.go(min(self.cursor + 1, len(page.keys) - 1))

    def up(self) -> None:
        """The field before; within one taller than the view, its line before."""
        if not self.page.keys or (self.page.place_of(self.cursor) < self.top and self._is_in_sight(self.cursor)):
            self.scroll(-1)
        else:
            self.go(max(self.cursor - 1, 0))

    def page_down(self) -> None:
        """A screen down, one line kept."""
        if not self._turn(self.height - 1) and self.page.keys:
            self.go(len(self.page.keys) - 1)

    def page_up(self) -> None:
        """A screen up, one line kept."""
        if not self._turn(1 - self.height) and self.page.keys:
            self.go(0)

    def to_top(self) -> None:
        """The first field and what is above it."""
        self.top = START
        self.go(0)

    def to_bottom(self) -> None:
        """The last field."""
        self.top = self.page.last_top(self.height)
        self._stand_on(len(self.page.keys) - 1)

    def scroll(self, lines: int) -> None:
        """Move what is in sight by *lines*; the cursor stays on its field."""
        page = self.page
        if lines < 0:
            self.top = page.before(self.top, -lines)
        else:
            self.top = max(self.top, min(page.after(self.top, lines), page.last_top(self.height)))

    def _turn(self, lines: int) -> bool:
        """Scroll by *lines*, the cursor going along; False where the view stands at its end already."""
        top = self.top
        self.scroll(lines or 1)
        if self.top == top:
            return False
        fields = [field for _, field in self.lines if field != NO_FIELD]
        if fields and self.cursor not in fields:
            starts = [field for field in fields if self.page.place_of(field) >= self.top]
            self._stand_on(starts[0] if starts else fields[0])
        return True

    def _stand_on(self, field: int) -> None:
        if self.page.keys:
            self.cursor = max(0, field)
            self._wanted_key = self.page.keys[self.cursor]

    def _is_in_sight(self, field: int) -> bool:
        return self.page.is_in_view(field, self.top, self.height)

    # Finding

    def find(self, text: str) -> int:
        """Go to the field that holds *text* in its label, key or value; say how many do.

        The search starts at the cursor; the same *text* again goes on to the next one. "" ends it. Hidden fields are not searched.
        """
        again = bool(text) and text == self._needle
        if not again:
            self._needle, self._matches = text, None
        self._go_to_match(1, past=again)
        return len(self._matching())

    def find_next(self) -> bool:
        """Go to the next field with the text that was sought; False where there is none."""
        return self._go_to_match(1, past=True)

    def find_previous(self) -> bool:
        """Go to the one before."""
        return self._go_to_match(-1, past=True)

    @property
    def found(self) -> tuple[int, int]:
        """The place of the cursor among the fields that match, from 1, 0 for none of them; and how many they are."""
        matching = self._matching()
        return (matching.index(self.cursor) + 1 if self.cursor in matching else 0), len(matching)

    def _matching(self) -> list[int]:
        if self._matches is None:
            self._matches = self.page.matching(self._needle)
        return self._matches

    def _go_to_match(self, step: int, *, past: bool) -> bool:
        matching = self._matching()
        if matching:
            start = self.cursor
            ahead = [field for field in matching if (field - start) * step > 0 or (field == start and not past)]
            self.go((ahead or matching)[0 if step > 0 else -1])
        return bool(matching)
