"""``config.toml``: defaults, accepted values, and errors that name file, line and key."""

from __future__ import annotations

import re
import time as clocks
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.schema import Source, columns_named
from lead_tui.config.settings import BASE_URL, Profile, Settings, load_settings
from lead_tui.leads.errors import ConfigurationError, UsageError
from lead_tui.leads.fields import DEFAULT_COLUMNS

EVERYTHING = """
profile = "second"

[profiles.main]
base_url = "https://api.convoso.com/v1/"
[profiles.second]
base_url = "http://127.0.0.1:8080/v1"
auth_token_file = "tokens/second"
[profiles."the third"]
auth_token_command = ["pass", "show", "convoso"]

[account]
timezone = "America/Los_Angeles"
[pace]
requests_per_second = 0
burst = 1
in_flight = 2
[network]
connect_timeout = 2
read_timeout = 4.5
proxy = "http://someone:secret@proxy.example.com:3128"
ca_file = "/etc/ssl/own.pem"
[table]
scroll = "line"
columns = ["name", "field_3"]
load_all_limit = 10
cache_mb = 8
[dates]
with_time = true
[calling_window]
start = "9:30"
end = 20:00:00
[labels]
field_3 = "Solidity"
"plan sold" = "Plan"
[types]
premium = "number"
[mask]
fields = ["email"]
[keys]
table.down = ["j", "n"]
"main.again" = "ctrl+r"
main.back = []
[theme]
name = "light"
ascii = true
mouse = false
[queries]
start = "New in California"
"""


def write(directory: Path, text: str) -> Path:
    path = directory / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(directory: Path, text: str) -> str:
    """Return the error about a file with *text*, without the directory."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(write(directory, text))
    assert caught.value.exit_code == 5
    return str(caught.value).replace(f"{directory}/", "")


def test_no_columns_stand_for_the_default_ones(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[table]\ncolumns = []\n")
    assert load_settings(path).table.columns == load_settings(tmp_path / "none.toml").table.columns == DEFAULT_COLUMNS


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "config.toml")
    assert replace(settings, source=Source()) == Settings()
    assert (settings.pace.requests_per_second, settings.pace.burst, settings.pace.in_flight) == (3, 6, 3)
    assert (settings.network.connect_timeout, settings.network.read_timeout) == (10, 30)
    assert (settings.network.proxy, settings.network.ca_file) == ("", None)
    assert (settings.table.scroll, settings.table.load_all_limit, settings.table.cache_mb) == ("half", 200_000, 4)
    assert settings.dates.with_time is False
    assert (settings.calling_window.start, settings.calling_window.end) == (time(8), time(21))
    assert settings.profile_named() == Profile(BASE_URL, name="main")
    assert settings.table.load_all_limit == limits.LOAD_ALL_LIMIT


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert replace(load_settings(write(tmp_path, "# nothing yet\n")), source=Source()) == Settings()


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, EVERYTHING))
    second = settings.profile_named()
    assert second == Profile("http://127.0.0.1:8080/v1", tmp_path / "tokens" / "second", name="second")
    assert settings.profile_named("the third") == Profile(BASE_URL, None, ("pass", "show", "convoso"), name="the third")
    assert settings.is_default(second)
    assert not settings.is_default(settings.profile_named("main"))
    assert settings.account.timezone == "America/Los_Angeles"
    assert (settings.pace.requests_per_second, settings.pace.burst, settings.pace.in_flight) == (0, 1, 2)
    assert (settings.network.connect_timeout, settings.network.read_timeout) == (2, 4.5)
    assert settings.network.proxy == "http://someone:secret@proxy.example.com:3128"
    assert settings.network.ca_file == Path("/etc/ssl/own.pem")
    assert (settings.table.scroll, settings.table.columns) == ("line", ("name", "field_3"))
    assert (settings.table.load_all_limit, settings.table.cache_mb) == (10, 8)
    assert settings.dates.with_time is True
    assert (settings.calling_window.start, settings.calling_window.end) == (time(9, 30), time(20))
    assert settings.labels == {"field_3": "Solidity", "plan sold": "Plan"}
    assert settings.types == {"premium": "number"}
    assert settings.mask.fields == ("email",)
    assert settings.keys == {"table.down": ("j", "n"), "main.again": "ctrl+r", "main.back": ()}
    assert (settings.theme.name, settings.theme.ascii, settings.theme.mouse) == ("light", True, False)
    assert settings.queries.start == "New in California"


def test_proxy_and_command_are_in_no_repr(tmp_path: Path) -> None:
    shown = repr(load_settings(write(tmp_path, EVERYTHING)))
    assert "secret" not in shown
    assert "pass" not in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "config.toml: this is not TOML: Invalid value, perhaps text without quotes"),
        ("# fine\n[pace\n", "config.toml: this is not TOML: Expected ']' at the end of a table declaration (at line 2"),
        ("a = [\n1,\n\n\n", "config.toml: this is not TOML: Invalid value, perhaps text without quotes (at end of document)"),
        ("[pace]\nburst = 1\nburst = 2\n", "config.toml: this is not TOML: Cannot overwrite a value (at line 3"),
        ("[pace]\n\nbrust = 3\n", "config.toml, line 3: pace.brust is not a known setting: did you mean burst"),
        ("timezone = 'UTC'\n", "line 1: timezone is not a known setting: it belongs under [account]"),
        ("columns = ['name']\n", "line 1: columns is not a known setting: it belongs under [table]"),
        ("[network]\nzz = 3\n", "network.zz is not a known setting: known here: connect_timeout, read_timeout, proxy, ca_file"),
        ("[pacee]\nburst = 3\n", "config.toml, line 1: pacee is not a known setting: did you mean pace"),
        ("[dates]\nzz = 3\n", "config.toml, line 2: dates.zz is not a known setting: known here: week_start, with_time"),
        ('["a b".c]\n', 'config.toml, line 1: "a b" is not a known setting: known here:'),
        (
            "[profiles.x]\nauth_token = 'geheim'\n",
            "config.toml, line 2: profiles.x.auth_token is not a known setting: did you mean auth_token",
        ),
        ("[pace]\nburst = 0.5\n", "config.toml, line 2: pace.burst must be a whole number from 1 to 1000"),
        ("[pace]\nburst = 0\n", "config.toml, line 2: pace.burst must be a whole number from 1 to 1000"),
        ("[pace]\nburst = true\n", "config.toml, line 2: pace.burst must be a whole number from 1 to 1000"),
        ("pace.requests_per_second = -1", "config.toml, line 1: pace.requests_per_second must be a number from 0 to 1000"),
        ("pace.requests_per_second = nan", "must be a number from 0 to 1000"),
        ("pace.requests_per_second = false", "must be a number from 0 to 1000"),
        ("[profile.main]", "line 1: profile must be a line of text of at most 100 characters"),
        ("pace = 3", "config.toml, line 1: pace must be a table, such as [pace]"),
        ("\n[table]\nscroll = 'page'", 'config.toml, line 3: table.scroll must be "half" or "line"'),
        ("[table]\nscroll = ['half']", 'config.toml, line 2: table.scroll must be "half" or "line"'),
        ("[table]\ncolumns = 'name'", "line 2: table.columns must be a list of column names"),
        ("[table]\ncolumns = ['name', ' ']", "line 2: table.columns must be a list of column names"),
        ("[table]\ncolumns = ['name', 3]", "line 2: table.columns must be a list of column names"),
        ("[dates]\nwith_time = 1", "line 2: dates.with_time must be true or false"),
        ("[account]\ntimezone = 'Mars/Olympus'", "line 2: account.timezone must be a time zone that this host knows"),
        ("[account]\ntimezone = '../../etc/passwd'", "line 2: account.timezone must be a time zone that this host knows"),
        ("[account]\ntimezone = 'America'", "line 2: account.timezone must be a time zone that this host knows"),
        ("[account]\ntimezone = 'los angeles'", "that this host knows: did you mean America/Los_Angeles?"),
        (
            "[copy]\ntemplate = '{nmae}, {phone}'",
            "line 2: copy.template must be a text with fields in braces: there is no field nmae",
        ),
        ("[account]\ntimezone = 3", "line 2: account.timezone must be a time zone's name"),
        ("[calling_window]\nstart = '8'", 'line 2: calling_window.start must be a time of day, such as "8:00"'),
        ("[calling_window]\nstart = '25:00'", 'line 2: calling_window.start must be a time of day, such as "8:00"'),
        ("[calling_window]\nstart = 8", 'line 2: calling_window.start must be a time of day, such as "8:00"'),
        ("\n[calling_window]\nstart = '22:00'", "line 3: calling_window.start must leave hours that end later than they start"),
        (
            "[profiles.a]\nbase_url = 'ftp://x'",
            "line 2: profiles.a.base_url must be an address that starts with https:// or http://",
        ),
        ("[profiles.a]\nbase_url = 'https://'", "line 2: profiles.a.base_url must be an address that starts"),
        ("[profiles.a]\nbase_url = 'https://a b/v1'", "line 2: profiles.a.base_url must be an address that starts"),
        (
            "[network]\nproxy = 'socks5://proxy.example.com'",
            "line 2: network.proxy must be an address that starts with http://",
        ),
        ("[network]\nproxy = 'http://a:b:c'", "line 2: network.proxy must be an address with a host and a port"),
        ("[profiles.a]\nbase_url = 3", "line 2: profiles.a.base_url must be an address that starts"),
        ("[profiles.a]\nauth_token_file = ''", "line 2: profiles.a.auth_token_file must be a file's path"),
        ("[profiles.a]\nauth_token_command = 'echo x'", "line 2: profiles.a.auth_token_command must be a list of words"),
        ("[profiles.a]\nauth_token_command = []", "line 2: profiles.a.auth_token_command must be a list of words"),
        ("[profiles.a]\nauth_token_command = ['x', 1]", "line 2: profiles.a.auth_token_command must be a list of words"),
        ("[profiles]\na = 3", "line 2: profiles.a must be a table, such as [profiles.a]"),
        ("[labels]\nfield_3 = 3", "line 2: labels.field_3 must be a line of text"),
        ("[labels]\nfield_3 = 'a\\nb'\n[labels.x]\n", "line 3: labels.x must be a line of text"),
        ('[labels]\nfield_3 = "a\\nb"', "line 2: labels.field_3 must be a line of text of at most 100 characters"),
        ('[labels]\nfield_3 = "\\u202e"', "line 2: labels.field_3 must be a line of text of at most 100 characters"),
        ("labels = 3", "line 1: labels must be a table of labels by field name"),
        ("[keys]\n[keys.table]\ndown = 3", 'line 3: keys."table.down" must be a list of keys'),
        ("[keys]\n'table.down' = 3", 'line 2: keys."table.down" must be a list of keys'),
        ("keys = 'j'", "line 1: keys must be a list of keys by the id of an action"),
        ("profile = 'mian'", "line 1: profile names no table [profiles.NAME]: did you mean main"),
        ("\nprofile = 'other'\n[profiles.mine]\n", "line 2: profile names no table [profiles.NAME]"),
        ("profile = ['x']", "line 1: profile must be a line of text"),
        ("a = " + "[" * 3000, "config.toml"),
    ],
)
def test_a_mistake_is_reported_with_file_line_key_and_what_is_expected(tmp_path: Path, text: str, said: str) -> None:
    message = refused(tmp_path, text)
    assert said in message
    assert message.startswith("config.toml")
    assert "\n" not in message


def test_what_the_parser_cannot_take_is_a_mistake_too(tmp_path: Path) -> None:
    assert "this is not TOML" in refused(tmp_path, f"[pace]\nburst = {'1' * 5_000}\n")


def test_free_text_in_the_wrong_place_is_never_repeated(tmp_path: Path) -> None:
    for text in (
        "[profiles.a]\nauth_token = 'geheim'",
        "[profiles.a]\nbase_url = 'geheim'",
        "[profiles.a]\nauth_token_command = 'echo geheim'",
        "[account]\ntimezone = 'geheim'",
        "[network]\nproxy = 'geheim'",
        "[labels]\na = ['geheim']",
    ):
        assert "geheim" not in refused(tmp_path, text)


def test_a_deep_check_of_base_urls_is_reported_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, '\n[profiles."b.c"]\nbase_url = "http://example.com/v1"\n')
    place = 'line 3: profiles."b.c".base_url cannot be used: The base URL must be https://'
    with pytest.raises(ConfigurationError, match=re.escape(place)):
        load_settings(path)


def test_another_floor_can_refuse_a_setting_with_its_place(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "[theme]\n\nname = 'dark'\n"))
    error = settings.source.wrong(("theme", "name"), "must be dark or light", "see lead-tui --help")
    assert str(error) == f"{tmp_path}/config.toml, line 3: theme.name must be dark or light: see lead-tui --help"
    assert str(Settings().source.wrong(("theme", "name"), "is odd")) == "config.toml: theme.name is odd"


def test_a_file_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.chmod(0o666)
    with pytest.raises(ConfigurationError, match="Others can write to"):
        load_settings(path)


def test_an_unknown_profile_is_reported_with_the_nearest(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, EVERYTHING))
    with pytest.raises(UsageError, match="There is no profile secnd: did you mean second"):
        settings.profile_named("secnd")
    with pytest.raises(UsageError, match="There is no profile zz: choose main or second or the third"):
        settings.profile_named("zz")


def test_the_main_profile_is_there_beside_another_default(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "profile = 'other'\n[profiles.other]\n"))
    assert settings.profile_named("main").base_url == BASE_URL
    assert not settings.is_default(settings.profile_named("main"))


def test_the_day_is_the_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    monkeypatch.setattr(clocks, "time", late.timestamp)
    los_angeles = load_settings(write(tmp_path, "[account]\ntimezone = 'America/Los_Angeles'"))
    tokyo = load_settings(write(tmp_path, "[account]\ntimezone = 'Asia/Tokyo'"))
    assert los_angeles.today() == date(2026, 2, 28)
    assert tokyo.today() == date(2026, 3, 1)


def test_a_link_to_nothing_is_not_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").symlink_to("gone.toml")
    with pytest.raises(ConfigurationError, match=r"config\.toml points to nothing: correct the link, or remove it"):
        load_settings(tmp_path / "config.toml")


def test_without_a_zone_the_day_is_the_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().zone() is None
    monkeypatch.setattr(clocks, "time", lambda: 1_700_000_000.0)
    assert Settings().today() == datetime.fromtimestamp(1_700_000_000.0).date()


def test_a_tilde_in_a_path_is_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    settings = load_settings(write(tmp_path, "[profiles.main]\nauth_token_file = '~/token'"))
    assert settings.profile_named().auth_token_file == Path("/home/somebody/token")


@pytest.mark.parametrize(
    ("zone", "text", "shown"),
    [
        ("UTC", "", "UTC"),
        ("UTC", "[account]\ntimezone = 'America/Denver'", ""),
        ("America/Denver", "", ""),
        # On UTC in winter alone: that is a choice of a zone.
        ("Europe/London", "", ""),
    ],
)
def test_a_host_on_utc_has_its_zone_shown_until_one_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, text: str, shown: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        clocks.tzset()
        assert load_settings(write(tmp_path, text)).zone_in_doubt() == shown
    clocks.tzset()


def test_a_week_may_start_on_sunday(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, "")).dates.week_start == "monday"
    assert load_settings(write(tmp_path, "[dates]\nweek_start = 'sunday'")).dates.week_start == "sunday"
    with pytest.raises(ConfigurationError, match=r'line 2: dates\.week_start must be "monday" or "sunday"'):
        load_settings(write(tmp_path, "[dates]\nweek_start = 'friday'"))


def test_a_column_may_carry_the_mark_of_an_attribute() -> None:
    assert columns_named(("name", "+name", "+plan_sold", "plan_sold")) == ("name", "+name", "plan_sold")
