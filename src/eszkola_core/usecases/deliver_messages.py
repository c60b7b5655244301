"""The dispatcher: takes messages from the outbox and hands them to a courier (DESIGN: nothing leaves inside a transaction)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.messages import Message, MessageState
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import Unavailable
from eszkola_core.ports.messages import EmailCourier, MessageRenderer
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class Delivered:
    """What became of one batch."""

    sent: int = 0
    failed_for_now: int = 0
    abandoned: int = 0

    @property
    def total(self) -> int:
        """How many messages were in hand."""
        return self.sent + self.failed_for_now + self.abandoned


@frozen
class OutboxStatus:
    """What waits and what became of the rest, for monitoring."""

    counts: Mapping[MessageState, int]
    oldest_waiting_at: datetime | None


@frozen
class DeliverMessages:
    """
    Sends what waits.

    Any number of dispatchers may work at once: each message is in one pair of hands, for as long as the lease lasts. What
    became of a message is written as soon as the courier says it, so that a crash repeats one message at the most.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    renderer: MessageRenderer
    courier: EmailCourier

    def next_batch(self, *, limit: int = 50) -> Delivered:
        """Send up to *limit* messages that are due, and return what became of them."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            batch = unit.outbox.lease(limit, now=now, until=now + self.tenant.settings.message_lease)
        waiting = {message.key: message for message in batch}
        emails = [self.renderer.email(message, self.tenant) for message in batch]
        fates: Counter[MessageState] = Counter()
        try:
            for receipt in self.courier.send(emails) if emails else ():
                fates[self._settle(waiting.pop(receipt.reference), receipt)] += 1
        except Unavailable:
            # The world of the courier is out of reach; whatever has no receipt was not sent (EC5).
            pass
        for message in waiting.values():
            fates[self._settle(message, Receipt(message.key, Outcome.FAILED_FOR_NOW, "no-receipt"))] += 1
        return Delivered(
            fates[MessageState.SENT], fates[MessageState.FAILED_FOR_NOW], fates[MessageState.ABANDONED]
        )

    def status(self) -> OutboxStatus:
        """Return what waits, and since when."""
        with self.storage.snapshot() as unit:
            return OutboxStatus(unit.outbox.counts(), unit.outbox.oldest_waiting())

    def _settle(self, message: Message, receipt: Receipt) -> MessageState:
        """Write what became of one message."""
        if receipt.outcome is Outcome.SENT:
            after = message.moved(MessageState.SENT)
        else:
            for_good = receipt.outcome is Outcome.FAILED_FOR_GOOD
            after = message.failed(self.clock.now(), self.tenant.settings, for_good=for_good)
        with self.storage.unit() as unit:
            unit.outbox.settle(after, held_until=message.leased_until)
        return after.state
