"""Whether a sign-in opens a session (ACCESS-5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from attrs import frozen

from eszkola_core.domain.accounts import Person, State
from eszkola_core.domain.claims import Place
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.given_roles import in_force
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.tokens import ACKNOWLEDGES, Act


@frozen
class Verdict:
    """What a sign-in comes to: it is refused, or it opens a session once the acts are done, in order."""

    lets_in: bool
    acts: tuple[Act, ...] = ()


REFUSED: Final = Verdict(lets_in=False)
"""No session opens."""

_SIGNS_IN = frozenset({State.ACTIVE, State.CHANGE_DUE})
_RECOVERS = frozenset({State.AWAITING, State.ACTIVE, State.CHANGE_DUE, State.RECOVERY_REQUIRED})


def is_dormant(places: Collection[Place], today: date) -> bool:
    """Return whether none of somebody's places gives a role on *today*: the account rests until one does (ROLE-5)."""
    return not in_force(places, today)


def may_sign_in(person: Person, places: Collection[Place], today: date) -> bool:
    """Return whether a session may be open now: the account neither rests nor is shut (ACCESS-5)."""
    return person.state in _SIGNS_IN and not is_dormant(places, today)


def may_recover(person: Person, places: Collection[Place], today: date) -> bool:
    """Return whether a token that sets a password may be sent or spent now (ACCESS-4, ACCESS-6)."""
    return person.state in _RECOVERS and not is_dormant(places, today)


def decide_sign_in(  # noqa: PLR0913 - each argument is one fact
    person: Person,
    credential: Credential,
    *,
    matches: bool,
    dormant: bool,
    expires_at: datetime | None,
    unacknowledged: Collection[NoticeKind] = (),
    now: datetime,
) -> Verdict:
    """
    Return what signing in comes to, once the password was compared.

    Args:
        person: whose account it is.
        credential: what the password was compared with.
        matches: whether it did.
        dormant: whether no role is in force today.
        expires_at: when an own password expires, or None (CRED-3a).
        unacknowledged: notices that must be acknowledged first, and are not (LAW-1).
        now: the instant of the attempt.
    """
    if not matches or dormant or person.state not in _SIGNS_IN:
        return REFUSED
    must_change = expires_at is not None and is_expired(expires_at, now)
    if credential.kind is CredentialKind.GIVEN:
        if credential.expires_at is not None and is_expired(credential.expires_at, now):
            return REFUSED
        must_change = True
    acts = {act for act, kind in ACKNOWLEDGES.items() if kind in unacknowledged}
    if must_change:
        acts.add(Act.CHANGE_PASSWORD)
    return Verdict(lets_in=True, acts=tuple(act for act in Act if act in acts))
