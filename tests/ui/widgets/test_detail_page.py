"""A lead's detail as a whole: the order of its lines, and which of them are in view."""

from __future__ import annotations

from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import LocalTime
from lead_tui.ui.widgets.detail_page import NO_FIELD, DetailPage, Look

TIME = LocalTime(doubt="no offset")
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
    return DetailPage(lead, note, TIME, look or Look(34))


def texts(page: DetailPage, top: int = 0, height: int = 10_000) -> list[str]:
    return ["".join(text for _, text in line) for line, _ in page.window(top, height)]


def test_every_field_that_came_is_there_documented_ones_in_groups_first() -> None:
    assert page_of().keys == ["first_name", "email", "notes", "city", "plan_sold", "Member_ID", "member_id"]


def test_groups_have_headings_and_those_without_fields_do_not() -> None:
    assert [text for text in texts(page_of()) if text.startswith("─")] == [
        "─ Person " + "─" * 25,
        "─ Address " + "─" * 24,
        "─ Custom attributes (3) " + "─" * 10,
    ]


def test_custom_attributes_have_their_heading_even_where_there_are_none() -> None:
    assert texts(page_of(Lead({"city": "Reno"})))[-1].startswith("─ Custom attributes (0) ─")


def test_twelve_custom_attributes_are_all_shown_in_the_order_they_came() -> None:
    keys = [f"attr_{index}" for index in (5, 3, 9, 1, 12, 7, 2, 11, 4, 10, 8, 6)]
    page = page_of(Lead({key: f"value of {key}" for key in keys}))
    assert page.keys == keys
    shown = texts(page)
    assert shown[-13].startswith("─ Custom attributes (12) ")
    assert all(f"value of {key}" in line for key, line in zip(keys, shown[-12:], strict=True))


def test_hidden_empty_fields_are_counted_in_the_headings() -> None:
    page = page_of(look=Look(34, hide_empty=True))
    assert page.keys == ["first_name", "notes", "city", "plan_sold", "member_id"]
    assert page.hidden == 2
    headings = [text.rstrip("─ ") for text in texts(page) if "hidden" in text]
    assert headings == ["─ Person, 1 hidden", "─ Custom attributes (3), 1 hidden"]


def test_a_row_without_a_lead_says_why() -> None:
    page = page_of(None, note="Row 512 is loading")
    assert (texts(page), page.keys) == (["Row 512 is loading"], [])
    assert texts(page_of(None)) == ["No lead"]


def test_the_header_is_apart_from_what_scrolls_and_a_note_is_not() -> None:
    page = page_of(note="Found in Phone 2")
    assert ["".join(text for _, text in line) for line in page.header] == [
        "Jane",
        "No phone",
        "Local time unknown: no offset",
    ]
    assert texts(page)[:2] == ["Found in Phone 2", "─ Person " + "─" * 25]


def test_a_lead_that_cannot_be_read_says_so() -> None:
    page = page_of(Lead({}, "This lead cannot be read"))
    assert (texts(page), page.keys) == (["This lead cannot be read"], [])


def test_lines_know_their_field() -> None:
    page = page_of()
    fields = [field for _, field in page.window(0, 100)]
    assert fields == [NO_FIELD, 0, 1, 2, 2, 2, NO_FIELD, 3, NO_FIELD, 4, 5, 6]
    assert [fields[page.span(field).start] for field in range(7)] == list(range(7))
    assert page.span(2) == range(3, 6)


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
    assert page.top_for(0, page.span(3).start, 8) == 0
    assert page.top_for(3, page.span(3).start, 4) < page.span(3).start


def test_a_field_out_of_sight_moves_the_view_by_half_a_page() -> None:
    page = page_of(Lead({f"attr_{index}": str(index) for index in range(100)}))
    top = page.top_for(60, 0, 20)
    assert top + 10 == page.span(60).start
    assert page.top_for(40, top, 20) == page.span(40).start - 10
    assert page.top_for(99, 0, 20) == page.top_near(1_000, 20)


def test_a_field_taller_than_the_view_starts_at_its_top() -> None:
    page = page_of(Lead({"first_name": "Jane", "notes": "\n".join("line" for _ in range(50)), "city": "Reno"}))
    assert page.top_for(1, 0, 10) == page.span(1).start


def test_only_what_comes_in_view_is_built() -> None:
    read: set[str] = set()

    class Watched(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            read.add(key)
            return super().get(key, default)

    page = page_of(Lead(Watched({f"attr_{index}": "x" for index in range(5_000)})))
    page.window(0, 30)
    assert "attr_0" in read
    assert len([key for key in read if key.startswith("attr_")]) <= 40


def test_matching_looks_into_label_key_and_value() -> None:
    page = page_of()
    assert [page.keys[field] for field in page.matching("MEMBER")] == ["Member_ID", "member_id"]
    assert [page.keys[field] for field in page.matching("angeles")] == ["city"]
    assert page.matching(" ") == []
    assert page.matching("nowhere") == []
