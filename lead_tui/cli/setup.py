"""``lead-tui setup``: ask for address, token and time zone, test them, and write ``config.toml`` and the token file.

Nothing is written before every question is answered, and nothing is overwritten. The token is not shown.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

from lead_tui.cli.console import ask, ask_line, ask_secret, can_ask, complain
from lead_tui.cli.doctor_account import extent, records, search
from lead_tui.config.paths import Paths
from lead_tui.config.schema import InvalidValue
from lead_tui.config.settings import BASE_URL, AccountSettings, Network, checked_base_url, host_of
from lead_tui.invocation import Command
from lead_tui.leads.errors import LeadTuiError, OutputError, SearchError, TokenError, UsageError
from lead_tui.leads.permissions import Token
from lead_tui.leads.records import Records, RecordsQuery, Section
from lead_tui.leads.text import one_line
from lead_tui.paging.account_data import is_elsewhere, zone_of
from lead_tui.safe_files import locked, read_trusted, write_private
from lead_tui.storage.token import ENVIRONMENT, checked_token

T = TypeVar("T")

TOKEN_FILE: Final = "token"  # noqa: S105 - a file's name


def run(command: Command) -> None:
    """Ask, test and write. Raises ``LeadTuiError``, also if the test failed and the user did not want the files."""
    if not can_ask():
        raise UsageError("lead-tui setup asks its questions at a terminal", remedy="log in with one, as ssh -t does")
    paths = Paths.of(command.account.config_dir)
    token_file = paths.config_dir / TOKEN_FILE
    # Refuses a directory that others can write to, which no later start would accept.
    read_trusted(paths.config_file)
    for path in (paths.config_file, token_file):
        if os.path.lexists(path):
            raise OutputError(f"{path} already exists, and setup overwrites nothing", remedy="edit it, or move it away")
    try:
        base_url = _answer_to(lambda: ask_line(f"Address of the API [{BASE_URL}]: ") or BASE_URL, checked_base_url)
        token = _answer_to(
            lambda: ask_secret(f"API token for {host_of(base_url)} (not shown): "), lambda text: checked_token(text, "The answer")
        )
        zone = _answer_to(
            lambda: ask_line(f"Account's time zone, such as America/Los_Angeles [this host's, {time.strftime('%Z')}]: "),
            lambda text: AccountSettings(timezone=one_line(text)).timezone,
        )
        if _test(base_url, token) and not zone:
            answer = records(base_url, token, Network(), [RecordsQuery(Section.CAMPAIGNS)]).get(Section.CAMPAIGNS)
            offered = zone_of(answer.rows) if isinstance(answer, Records) else ""
            if is_elsewhere(offered, datetime.now(UTC)) and ask(f"The account is in {offered}. Use that time zone?"):
                zone = offered
    except (EOFError, KeyboardInterrupt):
        print(file=sys.stderr)
        raise KeyboardInterrupt("canceled, nothing was written") from None
    # Neither address nor zone contains a quote or a backslash: both are checked.
    timezone = f'timezone = "{zone}"' if zone else '# timezone = "America/Los_Angeles"'
    configuration = (
        f"# docs/configuration.md lists all settings.\n\n[account]\n{timezone}\n\n"
        f'[profiles.main]\nbase_url = "{base_url}"\nauth_token_file = "{TOKEN_FILE}"\n'
    )
    with locked(paths.config_file):
        write_private(token_file, f"{token.reveal()}\n", overwrite=False)
        try:
            write_private(paths.config_file, configuration, overwrite=False)
        except BaseException:
            token_file.unlink(missing_ok=True)
            raise
    complain(f"Wrote {paths.config_file} and {token_file}, which only you can read. Start with: lead-tui")
    if os.environ.get(ENVIRONMENT):
        complain(f"{ENVIRONMENT} is set: while it is, that token is used in place of the file's")


def _answer_to(question: Callable[[], str], check: Callable[[str], T]) -> T:
    while True:
        try:
            return check(question())
        except (LeadTuiError, ValueError) as error:
            complain(f"The answer {error}" if isinstance(error, InvalidValue) else str(error))


def _test(base_url: str, token: Token) -> bool:
    """Return whether a search for one lead works. Raises ``SearchError`` if not, unless the user wants the files anyway."""
    complain(f"Testing {host_of(base_url)} …")
    try:
        page, _ = search(base_url, token, Network())
    except SearchError as error:
        complain(error.message if isinstance(error, TokenError) else str(error))
        if not ask("Write the files anyway?"):
            error.message, error.remedy = "Nothing was written", "run lead-tui setup to start again"
            raise
        return False
    complain(f"It works: {extent(page)}")
    return True
