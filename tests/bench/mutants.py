"""A mutation run, by hand: which small changes to the pure modules no test detects.

    python -m tests.bench.mutants [MODULE …] [--most N] [--seconds S]

Each mutant is a module with one comparison, operator, number, condition or return value changed. It is loaded in a process of
its own in place of the module, and the module's tests run there until one fails. Prints the survivors, with their lines, and for
each module how many mutants were killed. A mutant that takes longer than ``--seconds`` counts as killed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[2]

TESTS: dict[str, tuple[str, ...]] = {
    "lead_tui.leads.text": (
        *("tests/leads/test_text.py", "tests/leads/test_text_exactly.py", "tests/leads/test_cells.py"),
        "tests/export/test_table_export.py",
    ),
    "lead_tui.leads.phones": (
        *("tests/leads/test_phones.py", "tests/leads/test_formatting.py", "tests/leads/test_lookup.py"),
        "tests/leads/test_text_exactly.py",
    ),
    "lead_tui.leads.dates": ("tests/leads/test_dates.py", "tests/leads/test_filters.py", "tests/cli/test_arguments.py"),
    "lead_tui.leads.query": (
        *("tests/leads/test_filters.py", "tests/leads/test_curl.py", "tests/cli/test_arguments.py"),
        *("tests/storage/test_saved_queries.py", "tests/leads/test_filter_language_exactly.py"),
    ),
    "lead_tui.leads.lookup": ("tests/leads/test_lookup.py", "tests/leads/test_text_exactly.py"),
    "lead_tui.leads.filter_language": ("tests/leads/test_filter_language.py", "tests/leads/test_filter_language_exactly.py"),
    "lead_tui.leads.columns": (
        *("tests/leads/test_sorting.py", "tests/leads/test_filter_language_exactly.py", "tests/paging/test_snapshot.py"),
    ),
    "lead_tui.paging.loader": (
        "tests/paging/test_request_plan.py",
        "tests/paging/test_loader.py",
        "tests/paging/test_rows_in_view.py",
    ),
    "lead_tui.paging.result": (
        *("tests/paging/test_result.py", "tests/paging/test_loader.py", "tests/paging/test_searches_at_odd_moments.py"),
        *("tests/paging/test_searches.py", "tests/paging/test_result_exactly.py"),
    ),
}
"""The modules, and their tests."""

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The changed forms of *node*, each with words for it."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            for other in _COMPARISONS[type(op)]:
                changed = copy.deepcopy(node)
                changed.ops = [other()]
                yield f"{type(op).__name__} → {other.__name__}", changed
        case ast.BoolOp():
            changed_op = copy.deepcopy(node)
            changed_op.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "and ↔ or", changed_op
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", node.operand
        case ast.BinOp() if type(node.op) in _OPERATORS:
            changed_bin = copy.deepcopy(node)
            changed_bin.op = _OPERATORS[type(node.op)]()
            yield f"{type(node.op).__name__} → {type(changed_bin.op).__name__}", changed_bin
        case ast.Constant(value=bool()):
            yield f"{node.value!r} → {not node.value}", ast.Constant(not node.value)
        case ast.Constant(value=int()):
            yield f"{node.value!r} → {int(str(node.value)) + 1}", ast.Constant(int(str(node.value)) + 1)
        case ast.IfExp():
            yield "always the one", node.body
            yield "always the other", node.orelse
        case ast.Return(value=ast.expr()) if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield "returns nothing", ast.Return(ast.Constant(None))
        case ast.Continue():
            yield "continue → break", ast.Break()
        case ast.Break():
            yield "break → continue", ast.Continue()


class _At(ast.NodeTransformer):
    """Replaces the node that is *number* in the walk with *other*."""

    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self.node, self.other = node, other

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace the node, or continue below it."""
        return ast.copy_location(self.other, node) if node is self.node else self.generic_visit(node)


def mutants(path: Path) -> Iterator[tuple[int, str, CodeType]]:
    """Yield the mutants of the module at *path*: line, description and code."""
    text = path.read_text()
    tree = ast.parse(text)
    for place, node in enumerate(ast.walk(tree)):
        if isinstance(node, (ast.Constant, ast.BinOp)) and not hasattr(node, "lineno"):
            continue
        for number, (words, _) in enumerate(changes(node)):
            fresh = ast.parse(text)
            here = next(each for at, each in enumerate(ast.walk(fresh)) if at == place)
            _, other = list(changes(here))[number]
            _At(here, other).visit(fresh)
            changed = ast.fix_missing_locations(fresh)
            try:
                yield getattr(node, "lineno", 0), words, compile(changed, str(path), "exec")
            except (SyntaxError, TypeError, ValueError):
                continue


class _Loader(importlib.abc.Loader):
    def __init__(self, code: CodeType) -> None:
        self._code = code

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutant in the module's place."""
        exec(self._code, module.__dict__)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the mutant when its module is requested."""
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=_Loader(self._code))


def survives(name: str, path: Path, code: CodeType | None, seconds: float) -> bool:
    """Return whether all tests of the module *name* pass with *code* in its place, or None for the unchanged module."""
    child = os.fork()
    if child == 0:
        nothing = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            os.dup2(nothing, descriptor)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        failed = 1
        try:
            import pytest

            if code is not None:
                sys.meta_path.insert(0, _Finder(name, path, code))
            tests = [each for each in TESTS[name] if (ROOT / each).exists()]
            failed = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=", *tests]))
        finally:
            os._exit(1 if failed else 0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def run(name: str, most: int, seconds: float) -> tuple[int, list[tuple[int, str]]]:
    """Return how many mutants of the module *name* were made, and the survivors."""
    path = ROOT / f"{name.replace('.', '/')}.py"
    assert survives(name, path, None, 10 * seconds), f"the tests of {name} fail without any change"
    made = list(mutants(path))
    chosen = made if len(made) <= most else random.Random(1).sample(made, most)
    return len(chosen), sorted((line, words) for line, words, code in chosen if survives(name, path, code, seconds))


def main() -> int:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=list(TESTS), help="the modules (all)")
    parser.add_argument("--most", type=int, default=1_000, help="mutants of a module at most, chosen by chance (1000)")
    parser.add_argument("--seconds", type=float, default=30.0, help="seconds that the tests of a mutant may take (30)")
    given = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    # Shared by all mutants; nothing of the program may be, nor what pytest would rewrite.
    import msgspec
    import pytest

    assert pytest.__version__
    assert msgspec.__version__
    for name in given.modules:
        began = time.monotonic()
        text = (ROOT / f"{name.replace('.', '/')}.py").read_text().splitlines()
        count, left = run(name, given.most, given.seconds)
        for line, words in left:
            print(f"  {name}:{line}: {words}: {text[line - 1].strip()[:90]}", flush=True)
        print(f"{name}: {count - len(left)} of {count} killed ({time.monotonic() - began:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
