"""The history of the lead in the detail: who called, when, and with what outcome. It is read when it is opened."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.coercion import moment_in
from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import offset_words
from lead_tui.leads.records import Event, EventKind, Section, local_moment
from lead_tui.paging.account_records import AccountNames, LeadHistory, RecordsSource, read_history
from lead_tui.ui.dialogs.history import HistoryDialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.screens.status_text import joined


class HistoryController:
    """Opens the dialog of the history."""

    def __init__(self, main: MainContext, names: AccountNames, copy: Callable[[str], None]) -> None:
        self._main = main
        self._names = names
        self._copy = copy

    def open(self) -> None:
        lead, session = self._main.detail.lead, self._main.session
        if not self._main.is_allowed("may_read_history"):
            return
        if lead is None or not lead.lead_id or session.records is None:
            self._main.say("This lead has no id, by which its history could be read")
        else:
            self._main.ask(self._dialog(lead, session.records), self._copy)

    def _dialog(self, lead: Lead, source: RecordsSource) -> HistoryDialog:
        session = self._main.session
        may = session.capabilities

        async def read(days: int) -> LeadHistory:
            with_recordings = may.may_get_recordings
            found = await read_history(
                source, lead.lead_id, session.now(), session.zone, days, masked=session.concealed, with_recordings=with_recordings
            )
            events = await self._with_names(found.events)
            if not (may.may_copy and may.may_get_recordings):
                events = [replace(each, recording="") for each in events]
            return replace(found, events=events)

        def describe(event: Event) -> str:
            shown = lead.with_masked(self._main.detail.masked_keys(lead))
            found = local_moment(event, shown, session.now(), session.zone)
            local = f"{found[0]:%H:%M} local ({offset_words(found[1])})" if found is not None else ""
            return joined(local, event.note, event.recording)

        who = lead.with_masked(session.masked).name or f"lead {lead.lead_id}"
        return HistoryDialog(f"History of {who}", read, describe, self._days(lead), session.keys)

    async def _with_names(self, events: list[Event]) -> list[Event]:
        """Return *events* with names for codes, which are requested if one is missing."""
        lacking = [each for each in events if each.kind is EventKind.CALL]
        statuses = await self._names.read(Section.STATUSES) if any(each.status and not each.status_name for each in lacking) else {}
        users = await self._names.read(Section.USERS) if any(each.who.isdigit() for each in lacking) else {}
        return [
            replace(each, status_name=each.status_name or statuses.get(each.status, ""), who=users.get(each.who, each.who))
            for each in events
        ]

    def _days(self, lead: Lead) -> int:
        """The usual number of days, or more where the lead's last call was before them."""
        session = self._main.session
        last = moment_in(lead.sent.get("last_called"), session.zone)
        since = (session.now().astimezone(session.zone).replace(tzinfo=None) - last).days if last else 0
        return min(max(limits.HISTORY_DAYS, since + 1), limits.HISTORY_ALL_DAYS)
