"""The dispatcher: takes messages from the outbox and hands them to a courier; nothing leaves inside a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta

from attrs import evolve, frozen

from eszkola_core._usecases._gathering import decided_about
from eszkola_core.domain.bounces import BounceFate, proof_of
from eszkola_core.domain.communication import CATEGORY_OF, GOES_ANYWAY, chosen_level, is_sent
from eszkola_core.domain.emails import Outcome, Receipt, RenderedEmail
from eszkola_core.domain.messages import Message, MessageState
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.messages import EmailCourier, MessageRenderer
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


@frozen
class Delivered:
    """What became of one batch."""

    sent: int = 0
    failed_for_now: int = 0
    abandoned: int = 0
    kept_back: int = 0
    """Messages that their readers no longer want, or to whose address nothing is sent (LINK-8b, MAIL-9a)."""

    trouble: str = ""
    """Why the courier could not be reached, in a sentence; empty where it could."""

    def and_then(self, later: Delivered) -> Delivered:
        """Return what became of this batch and a later one together."""
        return Delivered(
            self.sent + later.sent,
            self.failed_for_now + later.failed_for_now,
            self.abandoned + later.abandoned,
            self.kept_back + later.kept_back,
            later.trouble or self.trouble,
        )

    @property
    def total(self) -> int:
        """How many messages were in hand."""
        return self.sent + self.failed_for_now + self.abandoned + self.kept_back


@frozen
class OutboxStatus:
    """What waits and what became of the rest, for monitoring."""

    counts: Mapping[MessageState, int]
    oldest_waiting_at: datetime | None
    oldest_age: timedelta | None
    """For how long the oldest has been waiting."""

    bounces: Mapping[BounceFate, int]


@frozen
class DeliverMessages:
    """
    Sends what waits.

    Any number of dispatchers may work at once: each message is in one pair of hands, for as long as the lease lasts.
    What became of a message is written as soon as the courier says it, so that a crash repeats as little as it can.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    renderer: MessageRenderer
    courier: EmailCourier

    def all_due(self, *, limit: int = 100, may_go_on: Callable[[], bool] = lambda: True) -> Delivered:
        """
        Send all that is due, batch by batch as long as it *may go on*, and return what became of it.

        The first batch is a single message and each further one twice the last, up to *limit*. So a dispatcher that
        dies early had few in its hands: none is given up, untried, because those who took it died of another.
        """
        total, size = Delivered(), 1
        while True:
            batch = self.next_batch(limit=size)
            total = total.and_then(batch)
            if batch.total < size or not may_go_on():
                return total
            size = min(2 * size, limit)

    def next_batch(self, *, limit: int = 50) -> Delivered:
        """
        Send up to *limit* messages that are due, and return what became of them.

        Whatever a renderer or a courier raises against its promises goes on to the caller, once the other messages have
        left or are free to leave: the one that it met is tried again later, and less often each time.
        """
        now = self.clock.now()
        lease = self.tenant.settings.message_lease
        with self.storage.unit() as unit:
            leased = unit.outbox.lease(limit, now=now, until=now + lease)
            unusable = unit.unusable.among({each.to.mailbox for each in leased})
            batch = [message for message in leased if not self._keeps_back(unit, message, unusable)]
        fates: Counter[MessageState] = Counter()
        waiting: dict[str, Message] = {}
        emails: list[RenderedEmail] = []
        surprise: Exception | None = None
        for message in batch:
            if message.attempts > self.tenant.settings.message_attempts:
                # Its dispatchers never came back to say what became of it: it is not tried for ever.
                fates[self._write(message, message.moved(MessageState.ABANDONED))] += 1
                continue
            try:
                emails.append(self._email(message))
            except Exception as error:  # noqa: BLE001 - one bad message holds nobody up
                fates[self._settle(message, Outcome.FAILED_FOR_NOW)] += 1
                surprise = surprise if isinstance(error, InvalidValue) else error
            else:
                waiting[message.key] = message
        trouble = self._send(emails, waiting, fates, stop_at=now + lease / 2)
        if surprise is not None:
            raise surprise
        return Delivered(
            fates[MessageState.SENT],
            fates[MessageState.FAILED_FOR_NOW],
            fates[MessageState.ABANDONED],
            len(leased) - len(batch),
            trouble,
        )

    def _send(
        self,
        emails: list[RenderedEmail],
        waiting: dict[str, Message],
        fates: Counter[MessageState],
        *,
        stop_at: datetime,
    ) -> str:
        """Send *emails*, count what became of each message that was *waiting*, and return what was in the way."""
        receipts = self._receipts(emails)
        while (receipt := self._next(receipts, waiting)) is not None:
            if isinstance(receipt, Unavailable):
                # Whatever has no receipt was not sent (EC5); that the courier is out of reach is no message's fault.
                due_at = self.clock.now() + (receipt.retry_after or self.tenant.settings.message_backoff)
                fates[MessageState.FAILED_FOR_NOW] += self._put_back(waiting.values(), due_at)
                return str(receipt)
            fates[self._settle(waiting.pop(receipt.reference), receipt.outcome)] += 1
            if self.clock.now() >= stop_at:
                # Before anybody else may take them, they are given back: so slow a world must not get them twice.
                fates[MessageState.FAILED_FOR_NOW] += self._put_back(waiting.values(), stop_at)
                return ""
        for message in waiting.values():
            fates[self._settle(message, Outcome.FAILED_FOR_NOW)] += 1
        return ""

    def _receipts(self, emails: list[RenderedEmail]) -> Iterator[Receipt]:
        if emails:
            yield from self.courier.send(emails)

    def _next(self, receipts: Iterator[Receipt], waiting: dict[str, Message]) -> Receipt | Unavailable | None:
        """Return the next receipt, why there is none, or None at the end; a surprise costs one message an attempt."""
        try:
            return next(receipts, None)
        except Unavailable as gone:
            return gone
        except Exception:
            # What became of the first is unknown; the others were not its fault.
            for message in [*waiting.values()][:1]:
                self._settle(waiting.pop(message.key), Outcome.FAILED_FOR_NOW)
            self._put_back(waiting.values(), self.clock.now())
            raise

    def status(self) -> OutboxStatus:
        """Return what waits, and since when."""
        with self.storage.snapshot() as unit:
            since = unit.outbox.oldest_waiting()
            age = None if since is None else self.clock.now() - since
            return OutboxStatus(unit.outbox.counts(), since, age, unit.unusable.counts())

    def _email(self, message: Message) -> RenderedEmail:
        """
        Return a message as it leaves, the same whenever it does.

        With it go the proof that a bounce of it must bring back (MAIL-9b), and the instant in which it was written.
        """
        proof = proof_of(message.id, self.storage.fingerprints[0])
        return evolve(self.renderer.email(message, self.tenant), proof=proof, written_at=message.created_at)

    @staticmethod
    def _keeps_back(unit: Unit, message: Message, unusable: Collection[str]) -> bool:
        """Return whether a message is not to leave, and end it then: the level and the mark of this moment count."""
        if message.to.mailbox not in unusable or message.kind in GOES_ANYWAY:
            category = CATEGORY_OF.get(message.kind)
            if category is None or message.person is None:
                return False
            if is_sent(category, chosen_level(decided_about(unit, message.person), message.person)):
                return False
        unit.outbox.settle(message.moved(MessageState.CANCELLED), held_until=message.leased_until)
        return True

    def _settle(self, message: Message, outcome: Outcome) -> MessageState:
        """Write what became of one message."""
        if outcome is Outcome.SENT:
            after = message.moved(MessageState.SENT)
        else:
            for_good = outcome is Outcome.FAILED_FOR_GOOD
            after = message.failed(self.clock.now(), self.tenant.settings, for_good=for_good)
        return self._write(message, after)

    def _write(self, leased: Message, after: Message) -> MessageState:
        """Write the state that a leased message came to."""
        try:
            self._write_once(leased, after)
        except Unavailable:
            # What has left must not leave again because the database was busy for a moment.
            self._write_once(leased, after)
        return after.state

    def _write_once(self, leased: Message, after: Message) -> None:
        with self.storage.unit() as unit:
            unit.outbox.settle(after, held_until=leased.leased_until)

    def _put_back(self, leased: Collection[Message], due_at: datetime) -> int:
        """Let others have messages that nobody tried, from *due_at* on, and return how many."""
        with self.storage.unit() as unit:
            for message in leased:
                unit.outbox.settle(message.put_back(due_at), held_until=message.leased_until)
        return len(leased)
