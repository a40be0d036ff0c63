"""Asking for another token where the server refused the one there is: once for each refusal, and only where one may be given."""

from __future__ import annotations

from lead_tui.leads.errors import TokenError
from lead_tui.leads.token import Token
from lead_tui.ui.screens.main_context import MainContext


class TokenController:
    """Has a token typed in, and asks again with it; belongs to the main screen."""

    def __init__(self, main: MainContext) -> None:
        self._main = main
        self._is_asking = False
        self._asked_about: TokenError | None = None

    def ask(self, problem: TokenError) -> None:
        """Ask for a token since *problem* was the answer to the one there is."""
        # Whoever goes on without is asked again once it has been tried again.
        if self._is_asking or problem is self._asked_about or not self._main.session.capabilities.may_give_token:
            return
        self._is_asking, self._asked_about = True, problem
        self._main.screen.run_worker(self._ask(str(problem)))

    async def _ask(self, problem: str) -> None:
        from lead_tui.ui.dialogs.token import AskToken

        session = self._main.session
        try:
            asking = AskToken(session.account, session.host, problem, keys=session.keys)
            token: Token | None = await self._main.screen.app.push_screen_wait(asking)
        finally:
            # Whatever ended it: the next refusal asks again.
            self._is_asking = False
        if token is not None:
            session.use_token(token)
            self._main.searches.again()
