"""What the stories of guardians share: the children a guardian is linked to, with what records say of them (LINK-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve, frozen

from eszkola_core._usecases._gathering import gather
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Place, PlaceKey, Seeds, World
from eszkola_core.domain.coming_of_age import born_on
from eszkola_core.domain.links import Link, LinkState, links
from eszkola_core.domain.recognition import Recognised, recognise
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Unit


@frozen
class Linked:
    """One child whom a guardian sees: the places that link them, and the child's person where they last."""

    link: Link
    places: tuple[Place, ...]
    person: PersonId | None
    born: date | None

    @property
    def key(self) -> PlaceKey:
        """The place that stands for the child."""
        return self.places[0].key

    @property
    def name(self) -> str:
        """The child's name, as the first of the records has it."""
        claims = self.places[0].accepted
        return str(claims.name) if claims is not None else ""

    @property
    def schools(self) -> frozenset[str]:
        """The schools in whose records the two stand."""
        return frozenset(place.school for place in self.places)

    @property
    def is_verified(self) -> bool:
        """Whether a school made sure that the two belong together (LINK-6)."""
        return self.link.state is LinkState.VERIFIED


@frozen
class Guardian:
    """A guardian with everybody around, on one day."""

    id: PersonId
    world: World
    recognised: Recognised
    tenant: Tenant
    today: date

    @classmethod
    def of(cls, unit: Unit, person: PersonId, tenant: Tenant, today: date) -> Guardian:
        """Return a guardian as things stand in *unit*."""
        world = gather(unit, Seeds(people=frozenset({person}))).kept
        return cls(person, world, recognise(world, today), tenant, today)

    @property
    def person(self) -> Person:
        """The guardian's account."""
        return self.world.people[self.id]

    @property
    def children(self) -> Sequence[Linked]:
        """The children whom the guardian sees, in the order of their names."""
        ground = evolve(self.world, places=self.recognised.places)
        whose = self.recognised.who_stands_in
        found = links(ground, self.tenant, self.today, whose=whose, guardian=self.id)
        linked = [self._linked(each) for each in found if each.is_open]
        return sorted(linked, key=lambda each: (each.name, each.key.order))

    def child(self, person: PersonId) -> Linked | None:
        """Return the child with that number, where the guardian sees it."""
        return next((each for each in self.children if each.person == person), None)

    def _linked(self, link: Link) -> Linked:
        places = tuple(self.recognised.places[key] for key in link.places)
        person = None if isinstance(link.child, PlaceKey) else link.child
        group = self.recognised.group_of(places[0].key)
        everywhere = group.places if group is not None else places
        ids = self.world.people[person].ids if person is not None else ()
        stated = [each.accepted for each in everywhere if each.accepted is not None]
        return Linked(link, places, person, born_on((*ids, *(each for said in stated for each in said.ids)), stated))


def guardians_of(unit: Unit, child: PersonId, tenant: Tenant, today: date) -> frozenset[PersonId]:
    """Return those who last among the guardians who see *child* on *today*."""
    world = gather(unit, Seeds(people=frozenset({child}))).kept
    recognised = recognise(world, today)
    found = links(evolve(world, places=recognised.places), tenant, today, whose=recognised.who_stands_in)
    return frozenset(
        each.guardian
        for each in found
        if each.child == child and each.is_open and not isinstance(each.guardian, PlaceKey)
    )
