"""Asking owners once a year whether their contact data are still right (LINK-8d)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._gathering import decided_about
from eszkola_core._usecases._post import Post, login_of
from eszkola_core._usecases._sessions import owner_of_session, places_of
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.communication import Category, chosen_level, is_sent
from eszkola_core.domain.days import day_of
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.signing_in import may_recover
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

_PAGE: Final = 500


class ConfirmationRefused(StrEnum):
    """Why nothing was confirmed."""

    NO_SESSION = "no-session"
    NOT_OWNED = "not-owned"


@frozen
class ContactsConfirmed:
    """The owner stands by address and number; the next question comes at ``ask_at``."""

    ask_at: datetime


@frozen
class ContactsUnconfirmed:
    """Everything is as it was."""

    reason: ConfirmationRefused


@frozen
class ConfirmContacts:
    """Asks those who own their contact data, and takes their answers."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def confirm(self, session_key: str) -> ContactsConfirmed | ContactsUnconfirmed:
        """Keep that the session's owner confirmed their contact data; what is wrong they change first."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return ContactsUnconfirmed(ConfirmationRefused.NO_SESSION)
            known = unit.contacts.get(person.id)
            if known is None:
                return ContactsUnconfirmed(ConfirmationRefused.NOT_OWNED)
            confirmed = known.confirmed(now, self.tenant.settings.confirm_contacts_every)
            unit.contacts.put(confirmed)
            acting = Acting(unit, self.storage, self.tenant, now)
            actor = Actor(name=person.login, person=person.id, where="session")
            acting.note(actor, "contacts-confirmed", on=[person.id])
        return ContactsConfirmed(confirmed.ask_at)

    def remind(self) -> int:
        """Ask everybody whose turn it is, once, and return how many messages were queued."""
        queued = 0
        while True:
            now = self.clock.now()
            with self.storage.unit() as unit:
                due = unit.contacts.due(now, limit=_PAGE)
                people = unit.people.get_many([each.person for each in due])
                for each in due:
                    queued += self._ask(unit, people[each.person], now, key=each.ask_at.isoformat())
                    unit.contacts.put(each.asked(now, self.tenant.settings.confirm_contacts_every))
            if len(due) < _PAGE:
                return queued

    def _ask(self, unit: Unit, person: Person, now: datetime, *, key: str) -> bool:
        """Queue the question, unless the account rests or is shut, or its owner wants no such messages."""
        level = chosen_level(decided_about(unit, person.id), person.id)
        wakes = may_recover(person, places_of(unit, person.id), day_of(now, self.tenant.zone))
        if person.central is None or not wakes or not is_sent(Category.SERVICE, level):
            return False
        post = Post(unit, self.tenant, now)
        data = {
            "login": login_of(person, self.tenant),
            "address": person.central.masked,
            "link": self.tenant.link("contacts"),
        }
        post.queue(MessageKind.CONFIRM_CONTACTS, person, data, key=key)
        return True
