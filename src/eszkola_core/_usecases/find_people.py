"""Who somebody at a desk means: from what is typed to the account that it belongs to, for whoever may see its owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain import national_ids
from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Action
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


@frozen
class FoundPerson:
    """An account that was meant: its owner's number, by which use cases know them, login, and name."""

    person: PersonId
    login: str
    name: PersonName


@frozen
class FindPeople:
    """
    Finds accounts by what staff are told or read: a login, a central address, or a national id.

    It is no way to learn who has an account: whoever may not see the owner gets the answer that nobody has it.
    """

    storage: Storage
    tenant: Tenant
    clock: Clock

    def by(self, actor: Actor, identifier: str) -> Sequence[FoundPerson]:
        """
        Return whose login, central address or national id *identifier* is, as far as *actor* may see them (ROLE-4).

        Several come back only where they share an address (MAIL-5b); nobody where there is nobody, where the actor has
        no right to, and where the text can be none of these. Blanks at the ends make no difference.
        """
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            acting = Acting(unit, self.storage, self.tenant, now)
            found = [
                each
                for each in self._whose(unit, identifier.strip(), acting.today)
                if each.state is not State.ERASED and acting.permission(actor, Action.VIEW, acting.target(each.id))
            ]
        return [FoundPerson(each.id, each.login, each.name) for each in sorted(found, key=lambda each: each.id)]

    def _whose(self, unit: Unit, text: str, today: date) -> Sequence[Person]:
        try:
            if "@" in text:
                return unit.people.by_central(EmailAddress.parse(text).mailbox)
            number = national_ids.parse(text, schemes=self.tenant.settings.national_id_schemes, today=today)
        except InvalidValue:
            found = None if "@" in text else unit.people.by_login(text)
        else:
            found = unit.people.by_national_id(number)
        return [found] if found is not None else []
