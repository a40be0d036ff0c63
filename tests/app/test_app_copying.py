"""Copying to the terminal's clipboard: the phone by a key, the rest from a menu; messages claim no more than is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lead_tui.config.screen_settings import CopySettings
from lead_tui.config.settings import Dates, Settings
from lead_tui.leads.permissions import EVERYTHING
from lead_tui.leads.query import Query
from lead_tui.storage.saved_queries import SavedQuery
from lead_tui.ui.app import LeadTui
from tests.app.bench import NARROW, WIDE, Bench, DemoSource, running
from tests.app.one_lead import LEAD, one_lead
from tests.drawn import text_of


def copying(template: str) -> Settings:
    return Settings(copy=CopySettings(template))


async def go_to_field(bench: Bench, key: str) -> None:
    """Put the detail's cursor on the field *key*."""
    await bench.press("enter", "g")
    for _ in range(len(LEAD)):
        if bench.main.detail.key == key:
            return
        await bench.press("j")
    raise AssertionError(f"there is no field {key}")


async def test_y_sends_the_phone_and_says_which_and_where_to(tmp_path: Path) -> None:
    async with running(tmp_path, (60, 15), one_lead()) as bench:
        await bench.press("y")
        await bench.sees("Sent to clipboard: 3010010000")
        assert bench.app.clipboard == "3010010000"
        assert "copied" not in bench.screen().lower()
        assert bench.app.focused is bench.main.table


async def test_a_message_goes_with_the_next_key(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await bench.press("y")
        await bench.sees("Sent to clipboard")
        await bench.press("j")
        await bench.sees_no_more("Sent to clipboard")
        await bench.sees("/ look up")


async def test_y_on_another_phone_of_the_detail_sends_that_one(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await go_to_field(bench, "alt_phone_1")
        await bench.press("y")
        await bench.sees("Sent to clipboard: 3010010001")
        assert bench.app.clipboard == "3010010001"


async def test_y_takes_another_phone_where_the_first_is_missing(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(phone_number="")) as bench:
        await bench.press("y")
        await bench.sees("Sent to clipboard: 3010010001")
        assert bench.app.clipboard == "3010010001"


async def test_a_lead_without_a_phone_leaves_the_clipboard_alone(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(phone_number="", alt_phone_1=None)) as bench:
        await bench.press("y")
        await bench.sees("Not copied: The lead has no phone")
        assert bench.app.clipboard == ""


async def test_a_table_without_rows_has_nothing_to_send(tmp_path: Path) -> None:
    beginning = SavedQuery("", Query.of({"last_name": "Nobody-by-this-name"}))
    async with running(tmp_path, beginning=beginning, first="No leads match") as bench:
        await bench.press("y")
        await bench.sees("No lead here")
        await bench.press("Y")
        await bench.sees("Copy to the terminal's clipboard", "No lead here")
        await bench.press("j")
        await bench.sees("Not copied: No lead here")


async def test_of_a_row_that_is_not_loaded_each_key_says_that(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        bench.source.gate.clear()
        await bench.press(*":2500", "enter", "Y")
        await bench.sees("Lead as JSON           Row 2,500 is not loaded yet")
        await bench.press("escape", "y")
        await bench.sees("Not copied: Row 2,500 is not loaded yet")
        await bench.press("enter")
        for key in "mhD":
            await bench.press(*":2500", "enter", "enter", key)
            assert "Row 2,500 is not loaded yet" in text_of(bench.main.status_line)


@pytest.mark.parametrize("size", [WIDE, (60, 15)])
async def test_the_menu_says_what_would_be_sent(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size, one_lead()) as bench:
        await go_to_field(bench, "plan_sold")
        await bench.press("Y")
        await bench.sees("3010010000", "Plan sold", "Gold [bold]PPO[/]", "Lead as JSON", "Search as curl")
        await bench.press("escape")
        await bench.sees_no_more("Search as curl")
        assert bench.app.clipboard == ""
        assert bench.app.focused is bench.main.detail


async def test_a_field_is_sent_as_the_server_sent_it_but_for_control_characters(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await go_to_field(bench, "city")
        await bench.press("Y", "f")
        await bench.sees("Sent to clipboard: Los]52;c;eA== Angeles · CA")
        assert bench.app.clipboard == "Los]52;c;eA== Angeles\nCA"


async def test_a_long_value_is_sent_whole_and_quoted_in_part(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await go_to_field(bench, "notes")
        await bench.press("Y", "f")
        await bench.sees("nnn… (200 characters)")
        assert bench.app.clipboard == "n" * 200


async def test_an_empty_field_is_not_sent(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await go_to_field(bench, "state")
        await bench.press("Y", "f")
        await bench.sees("Not copied: State is empty")


async def test_a_field_without_a_name_is_sent_like_others(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(**{"": "nameless"})) as bench:
        await go_to_field(bench, "")
        await bench.press("Y", "f")
        await bench.sees("Sent to clipboard: nameless")
        assert bench.app.clipboard == "nameless"


async def test_in_the_table_no_field_is_marked(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await bench.press("Y", "f")
        await bench.sees("No field selected")
        assert bench.app.clipboard == ""


async def test_the_lead_is_sent_as_json_as_it_came(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(count="12345678901234567890123")) as bench:
        await bench.press("Y", "j")
        await bench.sees('Sent to clipboard: {"lead_id"')
        sent = bench.app.clipboard
        assert json.loads(sent) == LEAD
        assert sent.isprintable()


async def test_the_lead_of_a_merged_look_up_is_sent_as_it_came(tmp_path: Path) -> None:
    source = one_lead(count="12345678901234567890123")
    async with running(tmp_path, source=source, beginning="3010010000", first="Lead 1000234") as bench:
        await bench.press("Y", "j")
        await bench.sees('Sent to clipboard: {"lead_id"')
        assert json.loads(bench.app.clipboard) == LEAD


async def test_text_too_long_for_a_terminal_is_not_sent_and_that_is_reported(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(notes="n" * 80_000)) as bench:
        await bench.press("Y", "j")
        await bench.sees("Not copied", "more than a terminal's clipboard takes")
        assert bench.app.clipboard == ""


async def test_the_search_is_sent_as_a_command_with_the_days_of_today_and_without_the_token(tmp_path: Path) -> None:
    query = Query.of({"last_name": "'; rm -rf x", "created_at_start_date": "-7d"})
    base = "https://api.example.com/v1"
    beginning = SavedQuery("", query)
    async with running(
        tmp_path, beginning=beginning, first="Row 0 of 0", base_url=base, settings=Settings(dates=Dates(with_time=True))
    ) as bench:
        await bench.press("Y", "c")
        await bench.sees("Sent to clipboard: curl for last name '; rm -rf x", "token left out")
        assert bench.app.clipboard == (
            'curl --get --data-urlencode "auth_token=$CONVOSO_AUTH_TOKEN" '
            f"'{base}/leads/search?last_name=%27%3B%20rm%20-rf%20x&created_at_start_date=2026-03-02%2000%3A00%3A00&offset=0&limit=200'"
        )


async def test_a_look_up_is_sent_as_one_command_for_its_fields(tmp_path: Path) -> None:
    beginning = "3010010000"
    async with running(tmp_path, source=one_lead(), beginning=beginning, base_url="https://api.example.com/v1") as bench:
        await bench.press("Y", "c")
        await bench.sees("curl for look-up 3010010000")
        sent = bench.app.clipboard
        assert [sent.count(f"?{name}=3010010000&") for name in ("phone_number", "alt_phone_1", "alt_phone_2")] == [1, 1, 1]


async def test_masked_values_are_sent_only_once_revealed(tmp_path: Path) -> None:
    masked = frozenset({"phone_number", "alt_phone_1", "email", "unknown"})
    async with running(tmp_path, source=one_lead(count="12345678901234567890123"), masked=masked) as bench:
        await bench.press("y")
        await bench.sees("Not copied: Phone is masked: u in the detail reveals it")
        await go_to_field(bench, "email")
        await bench.press("Y")
        await bench.sees("Email is masked")
        assert "jane@" not in bench.screen()
        await bench.press("j")
        await bench.sees("Sent to clipboard: {", "without 3 masked")
        assert json.loads(bench.app.clipboard) == {key: value for key, value in LEAD.items() if key not in masked}
        await bench.press("u")
        await bench.press("Y", "f")
        await bench.sees("Sent to clipboard: jane@example.com")
        await bench.press("p")
        assert bench.app.clipboard == "3010010000"
        await bench.press("Y", "j")
        assert json.loads(bench.app.clipboard) == LEAD
        for name, values in ("f", {"email": "jane@example.com"}), ("r", {"phone_number": "3010010000"}):
            await bench.press("Y", *3 * ["right"], name)
            assert values.items() <= json.loads(bench.app.clipboard).items()


async def test_fields_revealed_in_one_lead_stay_masked_in_the_next(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, masked=frozenset({"phone_number", "alt_phone_1", "alt_phone_2"})) as bench:
        await bench.press("enter", "u", "y")
        await bench.sees("Sent to clipboard")
        await bench.press("escape", "j", "y")
        await bench.sees("is masked")


async def test_if_nothing_may_be_revealed_no_key_is_named(tmp_path: Path) -> None:
    async with running(
        tmp_path,
        source=one_lead(),
        masked=frozenset({"phone_number", "alt_phone_1"}),
        capabilities=EVERYTHING._replace(may_reveal=False),
    ) as bench:
        await bench.press("y")
        await bench.sees("Not copied: Phone is masked")
        assert "reveals" not in bench.screen()
        await bench.press("enter", "u")
        assert "(301)" not in bench.screen()


async def test_the_menu_is_walked_by_arrows_and_closed_by_q(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, one_lead()) as bench:
        await bench.press("Y", "down", "down", "up", "up", "enter")
        await bench.sees("Sent to clipboard: 3010010000")
        await bench.press("Y", "q")
        await bench.sees_no_more("Search as curl")
        assert bench.app.return_code is None


async def test_keys_typed_at_once_after_the_menu_s_are_the_menu_s(tmp_path: Path) -> None:
    from textual.events import Key

    async with running(tmp_path, source=one_lead()) as bench:
        bench.app.post_message(Key("Y", "Y"))
        bench.app.post_message(Key("j", "j"))
        await bench.sees('Sent to clipboard: {"lead_id"')


async def test_f2_leaves_the_menu_and_looks_up(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead()) as bench:
        await bench.press("Y", "f2", "9")
        await bench.sees("Look up  9")
        assert bench.app.clipboard == ""


async def test_a_decoded_value_is_sent_as_it_is_read_and_a_raw_one_as_it_came(tmp_path: Path) -> None:
    async with running(tmp_path, source=one_lead(last_name="O&#039;Brien")) as bench:
        await go_to_field(bench, "last_name")
        await bench.press("Y", "f")
        await bench.sees("Sent to clipboard: O'Brien")
        assert bench.app.clipboard == "O'Brien"
        await bench.press("v", "Y", "f")
        await bench.sees("Sent to clipboard: O&#039;Brien")
        assert bench.app.clipboard == "O&#039;Brien"


async def test_a_row_is_sent_with_tabs_and_harmless_and_a_lead_as_lines_of_text(tmp_path: Path) -> None:
    columns = ("name", "city", "plan_sold", "email", "notes")
    source = one_lead(first_name="=SUM(A1)", notes="two\nlines")
    async with running(tmp_path, WIDE, source, columns=columns, masked=frozenset({"email"})) as bench:
        await bench.press("Y", "r")
        await bench.sees("Sent to clipboard: '=SUM(A1) Public", "without 1 masked")
        assert bench.app.clipboard == "'=SUM(A1) Public\tLos]52;c;eA== Angeles CA\tGold [bold]PPO[/]\t\ttwo lines"
        await bench.press("Y", "l")
        await bench.sees("Sent to clipboard: First name: =SUM(A1)", "without 1 masked")
        lines = bench.app.clipboard.splitlines()
        assert lines[:2] == ["First name: =SUM(A1)", "Last name: Public"]
        assert "Phone: (301) 001-0000" in lines
        assert not any(line.startswith(("Email", "State")) for line in lines)


async def test_field_row_and_lead_are_sent_as_text_tsv_or_json(tmp_path: Path) -> None:
    masked = frozenset({"email"})
    source = one_lead(first_name="=SUM(A1)", city="Reno")
    async with running(tmp_path, NARROW, source, columns=("name", "email", "city"), masked=masked) as bench:
        await go_to_field(bench, "city")
        row, field = {"name": "=SUM(A1) Public", "city": "Reno"}, {"city": "Reno"}
        for rights, form, expected_row, expected_field in (
            (1, "text", "Name: =SUM(A1) Public\nCity: Reno", "Reno"),
            (2, "TSV", "'=SUM(A1) Public\t\tReno", "City\tReno"),
            (3, "JSON", row, field),
        ):
            for key, expected in (("r", expected_row), ("f", expected_field)):
                await bench.press("Y", *["right"] * rights)
                await bench.sees(f"Row as {form}", f"Lead as {form}")
                await bench.press(key)
                await bench.sees("Sent to clipboard: ")
                assert (bench.app.clipboard if isinstance(expected, str) else json.loads(bench.app.clipboard)) == expected
        await bench.press("Y", "right", "right", "l")
        await bench.sees("Sent to clipboard: First name  '=SUM(A1)", "without 1 ")
        lines = bench.app.clipboard.splitlines()
        assert "First name\t'=SUM(A1)" in lines
        assert not any(line.startswith("Email") for line in lines)


async def test_a_template_fills_in_the_lead(tmp_path: Path) -> None:
    async with running(tmp_path / "none", WIDE, one_lead()) as bench:
        await bench.press("Y", "t")
        await bench.sees("Not copied: No template yet: set [copy] template in config.toml")
    async with running(tmp_path, WIDE, one_lead(), settings=copying("{name}, {phone}, {+plan_sold}")) as bench:
        await bench.press("Y", "t")
        await bench.sees("Sent to clipboard: Jane Public, (301) 001-0000, Gold [bold]PPO[/]")
        assert bench.app.clipboard == "Jane Public, (301) 001-0000, Gold [bold]PPO[/]"


async def test_the_marked_leads_are_sent_as_phones_ids_rows_json_or_by_the_template(tmp_path: Path) -> None:
    async with running(tmp_path, NARROW, columns=("lead_id", "name"), settings=copying("<{lead_id}>")) as bench:
        leads = [bench.main.table.rows.lead(row) for row in (0, 2)]
        await bench.press("Y")
        await bench.sees("Template")
        assert "Marked" not in bench.screen()
        await bench.press("P", "escape", "m", "j", "m", "Y")
        await bench.sees("Marked: phones", "2 leads")
        for key, message, lines in (
            ("P", "2 leads", [lead.sent["phone_number"] for lead in leads]),
            ("I", "2 leads", [lead.lead_id for lead in leads]),
            ("R", "2 leads", [f"{lead.lead_id}\t{lead.name}" for lead in leads]),
            ("J", "2 leads", [json.dumps(lead.sent, ensure_ascii=False) for lead in leads]),
            ("T", "2 leads", [f"<{lead.lead_id}>" for lead in leads]),
        ):
            await bench.press(key)
            await bench.sees(f"Sent to clipboard: {message}")
            assert bench.app.clipboard.split("\n") == lines
            await bench.press("Y")


async def test_masked_phones_of_marked_leads_are_not_sent(tmp_path: Path) -> None:
    masked = frozenset({"phone_number", "alt_phone_1", "alt_phone_2"})
    async with running(tmp_path, NARROW, masked=masked) as bench:
        await bench.press("m", "Y", "P")
        await bench.sees("Not copied: Nothing to copy")
        assert bench.app.clipboard == ""
        await bench.press("Y", "J")
        await bench.sees("Sent to clipboard: 1 lead")
        assert masked.isdisjoint(json.loads(bench.app.clipboard))


async def test_a_copy_reports_what_the_terminal_does_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "st-256color")
    async with running(tmp_path, WIDE, one_lead()) as bench:
        await bench.press("y")
        await bench.sees("Sent to clipboard: 3010010000 · st drops it unless set up")


async def test_tmux_is_queried_only_where_programs_may_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/nowhere,1,0")
    asked: list[str] = []

    async def copy_by_tmux(self: LeadTui, text: str) -> bool:
        asked.append(text)
        return text == "3010010000"

    monkeypatch.setattr(LeadTui, "copy_by_tmux", copy_by_tmux)
    async with running(tmp_path, WIDE, one_lead()) as bench:
        await bench.press("y")
        await bench.sees("Sent to clipboard by tmux: 3010010000")
        # A tmux that cannot do it leaves it to the terminal.
        await bench.press("Y", "l")
        await bench.sees("Sent to clipboard: First name: Jane")
        assert len(asked) == 2
        assert bench.app.clipboard == asked[1]
    may_not = EVERYTHING._replace(may_start_programs=False)
    async with running(tmp_path, WIDE, one_lead(), capabilities=may_not) as bench:
        await bench.press("y")
        await bench.sees("Sent to clipboard: 3010010000")
        assert len(asked) == 2


@pytest.mark.parametrize("place", [(5, 10), (60, 10), (100, 10)], ids=["filters", "table", "detail"])
async def test_a_click_ends_a_message_as_a_key_does(tmp_path: Path, place: tuple[int, int]) -> None:
    async with running(tmp_path) as bench:
        await bench.press("y")
        await bench.sees("Sent to clipboard: ")
        await bench.pilot.click(offset=place)
        await bench.sees_no_more("Sent to clipboard: ")


async def test_keys_about_the_lead_that_is_being_looked_up_wait_for_it(tmp_path: Path) -> None:
    async with running(tmp_path, source=DemoSource(60)) as bench:
        bench.source.gate.clear()
        await bench.press("slash", *"2135550100", "enter", "y")
        assert "Not copied" not in bench.screen()
        bench.source.gate.set()
        await bench.sees("Lead 1000001", "Sent to clipboard: 2135550100")
        bench.source.gate.clear()
        await bench.press("slash", *"8325550123", "enter", "m")
        bench.source.gate.set()
        await bench.sees("Lars Bianchi", "1 marked")
