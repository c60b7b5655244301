"""Pools of licences, and who has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.licences import Licence, Pool


class Licences(Protocol):
    """
    Keeps pools and licences.

    LI1. `pools` returns what `put_pool` kept, in the order of the keys; the next one of a key replaces it, but for one
         with fewer seats than are taken, which is a `Conflict`.
    LI2. `assign` gives the licence its number and keeps it; it is None, and nothing is kept, where the pool has no seat
         left, is unknown, or the person holds one of its seats already.
    LI3. Of any number of simultaneous `assign` no more win than there are seats.
    LI4. `change` writes a licence over the one that it was made from, and is False where that is not there as it was;
         one that holds no seat any more frees it, and none holds a seat again.
    LI5. `of` returns the licences of a person, `held` those that take a seat of a pool, the oldest first.
    LI6. What is an account's that was merged into another is read as the survivor's, and stays whose it was.
    """

    def pools(self) -> Sequence[Pool]:
        """Return the pools (LI1)."""

    def put_pool(self, pool: Pool) -> None:
        """Keep a pool (LI1)."""

    def assign(self, licence: Licence) -> Licence | None:
        """Keep a new licence while there is a seat (LI2, LI3)."""

    def change(self, before: Licence, after: Licence) -> bool:
        """Write *after* in the stead of *before*, if that is still there (LI4)."""

    def of(self, person: PersonId) -> Sequence[Licence]:
        """Return the licences of *person* (LI5)."""

    def held(self, pool: str) -> Sequence[Licence]:
        """Return the licences that take a seat of *pool* (LI5)."""
