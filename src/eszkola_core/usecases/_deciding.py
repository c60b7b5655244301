"""What a person decides goes through the same door as an import: add, settle, save (DESIGN: claims and decisions)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from attrs import frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.runs import Run, RunKind
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Secrets
from eszkola_core.usecases._composing import announce_opening, follow_move
from eszkola_core.usecases.plan_import import settle_again


@frozen
class Door:
    """Settles what a decision bears on, and writes it with all that follows."""

    storage: Storage
    tenant: Tenant
    secrets: Secrets

    def settle(  # noqa: PLR0913 - who, what and when
        self,
        unit: Unit,
        people: Collection[PersonId],
        *,
        author: str,
        now: datetime,
        kind: RunKind = RunKind.DECISION,
        disputable: bool = True,
    ) -> None:
        """
        Settle again whatever bears on *people*, in *unit*, after the decision was kept in it.

        ``disputable`` is False where the move takes back another: the address that is left cannot dispute it.

        Raises:
            Conflict: the accounts were changed at the very same time.
        """
        changes, before = settle_again(people, unit, self.tenant, now)
        name = self.storage.fingerprint(self.secrets.token_bytes(16), context="run")
        unit.rosters.save(Run(kind=kind, author=author, at=now, plan=name), changes)
        for opening in changes.openings:
            unit.outbox.add(announce_opening(opening.person, self.tenant, now))
        for person in changes.people:
            if _moved(before[person.id], person):
                follow_move(
                    unit, before[person.id], person, self.tenant, self.secrets, now, disputable=disputable
                )


def _moved(before: Person, after: Person) -> bool:
    return before.central != after.central
