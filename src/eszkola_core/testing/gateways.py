"""
A gateway for text messages that does what it is told, and keeps its books: what was sent, and what it bills for that.

It is the world of `MemorySmsCourier`, which passes the contract of its port.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from eszkola_core.domain.money import Money
from eszkola_core.domain.sms_reconciliation import GatewayRow
from eszkola_core.domain.sms_segments import segmentation
from eszkola_core.domain.text_messages import RenderedSms, SmsOutcome, SmsReceipt
from eszkola_core.errors import Unavailable

if TYPE_CHECKING:
    from eszkola_core.ports.text_messages import SmsCourier


class GatewayAnswer(StrEnum):
    """What the gateway does with a message."""

    ACCEPTS = "accepts"
    REFUSES_FOR_NOW = "refuses for now"
    REFUSES_FOR_GOOD = "refuses for good"
    LOSES_THE_ANSWER = "takes it, and its answer is lost"
    LOSES_THE_MESSAGE = "never gets it, and nobody knows"


@frozen
class Billed:
    """One message that the gateway took."""

    gateway_id: str
    sms: RenderedSms
    cost: Money
    at: datetime


@define
class MemoryGateway:
    """
    Takes messages; ``answers`` says how, message for message, until there are none left and all are accepted.

    ``price`` is that of a segment.
    """

    now: Callable[[], datetime]
    price: Money = field(factory=lambda: Money.parse("0.05 EUR"))
    deduplicates: bool = False
    answers: list[GatewayAnswer] = field(factory=list)
    is_closed: bool = False
    billed: list[Billed] = field(factory=list)
    tells_the_price: bool = True

    def take(self, sms: RenderedSms, answer: GatewayAnswer) -> SmsReceipt:
        """Do with a message what *answer* says, and return what the courier hears of it."""
        match answer:
            case GatewayAnswer.REFUSES_FOR_NOW:
                return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.REFUSED_FOR_NOW, code="busy")
            case GatewayAnswer.REFUSES_FOR_GOOD:
                return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.REFUSED_FOR_GOOD, code="no-such-number")
            case GatewayAnswer.LOSES_THE_MESSAGE:
                return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.UNKNOWN, code="connection-lost")
            case _:
                taken = self._book(sms)
        if answer is GatewayAnswer.LOSES_THE_ANSWER:
            return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.UNKNOWN, code="timeout")
        cost = taken.cost if self.tells_the_price else None
        return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.ACCEPTED, gateway_id=taken.gateway_id, cost=cost)

    def rows(self) -> list[GatewayRow]:
        """Return the gateway's own list, with a row at either end for a time that it surely covers."""
        listed = [
            GatewayRow(line=at, reference=each.sms.reference, gateway_id=each.gateway_id, cost=each.cost, at=each.at)
            for at, each in enumerate(self.billed, 2)
        ]
        far = timedelta(days=400)
        ends = (self.now() - far, self.now() + far)
        return [*listed, *(GatewayRow(line=9000 + at, reference=f"end {at}", at=each) for at, each in enumerate(ends))]

    def _book(self, sms: RenderedSms) -> Billed:
        if self.deduplicates:
            for each in self.billed:
                if each.sms.reference == sms.reference:
                    return each
        cost = self.price.times(segmentation(sms.text).segments)
        self.billed.append(Billed(f"g{len(self.billed) + 1}", sms, cost, self.now()))
        return self.billed[-1]


@define
class MemorySmsCourier:
    """A courier to a `MemoryGateway`."""

    gateway: MemoryGateway

    @property
    def deduplicates(self) -> bool:
        """Whether the gateway does."""
        return self.gateway.deduplicates

    def send(self, messages: Iterable[RenderedSms]) -> Iterator[SmsReceipt]:
        """Hand each message over as soon as it is there."""
        waiting = iter(messages)
        while True:
            if self.gateway.is_closed:
                raise Unavailable("the gateway is closed", code="closed", retry_after=timedelta(minutes=1))
            sms = next(waiting, None)
            if sms is None:
                return
            answer = self.gateway.answers.pop(0) if self.gateway.answers else GatewayAnswer.ACCEPTS
            yield self.gateway.take(sms, answer)


if TYPE_CHECKING:
    _kept: type[SmsCourier] = MemorySmsCourier
