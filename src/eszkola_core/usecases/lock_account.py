"""Shutting an account for a while or until somebody opens it again (ACCESS-4d, ACCESS-9, DEV-3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person, PersonId, State
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.locks import locks, value_of
from eszkola_core.domain.permissions import Action, Actor
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock
from eszkola_core.usecases._acting import Acting, NotPermitted
from eszkola_core.usecases._post import Post


class LockRefused(StrEnum):
    """Why the account stays as it is."""

    NO_REASON = "no-reason"
    OVER_ALREADY = "over-already"
    ACCOUNT_SHUT = "account-shut"
    NOT_LOCKED = "not-locked"
    HIGHER_RIGHT = "higher-right"


@frozen
class Locked:
    """Nobody signs in, and sessions, devices and links are dead, until the lock is lifted or over."""

    until: datetime | None


@frozen
class Unlocked:
    """The owner recovers access anew; the password of before the lock is good for nothing."""


@frozen
class LockKept:
    """Nothing was changed."""

    reason: LockRefused


@frozen
class LockAccount:
    """Lets whoever has the right over all of somebody's roles lock the account, and open it again."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def lock(
        self, actor: Actor, person_id: PersonId, *, why: str, until: datetime | None = None
    ) -> Locked | LockKept | NotPermitted:
        """
        Lock an account; one that is locked already gets another lock beside the first.

        Raises:
            InvalidValue: nobody has this number.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            person = _person(unit, person_id)
            permission = acting.permission(actor, Action.LOCK, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            if not why.strip():
                return LockKept(LockRefused.NO_REASON)
            if until is not None and is_expired(until, acting.now):
                return LockKept(LockRefused.OVER_ALREADY)
            if person.state is not State.LOCKED:
                if Happening.LOCKED not in LIFECYCLE[person.state]:
                    return LockKept(LockRefused.ACCOUNT_SHUT)
                person = person.after(Happening.LOCKED)
                unit.people.save(person)
            unit.people.decide(
                Decision(
                    kind=DecisionKind.LOCKED,
                    subject=person_id,
                    value=value_of(permission, until),
                    author=actor.name,
                    reason=why.strip(),
                    at=acting.now,
                )
            )
            unit.sessions.end_all(person_id, end=SessionEnd.LOCKED, now=acting.now)
            unit.devices.end_all(person_id, end=DeviceEnd.LOCKED, now=acting.now)
            Post(unit, self.tenant, acting.now).cancel_tokens(person)
            detail = {"until": until.isoformat()} if until is not None else {}
            acting.note(actor, "account-locked", on=(person_id,), why=why.strip(), detail=detail)
        return Locked(until)

    def unlock(self, actor: Actor, person_id: PersonId, *, why: str) -> Unlocked | LockKept | NotPermitted:
        """
        Lift every lock of an account, by the right that each was made by or a higher one; else none is lifted.

        Raises:
            InvalidValue: nobody has this number.
        """
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            person = _person(unit, person_id)
            permission = acting.permission(actor, Action.UNLOCK, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            if not why.strip():
                return LockKept(LockRefused.NO_REASON)
            if person.state is not State.LOCKED:
                return LockKept(LockRefused.NOT_LOCKED)
            known, standing = acting.known(actor), locks(unit.people.decisions(person_id))
            if not all(each.is_over(acting.now) or each.yields_to(known) for each in standing):
                return LockKept(LockRefused.HIGHER_RIGHT)
            for each in standing:
                unit.people.withdraw(each.decision, acting.now, by=actor.name, why=why.strip())
            unit.people.save(person.after(Happening.UNLOCKED))
            acting.note(actor, "account-unlocked", on=(person_id,), why=why.strip())
        return Unlocked()


def _person(unit: Unit, person_id: PersonId) -> Person:
    found = unit.people.get_many([person_id]).get(person_id)
    if found is None:
        raise InvalidValue("nobody has this number", code="unknown-person")
    return found
