"""The documented fields of a lead, computed columns, labels, and the codes of states, genders and statuses.

Every other key of a lead is a custom attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto

from msgspec import Struct

from lead_tui.leads.text import fold, nearest


class Kind(Enum):
    """What a field's text means, which determines how it is formatted, sorted and compared."""

    TEXT = auto()
    ID = auto()  # a number that identifies something; ``0`` means none
    PHONE = auto()
    COUNT = auto()
    DATE = auto()
    DATE_TIME = auto()  # ``YYYY-MM-DD HH:MM:SS`` in the account's zone; zeros mean never
    YES_NO = auto()
    OFFSET = auto()  # decimal hours from UTC as text, ``-7.00``
    GENDER = auto()


class Field(Struct, frozen=True):
    """A documented key of a lead."""

    key: str
    label: str
    group: str
    kind: Kind = Kind.TEXT


PERSON, PHONES, ADDRESS, STATUS, OWNERSHIP, RECORD = "Person", "Phones", "Address", "Status and calls", "Ownership", "Record"
CUSTOM = "Custom attributes"

GROUPS = (PHONES, PERSON, ADDRESS, STATUS, CUSTOM, OWNERSHIP, RECORD)
"""The groups of fields, in the order in which the detail shows them."""

FIELDS: tuple[Field, ...] = (
    Field("first_name", "First name", PERSON),
    Field("last_name", "Last name", PERSON),
    Field("email", "Email", PERSON),
    Field("date_of_birth", "Date of birth", PERSON, Kind.DATE),
    Field("gender", "Gender", PERSON, Kind.GENDER),
    Field("notes", "Notes", PERSON),
    Field("phone_number", "Phone", PHONES, Kind.PHONE),
    Field("alt_phone_1", "Phone 2", PHONES, Kind.PHONE),
    Field("alt_phone_2", "Phone 3", PHONES, Kind.PHONE),
    Field("phone_code", "Country code", PHONES),
    Field("carrier_name", "Carrier", PHONES),
    Field("carrier_type", "Line type", PHONES),
    Field("gmt_offset_now", "Time zone now", PHONES, Kind.OFFSET),
    Field("locale_gmt", "Time zone", PHONES, Kind.OFFSET),
    Field("address1", "Address", ADDRESS),
    Field("address2", "Address 2", ADDRESS),
    Field("city", "City", ADDRESS),
    Field("state", "State", ADDRESS),
    Field("province", "Province", ADDRESS),
    Field("postal_code", "ZIP", ADDRESS),
    Field("country", "Country", ADDRESS),
    Field("status", "Status code", STATUS),
    Field("status_name", "Status", STATUS),
    Field("called_count", "Calls", STATUS, Kind.COUNT),
    Field("called_count_inbound", "Inbound calls", STATUS, Kind.COUNT),
    Field("called_since_last_reset", "Called since list reset", STATUS, Kind.YES_NO),
    Field("last_called", "Last call", STATUS, Kind.DATE_TIME),
    Field("is_contacted", "Contacted", STATUS, Kind.YES_NO),
    Field("first_contacted_at", "First contact", STATUS, Kind.DATE_TIME),
    Field("owner_name", "Owner", OWNERSHIP),
    Field("owner_id", "Owner id", OWNERSHIP, Kind.ID),
    Field("owner_uid", "Owner uid", OWNERSHIP),
    Field("user_name", "User", OWNERSHIP),
    Field("user_id", "User id", OWNERSHIP, Kind.ID),
    Field("user_uid", "User uid", OWNERSHIP),
    Field("campaign_name", "Campaign", OWNERSHIP),
    Field("campaign_uid", "Campaign uid", OWNERSHIP),
    Field("directory_name", "List", OWNERSHIP),
    Field("list_id", "List id", OWNERSHIP, Kind.ID),
    Field("directory_uid", "List uid", OWNERSHIP),
    Field("source_name", "Source", OWNERSHIP),
    Field("source_id", "Source id", OWNERSHIP, Kind.ID),
    Field("source_uid", "Source uid", OWNERSHIP),
    Field("lead_id", "Lead id", RECORD, Kind.ID),
    Field("id", "Id", RECORD, Kind.ID),
    Field("created_at", "Created", RECORD, Kind.DATE_TIME),
    Field("created_by_user_name", "Created by", RECORD),
    Field("created_by", "Created by id", RECORD, Kind.ID),
    Field("created_by_user_uid", "Created by uid", RECORD),
    Field("updated_at", "Updated", RECORD, Kind.DATE_TIME),
    Field("modified_at", "Modified", RECORD, Kind.DATE_TIME),
    Field("last_modified_by_name", "Modified by", RECORD),
    Field("last_modified_by", "Modified by id", RECORD, Kind.ID),
    Field("last_modified_by_uid", "Modified by uid", RECORD),
    Field("object_type", "Type", RECORD),
)

FIELD_BY_KEY: dict[str, Field] = {field.key: field for field in FIELDS}

ZERO_DATE = "0000-00-00"  # how the API writes "never"
COMPUTED = ("name", "local_time")  # columns that this program computes from fields of the lead

LOCAL_TIME_AT = "local_time_at"
COMPUTED_IN_FILES = (*COMPUTED, LOCAL_TIME_AT)
"""The columns that an exported file can have besides the fields that the server sends."""

CUSTOM_MARK = "+"
"""Marks the name of an undocumented parameter or field: ``+name`` is a custom attribute, not the computed column."""

DEFAULT_COLUMNS = ("name", "phone_number", "status_name", "city", "state", "created_at")
"""What an agent reads first, in 80 columns."""

MADE_OF = {"name": ("first_name", "last_name"), "local_time": ("gmt_offset_now", "locale_gmt")}
"""The fields that a computed column shows."""

IDENTITIES = (
    ("status", "status_name", ""),
    ("list_id", "directory_name", "directory_uid"),
    ("owner_id", "owner_name", "owner_uid"),
    ("user_id", "user_name", "user_uid"),
    ("created_by", "created_by_user_name", "created_by_user_uid"),
    ("last_modified_by", "last_modified_by_name", "last_modified_by_uid"),
)
"""Fields with the id, the name and the uid of the same thing or person. The API has a filter for the id."""

NAME_OF = {key: name for key, name, _ in IDENTITIES} | dict.fromkeys(("state", "city", "province", "country"), "")
"""By a filter's field, the field with the name of its value; "" if the value is a name itself."""

PHONE_FIELDS = ("phone_number", "alt_phone_1", "alt_phone_2")
"""The three fields for phones. The API has a parameter for each."""


def is_custom(key: str) -> bool:
    """Return whether *key* is a custom attribute of the account, which the API does not document."""
    return key not in FIELD_BY_KEY


def field_kind(key: str) -> Kind | None:
    """Return the kind of a documented field; None for a custom attribute, whose values are treated as what they look like."""
    return FIELD_BY_KEY[key].kind if key in FIELD_BY_KEY else None


def column_of(key: str) -> str:
    """Return the column that shows the field *key*: *key* itself, with a ``+`` if it is empty or a computed column's name."""
    return CUSTOM_MARK + key if not key or key in COMPUTED or key.startswith(CUSTOM_MARK) else key


def key_of(column: str) -> str:
    """Return the key of the field that *column*, which is not computed, shows: the reverse of ``column_of``."""
    return column.removeprefix(CUSTOM_MARK)


def column_named(text: str) -> str:
    """Return the column that *text* means: a custom attribute may have the ``+`` that it has as a filter."""
    return column_of(text.removeprefix(CUSTOM_MARK)) if text.startswith(CUSTOM_MARK) else text


def fields_of(column: str) -> tuple[str, ...]:
    """Return the fields that *column* shows: of a computed one, those it is made of."""
    return MADE_OF.get(column) or (key_of(column),)


def headings(columns: Sequence[str]) -> list[str]:
    """Return the names of *columns* in an export: their keys, and ``+name`` only beside the computed ``name``."""
    return [column if key_of(column) in columns else key_of(column) for column in columns]


def shows_any(column: str, fields: frozenset[str]) -> bool:
    """Return whether *column*, computed or not, reveals part of one of *fields*."""
    return key_of(column) in fields or not fields.isdisjoint(MADE_OF.get(column, ()))


def sortable(columns: Sequence[str], observed: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to sort or count by: the table's, then the computed ones, then documented and custom fields *observed*."""
    documented = (key for key in FIELD_BY_KEY if key in observed)
    return tuple(dict.fromkeys([*columns, *COMPUTED, *documented, *map(column_of, observed)]))


def label_of(key: str) -> str:
    """Return the label of a documented or computed key; of a custom attribute the key itself."""
    return FIELD_BY_KEY[key].label if key in FIELD_BY_KEY else {"name": "Name", "local_time": "Local time"}.get(key, key)


class FieldNames:
    """The documented fields, the computed columns, the *observed* attributes of leads, and the *labels* given to any of them."""

    def __init__(self, observed: Iterable[str] = (), labels: Mapping[str, str] | None = None) -> None:
        labels = labels or {}
        self.keys = tuple(dict.fromkeys((*FIELD_BY_KEY, *COMPUTED, *map(column_of, observed), *labels)))
        """Every column, documented ones first."""
        # The first of several with the same name; a key before a label. "phone" means all three.
        self._by_name: dict[str, tuple[str, ...]] = {_plain(label_of(key)): (key,) for key in reversed(self.keys)}
        self._by_name |= {"phone": PHONE_FIELDS, **{_plain(label): (key,) for key, label in labels.items()}}
        self._by_name |= {_plain(key): (key,) for key in reversed(self.keys)}

    def find(self, name: str) -> tuple[str, ...]:
        """Return the columns of the field *name*: the API's name, or a label, in any case, with spaces or underscores."""
        named = column_named(name), column_named(name.strip())
        return next(((key,) for key in named if key in self.keys), self._by_name.get(_plain(named[1]), ()))

    def nearest(self, name: str) -> str:
        """Return the known name most like *name*; "" if none is similar."""
        return self._by_name.get(nearest(_plain(name), self._by_name), ("",))[0]


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", fold(name))


_STATES = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|"
    "FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|"
    "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|"
    "NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|"
    "PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|"
    "WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam|VI Virgin Islands|AS American Samoa|"
    "MP Northern Mariana Islands|"
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)

STATE_NAMES: dict[str, str] = {entry[:2]: entry[3:] for entry in _STATES.split("|")}  # name by code

_STATE_CODES = {each.lower(): code for code, name in STATE_NAMES.items() for each in (code, name)}
_STATE_CODES |= {"newfoundland": "NL", "labrador": "NL", "québec": "QC", "yukon territory": "YT", "washington dc": "DC"}
_NO_POINTS = str.maketrans("", "", ".,")


def known_state(text: str) -> str:
    """Return the two letters of the state or province that *text* names, by code or name in any case; "" for any other text."""
    return _STATE_CODES.get(" ".join(text.translate(_NO_POINTS).lower().split()), "")


GENDER_NAMES = {"M": "male", "F": "female", "U": "unknown"}  # name by code

_STATUSES = (
    "NEW New Lead|A Answering Machine|AA Answering Machine Auto|AM Answering Machine Message|B Busy|CALLBK Call Back|CB Callback|"
    "DC Disconnected Number|DNC Do Not Call|HU Hung Up|INCALL In Call|N No Answer|NA No Answer Auto|NI Not Interested|"
    "NOCONT No Contact|QDNC Queue Do Not Call|SALE Sale|XFER Transfer"
)
KNOWN_STATUSES: dict[str, str] = dict(entry.split(" ", 1) for entry in _STATUSES.split("|"))
"""Usual label by code. Most accounts have these codes; an account may have others, and labels of its own."""


def code_named(text: str, *known: Iterable[tuple[str, str]]) -> str:
    """Return the code that *text* means: a code or label of the first of *known* that has it, in any case; else *text* itself."""
    wanted = _folded(text)
    for pairs in known:
        if codes := [code for code, label in pairs if wanted and code and wanted in (_folded(code), _folded(label))]:
            return text if text in codes else codes[0]
    return text


def _folded(label: str) -> str:
    return " ".join(label.casefold().replace("-", " ").split())
