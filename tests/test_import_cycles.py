"""Import cycles: the package has none, counting imports inside functions and for type checking."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

ROOT = Path(__file__).parent.parent / "lead_tui"


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def imports_of(path: Path) -> set[str]:
    """Return the modules of the package that *path* imports, anywhere in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            # "from package import module" imports the module, "from module import name" the module that has the name.
            found |= {module if (module := f"{node.module}.{alias.name}") in MODULES else node.module for alias in node.names}
    return found & MODULES.keys()


def test_no_module_imports_itself_through_others() -> None:
    graph = {name: imports_of(path) - {name} for name, path in MODULES.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        raise AssertionError(" → ".join(reversed(error.args[1]))) from None
