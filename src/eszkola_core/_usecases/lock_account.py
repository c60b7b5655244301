"""Locking an account, and lifting the lock (ACCESS-9)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._ending import end_everything
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import person_at
from eszkola_core.domain.accounts import LIFECYCLE, Happening, Lock, PersonId, State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import Action, NotPermitted, Permission, holds_right
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


class LockingRefused(StrEnum):
    """Why the account is as it was."""

    NO_SUCH_PERSON = "no-such-person"
    ACCOUNT_SHUT = "account-shut"
    NOT_LOCKED = "not-locked"
    LOCKED_BY_A_HIGHER_RIGHT = "locked-by-a-higher-right"


@frozen
class Locked:
    """The account is locked: no sign-in, no recovery; sessions and tokens have ended."""

    lock: Lock


@frozen
class Unlocked:
    """The account is again what it was before: the password is the same, what had ended stays ended."""

    state: State


@frozen
class NotChanged:
    """The account is as it was."""

    reason: LockingRefused


@frozen
class LockAccount:
    """Shuts accounts for a while, or until somebody opens them again."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def lock(
        self, actor: Actor, person_id: PersonId, *, why: str, until: datetime | None = None
    ) -> Locked | NotChanged | NotPermitted:
        """
        Lock an account, until an instant or until somebody lifts the lock; a lock of a lower right is replaced.

        Raises:
            InvalidValue: no reason is given, or ``until`` is not in the future.
        """
        now = self.clock.now()
        if not why.strip():
            raise InvalidValue("say why the account is locked", code="reason-missing")
        if until is not None and is_expired(until, now):
            raise InvalidValue("a lock ends in the future", code="lock-in-the-past")
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            permission = acting.permission(actor, Action.LOCK, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            person = person_at(unit, person_id, now)
            if person is None:
                return NotChanged(LockingRefused.NO_SUCH_PERSON)
            if Happening.LOCKED not in LIFECYCLE[person.state]:
                return NotChanged(LockingRefused.ACCOUNT_SHUT)
            if person.lock is not None and not holds_right(acting.known(actor), Action.LOCK, person.lock.right):
                return NotChanged(LockingRefused.LOCKED_BY_A_HIGHER_RIGHT)
            lock = _lock(actor, permission, why, now, until)
            after = person.locked(lock)
            unit.people.save(after)
            post = Post(unit, self.tenant, now)
            end_everything(post, after, SessionEnd.LOCKED)
            data = {"login": login_of(after, self.tenant), "at": post.instant(now), "link": post.access_link}
            post.queue(MessageKind.ACCOUNT_LOCKED, after, data, key=f"{after.revision}")
            detail = {"until": until.isoformat()} if until is not None else {}
            acting.note(actor, "account-locked", on=[person_id], why=why, detail=detail)
        return Locked(lock)

    def unlock(self, actor: Actor, person_id: PersonId, *, why: str = "") -> Unlocked | NotChanged | NotPermitted:
        """Lift a lock: whoever has the same right as the one who set it, or a higher one."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            permission = acting.permission(actor, Action.UNLOCK, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            person = person_at(unit, person_id, now)
            if person is None:
                return NotChanged(LockingRefused.NO_SUCH_PERSON)
            if person.state is not State.LOCKED:
                return NotChanged(LockingRefused.NOT_LOCKED)
            if person.lock is not None and not holds_right(acting.known(actor), Action.UNLOCK, person.lock.right):
                return NotChanged(LockingRefused.LOCKED_BY_A_HIGHER_RIGHT)
            after = person.after(Happening.UNLOCKED)
            unit.people.save(after)
            acting.note(actor, "account-unlocked", on=[person_id], why=why)
        return Unlocked(after.state)


def _lock(actor: Actor, permission: Permission, why: str, now: datetime, until: datetime | None) -> Lock:
    """Return the lock that *actor* sets by what permitted it."""
    right = permission.role.role if permission.role is not None else None
    return Lock(by=actor.person, name=actor.name, right=right, why=why, at=now, until=until)
