"""The links of a person, from either side, with the state of each (LINK-1, LINK-3)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._sight import Sight, look_at
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Decision, PlaceKey
from eszkola_core.domain.days import day_of
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.links import Link, LinkState
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Action, may
from eszkola_core.domain.restrictions import pairs_kept_apart, standing
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class SeenLink:
    """
    One link of somebody with an account, with the names of both.

    ``restrictions`` are the decisions that stand between the two, also where no record names both.
    """

    link: Link
    guardian: PersonName
    child: PersonName
    restrictions: tuple[Decision, ...]


@frozen
class SeeLinks:
    """Lists links for whoever may know of them."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, actor: Actor, person: PersonId) -> tuple[SeenLink, ...] | NotPermitted:
        """
        Return the links of *person*, as a guardian and as a child, but for those to children whom *actor* may not view.

        Raises:
            InvalidValue: *person* is nobody.
        """
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            if not unit.people.get_many([person]):
                raise InvalidValue("nobody has this number", code="unknown-person")
            acting = Acting(unit, self.storage, self.tenant, now)
            known = acting.known(actor)
            allowed = may(known, Action.VIEW, acting.target(person))
            if not allowed:
                return NotPermitted(allowed)
            sight = look_at(unit, {person}, self.tenant, day_of(now, self.tenant.zone))
            found = _links_of(person, sight)
            children = {each.child for each in found if not isinstance(each.child, PlaceKey)}
            about = look_at(unit, {person, *children}, self.tenant, sight.day)
        visible = {each for each in children if may(known, Action.VIEW, about.target(each))}
        return tuple(
            SeenLink(each, _name(each.guardian, about), _name(each.child, about), _between(each, about))
            for each in found
            if isinstance(each.child, PlaceKey) or each.child in visible
        )


def _links_of(person: PersonId, sight: Sight) -> tuple[Link, ...]:
    """Return the links of *person* from either side, and the restrictions where no record names both."""
    found = {(each.guardian, each.child): each for each in sight.links() if person in (each.guardian, each.child)}
    for human, child in sorted(pairs_kept_apart(sight.world.decisions)):
        if person in (human, child) and (human, child) not in found:
            found[human, child] = Link(human, child, LinkState.RESTRICTED, ())
    return tuple(found.values())


def _name(who: Who, sight: Sight) -> PersonName:
    """Return how somebody is called: by the account, else by the record."""
    if not isinstance(who, PlaceKey):
        return sight.world.people[who].name
    claims = sight.world.places[who].newest
    return claims.name if claims is not None else PersonName("", "")


def _between(link: Link, sight: Sight) -> tuple[Decision, ...]:
    """Return the restrictions that stand between the two."""
    if isinstance(link.guardian, PlaceKey) or isinstance(link.child, PlaceKey):
        return ()
    return standing(sight.world.decisions, link.guardian, link.child)
