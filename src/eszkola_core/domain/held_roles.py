"""Which roles somebody holds (ROLE-1): each is a place with days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Place
from eszkola_core.domain.roles import Role


@frozen(order=True)
class HeldRole:
    """A role in a school; the class is the student's own, or the one that a homeroom teacher looks after."""

    school: str
    role: Role
    class_name: str = ""


def held_roles(person: PersonId, places: Iterable[Place], day: date) -> tuple[HeldRole, ...]:
    """Return the roles that *person* holds on *day*, in any number of schools, in order; first and last day count."""
    return tuple(
        sorted(
            {
                HeldRole(place.school, place.role, place.accepted.class_name)
                for place in places
                if place.person == person and place.accepted is not None and place.is_in_force(day)
            },
        ),
    )
