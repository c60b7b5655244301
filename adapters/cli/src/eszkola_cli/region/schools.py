"""The schools of the region, in towns that do not exist, and the seats in their classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen


@frozen
class Seat:
    """A seat in a class, for a child of a certain age."""

    school: str
    class_name: str
    age: int


@frozen(kw_only=True)
class SchoolPlan:
    """How big a school is; ``first_record`` starts the numbers of its students' records."""

    key: str
    name: str
    country: str
    first_age: int
    years: int
    classes: tuple[str, ...]
    class_size: int
    teachers: int
    secretaries: int
    first_record: int

    def class_names(self) -> Iterator[str]:
        """Yield the classes, the youngest first."""
        for year in range(1, self.years + 1):
            for label in self.classes:
                yield f"{year}{label}"

    def seats(self) -> Iterator[Seat]:
        """Yield every seat of the school."""
        for number, class_name in enumerate(self.class_names()):
            for _ in range(self.class_size):
                yield Seat(self.key, class_name, self.first_age + number // len(self.classes))


SCHOOLS: Final = (
    SchoolPlan(
        key="SP1",
        name="Szkoła Podstawowa nr 1 w Wiatrobrzegu",
        country="PL",
        first_age=7,
        years=8,
        classes=("a", "b"),
        class_size=17,
        teachers=24,
        secretaries=2,
        first_record=1001,
    ),
    SchoolPlan(
        key="LO2",
        name="II Liceum Ogólnokształcące w Makowodzie",
        country="PL",
        first_age=15,
        years=4,
        classes=("A", "B", "C"),
        class_size=15,
        teachers=18,
        secretaries=2,
        first_record=2001,
    ),
    SchoolPlan(
        key="ZS3",
        name="Zespół Szkół Technicznych nr 3 w Chmielogaju",
        country="PL",
        first_age=15,
        years=5,
        classes=("TI", "TM"),
        class_size=14,
        teachers=16,
        secretaries=0,  # OneRoster has no word for them
        first_record=3001,
    ),
    SchoolPlan(
        key="SI4",
        name="Osnovna šola Srebrni Travnik",
        country="SI",
        first_age=7,
        years=9,
        classes=(".a",),
        class_size=12,
        teachers=0,  # its export lists students only
        secretaries=0,
        first_record=4001,
    ),
)
"""272 + 180 + 140 + 108 students, 62 members of staff."""
