"""The command, with a policy and a home directory that a test prepared: ``restricted.py POLICY HOME [ARGUMENTS …]``.

Only a program started in its place can move them; the command itself cannot.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

# A restricted start is isolated: it finds nothing that is not installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from lead_tui.cli.main import main
from lead_tui.config.policy import read_policy

if __name__ == "__main__":
    policy, home, *arguments = sys.argv[1:]
    with (
        patch("pwd.getpwuid", lambda _: SimpleNamespace(pw_dir=home)),
        patch("lead_tui.config.paths.SITE_DIRECTORY", Path(policy).parent),
        patch("lead_tui.cli.parser._read_site_policy", partial(read_policy, Path(policy), owner=os.geteuid())),
    ):
        sys.exit(main(arguments))
