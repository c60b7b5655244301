"""What bears on what some people may do to each other: their places, the records around these, and decisions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from attrs import frozen

from eszkola_core._usecases._gathering import whoever_was_one_with
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import Place, Seeds, World
from eszkola_core.domain.held_roles import former_roles, held_roles
from eszkola_core.domain.links import Link, links
from eszkola_core.domain.restrictions import children_kept_from
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Unit


@frozen
class Sight:
    """
    A part of what is kept that is enough to say what some people may do, and what may be done to them.

    It is no closed world: who is who was settled before, and stands in the places.
    """

    world: World
    tenant: Tenant
    day: date

    @property
    def _places(self) -> Collection[Place]:
        return tuple(self.world.places.values())

    def links(self) -> tuple[Link, ...]:
        """Return the links in the records that are in sight."""
        return links(self.world, self.tenant, self.day)

    def actor(self, person: PersonId) -> Actor:
        """Return a person as one who acts, with the roles and children of the day (ROLE-4)."""
        return Actor(
            name="",
            person=person,
            roles=held_roles(person, self._places, self.day),
            children=frozenset(
                each.child  # type: ignore[misc]
                for each in links(self.world, self.tenant, self.day, guardian=person)
                if each.is_open and each.child in self.world.people
            ),
            kept_from=children_kept_from(self.world.decisions, person),
        )

    def target(self, person: PersonId) -> Target:
        """Return a person to whom something is done, as `Acting.target` does."""
        roles = held_roles(person, self._places, self.day) or former_roles(person, self._places)
        return Target(person=person, roles=roles)


def look_at(unit: Unit, people: Collection[PersonId], tenant: Tenant, day: date) -> Sight:
    """Return what bears on what *people* may do, and on what may be done to them."""
    found = whoever_was_one_with(unit, people)
    found |= unit.rosters.gather(Seeds(records=frozenset(key.record for key in found.places)))
    # Records elsewhere may say when a child was born; and those who are named have names.
    beside = {place.person for place in found.places.values() if place.person is not None}
    beside |= {each for decision in found.decisions for each in decision.people}
    return Sight(found | whoever_was_one_with(unit, beside - found.people.keys()), tenant, day)
