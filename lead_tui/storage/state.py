"""What the screen remembers between runs: columns, widths, theme. Never a lead, a look-up or anything else that came from a server.

Kept as JSON in the state directory. Nobody writes it by hand, and nothing of worth is in it: what cannot be read is as if it were
not there, and of two sessions the one that saves last has its way, key by key.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lead_tui.leads.errors import ConfigurationError
from lead_tui.storage import schema, values
from lead_tui.storage.files import locked, read_trusted, write_private
from lead_tui.storage.paths import Paths


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered. Names of columns and themes only: what is added here must hold no value of a lead."""

    columns: tuple[str, ...] = schema.setting(values.words("column names"), ())
    """The columns of the table in their order; none for those of the configuration."""
    widths: Mapping[str, int] = schema.setting(values.table_of(values.whole(1, 500), "widths by column name"), {})
    """Widths in cells, by column, where somebody has set them."""
    theme: str = schema.setting(values.line(), "")
    """The theme that was chosen last; "" for the default."""
    hide_empty: bool = schema.setting(values.yes_no(), False)
    """Whether the detail leaves out empty fields."""


def load_state(paths: Paths) -> State:
    """What was remembered; the defaults for what is not there or cannot be read. Never raises."""
    remembered = _remembered(paths)
    read: dict[str, Any] = {}
    for field in dataclasses.fields(State):
        if field.name in remembered:
            try:
                read[field.name] = field.metadata[schema.READER](remembered[field.name])
            except values.Unfit:
                continue
    return State(**read)


def save_state(paths: Paths, state: State, since: State) -> None:
    """Remembers what in *state* differs from *since*, the state that the session began with or saved last.

    The rest stays as another session may have left it. Raises ``OutputError``; may wait for another session (``LOCK_TIMEOUT``).
    """
    changes = {
        field.name: getattr(state, field.name)
        for field in dataclasses.fields(State)
        if getattr(state, field.name) != getattr(since, field.name)
    }
    if not changes:
        return
    with locked(paths.state_file):
        remembered = {**_remembered(paths), **changes}
        write_private(paths.state_file, json.dumps(remembered, indent=1) + "\n")


def _remembered(paths: Paths) -> dict[str, Any]:
    try:
        remembered = json.loads(read_trusted(paths.state_file) or "{}")
    except (ConfigurationError, ValueError, RecursionError):
        return {}
    return remembered if isinstance(remembered, dict) else {}
