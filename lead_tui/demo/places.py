"""Where the demo's people live: cities with their states, area codes, postal codes and offsets from UTC."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple


class City(NamedTuple):
    """A city. *postal* holds the codes to choose from, *zone* a key of ``_ZONES``."""

    city: str
    state: str
    province: str
    country: str
    phone_code: str
    postal: tuple[str, ...]
    areas: tuple[str, ...]
    zone: str
    weight: float


_ZONES: dict[str, float] = {
    "eastern": -5,
    "central": -6,
    "mountain": -7,
    "arizona": -7,
    "pacific": -8,
    "alaska": -9,
    "hawaii": -10,
    "puerto rico": -4,
    "atlantic": -4,
    "newfoundland": -3.5,
    "manitoba": -6,
    "alberta": -7,
    "british columbia": -8,
    "india": 5.5,
}
"""Hours from UTC in winter."""

_WITHOUT_SUMMER_TIME = ("arizona", "hawaii", "puerto rico", "india")
_WITHOUT_WINTER_TIME, _LAST_CHANGE = ("manitoba", "alberta", "british columbia"), date(2026, 11, 1)
"""Where clocks no longer fall back, and since when."""

# City, state, first postal code and how many follow it, area codes, weight; the zone stands before its cities.
_USA = {
    "eastern": (
        "New York NY 10001+40 212,646,917 9|Brooklyn NY 11201+39 718,347 5|Buffalo NY 14201+28 716 2|Rochester NY 14604+17 585 2|"
        "Albany NY 12202+10 518 1|Newark NJ 07102+7 973 2|Jersey City NJ 07302+9 201 2|Philadelphia PA 19102+50 215,267 5|"
        "Pittsburgh PA 15201+38 412 2|Boston MA 02108+26 617 4|Worcester MA 01602+9 508 1|Providence RI 02903+7 401 1|"
        "Hartford CT 06103+17 860 1|Portland ME 04101+3 207 1|Manchester NH 03101+4 603 1|Burlington VT 05401+1 802 1|"
        "Baltimore MD 21201+31 410,443 3|Rockville MD 20850+5 301 2|Silver Spring MD 20901+6 301 2|Washington DC 20001+20 202 3|"
        "Wilmington DE 19801+10 302 1|Richmond VA 23219+12 804 2|Virginia Beach VA 23451+12 757 2|Charleston WV 25301+14 304 1|"
        "Charlotte NC 28202+15 704 3|Raleigh NC 27601+16 919 2|Columbia SC 29201+10 803 2|Atlanta GA 30303+16 404,678 5|"
        "Savannah GA 31401+10 912 1|Jacksonville FL 32202+25 904 3|Miami FL 33125+61 305,786 6|Orlando FL 32801+20 407 4|"
        "Tampa FL 33602+17 813 4|Louisville KY 40202+20 502 2|Columbus OH 43201+30 614 3|Cleveland OH 44102+30 216 2|"
        "Cincinnati OH 45202+30 513 2|Detroit MI 48201+36 313 3|Grand Rapids MI 49503+5 616 1|Indianapolis IN 46201+40 317 3"
    ),
    "central": (
        "Birmingham AL 35203+20 205 2|Nashville TN 37203+18 615 3|Memphis TN 38103+20 901 2|Chicago IL 60601+60 312,773,872 7|"
        "Springfield IL 62701+4 217 1|Milwaukee WI 53202+24 414 2|Madison WI 53703+3 608 1|Minneapolis MN 55401+19 612 2|"
        "St. Paul MN 55101+19 651 1|Des Moines IA 50309+12 515 1|St. Louis MO 63101+39 314 2|Kansas City MO 64105+34 816 2|"
        "Omaha NE 68102+32 402 1|Wichita KS 67202+19 316 1|Oklahoma City OK 73102+35 405 2|Tulsa OK 74103+15 918 1|"
        "Little Rock AR 72201+11 501 1|New Orleans LA 70112+19 504 2|Baton Rouge LA 70801+16 225 1|Jackson MS 39201+12 601 1|"
        "Houston TX 77002+90 713,281,832 8|Dallas TX 75201+53 214,972,469 6|San Antonio TX 78201+60 210 4|Austin TX 78701+58 512 3|"
        "Fargo ND 58102+3 701 1|Sioux Falls SD 57103+8 605 1"
    ),
    "mountain": (
        "El Paso TX 79901+36 915 2|Albuquerque NM 87102+21 505 2|Denver CO 80202+38 303,720 3|Colorado Springs CO 80903+18 719 1|"
        "Salt Lake City UT 84101+24 801 2|Boise ID 83702+14 208 1|Billings MT 59101+5 406 1|Cheyenne WY 82001+9 307 1"
    ),
    "arizona": "Phoenix AZ 85003+48 602,480 5|Tucson AZ 85701+50 520 2",
    "pacific": (
        "Las Vegas NV 89101+49 702 4|Reno NV 89501+10 775 1|Los Angeles CA 90001+68 213,323,818,310 12|"
        "San Diego CA 92101+54 619,858 5|San Jose CA 95110+30 408 3|San Francisco CA 94102+32 415 4|Oakland CA 94601+11 510 2|"
        "Sacramento CA 95811+23 916 3|"
        "Fresno CA 93701+27 559 2|Long Beach CA 90802+13 562 2|Bakersfield CA 93301+13 661 1|Riverside CA 92501+8 951 2|"
        "Portland OR 97201+33 503 3|Eugene OR 97401+4 541 1|Seattle WA 98101+20 206 4|Spokane WA 99201+8 509 1|"
        "Tacoma WA 98402+7 253 1"
    ),
    "alaska": "Anchorage AK 99501+8 907 1",
    "hawaii": "Honolulu HI 96813+10 808 2",
    "puerto rico": "San Juan PR 00907+20 787 2",
}

# India's numbers begin with 155 here: no subscriber's number does.
_ABROAD: tuple[City, ...] = (
    City("Toronto", "ON", "Ontario", "CA", "1", ("M5V 2T6", "M4C 1B5", "M6G 3A1"), ("416", "647"), "eastern", 2),
    City("Montréal", "QC", "Québec", "CA", "1", ("H2X 1Y4", "H3A 2B2"), ("514",), "eastern", 1.5),
    City("Winnipeg", "MB", "Manitoba", "CA", "1", ("R3C 1A5",), ("204",), "manitoba", 1),
    City("Calgary", "AB", "Alberta", "CA", "1", ("T2P 1J9", "T3A 5K8"), ("403",), "alberta", 1),
    City("Vancouver", "BC", "British Columbia", "CA", "1", ("V6B 1A1", "V5K 0A4"), ("604",), "british columbia", 1.5),
    City("Halifax", "NS", "Nova Scotia", "CA", "1", ("B3H 4R2",), ("902",), "atlantic", 1),
    City("St. John's", "NL", "Newfoundland and Labrador", "CA", "1", ("A1C 5M3",), ("709",), "newfoundland", 1),
    City("Bengaluru", "", "Karnataka", "IN", "91", ("560001", "560034", "560102"), ("155",), "india", 1),
    City("Pune", "", "Maharashtra", "IN", "91", ("411001", "411038"), ("155",), "india", 1),
)


def places() -> list[City]:
    """Return every place."""
    cities = []
    for zone, lines in _USA.items():
        for line in lines.split("|"):
            city, state, postal, areas, weight = line.rsplit(" ", 4)
            first, _, count = postal.partition("+")
            codes = tuple(f"{int(first) + step:05}" for step in range(int(count)))
            cities.append(City(city, state, "", "US", "1", codes, tuple(areas.split(",")), zone, float(weight)))
    return [*cities, *_ABROAD]


def offsets(zone: str, day: date) -> tuple[str, str]:
    """``locale_gmt`` and ``gmt_offset_now`` of *zone* on *day*: ``-8.00`` and ``-7.00``."""
    usual = _ZONES[zone] + (zone in _WITHOUT_WINTER_TIME and day >= _LAST_CHANGE)
    has_summer_time = usual == _ZONES[zone] and zone not in _WITHOUT_SUMMER_TIME
    is_summer = _sunday_from(date(day.year, 3, 8)) <= day < _sunday_from(date(day.year, 11, 1))
    return f"{usual:.2f}", f"{usual + (has_summer_time and is_summer):.2f}"


def _sunday_from(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())
