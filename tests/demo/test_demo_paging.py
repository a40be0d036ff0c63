"""Pages of the demo's answers: their envelope and order, and that any page can be reached."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from lead_tui.demo.endpoint import Demo
from tests.demo.asking import FILTER_NAMES, SMALL, TODAY, ask, every, scanned, small, small_leads, value_for

LARGE, MILLION = 20_000, 1_000_000


@cache
def large() -> Demo:
    return Demo(LARGE, today=TODAY)


def test_an_answer_echoes_offset_and_limit_as_text_and_takes_ten_leads_unless_told() -> None:
    plain = ask(small())
    assert (plain.offset, plain.limit, plain.total, len(plain.leads)) == ("0", "10", SMALL, 10)
    asked = ask(small(), {"offset": "20", "limit": "7"})
    assert (asked.offset, asked.limit, asked.total) == ("20", "7", SMALL)
    assert asked.ids == [str(1_000_021 + step) for step in range(7)]


def test_after_the_end_there_is_nothing_and_the_total_stays() -> None:
    for parameters in ({}, {"state": "CA"}, {"updated_at_start_date": "2025-01-01"}, {"lead_id": "1000005"}):
        total = ask(small(), parameters).total
        assert total > 0
        behind = ask(small(), {**parameters, "offset": str(total)})
        assert (behind.total, behind.leads) == (total, [])
        assert ask(small(), {**parameters, "offset": "999999999999"}).leads == []
        assert len(ask(small(), {**parameters, "offset": str(total - 1), "limit": "50"}).leads) == 1


@pytest.mark.parametrize("limit", [1, 7, 200, 2_000])
@pytest.mark.parametrize("parameters", [{"state": "TX", "called_count": "x"}, {"status": "SALE"}, {"gender": "F", "country": "CA"}])
def test_pages_of_a_filtered_result_cover_exactly_its_leads(parameters: dict[str, str], limit: int) -> None:
    ids = [lead.lead_id for lead in every(small(), parameters, limit)]
    assert ids == scanned({name: value for name, value in parameters.items() if name in FILTER_NAMES})
    assert len(set(ids)) == len(ids) > 10


def test_without_an_update_filter_the_answer_ascends_by_id() -> None:
    for parameters in ({}, {"status": "NI"}, {"created_at_start_date": "2026-01-01"}):
        ids = [int(lead.lead_id) for lead in every(small(), parameters)]
        assert ids == sorted(ids)


def test_with_an_update_filter_the_answer_ascends_by_update_time() -> None:
    for parameters in ({}, {"status": "NI"}, {"gender": "F", "created_at_start_date": "2025-12-01"}):
        leads = every(small(), {**parameters, "updated_at_start_date": "2025-10-01"}, 100)
        times = [lead.line("updated_at") for lead in leads]
        assert len(times) > 50
        assert times == sorted(times)
        ids = [int(lead.lead_id) for lead in leads]
        assert len(set(ids)) == len(ids)
        assert ids != sorted(ids)


def test_leads_looked_up_by_id_ascend_by_update_time_too_where_that_is_requested() -> None:
    wanted = ",".join(lead.lead_id for lead in small_leads()[:300])
    leads = every(small(), {"lead_id": wanted, "updated_at_end_date": "2027-01-01"})
    times = [lead.line("updated_at") for lead in leads]
    assert len(times) > 250
    assert times == sorted(times)


def test_any_page_of_a_million_leads_is_there() -> None:
    demo = Demo(MILLION, today=TODAY)
    last = ask(demo, {"offset": "999800", "limit": "200"})
    assert last.total == MILLION
    assert last.ids == [str(1_999_801 + step) for step in range(200)]
    assert last.leads[-1].line("created_at").startswith(TODAY.isoformat())
    everywhere = [ask(demo, {"offset": str(offset), "limit": "1"}).ids for offset in range(0, MILLION, 99_991)]
    assert everywhere == [[str(1_000_001 + offset)] for offset in range(0, MILLION, 99_991)]


@pytest.mark.parametrize("name", ["lead_id", "status", "list_id", "state", "phone_number", "email", "created_at_start_date"])
def test_each_kind_of_filter_answers_over_all_leads(name: str) -> None:
    demo = large()
    lead = next(lead for lead in ask(demo, {"offset": "12345", "limit": "300"}).leads if value_for(name, lead))
    answer = ask(demo, {name: value_for(name, lead), "limit": "50"})
    assert 0 < answer.total <= LARGE
    assert len(answer.leads) == min(answer.total, 50)
    tail = ask(demo, {name: value_for(name, lead), "offset": str(answer.total - 1), "limit": "50"})
    assert len(tail.leads) == 1
    assert tail.total == answer.total
    assert lead.lead_id in ask(demo, {name: value_for(name, lead), "lead_id": lead.lead_id}).ids


def test_totals_add_up() -> None:
    demo = large()
    genders = sum(ask(demo, {"gender": gender}).total for gender in "MFU")
    both = sum(ask(demo, {"gender": gender, "status": "SALE"}).total for gender in "MFU")
    assert 0.9 * LARGE < genders < LARGE
    assert 0 < both < ask(demo, {"status": "SALE"}).total
    before = ask(demo, {"updated_at_end_date": "2025-12-31"}).total
    after = ask(demo, {"updated_at_start_date": "2026-01-01"}).total
    assert before + after == ask(demo, {"updated_at_start_date": "1970-01-01"}).total


def test_nothing_is_stored_for_a_lead() -> None:
    demo = Demo(MILLION, today=TODAY)
    last = ask(demo, {"offset": "999999"})
    assert last.ids == ["2000000"]
    assert ask(demo, {"lead_id": last.ids[0]}).ids == last.ids
    (lead,) = ask(demo, {"offset": "999997", "limit": "1"}).leads
    assert lead.lead_id in ask(demo, {"phone_number": lead.line("phone_number"), "limit": "50"}).ids
    assert ask(demo, {"alt_phone_1": "3010010000", "status": "NEW"}).total == 0


def test_a_demo_may_be_empty_or_tiny() -> None:
    for leads in (0, 1, 2, 30, 45):
        demo = Demo(leads, today=TODAY)
        assert ask(demo).total == leads
        assert len(every(demo)) == leads
        for parameters in ({"state": "CA"}, {"updated_at_start_date": "2020-01-01"}, {"phone_number": "2135550100"}):
            assert ask(demo, parameters).total <= leads
        assert ask(demo, {"created_at_start_date": "2020-01-01"}).total <= leads


def test_threads_that_ask_at_once_get_what_one_gets() -> None:
    asked = [
        {**filters, "offset": str(offset), "limit": "100"}
        for filters in (
            {},
            {"state": "CA"},
            {"status": "NEW"},
            {"updated_at_start_date": "2026-01-01"},
            {"field_3": "A+"},
        )
        for offset in (0, 100, 250)
    ]
    alone = [Demo(SMALL, today=TODAY).answer(parameters) for parameters in asked]
    shared = Demo(SMALL, today=TODAY)
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(shared.answer, asked * 2))
    assert together == alone * 2
