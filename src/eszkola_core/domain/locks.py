"""Locks: somebody with the right shut an account, says why, and perhaps until when (ACCESS-9b)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from attrs import frozen

from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.permissions import PERMISSIONS, Action, Actor, Permission
from eszkola_core.domain.role_powers import POWER_OVER
from eszkola_core.domain.roles import Role


@frozen(kw_only=True)
class Lock:
    """
    Why an account is shut: who locked it, when, by which role, and until when.

    ``role`` is None where the console did it; ``until`` is None where somebody must lift it.
    """

    decision: int
    author: str
    reason: str
    at: datetime
    role: Role | None
    until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Return whether the lock ends by itself, and has."""
        return self.until is not None and is_expired(self.until, now)

    def yields_to(self, actor: Actor) -> bool:
        """Return whether *actor* has the right by which it was locked, or a higher one."""
        if actor.is_console:
            return True
        lifting = {held.role for held in actor.roles if held.role in PERMISSIONS[Action.UNLOCK]}
        return self.role in lifting or any(self.role in POWER_OVER.get(each, ()) for each in lifting)


def value_of(permission: Permission, until: datetime | None) -> Secret:
    """Return what a decision keeps of a lock, beside who and why."""
    role = permission.role.role.value if permission.role is not None else None
    return Secret(json.dumps({"role": role, "until": until.isoformat() if until is not None else None}))


def locks(decisions: Iterable[Decision]) -> tuple[Lock, ...]:
    """Return the locks that nobody has lifted, oldest first, whether or not they are over."""
    standing = (each for each in decisions if each.kind is DecisionKind.LOCKED and each.stands)
    return tuple(_lock(each) for each in sorted(standing, key=lambda each: (each.at, each.id)))


def are_over(standing: Collection[Lock], now: datetime) -> bool:
    """Return whether an account that was locked by all of *standing* has unlocked itself: it recovers then."""
    return bool(standing) and all(each.is_over(now) for each in standing)


def _lock(decision: Decision) -> Lock:
    said = json.loads(decision.value.reveal()) if decision.value is not None else {}
    role, until = said.get("role"), said.get("until")
    return Lock(
        decision=decision.id,
        author=decision.author,
        reason=decision.reason,
        at=decision.at,
        role=Role(role) if role else None,
        until=datetime.fromisoformat(until) if until else None,
    )
