"""Open conflicts, as settling left them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Row, delete, or_, select, tuple_

from eszkola_core.domain.claims import PlaceKey
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.plain import key_of, text_of_key
from eszkola_sqlalchemy.values import chunks, dumped, loaded

_T: Final = tables.conflict
_KEY: Final = tuple(_T.primary_key.columns)


class OpenConflicts:
    """Finds and writes open conflicts; the same one stands once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def about(self, schools: Collection[str] | None) -> list[OpenConflict]:
        """Return the conflicts about a place in one of *schools*, all of them for None, in order."""
        return sorted(set(map(_conflict, self._rows(schools))), key=_order)

    def _rows(self, schools: Collection[str] | None) -> Iterator[Row[Any]]:
        every = select(_T).where(_T.c.tenant == self._desk.tenant)
        if schools is None:
            yield from self._desk.rows(every)
            return
        for chunk in chunks(sorted(set(schools))):
            yield from self._desk.rows(every.where(or_(_T.c.school.in_(chunk), _T.c.other_school.in_(chunk))))

    def replace(self, about: Collection[PlaceKey], conflicts: Sequence[OpenConflict]) -> None:
        """Keep *conflicts* in the stead of all about one of the places *about*."""
        settled = sorted(map(text_of_key, about))
        self._desk.forget(_T, _T.c.place, settled)
        self._desk.forget(_T, _T.c.other, settled)
        rows = [self._row(each) for each in dict.fromkeys(conflicts)]
        for some in chunks(rows):
            same = tuple_(*_KEY).in_([row[: len(_KEY)] for row in some])
            self._desk.write(delete(_T).where(_T.c.tenant == self._desk.tenant, same))
        self._desk.insert(_T, rows)

    def _row(self, conflict: OpenConflict) -> tuple[object, ...]:
        place, other = conflict.place, conflict.other
        return (
            *(self._desk.tenant, conflict.kind.value, text_of_key(place), text_of_key(other), dumped(conflict.facts)),
            *(place.school, "" if other is None else other.school),
        )


def _conflict(row: Row[Any]) -> OpenConflict:
    other = key_of(row.other) if row.other else None
    return OpenConflict(ConflictKind(row.kind), key_of(row.place), other, tuple(loaded(row.facts)))


def _order(conflict: OpenConflict) -> tuple[object, ...]:
    """Return what conflicts are ordered by; one with no other place comes first."""
    return conflict.kind, conflict.place, () if conflict.other is None else (conflict.other,), conflict.facts
