"""Letting a signed checkpoint stand in for the entries of the journal that were kept long enough (LAW-3)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.audit import Broken, Checkpoint, broken, old_enough
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock


@frozen
class Shortened:
    """The checkpoint stands in for the entries up to its head, ``taken`` of which went now."""

    checkpoint: Checkpoint
    taken: int


@frozen
class NothingOldEnough:
    """All entries are younger than the retention period."""


@frozen
class NotWhole:
    """The chain does not hold; a checkpoint would cover that up, so none was made."""

    broken: tuple[Broken, ...]


@frozen
class ShortenJournal:
    """Shortens the journal by what is older than the retention period, once its chain was found whole."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def run(self, actor: Actor) -> Shortened | NothingOldEnough | NotWhole | NotPermitted:
        """Replace what is old enough; the journal says who did it."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            permission = acting.permission(actor, Action.SHORTEN_AUDIT, Target.of_school(""))
            if not permission:
                return NotPermitted(permission)
            former = unit.audit.checkpoint()
            found = broken(unit.audit.entries(), self.storage.fingerprints, checkpoint=former)
            if found:
                return NotWhole(tuple(found))
            head = old_enough(unit.audit.entries(), now - self.tenant.settings.audit_retention)
            if head is None:
                return NothingOldEnough()
            checkpoint = Checkpoint.sign(head, self.storage.fingerprints[0], now=now)
            unit.audit.replace_prefix(checkpoint)
            acting.note(actor, "journal-shortened", detail={"up-to": str(head.count)})
        return Shortened(checkpoint, head.count - (former.head.count if former is not None else 0))
