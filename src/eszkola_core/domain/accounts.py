"""An account and its life (ID-1, MAIL-1, RULES: States)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NewType

from attrs import evolve, field, frozen

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue

PersonId = NewType("PersonId", int)
"""A person's number inside one tenant; it says nothing about the person and is never used again."""


class State(StrEnum):
    """
    What an account is, as far as it is stored; dormancy follows from roles and the day, and is not stored.

    Somebody whom a decision named before the account opened lasts *unopened*: the platform remembers who it is, and
    nothing can be done with the account.
    """

    UNOPENED = "unopened"
    AWAITING = "awaiting"
    ACTIVE = "active"
    CHANGE_DUE = "change-due"
    RECOVERY_REQUIRED = "recovery-required"
    LOCKED = "locked"
    CLOSED = "closed"
    ERASED = "erased"
    MERGED = "merged"


class Happening(StrEnum):
    """What moves an account from one state to another."""

    OPENED = "opened"
    CREDENTIAL_GIVEN = "credential given by somebody else"
    PASSWORD_SET = "own password set"  # noqa: S105 - the name of an event
    DISCLOSED = "password disclosed"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    CLOSED = "closed"
    RESTORED = "restored"
    ERASED = "erased"
    MERGED = "merged into another"
    UNMERGED = "merge undone"
    UNMERGED_UNUSED = "merge undone, never activated"
    UNMERGED_UNOPENED = "merge undone, never opened"


_H, _S = Happening, State

FORMER: Final = None
"""In the table: where it leads back to is what the account was before it was locked."""

LIFECYCLE: Final[Mapping[State, Mapping[Happening, State | None]]] = MappingProxyType(
    {
        _S.UNOPENED: {_H.OPENED: _S.AWAITING, _H.MERGED: _S.MERGED, _H.ERASED: _S.ERASED},
        _S.AWAITING: {
            _H.CREDENTIAL_GIVEN: _S.CHANGE_DUE,
            _H.PASSWORD_SET: _S.ACTIVE,
            _H.LOCKED: _S.LOCKED,
            _H.CLOSED: _S.CLOSED,
            _H.MERGED: _S.MERGED,
        },
        _S.ACTIVE: {
            _H.CREDENTIAL_GIVEN: _S.CHANGE_DUE,
            _H.PASSWORD_SET: _S.ACTIVE,
            _H.DISCLOSED: _S.RECOVERY_REQUIRED,
            _H.LOCKED: _S.LOCKED,
            _H.CLOSED: _S.CLOSED,
            _H.MERGED: _S.MERGED,
            _H.UNMERGED: _S.RECOVERY_REQUIRED,
        },
        _S.CHANGE_DUE: {
            _H.CREDENTIAL_GIVEN: _S.CHANGE_DUE,
            _H.PASSWORD_SET: _S.ACTIVE,
            _H.DISCLOSED: _S.RECOVERY_REQUIRED,
            _H.LOCKED: _S.LOCKED,
            _H.CLOSED: _S.CLOSED,
            _H.MERGED: _S.MERGED,
            _H.UNMERGED: _S.RECOVERY_REQUIRED,
            _H.UNMERGED_UNUSED: _S.AWAITING,
        },
        _S.RECOVERY_REQUIRED: {
            _H.CREDENTIAL_GIVEN: _S.CHANGE_DUE,
            _H.PASSWORD_SET: _S.ACTIVE,
            _H.LOCKED: _S.LOCKED,
            _H.CLOSED: _S.CLOSED,
            _H.MERGED: _S.MERGED,
        },
        _S.LOCKED: {
            _H.UNLOCKED: FORMER,
            _H.LOCKED: _S.LOCKED,
            _H.DISCLOSED: _S.LOCKED,
            _H.CLOSED: _S.CLOSED,
            _H.MERGED: _S.MERGED,
        },
        _S.CLOSED: {_H.RESTORED: _S.AWAITING, _H.ERASED: _S.ERASED},
        _S.MERGED: {
            _H.UNMERGED: _S.RECOVERY_REQUIRED,
            _H.UNMERGED_UNUSED: _S.AWAITING,
            _H.UNMERGED_UNOPENED: _S.UNOPENED,
            _H.ERASED: _S.ERASED,
        },
        _S.ERASED: {},
    },
)
"""Every transition of an account; what is not here does not happen."""


@frozen(kw_only=True)
class Lock:
    """
    By whom an account is locked, why, and until when (ACCESS-9).

    ``by`` is a person, or None at the console, whose user ``name`` names; ``right`` is the role that allowed it, None
    for the console. ``until`` is None where only somebody ends it. ``former`` is what the account was before, and is
    again once the lock is lifted or has run out: a lock does not touch the password.
    """

    by: PersonId | None = None
    name: str
    right: Role | None = None
    why: str = field(repr=False)
    at: datetime
    until: datetime | None = None
    former: State = State.RECOVERY_REQUIRED

    def has_run_out(self, now: datetime) -> bool:
        """Return whether the lock has ended by itself: at its very instant it has."""
        return self.until is not None and is_expired(self.until, now)


@frozen(kw_only=True)
class Person:
    """
    One human in one tenant, from the first opening of the account on, or the first decision that names them.

    ``opened_at`` is None as long as nothing but such a decision is there. What was given stays: ``id``, ``login`` and
    ``platform_address`` for ever, ``name``, ``central`` and ``phone`` until the rules move them (SYNC-4c). ``central``
    is the one private address that messages go to (MAIL-3); ``sharing`` says that others of the household have the same
    one (MAIL-5b). ``former_ids`` were corrected: they recognise their person and open nothing (ID-6e). ``revision``
    counts every change of the account, so that two who decide at once are told apart.
    """

    id: PersonId
    revision: int = 0
    name: PersonName
    ids: tuple[NationalId, ...] = ()
    former_ids: tuple[NationalId, ...] = ()
    state: State = State.AWAITING
    login: str
    platform_address: str
    central: EmailAddress | None = None
    sharing: bool = False
    phone: PhoneNumber | None = None
    opened_at: datetime | None
    activated_at: datetime | None = None
    first_signed_in_at: datetime | None = None
    lock: Lock | None = None

    @property
    def is_opened(self) -> bool:
        """Whether there is, or was, an account."""
        return self.opened_at is not None

    @property
    def is_activated(self) -> bool:
        """Whether the owner has ever set an own password (INIT-1)."""
        return self.activated_at is not None

    @property
    def has_signed_in(self) -> bool:
        """Whether the owner has ever signed in (LINK-2)."""
        return self.first_signed_in_at is not None

    def after(self, happening: Happening) -> Person:
        """
        Return the person as *happening* leaves the account.

        A lock outlives closing and merging: an account that comes back from there is locked again.

        Raises:
            InvalidValue: the table has no such transition.
        """
        row = LIFECYCLE[self.state]
        if happening not in row:
            raise InvalidValue(
                f"an account that is {self.state} cannot be {happening}",
                code="no-such-transition",
            )
        following, lock = row[happening], self.lock
        if following is FORMER:
            following, lock = State.RECOVERY_REQUIRED if lock is None else lock.former, None
        elif lock is not None and happening is Happening.DISCLOSED:
            lock = evolve(lock, former=State.RECOVERY_REQUIRED)
        elif lock is not None and Happening.LOCKED in LIFECYCLE[following]:
            following, lock = State.LOCKED, evolve(lock, former=following)
        elif following is State.ERASED:
            lock = None
        return evolve(self, state=following, lock=lock, revision=self.revision + 1)

    def locked(self, lock: Lock) -> Person:
        """
        Return the person with the account locked by *lock*, in the stead of a former lock.

        Raises:
            InvalidValue: the table has no such transition.
        """
        former = self.lock.former if self.lock is not None else self.state
        return evolve(self.after(Happening.LOCKED), lock=evolve(lock, former=former))

    def at(self, now: datetime) -> Person:
        """Return the person as the account is at *now*: a lock that has run out is there no more (ACCESS-9)."""
        if self.lock is None or not self.lock.has_run_out(now):
            return self
        return evolve(self, state=self.lock.former if self.state is State.LOCKED else self.state, lock=None)

    def changed(self, **values: object) -> Person:
        """Return the person with *values* replaced and the next revision."""
        return evolve(self, revision=self.revision + 1, **values)  # type: ignore[arg-type]
