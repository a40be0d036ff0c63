"""What the demo account contains: statuses, users and lists; people, with their cities; odd records. Data only.

Codes and names of statuses, list 2705 and the system's user id are from the API's documentation and its samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class CallStatus(NamedTuple):
    """A status: its weight, and the most calls that lead to it, 0 if none did."""

    code: str
    name: str
    weight: int
    calls: int
    reached: bool = False


STATUSES: tuple[CallStatus, ...] = (
    CallStatus("NEW", "New Lead", 35, 0),
    CallStatus("NA", "No Answer AutoDial", 17, 14),
    CallStatus("AA", "Answering Machine AutoDial", 9, 12),
    CallStatus("A", "Answering Machine", 8, 12),
    CallStatus("N", "No Answer", 6, 10),
    CallStatus("B", "Busy", 4, 6),
    CallStatus("DC", "Disconnected Number", 5, 2),
    CallStatus("NI", "Not Interested", 11, 6, reached=True),
    CallStatus("CALLBK", "Call Back", 7, 6, reached=True),
    CallStatus("SALE", "Sale Made", 5, 8, reached=True),
    CallStatus("XFER", "Call Transferred", 4, 4, reached=True),
    CallStatus("DNC", "Do NOT Call", 4, 11, reached=True),
    CallStatus("DNCL", "Do NOT Call Hopper Match", 1, 2),
    CallStatus("INCALL", "Lead Being Called", 1, 6),
)


class User(NamedTuple):
    """A user of the account."""

    id: str
    name: str


NO_USER = User("0", "")
SYSTEM = User("666666", "System User")
_AGENTS = "Priya Nair", "Tom Brandt", "Marisol Vega", "Darnell Whitaker", "Chloe Lindqvist", "Zoë Ångström", "Patrick O'Neill"
AGENTS = tuple(User(str(number), name) for number, name in enumerate(_AGENTS, 50021))
IMPORTER = User("50003", "Dana Supervisor")

CAMPAIGNS = {"12": "Main Outbound", "14": "Reactivation", "22": "Family Health", "30": "Auto Renewals"}
"""Names of campaigns by id."""

SLOT_KEYS = ("field_1", "field_2", "field_3", "field_11", "field_84", "field_101")
NAMED_KEYS = (
    "member_id", "policy_number", "plan_sold", "household_income", "carrier_and_plan_1", "preferred_language", "std_company_name",
    "publisher_name", "last_viewed",
)  # fmt: skip
ATTRIBUTES = (*SLOT_KEYS, *NAMED_KEYS)


class LeadList(NamedTuple):
    """A list: the id of its campaign, "" for none, its creator, and the custom attributes that its leads have."""

    id: str
    name: str
    campaign: str
    creator: User
    attributes: tuple[str, ...] = ATTRIBUTES


LISTS: tuple[LeadList, ...] = (
    LeadList("2705", "API Lead Insert", "12", SYSTEM),
    LeadList("4107", "Spring Web Leads", "12", IMPORTER),
    LeadList("4110", "Health Quotes Live", "22", SYSTEM),
    LeadList("4126", "Turning 65", "22", SYSTEM),
    LeadList("4120", "Aged Q1", "14", IMPORTER, NAMED_KEYS),
    LeadList("4140", "Auto Comparison", "30", SYSTEM, SLOT_KEYS),
    LeadList("4155", "Walk-ins & Events", "", AGENTS[4], ("publisher_name", "preferred_language")),
)

CARRIERS = (
    ("VERIZON WIRELESS", "mobile"), ("T-MOBILE USA", "mobile"), ("AT&T MOBILITY", "mobile"), ("EXAMPLE WIRELESS", "MOBILE"),
    ("EXAMPLE TELCO", "landline"), ("COMCAST PHONE", "Landline"), ("BANDWIDTH.COM", "voip"), ("", ""),
)  # fmt: skip
"""Name and kind of line, in the mixed case that the API sends."""

PLANS = ("", "", "", "", "", "Gold PPO", "Gold", "Silver HMO", "Bronze Saver", "Dental & Vision")
GRADES = ("A+", "A", "B+", "B", "C", "D", "")
SOLIDITY = ("tier-1", "tier-2", "tier-3", "")
# No real insurer has one of these names.
INSURERS = ("Harbor Mutual", "Cedar Health", "Northlight Life", "Pinecrest", "Great Basin Casualty", "Bluewater Insurance")
PUBLISHERS = ("web-14", "web-22", "quote-desk", "blue-heron", "rate|finder", "radio_spring", "Söderström Media")
COMPANIES = ("", "", "", "Okafor & Søn <Ltd>", "Blue Heron Bakery LLC", 'The "Copper Kettle" Diner')
REMARKS = ("", "", "call after 5pm\nask for Sam", "prefers Spanish", "[bold]has a dog[/bold], ring twice", "🙂 friendly")
NOTES = (
    "", "", "", "", "", "", "", "", "Left a message.", "Spoke to spouse.\nBest time: after 6 pm.",
    'Said: "not now", try again | prefers text', "Habla español – llamar por la mañana.",
)  # fmt: skip

NAMES_BY_GENDER: Final = {
    "F": (
        "Abigail Aisha Alice Angela Annika Beatriz Camila Carol Denise Emily Fatima Grace Hannah Ingrid Jane Joy Karen Keiko "
        "Latoya Laura Nancy Mei Michelle Lucía Olivia Priya Renée Rosa Susan Teresa Thảo Victoria Yolanda Zoë"
    ),
    "M": (
        "Aaron Lars Andrés Arjun Brian Carlos Charles Daniel Darnell David Dmitri Eric Frank George Hassan Hiroshi Jamal James "
        "Jesús John José Kevin Kwame Ahmed Luis Marcus Michael Miguel Patrick Robert Samuel Søren Thomas Tyrone William Xavier"
    ),
    "U": "Alex Casey Jordan Quinn Robin Taylor",
    "": "Dana Kim Robin",
}

LAST_NAMES: Final = (
    "Abbott Adeyemi Aguilar Alvarez Andersen Bailey Banerjee Bauer Bergström Smith Brooks Brown Campbell Castillo Chen Cohen "
    "Cruz Davis Desai Diaz Dlamini Dubois Edwards Espinoza Evans Fernández Fischer Foster Garcia Goldberg Gonzalez Gupta "
    "Haddad Hansen Harris Hernandez Hughes Ivanov Jackson Jiménez Johnson Jones Kaur Kelly Khan Kim Kowalski Kumar Larsen Lee "
    "Lopez MacDonald Martinez Mbeki Miller Moreno Müller Murphy Nakamura Nguyen Novak Núñez Patel O'Neill Okafor Ortega "
    "Papadopoulos Park O'Brien Peña Petrov Public Quinn Ramirez Reyes Rossi Ruiz Santos Sato Shah Silva Singh Bianchi Stone "
    "Sullivan Tanaka Taylor Torres Tran Vargas Walker Wang Washington Williams Wójcik Wong Yamamoto Yildiz Young Zhang"
)

STREETS: Final = (
    "Oak St", "Maple Ave", "Cedar Ln", "Juniper Ct", "Main St", "2nd Ave", "Lake Shore Dr", "River Rd", "W Grand Ave",
    "County Road 14", "Camino del Sol", "Calle de la Rosa", "Sample St",
)  # fmt: skip
SECOND_LINES: Final = ("", "", "", "", "", "", "Apt 2", "Apt 4B", "Suite 210", "# 5", "c/o Blue Heron Bakery")

NEVER: Final = "0000-00-00 00:00:00"

ODD_RECORDS: Final[tuple[Mapping[str, object], ...]] = (
    {"first_name": "", "last_name": ""},
    {"first_name": "小明", "last_name": "王"},
    {"first_name": "محمد", "last_name": "العلي"},
    {"first_name": "Ana 👍🏽", "last_name": "Peña"},
    {"first_name": "", "last_name": "Whitlock"},
    {"first_name": "Marguerite", "last_name": ""},
    {"first_name": "Zoe\u0308", "last_name": "Nguye\u0302\u0303n"},
    {"first_name": "[b]Bob[/b]", "last_name": "[link=x]Tables"},
    {"first_name": "null", "last_name": "null", "gender": ""},
    {"first_name": "प्रिया", "last_name": "शर्मा"},
    {"first_name": "👩\u200d👩\u200d👧 The", "last_name": "Ferraro Family"},
    {"first_name": "Hubert", "last_name": "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley"},
    {"first_name": "Bobby\r\n", "last_name": "Line\tBreak"},
    {"gmt_offset_now": "", "locale_gmt": ""},
    {"gmt_offset_now": None},
    {"gmt_offset_now": "0.00", "locale_gmt": "0.00"},
    {"created_at": NEVER, "updated_at": NEVER, "modified_at": NEVER, "last_called": NEVER, "first_contacted_at": NEVER},
    {"last_called": "2015-01-29T14:09:57-0800", "date_of_birth": "0000-00-00"},
    {"city": "null", "address2": "null", "owner_name": "null", "plan_sold": "null", "carrier_name": "null"},
    {"email": None, "gender": None, "province": None, "address2": None, "notes": None, "user_id": None, "user_name": None},
    {
        "notes": '|"System Call Re-disp by JS RD: 2026-03-01 11:56:41 NOCONT" [b]not markup[/b]\n'
        "Ask for 'Sam' (2nd floor)\r\n\r\nback | soon [@click=app.quit]press me[/] [/nope] [red]$HOME `id` '; rm x[/red]"
    },
    {
        "notes": "مرحبا بك \u202eright to left\u202c · 你好，世界 · 👩\u200d🚒🏽 · e\u0301\u0301\u0301\u0301\u0301\n"
        "\u200bzero width · bell \x07, escape \x1b[31mred\x1b[0m, nul \x00, title \x1b]0;owned\x07, C1 \x9b5n"
    },
    {"consents": [{"kind": "sms", "given": True}, {"kind": "call", "given": False}], "field_3": "A+"},
    {"extra_block": {"score": 71, "tags": ["hot", "es"]}, "field_101": "Long answer: " + "lorem ipsum [bold]dolor[/bold] 🎉 " * 70},
    {"What's your plan?": "Family", "[bold]key[/bold]": "[i]value[/i]", "key with\nbreak": "x"},
    {"status": "MYSTERY", "status_name": "", "called_count": "", "called_since_last_reset": ""},
    {"list_id": "0", "directory_uid": "", "directory_name": "", "source_name": "A list\nthat was deleted", "campaign_name": "null"},
)
"""Values that replace those of some leads: as forms and imports leave them, or wrong in many tables and terminals, such as wide,
combining and control characters. None removes a key."""


class City(NamedTuple):
    """A city. In a state with two zones, it is in the first one of ``local_time.STATES``."""

    city: str
    state: str
    postal_code: str
    areas: str  # area codes, with commas
    province: str = ""
    country: str = "US"
    phone_code: str = "1"


# India's numbers begin with 155 here: no subscriber's number does.
CITIES: Final = (
    City("New York", "NY", "10001", "212,646,917"),
    City("Philadelphia", "PA", "19102", "215,267"),
    City("Boston", "MA", "02108", "617"),
    City("Rockville", "MD", "20850", "301"),
    City("Atlanta", "GA", "30303", "404,678"),
    City("Miami", "FL", "33125", "305,786"),
    City("Columbus", "OH", "43201", "614"),
    City("Detroit", "MI", "48201", "313"),
    City("Chicago", "IL", "60601", "312,773,872"),
    City("New Orleans", "LA", "70112", "504"),
    City("Houston", "TX", "77002", "713,281,832"),
    City("Dallas", "TX", "75201", "214,972"),
    City("Denver", "CO", "80202", "303,720"),
    City("Phoenix", "AZ", "85003", "602,480"),
    City("Las Vegas", "NV", "89101", "702"),
    City("Los Angeles", "CA", "90001", "213,323,818,310"),
    City("San Diego", "CA", "92101", "619,858"),
    City("San Francisco", "CA", "94102", "415"),
    City("Eugene", "OR", "97401", "541"),
    City("Seattle", "WA", "98101", "206"),
    City("Anchorage", "AK", "99501", "907"),
    City("Honolulu", "HI", "96813", "808"),
    City("Toronto", "ON", "M5V 2T6", "416,647", "Ontario", "CA"),
    City("Montréal", "QC", "H2X 1Y4", "514", "Québec", "CA"),
    City("Vancouver", "BC", "V6B 1A1", "604", "British Columbia", "CA"),
    City("St. John's", "NL", "A1C 5M3", "709", "Newfoundland and Labrador", "CA"),
    City("Bengaluru", "", "560001", "155", "Karnataka", "IN", "91"),
)
