"""Passwords as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.credentials import Credential


class Credentials(Protocol):
    """
    Passwords, one person each.

    CR1. What was put comes back equal; the next put replaces it.
    CR2. `set_before` yields the credentials of their owners' own making that were set before an instant, in the order
         of the persons' numbers, from the one after ``after`` on, and no more than the limit.
    CR3. `get_many` yields the credentials of those of the persons named who have one.
    CR4. `wipe_expired` takes the text away from every credential that has expired on an instant, at the instant of its
         expiry too, and from no other; it says how many it wiped, and changes nothing else of them.
    """

    def get(self, person: PersonId) -> Credential | None:
        """Return the person's credential (CR1)."""

    def get_many(self, people: Collection[PersonId]) -> Mapping[PersonId, Credential]:
        """Return the credentials of *people*, those left out who have none (CR3)."""

    def put(self, credential: Credential) -> None:
        """Keep a credential in the stead of the former one (CR1)."""

    def set_before(self, instant: datetime, *, limit: int, after: PersonId | None = None) -> Sequence[Credential]:
        """Return own credentials that were set before *instant*, by person number, from the one after *after* (CR2)."""

    def wipe_expired(self, now: datetime) -> int:
        """Take the text away from the credentials that have expired on *now*, and return of how many (CR4)."""
