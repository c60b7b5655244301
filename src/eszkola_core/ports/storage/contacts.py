"""Who answers for their own contact data, as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.contacts import OwnContacts


class Contacts(Protocol):
    """
    Contact data that are their owners' own, one entry a person.

    CN1. What was put comes back equal; the next put replaces it.
    CN2. `due` returns those whose owners are to be asked by an instant, who waits longest first, and no more than the
         limit.
    """

    def get(self, person: PersonId) -> OwnContacts | None:
        """Return the person's entry (CN1)."""

    def put(self, contacts: OwnContacts) -> None:
        """Keep an entry in the stead of the former one (CN1)."""

    def due(self, now: datetime, *, limit: int) -> Sequence[OwnContacts]:
        """Return whose owners are to be asked by *now* (CN2)."""
