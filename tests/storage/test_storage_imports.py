"""Modules loaded by reading the configuration at the start: almost none if there is no configuration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LATE = {
    "asyncio",
    "difflib",
    "http",
    "lead_tui.keys.catalogue",
    "phonenumbers",
    "rich",
    "subprocess",
    "tempfile",
    "textual",
    "tomlkit",
    "tomllib",
    "zoneinfo",
}


def loaded_by(script: str, *arguments: str) -> set[str]:
    """Return the modules in a fresh interpreter after *script*, except those that any interpreter has."""
    names = "print(*sys.modules, sep='\\n')"
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\nbare = set(sys.modules)\n{script}\nfor name in bare: del sys.modules[name]\n{names}",
            *arguments,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(ran.stdout.split())


READ = """
from lead_tui.config.paths import Paths
from lead_tui.storage.query_store import QueryStore
from lead_tui.config.settings import load_settings
from lead_tui.storage.state import load_state
from lead_tui.storage.token import find_token, take_environment_token
paths = Paths.of(sys.argv[1])
settings = load_settings(paths.config_file)
settings.today()
QueryStore(paths).load()
load_state(paths)
find_token(settings, settings.profile_named(), take_environment_token())
"""


def test_without_files_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    loaded = loaded_by(READ, str(tmp_path))
    assert "lead_tui.storage.query_store" in loaded
    assert loaded & (LATE | {"platformdirs"}) == set()


def test_files_cost_a_parser_and_no_writer(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[pace]\nburst = 3\n")
    (tmp_path / "queries.toml").write_text("[[query]]\nname = 'A'\nfilters = { city = 'Rome' }\n")
    assert loaded_by(READ, str(tmp_path)) & (LATE | {"platformdirs"}) == {"tomllib"}
