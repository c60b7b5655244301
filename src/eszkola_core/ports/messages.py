"""How messages are worded, and how they leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from eszkola_core.domain.messages import Message
from eszkola_core.domain.tenants import Tenant


@frozen(kw_only=True)
class RenderedEmail:
    """
    An e-mail as it is sent: plain text always, HTML beside it where there is one.

    ``reference`` is the message's key: the same message sent again bears the same Message-ID. ``to`` is an address as
    its owner spells it; bodies may hold a token and are hidden.
    """

    reference: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    locale: str = "en"


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


class Outcome(StrEnum):
    """What became of one attempt to send."""

    SENT = "sent"
    FAILED_FOR_NOW = "failed-for-now"
    FAILED_FOR_GOOD = "failed-for-good"


@frozen
class Receipt:
    """
    What became of one e-mail: ``code`` is a stable slug for monitoring and holds no address and no server's text.
    """

    reference: str
    outcome: Outcome
    code: str = ""


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
