"""``lead-tui where``: which files are used and whether they are there. Shows no secrets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lead_tui.config.paths import Paths
from lead_tui.leads.text import one_line


def files_of(paths: Paths) -> tuple[tuple[str, Path], ...]:
    """What each of the files in *paths* is, and where."""
    return (
        ("configuration", paths.config_file),
        ("saved queries", paths.queries_file),
        ("recovered queries", paths.recovered_file),
        ("state", paths.state_file),
        ("site's policy", paths.policy_file),
        ("site's queries", paths.site_queries_dir),
    )


def lines(files: Sequence[tuple[str, Path]], account: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each of *files*, what it is and its path, and then one for each thing to know about the account."""
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
