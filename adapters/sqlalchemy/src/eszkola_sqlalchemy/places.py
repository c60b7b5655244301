"""Places in their table: what a row holds of one, how rows are found, and how they are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import Row, Select, bindparam, delete, null, select, text, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import (
    Claims,
    Evidence,
    EvidenceKind,
    Flaw,
    Hold,
    Place,
    PlaceKey,
    RecordKey,
    RosterKey,
    Seeds,
)
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.stated import Field
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.images import Images, row_of
from eszkola_sqlalchemy.merged import Merged, is_merged
from eszkola_sqlalchemy.plain import (
    claims_of,
    columns_of,
    held_claims,
    ids_of,
    text_of_claims,
    text_of_ids,
    text_of_key,
)
from eszkola_sqlalchemy.records import RosterNumbers
from eszkola_sqlalchemy.tables import ImageKind
from eszkola_sqlalchemy.values import chunks, maybe, storable

_T: Final = tables.place
_E: Final = tables.evidence
_KEY: Final = ("id", "tenant", "roster", "record", "role", "who")
_UPDATE: Final = (
    update(_T)
    .where(_T.c.tenant == bindparam("of"), _T.c.id == bindparam("row"))
    .values({each.name: bindparam(f"new_{each.name}") for each in _T.c if each.name not in _KEY})
)
_FORGET: Final = delete(_E).where(
    _E.c.tenant == bindparam("tenant"), _E.c.token == bindparam("token"), _E.c.place == bindparam("place")
)
_NEW: Final = tuple(f"new_{each.name}" for each in _T.c)
_CLAIMS: Final = slice(len(_KEY), _T.c.keys().index("ids"))
_COLUMNS: Final = (*_T.c.keys(), "school", "origin", "list", "survivor")
_NOTHING: Final = (None,) * (_CLAIMS.stop - _CLAIMS.start)


def _selected(*, merged: bool) -> Select[Any]:
    """Return how places are read: with their roster, and where anybody is *merged* with who they are read as."""
    roster = tables.roster
    survivor: Any = tables.merged.c.survivor if merged else null().label("survivor")
    found = select(_T, roster.c.school, roster.c.origin, roster.c.list, survivor)
    found = found.join(roster, roster.c.id == _T.c.roster)
    return found.outerjoin(tables.merged, is_merged(_T)) if merged else found


_IS_OURS: Final = _T.c.tenant == bindparam(OURS)
_NUMBERS: Final = select(_T.c.id).where(_IS_OURS)
_PLACES: Final = {merged: _selected(merged=merged).where(_IS_OURS) for merged in (False, True)}
_OF_ROSTER: Final = {merged: each.where(_T.c.roster == bindparam("listed")) for merged, each in _PLACES.items()}
_SHOWN: Final = select(_E.c.place).where(_E.c.tenant == bindparam(OURS))


@lru_cache(maxsize=256)
def _flaws_of(text: str) -> tuple[Flaw, ...]:
    """Return the flaws that a row tells; they are few, and the same in many rows."""
    parts = (each.split(":") for each in text.split())
    return tuple(Flaw(Field(field), code) for field, code in parts)


@frozen
class Kept:
    """A place as it is kept, with its row and the sealed cells of it."""

    row: int
    place: Place
    bound_to: PersonId | None
    ids: bytes | None
    pending: bytes | None
    raw: Row[Any]


class Places:
    """Finds and writes places."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rosters = RosterNumbers(desk)
        self._merged = Merged(desk)
        self._keys: dict[int, RosterKey] = {}

    # Finding

    def touching(self, seeds: Seeds) -> dict[PlaceKey, Place]:
        """Return the places in a record of *seeds*, bound to a person of them, or with evidence of them."""
        if not seeds.records and not seeds.evidence:
            kept = [self._kept(row) for row in self._of(seeds.people)]
            return {each.place.key: each.place for each in kept}
        kept = [self._kept(row) for row in self._in_records(seeds.records)]
        # Most are found several ways: only the numbers are, so that each place is read once.
        further = {*self._bound_to(seeds.people), *self._with(seeds.evidence)}.difference(each.row for each in kept)
        kept += map(self._kept, self._desk.among(_PLACES[self._merged.any], _T.c.id, sorted(further)))
        return {each.place.key: each.place for each in kept}

    def of_school(self, school: str, class_name: str | None) -> Iterator[Place]:
        """Yield the present places of a school, in no order."""
        present = _T.c.gone.is_(None) & (tables.roster.c.school == school)
        places = [self._kept(row).place for row in self._rows(present)]
        if class_name is None:
            yield from places
            return
        # What is held is sealed, so that the newest class is looked for here and not by the database.
        records = {
            each.key.record
            for each in places
            if each.role is Role.STUDENT and each.newest is not None and each.newest.class_name == class_name
        }
        yield from (each for each in places if each.key.record in records)

    def holders(self, roles: Collection[Role], schools: Collection[str] | None) -> Iterator[PersonId]:
        """Yield whom present places are bound to that give one of *roles*, in one of *schools* or anywhere."""
        given = _T.c.gone.is_(None) & _T.c.person.is_not(None) & _T.c.role.in_([each.value for each in roles])
        if STAFF.issuperset(roles):
            given &= text(tables.OF_STAFF)  # as the index has it: nearly all places are students' and guardians'
        wanted = select(_T.c.person).distinct().where(_T.c.tenant == self._desk.tenant, given)
        if schools is None:
            yield from self._survivors(wanted)
            return
        wanted = wanted.join(tables.roster, tables.roster.c.id == _T.c.roster)
        for chunk in chunks(sorted(schools)):
            yield from self._survivors(wanted.where(tables.roster.c.school.in_(chunk)))

    def _survivors(self, people: Select[Any]) -> Iterator[PersonId]:
        """Yield who those are read as whom a statement gives."""
        found = [PersonId(row.person) for row in self._desk.rows(people)]
        survivors = self._merged.survivors(found)
        yield from (survivors.get(each, each) for each in found)

    def _of(self, people: Collection[PersonId]) -> Iterable[Row[Any]]:
        mine = storable(self._merged.members(people))
        return self._desk.among(_PLACES[self._merged.any], _T.c.person, mine)

    def _bound_to(self, people: Collection[PersonId]) -> Iterator[int]:
        yield from (row.id for row in self._desk.among(_NUMBERS, _T.c.person, storable(self._merged.members(people))))

    def _with(self, evidence: Collection[Evidence]) -> Iterator[int]:
        of_places = (each for each in evidence if each.kind is not EvidenceKind.NAME)
        tokens = sorted(token for each in of_places for token in self._desk.blinds(each))
        yield from (row.place for row in self._desk.among(_SHOWN, _E.c.token, tokens))

    def _in_records(self, records: Collection[RecordKey]) -> Iterator[Row[Any]]:
        for _, number, keys in self._rosters.by_number(records):
            yield from self._desk.among(_OF_ROSTER[self._merged.any], _T.c.record, keys, listed=number)

    def _rows(self, where: Any) -> Sequence[Row[Any]]:  # noqa: ANN401 - as SQLAlchemy has it
        return self._desk.rows(self._selected().where(where))

    def _selected(self) -> Select[Any]:
        return _selected(merged=self._merged.any).where(_T.c.tenant == self._desk.tenant)

    def _kept(self, row: Row[Any]) -> Kept:
        roster = self._keys.get(row.roster)
        if roster is None:
            roster = self._keys[row.roster] = RosterKey(row.school, row.origin, row.list)
            self._desk.roster_numbers[roster] = row.roster
        place = Place(
            key=PlaceKey(RecordKey(roster, row.record), Role(row.role), row.who),
            accepted=self._accepted(row),
            pending=self._pending(row),
            hold=maybe(Hold, row.hold),
            own_key=row.own_key,
            person=maybe(PersonId, row.person if row.survivor is None else row.survivor),
            since=date.fromisoformat(row.since),
            gone=maybe(date.fromisoformat, row.gone),
            email_since=maybe(date.fromisoformat, row.email_since),
            flaws=_flaws_of(row.flaws) if row.flaws else (),
        )
        return Kept(row.id, place, maybe(PersonId, row.person), row.ids, row.pending, row)

    def _accepted(self, row: Row[Any]) -> Claims | None:
        if row.first is None:
            return None
        ids = () if row.ids is None else ids_of(self._desk.opened(row.ids, _T, "ids", row.id))
        return claims_of(row[_CLAIMS], ids)

    def _pending(self, row: Row[Any]) -> Claims | None:
        return None if row.pending is None else held_claims(self._desk.opened(row.pending, _T, "pending", row.id))

    # Writing

    def put(self, places: Iterable[Place], images: Images, removed: Collection[PlaceKey] = ()) -> frozenset[PersonId]:
        """
        Write *places* in the stead of their former selves, with the evidence by which they are found; take others away.

        Everybody who stands or stood in one of their records is returned.
        """
        latest = {place.key: place for place in places}
        bound = self._remove(removed, images)
        people: set[PersonId | None] = set()
        for chunk in chunks(latest.values()):
            kept = {each.place.key: each for each in map(self._kept, self._in_records({p.key.record for p in chunk}))}
            keys = {p.key: text_of_key(p.key) for p in chunk if p.key in kept or images.newcomers}
            found = {text: kept[key].raw for key, text in keys.items() if key in kept}
            whose = images.note(ImageKind.PLACE, found, keys.values())
            runs = {place.key: images.by for place in chunk} | {key: whose[text] for key, text in keys.items()}
            new = [place for place in chunk if place.key not in kept]
            numbered = list(zip(self._desk.numbers(_T, len(new)), new, strict=True))
            self._desk.insert(_T, [self._values(place, number, None, runs[place.key]) for number, place in numbered])
            changed = [(kept[place.key], place) for place in chunk if place.key in kept]
            self._update(changed, runs)
            self._index(numbered, changed)
            people.update(place.person for place in chunk)
            people.update(each.place.person for each in kept.values())
        return frozenset(each for each in people if each is not None) | bound

    def _remove(self, keys: Collection[PlaceKey], images: Images) -> frozenset[PersonId]:
        """Take places away as if they had never been, and return everybody in their records."""
        beside = self.in_records({key.record for key in keys})
        kept = {key: each for key, each in beside.items() if key in keys}
        found = {text_of_key(key): each.raw for key, each in kept.items()}
        images.note(ImageKind.PLACE, found, found, ending=found)
        rows = sorted(each.row for each in kept.values())
        self._desk.forget(_E, _E.c.place, rows)
        self._desk.forget(_T, _T.c.id, rows)
        return frozenset(each.place.person for each in beside.values() if each.place.person is not None)

    def named(self, keys: Collection[PlaceKey]) -> dict[PlaceKey, Kept]:
        """Return what is kept of the places with these keys."""
        return {key: each for key, each in self.in_records({key.record for key in keys}).items() if key in keys}

    def in_records(self, records: Collection[RecordKey]) -> dict[PlaceKey, Kept]:
        """Return what is kept of the places in these records."""
        return {each.place.key: each for each in map(self._kept, self._in_records(frozenset(records)))}

    def kept_of(self, run: int) -> dict[PlaceKey, Kept]:
        """Return the places that a run wrote last."""
        return {each.place.key: each for each in map(self._kept, self._rows(_T.c.run == run))}

    def page(self, after: int, limit: int) -> Sequence[Kept]:
        """Return the next places by the number of their row."""
        ours = (_T.c.tenant == self._desk.tenant) & (_T.c.id > after)
        return [self._kept(row) for row in self._desk.rows(self._selected().where(ours).order_by(_T.c.id).limit(limit))]

    def of_image(self, cells: str) -> Place:
        """Return a place as it was found once."""
        found = self._kept(row_of(cells, _COLUMNS)).place
        return evolve(found, person=maybe(self._merged.survivor, found.person))

    def _update(self, changed: Sequence[tuple[Kept, Place]], runs: Mapping[PlaceKey, int]) -> None:
        rows = []
        for kept, place in changed:
            values = dict(zip(_NEW, self._values(place, kept.row, kept, runs[place.key]), strict=True))
            rows.append({"of": self._desk.tenant, "row": kept.row, **values})
        self._desk.each(_UPDATE, rows)

    def _values(self, place: Place, row: int, kept: Kept | None, run: int) -> tuple[object, ...]:
        """Return the values of a row; a sealed cell whose content is the same stays as it is."""
        claims, key, desk = place.accepted, place.key, self._desk
        ids = pending = None
        if claims is not None and claims.ids:
            ids = desk.kept_or_sealed(text_of_ids(claims.ids), kept.ids if kept else None, _T, "ids", row)
        if place.pending is not None:
            pending = desk.kept_or_sealed(
                text_of_claims(place.pending), kept.pending if kept else None, _T, "pending", row
            )
        roster = self._rosters.made(key.record.roster)
        person = place.person
        if kept is not None and person == kept.place.person:
            person = kept.bound_to  # what was given to an account that was merged stays given to it
        return (
            *(row, desk.tenant, roster, key.record.key, key.role.value, key.who),
            *(_NOTHING if claims is None else columns_of(claims)),
            *(ids, pending, maybe(lambda hold: hold.value, place.hold), place.own_key, person),
            *(
                place.since.isoformat(),
                maybe(date.isoformat, place.gone),
                maybe(date.isoformat, place.email_since),
                run,
                " ".join(f"{each.field}:{each.code}" for each in place.flaws) or None,
            ),
        )

    def _index(self, new: Sequence[tuple[int, Place]], changed: Sequence[tuple[Kept, Place]]) -> None:
        """Keep the evidence of new places, and what changed of the others'."""
        desk = self._desk
        added = [(number, each) for number, place in new for each in place.evidence()]
        dropped = []
        for kept, place in changed:
            before, after = kept.place.evidence(), place.evidence()
            dropped += [(kept.row, each) for each in before - after]
            added += [(kept.row, each) for each in after - before]
        desk.each(
            _FORGET,
            (
                {"tenant": desk.tenant, "token": token, "place": number}
                for number, each in dropped
                for token in desk.blinds(each)
            ),
        )
        desk.insert(tables.evidence, [(desk.tenant, desk.blind(each), number) for number, each in added])
