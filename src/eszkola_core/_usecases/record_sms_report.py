"""What a gateway reports later: that it has a message, and whether a telephone got it (SMS-4)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import evolve, frozen

from eszkola_core.domain.sms_ledger import ChargeState, SmsEntry
from eszkola_core.domain.text_messages import Delivery, SmsReport
from eszkola_core.ports.storage import Storage, Unit


class ReportFate(StrEnum):
    """What a report led to."""

    CLOSED = "closed"
    NOTED = "noted"
    NOTHING_NEW = "nothing-new"
    UNKNOWN = "unknown"


@frozen
class RecordSmsReport:
    """
    Closes what is in doubt by the gateway's own word, and notes what was delivered.

    A report proves that the gateway took the message, so it is paid, even one that had been taken for refused. A report
    for a message that nobody here knows does nothing.
    """

    storage: Storage

    def record(self, reports: Iterable[SmsReport]) -> tuple[ReportFate, ...]:
        """Return what became of each of *reports*; each is written before the next is asked for."""
        return tuple(map(self.one, reports))

    def one(self, report: SmsReport) -> ReportFate:
        """Return what became of one report."""
        with self.storage.unit() as unit:
            entry = _entry_of(unit, report)
            if entry is None:
                return ReportFate.UNKNOWN
            after = entry
            if entry.state in (ChargeState.IN_DOUBT, ChargeState.RELEASED):
                after = entry.charged_with(report.cost, gateway_id=report.gateway_id, code="reported")
            if report.delivery is not Delivery.NOT_KNOWN:
                after = evolve(after, delivery=report.delivery)
            if after == entry:
                return ReportFate.NOTHING_NEW
            unit.sms.change(entry, evolve(after, revision=entry.revision + 1))
            return ReportFate.NOTED if after.state is entry.state else ReportFate.CLOSED


def _entry_of(unit: Unit, report: SmsReport) -> SmsEntry | None:
    """Return the message that is reported of; our own reference counts for more than the gateway's id."""
    keys = [report.reference] if report.reference else []
    ids = [report.gateway_id] if report.gateway_id else []
    found = [*unit.sms.known(keys), *unit.sms.known([], ids)]
    return next((each for each in found if each.handed_at is not None), None)
