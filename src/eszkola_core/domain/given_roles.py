"""
Roles that were given here, and no gradebook states (ROLE-2).

Such a role is a place of a record whose origin is the platform: it is bound to its person from the beginning, says
nothing of them, and has a last day. It gives its role only while its holder works there, as a gradebook says. The two
highest stand alone: whoever speaks for the data controller, or looks after the region, need not be in a gradebook.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from attrs import evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import GIVEN_ROLES, PLATFORM, Claims, Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.roles import STAFF, Role

STANDS_ALONE: Final = frozenset({Role.DELEGATE, Role.REGIONAL_ADMINISTRATOR})
"""Roles that hold without a role in a gradebook beside them."""

GIVABLE: Final = STAFF
"""Roles that can be given here; student and guardian come from records alone."""

APPOINTED: Final = "people"
"""The platform's list of people whom no record names, and who were given a role that stands alone."""

EVERY_SCHOOL: Final = ""
"""Where the regional administrator's role is held: in no single school."""


def in_force(places: Collection[Place], day: date) -> tuple[Place, ...]:
    """
    Return those of *places* that give their role on *day*.

    Of whomever one place is there, all must be: a role that was given here holds only beside one from a gradebook.
    """
    on_that_day = [place for place in places if place.is_in_force(day)]
    employed = {
        (place.person, place.school)
        for place in on_that_day
        if place.role in STAFF and not place.key.record.roster.is_of_platform
    }
    return tuple(
        place
        for place in on_that_day
        if not place.is_given or place.role in STANDS_ALONE or (place.person, place.school) in employed
    )


def is_from_here(place: Place) -> bool:
    """Return whether a role was given here, to somebody whom records name or to somebody who was appointed."""
    roster = place.key.record.roster
    return roster.is_of_platform and roster.list in {GIVEN_ROLES, APPOINTED}


def given_key(person: PersonId, role: Role, school: str, class_name: str) -> PlaceKey:
    """Return the place of a role that is given to *person*; there is one of a role in a school and class."""
    record = RecordKey(RosterKey(school, PLATFORM, GIVEN_ROLES), f"{person} {role} {class_name}".rstrip())
    return PlaceKey(record, role)


def given(place: Place, person: Person, class_name: str, *, today: date, last: date) -> Place:
    """Return *place* as it gives its role to *person* until *last*; a role that is in force goes on."""
    first = place.days.first if place.is_in_force(today) else today
    claims = Claims(name=person.name, class_name=class_name, first_day=first, last_day=last)
    return evolve(place, accepted=claims, person=person.id, gone=None)


def taken(place: Place, today: date) -> Place:
    """Return the place of a role that is taken back: it allows nothing from today on."""
    return evolve(place, gone=today)
