"""Records of the account's other endpoints, in every known shape, and the history made of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lead_tui.leads.errors import HtmlAnswer, UnreadableAnswer
from lead_tui.leads.lead import Lead
from lead_tui.leads.records import duration, history, local_moment, read_records

SAMPLES = Path(__file__).parents[1] / "samples"
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def body(data: object, **more: object) -> bytes:
    return json.dumps({"success": True, "data": data, **more}).encode()


def test_users_come_as_an_object_keyed_by_id_with_their_total_as_text() -> None:
    records = read_records(sample("40_users_search.json"))
    assert [(each.lead_id, each.name) for each in records.rows] == [("50021", "Priya Nair"), ("50022", "Tom")]
    assert records.total == 37


def test_statuses_come_as_a_list_and_carry_a_code_on_success() -> None:
    records = read_records(sample("43_status_search.json"))
    assert (records.answer.success, records.answer.code) == (True, 200)
    assert [(each.line("status"), each.line("dnc")) for each in records.rows] == [("NEW", "N"), ("DNC", "Y")]


@pytest.mark.parametrize(
    "data",
    [
        [{"id": "7", "name": "a"}],
        {"entries": [{"id": "7", "name": "a"}]},
        {"results": [{"id": "7", "name": "a"}], "entries": 1},
        {"results": {"7": {"name": "a"}}, "total": "1"},
        {"entries": {"7": {"name": "a"}}},
        {"7": {"name": "a"}, "8": "no record"},
    ],
    ids=repr,
)
def test_rows_are_found_wherever_they_stand(data: object) -> None:
    (record,) = read_records(body(data)).rows
    assert (record.lead_id, record.line("name")) == ("7", "a")


def test_callbacks_are_documented_beside_the_envelope_with_a_stage() -> None:
    records = read_records(sample("46_callbacks_search.json"))
    assert (records.total, records.answer.has_data) == (3, True)
    events = history((), records.rows, (), NOW, LOS_ANGELES)
    assert [(each.when, each.who, each.status, each.is_due, each.note) for each in events] == [
        ("2026-03-05 14:30:00", "Priya Nair", "PAST_DUE", True, "Asked for Sam"),
        ("2026-03-04 10:00:00", "Tom Brandt", "COMPLETED", False, ""),
        ("2026-03-03 10:00:00", "", "DISMISSED", False, ""),
    ]


def test_recordings_have_a_time_a_length_and_an_address() -> None:
    (event,) = history((), (), read_records(sample("45_get_recordings.json")).rows, NOW)
    assert (event.kind, event.when, event.seconds) == ("recording", "2026-03-09 16:38:52", 90)
    assert event.recording == "https://recordings.example.invalid/9100003"


@pytest.mark.parametrize("data", [[], {}, None, {"results": [], "entries": 0}, {"entries": None}], ids=repr)
def test_data_without_records_give_none(data: object) -> None:
    assert read_records(body(data)).rows == ()


def test_a_record_against_the_rules_of_json_is_read() -> None:
    (record,) = read_records(b'{"success": true, "data": [{"id": "1", "seconds": 1e400, "note": "a\x01b"}]}').rows
    assert (record.lead_id, record.line("seconds")) == ("1", "1e400")


def test_a_refusal_is_in_the_envelope() -> None:
    records = read_records(b'{"success": false, "code": 6003, "text": "Phone Number Not Found"}')
    assert (records.answer.success, records.answer.code, records.answer.text) == (False, 6003, "Phone Number Not Found")


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"", UnreadableAnswer),
        (b" <html>", HtmlAnswer),
        (b"[]", UnreadableAnswer),
        (b'{"data": 5}', UnreadableAnswer),
        (b'{"a', UnreadableAnswer),
        (b'{"success":true,"data":{"results":[{"id":1', UnreadableAnswer),
        (b'{"a":}', UnreadableAnswer),
    ],
)
def test_an_invalid_record_raises_as_a_page_does(sent: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_records(sent)


def test_calls_are_events_with_the_newest_first() -> None:
    calls = read_records(sample("44_log_retrieve_by_lead.json"))
    assert calls.total == 2
    newest, oldest = history(calls.rows, (), (), NOW, LOS_ANGELES)
    assert (newest.kind, newest.when, newest.who) == ("call", "2026-03-09 16:38:51", "Priya Nair")
    assert (newest.status, newest.status_name, newest.seconds) == ("CB", "Requested Callback", 93)
    assert newest.recording == "https://recordings.example.invalid/p/9100002"
    assert (oldest.seconds, oldest.recording, oldest.note) == (0, "", "")


def test_a_recording_that_belongs_to_a_call_is_not_listed_again() -> None:
    calls = read_records(sample("44_log_retrieve_by_lead.json")).rows
    own, other = (
        Lead({"recording_id": number, "start_time": "2026-03-09 16:38:52", "seconds": "90", "url": "https://x.example"})
        for number in (81, 82)
    )
    events = history(calls, (), [own, other], NOW)
    assert [each.kind for each in events].count("recording") == 1
    assert events[0].seconds == 90


@pytest.mark.parametrize(
    ("when", "status", "is_due"),
    [
        ("2026-03-10 10:59:00", "LIVE", True),
        ("2026-03-10 11:01:00", "LIVE", False),
        ("2026-03-10 10:59:00", "INACTIVE", False),
        ("2026-03-10T17:59:00+0000", "", True),
        ("soon", "LIVE", False),
    ],
)
def test_an_open_callback_is_due_from_its_time_on_by_the_accounts_clock(when: str, status: str, is_due: bool) -> None:
    callback = Lead({"callback_time": when, "status": status, "comments": "ask\tfor \x1b[31mDana"})
    (event,) = history((), [callback], (), NOW, LOS_ANGELES)
    assert event.is_due is is_due
    assert "\x1b" not in event.note
    (undated,) = history((), [Lead({"callback_time": "0000-00-00 00:00:00", "created_at": when, "status": status})], (), NOW)
    assert not undated.is_due
    (closed,) = history((), [Lead({"callback_time": when, "status": "INACTIVE", "stage": "PAST_DUE"})], (), NOW, LOS_ANGELES)
    assert not closed.is_due


def test_an_event_has_the_leads_local_time_on_its_own_day() -> None:
    lead = Lead({"gmt_offset_now": "-4.00", "state": "NY", "phone_code": "1"})

    def local(when: str, lead: Lead, zone: ZoneInfo | None = LOS_ANGELES) -> tuple[datetime, int] | None:
        (event,) = history([Lead({"call_date": when})], (), (), NOW)
        return local_moment(event, lead, NOW, zone)

    assert local("2026-03-09 16:38:51", lead) == (datetime(2026, 3, 9, 19, 38, 51), -240)
    # Clocks went forward on March 8 in New York, and not in Arizona.
    assert local("2026-03-02 16:38:51", lead) == (datetime(2026, 3, 2, 19, 38, 51), -300)
    arizona = Lead({"gmt_offset_now": "-7.00", "state": "AZ", "phone_code": "1"})
    assert local("2026-03-02 16:38:51", arizona) == (datetime(2026, 3, 2, 17, 38, 51), -420)
    assert local("2026-03-09 16:38:51", lead, None) is None
    assert local("2026-03-09 16:38:51", Lead({})) is None
    assert local("0001-01-01 00:00:00", lead, ZoneInfo("Asia/Tokyo")) is None


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (0, "0:00"), (93, "1:33"), (3_725, "1:02:05")])
def test_a_duration_is_minutes_and_seconds(seconds: int | None, text: str) -> None:
    assert duration(seconds) == text
