"""Cases of conflicts in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.claims import PlaceKey, RecordKey
from eszkola_core.domain.conflicts import ConflictCase
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State


@define
class MemoryCases:
    """Keeps `Cases` in a dictionary."""

    _state: State

    def add(self, cases: Sequence[ConflictCase]) -> Sequence[ConflictCase]:
        subjects = [each.subject for each in (*self._state.cases.values(), *cases)]
        if len(set(subjects)) < len(subjects):
            raise Conflict("this conflict has a case already", code="case-taken")
        kept = [evolve(each, number=self._state.next("case")) for each in cases]
        self._state.cases.update({each.number: each for each in kept})
        return kept

    def get(self, number: int) -> ConflictCase | None:
        return self._state.cases.get(number)

    def about(self, keys: Collection[PlaceKey | RecordKey]) -> Sequence[ConflictCase]:
        wanted = frozenset(keys)
        return [each for _, each in sorted(self._state.cases.items()) if wanted & each.subject.keys]

    def change(self, cases: Sequence[ConflictCase]) -> None:
        for each in cases:
            kept = self._state.cases.get(each.number)
            if kept is None or kept.revision != each.revision - 1:
                raise Conflict("the conflict moved on in the meantime", code="stale-case")
        self._state.cases.update({each.number: each for each in cases})

    def listed(self, schools: Collection[str] | None = None, *, closed: bool = False) -> Sequence[ConflictCase]:
        return [
            each
            for _, each in sorted(self._state.cases.items())
            if each.is_closed == closed and (schools is None or not set(schools).isdisjoint(each.schools))
        ]

    def forget(self, before: datetime) -> int:
        over = [
            number
            for number, each in self._state.cases.items()
            if each.closed_at is not None and each.closed_at < before
        ]
        for number in over:
            del self._state.cases[number]
        return len(over)
