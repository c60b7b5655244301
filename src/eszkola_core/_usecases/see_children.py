"""What a guardian sees first: the list of their children (LINK-1, LINK-2)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._gathering import gather
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.children import Child, children_of
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.days import day_of
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class SeeChildren:
    """Lists children, for one guardian at a time."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, guardian: PersonId) -> tuple[Child, ...]:
        """Return the children of *guardian* today, in the order of their names; each says whether it ever signed in."""
        today = day_of(self.clock.now(), self.tenant.zone)
        with self.storage.snapshot() as unit:
            world = gather(unit, Seeds(people=frozenset({guardian}))).kept
        return children_of(guardian, recognise(world, today), world, self.tenant, today)
