"""Records that are not as they should be: empty offsets, zero dates, nested values, notes with markup. Data only.

Each is met in a real account, or may be since web forms let anything through (the API's document). None takes the place of a
phone or an email by another text, so that what these filters find can be computed.
"""

from __future__ import annotations

from lead_tui.demo.facets import Row

NEVER = "0000-00-00 00:00:00"

ODD_RECORDS: tuple[Row, ...] = (
    {"gmt_offset_now": "", "locale_gmt": ""},
    {"gmt_offset_now": None},
    {"gmt_offset_now": "0.00", "locale_gmt": "0.00"},
    {"gmt_offset_now": "-5", "locale_gmt": "-5"},
    {"created_at": NEVER, "updated_at": NEVER, "modified_at": NEVER, "last_called": NEVER, "first_contacted_at": NEVER},
    {"updated_at": "0000-00-00", "modified_at": "0000-00-00"},
    {"last_called": "2015-01-29T14:09:57-0800", "date_of_birth": "0000-00-00"},
    {"city": "null", "address2": "null", "owner_name": "null", "plan_sold": "null", "carrier_name": "null"},
    {"address1": "", "address2": "", "city": "", "state": "", "postal_code": "", "country": "", "gender": ""},
    {"email": None, "gender": None, "province": None, "address2": None, "notes": None, "user_id": None, "user_name": None},
    {
        "notes": '|"System Call Re-disp by JS RD: 2026-03-01 11:56:41 NOCONT" [b]not markup[/b]\n'
        "Ask for 'Sam' (2nd floor)\r\n\r\nback | soon",
    },
    {"notes": "[@click=app.quit]press me[/] [/nope] [red]$HOME `id` '; rm x[/red]"},
    {
        "notes": "مرحبا بك \u202eright to left\u202c · 你好，世界 · "
        "👩\u200d🚒🏽 · e\u0301\u0301\u0301\u0301\u0301 · \u200bzero width"
    },
    {"notes": "bell \x07, escape \x1b[31mred\x1b[0m, nul \x00, title \x1b]0;owned\x07, C1 \x9b5n"},
    {"notes": "She called back. " + "He said he would think about it, then asked for the price again; " * 30},
    {"extra_block": {"score": 71, "tags": ["hot", "es"], "seen": None}},
    {"consents": [{"kind": "sms", "given": True}, {"kind": "call", "given": False}], "field_3": "A+"},
    {"field_101": "Long answer: " + "lorem ipsum [bold]dolor[/bold] sit amet 🎉 " * 50},
    {
        "What's your plan?": "Family \U0001f9d1\u200d\U0001f9d1\u200d\U0001f9d2",
        "[bold]key[/bold]": "[i]value[/i]",
        "key with\nbreak": "x",
    },
    {"field_1": "Gold", "field_3": "A+", "field_11": "soon", "field_84": "1e3", "field_101": "\ttabbed\tanswer", "score": "007"},
    {"status": "MYSTERY", "status_name": "", "called_count": "", "called_since_last_reset": ""},
    {"list_id": "0", "directory_uid": "", "directory_name": "", "source_name": "A list\nthat was deleted", "campaign_name": "null"},
)
