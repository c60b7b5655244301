"""How text messages leave, and what gateways report of them later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from eszkola_core.domain.text_messages import Delivery, RenderedSms, SmsOutcome, SmsReceipt, SmsReport


class SmsCourier(Protocol):
    """
    Takes text messages to a gateway.

    SC1. It yields one receipt for each message, in order.
    SC2. It asks for a message only when it can hand it over, and for the next one only when the receipt of the one
         before is out: so no more than one is ever in doubt.
    SC3. *Accepted* means that the gateway has taken the message, whole and with every character; the receipt has the
         gateway's id for it, and the cost where the gateway tells one.
    SC4. *Refused* means that the gateway has surely not taken it: for now, where trying again may help, or for good.
    SC5. Whatever else happens once a message is being handed over is *unknown*: it is never told as a refusal.
    SC6. One message that fails does not keep the others from being sent.
    SC7. Where its world cannot be reached it raises `Unavailable` before it asks for a message.
    SC8. Where it ``deduplicates``, a message with the same reference is accepted again without being sent or billed a
         second time.
    """

    @property
    def deduplicates(self) -> bool:
        """Whether the gateway knows a message again by its reference (SC8)."""

    def send(self, messages: Iterable[RenderedSms]) -> Iterable[SmsReceipt]:
        """Send *messages*, yielding what became of each."""


@runtime_checkable
class SmsReportReader(Protocol):
    """
    Reads what a gateway sends of its own accord.

    RR1. Every message that a report names comes out, with its id or reference, and what is said of it.
    RR2. Only what the gateway calls final is told as delivered or not delivered.
    RR3. Anything else is no report; whatever the bytes are, nothing is raised.
    """

    def reports(self, octets: bytes) -> Sequence[SmsReport]:
        """Return what *octets* report."""


@runtime_checkable
class SmsReportCollector(Protocol):
    """
    Fetches the reports that wait at a gateway.

    RC1. Each report that waits is yielded; one that was yielded may come again only if its taker fell over before
         asking for the next.
    RC2. It ends when none has come for a while.
    RC3. Where the gateway cannot be reached it raises `Unavailable`.
    """

    def collect(self) -> Iterable[SmsReport]:
        """Yield the reports that wait."""


__all__ = [
    "Delivery",
    "RenderedSms",
    "SmsCourier",
    "SmsOutcome",
    "SmsReceipt",
    "SmsReport",
    "SmsReportCollector",
    "SmsReportReader",
]
