"""Where everything that is known of somebody comes from (SYNC-10)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.sources import Kept, OfPerson, OfRecord, Sourced, Standing, Value, sources
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock

__all__ = ["Kept", "NotPermitted", "OfPerson", "OfRecord", "SeeSources", "Sourced", "Standing", "Value"]


@frozen
class SeeSources:
    """Tells whoever may view a person which record, run or human each value of theirs is from."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, actor: Actor, person: PersonId) -> tuple[Sourced, ...] | NotPermitted:
        """
        Return every value of *person*, masked, with each of its sources.

        Raises:
            InvalidValue: *person* is nobody.
        """
        with self.storage.snapshot() as unit:
            account = unit.people.get_many([person]).get(person)
            if account is None:
                raise InvalidValue("nobody has this number", code="unknown-person")
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = acting.permission(actor, Action.VIEW, acting.target(person))
            if not permission:
                return NotPermitted(permission)
            world = unit.rosters.gather(Seeds(people=frozenset({person})))
            places = [each for each in world.places.values() if each.person == person]
            records = unit.rosters.states([each.key.record for each in places])
            writer = unit.runs.writers([person]).get(person)
            return sources(account, places, world.decisions, records, writer)
