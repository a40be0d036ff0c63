"""Parsing the command line."""

from __future__ import annotations

import pytest

from lead_tui.cli.options import OPTIONS
from lead_tui.cli.parser import parse
from lead_tui.invocation import Account, Command, Invocation, Options
from lead_tui.leads.errors import FilterError, UsageError
from lead_tui.leads.query import Query
from lead_tui.limits import DEMO_LEADS


def nothing_to_read(is_list: bool) -> str:
    raise AssertionError("standard input was read")


def read(*arguments: str, stdin: str | None = None, **environment: str) -> Command:
    return parse(arguments, environment, nothing_to_read if stdin is None else lambda _: stdin)


def searched(*arguments: str, stdin: str | None = None) -> Command:
    return read("search", *arguments, stdin=stdin)


def refusal(*arguments: str, stdin: str | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        read(*arguments, stdin=stdin)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("leads.csv", "csv"), ("a.b/LEADS.XLSX", "xlsx"), ("x.json", "json"), ("x.jsonl", "jsonl"), ("x.txt", "table"),
        ("x.sqlite", "sqlite"), ("x.parquet", "parquet"), ("x.db", "sqlite"),
        ("leads", None), ("a.b/leads", None),
    ],
)  # fmt: skip
def test_the_name_of_the_file_decides_on_the_format(name: str, form: str | None) -> None:
    assert searched("-o", name).options.format == form
    assert searched("-o", name, "--format=jsonl").options.format == "jsonl"


def test_a_value_after_the_equals_sign_may_be_anything() -> None:
    assert searched("--query=--").invocation.query_name == "--"
    assert [searched(word).options.output for word in ("-o--", "-o=--", "--output=--", "-o=a=b", "-oa=b")] == [
        *["--"] * 3,
        *["a=b"] * 2,
    ]


def test_an_unknown_extension_needs_a_format() -> None:
    assert refusal("search", "-o", "leads.dat") == (
        "The extension .dat is unknown: choose one of .csv .json .jsonl .parquet .sqlite .txt .xlsx, or add --format"
    )
    assert searched("-o", "leads.dat", "--format=csv").options.format == "csv"


def test_a_count_is_by_one_field_in_any_format_of_a_stream() -> None:
    by_city = searched("--count", "--by", " city", "-o", "x.json").options
    assert (by_city.by, by_city.format) == ("city", "json")
    assert searched("--count", "--by=+name", "--all").options.by == "+name"


def test_a_verb_comes_first_and_everything_has_a_default() -> None:
    assert read() == Command()
    for verb in ("search", "where", "doctor", "setup"):
        assert read(verb) == Command(verb)
    assert read("completion", "fish") == Command("completion", words=("fish",))
    assert read("history", "#007") == Command("history", words=("7",))


def test_every_option_has_a_place() -> None:
    names = {option.name.replace("-", "_") for option in OPTIONS} - {"help", "version", "restricted"}
    assert names == {*Options.__struct_fields__, *Account.__struct_fields__} - {"policy"}


def test_filters_and_options_come_in_any_order() -> None:
    search = searched("status=NEW", "--limit", "5", "state=california", "--format=csv", "+member_id=77", "--raw-csv")
    assert search.invocation.filters == (("status", "NEW"), ("state", "CA"), ("+member_id", "77"))
    assert search.options == Options(limit=5, format="csv", raw_csv=True)


def test_options_of_the_app() -> None:
    launch = read("--theme", "dark", "--ascii", "--no-mouse", "--query", "New in California", "--log=/tmp/log")
    assert (launch.options.theme, launch.options.ascii, launch.options.no_mouse) == ("dark", True, True)
    assert (launch.invocation.query_name, launch.account.log) == ("New in California", "/tmp/log")


def test_a_file_is_opened_with_the_options_of_the_screen() -> None:
    opened = read("open", "x.csv", "--columns", "name,city", "--theme=dark", "--ascii", "--no-mouse")
    assert (opened.words, opened.invocation) == (("x.csv",), Invocation(columns=("name", "city")))
    assert (opened.options.theme, opened.options.ascii, opened.options.no_mouse) == ("dark", True, True)
    assert refusal("open") == "open takes exactly one FILE: lead-tui open --help shows what it takes"
    assert refusal("open", "my", "leads.csv") == "open takes exactly one FILE: quote a name that has spaces"
    assert "lead-tui open has no option --demo" in refusal("open", "x", "--demo")


def test_an_account_comes_from_options_and_from_the_environment() -> None:
    environment = {"LEAD_TUI_BASE_URL": "https://one.example/v1", "LEAD_TUI_CONFIG_DIR": "/one"}
    assert read("where", **environment).account == Account(base_url="https://one.example/v1", config_dir="/one")
    given = read("where", "--base-url", "https://two.example/v1", "--config-dir", "/two", "--profile", "west", **environment)
    assert given.account == Account("west", "https://two.example/v1", "/two")


def test_an_empty_variable_is_none() -> None:
    assert read("where", LEAD_TUI_BASE_URL="", LEAD_TUI_CONFIG_DIR="").account == Account()


def test_a_demo_takes_its_number_after_an_equals_sign_only() -> None:
    assert read("--demo").account.demo == DEMO_LEADS
    assert read("--demo=1000000").account.demo == 1_000_000
    assert read("--demo=1,000,000").account.demo == 1_000_000
    launch = read("--demo", "status=NEW")
    assert launch.account.demo == DEMO_LEADS
    assert launch.invocation.filters == (("status", "NEW"),)
    assert '"5"' in refusal("--demo", "5")


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.5", "1" * 20, "１"])
def test_a_number_is_a_whole_one_from_1_on(value: str) -> None:
    assert "--limit" in refusal("search", f"--limit={value}")
    assert "--demo" in refusal(f"--demo={value}")


def test_a_value_may_hold_an_equals_sign_and_a_minus() -> None:
    search = searched("city=a=b", "created_at_start_date=-7d", "+notes_x=1")
    assert search.invocation.filters == (("city", "a=b"), ("created_at_start_date", "-7d"), ("+notes_x", "1"))


def test_a_file_is_named_in_any_way_that_is_usual() -> None:
    for given in (("-o", "x.csv"), ("-ox.csv",), ("--output", "x.csv"), ("--output=x.csv",)):
        options = searched("status=NEW", *given, "--all", "--resume", "--force").options
        assert options == Options(output="x.csv", format="csv", all=True, resume=True, force=True)
    assert searched("-o", "-").options.output == ""


def test_after_two_dashes_everything_is_a_filter() -> None:
    assert searched("--limit=1", "--", "city=Rome").invocation.filters == (("city", "Rome"),)
    assert "--limit is not a documented filter" in refusal("search", "--", "--limit=1")


def test_a_custom_mark_on_a_documented_name_is_that_name() -> None:
    assert searched("+city=Rome").invocation.filters == (("city", "Rome"),)


def test_a_span_in_the_first_day_fills_the_last_day_too() -> None:
    assert searched("created_at_start_date=Last  Week").invocation.filters == (
        ("created_at_start_date", "last week"),
        ("created_at_end_date", "last week"),
    )
    assert searched("created_at_start_date=last week", "created_at_end_date=today").invocation.filters[1] == (
        "created_at_end_date",
        "today",
    )


def test_the_command_line_wins_over_a_saved_query_and_an_empty_value_takes_a_filter_away() -> None:
    saved = Query.of({"status": "NEW", "state": "CA", "+plan_sold": "Gold"})
    asked = searched("--query=x", "state=NV", "status=").invocation
    assert saved.with_checked(asked.filters) == Query.of({"state": "NV", "+plan_sold": "Gold"})
    assert Query().with_checked(asked.filters) == Query.of({"state": "NV"})


def test_columns_are_names_between_commas_each_once() -> None:
    assert searched("--columns", "name, phone_number,+plan_sold,name").invocation.columns == ("name", "phone_number", "plan_sold")
    assert searched("--columns", "+name,name,+local_time").invocation.columns == ("+name", "name", "+local_time")


@pytest.mark.parametrize("columns", [",", "name,", "name,,city", ""])
def test_a_column_has_a_name(columns: str) -> None:
    assert "--columns" in refusal("search", f"--columns={columns}")


def test_a_look_up_is_kept_as_it_was_typed() -> None:
    assert read("--lookup", "(301) 001-0000").invocation.look_up == "(301) 001-0000"
    assert searched("--lookup", "#7", "status=NEW").invocation == Invocation((("status", "NEW"),), look_up="#7")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("3010010000",), "3010010000"),
        (("(301) 001-0000",), "(301) 001-0000"),
        (("301", "001", "0000"), "301 001 0000"),
        (("+44", "20", "7946", "0018"), "+44 20 7946 0018"),
        (("=442079460019",), "=442079460019"),
        (("3010010000", "3010010001"), "3010010000 3010010001"),
        (("#77",), "#77"),
        (("#77", "#78"), "#77 #78"),
        (("ann@example.com",), "ann@example.com"),
        (("--ascii", "3010010000", "--demo"), "3010010000"),
        (("--", "#77"), "#77"),
    ],
)
def test_a_phone_an_id_with_its_mark_or_an_email_is_a_look_up(words: tuple[str, ...], text: str) -> None:
    assert read(*words).invocation.look_up == text
    assert read(*words, "state=CA").invocation.filters == (("state", "CA"),)
    assert searched(*(word for word in words if word != "--ascii")).invocation.look_up == text


def test_one_value_comes_from_standard_input() -> None:
    assert read("--lookup", "-", stdin="Jane Public").invocation.look_up == "Jane Public"
    assert searched("phone_number=-", stdin="(301) 555-0123").invocation.filters == (("phone_number", "3015550123"),)
    assert "not phone_number=- and --lookup -" in refusal("search", "phone_number=-", "--lookup=-", stdin="x")
    assert "not phone_number=- and email=-" in refusal("search", "phone_number=-", "email=-", stdin="x")


def test_a_value_from_standard_input_is_checked_as_any_other_and_not_repeated() -> None:
    assert refusal("search", "owner_id=-", stdin="Atlantis").startswith("owner_id: ")
    assert "Atlantis" not in refusal("search", "owner_id=-", stdin="Atlantis")


# What is refused


def test_a_wrong_value_says_what_is_wrong_at_which_filter_and_does_not_repeat_it() -> None:
    with pytest.raises(FilterError, match=r"^phone_number: This is too short for a phone number") as caught:
        read("search", "phone_number=5550")
    assert caught.value.name == "phone_number"
    assert "5550" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("stat=NEW",), "did you mean status"),
        (("search", "phone=1"), "did you mean phone_number"),
        (("+auth_token=x",), "leave it out, since the program sets it"),
        (("auth_token=x",), "auth_token is not a filter: leave it out, since the program sets it"),
        (("serach",), "did you mean search"),
        (("status=NEW", "search"), "The command comes first"),
        (("search", "where"), "The command comes first"),
        (("where", "status=NEW"), 'where takes no "status=…"'),
        (("where", "x"), 'where takes no "x"'),
        (("doctor", "status=NEW"), 'doctor takes no "status=…"'),
        (("completion",), "bash, zsh or fish"),
        (("completion", "tcsh"), 'bash, zsh or fish, not "tcsh"'),
        (("completion", "bash", "zsh"), "bash, zsh or fish"),
        (("search", "--colums=name"), "did you mean --columns"),
        (("--limit", "5"), "lead-tui has no option --limit"),
        (("search", "--nope"), "lead-tui search has no option --nope: lead-tui search --help shows them"),
        (("search", "limit=5"), "limit is not a filter: did you mean --limit?"),
        (("search", "format=csv"), "format is not a filter: did you mean --format?"),
        (("history", "12", "13"), 'history takes exactly one lead id, not "12 13": find it with lead-tui search 2135550100'),
        (("history", "x"), 'history takes exactly one lead id, not "x": find it with'),
        (("queries", "export", "a", "b"), "queries export takes at most one FILE: quote a name that has spaces"),
        (("queries", "export", ""), "queries export takes at most one FILE: lead-tui queries --help shows what it takes"),
        (("queries", "show"), "queries show takes exactly one NAME: lead-tui queries --help shows what it takes"),
        (("queries", "show", "a", "b"), "queries show takes exactly one NAME: quote a name that has spaces"),
        (("queries", "import", "a", "b"), "queries import takes exactly one FILE: quote a name that has spaces"),
        (("-x",), "has no option -x"),
        (("search", "--al"), "did you mean --all"),
        (("search", "--all", "--limit=3"), "--all has no limit"),
        (("search", "-o"), "--output needs a value"),
        (("search", "--output="), "--output needs a value"),
        (("search", "--resume"), "--resume requires -o FILE"),
        (("search", "--force", "-o", "-"), "--force requires -o FILE"),
        (("Public",), '"Public" is not a command, FIELD=VALUE, phone number, #ID or email: a name is looked up with --lookup NAME'),
        (("stauts",), '"stauts" is not a command, FIELD=VALUE, phone number, #ID or email: did you mean status?'),
        (("Jane", "301", "001", "0000"), '"Jane" is not a command'),
        (("call 3010010000",), '"call 3010010000" is not a command'),
        (("1003914",), "type '#1003914' for the lead id"),
        (("--demo=500", "1003914"), "type '#1003914' for the lead id"),
        (("+99900000",), '"+99900000": '),
        (("12345678901234",), '"12345678901234"'),
        (("#7", "--lookup=#8"), '"#7" and --lookup are two look-ups'),
        (("search", "--limit=many"), '--limit must be a whole number from 1 to 999,999,999,999, not "many"'),
        (("search", "--limit=9999999999999"), "--limit must be a whole number from 1 to 999,999,999,999"),
        (("help",), "did you mean --help?"),
        (("search", "state=CA", "all"), "did you mean --all?"),
        (("search", "--columns=a\udcff"), "The command line is not text"),
        (("search", "--count", "--by=a\udcff"), "The command line is not text"),
        (("queries", "shwo"), 'not "shwo": did you mean show?'),
        (("queries", "list", "x"), 'queries list takes no "x"'),
        (("search", "--format=sqlite"), "An SQLite database can only be written to a file: name one with -o FILE"),
        (("search", "--count", "--by=city", "-o", "x.sqlite"), "--count cannot write sqlite"),
        (("search", "-o", "x.pdf"), "The extension .pdf is unknown"),
        (("--lookup",), "--lookup needs a value"),
        (("--lookup", "--demo"), "--lookup needs a value"),
        (("--lookup=",), "--lookup needs a value"),
        (("--query", ""), "--query needs a value"),
        (("--base-url= ",), "--base-url needs a value"),
        (("search", "--lookup=--"), "--lookup: There is nothing to look up"),
        (("search", "--demo=--"), '--demo must be a whole number from 1 to 999,999,999,999, not "--"'),
        (("search", "--limit", "--all"), "--limit needs a value"),
        (("search", "--limit"), "--limit needs a value"),
        (("search", "--query", "-x"), "--query needs a value: one that starts with a dash is written --query=VALUE"),
        (("search", "--count", "--format=xlsx"), "--count without --by prints one number: leave out --format"),
        (("--ascii=yes",), "--ascii takes no value"),
        (("search", "--format=xml"), '--format must be table, csv, json, jsonl, xlsx, sqlite or parquet, not "xml"'),
        (("search", "--form=csv"), "has no option --form: did you mean --format"),
        (("status=NEW", "status=CB"), "status is given twice: give each filter once, since all must match"),
        (("+city=A", "city=B"), "city is given twice"),
        (("--demo", "--base-url=https://x.example/v1"), "leave out --demo or --base-url"),
        (("--lookup", " "), "--lookup needs a value"),
        (("--lookup", "12"), "--lookup: This is too short for a phone number, which has 10 digits: type '#12' for lead id 12"),
        (("301555",), "type '#301555' for the lead id"),
        (("--lookup", "+99900000"), "country code"),
        (("city=\udcff",), "The command line is not text"),
        (("--lookup", "a\udcff"), "The command line is not text"),
        (("=x",), '"=…" is not a command'),
        (("",), '"" is not a command'),
    ],
)
def test_invalid_input_gets_a_remedy(arguments: tuple[str, ...], said: str) -> None:
    assert said in refusal(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--token", "SECRET-7"),
        ("--token=SECRET-7",),
        ("--auth_token=SECRET-7",),
        ("SECRET-7" * 4,),
        ("where", "SECRET-7" * 4),
        ("completion", "SECRET-7" * 4),
        ("queries", "show", "x", "SECRET-7"),
        ("--SECRET-7",),
        ("--ascii=SECRET-7",),
        ("search", "--format", "SECRET-7" * 4),
        ("search", "--limit", "SECRET-7" * 4),
        ("where", "status=SECRET-7"),
        ("status=NEW", "status=SECRET-7"),
        ("created_by=SECRET-7",),
        ("date_of_birth=SECRET-7",),
    ],
)
def test_a_message_repeats_no_value_of_a_filter_and_nothing_like_a_token(arguments: tuple[str, ...]) -> None:
    assert "SECRET-7" not in refusal(*arguments)


def test_a_token_on_the_command_line_is_refused_with_where_it_belongs() -> None:
    assert "CONVOSO_AUTH_TOKEN" in refusal("--token", "x")
