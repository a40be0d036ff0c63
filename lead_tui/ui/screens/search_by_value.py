"""Going on from a value of a lead: which search, look-up or narrowing is begun, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from lead_tui.keys.catalogue import Key, hint
from lead_tui.leads.errors import UsageError
from lead_tui.leads.formatting import label, line_text
from lead_tui.leads.lead import Lead, is_empty
from lead_tui.leads.lookup import LookUp
from lead_tui.leads.query import Query
from lead_tui.leads.same_value import same_value
from lead_tui.leads.text import one_line
from lead_tui.ui.screens.status_text import joined

_MAX_SHOWN = 40


class LeadSearch(Protocol):
    """Who can show other leads."""

    def search(self, query: Query, name: str = "") -> None:
        """Show what matches *query*."""

    def ask(self, asked: LookUp) -> None:
        """Show what a look-up finds."""

    def narrow(self, text: str) -> None:
        """Show those of the loaded leads that *text* means. Raises ``UsageError``."""


def go_on(
    explorer: LeadSearch,
    lead: Lead,
    key: str,
    labels: Mapping[str, str],
    keys: Iterable[Key],
    covered: frozenset[str] = frozenset(),
) -> str:
    """Have *explorer* show the leads with the value that *lead* has in *key*; what is to be told. Raises ``UsageError``.

    *keys* are the effective ones, to say how to come back. A field that is *covered* is not asked for: where a name is found by the
    id beside it, the id would be on the screen; a phone is looked up without the country code.
    """
    lead = lead.covering(covered)
    found = same_value(lead, key)
    if found.query is not None and not covered.isdisjoint(name for name, _ in found.query):
        raise UsageError(f"{label(key, labels)} is searched for by a field that is masked")
    name = label(key, labels)
    if is_empty(lead.sent.get(key)):
        told = f"{name} empty"
    else:
        value = line_text(lead, key)
        told = f"{name} {one_line(value[:10] if found.is_day else value, _MAX_SHOWN)}"
    if found.look_up is not None:
        explorer.ask(found.look_up)
        return joined(f"Phone {found.look_up.text} in any field", hint(keys, "main.back", "goes back"))
    if found.query is not None:
        explorer.search(found.query)
        return joined(f"{told}: searched for", hint(keys, "main.back", "goes back"))
    explorer.narrow(found.narrowing)
    return joined(f"{told}: among the loaded leads only", hint(keys, "main.escape", "shows all"))
