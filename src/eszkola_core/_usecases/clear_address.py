"""Making an unusable address usable again, by staff with a reason (MAIL-9a)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Evidence, Place, Seeds
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.permissions import Action, NotPermitted, Permission
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets


@frozen
class Cleared:
    """Messages go to the address again, and it has its vote back; ``people`` are those whose central address it is."""

    people: tuple[PersonId, ...]


@frozen
class NotUnusable:
    """Nothing was changed: the address is not marked."""


@frozen
class ClearAddress:
    """Takes the mark from an address, for all who share it, once somebody of staff knows that it works."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def clear(self, actor: Actor, text: str, *, why: str) -> Cleared | NotUnusable | NotPermitted:
        """
        Clear the address that *text* spells: whoever may act on one of those whose it is, by account or by record.

        Raises:
            InvalidValue: this is no address, or no reason is given.
        """
        if not why.strip():
            raise InvalidValue("say why the address can be used again", code="reason-missing")
        address = EmailAddress.parse(text)
        stated = Evidence.of_mailbox(address)
        with self.storage.unit() as unit:
            acting = Acting(unit, self.storage, self.tenant, self.clock.now())
            holders = tuple(each.id for each in unit.people.by_central(address.mailbox))
            places = unit.rosters.gather(Seeds(evidence=frozenset({stated}))).places.values()
            stating = [each for each in places if each.is_present and stated in each.evidence()]
            permission = _permission(acting, actor, holders, stating)
            if not permission:
                return NotPermitted(permission)
            if not unit.unusable.clear(address.mailbox):
                return NotUnusable()
            door = Door(self.storage, self.tenant, self.secrets)
            door.settle(unit, holders, evidence={stated}, author=actor.name, now=acting.now)
            acting.note(actor, "address-cleared", on=holders, why=why)
        return Cleared(holders)


def _permission(acting: Acting, actor: Actor, holders: Collection[PersonId], stating: Collection[Place]) -> Permission:
    """Return whether *actor* may act on one of those whose address it is; nobody does where it is their own too."""
    whose = frozenset({*holders, *(each.person for each in stating if each.person is not None)})
    claims = [each.newest for each in stating if each.person is None and each.newest is not None]
    found = [
        acting.permission_about(actor, Action.CLEAR_ADDRESS, target, claims)
        for target in _targets(acting, whose, stating)
    ]
    return next((each for each in found if each), found[0])


def _targets(acting: Acting, whose: frozenset[PersonId], stating: Collection[Place]) -> Iterator[Target]:
    """Yield everybody whose address it is, all others concerned; somebody of no known school where it is nobody's."""
    for person in sorted(whose):
        yield acting.target(person, concerns=whose - {person})
    unknown = [each for each in stating if each.person is None]
    if unknown or not whose:
        roles = tuple(sorted(HeldRole(each.school, each.role) for each in unknown))
        yield Target(roles=roles, concerns=whose) if roles else Target.of_school("")
