"""
What would be handed out to whom: the preview of initial credentials, and what it stands for (INIT-2, INIT-5).

A preview's id stands for people, channels and where these lead, and for the cost. Sending is bound to it: where
anything of that is otherwise by then, or dearer, nothing is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person, PersonId
from eszkola_core.domain.credential_channels import ClosedBecause, CredentialChannel, Priced
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.domain.money import Money
from eszkola_core.errors import InvalidValue

_CONTEXT: Final = "preview of credentials"
_ID_LENGTH: Final = 20
_WRITE: Final = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


class Deed(StrEnum):
    """What is done for somebody: a credential is made, or the same is handed out again."""

    MAKE = "make"
    AGAIN = "again"


class Nothing(StrEnum):
    """Why somebody gets nothing."""

    NO_ACCOUNT = "no-account"
    HAS_OWN_PASSWORD = "has-own-password"  # noqa: S105 - a reason
    ACCOUNT_SHUT = "account-shut"
    NOT_PERMITTED = "not-permitted"
    EXPIRED = "expired"
    NO_CHANNEL = "no-channel"


@frozen(kw_only=True)
class PreviewRow:
    """One person of a preview; ``closed`` says of each channel that is not open to them why."""

    class_name: str
    name: str = field(repr=False)
    record: str
    person: PersonId | None = None
    login: str = ""
    deed: Deed | None = None
    nothing: Nothing | None = None
    priced: Priced | None = None
    closed: Mapping[CredentialChannel, ClosedBecause] = field(factory=dict)

    @property
    def channel(self) -> CredentialChannel | None:
        """The channel that is taken."""
        return self.priced.route.channel if self.priced is not None else None


@frozen(kw_only=True)
class Preview:
    """
    Who gets what by which channel, who nothing and why, and what it costs.

    ``in_plain_letters`` is what it would cost if text messages went transliterated (SMS-3). ``ground`` is all that the
    ``id`` stands for but the cost.
    """

    id: str
    rows: tuple[PreviewRow, ...]
    cost: Money
    in_plain_letters: Money
    ground: bytes = field(repr=False)

    @classmethod
    def of(cls, rows: Sequence[PreviewRow], order: Mapping[str, str], *, currency: str, by: Fingerprint) -> Preview:
        """
        Return the preview of *rows*.

        Args:
            rows: everybody, in order.
            order: what was ordered beside people and channels.
            currency: what everything costs in.
            by: makes the id, so that none holds which the platform did not give.
        """
        priced = [each.priced for each in rows if each.priced is not None]
        cost = _sum((each.cost for each in priced), currency)
        ground = _WRITE([order, [_said(each) for each in rows]]).encode()
        return cls(
            id=_id(ground, cost, by),
            rows=tuple(rows),
            cost=cost,
            in_plain_letters=_sum((each.in_plain_letters or each.cost for each in priced), currency),
            ground=ground,
        )

    def counts(self) -> Mapping[CredentialChannel, int]:
        """Return how many get theirs by each channel."""
        return {each: sum(row.channel is each for row in self.rows) for each in CredentialChannel}


class SendingRefused(StrEnum):
    """Why nothing was sent."""

    NEEDS_PREVIEW = "needs-preview"
    UNKNOWN_PREVIEW = "unknown-preview"
    PREVIEW_MOVED = "preview-moved"
    DEARER = "dearer"


def refusal(preview: Preview, said: str, by: Fingerprint) -> SendingRefused | None:
    """
    Return why what *preview* says now is not what the preview with the id *said* promised, or None where it is.

    What costs nothing needs no id.
    """
    if not said.strip():
        return SendingRefused.NEEDS_PREVIEW if preview.cost.amount else None
    number, _, currency = said.strip().rpartition("-")[2].partition(":")
    try:
        promised = Money.parse(f"{number} {currency}")
    except InvalidValue:
        return SendingRefused.UNKNOWN_PREVIEW
    if _id(preview.ground, promised, by) != said.strip():
        return SendingRefused.PREVIEW_MOVED
    if promised.currency != preview.cost.currency:
        return SendingRefused.PREVIEW_MOVED
    return SendingRefused.DEARER if preview.cost.amount > promised.amount else None


def deed_for(
    person: Person, credential: Credential | None, *, renew: bool, renew_expired: bool, now: datetime
) -> Deed | Nothing:
    """
    Return what is done for somebody with an account, or why nothing is (INIT-1, INIT-2).

    The same again only while it is there: what has expired, or was wiped, is made anew where that is wanted.
    """
    if person.is_activated:
        return Nothing.HAS_OWN_PASSWORD
    if Happening.CREDENTIAL_GIVEN not in LIFECYCLE[person.state]:
        return Nothing.ACCOUNT_SHUT
    if renew or credential is None:
        return Deed.MAKE
    if live_credential(credential, now) is not None:
        return Deed.AGAIN
    return Deed.MAKE if renew_expired else Nothing.EXPIRED


def live_credential(credential: Credential | None, now: datetime) -> Credential | None:
    """Return an initial credential that works and whose text is there, or None (INIT-3)."""
    if credential is None or credential.kind is not CredentialKind.GIVEN or credential.sealed is None:
        return None
    is_over = credential.expires_at is not None and is_expired(credential.expires_at, now)
    return None if is_over else credential


def _said(row: PreviewRow) -> Sequence[str]:
    """Return what a row stands for: who, what is done, and where it goes; of the cost only the sum counts."""
    route = row.priced.route if row.priced is not None else None
    if row.person is None or route is None:
        return [row.record, f"{row.person}"]
    where = (route.email.mailbox if route.email else "", route.phone.e164 if route.phone else "")
    lines = route.address.lines if route.address is not None else ()
    return [f"{row.person}", row.login, f"{row.deed}", route.channel, route.to, f"{route.guardian}", *where, *lines]


def _id(ground: bytes, cost: Money, by: Fingerprint) -> str:
    return f"{by(ground + str(cost).encode(), _CONTEXT).hex()[:_ID_LENGTH]}-{cost.spelling}:{cost.currency}"


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    total = Money(Decimal(), currency)
    for each in amounts:
        total = total.plus(each)
    return total
