"""Who does a kind of work alone: one row for each kind, changed by guarded statements only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, or_, select, update

from eszkola_core.domain.leases import Lease, Work
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import instant_of, micros

_T: Final = tables.lease


class SqlLeases:
    """Keeps `Leases` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(self, work: Work, holder: str, *, now: datetime, until: datetime) -> Lease | None:
        """Return a lease from *now* on, or None while somebody else has the work (LE1, LE2, LE3)."""
        free = or_(_T.c.until.is_(None), _T.c.until <= micros(now))
        taken = {"holder": holder, "fence": _T.c.fence + 1, "since": micros(now), "until": micros(until)}
        row = self._desk.first(update(_T).where(self._is(work), free).values(taken).returning(_T))
        if row is not None:
            return _lease(row)
        if self._desk.first(select(_T.c.fence).where(self._is(work))) is not None:
            return None
        lease = Lease(work=work, holder=holder, fence=1, since=now, until=until)
        try:
            with self._desk.together():
                self._desk.insert(
                    _T, [(self._desk.tenant, work.value, holder, lease.fence, micros(now), micros(until))]
                )
        except Conflict:
            return None
        return lease

    def renew(self, lease: Lease, *, until: datetime) -> Lease:
        """Give a sign of life and return the lease as it is then (LE4)."""
        if not self._desk.write(update(_T).where(self._held(lease)).values(until=micros(until))):
            raise Conflict("the work was taken over by somebody else", code="lease-lost")
        return evolve(lease, until=until)

    def release(self, lease: Lease) -> None:
        """Give the work back (LE5)."""
        self._desk.write(update(_T).where(self._held(lease)).values(until=None))

    def current(self, work: Work) -> Lease | None:
        """Return who has the work (LE6)."""
        row = self._desk.first(select(_T).where(self._is(work), _T.c.until.is_not(None)))
        return None if row is None else _lease(row)

    def _is(self, work: Work) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return (_T.c.tenant == self._desk.tenant) & (_T.c.work == work.value)

    def _held(self, lease: Lease) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return self._is(lease.work) & (_T.c.fence == lease.fence) & _T.c.until.is_not(None)


def _lease(row: Row[Any]) -> Lease:
    return Lease(
        work=Work(row.work),
        holder=row.holder,
        fence=row.fence,
        since=instant_of(row.since),
        until=instant_of(row.until),
    )
