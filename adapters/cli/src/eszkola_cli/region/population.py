"""Fills the schools: families of one child and of several, in one school and in two, foreigners, and the staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from attrs import evolve, field, frozen

from eszkola_cli.region.addresses import AddressBook
from eszkola_cli.region.ids import Register
from eszkola_cli.region.model import Document, Named, School, StaffEntry, StudentEntry
from eszkola_cli.region.names import plain
from eszkola_cli.region.people import Family, Human, PeopleMaker
from eszkola_cli.region.schools import SCHOOLS, SchoolPlan, Seat

_SIBLINGS: Final = (
    (("SP1", "LO2"), 16),
    (("SP1", "ZS3"), 10),
    (("LO2", "ZS3"), 5),
    (("SP1", "SP1", "LO2"), 3),
    (("SP1", "SP1"), 24),
    (("LO2", "LO2"), 10),
    (("ZS3", "ZS3"), 5),
    (("SI4", "SI4"), 14),
)
_FOREIGNERS: Final = {"SP1": 5, "LO2": 3}
_TEACHING_GUARDIANS: Final = (("SP1", "LO2", 3), ("LO2", "SP1", 3), ("ZS3", "SP1", 2))
_AGE_GAP: Final = 2  # of siblings: with less, the younger could be born too soon after the elder
_TWINS_SCHOOL: Final = "SP1"


@frozen
class _Household:
    """A family and the seats of its children."""

    number: int
    family: Family
    seats: tuple[Seat, ...]
    passports: tuple[str, ...] = field(default=(), repr=False)

    @property
    def foreign(self) -> bool:
        return bool(self.passports)


class _Seats:
    """The seats that are still free, in no order."""

    def __init__(self, rng: Random) -> None:
        self._free = {plan.key: list(plan.seats()) for plan in SCHOOLS}
        for seats in self._free.values():
            rng.shuffle(seats)

    def take(self, school: str, *, apart: tuple[Seat, ...] = ()) -> Seat:
        """Take a seat in *school* whose age keeps the gap to all seats in *apart*."""
        for number, seat in enumerate(self._free[school]):
            if all(abs(seat.age - other.age) >= _AGE_GAP for other in apart):
                return self._free[school].pop(number)
        raise LookupError(school)

    def take_two(self, school: str) -> tuple[Seat, Seat]:
        """Take two seats of one class in *school*."""
        first = self.take(school)
        second = self._free[school].index(first)  # seats of a class are equal
        return first, self._free[school].pop(second)

    def rest(self) -> Iterator[Seat]:
        """Yield every seat that nobody took."""
        for seats in self._free.values():
            yield from seats


def populate(rng: Random, today: date, *, ids: Register, addresses: AddressBook) -> tuple[School, ...]:
    """Return the schools with everybody in them, and nothing wrong anywhere."""
    people = PeopleMaker(rng, today, ids=ids, addresses=addresses)
    families = _families(_Seats(rng), people, ids)
    households = [_Household(number, *family) for number, family in enumerate(families, start=1)]
    return tuple(_school(plan, households, people) for plan in SCHOOLS)


def _families(
    seats: _Seats, people: PeopleMaker, ids: Register
) -> Iterator[tuple[Family, tuple[Seat, ...], tuple[str, ...]]]:
    """Yield families with the seats and the passports of their children; those with the most wishes choose first."""
    countries = {plan.key: plan.country for plan in SCHOOLS}
    twins = seats.take_two(_TWINS_SCHOOL)
    yield people.twins(twins[0].age), twins, ()
    for schools, families in _SIBLINGS:
        for _ in range(families):
            taken: tuple[Seat, ...] = ()
            for school in schools:
                taken += (seats.take(school, apart=taken),)
            yield people.family(countries[schools[0]], [seat.age for seat in taken], couple=True), taken, ()
    for school, families in _FOREIGNERS.items():
        for _ in range(families):
            seat = seats.take(school)
            yield people.family("UA", [seat.age]), (seat,), (ids.passport(),)
    for seat in seats.rest():
        yield people.family(countries[seat.school], [seat.age]), (seat,), ()


def _school(plan: SchoolPlan, households: list[_Household], people: PeopleMaker) -> School:
    return School(
        key=plan.key,
        name=plan.name,
        country=plan.country,
        students=tuple(_students(plan, households)),
        staff=tuple(_staff(plan, households, people)),
    )


def _students(plan: SchoolPlan, households: list[_Household]) -> Iterator[StudentEntry]:
    seated = [
        (seat, child, household)
        for household in households
        for seat, child in zip(household.seats, household.family.children, strict=True)
        if seat.school == plan.key
    ]
    seated.sort(key=lambda entry: (entry[0].class_name, plain(entry[1].last_name), plain(entry[1].first_name)))
    for number, (seat, child, household) in enumerate(seated, start=plan.first_record):
        entry = student_entry(str(number), child, household.family, seat.class_name, household.number)
        document = Document("passport", "UA", household.passports[0]) if household.foreign else None
        yield evolve(entry, document=document)


def student_entry(key: str, child: Human, family: Family, class_name: str, household: int) -> StudentEntry:
    """Return the record of *child* as a careful secretary types it."""
    return StudentEntry(
        key=key,
        student=child.named(),
        sex=child.sex,
        born=child.born,
        class_name=class_name,
        guardians=tuple(guardian.named() for guardian in family.guardians),
        household=household,
    )


def _staff(plan: SchoolPlan, households: list[_Household], people: PeopleMaker) -> Iterator[StaffEntry]:
    members: list[tuple[Named, int]] = [
        (household.family.guardians[0].named(), household.number)
        for work, child_school, wanted in _TEACHING_GUARDIANS
        if work == plan.key
        for household in _teaching(households, work, child_school)[:wanted]
    ]
    while len(members) < plan.teachers + plan.secretaries:
        members.append((people.staff_member().named(), 0))
    homerooms = dict(enumerate(plan.class_names())) if plan.teachers else {}
    for number, (person, household) in enumerate(members):
        yield StaffEntry(
            key=f"P{number + 1:02}",
            person=person,
            secretary=number >= plan.teachers,
            homeroom=homerooms.get(number, ""),
            household=household,
        )


def _teaching(households: list[_Household], work: str, child_school: str) -> list[_Household]:
    """Return families with one child, in *child_school*, each offered to one employer only."""
    employers = [employer for employer, school, _ in _TEACHING_GUARDIANS if school == child_school]
    single = [h for h in households if len(h.seats) == 1 and h.seats[0].school == child_school and not h.foreign]
    return single[employers.index(work) :: len(employers)]
