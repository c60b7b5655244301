"""The schools of a tenant, where no roster has named them yet."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class SchoolKept:
    """The school is known, by this name."""

    school: StatedSchool


@frozen
class ManageSchools:
    """Adds schools, and lists them."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def add(self, actor: Actor, key: str, name: str) -> SchoolKept | NotPermitted:
        """
        Keep a school under *key*, or give the one that is known another name.

        Raises:
            InvalidValue: the key is empty, or has spaces at an end.
        """
        if not key or key != key.strip():
            raise InvalidValue("a school's key is a short text without spaces around it, such as sp1", code="wrong-key")
        school = StatedSchool(key, name.strip())
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            permission = acting.permission(actor, Action.MANAGE_SCHOOLS, Target.of_school(key))
            if not permission:
                return NotPermitted(permission)
            unit.rosters.add_schools([school])
            acting.note(actor, "school-added", detail={"school": key})
        return SchoolKept(school)

    def known(self) -> Sequence[StatedSchool]:
        """Return the schools, in the order of their keys."""
        with self.storage.snapshot() as unit:
            return unit.rosters.schools()
