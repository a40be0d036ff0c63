"""Huge leads: a value of a megabyte, 5,000 attributes, nesting 500 deep, keys that hold markup."""

from __future__ import annotations

import json

MEGABYTE = "x" * 1_000_000
DEEP = json.loads("[" * 500 + "]" * 500)

HUGE: dict[str, dict[str, object]] = {
    "a megabyte in a value": {"first_name": MEGABYTE, "notes": f"{MEGABYTE}\n[/nope]", "plan": MEGABYTE},
    "a megabyte of line breaks": {"first_name": "\n" * 1_000_000, "notes": "\n" * 1_000_000},
    "a megabyte of marks": {"first_name": "e" + "\u0301" * 1_000_000, "city": "\u0301" * 1_000_000},
    "a megabyte of escapes": {"first_name": "\x1b]52;c;" * 140_000, "notes": "\x1b[31m" * 200_000},
    "a megabyte in a key": {MEGABYTE: "value", "k" * 100_000: MEGABYTE},
    "5,000 attributes": {f"attribute_{number}": f"value {number}" for number in range(5_000)},
    "5,000 keys of markup": {f"[@click=app.quit]k{number}[/] [/nope]": "[@click=app.quit]v[/]" for number in range(5_000)},
    "nesting 500 deep": {"first_name": DEEP, "phone_number": DEEP, "plan": DEEP, "created_at": DEEP},
    "numbers of 4,000 digits": {"phone_number": 10**4_000, "called_count": -(10**4_000), "plan": 10**4_000},
}
