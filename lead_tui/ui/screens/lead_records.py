"""What the account knows about the lead in the detail besides its fields: its history, and the do-not-call list."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from textual.widgets import Static

from lead_tui import limits
from lead_tui.keys.catalogue import Pane
from lead_tui.leads import records
from lead_tui.leads.errors import SearchError, SectionForbidden
from lead_tui.leads.lead import Lead
from lead_tui.leads.local_time import offset_words
from lead_tui.leads.phones import Phone
from lead_tui.leads.records import Event, PhoneCheck, Section
from lead_tui.leads.text import counted, fit, joined, one_line
from lead_tui.paging.account_data import AccountNames, RecordsSource, read_history
from lead_tui.ui.dialogs.list_dialog import ListDialog
from lead_tui.ui.screens.main_context import MainContext
from lead_tui.ui.widgets.drawn_list import DrawnLine

_GAP = "  "
_WHEN = 16  # cells of a date and time without seconds
_MAX_NAME = 30  # characters of the name in the title


class LeadRecords:
    """Opens the history, and checks phones; the results are kept for this session and shown in the detail's header."""

    def __init__(self, main: MainContext, names: AccountNames) -> None:
        self._main = main
        self._names = names
        self._checks: dict[Phone, PhoneCheck] = {}
        self._forbidden: PhoneCheck | None = None  # the result of the last check, if it was that the token may not read the list
        main.detail.look = replace(main.detail.look, phone_checks=self._checks)

    def open_history(self, copy: Callable[[str], None]) -> None:
        """Open the dialog of the lead's history, from which *copy* copies an address; or say why there is none."""
        lead, source = self._main.detail.lead, self._main.session.records
        if lead is None or not lead.lead_id or source is None:
            self._main.say(self._main.table.absence or "This lead has no id, so its history cannot be read")
        else:
            self._main.ask(HistoryDialog(self._main, self._names, source, lead), copy)

    def check(self) -> None:
        """Check the phones of the lead again, or say why that cannot be done."""
        self._forbidden = None
        if not self.check_lead():
            self._main.say(self._main.table.absence or "This lead has no phone to check")

    def check_lead(self) -> bool:
        """Start the checks, unless the session or the token may not; return False if there is no phone to check."""
        lead, source = self._main.detail.lead, self._main.session.records
        phones = records.phones_of(lead).values() if lead is not None else ()
        if source is None or not phones or not self._main.session.capabilities.may_check_do_not_call:
            return False
        # Some statuses forbid calls though their code does not say so.
        self._names.of(Section.STATUSES)
        if len(self._checks) > limits.MAX_DNC_CHECKS:
            self._checks.clear()
        for phone in phones:
            if self._forbidden is not None or not phone.national:
                self._checks[phone] = self._forbidden or records.NO_NUMBER
            elif self._checks.get(phone) is not records.RUNNING:
                self._checks[phone] = records.RUNNING
                self._main.run_worker(self._check(phone, source))
        self._main.detail.rebuild()
        return True

    async def _check(self, phone: Phone, source: RecordsSource) -> None:
        session = self._main.session
        check = PhoneCheck(None, "not checked: canceled")
        try:
            found = await source.records(records.entries_of(phone))
            check = records.check_of(found, phone, f"{session.now().astimezone(session.zone):%H:%M}")
            self._forbidden = None
        except SectionForbidden:
            check = self._forbidden = PhoneCheck(None, "not checked: this token has no access")
        except SearchError as error:
            check, self._forbidden = PhoneCheck(None, f"not checked: {error.message}"), None
        finally:
            self._checks[phone] = check
        self._main.detail.rebuild()


class HistoryDialog(ListDialog[Event, str]):
    """Lists the calls, callbacks and recordings of *lead*, the newest first; the result is the address of a recording to copy."""

    WIDTH = 78

    def __init__(self, main: MainContext, names: AccountNames, source: RecordsSource, lead: Lead) -> None:
        super().__init__(Pane.HISTORY, main.session.keys)
        self._main = main
        self._names = names
        self._source = source
        self._lead = lead
        name = one_line(lead.with_masked(main.session.settings.masked).name, _MAX_NAME)
        self._title = f"History of {name or f'lead {lead.lead_id}'}"
        self._problems: list[str] = []
        self._problem_lines = Static(classes="alert", markup=False)
        self.parts.append(self._problem_lines)
        self._days = 0
        self._is_reading = False

    def fit_height(self) -> None:
        self.other_lines = self.fill(self._problem_lines, *self._problems)
        super().fit_height()

    def begin(self) -> None:
        self._read(limits.HISTORY_DAYS)
        self.resume_input()

    def _read(self, days: int) -> None:
        self._is_reading, self._days = True, days
        self.set_titles(f"{self._title} · reading…")
        self.draw()
        self.run_worker(self._show())

    async def _show(self) -> None:
        session, may, days = self._main.session, self._main.session.capabilities, self._days
        zone, masked, with_recordings = session.zone, session.concealed, may.may_get_recordings
        source, lead_id, now = self._source, self._lead.lead_id, session.now()
        history = await read_history(source, lead_id, now, zone, days, masked=masked, with_recordings=with_recordings)
        events = await self._with_names(history.events)
        if not (may.may_copy and with_recordings):
            events = [replace(each, recording="") for each in events]
        self._is_reading, self.items = False, events
        # Often all have the same reason, such as the network.
        self._problems = [f"! {problem}" for problem in dict.fromkeys(str(error) for _, error in history.problems)]
        span = "" if self._days == limits.HISTORY_ALL_DAYS else f"last {self._days} days"
        more = counted(history.missing, "more call") if history.missing else ""
        self.set_titles(joined(self._title, span, more))
        self.show_items()

    async def _with_names(self, events: list[Event]) -> list[Event]:
        """Return *events* with names for codes, which are requested if one is missing."""
        calls = [each for each in events if each.kind == "call"]
        statuses = await self._names.read(Section.STATUSES) if any(each.status and not each.status_name for each in calls) else {}
        users = await self._names.read(Section.USERS) if any(each.who.isdigit() for each in calls) else {}
        return [
            replace(each, status_name=each.status_name or statuses.get(each.status, ""), who=users.get(each.who, each.who))
            for each in events
        ]

    def line(self, index: int, width: int) -> DrawnLine:
        event = self.items[index]
        what = "due" if event.is_due else event.kind
        left = f"{fit(event.when[:_WHEN], _WHEN)}{_GAP}{what:9}{_GAP}"
        right = f"{_GAP}{records.duration(event.seconds):>7}"
        room = max(2, width - len(left) - len(right) - len(_GAP))
        who = fit(event.who, room * 2 // 5)
        outcome = fit(event.status_name or event.status, room - room * 2 // 5)
        return DrawnLine((("bold" if event.is_due else "", left), ("", f"{who}{_GAP}"), ("bold", outcome), ("", right)))

    def hints(self) -> list[str]:
        event = self.current
        about = self._details(event) if event else "reading…" if self._is_reading else "" if self._problems else "no events"
        copy = self.hint("history.copy_recording") if event and event.recording else ""
        older = "" if self._is_reading or self._days == limits.HISTORY_ALL_DAYS else self.hint("history.older")
        return [about, copy, older, self.hint("dialog.close")]

    def _details(self, event: Event) -> str:
        shown = self._lead.with_masked(self._main.detail.masked_keys(self._lead))
        found = records.local_moment(event, shown, self._main.session.now(), self._main.session.zone)
        local = f"{found[0]:%H:%M} local ({offset_words(found[1])})" if found is not None else ""
        return joined(local, event.note, event.recording)

    clicked = ListDialog.mark

    def action_older(self) -> None:
        if not self._is_reading and self._days != limits.HISTORY_ALL_DAYS:
            self._read(limits.HISTORY_ALL_DAYS)

    def action_copy_recording(self) -> None:
        if self.current and self.current.recording:
            self.finish(self.current.recording)
