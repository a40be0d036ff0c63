"""The invented account: its statuses, lists, campaigns, users and carriers, with their weights. Data only.

Codes and names of statuses, list 2705 and the system's user ids are those that the API's document and its samples show.
"""

from __future__ import annotations

from typing import NamedTuple


class Status(NamedTuple):
    """A status code, how often it is met among leads that were called, and how many calls led to it."""

    code: str
    name: str
    weight: float
    reached: bool = False
    """Whether somebody picked up."""
    calls: tuple[int, int] = (1, 6)


NEW = Status("NEW", "New Lead", 0, calls=(0, 0))

STATUSES: tuple[Status, ...] = (
    Status("NA", "No Answer AutoDial", 17, calls=(1, 14)),
    Status("AA", "Answering Machine AutoDial", 9, calls=(1, 12)),
    Status("A", "Answering Machine", 8, calls=(1, 12)),
    Status("AM", "Answering Machine Sent to Message", 5, calls=(1, 9)),
    Status("N", "No Answer", 6, calls=(1, 10)),
    Status("B", "Busy", 4),
    Status("NOCONT", "No Contact", 4, calls=(4, 15)),
    Status("DC", "Disconnected Number", 5, calls=(1, 2)),
    Status("HU", "Hang Up", 5, reached=True),
    Status("NI", "Not Interested", 11, reached=True),
    Status("CALLBK", "Call Back", 7, reached=True),
    Status("CB", "Requested Callback", 4, reached=True),
    Status("SALE", "Sale Made", 5, reached=True, calls=(1, 8)),
    Status("XFER", "Call Transferred", 4, reached=True, calls=(1, 4)),
    Status("DNC", "Do NOT Call", 4, reached=True, calls=(1, 11)),
    Status("DNCL", "Do NOT Call Hopper Match", 1.2, calls=(1, 2)),
    Status("DNCC", "Do NOT Call Campaign Match", 0.8, calls=(1, 2)),
    Status("QDNC", "Queue Do NOT Call", 0.5, reached=True, calls=(1, 3)),
    Status("INCALL", "Lead Being Called", 0.4),
)


class User(NamedTuple):
    """Somebody who works in the account, and the weight of his or her leads."""

    id: str
    name: str
    weight: float = 1

    @property
    def uid(self) -> str:
        """The unique id, as it stands beside the number."""
        return f"demo-user-{self.id}" if self.id != NOBODY.id else ""


NOBODY = User("0", "")
SYSTEM = User("666666", "System User")

AGENTS: tuple[User, ...] = (
    User("50021", "Priya Nair", 10),
    User("50022", "Tom Brandt", 9),
    User("50023", "Marisol Vega", 9),
    User("50027", "Darnell Whitaker", 8),
    User("50031", "Chloe Lindqvist", 7),
    User("50032", "Omar Haddad", 7),
    User("50038", "Jane Kowalski", 6),
    User("50040", "Luis Ortega", 6),
    User("50044", "Grace Obi", 5),
    User("50045", "Zoë Ångström", 4),
    User("50052", "Wei Zhang", 4),
    User("50058", "Patrick O'Neill", 3),
    User("50061", "Hannah Stein", 2),
)
IMPORTER = User("50003", "Dana Supervisor")


class Campaign(NamedTuple):
    """What a list is called for."""

    uid: str
    name: str


OUTBOUND = Campaign("demo-campaign-12", "Main Outbound")
REACTIVATION = Campaign("demo-campaign-14", "Reactivation")
MEDICARE = Campaign("demo-campaign-21", "Medicare AEP")
FAMILY = Campaign("demo-campaign-22", "Family Health")
AUTO = Campaign("demo-campaign-30", "Auto Renewals")
NO_CAMPAIGN = Campaign("", "")


class LeadList(NamedTuple):
    """A list: its campaign, its creator, and which custom attributes its form asks for (``attributes.FORMS``)."""

    id: str
    name: str
    campaign: Campaign
    creator: User
    form: str
    weight: float

    @property
    def uid(self) -> str:
        """The unique id, as it stands beside the number."""
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
    LeadList("4199", "Global DNC sweep", NO_CAMPAIGN, NOBODY, "none", 2),
)

CARRIERS: tuple[tuple[tuple[str, str], float], ...] = (
    (("VERIZON WIRELESS", "mobile"), 24),
    (("T-MOBILE USA", "mobile"), 22),
    (("AT&T MOBILITY", "mobile"), 18),
    (("EXAMPLE WIRELESS", "MOBILE"), 6),
    (("EXAMPLE TELCO", "landline"), 7),
    (("FRONTIER COMMUNICATIONS", "landline"), 4),
    (("COMCAST PHONE", "Landline"), 5),
    (("BANDWIDTH.COM", "voip"), 5),
    (("EXAMPLE VOICE", "VOIP"), 2),
    (("", ""), 7),
)
"""Name and kind of line, in the mixed case that the API sends."""
