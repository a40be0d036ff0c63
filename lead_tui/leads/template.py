"""A template of a lead's text: ``{name}, {phone}, {city}``."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from lead_tui.leads.fields import COMPUTED, CUSTOM_MARK, FIELD_BY_KEY, column_named, shows_any
from lead_tui.leads.formatting import column_text
from lead_tui.leads.lead import Lead

_SHORT: Final[Mapping[str, str]] = {
    "phone": "phone_number",
    "phone_2": "alt_phone_1",
    "phone_3": "alt_phone_2",
    "list": "directory_name",
    "owner": "owner_name",
}
"""Names that people use, and the fields they mean."""


class Template:
    """*text* with fields in braces: documented keys, computed columns and a few short names; ``{+key}`` is a custom attribute.

    Raises ``ValueError`` with a text to follow "must be".
    """

    def __init__(self, text: str) -> None:
        known = (*COMPUTED, *_SHORT, *FIELD_BY_KEY)
        self._parts: list[tuple[str, str]] = []
        """Text, and the column that follows it; "" for none."""
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError:
            raise ValueError("a text in which each { has its }; a brace itself is {{ or }}") from None
        for literal, name, form, conversion in parsed:
            if form or conversion:
                raise ValueError("a text with fields in braces, as {name}, without formats")
            if name is not None and name not in known and not (name.startswith(CUSTOM_MARK) and name[1:].strip()):
                # Imported here: it is needed for a mistake only.
                from lead_tui.leads.names import did_you_mean

                hint = did_you_mean(name, known)
                hint = f", {hint}" if hint else "; a custom attribute is written {+key}"
                raise ValueError(f"a text with fields in braces: there is no field {name}{hint}")
            self._parts.append((literal, column_named(_SHORT.get(name, name)) if name else ""))

    def fill(self, lead: Lead, masked: frozenset[str], now: datetime) -> str:
        """Return the text for *lead*, its values as on the screen; those that reveal *masked* fields are left out."""
        lead = lead.with_masked(masked)
        return "".join(
            literal + (column_text(lead, column, now) if column and not shows_any(column, masked) else "")
            for literal, column in self._parts
        )
