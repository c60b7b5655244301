"""The region a day later: one thing of each kind has changed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Final

from attrs import evolve

from eszkola_cli.region.addresses import AddressBook
from eszkola_cli.region.ids import Register
from eszkola_cli.region.model import Change, Region, School, StudentEntry
from eszkola_cli.region.people import PeopleMaker
from eszkola_cli.region.population import student_entry

_NEWCOMER_AGE: Final = 15
_NEWCOMER_CLASS: Final = "1A"


def second_day(region: Region) -> Region:
    """Return *region* a day later: an address changed in one school only, somebody moved, came, and left."""
    rng = Random(f"{region.seed} {region.today}")  # noqa: S311 - nothing here is secret, and everything must come again
    sp1, address = _new_address(region)
    sp1, class_change = _new_class(region, sp1)
    lo2, newcomer = _newcomer(region, rng)
    zs3, farewell = _farewell(region)
    changed = {school.key: school for school in (sp1, lo2, zs3)}
    return evolve(
        region,
        today=region.today + timedelta(days=1),
        schools=tuple(changed.get(school.key, school) for school in region.schools),
        news=(address, class_change, newcomer, farewell),
    )


def _new_address(region: Region) -> tuple[School, Change]:
    mover, place = region.cast.mover, region.cast.mover.places[0]
    school = region.school(place.school)
    entry = school.student(place.record)
    guardians = tuple(
        evolve(guardian, email=region.cast.new_address) if guardian.name == mover.name else guardian
        for guardian in entry.guardians
    )
    story = f"{mover.name} told {school.key} a new address, and nobody else."
    change = Change("guardian-address-changed", school.key, entry.key, story)
    return _with(school, evolve(entry, guardians=guardians)), change


def _new_class(region: Region, school: School) -> tuple[School, Change]:
    entry = next(e for e in _untouched(region, school) if e.class_name.endswith("a"))
    moved = evolve(entry, class_name=entry.class_name.replace("a", "b"))
    story = f"{entry.student.name} moved from class {entry.class_name} to {moved.class_name}."
    return _with(school, moved), Change("class-changed", school.key, entry.key, story)


def _newcomer(region: Region, rng: Random) -> tuple[School, Change]:
    school = region.school("LO2")
    everybody = [person for each in region.schools for person in each.people()]
    people = PeopleMaker(
        rng,
        region.today,
        ids=Register(rng, taken=[person.national_id for person in everybody]),
        addresses=AddressBook(rng, taken=[*(person.email for person in everybody), region.cast.new_address]),
    )
    family = people.family("PL", [_NEWCOMER_AGE])
    key = str(max(int(entry.key) for entry in school.students) + 1)
    household = max(entry.household for each in region.schools for entry in each.students) + 1
    entry = student_entry(key, family.children[0], family, _NEWCOMER_CLASS, household)
    story = f"{entry.student.name} is new in class {entry.class_name}."
    return evolve(school, students=(*school.students, entry)), Change("student-came", school.key, key, story)


def _farewell(region: Region) -> tuple[School, Change]:
    school = region.school("ZS3")
    leaver = next(member for member in school.staff if not member.homeroom and not member.household)
    staff = tuple(member for member in school.staff if member != leaver)
    story = f"{leaver.person.name} does not teach here any more."
    return evolve(school, staff=staff), Change("teacher-left", school.key, leaver.key, story)


def _untouched(region: Region, school: School) -> list[StudentEntry]:
    """Return records of children without siblings in which nothing was planted and nobody of the story stands."""
    cast = region.cast
    busy = {(anomaly.school, anomaly.record) for anomaly in region.anomalies}
    for character in (cast.guardian, cast.student, cast.teacher, cast.mover):
        busy |= {(place.school, place.record) for place in character.places}
    sizes = Counter(entry.household for each in region.schools for entry in each.students)
    return [e for e in school.students if sizes[e.household] == 1 and (school.key, e.key) not in busy]


def _with(school: School, changed: StudentEntry) -> School:
    """Return *school* with the record *changed* in the place of the one with its key."""
    students = tuple(changed if entry.key == changed.key else entry for entry in school.students)
    return evolve(school, students=students)
