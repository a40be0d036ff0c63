"""Textual's private API is used only where ``textual_fixes`` says, so that an upgrade of Textual affects one file."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from functools import cache
from pathlib import Path

from textual.app import App
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList

import lead_tui.ui
from lead_tui.ui.widgets import textual_fixes

UI = Path(lead_tui.ui.__path__[0])
HERE = "ui.widgets.textual_fixes"


@cache
def own_private_names(kind: type) -> frozenset[str]:
    """Return the private names that a class of Textual has, as attributes or set on ``self``."""
    found = {name for name in vars(kind) if re.match(r"_[a-zA-Z]", name)}
    return frozenset({*found, *re.findall(r"\bself\.(_[a-zA-Z]\w*)", Path(inspect.getfile(kind)).read_text())})


@cache
def private_names(kind: type) -> frozenset[str]:
    """Return the private names of all of Textual's classes among the bases of *kind*."""
    return frozenset().union(*(own_private_names(base) for base in kind.__mro__ if base.__module__.startswith("textual")))


ALL_PRIVATE = frozenset().union(*map(private_names, (App, ModalScreen, Input, OptionList)))


def is_self(owner: ast.expr) -> bool:
    """Return whether *owner* is ``self``, ``cls`` or ``super()``."""
    if isinstance(owner, ast.Call):
        owner = owner.func
    return isinstance(owner, ast.Name) and owner.id in ("self", "cls", "super")


def names_of_others(tree: ast.AST) -> set[str]:
    """Return the private names of Textual that the code reads from objects other than ``self``, and private modules it imports."""
    nodes = list(ast.walk(tree))
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not is_self(node.value)}
    return {module for module in modules if module.startswith("textual._")} | (attributes & ALL_PRIVATE)


def names_of_class(node: ast.ClassDef, kind: type) -> set[str]:
    """Return the private names of Textual that the class overrides, or uses on ``self``."""
    used = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute) and is_self(each.value)}
    defined = {each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    return (used | defined) & private_names(kind)


def test_private_names_of_textual_are_used_where_the_list_says() -> None:
    used: set[str] = set()
    for path in sorted(UI.rglob("*.py")):
        name = ".".join(("ui", *path.relative_to(UI).with_suffix("").parts)).removesuffix(".__init__")
        if name == HERE:
            continue
        tree = ast.parse(path.read_text())
        used |= {f"{name}:{each}" for each in names_of_others(tree)}
        module = importlib.import_module(f"lead_tui.{name}")
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                used |= {f"{name}:{node.name}.{each}" for each in names_of_class(node, getattr(module, node.name))}
    assert used == set(textual_fixes.PRIVATE_NAMES)


def test_each_has_its_reason() -> None:
    assert all(len(reason.split()) > 3 for reason in textual_fixes.PRIVATE_NAMES.values())
