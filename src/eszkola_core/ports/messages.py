"""How messages are worded, and how they leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

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
    EC6. The same e-mail taken again bears the same Message-ID.
    """

    def send(self, emails: Sequence[RenderedEmail]) -> Iterable[Receipt]:
        """Send *emails*, yielding what became of each."""


__all__ = ["EmailCourier", "MessageRenderer", "Outcome", "Receipt", "RenderedEmail"]
