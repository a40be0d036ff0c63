"""Find the API token, and decide to which address it may be sent. Messages never contain it, or the output of a command."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from lead_tui import limits
from lead_tui.config.address import same_address
from lead_tui.config.settings import Profile, Settings
from lead_tui.leads.errors import TokenError
from lead_tui.leads.token import Token
from lead_tui.safe_files import shown
from lead_tui.storage.secret_file import read_secret

ENVIRONMENT: Final = "CONVOSO_AUTH_TOKEN"


class FoundToken(Struct, frozen=True):
    """A token, or none, and where it came from."""

    token: Token | None
    origin: str
    """For people, without a secret: "the environment (CONVOSO_AUTH_TOKEN)"; of none, why there is none."""


def take_environment_token(environ: MutableMapping[str, str] | None = None) -> Token | None:
    """Remove the token from the environment, where a child process or a crash report would find it, and return it.

    None if there is none. Called once, early, whatever the token is for. Raises ``TokenError`` for an invalid one.
    """
    text = (os.environ if environ is None else environ).pop(ENVIRONMENT, "")
    return checked_token(text, ENVIRONMENT) if text.strip() else None


def find_token(settings: Settings, profile: Profile, environment: Token | None, given_base_url: str = "") -> FoundToken:
    """Return the token for *profile*, or for *given_base_url*, from the option or the environment, "" if neither is set.

    *environment*, from ``take_environment_token``, is for the default profile or for a given base URL; a profile's file or command
    is for that profile's base URL only, however that is written. If nothing is found, the user has to be asked.

    Raises ``ConfigurationError`` for a token file that others can read and for a command that cannot be run, ``TokenError`` if
    the file or the command has no token. Takes up to ``TOKEN_COMMAND_TIMEOUT`` seconds: not to be called on an event loop.
    """
    if environment and (given_base_url or settings.is_default(profile)):
        return FoundToken(environment, f"the environment ({ENVIRONMENT})")
    if given_base_url and not same_address(given_base_url, profile.base_url):
        return FoundToken(None, f"the token of the profile {profile.name} is for its own base URL only")
    if profile.auth_token_file is not None:
        return FoundToken(
            _from_file(settings, profile, profile.auth_token_file), f"auth_token_file {shown(profile.auth_token_file)}"
        )
    if profile.auth_token_command:
        return FoundToken(_from_command(settings, profile), f"auth_token_command of the profile {profile.name}")
    if environment:
        return FoundToken(None, f"{ENVIRONMENT} is for the default profile, {settings.profile}, not for {profile.name}")
    return FoundToken(None, f"neither {ENVIRONMENT} nor the profile {profile.name} has one")


def checked_token(text: str, where: str) -> Token:
    """Return the token in *text*, which comes from *where*. Raises ``TokenError`` if it is empty or more than a word."""
    token = text.strip()
    if not token:
        raise TokenError(f"{where} contains no token", remedy="put the account's API token there")
    if len(token) > limits.MAX_TOKEN_CHARACTERS or not token.isascii() or not token.isprintable() or " " in token:
        raise TokenError(f"{where} does not contain a token", remedy="a token is one word of letters and digits")
    return Token(token)


def _from_file(settings: Settings, profile: Profile, path: Path) -> Token:
    where = ("profiles", profile.name, "auth_token_file")
    try:
        # Room for spaces and line breaks around it; what is longer is no token.
        content = read_secret(settings, where, path, 4 * limits.MAX_TOKEN_CHARACTERS)
    except FileNotFoundError:
        raise TokenError(
            f"The token file {shown(path)} is not there", remedy=f"write the token of the profile {profile.name} into it, mode 0600"
        ) from None
    return checked_token(content, f"The token file {shown(path)}")


def _from_command(settings: Settings, profile: Profile) -> Token:
    # Imported here: few keep their token so.
    from lead_tui.storage.command import CommandFailed, CommandMissing, output_of

    who = f"auth_token_command of the profile {profile.name}"
    environment = {name: value for name, value in os.environ.items() if name != ENVIRONMENT}
    try:
        output = output_of(
            profile.auth_token_command,
            environment,
            seconds=limits.TOKEN_COMMAND_TIMEOUT,
            most_bytes=4 * limits.MAX_TOKEN_CHARACTERS,
        )
    except CommandMissing as missing:
        key = ("profiles", profile.name, "auth_token_command")
        raise settings.wrong(key, "cannot be run", str(missing)) from None
    except CommandFailed as failed:
        raise TokenError(f"{who} gave no token: it {failed}", remedy="run it in a shell to see why") from None
    return checked_token(output.decode("utf-8", "replace"), f"What {who} prints")
