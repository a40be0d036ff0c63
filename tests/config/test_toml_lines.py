"""Finding the line of a key in a TOML text."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_tui.config.schema import line_of, statements

TEXT = '''\
# profile = "not this one"
profile = "main"  # [pace]

[ profiles . "the \\u0073econd" ]
base_url = "https://api.example.com/v1"

[profiles.'third one']
auth_token_command = [
    "pass", # burst = 1 ]
    """
[pace]
burst = 0
""""",
]
account.timezone = "x"

  [pace]
\tburst = 3
calls = { start = "8:00" }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("profile",), 2),
        (("profiles", "the second"), 4),
        (("profiles", "the second", "base_url"), 5),
        (("profiles", "third one", "auth_token_command"), 8),
        (("profiles", "third one", "account", "timezone"), 15),
        (("pace",), 17),
        (("pace", "burst"), 18),
        (("pace", "calls", "start"), 19),
        (("pace", "not there"), 17),
        (("nowhere",), 0),
    ],
)
def test_a_key_is_found_or_else_what_is_around_it(path: tuple[str, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert line_of(TEXT, path) == line


def test_tables_of_an_array_are_distinguished_and_their_lines_known() -> None:
    text = (
        "schema = 1\r\n[[query]]\r\nname = 'a'\r\n[query.filters]\r\nx = '''\r\n[[query]]\r\n'''\r\n\r\n"
        "[[query]] # two\r\nname = 'b'"
    )
    found = [(path, text.count("\n", 0, start) + 1) for path, start in statements(text)]
    assert found == [
        (("schema",), 1),
        (("query", 0), 2),
        (("query", 0, "name"), 3),
        (("query", 0, "filters"), 4),
        (("query", 0, "filters", "x"), 5),
        (("query", 1), 9),
        (("query", 1, "name"), 10),
    ]


keys = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True), st.text(max_size=6))
scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.text(max_size=12))
trees = st.recursive(
    scalars, lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(keys, below, max_size=3)), max_leaves=8
)


@settings(max_examples=25)
@given(st.dictionaries(keys, trees, max_size=4))
def test_what_a_library_writes_is_found_key_by_key(data: dict[str, object]) -> None:
    import tomlkit

    text = tomlkit.dumps(data)
    read = tomllib.loads(text)
    found = [path for path, _ in statements(text)]
    for path in found:
        here: Any = read
        for step in path:
            here = here[step]
    # A table without keys may stand there by its header's longer name alone.
    assert {path[0] for path in found} == set(read)


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_three_quotes_in_a_comment_or_a_text_of_one_line_hide_no_statement(quotes: str) -> None:
    other = "'" if quotes[0] == '"' else '"'
    text = f"# {quotes} a\n[[query]]\nname = {other}{quotes}{other}\n# {quotes} b\n[[query]]\nfilters = {{}}\n"
    assert [path for path, _ in statements(text)] == [("query", 0), ("query", 0, "name"), ("query", 1), ("query", 1, "filters")]


def test_an_escaped_quote_does_not_end_a_text_of_several_lines() -> None:
    text = 'note = """\n\\"""\na = 1\n"""\nb = 2\n'
    assert tomllib.loads(text)["b"] == 2
    assert [path for path, _ in statements(text)] == [("note",), ("b",)]
