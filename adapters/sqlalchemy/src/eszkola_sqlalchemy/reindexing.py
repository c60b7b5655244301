"""
Indexing anew what stands under older index keys, page by page (LAW-5).

A blind index cannot be read back: it is made anew from what is sealed elsewhere. The marks of decisions outlive whom
they are of, so that for some nothing is left to make them from: these stay, and so does the key that made them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Table, and_, bindparam, select, update

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Claims, Evidence, Seeds
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.people import SqlPeople
from eszkola_sqlalchemy.places import Places
from eszkola_sqlalchemy.resealing import Page
from eszkola_sqlalchemy.values import AT_ONCE

_P: Final = tables.person
_D: Final = tables.decision


def _places(desk: Desk, after: tuple[object, ...] | None) -> Page:
    kept = Places(desk).page(0 if after is None else int(str(after[0])), AT_ONCE)
    found = [(each.row, evidence) for each in kept for evidence in each.place.evidence()]
    done = _moved(desk, tables.evidence, "place", found)
    return Page(done, (kept[-1].row,) if len(kept) == AT_ONCE else None)


def _holders(
    desk: Desk, table: Table, ids: Callable[[Person], Iterable[Any]], after: tuple[object, ...] | None
) -> Page:
    begin = 0 if after is None else after[0]
    wanted = select(_P.c.id).where(_P.c.tenant == desk.tenant, _P.c.id > begin).order_by(_P.c.id).limit(AT_ONCE)
    numbers = [PersonId(row.id) for row in desk.rows(wanted)]
    people = SqlPeople(desk).get_many(numbers).values()
    done = _moved(desk, table, "person", [(each.id, Evidence.of_id(one)) for each in people for one in ids(each)])
    return Page(done, (numbers[-1],) if len(numbers) == AT_ONCE else None)


def _marks(desk: Desk, after: tuple[object, ...] | None) -> Page:
    """Index marks anew by what the people of decisions are called and known by today."""
    begin, mark = 0 if after is None else after[0], tables.decision_mark
    marked = select(mark.c.decision).where(mark.c.tenant == desk.tenant)
    wanted = select(_D.c.id, _D.c.person, _D.c.object)
    wanted = wanted.where(_D.c.tenant == desk.tenant, _D.c.id > begin, _D.c.id.in_(marked))
    rows = desk.rows(wanted.order_by(_D.c.id).limit(AT_ONCE))
    known = _known_by(desk, {PersonId(who) for row in rows for who in (row.person, row.object) if who is not None})
    found = [(row.id, each) for row in rows for who in (row.person, row.object) for each in known.get(who, ())]
    done = _moved(desk, mark, "decision", found)
    return Page(done, (rows[-1].id,) if len(rows) == AT_ONCE else None)


def _known_by(desk: Desk, numbers: Collection[PersonId]) -> Mapping[PersonId, frozenset[Evidence]]:
    """Return by what each may be marked: ids and names, of the account and of every place of it."""
    survivors = Merged(desk).survivors(numbers)
    claims: dict[PersonId | None, list[Claims]] = {}
    for place in Places(desk).touching(Seeds(people=frozenset(numbers))).values():
        claims.setdefault(place.person, []).extend(each for each in (place.accepted, place.pending) if each is not None)
    return {
        number: _marking(person, claims.get(survivors.get(number, number), ()))
        for number, person in SqlPeople(desk).get_many(numbers).items()
    }


def _marking(person: Person, claims: Collection[Claims]) -> frozenset[Evidence]:
    names = {person.name, *(each.name for each in claims)}
    ids = {*person.ids, *person.former_ids, *(one for each in claims for one in each.ids)}
    return frozenset({*map(Evidence.of_id, ids), *map(Evidence.of_name, names)})


def _moved(desk: Desk, table: Table, owner: str, found: Iterable[tuple[int, Evidence]]) -> int:
    """Bring rows of owners from under older keys under the newest, and return how many there were."""
    here = and_(
        table.c.tenant == bindparam("of"), table.c.token == bindparam("older"), table.c[owner] == bindparam("owner")
    )
    tokens = ((number, desk.blinds(each)) for number, each in dict.fromkeys(found))
    rows = (
        {"of": desk.tenant, "owner": number, "older": each, "newest": newest}
        for number, (newest, *older) in tokens
        for each in older
    )
    return desk.each(update(table).where(here).values(token=bindparam("newest")), rows)


INDEXED: Final[Mapping[Table, Callable[[Desk, tuple[object, ...] | None], Page]]] = MappingProxyType(
    {
        tables.decision_mark: _marks,
        tables.evidence: _places,
        tables.handle: lambda desk, after: _holders(desk, tables.handle, lambda each: each.ids, after),
        tables.former_handle: lambda desk, after: _holders(
            desk, tables.former_handle, lambda each: each.former_ids, after
        ),
    }
)
"""Every table with blind indexes, and what indexes a page of it anew; marks come first, see `DERIVED`."""

DERIVED: Final = tuple(each for each in INDEXED if each is not tables.decision_mark)
"""The tables whose blind indexes can all be made anew: once nothing is left in them, nothing is left to do."""
