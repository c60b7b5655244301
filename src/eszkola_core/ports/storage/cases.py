"""Conflicts as a queue, as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.claims import PlaceKey, RecordKey
from eszkola_core.domain.conflicts import ConflictCase


class Cases(Protocol):
    """
    The cases of conflicts, open and closed; each subject has one.

    CC1. `add` gives new cases ascending numbers in their order, which no case has had, and keeps them; one about a
         subject that has a case already raises `Conflict`, and none of them is kept.
    CC2. `get` and `about` give cases back equal to what was kept, by number and in the order of numbers.
    CC3. `about` finds every case, in whatever state, whose subject has one of the keys, on either side, and no other.
    CC4. `change` keeps changed cases; where one is not at the revision before, it raises `Conflict`, and none is.
    CC5. `listed` yields the cases that are not closed, or those that are, in the order of numbers; where schools are
         named, those that have to do with one of them.
    CC6. `forget` drops the cases that closed before an instant, and returns how many.
    """

    def add(self, cases: Sequence[ConflictCase]) -> Sequence[ConflictCase]:
        """Keep new cases and return them with their numbers (CC1)."""

    def get(self, number: int) -> ConflictCase | None:
        """Return the case with *number* (CC2)."""

    def about(self, keys: Collection[PlaceKey | RecordKey]) -> Sequence[ConflictCase]:
        """Return the cases about one of these places and records (CC2, CC3)."""

    def change(self, cases: Sequence[ConflictCase]) -> None:
        """Keep changed cases (CC4)."""

    def listed(self, schools: Collection[str] | None = None, *, closed: bool = False) -> Sequence[ConflictCase]:
        """Return the cases that are not closed, or those that are (CC5)."""

    def forget(self, before: datetime) -> int:
        """Drop the cases that closed before that instant (CC6)."""
