"""What gradebooks state and what followed: runs and schools, with records, places and people beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, bindparam, delete, func, select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Place, RecordKey, RosterKey, Seeds, World
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Changes, RecordState, Run, Stamped
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.census import census
from eszkola_sqlalchemy.conflicts import OpenConflicts
from eszkola_sqlalchemy.desk import GIVEN, OURS, Desk
from eszkola_sqlalchemy.images import Images
from eszkola_sqlalchemy.people import SqlPeople
from eszkola_sqlalchemy.places import Places
from eszkola_sqlalchemy.records import Records
from eszkola_sqlalchemy.runs import Contents, run_of
from eszkola_sqlalchemy.stamps import Stamps
from eszkola_sqlalchemy.values import chunks, dumped, is_storable, micros
from eszkola_sqlalchemy.versions import Versions

_P: Final = tables.person
# Each by itself, from the end of an index: grouped, all who have the stem would be looked through.
_HIGHEST: Final = select(
    GIVEN.c.value,
    select(func.max(_P.c.login_number))
    .where(_P.c.tenant == bindparam(OURS), _P.c.login_stem == GIVEN.c.value)
    .scalar_subquery()
    .label("highest"),
)
_SCHOOLS: Final = select(tables.school).where(tables.school.c.tenant == bindparam(OURS))


class SqlRosters:
    """Keeps `Rosters` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._people = SqlPeople(desk)
        self._records = Records(desk)
        self._conflicts = OpenConflicts(desk)
        self._versions = Versions(desk)
        self._stamps = Stamps(desk)

    # Looking

    def records(self, roster: RosterKey) -> Iterable[RecordState]:
        """Yield what is kept of the records of *roster* (RO1)."""
        return self._records.of_roster(roster)

    def states(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, RecordState]:
        """Return what is kept of the records named, unknown ones left out (RO1)."""
        return self._records.named(keys)

    def unsettled(self) -> frozenset[RecordKey]:
        """Return the records that must be looked at again in every run (RO11)."""
        return self._records.unsettled()

    def gather(self, seeds: Seeds) -> World:
        """Return everything that touches one of *seeds* (RO2, RO3, RO4)."""
        if not seeds:
            return World()
        places = Places(self._desk).touching(seeds)
        return World(places, *self._people.touching(seeds.people, seeds.evidence))

    def places(self, school: str, class_name: str | None = None) -> Iterable[Place]:
        """Yield the present places of *school*, or those in records of students of one class (RO13)."""
        return sorted(Places(self._desk).of_school(school, class_name), key=lambda each: each.key)

    def holders(self, roles: Collection[Role], schools: Collection[str] | None = None) -> frozenset[PersonId]:
        """Return who has one of *roles*, in one of *schools* or anywhere (RO15)."""
        return frozenset(Places(self._desk).holders(roles, schools))

    def census(self, schools: Collection[str], today: date) -> Mapping[tuple[str, str], int]:
        """Return how many have each role, and how many links there are, by school and kind (RO8)."""
        return census(self._desk, schools, today)

    def conflicts(self, schools: Collection[str] | None = None) -> Iterable[OpenConflict]:
        """Yield the open conflicts (RO10)."""
        return self._conflicts.about(schools)

    def next_person(self) -> PersonId:
        """Return the number of the next person (RO9)."""
        table = tables.person
        return PersonId(self._desk.highest(table.c.id, table.c.tenant == self._desk.tenant) + 1)

    def login_numbers(self, stems: Collection[str]) -> Mapping[str, int]:
        """Return the highest number ever issued for each of *stems* (RO9)."""
        found = self._desk.of_given(_HIGHEST, sorted(set(stems)))
        return {row.value: row.highest for row in found if row.highest is not None}

    # Runs

    def stamps(self, among: Collection[bytes] | None = None) -> Sequence[Stamped]:
        """Return the lists that are known by one of the sources *among*, or by any (RO18)."""
        return self._stamps.found(among)

    def stamp(self, lists: Mapping[RosterKey, bytes]) -> None:
        """Keep by what the source of each of *lists* is known (RO18)."""
        self._stamps.put(lists)

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
        return run_of(row)

    def save(self, run: Run, changes: Changes) -> Run:
        """Write *changes* and return the run with its number (RO6, RO7)."""
        newest, desk = self.newest_run(), self._desk
        if changes.after_run != newest:
            raise Conflict("another import was applied in the meantime", code="another-run")
        run = evolve(run, id=newest + 1)
        images = Images(desk, run)
        with desk.together():
            row = (
                *(desk.tenant, run.id, run.kind.value, run.author, micros(run.at), run.plan),
                *(dumped(dict(run.summary)), dumped(run.schools), run.undoes),
            )
            desk.insert(tables.run, [row])
            self.add_schools(changes.schools)
            self._stamps.take_away(changes.lists)
            self._records.put(changes.records, changes.ended_records, images)
            Contents(desk).change(changes.undone, changes.redone)
            self._people.save_many(changes.openings, changes.people, images)
            bearing = Places(desk).put(changes.places, images, changes.removed_places) | {
                each.id for each in changes.people
            }
            self._versions.touch(bearing - {each.person.id for each in changes.openings})
            for decision in changes.decisions:
                self._people.decide(decision)
            self._people.mark(changes.marks)
            self._conflicts.replace(changes.conflicts_about, changes.conflicts)
            self._people.replace_reservations(changes.reservations_about, changes.reservations)
        return run

    # Schools

    def schools(self, keys: Collection[str] | None = None) -> Sequence[StatedSchool]:
        """Return the schools with *keys*, or all, in the order of their keys."""
        if keys is None:
            rows: Iterable[Row[Any]] = self._desk.rows(_SCHOOLS, **{OURS: self._desk.tenant})
        else:
            rows = self._desk.among(_SCHOOLS, tables.school.c.key, {key for key in keys if is_storable(key)})
        return sorted((StatedSchool(row.key, row.name) for row in rows), key=lambda each: each.key)

    def add_schools(self, schools: Sequence[StatedSchool]) -> None:
        """Keep *schools*; one that is known gets the newest name that is not empty."""
        if not schools:
            return
        table, desk = tables.school, self._desk
        before = {each.key: each.name for each in self.schools([each.key for each in schools])}
        names = dict(before)
        for each in schools:
            names[each.key] = each.name or names.get(each.key, "")
        changed = sorted(key for key, name in names.items() if before.get(key) != name)
        with desk.together():
            for chunk in chunks(changed):
                desk.write(delete(table).where(table.c.tenant == desk.tenant, table.c.key.in_(chunk)))
            desk.insert(table, [(desk.tenant, key, names[key]) for key in changed])
