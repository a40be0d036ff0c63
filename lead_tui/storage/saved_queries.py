"""Saved queries: the model, and reading their file, each entry independently."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, ValidationError, convert, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.schema import Name, Source, columns_named
from lead_tui.leads.errors import ConfigurationError, FilterError, UsageError
from lead_tui.leads.query import Query
from lead_tui.leads.text import REPLACEMENT, one_line
from lead_tui.safe_files import read_trusted

SCHEMA: Final = 1  # the version of the file format that this program writes

DIGITS: Final = "0123456789"


class SavedQuery(Struct, frozen=True):
    """A query under a name. Relative dates stay relative (``Query.dated`` fixes them for one search)."""

    name: str  # as ``checked_name`` returns it. Its case matters only if names differ in nothing else
    query: Query = field(default_factory=Query)
    columns: tuple[str, ...] = ()  # the columns to show; none for those of the screen
    sort: tuple[str, ...] = ()  # column names, the most significant first, with ``-`` before descending ones
    key: str = ""  # the digit that runs it in the picker, or ""
    start: bool = False  # whether it runs at startup
    read_only: bool = False  # whether it is the site's, was recovered, or is in a file that a newer version wrote

    @property
    def marks(self) -> str:
        """``start``, ``read-only``, both or ""."""
        return " ".join(mark for mark, is_set in (("start", self.start), ("read-only", self.read_only)) if is_set)


def checked(saved: SavedQuery) -> SavedQuery:
    """Return *saved* as it is written. Raises ``UsageError`` for an invalid name or key."""
    if saved.key not in ("", *DIGITS):
        raise UsageError("A saved query's key is one digit")
    return replace(saved, name=checked_name(saved.name), read_only=False)


def checked_name(text: str) -> str:
    """Return *text* as a name: one clean line in NFC. Raises ``UsageError`` if it is empty or too long."""
    name = " ".join(unicodedata.normalize("NFC", one_line(text)).replace(REPLACEMENT, " ").split())
    if not name:
        raise UsageError("A saved query needs a name")
    if len(name) > limits.MAX_NAME_CHARACTERS:
        raise UsageError(f"A saved query's name has at most {limits.MAX_NAME_CHARACTERS} characters, this has {len(name)}")
    return name


def quoted(name: str) -> str:
    return f"“{one_line(name, 60)}”"


def loose_key(name: str) -> str:
    """Return the key by which *name* is also found if it is unambiguous: case and spaces do not matter."""
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


def matching(names: Iterable[str], name: str) -> list[str]:
    """Return the one of *names* that equals *name*, else all that differ from it only in case or spaces."""
    names = list(names)
    return [name] if name in names else [each for each in names if loose_key(each) == loose_key(name)]


def is_same_search(one: SavedQuery, other: SavedQuery) -> bool:
    """Return whether two queries show the same, whatever their names, keys and startup marks are."""
    return (dict(one.query), one.columns, one.sort) == (dict(other.query), other.columns, other.sort)


class QueriesFile:
    """The saved queries in *text*, the contents of *path*. Never raises because of the contents."""

    def __init__(self, path: Path, text: str = "", *, problem: ConfigurationError | None = None, read_only: bool = False) -> None:
        self.path = path
        self.text = text
        self.problem = problem  # why nothing could be read
        self.newer = False  # whether a newer version wrote it
        self.data: dict[str, Any] = {}  # all that is in the file
        self.given: list[Any] = []  # the entries as they are in the file
        self.entries: dict[int, SavedQuery] = {}  # the valid queries, by their position among the file's entries
        self.notices: list[str] = []  # a sentence for each entry that is not shown
        if text:
            try:
                self._parse(Source(path, text), read_only)
            except ConfigurationError as error:
                self.problem = error

    @property
    def queries(self) -> tuple[SavedQuery, ...]:
        return tuple(self.entries.values())

    def position(self, name: str) -> int | None:
        """Return the position of the query with that name, else of the only one whose name differs only in case."""
        found = matching((saved.name for saved in self.queries), name)
        return next(at for at, saved in self.entries.items() if saved.name == found[0]) if len(found) == 1 else None

    def _parse(self, source: Source, read_only: bool) -> None:
        data = source.parsed()
        schema, given = data.get("schema", SCHEMA), data.get("query", [])
        if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
            raise source.wrong(("schema",), f"must be {SCHEMA}")
        if not isinstance(given, list):
            raise source.wrong(("query",), "must be written [[query]]")
        self.data, self.given, self.newer = data, given, schema > SCHEMA
        if self.newer:
            can = "its queries can be run, but not changed from here"
            self.notices.append(one_line(f"{self.path} was written by a newer version (schema {schema}): {can}"))
        names = set[str]()
        for position, each in enumerate(given):
            try:
                saved = _saved(each)
                if saved.name in names:
                    raise UsageError("there is one of that name above", remedy="give it another name")
                names.add(saved.name)
                self.entries[position] = replace(saved, read_only=read_only or self.newer)
            except UsageError as error:
                name = each.get("name") if isinstance(each, dict) else None
                who = f"the query {one_line(name, 40)}" if isinstance(name, str) and name.strip() else f"query {position + 1}"
                which = f"{error.name}: " if isinstance(error, FilterError) else ""
                self.notices.append(one_line(f"{self.path}: {who} is not shown: {which}{error}"))


def read_queries(path: Path, *, read_only: bool = False) -> QueriesFile:
    """Return the saved queries in *path*, none if it does not exist or cannot be read."""
    try:
        return QueriesFile(path, read_trusted(path) or "", read_only=read_only)
    except ConfigurationError as error:
        return QueriesFile(path, problem=error)


_TYPES: Final = (
    ("name", str, "it has no name"),
    ("filters", dict, "filters must be a table"),
    ("start", bool, "start must be true or false"),
)


def _saved(given: object) -> SavedQuery:
    if not isinstance(given, dict):
        raise UsageError("it is not a table")
    entry = {"name": None, "filters": {}, "columns": [], "sort": [], "key": "", "start": False, **given}
    for key, kind, problem in _TYPES:
        if not isinstance(entry[key], kind):
            raise UsageError(problem)
    query = Query.of({key: _filter_text(key, value) for key, value in entry["filters"].items()})
    columns, sort = columns_named(_names(entry, "columns")), _names(entry, "sort")
    return checked(SavedQuery(entry["name"], query, columns, sort, str(entry["key"]), entry["start"]))


def _filter_text(name: str, value: object) -> str:
    """Return a filter's *value*, in the file a text, a number or a day, as text. Raises ``FilterError``."""
    if isinstance(value, bool) or not isinstance(value, str | int | date):
        raise FilterError(name, "its value must be text in quotes")
    return str(value)


def _names(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    try:
        return convert(entry[key], tuple[Name, ...])
    except ValidationError:
        raise UsageError(f"{key} must be a list of column names") from None
