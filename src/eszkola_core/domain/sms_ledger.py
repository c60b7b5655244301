"""
What was quoted, reserved and charged for each text message: one line each, from the first to the last step (SMS-4).

A message and its line in the ledger are one thing, so that their sums cannot differ. From the moment that a message is
handed over until the gateway's answer is known, its outcome is unknown: so it is written down as *in doubt* before it
is handed over, and whatever breaks then leaves it so. What is in doubt counts as reserved and is not sent again by
itself; a report of the gateway or the reconciliation closes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import backoff
from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.text_messages import Delivery, RenderedSms, SmsOutcome, SmsReceipt
from eszkola_core.errors import InvalidValue

OF_TENANT: Final = ""
"""The payer of what people asked for themselves; every other payer is a school (SMS-4)."""

BUDGET_USED_UP: Final = "budget-used-up"
OTHER_CURRENCY: Final = "other-currency"
TOO_LATE: Final = "too-late"


class ChargeState(StrEnum):
    """Where the payment of a text message stands."""

    QUOTED = "quoted"
    RESERVED = "reserved"
    IN_DOUBT = "in-doubt"
    CHARGED = "charged"
    RELEASED = "released"


_C = ChargeState

SMS_LIFECYCLE: Final[Mapping[ChargeState, frozenset[ChargeState]]] = MappingProxyType(
    {
        _C.QUOTED: frozenset({_C.RESERVED, _C.RELEASED}),
        _C.RESERVED: frozenset({_C.IN_DOUBT, _C.RELEASED}),
        _C.IN_DOUBT: frozenset({_C.RESERVED, _C.CHARGED, _C.RELEASED}),
        _C.CHARGED: frozenset(),
        _C.RELEASED: frozenset({_C.CHARGED}),
    },
)
"""
Every transition of a text message's payment.

A refusal for now leads back from *in doubt* to *reserved*; what was released and billed all the same is charged, once
the gateway's list or report says so.
"""

WAITING: Final = frozenset({_C.QUOTED, _C.RESERVED})
"""States in which a message may be sent."""

BOOKED: Final = frozenset({_C.RESERVED, _C.IN_DOUBT})
"""States in which what was reserved counts in the payer's month."""


def payer_of(school: str, *, asked_by_owner: bool) -> str:
    """Return who pays: the school in whose name it goes, or the tenant for what a person asked for (SMS-4)."""
    return OF_TENANT if asked_by_owner else school


@frozen(kw_only=True)
class SmsEntry:
    """
    One text message with its line in the ledger.

    ``key`` makes it once only, and is what the gateway knows it by. ``school`` is in whose name it goes, ``payer`` who
    pays, ``month`` that of the reservation as ``2026-09``. ``cost`` is what was quoted, ``charged`` what the gateway
    took in the end, which may be more. Number and text are hidden, sealed at rest, and gone once it is done with.
    ``handed_at`` is since when it is in doubt, or was until its fate was known. After ``useful_until`` it is not sent
    any more.
    """

    id: int = 0
    key: str
    school: str
    payer: str
    person: PersonId | None = None
    to: PhoneNumber | None = field(default=None, repr=False)
    text: Secret | None = None
    tariff: str
    segments: int
    messages: int
    cost: Money
    state: ChargeState = ChargeState.QUOTED
    month: str = ""
    charged: Money | None = None
    gateway_id: str = ""
    code: str = ""
    delivery: Delivery = Delivery.NOT_KNOWN
    attempts: int = 0
    created_at: datetime
    due_at: datetime
    useful_until: datetime | None = None
    leased_until: datetime | None = None
    handed_at: datetime | None = None
    revision: int = 1

    def __attrs_post_init__(self) -> None:
        if self.charged is not None and self.charged.currency != self.cost.currency:
            raise InvalidValue("a message is charged in the currency that it was quoted in", code="two-currencies")

    @property
    def booked(self) -> Money:
        """What it counts in its payer's month: what is reserved or, once that is known, what was charged."""
        if self.state is ChargeState.CHARGED:
            return self.charged or self.cost
        return self.cost if self.state in BOOKED else self.cost.times(0)

    @property
    def doubted_until(self) -> datetime | None:
        """
        An instant after which it was surely not handed over again; None before the first time.

        Each try but one that was killed moves when it is due, and that one's lease lasts longer than the try.
        """
        if self.handed_at is None:
            return None
        return max(each for each in (self.handed_at, self.due_at, self.leased_until) if each is not None)

    @property
    def rendered(self) -> RenderedSms:
        """
        The message as it leaves.

        Raises:
            InvalidValue: it is done with, and its text gone.
        """
        if self.to is None or self.text is None:
            raise InvalidValue("a message that is done with is not sent again", code="nothing-to-send")
        return RenderedSms(reference=self.key, to=self.to, text=self.text.reveal())

    def moved(self, state: ChargeState) -> SmsEntry:
        """
        Return the entry in another state, in nobody's hands, and wiped where it is done with.

        Raises:
            InvalidValue: the table has no such transition.
        """
        if state not in SMS_LIFECYCLE[self.state]:
            raise InvalidValue(f"a payment that is {self.state} cannot become {state}", code="no-such-transition")
        after = evolve(self, state=state, leased_until=None, revision=self.revision + 1)
        return after if state in WAITING or state is ChargeState.IN_DOUBT else after.wiped()

    def wiped(self) -> SmsEntry:
        """Return the entry without number and text."""
        return evolve(self, to=None, text=None)

    def leased(self, until: datetime) -> SmsEntry:
        """Return the entry in the hands of a dispatcher."""
        return evolve(self, leased_until=until, revision=self.revision + 1)

    def put_back(self, due_at: datetime, code: str) -> SmsEntry:
        """Return the entry as nobody could try it: due again at *due_at*, in the state that it was in."""
        return evolve(self, due_at=due_at, code=code, leased_until=None, revision=self.revision + 1)

    def too_late(self, now: datetime) -> bool:
        """Return whether nobody needs it any more."""
        return self.useful_until is not None and is_expired(self.useful_until, now)

    def released(self, code: str) -> SmsEntry:
        """Return the entry as it is when it will not be sent."""
        return evolve(self.moved(ChargeState.RELEASED), code=code)

    def reserved(self, month: str) -> SmsEntry:
        """Return the entry with its cost reserved in *month*, still in the same hands."""
        return evolve(self.moved(ChargeState.RESERVED), month=month, code="", leased_until=self.leased_until)

    def handed_over(self, now: datetime, *, deduplicated: bool) -> SmsEntry:
        """
        Return the entry as it is written just before it is handed over: in doubt.

        The text stays only where the gateway would know the message again (*deduplicated*), as it is sent again only
        there.
        """
        is_doubted = self.state is ChargeState.IN_DOUBT
        held = self if is_doubted else self.moved(ChargeState.IN_DOUBT)
        return evolve(
            held,
            text=self.text if deduplicated else None,
            attempts=self.attempts + 1,
            handed_at=self.handed_at if is_doubted else now,
            leased_until=self.leased_until,
            revision=self.revision + 1,
        )

    def given_up(self) -> SmsEntry:
        """Return an entry in doubt that is not sent again, whatever the gateway would know."""
        return evolve(self, text=None, leased_until=None, revision=self.revision + 1)

    def charged_with(self, cost: Money | None, *, gateway_id: str = "", code: str = "") -> SmsEntry:
        """
        Return the entry as the gateway took it: charged with what it says, or else with what was reserved.

        A cost in another currency is no cost here; the reconciliation tells of it.
        """
        told = cost if cost is not None and cost.currency == self.cost.currency else self.cost
        after = self.moved(ChargeState.CHARGED)
        return evolve(after, charged=told, gateway_id=gateway_id or self.gateway_id, code=code)

    def settled(self, receipt: SmsReceipt, before: SmsEntry, now: datetime, settings: Settings) -> SmsEntry:
        """
        Return a handed-over entry after the gateway's answer; *before* is how it was when it was handed over.

        Refused for now it waits for another try with its text, unless it was tried often enough. Where the answer is
        not known it stays in doubt; so does one that was in doubt before, whatever but acceptance is the answer: that
        the gateway refuses it now does not say that it refused it then.
        """
        code = receipt.code
        was_doubted = before.state is ChargeState.IN_DOUBT and receipt.outcome is not SmsOutcome.ACCEPTED
        match SmsOutcome.UNKNOWN if was_doubted else receipt.outcome:
            case SmsOutcome.ACCEPTED:
                return self.charged_with(receipt.cost, gateway_id=receipt.gateway_id, code=code)
            case SmsOutcome.REFUSED_FOR_GOOD:
                return self.released(code)
            case SmsOutcome.REFUSED_FOR_NOW:
                if self.attempts >= settings.message_attempts:
                    return self.released(code)
                again = evolve(self.moved(ChargeState.RESERVED), text=before.text, code=code)
                return evolve(again, due_at=now + self._wait(settings))
            case SmsOutcome.UNKNOWN:
                gateway_id = receipt.gateway_id or self.gateway_id
                left = evolve(self.put_back(now + self._wait(settings), code), gateway_id=gateway_id)
                return left.given_up() if self.attempts >= settings.message_attempts else left

    def _wait(self, settings: Settings) -> timedelta:
        return backoff(self.attempts, settings)


def without(entry: SmsEntry) -> SmsEntry:
    """
    Return what an erasure leaves of an entry: what was paid, and for which school, but not to whom nor what.

    What still waited is not sent any more; what is in doubt stays so (LAW-4b).
    """
    left = entry.released("erased") if entry.state in WAITING else evolve(entry, revision=entry.revision + 1)
    return evolve(left.wiped(), person=None)
