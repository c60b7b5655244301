"""E-mails through the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from eszkola_core.errors import Unavailable
from eszkola_core.ports.messages import Outcome, Receipt, RenderedEmail
from eszkola_template.gateway import Gateway, Lost, Unreachable, gateway

if TYPE_CHECKING:
    from eszkola_core.ports.messages import EmailCourier

_TRY_AGAIN: Final = timedelta(minutes=1)


@frozen
class GatewayEmailCourier:
    """Hands e-mails over one by one, in the name of *sender*."""

    gateway: Gateway
    sender: str

    def send(self, emails: Sequence[RenderedEmail]) -> Iterator[Receipt]:
        """
        Send *emails*, yielding what became of each before the next one leaves (EC1).

        Raises:
            Unavailable: nobody answers; what has no receipt was not sent.
        """
        for email in emails:
            try:
                yield self._attempt(email)
            except Unreachable as error:
                raise Unavailable(
                    "the mail service does not answer", code="no-answer", retry_after=_TRY_AGAIN
                ) from error

    def _attempt(self, email: RenderedEmail) -> Receipt:
        """Hand one e-mail over. Where the answer is lost it is tried again: its key keeps it from coming twice."""
        body = {
            "from": self.sender,
            "to": email.to,
            "subject": email.subject,
            "text": email.text,
            "html": email.html,
            "message_id": self._message_id(email),
            "date": None if email.written_at is None else email.written_at.isoformat(),
        }
        try:
            answer = self.gateway.post("emails", body, key=email.reference)
        except Lost:
            return Receipt(email.reference, Outcome.FAILED_FOR_NOW, "answer-lost")
        if answer.is_fine:
            return Receipt(email.reference, Outcome.SENT)
        failed = Outcome.FAILED_FOR_NOW if answer.is_for_now else Outcome.FAILED_FOR_GOOD
        return Receipt(email.reference, failed, answer.code)

    def _message_id(self, email: RenderedEmail) -> str:
        """Return the name that the e-mail bears whenever it leaves (EC6), made of its proof where it has one (EC7)."""
        name = email.proof or sha256(email.reference.encode("utf-8", "surrogatepass")).hexdigest()
        return f"<{name}@{self.sender.rpartition('@')[2].rstrip('>')}>"


def plugin(options: Mapping[str, object], *, base: Path, sender: str) -> GatewayEmailCourier:
    """Return the courier that the table ``[email]`` of ``eszkola.toml`` describes: see `gateway` for its options."""
    return GatewayEmailCourier(gateway(options, base=base), sender)


if TYPE_CHECKING:
    _kept: type[EmailCourier] = GatewayEmailCourier
