"""Text messages through the service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from eszkola_core.errors import Unavailable
from eszkola_core.ports.text_messages import RenderedSms, SmsOutcome, SmsReceipt
from eszkola_template.gateway import Gateway, Lost, Unreachable, gateway

if TYPE_CHECKING:
    from eszkola_core.ports.text_messages import SmsCourier

_TRY_AGAIN: Final = timedelta(minutes=1)


@frozen
class GatewaySmsCourier:
    """Hands each text message over under its reference, by which the service knows it again (SC8)."""

    gateway: Gateway
    deduplicates: bool = True

    def send(self, messages: Iterable[RenderedSms]) -> Iterator[SmsReceipt]:
        """
        Send *messages*, one after the other; the next is asked for when somebody is there to take it (SC2, SC7).

        Raises:
            Unavailable: nobody answers; no message was asked for since.
        """
        waiting = iter(messages)
        while True:
            try:
                self.gateway.look()
            except Unreachable as error:
                raise Unavailable(
                    "the SMS gateway does not answer", code="no-answer", retry_after=_TRY_AGAIN
                ) from error
            sms = next(waiting, None)
            if sms is None:
                return
            yield self._attempt(sms)

    def _attempt(self, sms: RenderedSms) -> SmsReceipt:
        """Hand one message over. What may have been taken is never told as refused (SC5)."""
        try:
            answer = self.gateway.post("sms", {"to": sms.to.e164, "text": sms.text}, key=sms.reference)
        except Unreachable:
            return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.REFUSED_FOR_NOW, code="no-answer")
        except Lost:
            return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.UNKNOWN, code="answer-lost")
        if answer.is_fine:
            return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.ACCEPTED, gateway_id=answer.id)
        refused = SmsOutcome.REFUSED_FOR_NOW if answer.is_for_now else SmsOutcome.REFUSED_FOR_GOOD
        return SmsReceipt(reference=sms.reference, outcome=refused, code=answer.code)


def plugin(options: Mapping[str, object], *, base: Path) -> GatewaySmsCourier:
    """Return the courier that the table ``[sms]`` of ``eszkola.toml`` describes: see `gateway` for its options."""
    return GatewaySmsCourier(gateway(options, base=base))


if TYPE_CHECKING:
    _kept: type[SmsCourier] = GatewaySmsCourier
