"""Base URLs: which may receive the token, and how they are shown."""

from __future__ import annotations

import pytest

from lead_tui.config.settings import checked_base_url, host_of, is_loopback


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://api.convoso.com/v1", "https://api.convoso.com/v1"),
        ("https://api.convoso.com/v1/", "https://api.convoso.com/v1"),
        ("  HTTPS://API.Convoso.com:443/v1/ ", "https://api.convoso.com/v1"),
        ("https://api.convoso.com:8443/v2", "https://api.convoso.com:8443/v2"),
        ("https://gateway.example.com/convoso/v1", "https://gateway.example.com/convoso/v1"),
        ("https://api.convoso.com/v1.2", "https://api.convoso.com/v1.2"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("http://127.8.9.1/v1", "http://127.8.9.1/v1"),
        ("http://localhost:80/v1/", "http://localhost/v1"),
        ("http://LocalHost:5000/v1", "http://localhost:5000/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://[2001:db8::1]/v1", "https://[2001:db8::1]/v1"),
    ],
)
def test_a_usable_base_url_is_kept_in_one_form(written: str, kept: str) -> None:
    assert checked_base_url(written) == kept
    assert checked_base_url(kept) == kept


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "ends in the version, as in"),
        ("api.convoso.com/v1", "ends in the version, as in"),
        ("ftp://api.convoso.com/v1", "ends in the version, as in"),
        ("https:///v1", "ends in the version, as in"),
        ("https://api.convoso.com", "ends in the version, as in"),
        ("https://api.convoso.com/", "ends in the version, as in"),
        ("https://api.convoso.com/v1/leads/search", "ends in the version, as in"),
        ("https://api.convoso.com/v1//", "ends in the version, as in"),
        ("https://api.convoso.com/../v1", "ends in the version, as in"),
        ("https://api.convoso.com/%2e%2e/v1", "ends in the version, as in"),
        ("https://api.convoso.com/version1", "ends in the version, as in"),
        ("http://api.convoso.com/v1", "must be https"),
        ("http://10.0.0.1/v1", "must be https"),
        ("http://localhost.example.com/v1", "must be https"),
        ("http://127.0.0.1.example.com/v1", "must be https"),
        ("http://0.0.0.0/v1", "must be https"),
        ("https://me@api.convoso.com/v1", "ends in the version, as in"),
        ("https://me:secret@api.convoso.com/v1", "ends in the version, as in"),
        ("https://@api.convoso.com/v1", "ends in the version, as in"),
        ("https://api.convoso.com/v1?auth_token=x", "ends in the version, as in"),
        ("https://api.convoso.com/v1?", "ends in the version, as in"),
        ("https://api.convoso.com/v1#", "ends in the version, as in"),
        ("https://api.convoso.com:port/v1", "ends in the version, as in"),
        ("https://api.convoso.com:99999/v1", "no usable host or port"),
        ("https://api.convoso.com:0/v1", "ends in the version, as in"),
        ("https://api..com;x/v1", "ends in the version, as in"),
        ("https://[::1/v1", "ends in the version, as in"),
        ("https://api.convoso.com\\@evil.example/v1", "ends in the version, as in"),
        ("https://api.convoso.com/v1\nx", "ends in the version, as in"),
        ("https://api convoso.com/v1", "ends in the version, as in"),
        ("https://äpi.example.com/v1", "ends in the version, as in"),
    ],
)
def test_another_base_url_is_refused_with_the_reason(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        checked_base_url(written)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.convoso.com/v1", "api.convoso.com"),
        ("http://127.0.0.1:8080/v1", "127.0.0.1:8080"),
        ("http://[::1]:8080/v1", "[::1]:8080"),
        ("http://user:secret@proxy.example.com:3128", "proxy.example.com:3128"),
        ("https://evil.example/?auth_token=secret", "evil.example"),
        ("/elsewhere?auth_token=secret", ""),
        ("https://evil.example:port/", ""),
        ("", ""),
    ],
)
def test_a_host_is_shown_without_user_path_and_query(url: str, shown: str) -> None:
    assert host_of(url) == shown


@pytest.mark.parametrize(
    ("host", "loopback"), [("localhost", True), ("127.1.2.3", True), ("::1", True), ("example.com", False), ("128.0.0.1", False)]
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
