#!/bin/sh
# Two libraries ask for a number in the terminal, such as a phone, a lead's id or an amount, and return another one than was typed:
#   prompts 2.4.2 (npm), type "number"
#     301, a pause of more than a second, 5550123   5550123: the next digit after a pause begins a new number
#     30155, Backspace, 50123                       3015550123, not 301550123: the next digit brings back the erased 5
#     1.5                                           15, without float: true
#   InquirerPy 0.3.4 (PyPI), number(float_allowed=True)
#     12.5                                          12.05: what is typed behind the point comes after the 0 that is there
# An agent who reads a number from paper, or listens to it, pauses between the groups and does not look at the screen; one who tests the program
# types without a pause. The documentation of prompts mentions neither the pause nor Backspace. enquirer 2.4.1 (npm) returns what was typed.
#
# What to do: ask for a text and check its digits; in InquirerPy, default=None.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund prompts@2.4.2 enquirer@2.4.1 >/dev/null
python3 -m venv venv
venv/bin/pip install -q InquirerPy==0.3.4 pexpect==4.9.0
cat >type.py <<'PYTHON'
import sys, time

import pexpect

PROMPTS = "require('prompts')({ type: 'number', name: 'value', message: 'Phone' }).then(({ value }) => console.log(`typed=${value};`))"
ENQUIRER = "new (require('enquirer').NumberPrompt)({ message: 'Phone' }).run().then((value) => console.log(`typed=${value};`))"
INQUIRER = "from InquirerPy import inquirer; print(f\"typed={inquirer.number(message='Phone', float_allowed=True%s).execute()};\")"
COMMANDS = {
    "prompts": ["node", "-e", PROMPTS],
    "enquirer": ["node", "-e", ENQUIRER],
    "InquirerPy": [sys.executable, "-c", INQUIRER % ""],
    "InquirerPy, default=None": [sys.executable, "-c", INQUIRER % ", default=None"],
}


def answer(command: list[str], keys: str) -> str:
    """Type *keys* five a second, where a space is a pause, and Enter; return the number that the program gets."""
    terminal = pexpect.spawn(command[0], command[1:], encoding="utf-8", timeout=20, dimensions=(24, 80))
    terminal.expect("Phone")
    time.sleep(1)
    for key in keys + "\r":
        terminal.send("" if key == " " else key)
        time.sleep(1.3 if key == " " else 0.2)
    terminal.expect("typed=([^;]*);")
    return terminal.match[1]


for name, keys, expected in (
    ("prompts", "3015550123", "3015550123"),
    ("prompts", "301 5550123", "5550123"),
    ("prompts", "30155\x7f50123", "3015550123"),
    ("prompts", "1.5", "15"),
    ("enquirer", "301 5550123", "3015550123"),
    ("enquirer", "30155\x7f50123", "301550123"),
    ("enquirer", "1.5", "1.5"),
    ("InquirerPy", "12.5", "12.05"),
    ("InquirerPy, default=None", "12.5", "12.5"),
):
    observed = answer(COMMANDS[name], keys)
    print(f"{name}: {keys!r} becomes {observed}")
    assert observed == expected, observed
PYTHON
venv/bin/python type.py
