"""The custom attributes of the invented account: slots (``field_3``) and names (``plan_sold``), and which lists ask for which.

Their tables are facets like any other; what a list's form does not ask for is taken away again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from lead_tui.demo.facets import Row, dealt, dice

SLOTS_PERIOD, NAMED_PERIOD, AUTO_PERIOD = 263, 307, 131

PLANS: tuple[tuple[str, float], ...] = (
    ("", 55),
    ("Gold PPO", 9),
    ("Gold", 6),
    ("Silver HMO", 10),
    ("HMO Silver", 3),
    ("Bronze Saver", 8),
    ("Platinum Plus", 3),
    ("Dental & Vision", 5),
    ("null", 1),
)
GRADES: tuple[tuple[str, float], ...] = (("A+", 10), ("A", 18), ("B+", 15), ("B", 22), ("C", 20), ("D", 8), ("", 7))
SOLIDITY: tuple[tuple[str, float], ...] = (("tier-1", 20), ("tier-2", 30), ("tier-3", 30), ("", 20))
# Invented insurers: no real one's customers are meant.
INSURERS = ("Harbor Mutual", "Cedar Health", "Northlight Life", "Pinecrest", "Great Basin Casualty", "Bluewater Insurance")
PUBLISHERS = ("web-14", "web-22", "quote-desk", "blue-heron", "rate|finder", "radio_spring", "Söderström Media")
COMPANIES = (
    "Okafor & Søn <Ltd>",
    "Blue Heron Bakery LLC",
    "Juniper & Vance, CPAs",
    'The "Copper Kettle" Diner',
    "Ridgeline Roofing",
    "Sato Auto Body",
    "Oak Street Dental",
    "Lighthouse Day Care",
)
REMARKS = (
    "call after 5pm\nask for Sam",
    "prefers Spanish",
    "wants a quote for two",
    "was sent the brochure | no answer since",
    "[bold]has a dog[/bold], ring twice",
    "spouse decides",
    "🙂 friendly, call again in spring",
)

NOTES: tuple[tuple[str, float], ...] = (
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
    "member_id",
    "Member_ID",
    "plan_sold",
    "household_income",
    "household_size",
    "currently_insured",
    "carrier_and_plan_1",
    "what_are_you_spending_with_that_carrier",
    "eligible_for_medicaid",
    "tobacco_use",
    "preferred_language",
    "std_company_name",
    "publisher_name",
    "last_viewed",
)
AUTO_KEYS = ("vehicle_year", "vehicle_make", "current_insurer", "policy_renewal_date", "at_fault_accidents", "credit_rating")
FEW_KEYS = ("publisher_name", "preferred_language")

FORMS: dict[str, tuple[str, ...]] = {
    "whole": (*SLOT_KEYS, *NAMED_KEYS),
    "names": NAMED_KEYS,
    "slots": (*SLOT_KEYS, "publisher_name"),
    "auto": (*AUTO_KEYS, "publisher_name", "field_1"),
    "few": FEW_KEYS,
    "none": (),
}
"""The attributes of the leads of a list, by the name of its form."""


def hidden_by(form: str) -> Row:
    """What takes away the attributes that *form* does not ask for."""
    return {key: None for key in (*SLOT_KEYS, *NAMED_KEYS, *AUTO_KEYS) if key not in FORMS[form]}


def _some(chance: Random, values: Sequence[str], blank: float) -> str:
    return "" if chance.random() < blank else chance.choice(values)


def _day(chance: Random, today: date, first: int, last: int) -> str:
    return (today + timedelta(days=chance.randint(first, last))).isoformat()


def slot_rows(today: date) -> list[Row]:
    """The attributes of an account that has slots."""
    chance = dice("slots")
    solidity, grades = dealt("solidity", SLOTS_PERIOD, SOLIDITY), dealt("grades", SLOTS_PERIOD, GRADES)
    return [
        {
            "field_1": chance.choice(("Gold", "Silver", "Bronze")),
            "field_2": solidity[residue],
            "field_3": grades[residue],
            "field_11": _day(chance, today, -200, 90) if chance.random() > 0.2 else "0000-00-00",
            "field_84": f"{chance.randint(0, 90_000) / 100:.2f}" if chance.random() > 0.4 else "0.00",
            "field_101": _some(chance, REMARKS, 0.5),
        }
        for residue in range(SLOTS_PERIOD)
    ]


def named_rows(today: date) -> list[Row]:
    """The attributes of an account that names them; ``member_id`` and ``Member_ID`` are two."""
    chance = dice("names")
    plans = dealt("plans", NAMED_PERIOD, PLANS)
    rows: list[Row] = []
    for residue in range(NAMED_PERIOD):
        insured = chance.choice(("Yes", "No", ""))
        rows.append(
            {
                "member_id": f"{chance.randint(10_000_000, 99_999_999)}" if chance.random() > 0.5 else "",
                "Member_ID": f"QX-{chance.randint(1, 9999):04}" if chance.random() > 0.4 else "",
                "plan_sold": plans[residue],
                "household_income": f"{chance.randint(18, 160) * 500}.00" if chance.random() > 0.25 else "0.00",
                "household_size": str(chance.randint(1, 6)),
                "currently_insured": insured,
                "carrier_and_plan_1": f"{chance.choice(INSURERS)} / {chance.choice(PLANS[1:-1])[0]}" if insured == "Yes" else "",
                "what_are_you_spending_with_that_carrier": f"{chance.randint(80, 900)}.{chance.choice(('00', '25', '50'))}"
                if insured == "Yes"
                else "",
                "eligible_for_medicaid": chance.choice(("No", "No", "Yes", "")),
                "tobacco_use": chance.choice(("N", "N", "N", "Y", "")),
                "preferred_language": chance.choice(("English", "English", "English", "Español", "中文", "Tiếng Việt", "")),
                "std_company_name": _some(chance, COMPANIES, 0.6),
                "publisher_name": chance.choice(PUBLISHERS),
                "last_viewed": f"{_day(chance, today, -60, -1)} {chance.randint(8, 20):02}:{chance.randint(0, 59):02}:00",
            }
        )
    return rows


def auto_rows(today: date) -> list[Row]:
    """What only the list about cars asks."""
    chance = dice("auto")
    return [
        {
            "vehicle_year": str(chance.randint(2004, 2024)),
            "vehicle_make": chance.choice(("Sedan", "Hatchback", "Pickup", "Minivan", "SUV", "Convertible")),
            "current_insurer": _some(chance, INSURERS, 0.3),
            "policy_renewal_date": _day(chance, today, 1, 330),
            "at_fault_accidents": chance.choice(("0", "0", "0", "1", "2")),
            "credit_rating": chance.choice(("excellent", "good", "fair", "")),
        }
        for _ in range(AUTO_PERIOD)
    ]
