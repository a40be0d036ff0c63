"""What the demo account contains: statuses, users, lists, carriers, and values of custom attributes, with their weights. Data only.

Codes and names of statuses, list 2705 and the system's user id are from the API's documentation and its samples.
"""

from __future__ import annotations

from typing import NamedTuple

Weighted = tuple[tuple[str, float], ...]  # values and their weights


def weighted(text: str) -> Weighted:
    """Return the values in *text*, each followed by its weight: ``Gold 6|Silver 10``."""
    return tuple((value, float(weight)) for value, _, weight in (each.rpartition(" ") for each in text.split("|")))


class CallStatus(NamedTuple):
    """A status: its weight among leads that were called, and the fewest and most calls that lead to it."""

    code: str
    name: str
    weight: float
    reached: bool = False
    calls: tuple[int, int] = (1, 6)


NEW = CallStatus("NEW", "New Lead", 0, calls=(0, 0))

STATUSES: tuple[CallStatus, ...] = (
    CallStatus("NA", "No Answer AutoDial", 17, calls=(1, 14)),
    CallStatus("AA", "Answering Machine AutoDial", 9, calls=(1, 12)),
    CallStatus("A", "Answering Machine", 8, calls=(1, 12)),
    CallStatus("AM", "Answering Machine Sent to Message", 5, calls=(1, 9)),
    CallStatus("N", "No Answer", 6, calls=(1, 10)),
    CallStatus("B", "Busy", 4),
    CallStatus("NOCONT", "No Contact", 4, calls=(4, 15)),
    CallStatus("DC", "Disconnected Number", 5, calls=(1, 2)),
    CallStatus("HU", "Hang Up", 5, reached=True),
    CallStatus("NI", "Not Interested", 11, reached=True),
    CallStatus("CALLBK", "Call Back", 7, reached=True),
    CallStatus("CB", "Requested Callback", 4, reached=True),
    CallStatus("SALE", "Sale Made", 5, reached=True, calls=(1, 8)),
    CallStatus("XFER", "Call Transferred", 4, reached=True, calls=(1, 4)),
    CallStatus("DNC", "Do NOT Call", 4, reached=True, calls=(1, 11)),
    CallStatus("DNCL", "Do NOT Call Hopper Match", 1.2, calls=(1, 2)),
    CallStatus("DNCC", "Do NOT Call Campaign Match", 0.8, calls=(1, 2)),
    CallStatus("QDNC", "Queue Do NOT Call", 0.5, reached=True, calls=(1, 3)),
    CallStatus("INCALL", "Lead Being Called", 0.4),
)


class User(NamedTuple):
    """A user of the account, with the weight of his or her leads."""

    id: str
    name: str
    weight: float = 1

    @property
    def uid(self) -> str:
        return f"demo-user-{self.id}" if self.id != NO_USER.id else ""


NO_USER = User("0", "")
SYSTEM = User("666666", "System User")

_AGENTS = (
    "50021 Priya Nair 10|50022 Tom Brandt 9|50023 Marisol Vega 9|50027 Darnell Whitaker 8|50031 Chloe Lindqvist 7|"
    "50032 Omar Haddad 7|50038 Jane Kowalski 6|50040 Luis Ortega 6|50044 Grace Obi 5|50045 Zoë Ångström 4|50052 Wei Zhang 4|"
    "50058 Patrick O'Neill 3|50061 Hannah Stein 2"
)
AGENTS = tuple(User(text[:5], text[6:], weight) for text, weight in weighted(_AGENTS))
IMPORTER = User("50003", "Dana Supervisor")


class Campaign(NamedTuple):
    uid: str
    name: str


OUTBOUND = Campaign("demo-campaign-12", "Main Outbound")
REACTIVATION = Campaign("demo-campaign-14", "Reactivation")
MEDICARE = Campaign("demo-campaign-21", "Medicare AEP")
FAMILY = Campaign("demo-campaign-22", "Family Health")
AUTO = Campaign("demo-campaign-30", "Auto Renewals")
NO_CAMPAIGN = Campaign("", "")


class LeadList(NamedTuple):
    """A list: its campaign, its creator, and the name of its form (``FORMS``)."""

    id: str
    name: str
    campaign: Campaign
    creator: User
    form: str
    weight: float

    @property
    def uid(self) -> str:
        return f"demo-list-{self.id}"


LISTS: tuple[LeadList, ...] = (
    LeadList("2705", "API Lead Insert", OUTBOUND, SYSTEM, "whole", 16),
    LeadList("4107", "Spring Web Leads", OUTBOUND, IMPORTER, "whole", 14),
    LeadList("4110", "Health Quotes Live", FAMILY, SYSTEM, "whole", 12),
    LeadList("4120", "Aged Q1", REACTIVATION, IMPORTER, "names", 9),
    LeadList("4121", "Aged Q2", REACTIVATION, IMPORTER, "names", 7),
    LeadList("4126", "Turning 65", MEDICARE, SYSTEM, "whole", 10),
    LeadList("4131", "Medicare Mailers", MEDICARE, IMPORTER, "slots", 7),
    LeadList("4140", "Auto Comparison", AUTO, SYSTEM, "auto", 8),
    LeadList("4144", "Partner Co-Reg (Blue Heron)", FAMILY, SYSTEM, "slots", 5),
    LeadList("4150", "Referrals", OUTBOUND, AGENTS[0], "few", 4),
    LeadList("4155", "Walk-ins & Events", NO_CAMPAIGN, AGENTS[4], "few", 3),
    LeadList("4199", "Global DNC sweep", NO_CAMPAIGN, NO_USER, "none", 2),
)

_CARRIERS = (
    "VERIZON WIRELESS,mobile 24|T-MOBILE USA,mobile 22|AT&T MOBILITY,mobile 18|EXAMPLE WIRELESS,MOBILE 6|EXAMPLE TELCO,landline 7|"
    "FRONTIER COMMUNICATIONS,landline 4|COMCAST PHONE,Landline 5|BANDWIDTH.COM,voip 5|EXAMPLE VOICE,VOIP 2|, 7"
)
CARRIERS = tuple((name.split(","), weight) for name, weight in weighted(_CARRIERS))
"""Name and kind of line, in the mixed case that the API sends."""

PLANS = weighted(" 55|Gold PPO 9|Gold 6|Silver HMO 10|HMO Silver 3|Bronze Saver 8|Platinum Plus 3|Dental & Vision 5|null 1")
GRADES = weighted("A+ 10|A 18|B+ 15|B 22|C 20|D 8| 7")
SOLIDITY = weighted("tier-1 20|tier-2 30|tier-3 30| 20")
# No real insurer has one of these names.
INSURERS = ("Harbor Mutual", "Cedar Health", "Northlight Life", "Pinecrest", "Great Basin Casualty", "Bluewater Insurance")
PUBLISHERS = ("web-14", "web-22", "quote-desk", "blue-heron", "rate|finder", "radio_spring", "Söderström Media")
_COMPANIES = (
    'Okafor & Søn <Ltd>|Blue Heron Bakery LLC|Juniper & Vance, CPAs|The "Copper Kettle" Diner|Ridgeline Roofing|'
    "Sato Auto Body|Oak Street Dental|Lighthouse Day Care"
)
COMPANIES = tuple(_COMPANIES.split("|"))
REMARKS = (
    "call after 5pm\nask for Sam",
    "prefers Spanish",
    "wants a quote for two",
    "was sent the brochure | no answer since",
    "[bold]has a dog[/bold], ring twice",
    "spouse decides",
    "🙂 friendly, call again in spring",
)

NOTES: Weighted = (
    ("", 78),
    ("Left a message.", 4),
    ("Asked for a quote by email.", 3),
    ("Has coverage until the end of the year, call back in the fall.", 3),
    ("Spoke to spouse.\nBest time: after 6 pm.", 3),
    ('Said: "not now", try again | prefers text', 2),
    ("1) sent brochure\n2) no answer\n3) wrong number?", 2),
    ("Habla español – llamar por la mañana.", 2),
    ("Referred by a neighbor 👍", 1),
)

SLOT_KEYS = ("field_1", "field_2", "field_3", "field_11", "field_84", "field_101")
NAMED_KEYS = (
    *("member_id", "policy_number", "plan_sold", "household_income", "household_size", "currently_insured", "carrier_and_plan_1"),
    *("what_are_you_spending_with_that_carrier", "eligible_for_medicaid", "tobacco_use", "preferred_language"),
    *("std_company_name", "publisher_name", "last_viewed"),
)
AUTO_KEYS = ("vehicle_year", "vehicle_make", "current_insurer", "policy_renewal_date", "at_fault_accidents", "credit_rating")

ATTRIBUTES = (*SLOT_KEYS, *NAMED_KEYS, *AUTO_KEYS)
FORMS: dict[str, tuple[str, ...]] = {
    "whole": (*SLOT_KEYS, *NAMED_KEYS),
    "names": NAMED_KEYS,
    "slots": (*SLOT_KEYS, "publisher_name"),
    "auto": (*AUTO_KEYS, "publisher_name", "field_1"),
    "few": ("publisher_name", "preferred_language"),
    "none": (),
}
"""The custom attributes that leads of a list have, by the name of its form."""
