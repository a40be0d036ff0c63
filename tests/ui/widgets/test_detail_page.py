"""The detail of a lead as lines: header, headings, fields, and which of them are in view."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from lead_tui import limits
from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import LocalTime
from lead_tui.terminal.frames import plain
from lead_tui.ui.widgets.detail_page import DetailPage, Look, field_lines, header_lines, heading_line, matches
from lead_tui.ui.widgets.drawn_list import DrawnLine

LOOK = Look(34)
IN_HOURS = LocalTime(11 * 60 + 2, -420)


def texts(lines: list[DrawnLine]) -> list[str]:
    return ["".join(text for _, text in line.runs) for line in lines]


def test_the_header_shows_the_leads_name_and_phone() -> None:
    lead = Lead(
        {
            "first_name": "Jane Q.",
            "last_name": "Public",
            "status": "NEW",
            "status_name": "New Lead",
            "phone_number": "3010010000",
            "carrier_type": "MOBILE",
            "carrier_name": "Verizon",
        }
    )
    assert texts(header_lines(lead, IN_HOURS, LOOK)) == [
        "Jane Q. Public            New Lead",
        "(301) 001-0000 mobile · Verizon",
        "11:02 local (UTC−7) · OK to call",
        "(8:00–21:00)",
    ]


def test_a_header_has_words_for_what_is_missing() -> None:
    assert texts(header_lines(Lead({}), LocalTime(doubt="no offset"), LOOK))[:3] == [
        "No name",
        "No phone",
        "Local time unknown: no offset",
    ]


def test_do_not_call_is_shown_in_words_at_the_top() -> None:
    lines = header_lines(Lead({"status": "DNCW", "status_name": "Washed", "first_name": "Jane"}), IN_HOURS, LOOK)
    assert texts(lines)[:2] == ["DO NOT CALL · Washed", "Jane"]
    assert lines[0].runs[0][0] == "banner"
    assert "OK to call" not in " ".join(texts(lines))


def test_the_header_of_a_do_not_call_lead_is_as_high_as_others() -> None:
    sent: dict[str, object] = {"first_name": "Jane", "phone_number": "3010010000", "status_name": "x"}
    heights = {len(header_lines(Lead({**sent, "status": status}), IN_HOURS, LOOK)) for status in ("NEW", "DNC")}
    assert len(heights) == 1


def test_a_name_too_long_for_a_line_pushes_the_status_below() -> None:
    lines = header_lines(
        Lead({"first_name": "Wolfeschlegelsteinhausen", "last_name": "Bergerdorff", "status": "NEW"}), IN_HOURS, LOOK
    )
    assert texts(lines)[:3] == ["Wolfeschlegelsteinhausen", "Bergerdorff", "NEW"]


def test_a_carrier_is_cut_in_the_header() -> None:
    lead = Lead({"phone_number": "2125550143", "carrier_type": "mobile", "carrier_name": "EXAMPLE WIRELESS"})
    assert texts(header_lines(lead, IN_HOURS, LOOK))[1] == "(212) 555-0143 mobile · EXAMPLE W…"


def test_masked_fields_are_masked_in_the_header_too() -> None:
    lead = Lead(
        {"first_name": "Jane", "last_name": "Public", "phone_number": "3010010000", "status": "DNC", "status_name": "Secret"}
    )
    masked = frozenset({"first_name", "phone_number", "status_name", "gmt_offset_now"})
    lines = texts(header_lines(lead, IN_HOURS, Look(34, masked=masked)))
    assert lines == ["DO NOT CALL · ••••", "•••• Public", "••••"]


def test_a_heading_runs_to_the_edge() -> None:
    assert texts([heading_line("Address", 0, LOOK)]) == ["─ Address " + "─" * 24]
    assert texts([heading_line("Address", 3, LOOK)]) == ["─ Address, 3 hidden " + "─" * 14]


def test_a_heading_too_long_is_cut() -> None:
    assert texts([heading_line("Custom attributes (5,000)", 4_999, LOOK)]) == ["─ Custom attributes (5,000), 4999 …"[:33] + "…"]


def test_values_are_in_a_column() -> None:
    lead = Lead({"city": "Los Angeles", "state": "CA"})
    assert [texts(field_lines(lead, key, LOOK)) for key in lead.sent] == [["City           Los Angeles"], ["State          CA"]]


@pytest.mark.parametrize(("width", "labels"), [(20, 9), (34, 14), (52, 20), (56, 22), (76, 24)])
def test_labels_get_more_room_where_there_is_some(width: int, labels: int) -> None:
    assert texts(field_lines(Lead({"city": "Reno"}), "city", Look(width))) == ["City".ljust(labels + 1) + "Reno"]


def test_an_email_is_not_split_while_there_is_room() -> None:
    def shown(email: str) -> list[str]:
        return texts(field_lines(Lead({"email": email}), "email", LOOK))

    assert shown("jane.public@example") == ["Email          jane.public@example"]
    assert shown("jane.public@example.com") == ["Email      jane.public@example.com"]
    assert shown("jane.q.public.1970@example.com") == ["Email", "    jane.q.public.1970@example.com"]
    assert shown("x" * 35) == ["Email          " + "x" * 19, " " * 15 + "x" * 16]


def test_an_empty_value_is_not_blank() -> None:
    assert texts(field_lines(Lead({"city": ""}), "city", LOOK)) == ["City           –"]
    assert texts(field_lines(Lead({"city": "  "}), "city", Look(34, raw=True))) == ["city           –"]


def test_a_long_label_and_a_long_value_wrap_side_by_side() -> None:
    lead = Lead({"called_since_last_reset": "Y", "notes": "call after five\nask for Sam and his brother"})
    assert texts(field_lines(lead, "called_since_last_reset", LOOK)) == ["Called since   yes", "list reset"]
    assert texts(field_lines(lead, "notes", LOOK)) == [
        "Notes          call after five",
        "               ask for Sam and his",
        "               brother",
    ]


def test_wide_characters_count_twice() -> None:
    lines = field_lines(Lead({"city": "日本語のテキスト日本語のテキスト日本"}), "city", LOOK)
    assert texts(lines)[0] == "City           日本語のテキスト日"
    assert [cell_len(text) for text in texts(lines)] == [33, 33]
    assert texts(field_lines(Lead({"city": "日本語のテキスト日本"}), "city", LOOK)) == ["City          日本語のテキスト日本"]


def test_a_key_stands_at_the_right_where_it_says_something_else_than_the_label() -> None:
    lead = Lead({"field_3": "tier-3", "plan_sold": "Gold PPO"})
    look = Look(34, labels={"field_3": "Solidity"})
    assert texts(field_lines(lead, "field_3", look)) == ["Solidity       tier-3      field_3"]
    assert texts(field_lines(lead, "plan_sold", look)) == ["Plan sold      Gold PPO"]
    assert texts(field_lines(Lead({"eligible_for_medicaid": "No"}), "eligible_for_medicaid", LOOK)) == [
        "Eligible for   No",
        "medicaid",
    ]


def test_the_key_takes_a_line_of_its_own_where_the_first_is_full() -> None:
    lead = Lead({"field_3": "a value of several words"})
    look = Look(34, labels={"field_3": "Solidity"})
    assert texts(field_lines(lead, "field_3", look)) == [
        "Solidity       a value of several",
        "               words",
        "                           field_3",
    ]


def test_a_mapped_key_without_room_has_a_line_to_itself() -> None:
    lead = Lead({"publisher_network": "some-publisher"})
    assert texts(field_lines(lead, "publisher_network", Look(34, labels={"publisher_network": "Network"}))) == [
        "Network        some-publisher",
        " " * 17 + "publisher_network",
    ]


def test_a_slot_without_a_label_goes_by_its_key_once() -> None:
    assert texts(field_lines(Lead({"field_84": "x"}), "field_84", LOOK)) == ["field_84       x"]


def test_hostile_keys_and_values_are_text() -> None:
    key = "k[bold]\x1b[31m\n"
    lead = Lead({key: "[@click=app.quit]x[/]\x1b]52;c;x\x07 🎉", "": "nameless"})
    assert texts(field_lines(lead, key, Look(60))) == ["k[bold]�[31m             [@click=app.quit]x[/]�]52;c;x� 🎉"]
    assert texts(field_lines(lead, "", LOOK)) == ["(blank)        nameless"]


def test_two_thousand_characters_are_all_there() -> None:
    value = "".join(chr(33 + i % 90) for i in range(2_000))
    lines = texts(field_lines(Lead({"field_3": value}), "field_3", LOOK))
    assert "".join(line[15:] for line in lines) == value


def test_a_megabyte_is_cut_and_says_so() -> None:
    lines = texts(field_lines(Lead({"field_3": "x" * 1_000_000}), "field_3", LOOK))
    assert len(lines) <= limits.MAX_VALUE_LINES + 6
    assert " ".join(line.strip() for line in lines).endswith("x … and about 950,000 characters more: too long to show")


def test_a_million_line_breaks_are_cut_and_say_so() -> None:
    lines = texts(field_lines(Lead({"field_3": "x" + "\n" * 1_000_000}), "field_3", LOOK))
    assert limits.MAX_VALUE_LINES < len(lines) <= limits.MAX_VALUE_LINES + 6
    assert "characters more" in " ".join(line.strip() for line in lines[-5:])


def test_a_masked_value_is_masked_whatever_its_length() -> None:
    look = Look(34, masked=frozenset({"email", "field_3"}))
    for value in ("a", "a" * 500):
        assert texts(field_lines(Lead({"email": value}), "email", look)) == ["Email          ••••"]
    assert texts(field_lines(Lead({"email": ""}), "email", look)) == ["Email          –"]
    assert texts(field_lines(Lead({"field_3": [1]}), "field_3", Look(34, raw=True, masked=look.masked))) == ["field_3        ••••"]


def test_raw_shows_keys_and_values_as_sent() -> None:
    look = Look(34, raw=True, labels={"field_3": "Solidity"})
    lead = Lead({"phone_number": "3010010000", "field_3": None})
    assert [texts(field_lines(lead, key, look)) for key in lead.sent] == [["phone_number   3010010000"], ["field_3        null"]]


def test_a_plain_terminal_gets_plain_characters() -> None:
    look = Look(34, masked=frozenset({"email"}))
    lines = header_lines(Lead({"status": "DNC", "status_name": "Stop", "email": "x"}), IN_HOURS, look)
    lines += [heading_line("Person", 0, look), *field_lines(Lead({"email": "x", "city": ""}), "email", look)]
    lines += field_lines(Lead({"city": ""}), "city", look)
    assert plain("".join(texts(lines))).isascii()


def test_a_field_is_found_by_label_key_or_value_in_any_case() -> None:
    lead = Lead({"field_3": "Tier-3", "phone_number": "3010010000", "email": "jane@example.com"})
    look = Look(34, labels={"field_3": "Solidity"}, masked=frozenset({"email"}))
    assert all(matches(lead, "field_3", needle, look) for needle in ("solid", "field_", "tier-3"))
    assert all(matches(lead, "phone_number", needle, look) for needle in ("phone", "(301) 001", "301001"))
    assert matches(lead, "email", "email", look)
    assert not matches(lead, "email", "jane", look)
    assert not matches(lead, "field_3", "gold", look)


def test_no_line_is_wider_than_the_text_down_to_six_cells() -> None:
    lead = Lead(
        {
            "first_name": "日本語" * 9,
            "status_name": "A long status indeed",
            "phone_number": "3010010000",
            "plan_sold": "日本 x " * 9,
        }
    )
    for width in range(6, 60):
        look = Look(width, labels={"plan_sold": "Plan 計画"})
        lines = [
            *header_lines(lead, IN_HOURS, look),
            heading_line("Custom attributes (2)", 1, look),
            *field_lines(lead, "plan_sold", look),
        ]
        assert max(map(cell_len, texts(lines))) <= width


def test_a_decoded_value_is_marked_and_raw_it_is_as_it_was_sent() -> None:
    lead = Lead({"last_name": "O&#039;Brien", "plan_sold": "Gold &amp; more", "city": "Tom & Ann"})
    look = Look(60)
    assert texts(field_lines(lead, "last_name", look)) == ["Last name                O'Brien" + " " * 19 + "(decoded)"]
    assert texts(field_lines(lead, "plan_sold", look))[0].endswith("Gold & more               (decoded)")
    assert texts(field_lines(lead, "city", look)) == ["City                     Tom & Ann"]
    raw = Look(60, raw=True)
    assert texts(field_lines(lead, "last_name", raw)) == ["last_name                O&#039;Brien"]
    assert texts(field_lines(lead, "last_name", Look(20)))[-1].strip() == "(decoded)"
    masked = Look(60, masked=frozenset({"last_name"}))
    assert "decoded" not in "".join(texts(field_lines(lead, "last_name", masked)))


def test_finding_ignores_accents_and_apostrophes_and_reads_entities() -> None:
    lead = Lead({"first_name": "José", "last_name": "O&rsquo;Neil", "notes": "x " * 200 + "Stra&szlig;e"})
    assert matches(lead, "first_name", "jose", LOOK)
    assert matches(lead, "last_name", "o'neil", LOOK)
    assert matches(lead, "last_name", "&rsquo;", LOOK)
    assert matches(lead, "notes", "strasse", LOOK)


def test_an_attribute_with_no_name_and_others_of_odd_names_are_shown() -> None:
    lead = Lead(
        {"": "empty", "name": "custom", "local_time": "14:00", "a b": "space", "new\nline": "nl", "first_name ": "trailing"}
    )
    for key in lead.custom_keys():
        assert str(lead.sent[key]) in "".join(texts(field_lines(lead, key, Look(60))))
    assert len(lead.custom_keys()) == 6


NOW = datetime(2026, 3, 9, 18, 2, tzinfo=UTC)
LEAD = Lead(
    {
        "plan_sold": "Gold",
        "city": "Los Angeles",
        "email": "",
        "first_name": "Jane",
        "Member_ID": None,
        "member_id": "77",
        "notes": "one\ntwo\nthree",
    }
)


def page_of(lead: Lead | None = LEAD, look: Look | None = None, note: str = "") -> DetailPage:
    return DetailPage(lead, note, NOW, look or Look(34))


def shown(page: DetailPage, top: int = 0, height: int = 10_000) -> list[str]:
    return texts(page.lines[top : top + height])


def test_every_field_that_came_is_there_documented_ones_in_groups_first() -> None:
    assert page_of().keys == ["first_name", "email", "notes", "city", "plan_sold", "Member_ID", "member_id"]


def test_groups_have_headings_and_those_without_fields_do_not() -> None:
    assert [text for text in shown(page_of()) if text.startswith("─")] == [
        "─ Person " + "─" * 25,
        "─ Address " + "─" * 24,
        "─ Custom attributes (3) " + "─" * 10,
    ]


def test_custom_attributes_have_their_heading_even_where_there_are_none() -> None:
    assert shown(page_of(Lead({"city": "Reno"})))[-1].startswith("─ Custom attributes (0) ─")


def test_twelve_custom_attributes_are_all_shown_in_the_order_they_came() -> None:
    keys = [f"attr_{index}" for index in (5, 3, 9, 1, 12, 7, 2, 11, 4, 10, 8, 6)]
    page = page_of(Lead({key: f"value of {key}" for key in keys}))
    assert page.keys == keys
    lines = shown(page)
    assert lines[-13].startswith("─ Custom attributes (12) ")
    assert all(f"value of {key}" in line for key, line in zip(keys, lines[-12:], strict=True))


def test_hidden_empty_fields_are_counted_in_the_headings() -> None:
    page = page_of(look=Look(34, hide_empty=True))
    assert page.keys == ["first_name", "notes", "city", "plan_sold", "member_id"]
    headings = [text.rstrip("─ ") for text in shown(page) if "hidden" in text]
    assert headings == ["─ Person, 1 hidden", "─ Custom attributes (3), 1 hidden"]


def test_a_row_without_a_lead_says_why() -> None:
    page = page_of(None, note="Row 512 is loading")
    assert (shown(page), page.keys) == (["Row 512 is loading"], [])
    assert shown(page_of(None)) == ["No lead"]


def test_the_header_is_apart_from_what_scrolls_and_a_note_is_not() -> None:
    page = page_of(note="Found in Phone 2")
    assert texts(page.header) == [
        "Jane",
        "No phone",
        "Local time unknown: no offset",
    ]
    assert shown(page)[:2] == ["Found in Phone 2", "─ Person " + "─" * 25]


def test_a_lead_that_cannot_be_read_says_so() -> None:
    page = page_of(Lead({}, "This lead cannot be read"))
    assert (shown(page), page.keys) == (["This lead cannot be read"], [])


def test_lines_know_their_field() -> None:
    page = page_of()
    fields = [line.field for line in page.lines]
    assert fields == [-1, 0, 1, 2, 2, 2, -1, 3, -1, 4, 5, 6]
    assert [fields[page.spans[field].start] for field in range(7)] == list(range(7))
    assert page.spans[2] == range(3, 6)


def test_the_first_line_in_view_leaves_no_room_below_the_last_one() -> None:
    page = page_of()
    assert [page.top_near(line, 5) for line in (-3, 0, 4, 7, 8, 99)] == [0, 0, 4, 7, 7, 7]
    assert page.top_near(3, 100) == 0


def test_what_is_below_the_view_is_counted() -> None:
    page = page_of()
    assert page.below(5) == "Custom attributes (3) ↓ 4 more"
    assert page.below(9) == "↓ 3 more"
    assert page.below(12) == ""
    hidden = page_of(Lead({"city": "Reno", "plan_sold": ""}), Look(34, hide_empty=True))
    assert hidden.below(2) == "Custom attributes (1) ↓ more"


def test_the_view_stays_while_the_field_is_in_it() -> None:
    assert page_of().top_for(1, 0, 10) == 0


def test_a_group_s_first_field_brings_its_heading() -> None:
    page = page_of()
    assert page.top_for(0, page.spans[3].start, 8) == 0
    assert page.top_for(3, page.spans[3].start, 4) < page.spans[3].start


def test_a_field_out_of_sight_moves_the_view_by_half_a_page() -> None:
    page = page_of(Lead({f"attr_{index}": str(index) for index in range(100)}))
    top = page.top_for(60, 0, 20)
    assert top + 10 == page.spans[60].start
    assert page.top_for(40, top, 20) == page.spans[40].start - 10
    assert page.top_for(99, 0, 20) == page.top_near(1_000, 20)


def test_a_field_taller_than_the_view_starts_at_its_top() -> None:
    page = page_of(Lead({"first_name": "Jane", "notes": "\n".join("line" for _ in range(50)), "city": "Reno"}))
    assert page.top_for(1, 0, 10) == page.spans[1].start


def test_matching_looks_into_label_key_and_value() -> None:
    page = page_of()
    assert [page.keys[field] for field in page.matching("MEMBER")] == ["Member_ID", "member_id"]
    assert [page.keys[field] for field in page.matching("angeles")] == ["city"]
    assert page.matching(" ") == []
    assert page.matching("nowhere") == []
