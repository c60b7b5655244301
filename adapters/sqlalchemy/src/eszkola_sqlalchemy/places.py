"""Places in their table: what a row holds of one, how rows are found, and how they are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Row, Select, bindparam, delete, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Claims, Evidence, Hold, Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Sex
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import address_of, chunks, dumped, loaded, maybe, parts_of, storable

_T: Final = tables.place
_KEY: Final = ("id", "tenant", "roster", "record", "role", "who")
_UPDATE: Final = (
    update(_T)
    .where(_T.c.id == bindparam("row"))
    .values({each.name: bindparam(f"new_{each.name}") for each in _T.c if each.name not in _KEY})
)
_FORGET: Final = delete(tables.evidence).where(
    tables.evidence.c.tenant == bindparam("tenant"),
    tables.evidence.c.token == bindparam("token"),
    tables.evidence.c.place == bindparam("place"),
)
_NEW: Final = tuple(f"new_{each.name}" for each in _T.c)


def token_of(desk: Desk, evidence: Evidence) -> bytes:
    """Return what rows with *evidence* are found by."""
    return desk.vault.index(evidence.kind.value, evidence.value)


@frozen
class _Kept:
    """A place as it is kept, with the sealed cells of its row."""

    row: int
    place: Place
    ids: bytes | None
    pending: bytes | None


class RosterNumbers:
    """The numbers of rosters, as one piece of work comes to know them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers: dict[RosterKey, int] = {}

    def number(self, key: RosterKey) -> int | None:
        """Return the number of a roster, or None where nothing of it was ever kept."""
        if key not in self._numbers:
            table = tables.roster
            found = self._desk.first(
                select(table.c.id).where(
                    table.c.tenant == self._desk.tenant,
                    table.c.school == key.school,
                    table.c.origin == key.origin,
                    table.c.list == key.list,
                ),
            )
            if found is None:
                return None
            self._numbers[key] = found.id
        return self._numbers[key]

    def made(self, key: RosterKey) -> int:
        """Return the number of a roster, a new one where it needs one."""
        number = self.number(key)
        if number is None:
            values = {"school": key.school, "origin": key.origin, "list": key.list}
            number = self._numbers[key] = self._desk.inserted(tables.roster, tenant=self._desk.tenant, **values)
        return number


class Places:
    """Finds and writes places."""

    def __init__(self, desk: Desk, rosters: RosterNumbers) -> None:
        self._desk = desk
        self._rosters = rosters
        self._keys: dict[int, RosterKey] = {}

    # Finding

    def touching(
        self,
        records: Collection[RecordKey],
        people: Collection[PersonId],
        tokens: Collection[bytes],
    ) -> dict[PlaceKey, Place]:
        """Return the places in one of *records*, bound to one of *people*, or with evidence of one of *tokens*."""
        found = {row.id: row for row in self._in_records(records)}
        for chunk in chunks(storable(people)):
            found.update((row.id, row) for row in self._rows(_T.c.person.in_(chunk)))
        evidence = tables.evidence
        for some in chunks(sorted(tokens)):
            known = select(evidence.c.place).where(evidence.c.tenant == self._desk.tenant, evidence.c.token.in_(some))
            found.update((row.id, row) for row in self._rows(_T.c.id.in_(known)))
        return {each.place.key: each.place for each in map(self._kept, found.values())}

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

    def _in_records(self, records: Collection[RecordKey]) -> Iterator[Row[Any]]:
        by_roster: dict[RosterKey, list[str]] = {}
        for key in records:
            by_roster.setdefault(key.roster, []).append(key.key)
        for roster, keys in by_roster.items():
            number = self._rosters.number(roster)
            if number is not None:
                for chunk in chunks(sorted(keys)):
                    yield from self._rows((_T.c.roster == number) & _T.c.record.in_(chunk))

    def _rows(self, where: Any) -> Sequence[Row[Any]]:  # noqa: ANN401 - as SQLAlchemy has it
        return self._desk.rows(self._selected().where(_T.c.tenant == self._desk.tenant, where))

    def _selected(self) -> Select[Any]:
        roster = tables.roster
        return select(_T, roster.c.school, roster.c.origin, roster.c.list).join(roster, roster.c.id == _T.c.roster)

    def _kept(self, row: Row[Any]) -> _Kept:
        roster = self._keys.get(row.roster)
        if roster is None:
            roster = self._keys[row.roster] = RosterKey(row.school, row.origin, row.list)
        place = Place(
            key=PlaceKey(RecordKey(roster, row.record), Role(row.role), row.who),
            accepted=self._accepted(row),
            pending=self._pending(row),
            hold=maybe(Hold, row.hold),
            own_key=row.own_key,
            person=maybe(PersonId, row.person),
            since=date.fromisoformat(row.since),
            gone=maybe(date.fromisoformat, row.gone),
            email_since=maybe(date.fromisoformat, row.email_since),
        )
        return _Kept(row.id, place, row.ids, row.pending)

    def _accepted(self, row: Row[Any]) -> Claims | None:
        if row.first is None:
            return None
        return Claims(
            name=PersonName(row.first, row.last),
            ids=() if row.ids is None else ids_of(self._desk.opened(row.ids, _T, "ids", row.id)),
            email=address_of(row.email_spelling, row.email_mailbox),
            birth_date=maybe(date.fromisoformat, row.birth_date),
            sex=maybe(Sex, row.sex),
            class_name=row.class_name,
            first_day=maybe(date.fromisoformat, row.first_day),
            last_day=maybe(date.fromisoformat, row.last_day),
        )

    def _pending(self, row: Row[Any]) -> Claims | None:
        return None if row.pending is None else _read(self._desk.opened(row.pending, _T, "pending", row.id))

    # Writing

    def put(self, places: Iterable[Place], run: int) -> None:
        """Write *places* in the stead of their former selves, with the evidence by which they are found."""
        latest = {place.key: place for place in places}
        following = self._desk.highest(_T.c.id) + 1
        for chunk in chunks(latest.values()):
            kept = {each.place.key: each for each in map(self._kept, self._in_records({p.key.record for p in chunk}))}
            new = [place for place in chunk if place.key not in kept]
            numbered = list(enumerate(new, following))
            following += len(new)
            self._desk.insert(_T, [self._values(place, number, None, run) for number, place in numbered])
            changed = [(kept[place.key], place) for place in chunk if place.key in kept]
            self._update(changed, run)
            self._index(numbered, changed)

    def _update(self, changed: Sequence[tuple[_Kept, Place]], run: int) -> None:
        rows = []
        for kept, place in changed:
            values = dict(zip(_NEW, self._values(place, kept.row, kept, run), strict=True))
            rows.append({"row": kept.row, **values})
        self._desk.each(_UPDATE, rows)

    def _values(self, place: Place, row: int, kept: _Kept | None, run: int) -> tuple[object, ...]:
        """Return the values of a row; a sealed cell whose content is the same stays as it is."""
        claims, key, desk = place.accepted, place.key, self._desk
        ids = pending = None
        if claims is not None and claims.ids:
            ids = desk.kept_or_sealed(text_of(claims.ids), kept.ids if kept else None, _T, "ids", row)
        if place.pending is not None:
            pending = desk.kept_or_sealed(_written(place.pending), kept.pending if kept else None, _T, "pending", row)
        roster = self._rosters.made(key.record.roster)
        return (
            *(row, desk.tenant, roster, key.record.key, key.role.value, key.who),
            *((None,) * 9 if claims is None else _columns(claims)),
            *(ids, pending, maybe(lambda hold: hold.value, place.hold), place.own_key, place.person),
            *(
                place.since.isoformat(),
                maybe(date.isoformat, place.gone),
                maybe(date.isoformat, place.email_since),
                run,
            ),
        )

    def _index(self, new: Sequence[tuple[int, Place]], changed: Sequence[tuple[_Kept, Place]]) -> None:
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
            ({"tenant": desk.tenant, "token": token_of(desk, each), "place": number} for number, each in dropped),
        )
        desk.insert(tables.evidence, [(desk.tenant, token_of(desk, each), number) for number, each in added])


# Plain data


def text_of(ids: Sequence[NationalId]) -> Secret:
    """Return national ids as the text that is sealed."""
    return Secret(dumped([[each.scheme, each.reveal()] for each in ids]))


def ids_of(text: Secret) -> tuple[NationalId, ...]:
    """Return the national ids of `text_of`."""
    return tuple(NationalId(scheme, number) for scheme, number in loaded(text.reveal()))


def _columns(claims: Claims) -> tuple[str | None, ...]:
    """Return the claims as they stand in columns of their own, in order; ids are sealed apart."""
    return (
        *(claims.name.first, claims.name.last, *parts_of(claims.email), maybe(date.isoformat, claims.birth_date)),
        *(maybe(lambda sex: sex.value, claims.sex), claims.class_name),
        *(maybe(date.isoformat, claims.first_day), maybe(date.isoformat, claims.last_day)),
    )


def _written(claims: Claims) -> Secret:
    """Return held claims as the text that is sealed."""
    return Secret(dumped([*_columns(claims), text_of(claims.ids).reveal()]))


def _read(text: Secret) -> Claims:
    """Return the claims of `_written`."""
    first, last, spelling, mailbox, birth_date, sex, class_name, first_day, last_day, ids = loaded(text.reveal())
    return Claims(
        name=PersonName(first, last),
        ids=ids_of(Secret(ids)),
        email=address_of(spelling, mailbox),
        birth_date=maybe(date.fromisoformat, birth_date),
        sex=maybe(Sex, sex),
        class_name=class_name,
        first_day=maybe(date.fromisoformat, first_day),
        last_day=maybe(date.fromisoformat, last_day),
    )


def key_text(key: PlaceKey | None) -> str:
    """Return a place's key as one column holds it; an empty text for none."""
    if key is None:
        return ""
    roster = key.record.roster
    return dumped([roster.school, roster.origin, roster.list, key.record.key, key.role.value, key.who])


def key_of(text: str) -> PlaceKey | None:
    """Return the place key of `key_text`."""
    if not text:
        return None
    school, origin, name, record, role, who = loaded(text)
    return PlaceKey(RecordKey(RosterKey(school, origin, name), record), Role(role), who)


__all__ = ["Places", "RosterNumbers", "ids_of", "key_of", "key_text", "text_of", "token_of"]
