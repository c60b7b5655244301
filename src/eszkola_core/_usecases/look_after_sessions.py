"""Seeing one's own sessions, and ending any of them (ACCESS-9a)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from eszkola_core._usecases._sessions import owner_of_session
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.sessions import Session, SessionEnd, session_digest
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


@frozen
class OpenSession:
    """One open session as its owner sees it: ``name`` tells it from others, and is no key."""

    name: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


@frozen
class LookAfterSessions:
    """Shows owners where they are signed in, and lets them sign out anywhere; whose session is over sees nothing."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def list(self, session_key: str) -> tuple[OpenSession, ...]:
        """Return the open sessions of the session's owner, the oldest first."""
        this = session_digest(Secret(session_key))
        with self.storage.snapshot() as unit:
            return tuple(
                OpenSession(each.name, each.opened_at, each.seen_at, each.digest == this)
                for each in self._open(unit, session_key)
            )

    def end(self, session_key: str, name: str) -> bool:
        """End the owner's session of that *name*, this one too; return whether there was one."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            named = [each for each in self._open(unit, session_key) if each.name == name]
            for each in named:
                unit.sessions.end(each.digest, end=SessionEnd.ENDED_ELSEWHERE, now=now)
        return bool(named)

    def end_others(self, session_key: str) -> int:
        """End all of the owner's sessions but this one, and return how many they were."""
        now, this = self.clock.now(), session_digest(Secret(session_key))
        with self.storage.unit() as unit:
            others = [each for each in self._open(unit, session_key) if each.digest != this]
            for each in others:
                unit.sessions.end(each.digest, end=SessionEnd.ENDED_ELSEWHERE, now=now)
        return len(others)

    def _open(self, unit: Unit, session_key: str) -> tuple[Session, ...]:
        """Return the open sessions of the session's owner; nobody's where it is over."""
        now = self.clock.now()
        owner = owner_of_session(unit, session_key, self.tenant, now)
        if owner is None:
            return ()
        return tuple(each for each in unit.sessions.of(owner.id) if each.is_open(now, self.tenant.settings))
