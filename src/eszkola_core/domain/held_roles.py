"""Which roles somebody holds (ROLE-1): each is a place with days."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Place
from eszkola_core.domain.roles import Role


@frozen(order=True)
class HeldRole:
    """
    A role in a school.

    The class is a student's own, the one that a homeroom teacher looks after, or a guardian's child's.
    """

    school: str
    role: Role
    class_name: str = ""


def held_roles(person: PersonId, places: Collection[Place], day: date) -> tuple[HeldRole, ...]:
    """
    Return the roles that *person* holds on *day*, in any number of schools, in order; first and last day count.

    *places* are all of the person's; where the children's are there too, a guardian's roles name their classes.
    """
    return _roles(person, places, lambda place: place.is_in_force(day))


def former_roles(person: PersonId, places: Collection[Place]) -> tuple[HeldRole, ...]:
    """Return every role that *person* holds or has held, in order: whoever had power over it may wind the rest up."""
    return _roles(person, places, lambda _: True)


def _roles(person: PersonId, places: Collection[Place], counts: Callable[[Place], bool]) -> tuple[HeldRole, ...]:
    class_in = {
        place.key.record: place.accepted.class_name
        for place in places
        if place.role is Role.STUDENT and place.accepted is not None
    }
    return tuple(
        sorted(
            {
                HeldRole(place.school, place.role, place.accepted.class_name or class_in.get(place.key.record, ""))
                for place in places
                if place.person == person and place.accepted is not None and counts(place)
            },
        ),
    )
