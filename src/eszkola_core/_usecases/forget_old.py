"""Letting go of what matters no longer: attempts, sessions, conflicts, expired credentials (ACCESS-7, INIT-3)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class Forgotten:
    """How much was let go."""

    attempts: int = 0
    sessions: int = 0
    conflicts: int = 0
    credentials: int = 0


@frozen
class ForgetOld:
    """Drops what has been remembered for as long as the tenant remembers; whoever dispatches messages runs it too."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def run(self) -> Forgotten:
        """Forget attempts that were not repeated for long, what is long over, and the texts of expired credentials."""
        now, settings = self.clock.now(), self.tenant.settings
        with self.storage.unit() as unit:
            return Forgotten(
                attempts=unit.attempts.prune(now - settings.throttle_memory),
                sessions=unit.sessions.prune(now - settings.session_memory),
                conflicts=unit.cases.forget(now - settings.closed_conflict_memory),
                credentials=unit.credentials.wipe_expired(now),
            )
