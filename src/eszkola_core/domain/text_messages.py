"""A text message as it leaves, what became of it, and what the gateway reports of it later."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber


@frozen(kw_only=True)
class RenderedSms:
    """
    A text message as it is sent.

    ``reference`` is what it is known by, here and at the gateway: the same message sent again has the same. The text
    may hold a code and is hidden, and so is the number.
    """

    reference: str
    to: PhoneNumber = field(repr=False)
    text: str = field(repr=False)


class SmsOutcome(StrEnum):
    """What became of one attempt to send."""

    ACCEPTED = "accepted"
    REFUSED_FOR_NOW = "refused-for-now"
    REFUSED_FOR_GOOD = "refused-for-good"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class SmsReceipt:
    """
    What became of one text message.

    ``gateway_id`` is what the gateway calls it and ``cost`` what it says that it charges, where it says so; ``code`` is
    a stable slug for monitoring: no number, and no gateway's text.
    """

    reference: str
    outcome: SmsOutcome
    code: str = ""
    gateway_id: str = ""
    cost: Money | None = None


class Delivery(StrEnum):
    """Whether a telephone has got it."""

    NOT_KNOWN = "not-known"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not-delivered"


@frozen(kw_only=True)
class SmsReport:
    """
    What a gateway reports of a message that it took: by its own id, by our reference, or by both.

    That it reports at all proves that it took it.
    """

    gateway_id: str = ""
    reference: str = ""
    delivery: Delivery = Delivery.NOT_KNOWN
    cost: Money | None = None


@frozen(kw_only=True)
class SmsRequest:
    """
    That a text message is to go, in the name of a school, to a number.

    ``key`` makes it once only, and names nobody: the gateway sees it. Who *asked_by_owner* for it does so for
    themselves, and the tenant pays (SMS-4).
    """

    key: str
    school: str
    to: PhoneNumber = field(repr=False)
    text: str = field(repr=False)
    person: PersonId | None = None
    asked_by_owner: bool = False
    useful_until: datetime | None = None
