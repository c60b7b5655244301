"""Hands events over to the services that subscribed; nothing leaves inside a transaction (MAIL-7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.events import Event, EventState
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import Unavailable
from eszkola_core.ports.events import EventSubscriber
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class Heard:
    """What became of one batch; ``trouble`` says in a sentence why a service could not be reached."""

    delivered: int = 0
    failed_for_now: int = 0
    abandoned: int = 0
    trouble: str = ""

    def and_then(self, later: Heard) -> Heard:
        """Return what became of this batch and a later one together."""
        return Heard(
            self.delivered + later.delivered,
            self.failed_for_now + later.failed_for_now,
            self.abandoned + later.abandoned,
            later.trouble or self.trouble,
        )

    @property
    def total(self) -> int:
        """How many events were in hand."""
        return self.delivered + self.failed_for_now + self.abandoned


@frozen
class DeliverEvents:
    """
    Lets services hear what waits for them, each at its own pace: one that is out of reach keeps no other waiting.

    An event may be heard twice, when a dispatcher dies before it could write down that it was heard; its key is the
    same then. What waits for somebody who subscribes no more is given up.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    subscribers: Mapping[str, EventSubscriber]

    def next_batch(self, *, limit: int = 100) -> Heard:
        """Hand up to *limit* events to each subscriber, and return what became of them all."""
        done = Heard()
        with self.storage.snapshot() as unit:
            known = sorted(unit.events.counts())
        for name in known:
            done = done.and_then(self._next_batch(name, limit))
        return done

    def _next_batch(self, name: str, limit: int) -> Heard:
        now = self.clock.now()
        with self.storage.unit() as unit:
            batch = unit.events.lease(name, limit, now=now, until=now + self.tenant.settings.message_lease)
        fates: Counter[EventState] = Counter()
        subscriber = self.subscribers.get(name)
        waiting: dict[str, Event] = {}
        for event in batch:
            if subscriber is None or event.attempts > self.tenant.settings.message_attempts:
                fates[self._write(event, event.moved(EventState.ABANDONED))] += 1
            else:
                waiting[event.key] = event
        trouble = ""
        try:
            for receipt in subscriber.hear([*waiting.values()]) if subscriber is not None and waiting else ():
                fates[self._settle(waiting.pop(receipt.reference), receipt)] += 1
        except Unavailable as gone:
            # Whatever has no receipt was not heard (ES5); that the service is out of reach is no event's fault.
            trouble = str(gone)
            due_at = self.clock.now() + (gone.retry_after or self.tenant.settings.message_backoff)
            for event in waiting.values():
                fates[self._write(event, event.put_back(due_at))] += 1
        else:
            for event in waiting.values():
                fates[self._settle(event, Receipt(event.key, Outcome.FAILED_FOR_NOW))] += 1
        return Heard(
            fates[EventState.DELIVERED], fates[EventState.FAILED_FOR_NOW], fates[EventState.ABANDONED], trouble
        )

    def status(self) -> Mapping[str, Mapping[EventState, int]]:
        """Return how many events each subscriber has in each state."""
        with self.storage.snapshot() as unit:
            return unit.events.counts()

    def _settle(self, event: Event, receipt: Receipt) -> EventState:
        """Write what became of one event."""
        if receipt.outcome is Outcome.SENT:
            return self._write(event, event.moved(EventState.DELIVERED))
        for_good = receipt.outcome is Outcome.FAILED_FOR_GOOD
        now: datetime = self.clock.now()
        return self._write(event, event.failed(now, self.tenant.settings, for_good=for_good))

    def _write(self, leased: Event, after: Event) -> EventState:
        """Write the state that a leased event came to."""
        with self.storage.unit() as unit:
            unit.events.settle(after, held_until=leased.leased_until)
        return after.state
