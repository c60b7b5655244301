"""One round of everything that waits: what a dispatcher does every minute, each thing before what it may bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from eszkola_core._usecases.deliver_events import Heard
from eszkola_core._usecases.deliver_messages import Delivered
from eszkola_core._usecases.deliver_sms import SmsDelivered
from eszkola_core._usecases.forget_old import Forgotten
from eszkola_core.errors import Unavailable
from eszkola_core.ports.text_messages import SmsReportCollector

if TYPE_CHECKING:
    from eszkola_core._platform.platform import Platform


@frozen
class Dispatched:
    """What one round did."""

    answered: int = 0
    """Requests for access that were looked up, whoever asked (ACCESS-2)."""

    reminded: int = 0
    """Warnings of passwords that expire, and requests to confirm contact data, that were queued."""

    lapsed: int = 0
    """Applications that nobody decided in time."""

    forgotten: Forgotten = field(factory=Forgotten)
    emails: Delivered = field(factory=Delivered)
    texts: SmsDelivered = field(factory=SmsDelivered)
    events: Heard = field(factory=Heard)

    @property
    def total(self) -> int:
        """How many e-mails, text messages and events were in hand."""
        return self.emails.total + self.texts.total + self.events.total

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why something could not be reached, a sentence for each."""
        return tuple(filter(None, (self.emails.trouble, self.texts.trouble, self.events.trouble)))

    @property
    def is_stuck(self) -> bool:
        """Whether something waited, and nothing of it could leave."""
        waits = self.emails.failed_for_now + self.texts.failed_for_now + self.events.failed_for_now
        return bool(waits) and not self.emails.sent + self.texts.charged + self.events.delivered


def one_round(house: Platform, limit: int, may_go_on: Callable[[], bool]) -> Dispatched:
    """Do what `Platform.dispatch` promises."""
    answered = _until_fewer(lambda: house.recover_access.answer_waiting(limit=limit), limit)
    reminded = house.remind_of_expiry.run() + house.confirm_contacts.remind()
    lapsed = _until_fewer(lambda: house.decide_applications.lapse(limit=limit), limit)
    return Dispatched(
        answered=answered,
        reminded=reminded,
        lapsed=lapsed,
        forgotten=house.forget_old.run(),
        emails=house.deliver_messages.all_due(limit=limit, may_go_on=may_go_on),
        texts=_texts(house, limit, may_go_on),
        events=_events(house, limit, may_go_on),
    )


def _until_fewer(batch: Callable[[], int], limit: int) -> int:
    """Take batch after batch, until one is not full; return how many there were in all."""
    total = 0
    while True:
        done = batch()
        total += done
        if done < limit:
            return total


def _texts(house: Platform, limit: int, may_go_on: Callable[[], bool]) -> SmsDelivered:
    """
    Send the text messages that wait and fetch what the gateway reports; nobody needs an adapter who has none.

    A gateway that cannot be asked for its reports is a trouble of the next round as well.
    """
    total = SmsDelivered()
    if not house.account_for_sms.status().counts:
        return total
    while may_go_on():
        batch = house.deliver_sms.next_batch(limit=limit)
        total = total.and_then(batch)
        if batch.total < limit or batch.trouble:
            break
    courier = house.sms
    if isinstance(courier, SmsReportCollector) and not total.trouble:
        try:
            house.record_sms_report.record(courier.collect())
        except Unavailable as gone:
            total = evolve(total, trouble=str(gone))
    return total


def _events(house: Platform, limit: int, may_go_on: Callable[[], bool]) -> Heard:
    """Let every service hear what waits for it (MAIL-7)."""
    total = Heard()
    while may_go_on():
        batch = house.deliver_events.next_batch(limit=limit)
        total = total.and_then(batch)
        if not batch.delivered:
            break
    return total
