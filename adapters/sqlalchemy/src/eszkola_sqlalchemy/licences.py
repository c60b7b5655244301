"""Pools of licences and who has one, in tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.licences import HOLDS_A_SEAT, Entitling, Licence, LicenceState, Pool
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.values import dumped, instant_of, loaded, maybe, micros

_P: Final = tables.licence_pool
_L: Final = tables.licence
_SEATED: Final = _L.c.state.in_([each.value for each in HOLDS_A_SEAT])


class SqlLicences:
    """Keeps `Licences` in tables; a pool counts its seats, which the database keeps within bounds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._merged = Merged(desk)

    def pools(self) -> Sequence[Pool]:
        """Return the pools (LI1)."""
        rows = self._desk.rows(select(_P).where(_P.c.tenant == self._desk.tenant).order_by(_P.c.key))
        return [
            Pool(key=row.key, product=row.product, seats=row.seats, roles=frozenset(map(Entitling, loaded(row.roles))))
            for row in rows
        ]

    def put_pool(self, pool: Pool) -> None:
        """Keep a pool (LI1)."""
        values = {"product": pool.product, "seats": pool.seats, "roles": dumped(sorted(pool.roles))}
        mine = self._pool(pool.key)
        if self._desk.write(update(_P).where(mine, _P.c.taken <= pool.seats).values(values)):
            return
        if self._desk.first(select(_P.c.key).where(mine)) is not None:
            raise Conflict("more licences are in use than the pool would have seats", code="seats-taken")
        self._desk.insert(_P, [(self._desk.tenant, pool.key, pool.product, pool.seats, 0, values["roles"])])

    def assign(self, licence: Licence) -> Licence | None:
        """
        Keep a new licence while there is a seat (LI2, LI3).

        The seat is counted by one guarded statement, before the licence is written: nobody comes in between.
        """
        desk = self._desk
        seated = (_L.c.tenant == desk.tenant) & (_L.c.pool == licence.pool) & _SEATED
        with desk.together():
            if (
                desk.first(select(_L.c.id).where(seated, _L.c.person.in_(self._merged.members([licence.person]))))
                is not None
            ):
                return None
            free = update(_P).where(self._pool(licence.pool), _P.c.taken < _P.c.seats)
            if not desk.write(free.values(taken=_P.c.taken + 1)):
                return None
            kept = evolve(licence, id=desk.highest(_L.c.id, _L.c.tenant == desk.tenant) + 1)
            row = (desk.tenant, kept.id, kept.pool, kept.person, kept.state.value, micros(kept.since))
            desk.insert(_L, [(*row, maybe(micros, kept.grace_until))])
        return kept

    def change(self, before: Licence, after: Licence) -> bool:
        """Write *after* in the stead of *before*, if that is still there (LI4)."""
        if after.holds_a_seat and not before.holds_a_seat:
            return False
        as_it_was = (
            (_L.c.tenant == self._desk.tenant)
            & (_L.c.id == before.id)
            & (_L.c.state == before.state.value)
            & _L.c.grace_until.is_not_distinct_from(maybe(micros, before.grace_until))
        )
        values = {"state": after.state.value, "grace_until": maybe(micros, after.grace_until)}
        with self._desk.together():
            if not self._desk.write(update(_L).where(as_it_was).values(values)):
                return False
            if before.holds_a_seat and not after.holds_a_seat:
                self._desk.write(update(_P).where(self._pool(before.pool)).values(taken=_P.c.taken - 1))
        return True

    def of(self, person: PersonId) -> Sequence[Licence]:
        """Return the licences of *person* (LI5)."""
        return self._licences(_L.c.person.in_(self._merged.members([person])))

    def held(self, pool: str) -> Sequence[Licence]:
        """Return the licences that take a seat of *pool* (LI5)."""
        return self._licences((_L.c.pool == pool) & _SEATED)

    def _pool(self, key: str) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return (_P.c.tenant == self._desk.tenant) & (_P.c.key == key)

    def _licences(self, where: Any) -> Sequence[Licence]:  # noqa: ANN401 - as SQLAlchemy has it
        wanted = select(_L).where(_L.c.tenant == self._desk.tenant, where).order_by(_L.c.id)
        rows = self._desk.rows(wanted)
        survivors = self._merged.survivors([row.person for row in rows])
        return [_licence(row, survivors.get(row.person, row.person)) for row in rows]


def _licence(row: Row[Any], person: PersonId) -> Licence:
    return Licence(
        id=row.id,
        pool=row.pool,
        person=person,
        state=LicenceState(row.state),
        since=instant_of(row.since),
        grace_until=maybe(instant_of, row.grace_until),
    )
