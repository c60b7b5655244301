"""What somebody is, and where (ROLE-1)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.held_roles import HeldRole, held_roles
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class SeeRoles:
    """Lists the roles that people hold today."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, person: PersonId) -> tuple[HeldRole, ...]:
        """Return the roles of *person* in all schools, today in the tenant's zone."""
        with self.storage.snapshot() as unit:
            world = unit.rosters.gather(Seeds(people=frozenset({person})))
        return held_roles(person, world.places.values(), day_of(self.clock.now(), self.tenant.zone))
