"""What runs wrote, and what was there before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import RecordKey, RosterKey
from eszkola_core.domain.runs import Run, Written


class Runs(Protocol):
    """
    The runs that `Rosters.save` kept, and what each of them wrote.

    RN1. `get` is a run with its number, schools, and the runs that it undoes and is undone by; `newest` gives those
         before a number, the newest first.
    RN2. `written` is every record, place and person that a run wrote, as it was before and as the run left it, with the
         run that wrote it last; what the run began was nothing before, what it ended is nothing after. Beside them come
         the other places of the records that it wrote, as they stood then.
    RN3. A record is written by whichever run changes its digest, not by one that only settles it.
    RN4. What a run writes that undoes another, where the other one wrote last, is again what the run before wrote, as
         if the other one had not touched it; what it takes away that the other one began has never been.
    RN5. `Rosters.save` raises `Conflict` where the run that is to be undone was undone before.
    RN6. `forget` drops what runs before an instant found; the runs themselves stay.
    RN7. `undone` gives the contents that were taken back of a roster's records, until a run names the record as redone.
    RN8. `writers` is the run that wrote each person last, nobody left out who was ever saved by one.
    """

    def get(self, number: int) -> Run | None:
        """Return the run with this number (RN1)."""

    def newest(self, limit: int, *, before: int | None = None) -> Sequence[Run]:
        """Return runs, the newest first (RN1)."""

    def written(self, number: int) -> Written:
        """Return everything that a run wrote (RN2, RN3)."""

    def forget(self, before: datetime) -> None:
        """Drop what runs before that instant found (RN6)."""

    def undone(self, roster: RosterKey) -> Mapping[RecordKey, frozenset[bytes]]:
        """Return the contents that were taken back, by record; those without one are left out (RN7)."""

    def writers(self, people: Collection[PersonId]) -> Mapping[PersonId, int]:
        """Return the run that wrote each of *people* last (RN8)."""
