"""``lead-tui where``: which files are used and whether they are there. Shows no secrets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lead_tui.config.paths import Paths
from lead_tui.leads.text import one_line


def files_of(paths: Paths) -> tuple[tuple[str, Path], ...]:
    """Return the description and path of each file in *paths*."""
    return (
        ("configuration", paths.config_file),
        ("saved queries", paths.queries_file),
        ("recovered queries", paths.recovered_file),
        ("state", paths.state_file),
        ("site's policy", paths.policy_file),
        ("site's queries", paths.site_queries_dir),
    )


def lines(files: Sequence[tuple[str, Path]], account: Sequence[tuple[str, str]]) -> list[str]:
    """Return a line for each of *files*, then one for each fact about the account."""
    wide = max(len(term) for term, _ in (*files, *account))
    return [
        *(f"{term.ljust(wide)}  {_state(path).ljust(11)}  {one_line(str(path))}" for term, path in files),
        *(f"{term.ljust(wide)}  {one_line(text)}" for term, text in account),
    ]


def _state(path: Path) -> str:
    try:
        path.stat()
    except FileNotFoundError:
        return "not there"
    except OSError:
        return "no access"
    return "there"
