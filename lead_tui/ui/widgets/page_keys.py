"""A mixin for option lists: page keys in a terminal that leaves the list no room at all.

Textual's ``OptionList`` looks for the line of the marked option, and raises ``KeyError`` where none has been laid out yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widgets import OptionList as _Base
else:
    # Textual takes a class's style sheet from its first base that is a widget: that is to be the one beside the mixin.
    _Base = object


class PageKeys(_Base):
    """Before an ``OptionList`` among the bases of a class."""

    def action_page_up(self) -> None:
        """Mark the option a page up, where a page has a height."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Mark the option a page down, where a page has a height."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
