"""
The dispatcher of text messages: nobody pays twice, and no payer more than was allowed (SMS-4).

What a batch costs is reserved first, in one unit with the look at the budgets. Then each message is written down as *in
doubt* just before the courier gets it, and settled as soon as the courier says what became of it. Whoever falls over in
between leaves one message in doubt, which nobody sends again by themselves, unless the gateway would know it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from attrs import frozen

from eszkola_core._usecases._texting import queue_sms
from eszkola_core.domain.days import day_of
from eszkola_core.domain.sms_budgets import Spending, month_of
from eszkola_core.domain.sms_ledger import BUDGET_USED_UP, OTHER_CURRENCY, TOO_LATE, ChargeState, SmsEntry
from eszkola_core.domain.sms_quotes import NotPriced
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.text_messages import RenderedSms, SmsRequest
from eszkola_core.errors import Unavailable
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock
from eszkola_core.ports.text_messages import SmsCourier


@frozen
class SmsDelivered:
    """What became of one batch."""

    charged: int = 0
    refused: int = 0
    """Messages that the gateway did not take, for good or so often that they are released."""

    failed_for_now: int = 0
    in_doubt: int = 0
    no_budget: int = 0
    """Messages that wait because their payer's month has no room for them."""

    too_late: int = 0
    trouble: str = ""
    """Why the gateway could not be reached, in a sentence; empty where it could."""

    warned: tuple[Spending, ...] = ()
    """Payers who have come near to their budget, or past it."""

    def and_then(self, later: SmsDelivered) -> SmsDelivered:
        """Return what became of this batch and a later one together."""
        return SmsDelivered(
            self.charged + later.charged,
            self.refused + later.refused,
            self.failed_for_now + later.failed_for_now,
            self.in_doubt + later.in_doubt,
            self.no_budget + later.no_budget,
            self.too_late + later.too_late,
            later.trouble or self.trouble,
            tuple({each.payer: each for each in (*self.warned, *later.warned)}.values()),
        )

    @property
    def total(self) -> int:
        """How many messages were in hand."""
        sent = self.charged + self.refused + self.failed_for_now + self.in_doubt
        return sent + self.no_budget + self.too_late


_FATES: Final[Mapping[ChargeState, str]] = {
    ChargeState.CHARGED: "charged",
    ChargeState.RELEASED: "refused",
    ChargeState.RESERVED: "failed_for_now",
    ChargeState.IN_DOUBT: "in_doubt",
}


@frozen
class DeliverSms:
    """Sends the text messages that wait; any number of dispatchers may work at once."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    courier: SmsCourier

    def queue(self, request: SmsRequest) -> SmsEntry | NotPriced:
        """
        Quote a text message and let it wait; one whose key is known waits once.

        Raises:
            InvalidValue: its text is empty, or holds half a character.
        """
        with self.storage.unit() as unit:
            return queue_sms(unit, self.tenant, request, self.clock.now())

    def next_batch(self, *, limit: int = 50) -> SmsDelivered:
        """Send up to *limit* messages that are due, and return what became of them."""
        now = self.clock.now()
        settings = self.tenant.settings
        fates: Counter[str] = Counter()
        with self.storage.unit() as unit:
            leased = unit.sms.lease(
                limit,
                now=now,
                until=now + settings.message_lease,
                doubtful_below=settings.message_attempts if self.courier.deduplicates else 0,
            )
            ready = [entry for each in leased if (entry := self._reserved(unit, each, now, fates)) is not None]
            warned = self._warned(unit, {each.payer: each for each in leased if each.cost.amount}, now)
        trouble = ""
        waiting = list(ready)
        handed: dict[str, tuple[SmsEntry, SmsEntry]] = {}
        try:
            for receipt in self.courier.send(self._handed_over(waiting, handed)):
                before, doubted = handed.pop(receipt.reference)
                after = doubted.settled(receipt, before, self.clock.now(), settings)
                self._write(doubted, after)
                fates[_FATES[after.state]] += 1
        except Unavailable as gone:
            # It was raised before a message was asked for (SC7); should a courier lie, what it holds stays in doubt.
            trouble = str(gone)
            due_at = self.clock.now() + (gone.retry_after or settings.message_backoff)
            for each in waiting:
                self._write(each, each.put_back(due_at, gone.code))
                fates["failed_for_now"] += 1
        fates["in_doubt"] += len(handed)
        return SmsDelivered(**fates, trouble=trouble, warned=warned)

    def _reserved(self, unit: Unit, entry: SmsEntry, now: datetime, fates: Counter[str]) -> SmsEntry | None:
        """Return an entry that may be handed over; None where it may not, and then it is not in hand any more."""
        if entry.too_late(now):
            after = entry.given_up() if entry.state is ChargeState.IN_DOUBT else entry.released(TOO_LATE)
            unit.sms.change(entry, after)
            fates["too_late"] += 1
            return None
        if entry.state is not ChargeState.QUOTED:
            return entry
        cap = self.tenant.sms_budget(entry.payer)
        reserved = unit.sms.reserve(entry, month_of(day_of(now, self.tenant.zone)), cap=cap)
        if reserved is None:
            why = BUDGET_USED_UP if cap.currency == entry.cost.currency else OTHER_CURRENCY
            unit.sms.change(entry, entry.put_back(now + self.tenant.settings.sms_budget_pause, why))
            fates["no_budget"] += 1
        return reserved

    def _handed_over(
        self, waiting: list[SmsEntry], handed: dict[str, tuple[SmsEntry, SmsEntry]]
    ) -> Iterator[RenderedSms]:
        """Yield each message, once it is written down that it is in doubt; one that another has taken is left out."""
        while waiting:
            entry = waiting.pop(0)
            after = entry.handed_over(self.clock.now(), deduplicated=self.courier.deduplicates)
            if self._write(entry, after):
                handed[entry.key] = entry, after
                yield entry.rendered

    def _warned(self, unit: Unit, by_payer: Mapping[str, SmsEntry], now: datetime) -> tuple[Spending, ...]:
        month, share = month_of(day_of(now, self.tenant.zone)), self.tenant.settings.sms_warning_share
        found = []
        for payer in sorted(by_payer):
            cap = self.tenant.sms_budget(payer)
            found.append(Spending(payer, month, unit.sms.booked(payer, month, cap.currency), cap, share))
        return tuple(each for each in found if each.is_warned)

    def _write(self, before: SmsEntry, after: SmsEntry) -> bool:
        """Write what became of an entry, and return whether it was still in these hands."""
        with self.storage.unit() as unit:
            return unit.sms.change(before, after)


__all__ = ["DeliverSms", "SmsDelivered"]
