"""Times of maintenance, one at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, bindparam, select, update

from eszkola_core.domain.maintenance import Maintenance
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import dumped, instant_of, loaded, maybe, micros

_T: Final = tables.maintenance
_NEWEST: Final = select(_T).where(_T.c.tenant == bindparam(OURS)).order_by(_T.c.number.desc()).limit(1)


class SqlMaintenances:
    """Keeps `Maintenances` in a table, in which one at most has not ended."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def begin(self, maintenance: Maintenance) -> Maintenance:
        """Keep *maintenance* and return it with its number (MT1)."""
        number = self._desk.highest(_T.c.number, _T.c.tenant == self._desk.tenant) + 1
        row = (
            *(self._desk.tenant, number, maintenance.author, micros(maintenance.begun_at)),
            *(maybe(micros, maintenance.expected_end_at), dumped(dict(maintenance.texts))),
            maybe(micros, maintenance.ended_at),
        )
        with self._desk.together():
            self._desk.insert(_T, [row])
        return evolve(maintenance, number=number)

    def end(self, at: datetime) -> Maintenance | None:
        """End the maintenance that is under way (MT2)."""
        under_way = update(_T).where(_T.c.tenant == self._desk.tenant, _T.c.ended_at.is_(None))
        return _maintenance(self._desk.first(under_way.values(ended_at=micros(at)).returning(_T)))

    def newest(self) -> Maintenance | None:
        """Return the maintenance that began last (MT3)."""
        return _maintenance(self._desk.first(_NEWEST, **{OURS: self._desk.tenant}))


def _maintenance(row: Row[Any] | None) -> Maintenance | None:
    if row is None:
        return None
    return Maintenance(
        number=row.number,
        author=row.author,
        begun_at=instant_of(row.begun_at),
        expected_end_at=maybe(instant_of, row.expected_end_at),
        texts=loaded(row.texts),
        ended_at=maybe(instant_of, row.ended_at),
    )
