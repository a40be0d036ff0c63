"""What the demo account contains: statuses, users and lists; people, with their cities; odd records; values and weights. Data only.

Codes and names of statuses, list 2705 and the system's user id are from the API's documentation and its samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

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

CAMPAIGNS = {"12": "Main Outbound", "14": "Reactivation", "21": "Medicare AEP", "22": "Family Health", "30": "Auto Renewals"}
"""Names of campaigns by id."""


SLOT_KEYS = ("field_1", "field_2", "field_3", "field_11", "field_84", "field_101")
NAMED_KEYS = (
    *("member_id", "policy_number", "plan_sold", "household_income", "carrier_and_plan_1", "preferred_language"),
    *("std_company_name", "publisher_name", "last_viewed"),
)
ATTRIBUTES = (*SLOT_KEYS, *NAMED_KEYS)
_FEW = ("publisher_name", "preferred_language")


class LeadList(NamedTuple):
    """A list: the id of its campaign, "" for none, its creator, and the custom attributes that its leads have."""

    id: str
    name: str
    campaign: str
    creator: User
    attributes: tuple[str, ...]
    weight: float

    @property
    def uid(self) -> str:
        return f"demo-list-{self.id}"


LISTS: tuple[LeadList, ...] = (
    LeadList("2705", "API Lead Insert", "12", SYSTEM, ATTRIBUTES, 16),
    LeadList("4107", "Spring Web Leads", "12", IMPORTER, ATTRIBUTES, 14),
    LeadList("4110", "Health Quotes Live", "22", SYSTEM, ATTRIBUTES, 12),
    LeadList("4120", "Aged Q1", "14", IMPORTER, NAMED_KEYS, 9),
    LeadList("4121", "Aged Q2", "14", IMPORTER, NAMED_KEYS, 7),
    LeadList("4126", "Turning 65", "21", SYSTEM, ATTRIBUTES, 10),
    LeadList("4131", "Medicare Mailers", "21", IMPORTER, SLOT_KEYS, 7),
    LeadList("4140", "Auto Comparison", "30", SYSTEM, SLOT_KEYS, 8),
    LeadList("4144", "Partner Co-Reg (Blue Heron)", "22", SYSTEM, SLOT_KEYS, 5),
    LeadList("4150", "Referrals", "12", AGENTS[0], _FEW, 4),
    LeadList("4155", "Walk-ins & Events", "", AGENTS[4], _FEW, 3),
    LeadList("4199", "Global DNC sweep", "", NO_USER, (), 2),
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
COMPANIES = ("Okafor & Søn <Ltd>", "Blue Heron Bakery LLC", "Juniper & Vance, CPAs", 'The "Copper Kettle" Diner')
REMARKS = (
    "call after 5pm\nask for Sam",
    "prefers Spanish",
    "[bold]has a dog[/bold], ring twice",
    "🙂 friendly, call again in spring",
)
NOTES: Weighted = (
    ("", 78),
    ("Left a message.", 9),
    ("Spoke to spouse.\nBest time: after 6 pm.", 6),
    ('Said: "not now", try again | prefers text', 4),
    ("Habla español – llamar por la mañana.", 3),
)

# People

_WOMEN: Final = (
    "Abigail Adriana Aisha Alice Amara Ana Angela Annika Beatriz Brenda Camila Carol Chloe Denise Dorothy Elena Emily Esther "
    "Fatima Fiona Gloria Grace Hannah Helen Ingrid Isabella Jane Jasmine Joy Julia Karen Katarzyna Keiko Latoya Laura Leila "
    "Linda Lucía Maja María Mei Mercedes Michelle Nadia Nancy Nora Ola Olivia Patricia Priya Renée Rosa Sandra Sofía Susan "
    "Tamika Teresa Thảo Victoria Wanda Ximena Yolanda Yuki Zoë"
)
_MEN: Final = (
    "Aaron Ahmed Albert Alejandro Amir Andrés Anthony Arjun Benjamin Boris Brian Carlos Charles Chen Clarence Daniel Darnell "
    "David DeShawn Diego Dmitri Earl Eduardo Emeka Eric Ethan Felix Frank George Giovanni Hassan Hector Hiroshi Hugo Ibrahim "
    "Jack Jamal James Jerome Jesús Joe John José Kareem Kenji Kevin Kwame Lars Luis Marcus Martín Michael Miguel Mohammed "
    "Nathan Oscar Patrick Rafael Rajesh Raúl Robert Samuel Sergei Søren Thomas Tyrone Vijay Walter Wei William Xavier Yusuf"
)
_OTHERS: Final = "Alex Casey Charlie Jamie Jordan Kai Morgan Quinn Riley Robin Sam Taylor"
FIRST_NAMES: Final = (
    *(((name, gender), 1.0) for names, gender in ((_WOMEN, "F"), (_MEN, "M"), (_OTHERS, "U")) for name in names.split()),
    *(((name, ""), 3.0) for name in ("Dana", "Kim", "Robin")),
)
"""Name and gender, and the weight."""

_LAST_NAMES: Final = (
    "Abbott Acosta Adeyemi Aguilar Ahmed Alvarez Andersen Armstrong Bailey Banerjee Barnes Bauer Bergström Bianchi Boateng "
    "Brandt Brooks Brown Burke Campbell Castillo Chang Chen Clarke Cohen Collins Crawford Cruz Dahl Davis De-La-Cruz Desai "
    "Diaz Dixon Dlamini Donovan Dubois Edwards Engström Espinoza Evans Farouk Fernández Fischer Fitzgerald Foster Gallagher "
    "Garcia Gibson Goldberg Gonzalez Graham Greene Gupta Haddad Hall Hamilton Hansen Harris Hernandez Hoang Hughes Ibarra "
    "Ishikawa Ivanov Jackson Jensen Jiménez Johnson Jones Kaplan Kaur Kelly Kennedy Khan Kim Kowalski Kumar Larsen Le Lee Li "
    "Lindqvist Lombardi Lopez MacDonald Mahmoud Marino Martinez Mbeki McAllister Mehta Miller Mitchell Moreno Morgan Müller "
    "Murphy Nakamura Navarro Nguyen Novak Núñez Nwosu O'Brien O'Neill Obi Okafor Ortega Osei Papadopoulos Park Patel Peña "
    "Petrov Pham Popescu Porter Public Quinn Ramirez Reed Reyes Rivera Roberts Romano Rossi Ruiz Ryan Sanchez Santos Sato "
    "Schmidt Scott Shah Sharma Silva Singh Smith Sokolov Stein Stone Suárez Sullivan Suzuki Tanaka Taylor Thompson Torres "
    "Tran Turner Vargas Wagner Walker Wang Warren Washington Webb White Williams Wójcik Wong Yamamoto Yildiz Young Zhang"
)
LAST_NAMES: Final = tuple((name.replace("De-La-", "De La "), 1.0) for name in _LAST_NAMES.split())

STREETS: Final = (
    *("Oak St", "Maple Ave", "Cedar Ln", "Juniper Ct", "Main St", "2nd Ave", "Lake Shore Dr", "River Rd", "W Grand Ave"),
    *("County Road 14", "Camino del Sol", "Calle de la Rosa", "Sample St"),
)
SECOND_LINES: Final = weighted(
    " 80|Apt 2 4|Apt 4B 4|Unit 7 3|Suite 210 3|# 5 2|2nd floor 1.5|c/o Blue Heron Bakery 1|PO Box 114 1|null 0.5"
)

ODD_PEOPLE: Final[tuple[Mapping[str, str], ...]] = (
    {"first_name": "", "last_name": ""},
    {"first_name": "小明", "last_name": "王"},
    {"first_name": "さくら", "last_name": "佐藤"},
    {"first_name": "محمد", "last_name": "العلي"},
    {"first_name": "민준", "last_name": "김"},
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
)
"""Replacements for ordinary names, which tables and terminals get wrong: empty, wide, right to left, combining, markup, control
characters, long.
"""

NEVER: Final = "0000-00-00 00:00:00"

ODD_RECORDS: Final[tuple[Mapping[str, object], ...]] = (
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
"""Values that replace those of some leads, as web forms and imports leave them. None removes a key."""


class City(NamedTuple):
    """A city. *postal* are the codes to choose from."""

    city: str
    state: str
    province: str
    country: str
    phone_code: str
    postal: tuple[str, ...]
    areas: tuple[str, ...]
    weight: float


# City, state, first postal code and how many follow it, area codes, weight. In a state with two zones, the cities are in the first
# one of ``local_time.STATES``.
_USA: Final = (
    "New York NY 10001+40 212,646,917 9|Brooklyn NY 11201+39 718,347 5|Buffalo NY 14201+28 716 2|Rochester NY 14604+17 585 2|"
    "Albany NY 12202+10 518 1|Newark NJ 07102+7 973 2|Jersey City NJ 07302+9 201 2|Philadelphia PA 19102+50 215,267 5|"
    "Pittsburgh PA 15201+38 412 2|Boston MA 02108+26 617 4|Worcester MA 01602+9 508 1|Providence RI 02903+7 401 1|"
    "Hartford CT 06103+17 860 1|Portland ME 04101+3 207 1|Manchester NH 03101+4 603 1|Burlington VT 05401+1 802 1|"
    "Baltimore MD 21201+31 410,443 3|Rockville MD 20850+5 301 2|Silver Spring MD 20901+6 301 2|Washington DC 20001+20 202 3|"
    "Wilmington DE 19801+10 302 1|Richmond VA 23219+12 804 2|Virginia Beach VA 23451+12 757 2|Charleston WV 25301+14 304 1|"
    "Charlotte NC 28202+15 704 3|Raleigh NC 27601+16 919 2|Columbia SC 29201+10 803 2|Atlanta GA 30303+16 404,678 5|"
    "Savannah GA 31401+10 912 1|Jacksonville FL 32202+25 904 3|Miami FL 33125+61 305,786 6|Orlando FL 32801+20 407 4|"
    "Tampa FL 33602+17 813 4|Louisville KY 40202+20 502 2|Columbus OH 43201+30 614 3|Cleveland OH 44102+30 216 2|"
    "Cincinnati OH 45202+30 513 2|Detroit MI 48201+36 313 3|Grand Rapids MI 49503+5 616 1|Indianapolis IN 46201+40 317 3|"
    "Birmingham AL 35203+20 205 2|Knoxville TN 37902+18 865 3|Chattanooga TN 37402+20 423 2|Chicago IL 60601+60 312,773,872 7|"
    "Springfield IL 62701+4 217 1|Milwaukee WI 53202+24 414 2|Madison WI 53703+3 608 1|Minneapolis MN 55401+19 612 2|"
    "St. Paul MN 55101+19 651 1|Des Moines IA 50309+12 515 1|St. Louis MO 63101+39 314 2|Kansas City MO 64105+34 816 2|"
    "Omaha NE 68102+32 402 1|Wichita KS 67202+19 316 1|Oklahoma City OK 73102+35 405 2|Tulsa OK 74103+15 918 1|"
    "Little Rock AR 72201+11 501 1|New Orleans LA 70112+19 504 2|Baton Rouge LA 70801+16 225 1|Jackson MS 39201+12 601 1|"
    "Houston TX 77002+90 713,281,832 8|Dallas TX 75201+53 214,972,469 6|San Antonio TX 78201+60 210 4|Austin TX 78701+58 512 3|"
    "Fargo ND 58102+3 701 1|Sioux Falls SD 57103+8 605 1|Arlington TX 76001+36 817 2|Albuquerque NM 87102+21 505 2|"
    "Denver CO 80202+38 303,720 3|Colorado Springs CO 80903+18 719 1|Salt Lake City UT 84101+24 801 2|"
    "Lewiston ID 83501+14 208 1|Billings MT 59101+5 406 1|Cheyenne WY 82001+9 307 1|Phoenix AZ 85003+48 602,480 5|"
    "Tucson AZ 85701+50 520 2|Las Vegas NV 89101+49 702 4|Reno NV 89501+10 775 1|Los Angeles CA 90001+68 213,323,818,310 12|"
    "San Diego CA 92101+54 619,858 5|San Jose CA 95110+30 408 3|San Francisco CA 94102+32 415 4|Oakland CA 94601+11 510 2|"
    "Sacramento CA 95811+23 916 3|Fresno CA 93701+27 559 2|Long Beach CA 90802+13 562 2|Bakersfield CA 93301+13 661 1|"
    "Riverside CA 92501+8 951 2|Portland OR 97201+33 503 3|Eugene OR 97401+4 541 1|Seattle WA 98101+20 206 4|"
    "Spokane WA 99201+8 509 1|Tacoma WA 98402+7 253 1|Anchorage AK 99501+8 907 1|Honolulu HI 96813+10 808 2|"
    "San Juan PR 00907+20 787 2"
)

# India's numbers begin with 155 here: no subscriber's number does.
_ABROAD: Final[tuple[City, ...]] = (
    City("Toronto", "ON", "Ontario", "CA", "1", ("M5V 2T6", "M4C 1B5", "M6G 3A1"), ("416", "647"), 2),
    City("Montréal", "QC", "Québec", "CA", "1", ("H2X 1Y4", "H3A 2B2"), ("514",), 1.5),
    City("Winnipeg", "MB", "Manitoba", "CA", "1", ("R3C 1A5",), ("204",), 1),
    City("Calgary", "AB", "Alberta", "CA", "1", ("T2P 1J9", "T3A 5K8"), ("403",), 1),
    City("Vancouver", "BC", "British Columbia", "CA", "1", ("V6B 1A1", "V5K 0A4"), ("604",), 1.5),
    City("Halifax", "NS", "Nova Scotia", "CA", "1", ("B3H 4R2",), ("902",), 1),
    City("St. John's", "NL", "Newfoundland and Labrador", "CA", "1", ("A1C 5M3",), ("709",), 1),
    City("Bengaluru", "", "Karnataka", "IN", "91", ("560001", "560034", "560102"), ("155",), 1),
    City("Pune", "", "Maharashtra", "IN", "91", ("411001", "411038"), ("155",), 1),
)


def _city(text: str) -> City:
    city, state, postal, areas, weight = text.rsplit(" ", 4)
    first, _, count = postal.partition("+")
    codes = tuple(f"{int(first) + step:05}" for step in range(int(count)))
    return City(city, state, "", "US", "1", codes, tuple(areas.split(",")), float(weight))


CITIES: Final = (*map(_city, _USA.split("|")), *_ABROAD)
