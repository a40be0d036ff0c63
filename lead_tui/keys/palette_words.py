"""What the command palette calls commands, and the words people use for them, by which it finds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lead_tui.keys.catalogue import MOVEMENTS, Key

WORDS: Final[Mapping[str, str]] = {
    "main.look_up": "search phone number find lookup dial caller contact paste",
    "main.filters": "filter search query criteria status state",
    "main.narrow": "narrow find within results grep",
    "main.sort": "sort order by",
    "main.export": "export csv download save as file excel xlsx spreadsheet json sqlite parquet database",
    "main.mark": "mark select pick tag check",
    "main.mark_all": "mark select all",
    "main.unmark_all": "unmark deselect none",
    "main.count": "count tally group by statistics stats how many summary breakdown pivot total",
    "main.copy_phone": "copy phone clipboard yank",
    "main.copy_email": "copy email clipboard yank",
    "main.copy": "copy clipboard yank json tsv template curl",
    "main.again": "refresh reload retry again update rerun",
    "main.auto_refresh": "automatic auto refresh live watch monitor follow",
    "main.back": "undo back previous return",
    "main.forward": "redo forward next",
    "main.recent": "history recent earlier searches lookups",
    "main.open_query": "saved queries open load favorites bookmarks",
    "main.save_query": "save query bookmark",
    "main.columns": "columns fields settings layout width",
    "main.clear_filters": "clear reset all",
    "main.go_to_row": "go to row line number jump",
    "main.help": "help keys shortcuts settings cheat sheet ?",
    "main.quit": "exit quit close logout",
    "app.open_call": "incoming call caller phone ring screen pop",
    "app.leave": "quit at once",
    "app.stop": "cancel stop abort interrupt",
    "app.suspend_process": "suspend shell background",
    "table.open_detail": "open lead detail view record",
    "filters.search": "search run submit",
    "detail.history": "calls callbacks recordings outcome log who called",
    "detail.check_do_not_call": "dnc do not call list check may i call compliance opt out",
    "detail.find": "find field search",
    "detail.same_value": "same value similar search by filter by",
    "detail.copy_field": "copy field value clipboard yank",
    "detail.toggle_column": "column add show as column",
    "detail.toggle_empty": "hide show empty fields",
    "detail.toggle_raw": "raw values",
    "detail.reveal": "reveal unmask show masked",
}
"""Words for a command, by its id; the most common commands first."""


def short_title(key: Key) -> str:
    """Return what *key* does in one to three words: ``save query``."""
    return (key.title or key.label).removesuffix("…")


def title(key: Key) -> str:
    """Return what a command is called in the palette: ``Save query…``."""
    text = key.title or key.label
    return text[:1].upper() + text[1:]


def phrase(title: str, sentence: str) -> str:
    """Return *sentence* as it continues after *title*, whose words are not repeated: ``leads to a file``."""
    known = title.removesuffix("…")
    if sentence.startswith(known) and not sentence[len(known) :][:1].isalnum():
        return sentence[len(known) :].lstrip("…:;, ")
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


_MOVEMENTS: Final = MOVEMENTS | {"next_pane", "previous_pane", "next_field", "previous_field", "first_field", "last_field"}
_RANKS: Final = {identity: number for number, identity in enumerate(WORDS)}


def is_movement(action: str) -> bool:
    """Whether *action* only moves a cursor: the palette does without it."""
    return action in _MOVEMENTS


def rank(identity: str) -> int:
    """Return the place of the command *identity* in the palette: the common ones first."""
    return _RANKS.get(identity, len(WORDS))
