"""Whether a sign-in opens a session (ACCESS-5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from eszkola_core.domain.accounts import Person, State
from eszkola_core.domain.claims import Place
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.days import is_expired


class Verdict(StrEnum):
    """What a sign-in comes to."""

    OPEN = "open"
    MUST_CHANGE_PASSWORD = "must-change-password"  # noqa: S105 - the name of a verdict
    REFUSED = "refused"


_SIGNS_IN = frozenset({State.ACTIVE, State.CHANGE_DUE})
_RECOVERS = frozenset({State.AWAITING, State.ACTIVE, State.CHANGE_DUE, State.RECOVERY_REQUIRED})


def is_dormant(places: Collection[Place], today: date) -> bool:
    """Return whether no place gives a role on *today*: the account rests until one does again (ROLE-5)."""
    return not any(place.is_in_force(today) for place in places)


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
        now: the instant of the attempt.
    """
    if not matches or dormant or person.state not in _SIGNS_IN:
        return Verdict.REFUSED
    if credential.kind is CredentialKind.GIVEN:
        lapsed = credential.expires_at is not None and is_expired(credential.expires_at, now)
        return Verdict.REFUSED if lapsed else Verdict.MUST_CHANGE_PASSWORD
    if expires_at is not None and is_expired(expires_at, now):
        return Verdict.MUST_CHANGE_PASSWORD
    return Verdict.OPEN
