"""Work that one at a time does in a tenant, under a lease with a heartbeat and a fence (SYNC-2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from attrs import define, frozen

from eszkola_core.domain.leases import Lease, Work
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import EszkolaError
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


@frozen
class Running:
    """Somebody else is importing, or undoing an import, since that instant; nothing was done (SYNC-2)."""

    by: str
    since: datetime


@define
class Turn:
    """The right to work alone, as long as it lasts."""

    _storage: Storage
    _tenant: Tenant
    _clock: Clock
    _lease: Lease

    def beat(self) -> None:
        """
        Give a sign of life where it is time for one.

        Raises:
            Conflict: the work was taken over.
        """
        now, lifetime = self._clock.now(), self._tenant.settings.import_lease
        if self._lease.is_due(now, lifetime):
            with self._storage.unit() as unit:
                self._lease = unit.leases.renew(self._lease, until=now + lifetime)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """
        Open a unit that writes only if the work is still this one's, and that nobody can take over while it lasts.

        Raises:
            Conflict: the work was taken over.
        """
        until = self._clock.now() + self._tenant.settings.import_lease
        with self._storage.unit() as unit:
            self._lease = unit.leases.renew(self._lease, until=until)
            yield unit

    def give_back(self) -> None:
        """Let the next one work."""
        with self._storage.unit() as unit:
            unit.leases.release(self._lease)


@contextmanager
def alone(storage: Storage, tenant: Tenant, clock: Clock, holder: str) -> Iterator[Turn | Running]:
    """Yield the turn to import, or who has it; a holder without a sign of life is taken over."""
    now = clock.now()
    with storage.unit() as unit:
        lease = unit.leases.take(Work.IMPORT, holder, now=now, until=now + tenant.settings.import_lease)
        standing = lease or unit.leases.current(Work.IMPORT)
    if lease is None:
        yield _told(standing, now)
        return
    turn = Turn(storage, tenant, clock, lease)
    try:
        yield turn
    except BaseException:
        with suppress(EszkolaError):  # what went wrong first is what the caller wants to know
            turn.give_back()
        raise
    turn.give_back()


def who_works(storage: Storage, clock: Clock) -> Running:
    """Return who took the work over."""
    with storage.snapshot() as unit:
        return _told(unit.leases.current(Work.IMPORT), clock.now())


def _told(lease: Lease | None, now: datetime) -> Running:
    return Running("", now) if lease is None else Running(lease.holder, lease.since)
