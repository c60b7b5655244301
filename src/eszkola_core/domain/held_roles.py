"""Which roles somebody holds (ROLE-1): each is a place with days."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Claims, Place, RecordKey
from eszkola_core.domain.given_roles import in_force
from eszkola_core.domain.roles import ABOVE_HOMEROOM_TEACHER, Role


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
    return _roles(person, in_force(places, day), places)


def former_roles(person: PersonId, places: Collection[Place]) -> tuple[HeldRole, ...]:
    """Return every role that *person* holds or has held, in order: whoever had power over it may wind the rest up."""
    return _roles(person, places, places)


def kinds_of_roles(person: PersonId, places: Collection[Place], day: date) -> frozenset[Role]:
    """Return which roles count for *person* on *day*, wherever: those held, or where none is those held before."""
    return frozenset(each.role for each in held_roles(person, places, day) or former_roles(person, places))


def is_owners_alone(places: Iterable[Place]) -> bool:
    """Return whether a role among somebody's *places* leaves the address to its owner alone (MAIL-4e)."""
    return any(
        place.is_present and place.accepted is not None and place.role in ABOVE_HOMEROOM_TEACHER for place in places
    )


def roles_without(
    person: PersonId, places: Collection[Place], day: date, vouches: Callable[[Claims], bool]
) -> tuple[HeldRole, ...]:
    """Return the roles that *person* holds on *day* and that come from no record whose claims vouch for something."""
    giving = in_force(places, day)
    vouching = [place for place in giving if place.accepted is not None and vouches(place.accepted)]
    vouched = set(_roles(person, vouching, places))
    return tuple(role for role in _roles(person, giving, places) if role not in vouched)


def class_of(place: Place, known: Collection[Place]) -> str:
    """Return the class of a place: its own, or for a guardian's the student's in the same record, if it is *known*."""
    own = place.accepted.class_name if place.accepted is not None else ""
    return own or _classes(known).get(place.key.record, "")


def stated_role(place: Place, record: Collection[Place]) -> HeldRole:
    """Return the role that a place would give by its newest state, with the class of the student in its *record*."""
    students = (each for each in record if each.role is Role.STUDENT)
    stated = (each.newest.class_name for each in (place, *students) if each.newest is not None)
    return HeldRole(place.school, place.role, next(filter(None, stated), ""))


def _classes(known: Collection[Place]) -> Mapping[RecordKey, str]:
    """Return the classes of the students, by record."""
    return {
        place.key.record: place.accepted.class_name
        for place in known
        if place.role is Role.STUDENT and place.accepted is not None
    }


def _roles(person: PersonId, giving: Collection[Place], known: Collection[Place]) -> tuple[HeldRole, ...]:
    class_in = _classes(known)
    return tuple(
        sorted(
            {
                HeldRole(place.school, place.role, place.accepted.class_name or class_in.get(place.key.record, ""))
                for place in giving
                if place.person == person and place.accepted is not None
            },
        ),
    )
