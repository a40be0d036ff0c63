"""Ask for another API token after the server rejected the present one: once for each rejection, where the user may give one."""

from __future__ import annotations

from lead_tui.config.address import host_of
from lead_tui.leads.errors import TokenError
from lead_tui.leads.permissions import Token
from lead_tui.ui.screens.main_context import MainContext


class TokenController:
    """Opens the token's dialog, and repeats the search with the new token."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._is_asking = False
        self._last_problem: TokenError | None = None

    def ask(self, problem: TokenError) -> None:
        """Ask for a token because of *problem*, unless that has been done: a user who skips is asked again after a retry."""
        if not self._is_asking and problem is not self._last_problem and self._main.session.capabilities.may_give_token:
            self._is_asking, self._last_problem = True, problem
            self._main.screen.run_worker(self._ask(problem))

    async def _ask(self, problem: TokenError) -> None:
        from lead_tui.ui.dialogs.token import AskToken

        session = self._main.session
        try:
            dialog = AskToken(session.account, host_of(session.base_url), problem, keys=session.keys)
            token: Token | None = await self._main.screen.app.push_screen_wait(dialog)
        finally:
            # Also after the dialog failed: the next rejection asks again.
            self._is_asking = False
        if token is not None and session.client is not None:
            session.client.use_token(token)
            self._main.searches.again()
