"""Narrowing the plain way, lead by lead, with which the quick one has to agree."""

from __future__ import annotations

from lead_tui.leads.filter_language import KEPT, KEPT_UNSURE, Narrowing, _haystack
from lead_tui.leads.lead import Lead


def holds(narrowing: Narrowing, lead: Lead) -> bool:
    """Whether *narrowing* selects *lead*."""
    lead = Lead({key: value for key, value in lead.sent.items() if key not in narrowing.concealed}, lead.problem)
    verdicts = [each.verdicts[max(each.outcome(lead, column) for column in each.columns)] for each in narrowing.fields]
    haystack = _haystack(lead)
    words = [word.holds(lead, haystack) is wanted for wanted, word in narrowing.words]
    return all(each in (KEPT, KEPT_UNSURE) for each in verdicts) and all(words)
