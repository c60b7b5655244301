"""By what the sources of whole lists are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, select

from eszkola_core.domain.claims import RosterKey
from eszkola_core.domain.runs import Stamped
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.records import RosterNumbers
from eszkola_sqlalchemy.values import chunks

_T: Final = tables.stamp
_L: Final = tables.roster
_R: Final = tables.record
_LISTED: Final = (
    select(_T.c.stamp, _T.c.records, _T.c.people, _L.c.school, _L.c.origin, _L.c.list)
    .join(_L, _L.c.id == _T.c.roster)
    .where(_T.c.tenant == bindparam(OURS))
)
_STAMPS: Final = select(_T.c.stamp).where(_T.c.tenant == bindparam(OURS))


class Stamps:
    """Finds, writes and takes away stamps."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def found(self, among: Collection[bytes] | None) -> Sequence[Stamped]:
        """Return the lists that have one of the stamps *among*, or any, in the order of their keys."""
        if among is None:
            rows: Iterable[Row[Any]] = self._desk.rows(_LISTED, **{OURS: self._desk.tenant})
        else:
            rows = self._desk.among(_LISTED, _T.c.stamp, sorted(set(among)))
        return [
            Stamped(
                roster=RosterKey(row.school, row.origin, row.list),
                stamp=row.stamp,
                records=row.records,
                people=row.people,
            )
            for row in sorted(rows, key=lambda row: (row.school, row.origin, row.list))
        ]

    def put(self, lists: Mapping[RosterKey, bytes]) -> None:
        """Keep the stamps of *lists*, with how much each of them has now."""
        rosters, desk = RosterNumbers(self._desk), self._desk
        stamps = {rosters.made(roster): stamp for roster, stamp in lists.items()}
        counted = {}
        for chunk in chunks(stamps):
            sizes = select(_R.c.roster, func.count().label("records"), func.sum(_R.c.people).label("people"))
            for row in desk.rows(sizes.where(_R.c.roster.in_(chunk)).group_by(_R.c.roster)):
                counted[row.roster] = (row.records, int(row.people))
        with desk.together():
            desk.forget(_T, _T.c.roster, stamps)
            desk.insert(_T, [(each, desk.tenant, stamp, *counted.get(each, (0, 0))) for each, stamp in stamps.items()])

    def take_away(self, lists: Collection[RosterKey]) -> None:
        """Forget every stamp that one of *lists* has, in whatever list."""
        rosters = RosterNumbers(self._desk)
        numbers = [number for number in map(rosters.number, sorted(lists)) if number is not None]
        moved = {row.stamp for row in self._desk.among(_STAMPS, _T.c.roster, numbers)}
        self._desk.forget(_T, _T.c.stamp, sorted(moved))
