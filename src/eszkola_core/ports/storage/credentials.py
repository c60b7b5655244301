"""Passwords as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
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
    """

    def get(self, person: PersonId) -> Credential | None:
        """Return the person's credential (CR1)."""

    def put(self, credential: Credential) -> None:
        """Keep a credential in the stead of the former one (CR1)."""

    def set_before(self, instant: datetime, *, limit: int, after: PersonId | None = None) -> Sequence[Credential]:
        """Return own credentials that were set before *instant*, by person number, from the one after *after* (CR2)."""
