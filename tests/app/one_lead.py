"""An account of a single lead, with custom attributes and with hostile values."""

from __future__ import annotations

import msgspec

from tests.app.bench import DemoSource

LEAD: dict[str, object] = {
    "lead_id": "1000234",
    "first_name": "Jane",
    "last_name": "Public",
    "phone_number": "3010010000",
    "alt_phone_1": "3010010001",
    "phone_code": "1",
    "email": "jane@example.com",
    "city": "Los\x1b]52;c;eA==\x07 Angeles\r\nCA\x9b",
    "state": "",
    "notes": "n" * 200,
    "plan_sold": "Gold [bold]PPO[/]",
    "count": 12345678901234567890123,
}


def one_lead(**changed: object) -> DemoSource:
    """A source of only ``LEAD``, updated with *changed*."""
    source = DemoSource()
    entry = msgspec.json.encode({**LEAD, **changed})
    entry = entry.replace(b'"12345678901234567890123"', b"12345678901234567890123")
    source.answer = lambda parameters: (200, b'{"success":true,"data":{"total":"1","entries":[' + entry + b"]}}")
    return source
