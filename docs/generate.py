"""Fill in the parts of the documents that derive from the program: keys, filters, options, exit codes, settings; and the man page.

``python -m docs.generate`` rewrites the text between ``<!-- NAME: generated … -->`` and ``<!-- end of NAME -->``, and all of
``docs/lead-tui.1``; a test fails while they are out of date.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from docs.man_page import MAIN_PANES, TITLES, commands_of, man_page
from docs.settings_reference import SettingDoc, described, table_texts
from lead_tui.cli.options import EXIT_CODES, OPTIONS
from lead_tui.keys.catalogue import Key, Pane, names, of_pane
from lead_tui.leads.fields import CUSTOM_MARK
from lead_tui.leads.query import FILTERS, GROUPS, FilterKind

ROOT: Final = Path(__file__).resolve().parents[1]
DOCUMENTS: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
MAN_PAGE: Final = ROOT / "docs" / "lead-tui.1"

_BETWEEN: Final = re.compile(r"(<!-- ([a-z-]+): generated[^>]*-->\n).*?(<!-- end of \2 -->)", re.DOTALL)

_TYPED: Final = {
    FilterKind.TEXT: "text",
    FilterKind.EMAIL: "an email",
    FilterKind.PHONE: "a phone number in any punctuation; with `=` before it, exactly these digits",
    FilterKind.ID: "a number",
    FilterKind.IDS: "a number, or several separated by commas",
    FilterKind.STATE: "two letters, or the state's name; other text is sent as typed",
    FilterKind.GENDER: "`M`, `F` or `U`; other text is sent as typed",
    FilterKind.STATUS: "a code, or a label such as `Call Back`; an unknown one is sent as typed",
    FilterKind.DAY: "a date",
    FilterKind.FIRST_DAY: "a date, or a range such as `this week`",
    FilterKind.LAST_DAY: "a date",
}


def keys() -> str:
    """Return the keys of the main screen, one table per pane."""
    return _tables_of(MAIN_PANES)


def dialog_keys() -> str:
    """Return the keys of the dialogs, one table each."""
    return _tables_of(pane for pane in Pane if pane not in MAIN_PANES)


def filters() -> str:
    """Return every documented parameter and what it accepts."""
    rows = [(_code(each.name), each.label, group, _TYPED[each.kind]) for group in GROUPS for each in FILTERS if each.group == group]
    other = "any other parameter of your account, by its name or as `field_3`"
    rows.append((_code(f"{CUSTOM_MARK}NAME"), "+ other filter", "Custom", other))
    return _table(("name", "in the panel", "group", "accepts"), rows)


def options() -> str:
    """Return every option and the commands that take it."""
    rows = [(_code(option.written), option.sentence, commands_of(option) or "all") for option in OPTIONS]
    return _table(("option", "what it does", "command"), rows)


def exit_codes() -> str:
    """Return every exit code."""
    return _table(("code", "meaning"), EXIT_CODES)


def settings() -> str:
    """Return every setting of ``config.toml``, one section per table of the file."""
    by_table: dict[str, list[SettingDoc]] = {}
    for each in described():
        # A table at the top of the file gets a section like the others.
        table = each.key if not each.table and each.text.startswith("``[") else each.table
        by_table.setdefault(table, []).append(each)
    texts = table_texts()
    lines: list[str] = []
    for table, of_table in by_table.items():
        lines += [f"### `[{table}]`" if table else "### At the top of the file", ""]
        text = texts.get(table) or (of_table[0].text if table else "")
        if text:
            paragraphs = _sentence(text).split("\n\n")
            lines.append("\n\n".join(textwrap.fill(each, 140, break_on_hyphens=False) for each in paragraphs) + "\n")
        rows = [
            (_code(each.key), _code(each.default) if each.default else "–", _markdown(each.expected), _markdown(each.text))
            for each in of_table
            if each.table == table
        ]
        if rows:
            lines += [_table(("key", "default", "accepts", "meaning"), rows), ""]
    return "\n".join(lines).rstrip("\n")


PARTS: Final[dict[str, Callable[[], str]]] = {
    "keys": keys,
    "dialog-keys": dialog_keys,
    "filters": filters,
    "options": options,
    "exit-codes": exit_codes,
    "settings": settings,
}


def filled_in(text: str) -> str:
    """Return the document *text* with its generated parts up to date. Raises ``KeyError`` for an unknown part."""
    return _BETWEEN.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", text)


def parts_in(text: str) -> list[str]:
    """Return the names of the generated parts of the document *text*."""
    return [found[2] for found in _BETWEEN.finditer(text)]


def _tables_of(panes: Iterable[Pane]) -> str:
    return "\n\n".join(f"**{TITLES[pane]}**\n\n{_keys_of(pane)}" for pane in panes)


def _keys_of(pane: Pane) -> str:
    return _table(("key", "what it does", "id"), [(_key_names(key), key.sentence, _code(key.id)) for key in of_pane(pane)])


def _key_names(key: Key) -> str:
    return " ".join(map(_code, names(key).split(" ")))


def _table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---" for _ in heads], *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _markdown(text: str) -> str:
    """Return a docstring as Markdown, each paragraph on one line."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.replace("``", "`").split("\n\n"))


def _sentence(text: str) -> str:
    """Return a table's docstring without the name that its heading already has."""
    said = _markdown(text).partition(": ")[2]
    return said[:1].upper() + said[1:]


def main() -> None:
    """Rewrite the documents that are out of date, and print their names."""
    for path in DOCUMENTS:
        text = path.read_text()
        if (filled := filled_in(text)) != text:
            path.write_text(filled)
            print(path.relative_to(ROOT))
    if not MAN_PAGE.exists() or MAN_PAGE.read_text() != man_page():
        MAN_PAGE.write_text(man_page())
        print(MAN_PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
