"""The check of a lead's phones against the account's do-not-call list, whose result the header of the detail shows."""

from __future__ import annotations

from msgspec.structs import replace

from lead_tui import limits
from lead_tui.leads.errors import SearchError, SectionForbidden
from lead_tui.leads.phones import Phone
from lead_tui.leads.records import NO_NUMBER, RUNNING, PhoneCheck, Section, check_of, entries_of, failed_check, phones_of
from lead_tui.paging.account_records import AccountNames, RecordsSource
from lead_tui.ui.screens.main_context import MainContext


class DoNotCallController:
    """Checks the phones of the lead in the detail, and keeps what was found for this session."""

    def __init__(self, main: MainContext, names: AccountNames) -> None:
        self._main = main
        self._names = names
        self._checks: dict[Phone, PhoneCheck] = {}
        self._forbidden: PhoneCheck | None = None
        """The result of the last check, if the token may not read the list."""
        main.detail.look = replace(main.detail.look, phone_checks=self._checks)

    def check(self) -> None:
        """Check the phones of the lead in the detail again, or say why that cannot be done."""
        lead, session = self._main.detail.lead, self._main.session
        if not self._main.is_allowed("may_check_do_not_call"):
            return
        if lead is None or session.records is None or not (phones := phones_of(lead)):
            self._main.say("This lead has no phone to check")
        else:
            self._start([*phones.values()], session.records)

    def lead_opened(self) -> None:
        """Check the phones of the lead in the detail, unless it is known that the token may not."""
        lead, session = self._main.detail.lead, self._main.session
        if lead is not None and session.records is not None and session.capabilities.may_check_do_not_call:
            self._start([*phones_of(lead).values()], session.records, known=self._forbidden)

    def _start(self, phones: list[Phone], source: RecordsSource, known: PhoneCheck | None = None) -> None:
        # Some statuses forbid calls though their code does not say so.
        self._names.of(Section.STATUSES)
        if len(self._checks) > limits.MAX_DNC_CHECKS:
            self._checks.clear()
        for phone in phones:
            if known is not None or not phone.national:
                self._checks[phone] = known or NO_NUMBER
            elif self._checks.get(phone) is not RUNNING:
                self._checks[phone] = RUNNING
                self._main.screen.run_worker(self._check(phone, source))
        self._main.detail.rebuild()

    async def _check(self, phone: Phone, source: RecordsSource) -> None:
        session = self._main.session
        check = PhoneCheck(detail="not checked: cancelled")
        try:
            records = await source.records(entries_of(phone))
            check = check_of(records, phone, f"{session.now().astimezone(session.zone):%H:%M}")
            self._forbidden = None
        except SearchError as error:
            check = failed_check(error)
            self._forbidden = check if isinstance(error, SectionForbidden) else None
        finally:
            self._checks[phone] = check
        self._main.detail.rebuild()
