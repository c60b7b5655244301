"""Taking down what came back of a message (MAIL-9)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.bounces import Bounce, BounceFate, BounceKind, UnusableAddress, proved_message
from eszkola_core.domain.claims import Evidence
from eszkola_core.domain.messages import Message
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

_AUTHOR = "bounce"


@frozen
class RecordBounce:
    """
    Makes an address unusable once a message to it came back for good, or its reader complained.

    It is the address that our own message went to, whatever the report says of addresses; a report that proves no
    message of ours changes nothing and is counted (MAIL-9b). One message makes its address unusable once: a report that
    comes again, after the address was confirmed or cleared, says nothing new.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def record(self, bounce: Bounce) -> BounceFate:
        """Take down one report, and return what it led to."""
        with self.storage.unit() as unit:
            fate = self._fate(unit, bounce)
            unit.unusable.count(fate)
        return fate

    def _fate(self, unit: Unit, bounce: Bounce) -> BounceFate:
        """Do what the report asks for, and return what that is."""
        proved = (proved_message(each, by) for each in bounce.proofs for by in self.storage.fingerprints)
        number = next((each for each in proved if each is not None), None)
        if number is None:
            return BounceFate.UNPROVED
        if bounce.kind is BounceKind.SOFT:
            return BounceFate.FOR_NOW
        message = unit.outbox.bounce(number)
        if message is None:
            return BounceFate.KNOWN
        self._mark(unit, message, bounce.kind)
        return BounceFate.MARKED

    def _mark(self, unit: Unit, message: Message, why: BounceKind) -> None:
        """Mark the address of *message*, and settle whatever it voted on: it has no vote any more (MAIL-4a)."""
        acting = Acting(unit, self.storage, self.tenant, self.clock.now())
        if not unit.unusable.mark(UnusableAddress(address=message.to, why=why, since=acting.now)):
            return
        whose = [each.id for each in unit.people.by_central(message.to.mailbox)]
        door = Door(self.storage, self.tenant, self.secrets)
        door.settle(unit, whose, evidence={Evidence.of_mailbox(message.to)}, author=_AUTHOR, now=acting.now)
        detail = {"why": why.value, "message": message.kind.value}
        acting.note(Actor.platform(), "address-unusable", on=whose, detail=detail)
