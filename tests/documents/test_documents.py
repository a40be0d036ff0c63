"""The documents are correct: their generated parts are current, and the commands and files they show work."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from docs.generate import DOCUMENTS, PARTS, filled_in, parts_in
from lead_tui.cli.options import COMMANDS
from lead_tui.cli.parser import parse
from lead_tui.config.paths import Paths
from lead_tui.config.policy import read_policy
from lead_tui.config.settings import load_settings
from lead_tui.keys.catalogue import CATALOGUE, names
from lead_tui.keys.keymap import effective
from lead_tui.leads.permissions import Capabilities
from lead_tui.storage.query_store import QueryStore

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = (ROOT / "README.md").read_text()
PAGES: Final = sorted(ROOT.glob("docs/*.md"))
ALL_TEXT: Final = "\n".join(path.read_text() for path in DOCUMENTS)
MAX_README_LINES: Final = 250
MARKDOWN: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of *language* in *text*."""
    return [found[2] for found in BLOCK.finditer(text) if found[1] == language]


def commands_in(text: str) -> list[str]:
    """Return the ``lead-tui …`` commands in the shell blocks of *text*, without pipes, redirections and comments."""
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    return [re.split(r"\s[|<>#]\s?", line)[0].strip() for line in lines if line.startswith("lead-tui")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_generated_parts_are_current(path: Path) -> None:
    text = path.read_text()
    assert filled_in(text) == text, "python -m docs.generate brings them up to date"


def test_every_part_is_in_one_document() -> None:
    assert sorted(part for path in DOCUMENTS for part in parts_in(path.read_text())) == sorted(PARTS)


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= MAX_README_LINES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_begins_with_its_readers_and_the_readme_links_to_it(path: Path) -> None:
    heading, first, *_ = path.read_text().split("\n\n")
    assert re.fullmatch(r"# .+", heading)
    assert first.startswith("This page is for ")
    assert f"(docs/{path.name})" in README


def test_the_page_of_keys_has_every_key_and_its_id() -> None:
    page = (ROOT / "docs" / "keys.md").read_text()
    for key in CATALOGUE:
        assert f"| {' '.join(f'`{name}`' for name in names(key).split(' '))} | {key.sentence} | `{key.id}` |" in page


@pytest.mark.parametrize("line", dict.fromkeys(commands_in(ALL_TEXT)))
def test_every_documented_command_is_understood(line: str) -> None:
    program, *arguments = shlex.split(line)
    assert program == "lead-tui"
    assert parse(arguments, {}, lambda _: "(301) 555-0123")


def test_the_documents_name_no_command_that_does_not_exist() -> None:
    named = {found[1] for found in re.finditer(r"`(?:[\w./]*/)?lead-tui ([a-z]+)\b", ALL_TEXT)}
    assert named <= set(COMMANDS)


def test_every_example_of_the_settings_is_read(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    examples = [block for block in blocks(ALL_TEXT, "toml") if "[[query]]" not in block and "restricted" not in block]
    assert examples
    for example in examples:
        config.write_text(example)
        effective(load_settings(config).keys)


def test_the_example_of_a_policy_is_read(tmp_path: Path) -> None:
    (example,) = (block for block in blocks(ALL_TEXT, "toml") if "restricted" in block)
    (tmp_path / "policy.toml").write_text(example)
    tmp_path.chmod(0o755)
    (tmp_path / "policy.toml").chmod(0o644)
    policy = read_policy(tmp_path / "policy.toml", owner=os.geteuid())
    assert policy is not None
    assert policy.restricted
    assert policy.capabilities == Capabilities(may_read_history=True, may_check_do_not_call=True, may_learn_names=True)
    assert policy.settings().mask.fields == ("email", "date_of_birth")


def test_the_example_of_saved_queries_is_read(tmp_path: Path) -> None:
    (example,) = (block for block in blocks(ALL_TEXT, "toml") if "[[query]]" in block)
    (tmp_path / "queries.toml").write_text(example)
    loaded = QueryStore(Paths.of(tmp_path)).load()
    assert loaded.notices == ()
    (saved,) = loaded.queries
    assert saved.name == "New in California"
    assert dict(saved.query)["+plan_sold"] == "Gold"
    assert saved.key == "1"


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.name)
def test_every_link_within_the_project_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}, target


def test_the_architecture_names_every_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (floors,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    told = (ROOT / "CONTRIBUTING.md").read_text()
    for module in (module.strip().removeprefix("lead_tui.").replace(".", "/") for floor in floors for module in floor.split("|")):
        assert f"`{module}/`" in told or f"`{module}.py`" in told, module


def test_the_test_command_stands_where_the_checks_look_for_it() -> None:
    """``.ci/run`` runs the block after the mark."""
    found = re.search(r"<!-- tests -->\n```sh\n(.+)\n```", README)
    assert found is not None
    assert "-m pytest" in found[1]
    assert "\n" not in found[1]


def test_the_readme_names_the_tested_versions_of_python() -> None:
    classifiers: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    tested = re.findall(r"Python :: (3\.\d+)", "\n".join(classifiers))
    assert f"(tested with {', '.join(tested[:-1])} and {tested[-1]})" in README


def project() -> dict[str, list[str]]:
    """Return the requirements in pyproject.toml: base, extra and group."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {
        "base": declared["project"]["dependencies"],
        "test": declared["project"]["optional-dependencies"]["test"],
        "dev": declared["dependency-groups"]["dev"],
    }


def test_the_extra_and_the_group_are_the_same_list() -> None:
    assert project()["test"] == project()["dev"]


def test_the_lock_file_holds_what_is_required_and_where_from_nothing() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = {name: Version(version) for name, version in re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", lock, re.MULTILINE)}
    for requirement in map(Requirement, [*project()["base"], *project()["test"]]):
        assert locked[requirement.name] in requirement.specifier, requirement
    assert "://" not in lock
    assert not re.search(r"^\s*-(?!-hash=sha256:)", lock, re.MULTILINE)
