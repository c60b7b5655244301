"""Leases in memory."""

from __future__ import annotations

from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.leases import Lease, Work
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State


@define
class MemoryLeases:
    """Keeps `Leases` in a dictionary."""

    _state: State

    def take(self, work: Work, holder: str, *, now: datetime, until: datetime) -> Lease | None:
        standing = self.current(work)
        if standing is not None and not standing.is_over(now):
            return None
        fence = self._state.next(f"fence of {work}")
        lease = self._state.leases[work] = Lease(work=work, holder=holder, fence=fence, since=now, until=until)
        return lease

    def renew(self, lease: Lease, *, until: datetime) -> Lease:
        standing = self.current(lease.work)
        if standing is None or standing.fence != lease.fence:
            raise Conflict("the work was taken over by somebody else", code="lease-lost")
        renewed = self._state.leases[lease.work] = evolve(standing, until=until)
        return renewed

    def release(self, lease: Lease) -> None:
        standing = self.current(lease.work)
        if standing is not None and standing.fence == lease.fence:
            del self._state.leases[lease.work]

    def current(self, work: Work) -> Lease | None:
        return self._state.leases.get(work)
