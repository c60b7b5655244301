"""What gradebooks state and what followed: records, runs, open conflicts, schools; places and people beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, bindparam, case, delete, func, or_, select, tuple_

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Place, PlaceKey, RecordKey, RosterKey, Seeds, World
from eszkola_core.domain.guard import LINK
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import BrokenPromise, Conflict
from eszkola_core.ports.storage import Changes, RecordState, Run, RunKind
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.people import SqlPeople
from eszkola_sqlalchemy.places import Places, RosterNumbers, key_of, key_text, token_of
from eszkola_sqlalchemy.values import chunks, dumped, instant_of, loaded, micros

_PAGE: Final = 10_000
_FORGET_RECORD: Final = delete(tables.record).where(
    tables.record.c.roster == bindparam("of"), tables.record.c.key == bindparam("known_by")
)


class SqlRosters:
    """Keeps `Rosters` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._people = SqlPeople(desk)

    # Looking

    def records(self, roster: RosterKey) -> Iterable[RecordState]:
        """Yield what is kept of the records of *roster*, in pages, so that memory stays small (RO1)."""
        number = RosterNumbers(self._desk).number(roster)
        table, after = tables.record, ""
        page: Sequence[Any] = ()
        while number is not None and (not page or len(page) == _PAGE):
            following = (table.c.roster == number) & (table.c.key > after if page else table.c.key >= after)
            page = self._desk.rows(select(table).where(following).order_by(table.c.key).limit(_PAGE))
            for row in page:
                yield _state(roster, row)
            if not page:
                return
            after = page[-1].key

    def states(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, RecordState]:
        """Return what is kept of the records named, unknown ones left out (RO1)."""
        by_roster: dict[RosterKey, set[str]] = {}
        for key in keys:
            by_roster.setdefault(key.roster, set()).add(key.key)
        table, rosters = tables.record, RosterNumbers(self._desk)
        found = {}
        for roster, named in by_roster.items():
            number = rosters.number(roster)
            for chunk in chunks(sorted(named)) if number is not None else ():
                rows = self._desk.rows(select(table).where(table.c.roster == number, table.c.key.in_(chunk)))
                found.update({each.key: each for each in (_state(roster, row) for row in rows)})
        return found

    def gather(self, seeds: Seeds) -> World:
        """Return everything that touches one of *seeds* (RO2, RO3, RO4)."""
        tokens = {token_of(self._desk, each) for each in seeds.evidence}
        places = self._places().touching(seeds.records, seeds.people, tokens)
        return World(places, *self._people.touching(seeds.people, seeds.evidence))

    def places(self, school: str, class_name: str | None = None) -> Iterable[Place]:
        """Yield the present places of *school*, or those in records of students of one class (RO13)."""
        return sorted(self._places().of_school(school, class_name), key=lambda each: each.key)

    def census(self, schools: Collection[str], today: date) -> Mapping[tuple[str, str], int]:
        """Return how many have each role, and how many links there are, by school and kind (RO8)."""
        counts: dict[tuple[str, str], int] = {}
        for chunk in chunks(sorted(set(schools))):
            counts.update(self._roles_in_force(chunk, today))
            counts.update(self._links_in_force(chunk, today))
        return counts

    def _roles_in_force(self, schools: Sequence[str], today: date) -> Iterator[tuple[tuple[str, str], int]]:
        place, roster = tables.place, tables.roster
        statement = (
            select(roster.c.school, place.c.role, func.count(_whom(place).distinct()).label("many"))
            .join(roster, roster.c.id == place.c.roster)
            .where(roster.c.tenant == self._desk.tenant, roster.c.school.in_(schools), _in_force(place, today))
            .group_by(roster.c.school, place.c.role)
        )
        yield from (((row.school, row.role), row.many) for row in self._desk.rows(statement))

    def _links_in_force(self, schools: Sequence[str], today: date) -> Iterator[tuple[tuple[str, str], int]]:
        guardian, student, roster = tables.place.alias(), tables.place.alias(), tables.roster
        pairs = (
            select(roster.c.school, _whom(guardian).label("guardian"), _whom(student).label("student"))
            .distinct()
            .select_from(guardian)
            .join(student, (student.c.roster == guardian.c.roster) & (student.c.record == guardian.c.record))
            .join(roster, roster.c.id == guardian.c.roster)
            .where(roster.c.tenant == self._desk.tenant, roster.c.school.in_(schools))
            .where(guardian.c.role == Role.GUARDIAN.value, student.c.role == Role.STUDENT.value)
            .where(_in_force(guardian, today), _in_force(student, today))
            .subquery()
        )
        statement = select(pairs.c.school, func.count().label("many")).group_by(pairs.c.school)
        yield from (((row.school, LINK), row.many) for row in self._desk.rows(statement))

    def next_person(self) -> PersonId:
        """Return the number of the next person (RO9)."""
        table = tables.person
        return PersonId(self._desk.highest(table.c.id, table.c.tenant == self._desk.tenant) + 1)

    def login_numbers(self, stems: Collection[str]) -> Mapping[str, int]:
        """Return the highest number ever issued for each of *stems* (RO9)."""
        table, found = tables.person, {}
        for chunk in chunks(sorted(set(stems))):
            statement = (
                select(table.c.login_stem, func.max(table.c.login_number).label("highest"))
                .where(table.c.tenant == self._desk.tenant, table.c.login_stem.in_(chunk))
                .group_by(table.c.login_stem)
            )
            found.update({row.login_stem: row.highest for row in self._desk.rows(statement)})
        return found

    def unsettled(self) -> frozenset[RecordKey]:
        """Return the records that must be looked at again in every run (RO11)."""
        record, roster = tables.record, tables.roster
        statement = (
            select(record.c.key, roster.c.school, roster.c.origin, roster.c.list)
            .join(roster, roster.c.id == record.c.roster)
            .where(roster.c.tenant == self._desk.tenant, record.c.unsettled == 1)
        )
        rows = self._desk.rows(statement)
        return frozenset(RecordKey(RosterKey(row.school, row.origin, row.list), row.key) for row in rows)

    def conflicts(self, schools: Collection[str] | None = None) -> Iterable[OpenConflict]:
        """Yield the open conflicts (RO10)."""
        table = tables.conflict
        wanted = [None] if schools is None else list(chunks(sorted(set(schools))))
        found = set()
        for chunk in wanted:
            statement = select(table).where(table.c.tenant == self._desk.tenant)
            if chunk is not None:
                statement = statement.where(or_(table.c.school.in_(chunk), table.c.other_school.in_(chunk)))
            for row in self._desk.rows(statement):
                facts = tuple(loaded(row.facts))
                found.add(OpenConflict(ConflictKind(row.kind), _stated(row.place), key_of(row.other), facts))
        return sorted(found, key=_order)

    # Runs

    def newest_run(self) -> int:
        """Return the number of the newest run (RO12)."""
        table = tables.run
        return self._desk.highest(table.c.id, table.c.tenant == self._desk.tenant)

    def applied(self, plan: bytes) -> Run | None:
        """Return the run that applied *plan* (RO12)."""
        table = tables.run
        by_plan = (table.c.tenant == self._desk.tenant) & (table.c.plan == plan)
        row = self._desk.first(select(table).where(by_plan).order_by(table.c.id))
        if row is None:
            return None
        return Run(
            id=row.id,
            kind=RunKind(row.kind),
            author=row.author,
            at=instant_of(row.at),
            plan=row.plan,
            summary=loaded(row.summary),
        )

    def save(self, run: Run, changes: Changes) -> Run:
        """Write *changes* and return the run with its number (RO6, RO7)."""
        newest = self.newest_run()
        if changes.after_run != newest:
            raise Conflict("another import was applied in the meantime", code="another-run")
        run = evolve(run, id=newest + 1)
        desk = self._desk
        summary = dumped(dict(run.summary))
        with desk.together():
            desk.insert(
                tables.run,
                [(desk.tenant, run.id, run.kind.value, run.author, micros(run.at), run.plan, summary)],
            )
            self.add_schools(changes.schools)
            self._put_records(changes.records, changes.ended_records)
            self._people.save_many(changes.openings, changes.people)
            self._places().put(changes.places, run.id)
            self._replace_conflicts(changes.conflicts_about, changes.conflicts)
            self._people.replace_reservations(changes.reservations_about, changes.reservations)
        return run

    def _put_records(self, records: Sequence[RecordState], ended: Sequence[RecordKey]) -> None:
        desk, rosters = self._desk, RosterNumbers(self._desk)
        latest = {each.key: each for each in records}
        gone = [{"of": rosters.made(key.roster), "known_by": key.key} for key in (*latest, *ended)]
        desk.each(_FORGET_RECORD, gone)
        ending = frozenset(ended)
        desk.insert(
            tables.record,
            [
                (rosters.made(key.roster), key.key, each.digest, each.people, int(each.unsettled))
                for key, each in latest.items()
                if key not in ending
            ],
        )

    def _replace_conflicts(self, about: Collection[PlaceKey], conflicts: Sequence[OpenConflict]) -> None:
        desk, table = self._desk, tables.conflict
        for chunk in chunks(sorted(map(key_text, about))):
            settled = or_(table.c.place.in_(chunk), table.c.other.in_(chunk))
            desk.write(delete(table).where(table.c.tenant == desk.tenant, settled))
        rows = [_row_of(desk.tenant, each) for each in dict.fromkeys(conflicts)]
        for some in chunks(rows):
            key = tuple_(table.c.tenant, table.c.kind, table.c.place, table.c.other, table.c.facts)
            desk.write(delete(table).where(key.in_([row[:5] for row in some])))
        desk.insert(table, rows)

    # Schools

    def schools(self) -> Sequence[StatedSchool]:
        """Return the schools, in the order of their keys."""
        table = tables.school
        rows = self._desk.rows(select(table).where(table.c.tenant == self._desk.tenant).order_by(table.c.key))
        return [StatedSchool(row.key, row.name) for row in rows]

    def add_schools(self, schools: Sequence[StatedSchool]) -> None:
        """Keep *schools*; one that is known gets the newest name that is not empty."""
        if not schools:
            return
        table = tables.school
        names = {each.key: each.name for each in self.schools()}
        names_before = dict(names)
        for each in schools:
            names[each.key] = each.name or names.get(each.key, "")
        changed = {key: name for key, name in names.items() if names_before.get(key) != name}
        with self._desk.together():
            for chunk in chunks(sorted(changed)):
                self._desk.write(delete(table).where(table.c.tenant == self._desk.tenant, table.c.key.in_(chunk)))
            self._desk.insert(table, [(self._desk.tenant, key, name) for key, name in sorted(changed.items())])

    def _places(self) -> Places:
        return Places(self._desk, RosterNumbers(self._desk))


def _state(roster: RosterKey, row: Row[Any]) -> RecordState:
    key = RecordKey(roster, row.key)
    return RecordState(key=key, digest=row.digest, people=row.people, unsettled=bool(row.unsettled))


def _in_force(place: Any, today: date) -> Any:  # noqa: ANN401 - a table or its alias, and a condition
    """Return the condition under which a place gives its role (DAY-1, SYNC-9)."""
    day = today.isoformat()
    return (
        place.c.first.is_not(None)
        & (func.coalesce(place.c.first_day, place.c.since) <= day)
        & (place.c.last_day.is_(None) | (place.c.last_day >= day))
        & (place.c.gone.is_(None) | (place.c.gone > day))
    )


def _whom(place: Any) -> Any:  # noqa: ANN401 - a table or its alias, and an expression
    """Return whom a place is about: the person, or the place itself, as a number that no person has."""
    return case((place.c.person.is_(None), -place.c.id), else_=place.c.person)


def _order(conflict: OpenConflict) -> tuple[object, ...]:
    """Return what conflicts are ordered by; one with no other place comes first."""
    return conflict.kind, conflict.place, () if conflict.other is None else (conflict.other,), conflict.facts


def _row_of(tenant: int, conflict: OpenConflict) -> tuple[object, ...]:
    place, other = conflict.place, conflict.other
    key = (tenant, conflict.kind.value, key_text(place), key_text(other), dumped(conflict.facts))
    return (*key, place.school, "" if other is None else other.school)


def _stated(text: str) -> PlaceKey:
    key = key_of(text)
    if key is None:
        raise BrokenPromise("a conflict stands without its place")
    return key
