"""Letting go of attempts that matter no longer (ACCESS-7)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class ForgetAttempts:
    """Drops what is remembered of attempts once it is too old to decide anything; whoever dispatches runs it too."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def run(self) -> int:
        """Forget what was not touched for as long as the tenant remembers, and return how much that was."""
        with self.storage.unit() as unit:
            return unit.attempts.prune(self.clock.now() - self.tenant.settings.throttle_memory)
