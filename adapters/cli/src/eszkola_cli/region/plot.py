"""A working copy of the schools in which things are planted, and which remembers whom it has touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final

from attrs import evolve

from eszkola_cli.region.model import Anomaly, Named, School, StaffEntry, StudentEntry

_FORGOTTEN_IDS: Final = 0.3


class Plot:
    """
    Changes records one by one and keeps the list of what was planted.

    Whoever was picked once is never picked again, so that every record shows one thing only.
    """

    def __init__(self, rng: Random, schools: tuple[School, ...]) -> None:
        """Copy *schools*; foreigners and twins count as picked."""
        self._rng = rng
        self._schools = schools
        self._students = {school.key: {entry.key: entry for entry in school.students} for school in schools}
        self._staff = {school.key: {member.key: member for member in school.staff} for school in schools}
        self._twice: dict[tuple[str, str], StudentEntry] = {}
        self._picked = {entry.household for school in schools for entry in school.students if entry.document}
        self._picked |= {self.twins()[0].household}
        self._sizes = Counter(entry.household for school in schools for entry in school.students)
        self._employed = {member.household for school in schools for member in school.staff}
        self.anomalies: list[Anomaly] = []

    def note(self, code: str, school: str, record: str, story: str) -> None:
        """Remember what was planted."""
        self.anomalies.append(Anomaly(code, school, record, story))

    def entries(self, school: str) -> list[StudentEntry]:
        """Return the students' records of *school*."""
        return list(self._students[school].values())

    def twins(self) -> list[StudentEntry]:
        """Return the records of the two siblings who were born on one day."""
        days: dict[tuple[int, object], list[StudentEntry]] = {}
        for school in self._students.values():
            for entry in school.values():
                days.setdefault((entry.household, entry.born), []).append(entry)
        return max(days.values(), key=len)

    def pick(self, school: str, where: Callable[[StudentEntry], bool] = lambda _: True) -> StudentEntry:
        """Return the record in *school* of a child without siblings whom nothing has happened to yet."""
        found = self.find(school, where)
        entry = self._rng.choice(found)
        self._picked.add(entry.household)
        return entry

    def find(self, school: str, where: Callable[[StudentEntry], bool]) -> list[StudentEntry]:
        """Return all that ``pick`` could return."""
        return [
            entry
            for entry in self.entries(school)
            if self._sizes[entry.household] == 1 and self._is_free(entry) and where(entry)
        ]

    def pick_siblings(
        self, first: str, second: str, where: Callable[[StudentEntry], bool] = lambda _: True
    ) -> tuple[StudentEntry, StudentEntry]:
        """Return the records of two siblings, in the schools *first* and *second*; *where* judges the second."""
        elders = {entry.household: entry for entry in self.entries(second) if where(entry)}
        pairs = [
            (entry, elders[entry.household])
            for entry in self.entries(first)
            if self._sizes[entry.household] == len((first, second))
            and entry.household in elders
            and elders[entry.household] != entry
            and self._is_free(entry)
        ]
        pair = self._rng.choice(pairs)
        self._picked.add(pair[0].household)
        return pair

    def pick_teacher(self, school: str) -> tuple[StaffEntry, str, StudentEntry]:
        """Return a member of staff in *school* who is a guardian, and the child's school and record."""
        teachers = [m for m in self._staff[school].values() if m.household and m.household not in self._picked]
        teacher = self._rng.choice(teachers)
        self._picked.add(teacher.household)
        for other, entries in self._students.items():
            for entry in entries.values():
                if entry.household == teacher.household:
                    return teacher, other, entry
        raise LookupError(teacher.key)

    def put(self, school: str, entry: StudentEntry) -> StudentEntry:
        """Set *entry* in the place of the record with its key."""
        self._students[school][entry.key] = entry
        return entry

    def put_guardian(self, school: str, entry: StudentEntry, guardian: Named, *, number: int = 0) -> StudentEntry:
        """Set *guardian* in *entry* in the place of the guardian *number*."""
        guardians = list(entry.guardians)
        guardians[number] = guardian
        return self.put(school, evolve(entry, guardians=tuple(guardians)))

    def put_staff(self, school: str, member: StaffEntry) -> None:
        """Set *member* in the place of the record with its key."""
        self._staff[school][member.key] = member

    def repeat(self, school: str, entry: StudentEntry) -> None:
        """Write *entry* right after the record that has its key already."""
        self._twice[school, entry.key] = entry

    def forget_ids(self) -> None:
        """Leave out the national ids of some guardians, in all their records alike, where nothing else happened."""
        forgotten: dict[tuple[int, int], bool] = {}
        for school, entries in self._students.items():
            for entry in list(entries.values()):
                if entry.household in self._picked or entry.household in self._employed:
                    continue
                for number, guardian in enumerate(entry.guardians):
                    who = (entry.household, number)
                    if who not in forgotten:
                        forgotten[who] = self._rng.random() < _FORGOTTEN_IDS
                    if forgotten[who]:
                        current = self._students[school][entry.key]
                        self.put_guardian(school, current, evolve(guardian, national_id=""), number=number)

    def schools(self) -> tuple[School, ...]:
        """Return the schools as they are now."""
        return tuple(
            evolve(
                school,
                students=tuple(
                    written
                    for entry in self._students[school.key].values()
                    for written in (entry, self._twice.get((school.key, entry.key)))
                    if written
                ),
                staff=tuple(self._staff[school.key].values()),
            )
            for school in self._schools
        )

    def _is_free(self, entry: StudentEntry) -> bool:
        return entry.household not in self._picked and entry.household not in self._employed
