"""The command's help text."""

from __future__ import annotations

import pytest

from lead_tui.cli.options import COMMANDS, EXIT_CODES, WIDTH, help_text, options_of
from lead_tui.cli.parser import parse
from lead_tui.leads.query import FILTERS


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_help_fits_and_names_every_option(verb: str) -> None:
    text = help_text(verb)
    assert max(map(len, text.splitlines())) <= WIDTH
    for option in options_of(verb):
        assert f"  {option.written}" in text
        assert option.sentence.split()[0] in text


@pytest.mark.parametrize("verb", ["", "search"])
def test_the_help_names_every_filter(verb: str) -> None:
    text = help_text(verb)
    for each in FILTERS:
        assert each.name in text


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_help_names_every_exit_code(verb: str) -> None:
    text = help_text(verb)
    for code, sentence in EXIT_CODES:
        assert f"\n  {code} " in text
        assert sentence in text


def test_the_help_of_the_app_names_every_command_and_variable() -> None:
    text = help_text()
    for word in ("search", "where", "CONVOSO_AUTH_TOKEN", "LEAD_TUI_BASE_URL", "LEAD_TUI_CONFIG_DIR"):
        assert f"  {word}" in text


@pytest.mark.parametrize(("verb", "line"), [(verb, line) for verb, command in COMMANDS.items() for line, _ in command.examples])
def test_every_example_can_be_run(verb: str, line: str) -> None:
    import shlex

    program, *arguments = shlex.split(line.partition(" > ")[0].partition(" < ")[0])
    assert program == "lead-tui"
    parse(arguments, {}, lambda _: "(301) 555-0123")
    assert arguments[:1] == [verb] or not verb
