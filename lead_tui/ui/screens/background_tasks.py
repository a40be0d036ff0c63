"""What takes its time and can be stopped, beside the searches: narrowing and sorting with their loads, and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lead_tui.paging.search import Search

if TYPE_CHECKING:
    from lead_tui.ui.screens.export import ExportController
    from lead_tui.ui.screens.main_context import MainContext
    from lead_tui.ui.screens.narrow_sort import NarrowSortController


class BackgroundTasks:
    """Has who narrows and sorts, and who exports, made when they are first needed; nothing is under way before."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._arranging: NarrowSortController | None = None
        self._exporting: ExportController | None = None

    @property
    def arranging(self) -> NarrowSortController:
        """Who narrows and sorts."""
        if self._arranging is None:
            from lead_tui.ui.screens.narrow_sort import NarrowSortController

            self._arranging = NarrowSortController(self._main)
        return self._arranging

    @property
    def exporting(self) -> ExportController:
        """Who exports."""
        if self._exporting is None:
            from lead_tui.ui.screens.export import ExportController

            self._exporting = ExportController(self._main)
        return self._exporting

    # What is to be told

    def facts(self, search: Search) -> tuple[str, ...]:
        """How *search* is arranged, for the status line; nothing where it is as it came."""
        return self._arranging.facts(search) if self._arranging is not None else ()

    def title(self, search: Search) -> str:
        """How *search* is narrowed and sorted, for the title; "" where it is not."""
        return self._arranging.title(search) if self._arranging is not None else ""

    def awaited(self) -> str:
        """What the person waits for, told before anything else; "" for nothing."""
        return self._arranging.words() if self._arranging is not None else ""

    def beside(self) -> str:
        """What goes on while the person goes on, told where there is nothing else to tell; "" for nothing."""
        return self._exporting.words() if self._exporting is not None else ""

    def doubt_about_quitting(self) -> str:
        """What to ask before it is all given up; "" where nothing would be lost."""
        if self._arranging is not None and self._arranging.loading:
            return "Quit while leads are being loaded?"
        if self._exporting is not None and self._exporting.runs:
            return "Quit while leads are being exported?"
        return ""

    # What a person asks

    def again(self) -> bool:
        """Go on with a load that failed; whether there was one, or one is under way."""
        return self._arranging is not None and self._arranging.again()

    def escape(self) -> None:
        """Stop a load or an arranging and keep what came, or show the whole result again."""
        if self._arranging is not None:
            self._arranging.escape()

    def stop(self) -> bool:
        """Stop the one that the person waits for, else the one beside; whether there was one."""
        stopped = self._arranging is not None and self._arranging.stop()
        return stopped or (self._exporting is not None and self._exporting.stop())

    def close(self) -> None:
        """Give everything up."""
        for each in (self._arranging, self._exporting):
            if each is not None:
                each.close()
