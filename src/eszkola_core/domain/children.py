"""The list from which a guardian chooses a child (LINK-1, LINK-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import evolve, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Place, World
from eszkola_core.domain.links import links
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.tenants import Tenant


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
    guardian: PersonId, recognised: Recognised, world: World, tenant: Tenant, day: date
) -> tuple[Child, ...]:
    """
    Return the children whom *guardian* sees on *day*: everyone in whose record, in any school, they stand (LINK-1).

    The link joins people, as recognition finds them; an address alone never links. A child to whom the link is
    restricted, ended, or awaits consent is not on the list (LINK-3, LINK-4).
    """
    ground = evolve(world, places=recognised.places)
    found = links(ground, tenant, day, whose=recognised.who_stands_in, guardian=guardian)
    children = [_child([recognised.places[key] for key in each.places], world.people) for each in found if each.is_open]
    return tuple(sorted(children, key=lambda each: each.name))


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
