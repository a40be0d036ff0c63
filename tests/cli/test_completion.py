"""``lead-tui completion``: how real shells complete a line with Tab.

A ``lead-tui`` for tests is in the path: it completes as the program does, and records the arguments it is run with.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from argcomplete.shell_integration import shellcode

from lead_tui.cli.options import SHELLS
from tests.cli.command import Command
from tests.pty.harness import Terminal, clean_environment, module_command

INSTALLED = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed here"))
    for shell in SHELLS
]

START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "--no-rcs", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
READY = "READY>"
SET_UP = {
    "bash": f"PS1='{READY}'; source {{script}}",
    "zsh": f"PROMPT='{READY}'; unsetopt PROMPT_SP; autoload -Uz compinit && compinit -u -D; source {{script}}",
    "fish": f"function fish_prompt; echo -n '{READY}'; end; source {{script}}",
}

NAMES = ["New in California", "Zoë's leads", "$(touch pwned) `touch pwned`", "'; touch pwned; '"]


class Shell:
    """A running shell in its own directory."""

    def __init__(self, name: str, home: Path, terminal: Terminal) -> None:
        self.name = name
        self.work = home / "work"
        self._config = home / "config"
        self._arguments = home / "arguments"
        self._terminal = terminal

    def save(self, *names: str) -> None:
        """Save queries of these *names*."""
        queries = "".join(
            f'[[query]]\nname = {json.dumps(name, ensure_ascii=False)}\nfilters = {{ status = "NEW" }}\n' for name in names
        )
        self._write("queries.toml", queries)

    def configure(self, *profiles: str) -> None:
        """Configure *profiles* of these names."""
        self._write("config.toml", "".join(f"[profiles.{json.dumps(name, ensure_ascii=False)}]\n" for name in profiles))

    def _write(self, name: str, text: str) -> None:
        (self._config / name).write_text(text, "utf-8")
        (self._config / name).chmod(0o600)

    def arguments(self, typed: str) -> list[str]:
        """Return what ``lead-tui`` is run with when *typed* is typed, Tab included, and entered."""
        self._arguments.unlink(missing_ok=True)
        self._terminal.send(f"{typed}\r")
        self._terminal.wait_for(lambda _: self._arguments.exists())
        assert list(self.work.iterdir()) == []
        return self._arguments.read_text("utf-8").split("\0")[:-1]


@pytest.fixture(name="shell", scope="module")
def _shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    name: str = request.param
    tmp_path = tmp_path_factory.mktemp(name)
    program = tmp_path / "bin" / "lead-tui"
    program.parent.mkdir()
    program.write_text(
        f"""#!/bin/sh
if [ "$_ARGCOMPLETE" ]; then exec {" ".join(module_command())}; fi
for each in "$@"; do printf '%s\\0' "$each"; done > {tmp_path}/arguments.new
mv {tmp_path}/arguments.new {tmp_path}/arguments
"""
    )
    program.chmod(0o700)
    (tmp_path / "work").mkdir()
    (tmp_path / "config").mkdir(mode=0o700)
    (tmp_path / "script").write_text(shellcode(["lead-tui"], shell=name), "utf-8")
    environ = clean_environment(tmp_path, LEAD_TUI_CONFIG_DIR=str(tmp_path / "config"))
    environ["PATH"] = f"{program.parent}:{environ['PATH']}"
    with Terminal(START[name], environ=environ, columns=200, lines=40, cwd=tmp_path / "work") as terminal:
        terminal.send(SET_UP[name].format(script=tmp_path / "script") + "\r")
        terminal.wait_for(lambda shown: any(line.startswith(READY) for line in shown.lines))
        yield Shell(name, tmp_path, terminal)


every_shell = pytest.mark.parametrize("shell", INSTALLED, indirect=True)


def offered(shell: Shell, name: str, place: str) -> None:
    """Check that the program gets *name*, the only candidate, when the user completes at *place*."""
    shell.save(name)
    words = place.rstrip("'\"").split()
    expected = [*words[:-1], words[-1] + name] if words[-1].endswith("=") else [*words, name]
    assert shell.arguments(f"lead-tui {place}\t") == expected


@every_shell
def test_the_name_of_a_saved_query_is_handed_on_as_it_is_and_does_nothing(shell: Shell) -> None:
    for name in NAMES:
        offered(shell, name, "--query ")
    offered(shell, NAMES[0], "--query '")
    offered(shell, NAMES[0], "search --query=")
    offered(shell, NAMES[1], "queries show ")


@every_shell
def test_one_name_of_several_is_distinguished_from_the_others_by_what_is_typed(shell: Shell) -> None:
    shell.save("New in California", "New in Nevada", "Old")
    assert shell.arguments("lead-tui --query O\t") == ["--query", "Old"]
    assert shell.arguments(r"lead-tui search --query New\ in\ C" + "\t") == ["search", "--query", "New in California"]


@every_shell
def test_the_name_of_a_profile_is_completed_as_that_of_a_query_is(shell: Shell) -> None:
    shell.configure("main", "west", "it's $(mine)")
    assert shell.arguments("lead-tui --profile w\t") == ["--profile", "west"]
    assert shell.arguments("lead-tui search --profile=m\t") == ["search", "--profile=main"]
    assert shell.arguments("lead-tui where --profile it\t") == ["where", "--profile", "it's $(mine)"]
    # The names come from the configuration that the line names.
    other = shell.work.parent / "other"
    other.mkdir(mode=0o700)
    (other / "queries.toml").write_text('[[query]]\nname = "Here"\nfilters = { status = "NEW" }\n')
    assert shell.arguments("lead-tui --config-dir=../other --query H\t") == ["--config-dir=../other", "--query", "Here"]


@every_shell
def test_words_of_each_kind_are_completed_and_typing_can_continue(shell: Shell) -> None:
    assert shell.arguments("lead-tui doc\t") == ["doctor"]
    assert shell.arguments("lead-tui search --format=c\t") == ["search", "--format=csv"]
    assert shell.arguments("lead-tui stat\tus=NEW") in (["status=NEW"], ["state=us=NEW"])
    assert shell.arguments("lead-tui search created_at_start_date=this\\ w\t") == ["search", "created_at_start_date=this week"]
    assert shell.arguments("lead-tui search state=WY\t gender=F\t") == ["search", "state=WY", "gender=F"]
    assert shell.arguments("lead-tui search status=NEW --columns name,postal\t")[-1] == "name,postal_code"


@pytest.mark.parametrize("shell", INSTALLED[:1], indirect=True)
def test_commands_options_filters_columns_and_days_are_completed(shell: Shell) -> None:
    for typed, expected in (
        ("completion z", "completion zsh"),
        ("queries exp", "queries export"),
        ("search --raw", "search --raw-csv"),
        ("search --format c", "search --format csv"),
        ("--theme l", "--theme light"),
        ("search status=NEW postal", "search status=NEW postal_code="),
        ("created_at_start_date=yes", "created_at_start_date=yesterday"),
        ("search status=DNC", "search status=DNC"),
        ("search --columns name,postal", "search --columns name,postal_code"),
        ("search --count --by postal", "search --count --by postal_code"),
        ("--ascii se", "--ascii se"),
        ("--demo=st", "--demo=st"),
        ("--demo=5 postal", "--demo=5 postal_code="),
    ):
        assert shell.arguments(f"lead-tui {typed}\t") == expected.split()


@every_shell
def test_files_and_directories_are_completed(shell: Shell) -> None:
    home = shell.work.parent
    (home / "some place").mkdir()
    (home / "some file").touch()
    assert shell.arguments("lead-tui queries import ../some\\ f\t") == ["queries", "import", "../some file"]
    assert shell.arguments("lead-tui open ../some\\ f\t") == ["open", "../some file"]
    where, option, directory = shell.arguments("lead-tui where --config-dir ../some\t")
    assert (where, option, directory.rstrip("/")) == ("where", "--config-dir", "../some place")


@pytest.mark.parametrize("shell", INSTALLED)
def test_the_command_prints_a_script_that_the_shell_can_read(command: Command, shell: str) -> None:
    done = command.call("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert done.text == shellcode(["lead-tui"], shell=shell)
    read = subprocess.run([shell, "-n"], input=done.out, capture_output=True, check=False)
    assert (read.returncode, read.stderr) == (0, b"")
