"""What a person decides goes through the same door as an import: add, settle, save (DESIGN: claims and decisions)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.runs import Run, RunKind
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Secrets
from eszkola_core.usecases._moments import Moment
from eszkola_core.usecases._post import Post


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
        changes, before = Moment(unit, self.tenant, now).settle_again(people)
        name = self.storage.fingerprint(self.secrets.token_bytes(16), context="run")
        unit.rosters.save(Run(kind=kind, author=author, at=now, plan=name), changes)
        post = Post(unit, self.tenant, now)
        post.announce(opening.person for opening in changes.openings)
        for person in changes.people:
            if before[person.id].central != person.central:
                post.follow_move(before[person.id], person, self.secrets, disputable=disputable)
