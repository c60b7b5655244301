"""Which accounts are read as another: an index of the merges that stand (ID-7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import and_, delete, select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk, any_of
from eszkola_sqlalchemy.values import chunks, storable

_D: Final = tables.decision
_M: Final = tables.merged
_ANY: Final = select(any_of(_M).label("found"))


def is_merged(table: Any) -> Any:  # noqa: ANN401 - a table or its alias, and a condition
    """Return the condition under which a row of *table* is about somebody who is read as another."""
    return and_(_M.c.tenant == table.c.tenant, _M.c.person == table.c.person)


class Merged:
    """
    Says who an account is read as.

    Few tenants have merged anybody, and most have not: whether there is a merge at all is known from the beginning of a
    transaction, and asked once more where somebody was merged in it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def any(self) -> bool:
        """Whether anybody is merged with anybody."""
        if self._desk.has_merges is None:
            (row,) = self._desk.rows(_ANY, **{OURS: self._desk.tenant})
            self._desk.has_merges = bool(row.found)
        return self._desk.has_merges

    def survivors(self, people: Collection[PersonId]) -> Mapping[PersonId, PersonId]:
        """Return who those of *people* are read as who are read as another."""
        found: dict[PersonId, PersonId] = {}
        for chunk in chunks(storable(people) if self.any else ()):
            for row in self._desk.rows(select(_M.c.person, _M.c.survivor).where(self._ours, _M.c.person.in_(chunk))):
                found[PersonId(row.person)] = PersonId(row.survivor)
        return found

    def survivor(self, person: PersonId) -> PersonId:
        """Return who *person* is read as."""
        return self.survivors([person]).get(person, person)

    def members(self, people: Iterable[PersonId]) -> frozenset[PersonId]:
        """Return *people* and everybody who is read as the same as one of them."""
        named = frozenset(people)
        if not self.any:
            return named
        heads = named.union(self.survivors(named).values())
        found = set(heads)
        for chunk in chunks(storable(heads)):
            rows = self._desk.rows(select(_M.c.person).where(self._ours, _M.c.survivor.in_(chunk)))
            found.update(PersonId(row.person) for row in rows)
        return frozenset(found)

    def follow(self, people: Iterable[PersonId | None]) -> None:
        """Work out anew who everybody is read as whom merges join with one of *people*."""
        desk, joined = self._desk, {each for each in people if each is not None}
        into: dict[PersonId, PersonId] = {}
        while True:
            into = dict(self._standing(joined))
            further = {*into, *into.values()} - joined
            if not further:
                break
            joined |= further
        for chunk in chunks(sorted(joined)):
            desk.write(delete(_M).where(self._ours, _M.c.person.in_(chunk)))
        rows = []
        for person, survivor in sorted(into.items()):
            while survivor in into:
                survivor = into[survivor]  # noqa: PLW2901 - merges may lead on
            rows.append((desk.tenant, person, survivor))
        desk.insert(_M, rows)
        desk.has_merges = None

    def _standing(self, people: Collection[PersonId]) -> Iterable[tuple[PersonId, PersonId]]:
        """Yield who was merged into whom, where one of *people* is concerned."""
        stands = (_D.c.tenant == self._desk.tenant) & (_D.c.kind == DecisionKind.MERGED) & _D.c.withdrawn_at.is_(None)
        for side in (_D.c.person, _D.c.object):
            for chunk in chunks(sorted(people)):
                for row in self._desk.rows(select(_D.c.object, _D.c.person).where(stands, side.in_(chunk))):
                    yield PersonId(row.object), PersonId(row.person)

    @property
    def _ours(self) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return _M.c.tenant == self._desk.tenant
