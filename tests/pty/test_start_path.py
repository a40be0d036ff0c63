"""The modules loaded by the first paint, in a terminal: imports are most of a start, and none slips in unnoticed.

Additions to these lists have a cost: a module takes about half a millisecond of the 250 or so that a start takes, a package
ten times that. What the first paint does not need is imported later, in the function that needs it.
"""

from __future__ import annotations

import json
import sys
from typing import Final

from tests.pty.harness import Terminal
from tests.pty.program import WIDE, Home, at_row, leave
from tests.servers.convoso_server import ConvosoServer

PACKAGES: Final = {"lead_tui", "msgspec", "platformdirs", "rich", "textual", "typing_extensions"}
"""Everything but the standard library."""

MODULES: Final = {
    "": "context invocation limits safe_files",
    "api": "client connections pace parsing retry threads",
    "cli": "main options parser",
    "config": "paths schema screen_settings settings",
    "export": "formats",
    "keys": "catalogue",
    "leads": "dates errors fields lead local_time lookup page permissions phones query text values",
    "paging": "loader page_sources result search searches",
    "storage": "query_store saved_queries state token",
    "terminal": "capabilities crash_report driver environment escape frames host lifeline process",
    "ui": "app themes",
    "ui.screens": "look_up_and_read main main_commands main_context session status",
    "ui.widgets": "bars columns detail detail_page drawn_list filter_fields filter_panel key_queue lead_table textual_fixes",
}
"""Our own, by folder."""

DEAR: Final = {"ctypes", "email", "http", "multiprocessing", "xml", "zoneinfo"}
"""Of the standard library: what some function could use, and what takes 5 ms or more."""

AT_FIRST_PAINT: Final = """
import json, os, sys
from pathlib import Path
from lead_tui.terminal import environment
environment.prepare_environment(os.environ)
from lead_tui.ui.app import LeadTui
from lead_tui.cli.main import main
told = Path(sys.argv.pop(1))
display = LeadTui._display
def telling(self, screen, renderable):
    display(self, screen, renderable)
    if renderable is not None and not told.exists():
        told.write_text(json.dumps(sorted(sys.modules)))
LeadTui._display = telling
sys.exit(main())
"""


def loaded_at_first_paint(home: Home, server: ConvosoServer) -> set[str]:
    """Return the names of the modules that are loaded when the first frame is out."""
    told = home.path / "modules.json"
    command = [sys.executable, "-c", AT_FIRST_PAINT, str(told), f"--base-url={server.base_url}"]
    with Terminal(command, environ=home.environment(), columns=WIDE[0], lines=WIDE[1]) as terminal:
        terminal.wait_for(at_row(1))
        leave(terminal)
    return set(json.loads(told.read_text()))


def test_the_first_paint_loads_these_modules_and_no_others(home: Home, server: ConvosoServer) -> None:
    loaded = loaded_at_first_paint(home, server)
    expected = {".".join(filter(None, ("lead_tui", folder, name))) for folder, names in MODULES.items() for name in names.split()}
    packages = {f"lead_tui.{name}" for name in (*MODULES, "ui")}
    own = {name for name in loaded if name.startswith("lead_tui.") and name not in packages}
    assert own == expected
    # An editable install leaves its own finder behind.
    tops = {name.partition(".")[0] for name in loaded if not name.startswith("_")}
    assert tops - sys.stdlib_module_names <= PACKAGES
    assert tops & DEAR == set()
