"""A plain implementation of narrowing, lead by lead, with which the fast one must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lead_tui.leads.fields import PHONE_FIELDS
from lead_tui.leads.filter_language import MATCH, FieldTerm, Narrowing
from lead_tui.leads.lead import Lead, as_text
from lead_tui.leads.text import fold, unescaped
from lead_tui.leads.values import digits_in


def holds(narrowing: Narrowing, lead: Lead) -> bool:
    """Return whether *narrowing* selects *lead*."""
    lead = Lead({key: value for key, value in lead.sent.items() if key not in narrowing.concealed}, lead.problem)
    fields = [(MATCH in outcomes(each, lead)) is each.is_wanted for each in narrowing.fields]
    words = [_has(lead, word) is wanted for wanted, word in narrowing.words]
    return all(fields) and all(words)


def outcomes(term: FieldTerm, lead: Lead) -> Iterator[int]:
    for column, keys in term.columns.items():
        yield from term.outcomes(column, [tuple(map(lead.sent.get, keys))])


def _has(lead: Lead, word: str) -> bool:
    sent = lead.sent
    texts = [*map(as_text, sent.values()), f"{as_text(sent.get('first_name'))} {as_text(sent.get('last_name'))}"]
    if any(word in re.sub(r"\s+", " ", fold(unescaped(text))) for text in texts):
        return True
    code = "" if lead.country_code == "1" else lead.country_code
    digits = digits_in(word) if re.fullmatch(r"[\d()+./ \-]+", word, re.ASCII) else ""
    return len(digits) > 2 and any(digits in code + digits_in(sent.get(key)) for key in PHONE_FIELDS)
