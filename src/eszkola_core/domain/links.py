"""Guardians and their children: two places of one record (LINK-1, LINK-2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from attrs import frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Place
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.roles import Role


@frozen(order=True)
class Schooling:
    """Where a child is a student: the school's key and the class."""

    school: str
    class_name: str


@frozen
class Child:
    """
    One child on a guardian's list (LINK-2).

    ``person`` is None while the child neither has an account nor was named by a decision; ``has_signed_in`` says
    whether the child ever did.
    """

    name: PersonName
    schoolings: tuple[Schooling, ...]
    person: PersonId | None
    has_signed_in: bool


def children_of(
    guardian: PersonId, recognised: Recognised, people: Mapping[PersonId, Person], day: date
) -> tuple[Child, ...]:
    """
    Return the children whom *guardian* sees on *day*: everyone in whose record, in any school, they stand (LINK-1).

    The link joins people, as recognition finds them; an address alone never links.
    """
    mine = {
        place.key.record
        for place in recognised.places.values()
        if place.person == guardian and place.role is Role.GUARDIAN and place.is_in_force(day)
    }
    found: dict[Who, list[Place]] = defaultdict(list)
    for place in recognised.places.values():
        if place.key.record in mine and place.role is Role.STUDENT and place.is_in_force(day):
            group = recognised.group_of(place.key)
            found[group.who if group is not None else place.key].append(place)
    return tuple(sorted((_child(places, people) for places in found.values()), key=lambda each: each.name))


def _child(places: Iterable[Place], people: Mapping[PersonId, Person]) -> Child:
    """Return one child from the places that one guardian sees of them."""
    ordered = sorted(places, key=lambda each: each.key)
    person = next((people[place.person] for place in ordered if place.person in people and place.person), None)
    named = next(place.accepted.name for place in ordered if place.accepted is not None)
    schoolings = {Schooling(place.school, place.accepted.class_name) for place in ordered if place.accepted is not None}
    return Child(
        name=person.name if person is not None else named,
        schoolings=tuple(sorted(schoolings)),
        person=person.id if person is not None else None,
        has_signed_in=person is not None and person.has_signed_in,
    )
