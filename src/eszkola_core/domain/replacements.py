"""Replacing a password that its owner set: who may ask for it, and how it is known who they are (ACCESS-8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core.domain.accounts import PersonId


class Way(StrEnum):
    """How somebody asked."""

    IN_PERSON = "in-person"
    IN_WRITING = "in-writing"
    BY_PHONE = "by-phone"
    BY_EMAIL = "by-e-mail"


class Proof(StrEnum):
    """How it was made sure who asked."""

    IDENTITY_CARD = "identity-card"
    PASSPORT = "passport"
    SCHOOL_CARD = "school-card"
    OTHER_DOCUMENT = "other-document"
    KNOWN_IN_PERSON = "known-in-person"
    CALLED_BACK = "called-back"


@frozen(kw_only=True)
class Request:
    """What was asked: when, how, and by whom: a guardian's number, or None for the owner of the account."""

    at: datetime
    way: Way
    guardian: PersonId | None = None


@frozen(kw_only=True)
class Identity:
    """How it was confirmed who asked, and by whom: a member of staff, or None for whoever replaces the password."""

    proof: Proof
    by: PersonId | None = None


class Unfounded(StrEnum):
    """Why a request is no ground for replacing a password."""

    MINOR_ASKS_IN_PERSON = "minor-asks-in-person"
    OWNER_ASKS = "owner-asks"
    NO_ACTIVE_LINK = "no-active-link"
    CONFIRMED_BY_NO_STAFF = "confirmed-by-no-staff"


def fault_of(  # noqa: PLR0913 - each argument is one fact
    request: Request, identity: Identity, *, owner: PersonId, minor: bool, guardians: Collection[PersonId], staff: bool
) -> Unfounded | None:
    """
    Return why *request* is no ground for replacing the password of *owner*, or None where it is one.

    Args:
        request: what was asked.
        identity: how it was confirmed who asked.
        owner: whose account it is.
        minor: whether the owner is under age: then they ask in person, or a guardian asks for them.
        guardians: who has an active link to the owner.
        staff: whether the one who confirmed works where the owner has a role.
    """
    if identity.by is not None and (not staff or identity.by in (owner, request.guardian)):
        return Unfounded.CONFIRMED_BY_NO_STAFF
    if request.guardian is None:
        return Unfounded.MINOR_ASKS_IN_PERSON if minor and request.way is not Way.IN_PERSON else None
    if not minor:
        return Unfounded.OWNER_ASKS
    return None if request.guardian in guardians else Unfounded.NO_ACTIVE_LINK


@frozen(kw_only=True)
class HandOver:
    """
    The receipt of a credential that was handed over: to whom, on what proof, by whom and when.

    ``entry`` is the number of the journal's entry that says the same; whoever collects signs for it.
    """

    entry: int
    at: datetime
    collected_by: PersonId
    proof: Proof
    handed_by: str
