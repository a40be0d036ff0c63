"""Find the secrets: the API token, with the address to which it may be sent, and the password of the Redis server.

They come from the environment, from files that are closed to others, and from a command. Messages never contain them.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from lead_tui import limits
from lead_tui.config.schema import KeyPath
from lead_tui.config.settings import Pace, Profile, Settings
from lead_tui.leads.errors import ConfigurationError, TokenError
from lead_tui.leads.permissions import Token
from lead_tui.leads.text import one_line
from lead_tui.safe_files import ROOT, open_regular, reason

ENVIRONMENT: Final = "CONVOSO_AUTH_TOKEN"

_MAX_BYTES: Final = 4 * limits.MAX_TOKEN_CHARACTERS  # with room for spaces and line breaks around a token


class FoundToken(Struct, frozen=True):
    """A token, or none, and where it came from."""

    token: Token | None
    origin: str  # for messages, without a secret: "the environment (CONVOSO_AUTH_TOKEN)", or why there is no token
    remedy: str = ""  # how to store another token there

    @property
    def missing(self) -> TokenError:
        return TokenError(f"No API token ({self.origin})", remedy=self.remedy)


def take_environment_token() -> Token | None:
    """Remove the token from the environment, where child processes and crash reports would find it, and return it."""
    return Token(os.environ.pop(ENVIRONMENT, "")) or None


def find_token(settings: Settings, profile: Profile, environment: Token | None, given_base_url: str = "") -> FoundToken:
    """Return the token for *profile*, or for *given_base_url*, from the option or the environment, "" if neither is set.

    *environment*, from ``take_environment_token``, is for the default profile or for a given base URL; a profile's file or command
    is for that profile's base URL only, however that is written. Takes up to ``TOKEN_COMMAND_TIMEOUT`` seconds.

    Raises ``ConfigurationError`` for a file that others can read or a command that cannot be run, ``TokenError`` for no token.
    """
    if environment and (given_base_url or settings.is_default(profile)):
        token = checked_token(environment.reveal(), ENVIRONMENT)
        return FoundToken(token, f"the environment ({ENVIRONMENT})", f"set {ENVIRONMENT} to it")
    if given_base_url and given_base_url != profile.base_url:
        why = f"the token of the profile {profile.name} is for its own base URL only"
        return FoundToken(None, why, f"set {ENVIRONMENT} to a token for the given base URL")
    if profile.auth_token_file is not None:
        origin = one_line(f"auth_token_file {profile.auth_token_file}")
        return FoundToken(_from_file(settings, profile, profile.auth_token_file), origin, f"write it to the {origin}")
    if profile.auth_token_command:
        origin = f"auth_token_command of the profile {profile.name}"
        return FoundToken(_from_command(settings, profile), origin, f"have the {origin} print it")
    why = f"neither {ENVIRONMENT} nor the profile {profile.name} has one"
    if settings.is_default(profile):
        return FoundToken(None, why, f"run lead-tui setup, or set {ENVIRONMENT}")
    if environment:
        why = f"{ENVIRONMENT} is for the default profile, {settings.profile}, not for {profile.name}"
    return FoundToken(None, why, "set the profile's auth_token_file or auth_token_command in config.toml")


def checked_token(text: str, where: str) -> Token:
    """Return the token in *text*, which comes from *where*. Raises ``TokenError`` if it is empty or more than a word."""
    token = text.strip()
    if not 0 < len(token) <= limits.MAX_TOKEN_CHARACTERS or re.search(r"""[^!-~]|["']|^\w+=\w""", token):
        raise TokenError(f"{where} does not contain a token", remedy="a token is one word, without quotes or a name before it")
    return Token(token)


def _from_file(settings: Settings, profile: Profile, path: Path) -> Token:
    try:
        content = read_secret(settings, ("profiles", profile.name, "auth_token_file"), path, _MAX_BYTES)
    except FileNotFoundError:
        remedy = f"write the token of the profile {profile.name} into it, mode 0600"
        raise TokenError(f"The token file {path} does not exist", remedy=remedy) from None
    return checked_token(content, f"The token file {path}")


def _from_command(settings: Settings, profile: Profile) -> Token:
    from subprocess import CalledProcessError, TimeoutExpired

    who, remedy = f"auth_token_command of the profile {profile.name}", "run it in a shell to see why"
    try:
        output = output_of(profile.auth_token_command, os.environ, seconds=limits.TOKEN_COMMAND_TIMEOUT)
    except CalledProcessError as failed:
        raise TokenError(f"{who} gave no token: it ended with status {failed.returncode}", remedy=remedy) from None
    except TimeoutExpired:
        raise TokenError(f"{who} gave no token: it took longer than {limits.TOKEN_COMMAND_TIMEOUT:g} s", remedy=remedy) from None
    except OSError as error:
        key = ("profiles", profile.name, "auth_token_command")
        raise settings.source.wrong(key, "cannot be run", reason(error)) from None
    return checked_token(output.decode("utf-8", "replace"), f"What {who} prints")


def read_secret(settings: Settings, where: KeyPath, path: Path, max_bytes: int, *, of_host: bool = False) -> str:
    """Return at most *max_bytes* of the file *path*, which must belong to the user and be closed to all others.

    The setting at *where* names it. A secret *of_host* may belong to root instead and be readable by its group. Raises
    ``FileNotFoundError``, and ``ConfigurationError`` for any other file that is not read.
    """

    def refused(problem: str, remedy: str) -> ConfigurationError:
        return settings.source.wrong(where, f"is not read: {path} {problem}", remedy)

    try:
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
            is_own, mode = status.st_uid == os.geteuid(), stat.S_IMODE(status.st_mode)
            if not is_own and not (of_host and status.st_uid == ROOT):
                raise refused("belongs to another user", "use a file of your own")
            if mode & (0o077 if is_own else 0o027):
                raise refused(f"is open to others (mode {mode:04o})", f"chmod {'600' if is_own else '640'} {path}")
            content = file.read(max_bytes)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise refused("cannot be read", reason(error)) from None
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def pace_with_password(settings: Settings) -> Pace:
    """Return the pace with the password of its Redis server. Raises ``ConfigurationError`` for one that others can read."""
    pace, path = settings.pace, settings.source.path
    if not pace.redis:
        return pace
    if pace.redis_password:
        status = path.stat()
        # A policy belongs to root and is readable by the group of its users.
        others = stat.S_IROTH if status.st_uid == ROOT != os.geteuid() else stat.S_IROTH | stat.S_IRGRP
        if stat.S_IMODE(status.st_mode) & others:
            remedy = "put the password into a file of its own and name that as redis_password_file"
            raise settings.source.wrong(("pace", "redis_password"), f"is not used: others can read {path}", remedy)
        return pace
    if (password_file := pace.redis_password_file) is None:
        return pace
    where = ("pace", "redis_password_file")
    try:
        password = read_secret(settings, where, password_file, limits.MAX_PASSWORD_BYTES, of_host=True).strip()
    except FileNotFoundError:
        raise settings.source.wrong(where, f"names no file: {password_file}") from None
    return replace(pace, redis_password=password)


def output_of(words: Sequence[str], environment: Mapping[str, str], *, seconds: float) -> bytes:
    """Return what *words* print, run without a terminal. Raises ``OSError``, ``ValueError`` and ``SubprocessError``."""
    # Imported here: few users have such a command.
    import subprocess

    done = subprocess.run(  # noqa: S603 (the words are the user's own configuration, which others cannot write to)
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        timeout=seconds,
        check=True,
        start_new_session=True,
    )
    return done.stdout
