"""
Tokens: the long random texts in links, and the tickets of a sign-in that must act first (ACCESS-4, ACCESS-5).

The text exists in the message alone; what is kept is its digest. 256 random bits need no slow hash: nobody guesses
them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.days import aware, is_expired
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue

RANDOM_BYTES: Final = 32
"""How much randomness a token holds: 256 bits (ACCESS-4)."""


class Purpose(StrEnum):
    """The one thing that a token is good for."""

    FIRST_ACCESS = "first-access"
    RECOVERY = "recovery"
    CONFIRM_ADDRESS = "confirm-address"
    DISPUTE_ADDRESS = "dispute-address"
    MUST_ACT = "must-act"


SETS_PASSWORD: Final = frozenset({Purpose.FIRST_ACCESS, Purpose.RECOVERY})
"""Purposes whose token sets a password."""


REPLACED_BY_NEWER: Final = frozenset(Purpose) - {Purpose.DISPUTE_ADDRESS}
"""
Purposes of which a person has one live token at most.

Not the disputes: else whoever moved an address away could silence its owner by moving it once more.
"""

OF_ACCESS: Final = REPLACED_BY_NEWER
"""
Purposes whose tokens die when a password is set or the address changes (ACCESS-4).

A dispute outlives both (MAIL-6d).
"""


class TokenState(StrEnum):
    """What became of a token; expiry follows from the clock and is not stored."""

    LIVE = "live"
    SPENT = "spent"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


TOKEN_LIFECYCLE: Final[Mapping[TokenState, frozenset[TokenState]]] = MappingProxyType(
    {
        TokenState.LIVE: frozenset({TokenState.SPENT, TokenState.REPLACED, TokenState.CANCELLED, TokenState.EXPIRED}),
        TokenState.SPENT: frozenset(),
        TokenState.REPLACED: frozenset(),
        TokenState.CANCELLED: frozenset(),
        TokenState.EXPIRED: frozenset(),
    },
)
"""Every transition of a token: a spent token stays spent."""


class Act(StrEnum):
    """What somebody must do before a session opens, in this order (ACCESS-5)."""

    CHANGE_PASSWORD = "change-password"  # noqa: S105 - the name of an act
    ACKNOWLEDGE_SAFETY_RULES = "acknowledge-safety-rules"
    ACKNOWLEDGE_DATA_PROTECTION = "acknowledge-data-protection"
    ACKNOWLEDGE_COMMITMENT = "acknowledge-commitment"


ACKNOWLEDGES: Final[Mapping[Act, NoticeKind]] = MappingProxyType(
    {
        Act.ACKNOWLEDGE_SAFETY_RULES: NoticeKind.SAFETY_RULES,
        Act.ACKNOWLEDGE_DATA_PROTECTION: NoticeKind.DATA_PROTECTION,
        Act.ACKNOWLEDGE_COMMITMENT: NoticeKind.COMMITMENT,
    },
)
"""Which notices an act acknowledges (LAW-1)."""


@frozen(kw_only=True)
class Token:
    """
    What is kept of a token: its digest, never its text.

    ``address`` is the mailbox that the token was sent to, or the new address that it confirms, or the old one that it
    restores. ``acts`` are those of a must-act ticket, in order.
    """

    digest: bytes = field(repr=False)
    purpose: Purpose
    person: PersonId
    issued_at: datetime
    expires_at: datetime
    state: TokenState = TokenState.LIVE
    address: EmailAddress | None = None
    acts: tuple[Act, ...] = ()

    def state_at(self, now: datetime) -> TokenState:
        """Return the state on *now*: a live token expires at its very instant (DAY-1)."""
        if self.state is TokenState.LIVE and is_expired(self.expires_at, now):
            return TokenState.EXPIRED
        return self.state

    def is_live(self, now: datetime) -> bool:
        """Return whether the token may still be spent."""
        return self.state_at(now) is TokenState.LIVE

    def ended(self, state: TokenState) -> Token:
        """
        Return the token in another state.

        Raises:
            InvalidValue: the table has no such transition.
        """
        if state not in TOKEN_LIFECYCLE[self.state]:
            raise InvalidValue(f"a token that is {self.state} cannot become {state}", code="no-such-transition")
        return evolve(self, state=state)


def digest_of(text: Secret) -> bytes:
    """Return what a token's text is kept and found by."""
    return hashlib.sha256(text.reveal().strip().encode("utf-8", "surrogatepass")).digest()


def issue(  # noqa: PLR0913 - what a token is bound to
    purpose: Purpose,
    person: PersonId,
    *,
    random: bytes,
    settings: Settings,
    now: datetime,
    address: EmailAddress | None = None,
    acts: tuple[Act, ...] = (),
) -> tuple[Token, Secret]:
    """
    Return a new token and its text, made from 32 *random* bytes.

    Raises:
        InvalidValue: fewer random bytes were given.
    """
    if len(random) < RANDOM_BYTES:
        raise InvalidValue("a token needs 32 random bytes", code="too-little-randomness")
    text = Secret(base64.urlsafe_b64encode(random).rstrip(b"=").decode("ascii"))
    token = Token(
        digest=digest_of(text),
        purpose=purpose,
        person=person,
        issued_at=aware(now),
        expires_at=now + lifetime(purpose, settings),
        address=address,
        acts=acts,
    )
    return token, text


def lifetime(purpose: Purpose, settings: Settings) -> timedelta:
    """Return how long a token of *purpose* lives (ACCESS-4, ACCESS-5, MAIL-4c, MAIL-6d)."""
    match purpose:
        case Purpose.FIRST_ACCESS:
            return settings.first_access_lifetime
        case Purpose.RECOVERY:
            return settings.password_reset_lifetime
        case Purpose.CONFIRM_ADDRESS:
            return settings.address_confirmation_lifetime
        case Purpose.DISPUTE_ADDRESS:
            return settings.dispute_lifetime
        case Purpose.MUST_ACT:
            return settings.ticket_lifetime
