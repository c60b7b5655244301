"""How messages are worded, and how they leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from eszkola_core.domain.bounces import Bounce, BounceKind
from eszkola_core.domain.emails import Outcome, Receipt, RenderedEmail
from eszkola_core.domain.messages import Message
from eszkola_core.domain.tenants import Tenant


class MessageRenderer(Protocol):
    """
    Words messages.

    MR1. Every kind of message has a text in every locale of `LOCALES`.
    MR2. Every field of the message's data stands in the text; nothing else of the person does.
    MR3. What comes from data is text: it cannot become markup.
    MR4. The same message is worded the same, byte for byte.
    """

    def email(self, message: Message, tenant: Tenant) -> RenderedEmail:
        """Return *message* as an e-mail in its locale."""


class EmailCourier(Protocol):
    """
    Takes e-mails away.

    EC1. It yields one receipt for each e-mail, in order, as soon as the e-mail's fate is known.
    EC2. *Sent* means that somebody else has taken responsibility; anything less is a failure.
    EC3. A failure that trying again may mend is *for now*; one that it cannot is *for good*.
    EC4. One e-mail that fails does not keep the others from being sent.
    EC5. Where its world cannot be reached at all it raises `Unavailable`; nothing was sent that has no receipt.
    EC6. The same e-mail taken again bears the same Message-ID; where it says when it was written, that is its date.
    EC7. Where an e-mail has a proof, its Message-ID is made of it, letter by letter.
    """

    def send(self, emails: Sequence[RenderedEmail]) -> Iterable[Receipt]:
        """Send *emails*, yielding what became of each."""


@runtime_checkable
class BounceReader(Protocol):
    """
    Reads what came back.

    BR1. A report is hard where delivery failed for good for everybody whom it names; any other failure or delay is
         soft (RFC 3464).
    BR2. A complaint is read as one (RFC 5965).
    BR3. Whatever may be a proof comes along: of the e-mail that came back, and of what the report says it answers.
    BR4. Anything else is no bounce; whatever the bytes are, nothing is raised.
    """

    def bounce(self, octets: bytes) -> Bounce | None:
        """Return what a message reports, or None where it reports nothing."""


__all__ = [
    "Bounce",
    "BounceKind",
    "BounceReader",
    "EmailCourier",
    "MessageRenderer",
    "Outcome",
    "Receipt",
    "RenderedEmail",
]
