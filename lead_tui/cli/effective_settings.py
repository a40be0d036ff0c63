"""Value and origin of each setting in effect: a line of the file, an option, a variable, or the default."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from lead_tui.config.address import host_of
from lead_tui.config.diagnosis import line_of, settings_of_table, table_in
from lead_tui.config.paths import CONFIG_DIR_VARIABLE
from lead_tui.config.schema import Source
from lead_tui.config.screen_settings import WEEKDAYS, Hours
from lead_tui.config.settings import ConfigurationFile, Profile, ProfileTable, Settings
from lead_tui.invocation import BASE_URL_VARIABLE, Account
from lead_tui.leads.text import one_line

DEFAULT: Final = "default"

_MAX_VALUE: Final = 60
"""Characters shown of a value: the rest of a long list of columns is of no use here."""

Row = tuple[str, str, str]
"""Key as in the reference (``pace.burst``), origin and value, for people: without a secret or what people call their searches."""


def resolved(
    directory: Path, settings: Settings, profile: Profile, account: Account, base_url: str, environ: Mapping[str, str]
) -> list[Row]:
    """Return every setting that holds for *profile*, which is found in *directory*.

    *base_url*, which is checked, stands in place of the profile's where one is given.
    """

    def given(value: str, variable: str, option: str) -> str:
        return variable if environ.get(variable, "").strip() == value.strip() else option

    origin = partial(_origin, settings.source, settings.source.parsed())
    where = given(account.config_dir, CONFIG_DIR_VARIABLE, "--config-dir") if account.config_dir else DEFAULT
    rows = [
        ("configuration", where, one_line(str(directory))),
        ("profile", "--profile" if account.profile else origin(("profile",)), one_line(profile.name)),
        *_of_table(origin, ProfileTable, profile, ("profiles", profile.name)),
        *(row for row in _of_table(origin, ConfigurationFile, settings, ()) if row[0] != "profile"),
    ]
    if account.base_url:
        rows[2] = (rows[2][0], given(account.base_url, BASE_URL_VARIABLE, "--base-url"), f"{base_url}, not the profile's")
    return rows


def _of_table(origin: Callable[[tuple[str, ...]], str], kind: type[Struct], table: Struct, at: tuple[str, ...]) -> Iterator[Row]:
    for name, _, found in settings_of_table(kind):
        where, value, below = (*at, name), getattr(table, name), table_in(found)
        key = ".".join(where)
        if below is None:
            written = _WRITTEN.get(name if at[:1] == ("profiles",) else key, _plain)
            yield one_line(key), origin(where), written(value)
        elif isinstance(value, below):
            yield from _of_table(origin, below, value, where)
        elif at:
            yield key, origin(where), _count("with their own")(value)


def _origin(source: Source, given: Any, where: tuple[str, ...]) -> str:
    for part in where:
        if not isinstance(given, dict) or part not in given:
            return DEFAULT
        given = given[part]
    return f"{source.path.name}, line {line_of(source.text, where)}"


# Values


def _plain(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Hours():
            hours = [f"{name} {_plain(given)}" for name, given in (("start", value.start), ("end", value.end)) if given]
            return ", ".join(hours) or "as usual"
        case time_of_day():
            return f"{value.hour}:{value.minute:02}"
        case float():
            return f"{value:g}"
        case int():
            return f"{value:,}"
        case tuple():
            return one_line(", ".join(map(str, value)), _MAX_VALUE) or "none"
        case Path():
            return one_line(str(value))
    return one_line(str(value), _MAX_VALUE) if value else "none"


def _day(hours: bool | Hours | None) -> str:
    return {True: "as usual", False: "no calls"}[hours] if isinstance(hours, bool) else _plain(hours)


def _count(what: str) -> Callable[[Any], str]:
    return lambda values: f"{len(values)} {what}" if values else "none"


_WRITTEN: Final[Mapping[str, Callable[[Any], str]]] = {
    # Its arguments may hold a secret.
    "auth_token_command": lambda words: (
        f"{one_line(Path(words[0]).name, _MAX_VALUE)} …, {len(words)} words in all" if words else "none"
    ),
    "account.timezone": lambda name: name or f"the host's ({time.strftime('%Z')}, UTC{time.strftime('%z')})",
    "pace.redis_password": lambda password: "set" if password else "none",
    # It may hold a password.
    "network.proxy": lambda url: host_of(url) or "none",
    "network.ca_file": lambda path: _plain(path) if path else "the host's certificates",
    "calling_window.dates": _count("with their own"),
    **{f"calling_window.{day}": _day for day in WEEKDAYS},
    "labels": _count("of your own"),
    "colors.status": _count("with a color"),
    "keys": _count("changed"),
    "theme.name": lambda name: _plain(name) if name else "the one chosen last",
    # It may contain a person's name.
    "queries.start": lambda name: "one by its name" if name else "the one marked start = true, if any",
}
