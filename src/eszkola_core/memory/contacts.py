"""Who answers for their own contact data, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import define

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.contacts import OwnContacts
from eszkola_core.memory.state import State


@define
class MemoryContacts:
    """Keeps `Contacts` in a dictionary."""

    _state: State

    def get(self, person: PersonId) -> OwnContacts | None:
        return self._state.contacts.get(person)

    def put(self, contacts: OwnContacts) -> None:
        self._state.contacts[contacts.person] = contacts

    def due(self, now: datetime, *, limit: int) -> Sequence[OwnContacts]:
        found = [each for each in self._state.contacts.values() if each.ask_at <= now]
        return sorted(found, key=lambda each: (each.ask_at, each.person))[:limit]
