"""``python -m tests.terminals [--pictures FOLDER] [NAME …]``: the demo in each installed terminal, and a table of results.

Prints the rows of the table in docs/terminals.md. Whether a terminal renders the screens correctly is for the eye: look at the
pictures. Needs Linux with Xvfb, openbox, xdotool, xclip and ImageMagick.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.terminals.display import Display
from tests.terminals.terminals import KINDS, Kind
from tests.terminals.walk import Walk

TOOLS: Final = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "xclip": "xclip", "import": "imagemagick"}
COLUMNS: Final = ("keys", "copy", "mouse", "paste", "exit clean")


def main() -> None:
    """Run what the command line requests."""
    parser = argparse.ArgumentParser(prog="python -m tests.terminals", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="terminals, by the beginning of the name; by default all")
    parser.add_argument("--pictures", type=Path, help="folder for pictures and records (by default a new temporary one)")
    parser.add_argument("--install", action="store_true", help="install missing Debian packages with apt-get")
    asked = parser.parse_args()
    kinds = [kind for kind in KINDS if not asked.names or kind.name.startswith(tuple(asked.names))]
    missing = [package for tool, package in TOOLS.items() if not shutil.which(tool)]
    absent = {kind.name: kind.package for kind in kinds if not is_installed(kind)}
    if asked.install and (missing or absent):
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *missing, *absent.values()], check=True)
    elif missing:
        sys.exit(f"needs the Debian packages {', '.join(missing)}: run it with --install")
    folder = asked.pictures or Path(tempfile.mkdtemp(prefix="terminals-"))
    print("| terminal | version | TERM |", " | ".join(COLUMNS), "|")
    print("| --- | --- | --- |", " | ".join("---" for _ in COLUMNS), "|")
    for kind in kinds:
        if not is_installed(kind):
            print(f"| {kind.name} | not installed (Debian package {kind.package}) |", flush=True)
            continue
        with Display() as display:
            walk = Walk(kind, display, folder / kind.name.replace(" ", "-"))
            walk.run()
        cells = [walk.results.get(column, walk.results.get("failed", "")) for column in COLUMNS]
        print(f"| {kind.name} | {version(kind)} | {walk.term} |", " | ".join(cells), "|", flush=True)
    print(f"pictures: {folder}")


def is_installed(kind: Kind) -> bool:
    """Whether the Debian package is installed: ``dbus-run-session``, which starts one of them, says nothing about the terminal."""
    done = subprocess.run(("dpkg-query", "-W", "-f", "${Status}", kind.package), capture_output=True)
    return done.stdout == b"install ok installed"


def version(kind: Kind) -> str:
    """Return the first number in what the program says its version is."""
    done = subprocess.run(kind.version, capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    words = (done.stdout + done.stderr).decode(errors="replace").replace("(", " ").replace(")", " ").split()
    return next((word for word in words if word.lstrip("v")[:1].isdigit()), "?").lstrip("v").partition("-")[0]


if __name__ == "__main__":
    main()
