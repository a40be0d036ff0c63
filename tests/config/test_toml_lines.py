"""Finding the line of a key in a TOML text."""

from __future__ import annotations

import tomllib

import pytest

from lead_tui.config.schema import line_of

TEXT = """\
# profile = "not this one"
profile = "main"  # [pace]

[ profiles . "the second" ]
base_url = "https://api.example.com/v1"

[profiles.'third one']
auth_token_command = [
    "pass", # burst = 1 ]
]
account.timezone = "x"

  [pace]
\tburst = 3
calls = { start = "8:00" }
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("profile",), 2),
        (("profiles", "the second"), 4),
        (("profiles", "the second", "base_url"), 5),
        (("profiles", "third one", "auth_token_command"), 8),
        (("profiles", "third one", "account", "timezone"), 11),
        (("pace",), 13),
        (("pace", "burst"), 14),
        (("pace", "calls", "start"), 15),
        (("pace", "not there"), 13),
        (("nowhere",), 0),
    ],
)
def test_a_key_is_found_or_else_what_is_around_it(path: tuple[str, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert line_of(TEXT, path) == line
