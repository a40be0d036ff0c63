"""The state that the screen keeps between runs: columns, widths, theme. Never a lead or anything else from a server.

Stored as JSON in the state directory. It is not edited by hand and contains nothing of value: a file that cannot be read counts as
missing, and of two sessions the one that saves last wins, key by key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct, ValidationError, convert, field
from msgspec.structs import asdict

from lead_tui.config.paths import Paths
from lead_tui.config.schema import Line, Name
from lead_tui.leads.errors import ConfigurationError
from lead_tui.safe_files import locked, read_trusted, write_private

WELCOME: Final = "welcome"


class ScreenState(Struct, frozen=True):
    """Names of columns and themes. A new field must never contain a value of a lead."""

    columns: tuple[Name, ...] = ()  # the columns of the table in their order; none for those of the configuration
    widths: Mapping[Name, Annotated[int, Meta(ge=1, le=500)]] = field(default_factory=dict)  # in cells, by column
    theme: Line = ""  # the theme that was chosen last; "" for the default
    hide_empty: bool = False  # whether the detail leaves out empty fields
    export_extension: Line = ""  # of the last export's file, such as ``.xlsx``, suggested for the next one; "" before the first
    shown_notices: tuple[Name, ...] = ()  # messages that are shown only once and have been: ``welcome``


def load_state(paths: Paths) -> ScreenState:
    """Return the saved state; the defaults if it is missing or cannot be read."""
    try:
        return convert(json.loads(read_trusted(paths.state_file) or "{}"), ScreenState)
    except (ConfigurationError, ValidationError, ValueError, RecursionError):
        return ScreenState()


def save_state(paths: Paths, before: ScreenState, state: ScreenState) -> None:
    """Save what in *state* differs from *before*; the rest stays as another session left it. Raises ``OutputError``."""
    known = asdict(before)
    if changes := {name: value for name, value in asdict(state).items() if value != known[name]}:
        with locked(paths.state_file):
            remembered = {**asdict(load_state(paths)), **changes}
            write_private(paths.state_file, json.dumps(remembered, indent=1) + "\n")
