"""Saved queries: the model, and reading their file, each entry independently."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, ValidationError, convert, field
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.schema import Name, Source, columns_named, each_once, line_of
from lead_tui.leads.errors import ConfigurationError, FilterError, UsageError
from lead_tui.leads.query import Query
from lead_tui.leads.text import REPLACEMENT, one_line
from lead_tui.safe_files import read_trusted

SCHEMA: Final = 1
"""The version of the file format that this program writes."""

DIGITS: Final = "0123456789"


class SavedQuery(Struct, frozen=True):
    """A query under a name. Relative dates stay relative (``Query.dated`` fixes them for one search)."""

    name: str
    """A clean line of at most 100 characters. Its case matters only if names differ in nothing else."""
    query: Query = field(default_factory=Query)
    columns: tuple[str, ...] = ()
    """The columns to show; none for those of the screen."""
    sort: tuple[str, ...] = ()
    """Column names, the most significant first, with ``-`` before descending ones."""
    key: str = ""
    """The digit that runs it in the picker, or ""."""
    start: bool = False
    """Whether it runs at startup."""
    read_only: bool = False
    """Whether it is the site's, was recovered, or is in a file that a newer version wrote."""

    @property
    def marks(self) -> str:
        """``start``, ``read-only``, both or ""."""
        return " ".join(mark for mark, is_set in (("start", self.start), ("read-only", self.read_only)) if is_set)


def checked_name(text: str) -> str:
    """Return *text* as a name: one clean line. Raises ``UsageError`` if it is empty or too long."""
    name = " ".join(one_line(text).replace(REPLACEMENT, " ").split())
    if not name:
        raise UsageError("A saved query needs a name")
    if len(name) > limits.MAX_NAME_CHARACTERS:
        raise UsageError(f"A saved query's name has at most {limits.MAX_NAME_CHARACTERS} characters, this has {len(name)}")
    return name


def quoted(name: str) -> str:
    return f"“{one_line(name, 60)}”"


def name_key(name: str) -> str:
    """Return the key by which two names are the same."""
    return unicodedata.normalize("NFC", name)


def loose_key(name: str) -> str:
    """Return the key by which *name* is also found if it is unambiguous: case and spaces do not matter."""
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


def matching(names: Iterable[str], name: str) -> list[str]:
    """Return the one of *names* that equals *name*, else all that differ from it only in case or spaces."""
    by_key = {name_key(each): each for each in names}
    if (exact := by_key.get(name_key(name))) is not None:
        return [exact]
    return [each for each in by_key.values() if loose_key(each) == loose_key(name)]


def is_same_search(one: SavedQuery, other: SavedQuery) -> bool:
    """Return whether two queries show the same, whatever their names, keys and startup marks are."""
    return (dict(one.query), one.columns, one.sort) == (dict(other.query), other.columns, other.sort)


def entry_of(saved: SavedQuery) -> dict[str, object]:
    return {
        "name": saved.name,
        "filters": dict(saved.query),
        "columns": list(saved.columns),
        "sort": list(saved.sort),
        "key": saved.key,
        "start": saved.start,
    }


def checked(saved: SavedQuery) -> SavedQuery:
    """Return *saved* in a form that can be written. Raises ``UsageError`` for an invalid name, key or text."""
    if saved.key not in ("", *DIGITS):
        raise UsageError("A saved query's key is one digit")
    fit = replace(saved, name=checked_name(saved.name), read_only=False)
    for text in (*fit.columns, *fit.sort, *(part for pair in fit.query for part in pair)):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise UsageError("A saved query has a value that is not valid text", remedy="type it again") from None
    return fit


# Reading


class QueryEntry(Struct, frozen=True):
    """A query in a file, and its position among the file's entries."""

    place: int
    saved: SavedQuery


class Deleted(Struct, frozen=True):
    """A query that was deleted from a file, with what puts it back as it was written."""

    saved: SavedQuery
    lines: str
    """As it was written, in lines that begin with ``[[query]]``."""
    before: str
    after: str
    """The file's text before and after."""


class QueriesFile:
    """The saved queries in *text*, the contents of *path*. Never raises because of the contents."""

    def __init__(self, path: Path, text: str = "", *, problem: ConfigurationError | None = None, read_only: bool = False) -> None:
        self.path = path
        self.text = text
        self.problem = problem
        """Why nothing could be read."""
        self.newer = False
        """Whether a newer version wrote it."""
        self.given: list[Any] = []
        """The entries as they are in the file."""
        self.others: dict[str, Any] = {"schema": SCHEMA}
        """The other keys of the file."""
        self.entries: dict[str, QueryEntry] = {}
        """The valid entries, by the key of their name."""
        self.notices: list[str] = []
        """A sentence for each entry that is not shown, or is shown differently than it is written."""
        if text:
            try:
                self._parse(Source(path, text), read_only)
            except ConfigurationError as error:
                self.problem = error

    @property
    def queries(self) -> tuple[SavedQuery, ...]:
        return tuple(entry.saved for entry in self.entries.values())

    def find(self, name: str) -> QueryEntry | None:
        """Return the entry with that name, else the only one whose name differs only in case."""
        found = matching(self.entries, name)
        return self.entries[found[0]] if len(found) == 1 else None

    def _parse(self, source: Source, read_only: bool) -> None:
        data = source.parsed()
        schema, given = data.setdefault("schema", SCHEMA), data.pop("query", [])
        if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
            raise source.wrong(("schema",), f"must be {SCHEMA}")
        if not isinstance(given, list):
            raise source.wrong(("query",), "must be written [[query]]")
        self.given, self.others, self.newer = given, data, schema > SCHEMA
        if self.newer:
            can = "its queries can be run, but not changed from here"
            self.notices.append(one_line(f"{self.path} was written by a newer version (schema {schema}): {can}"))
        for index, each in enumerate(given):
            try:
                saved, doubt = _saved(each)
                if (key := name_key(saved.name)) in self.entries:
                    raise UsageError("there is one of that name above", remedy="give it another name")
                self.entries[key] = QueryEntry(index, replace(saved, read_only=read_only or self.newer))
            except UsageError as error:
                name = f"{error.name}: " if isinstance(error, FilterError) else ""
                doubt = f"is not shown: {name}{error}"
            if doubt:
                self.notices.append(_notice(source, index, each, doubt))


def read_queries(path: Path, *, read_only: bool = False) -> QueriesFile:
    """Return the saved queries in *path*, none if it does not exist or cannot be read."""
    try:
        return QueriesFile(path, read_trusted(path) or "", read_only=read_only)
    except ConfigurationError as error:
        return QueriesFile(path, problem=error)


def _notice(source: Source, index: int, given: object, problem: str) -> str:
    name = given.get("name") if isinstance(given, dict) else None
    who = f"the query {one_line(name, 40)}" if isinstance(name, str) and name.strip() else f"query {index + 1}"
    return one_line(f"{source.path}, line {line_of(source.text, ('query', index))}: {who} {problem}")


_TYPES: Final = (
    ("name", str, "it has no name"),
    ("filters", dict, "filters must be a table"),
    ("start", bool, "start must be true or false"),
)


def _saved(given: object) -> tuple[SavedQuery, str]:
    """Return the query in *given*, and a remark about it or "". Raises ``UsageError``."""
    if not isinstance(given, dict):
        raise UsageError("it is not a table")
    entry = {"name": None, "filters": {}, "columns": [], "sort": [], "key": "", "start": False, **given}
    for key, kind, problem in _TYPES:
        if not isinstance(entry[key], kind):
            raise UsageError(problem)
    filters = {key: filter_text(key, value) for key, value in entry["filters"].items()}
    columns, sort = _names(entry, "columns", columns_named), _names(entry, "sort", each_once)
    digit = str(entry["key"]) if isinstance(entry["key"], (int, str)) and not isinstance(entry["key"], bool) else "?"
    has_key = digit in ("", *DIGITS)
    saved = SavedQuery(checked_name(entry["name"]), Query.of(filters), columns, sort, digit if has_key else "", entry["start"])
    return saved, "" if has_key else "has a key that is not one digit: it has none"


def filter_text(name: str, value: object) -> str:
    """Return a filter's *value*, in the file a text, a number or a day, as text. Raises ``FilterError``."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise FilterError(name, "its value must be text in quotes")


def _names(entry: Mapping[str, object], key: str, checked: Callable[[tuple[str, ...]], tuple[str, ...]]) -> tuple[str, ...]:
    try:
        return checked(convert(entry[key], tuple[Name, ...]))
    except (ValidationError, ValueError):
        raise UsageError(f"{key} must be a list of column names, each once") from None
