"""A person's right to a copy of everything that is kept of them (LAW-4a)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._dossiers import dossier_of
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class Exported:
    """Everything that is kept of a person, as JSON can hold it; national ids stand in it in clear."""

    content: Mapping[str, Any] = field(repr=False)


@frozen
class NothingKept:
    """There is no such person."""


@frozen
class ExportPerson:
    """Hands a person's data out: to the person, or to staff whose rights cover every role of theirs."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, actor: Actor, person_id: PersonId) -> Exported | NothingKept | NotPermitted:
        """Return everything that is kept of a person; that it was handed out is in the journal (LAW-3)."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            permission = acting.permission(actor, Action.EXPORT_PERSON, acting.target(person_id))
            if not permission:
                return NotPermitted(permission)
            dossier = dossier_of(unit, person_id)
            if dossier is None:
                return NothingKept()
            acting.note(actor, "person-exported", on=[person_id])
        return Exported(dossier.plain(at=now, tenant=self.tenant.key))
