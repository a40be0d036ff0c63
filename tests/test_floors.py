"""The package's layers, checked by what a fresh interpreter has loaded, and what it has done, after an import.

The static contract in ``pyproject.toml`` checks import statements; this checks what happens.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = "lead_tui"

WIRE: Final = {"h11", "http", "httpx", "truststore"}
SCREEN: Final = {"textual", "rich"}
FILES: Final = {"tomlkit", "platformdirs"}
SELDOM: Final = {"phonenumbers", "pyarrow"}
LOOP: Final = {"asyncio", "ssl", "socket", "logging"}
HEAVY: Final = WIRE | SCREEN | FILES | SELDOM | LOOP | {"argparse"}

MAY_NOT_LOAD: Final[Mapping[str, Collection[str]]] = {
    "limits": HEAVY | {"msgspec", "dataclasses"},
    "keys.catalogue": HEAVY | {"msgspec"},
    "api": {"textual", "argparse"} | FILES | SELDOM,
    "paging": HEAVY - LOOP,
    "files": HEAVY - LOOP,
    # Textual knows platformdirs.
    "terminal": WIRE | SELDOM | {"tomlkit", "argparse", "msgspec"},
    "ui.widgets": WIRE | SELDOM | {"tomlkit", "argparse"},
    "ui.screens": WIRE | SELDOM | {"tomlkit", "argparse"},
    "invocation": HEAVY,
    "ui.dialogs": WIRE | SELDOM | {"tomlkit", "argparse"},
    "ui.themes": WIRE | SELDOM | {"tomlkit", "argparse"},
    "ui.app": WIRE | SELDOM | {"tomlkit", "argparse"},
    "cli": HEAVY - LOOP - {"argparse"},
    "__main__": HEAVY | {"msgspec", "dataclasses"},
}
"""What no module of a layer loads when it is imported: heavy packages, and those that belong to another layer.

``HEAVY`` for a layer that is not listed."""

IMPORT_ALL: Final = """
import importlib, json, pkgutil, sys
def import_all(name):
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), name + "."):
        importlib.import_module(found.name)
"""

LOADED: Final = (
    """
import builtins, importlib, sys
imported = {}
def note(importer, name):
    while name:
        imported.setdefault(importer, set()).add(name)
        name = name.rpartition(".")[0]
def import_noted(name, globals=None, locals=None, fromlist=(), level=0, real=builtins.__import__):
    module = real(name, globals, locals, fromlist, level)
    importer = (globals or {}).get("__name__", "")
    name = importlib.util.resolve_name("." * level + name, globals["__package__"]) if level else name
    for each in (name, *(f"{name}.{each}" for each in fromlist or ())):
        if each in sys.modules and not importer.startswith("importlib"):
            note(importer, each)
    return module
def import_module_noted(name, package=None, real=importlib.import_module):
    module = real(name, package)
    note(sys._getframe(1).f_globals["__name__"], module.__name__)
    return module
import importlib.util
builtins.__import__, importlib.import_module = import_noted, import_module_noted
"""
    + IMPORT_ALL
    + """
def loaded(name):
    waiting, found = [each for each in sys.modules if f"{each}.".startswith(f"{name}.")], set()
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += imported.get(each, ())
    return sorted(found)
for name in sys.argv[1:]:
    import_all(name)
print(json.dumps({name: loaded(name) for name in sys.argv[1:]}))
"""
)
"""What each layer loads, from what each module imports while it is imported itself: one interpreter tells of all layers."""

DONE: Final = (
    IMPORT_ALL
    + """
import asyncio, os, tempfile, threading
# What others do when they are imported is not looked at.
import msgspec, phonenumbers, platformdirs, textual.app, textual.widgets, tomlkit, truststore
done = []
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, int) or not str(path).endswith((".py", ".pyc")) or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            done.append(f"open {path}")
    elif event.partition(".")[0] in ("socket", "subprocess", "shutil", "tempfile", "signal", "fcntl", "ctypes") or event in (
        "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.putenv", "os.unsetenv", "os.chmod", "os.system", "os.fork", "os.exec",
        "os.kill", "os.link", "os.symlink", "os.truncate", "os.utime", "sys.addaudithook", "sys.excepthook",
    ):
        done.append(f"{event} {arguments}")
def told(what, function):
    def telling(*arguments, **named):
        done.append(what)
        return function(*arguments, **named)
    return telling
threading.Thread.start = told("thread", threading.Thread.start)
start = "_start_joinable_thread" if hasattr(threading, "_start_joinable_thread") else "_start_new_thread"
setattr(threading, start, told("thread", getattr(threading, start)))
asyncio.BaseEventLoop.__init__ = told("event loop", asyncio.BaseEventLoop.__init__)
before = dict(os.environ), sys.excepthook, os.umask(0o22)
sys.addaudithook(watch)
told_by = {}
for name in sys.argv[1:]:
    import_all(name)
    told_by[name], done[:] = list(done), []
after = dict(os.environ), sys.excepthook, os.umask(0o22)
left_alone = before[0] == after[0] and before[1] is after[1] and after[2] == 0o22
print(json.dumps([told_by, left_alone, threading.active_count()]))
"""
)


@cache
def layers() -> tuple[tuple[str, ...], ...]:
    """Return the layers of the static contract, the highest first, each with its siblings; names without the package."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors: list[str] = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return tuple(tuple(name.strip().removeprefix(f"{PACKAGE}.") for name in floor.split("|")) for floor in floors)


def below(name: str) -> set[str]:
    """Return *name* and all layers below it."""
    rest = list(layers())
    while name not in rest.pop(0):
        pass
    return {name, *(each for floor in rest for each in floor)}


def in_a_fresh_interpreter(script: str, *names: str) -> str:
    """Return what *script* prints about the layers *names*."""
    command = [sys.executable, "-B", "-c", script, *(f"{PACKAGE}.{name}" for name in names)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def floors() -> list[str]:
    return [name for floor in layers() for name in floor]


def floor_of(module: str) -> str:
    """Return the layer of *module*, "" if it has none."""
    return max((name for name in floors() if f"{module}.".startswith(f"{PACKAGE}.{name}.")), key=len, default="")


def test_every_module_has_its_floor() -> None:
    modules = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / PACKAGE).rglob("*.py") if path.stem != "__init__")
    assert {floor_of(".".join(path.parts)) for path in modules} == set(floors())
    assert set(MAY_NOT_LOAD) <= set(floors())


def test_a_floor_loads_only_what_is_below_it() -> None:
    loaded_by: dict[str, list[str]] = json.loads(in_a_fresh_interpreter(LOADED, *floors()[::-1]))
    for name in floors():
        loaded = loaded_by[f"{PACKAGE}.{name}"]
        own = {floor_of(module) for module in loaded} - {""}
        assert name in own
        assert own <= below(name), name
        assert {module.partition(".")[0] for module in loaded} & set(MAY_NOT_LOAD.get(name, HEAVY)) == set(), name


def test_importing_does_no_work() -> None:
    names = floors()[::-1]
    done_by, left_alone, threads = json.loads(in_a_fresh_interpreter(DONE, *names))
    assert done_by == {f"{PACKAGE}.{name}": [] for name in names}
    assert left_alone
    assert threads == 1


def test_no_two_classes_have_one_name() -> None:
    classes = [
        node.name
        for path in (ROOT / PACKAGE).rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert {name for name, count in Counter(classes).items() if count > 1} == set()


def test_the_static_contracts_hold() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout
