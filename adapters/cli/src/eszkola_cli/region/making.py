"""Makes the region, and chooses the people of the story before anything happens to them."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from eszkola_cli.region.addresses import PLATFORM_DOMAIN, AddressBook
from eszkola_cli.region.anomalies import plant
from eszkola_cli.region.ids import Register
from eszkola_cli.region.model import (
    Cast,
    Character,
    Child,
    Named,
    Place,
    Region,
    StudentEntry,
)
from eszkola_cli.region.people import years_before
from eszkola_cli.region.plot import Plot
from eszkola_cli.region.population import populate

_MINOR_FOR_LONG: Final = 17  # so that no story ends because a child came of age


def make_region(seed: int = 2018, *, today: date) -> Region:
    """
    Return the region that *seed* makes on the day *today*: the same two always make the same region.

    Its people do not exist; its mistakes do, and ``anomalies`` lists them.
    """
    rng = Random(seed)  # noqa: S311 - nothing here is secret, and everything must come again
    addresses = AddressBook(rng)
    plot = Plot(rng, populate(rng, today, ids=Register(rng), addresses=addresses))
    cast = _cast(plot, addresses, today)
    plant(plot, addresses)
    plot.forget_ids()
    return Region(
        name="opolska",
        platform_domain=PLATFORM_DOMAIN,
        seed=seed,
        today=today,
        schools=plot.schools(),
        anomalies=tuple(plot.anomalies),
        cast=cast,
    )


def _cast(plot: Plot, addresses: AddressBook, today: date) -> Cast:
    def stays_minor(entry: StudentEntry) -> bool:
        return entry.born is not None and entry.born > years_before(today, _MINOR_FOR_LONG)

    pair = plot.pick_siblings("SP1", "LO2", stays_minor)
    moving = plot.pick_siblings("SP1", "LO2", stays_minor)
    student = plot.pick("LO2", stays_minor)
    teacher, school, child = plot.pick_teacher("SP1")
    mover = moving[0].guardians[0]
    return Cast(
        guardian=_character(pair[0].guardians[0], ("SP1", pair[0]), ("LO2", pair[1])),
        student=Character(
            name=student.student.name,
            email=student.student.email,
            national_id=student.student.national_id,
            places=(Place("LO2", student.key),),
        ),
        teacher=_character(teacher.person, (school, child), work=Place("SP1", teacher.key)),
        mover=_character(mover, ("SP1", moving[0]), ("LO2", moving[1])),
        new_address=addresses.issue(mover.first_name, mover.last_name, "PL"),
    )


def _character(person: Named, *children: tuple[str, StudentEntry], work: Place | None = None) -> Character:
    at_school = tuple(Child(entry.student.name, Place(school, entry.key)) for school, entry in children)
    return Character(
        name=person.name,
        email=person.email,
        national_id=person.national_id,
        places=((work,) if work else ()) + tuple(child.place for child in at_school),
        children=at_school,
    )
