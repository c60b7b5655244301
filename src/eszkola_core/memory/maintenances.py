"""Times of maintenance in memory."""

from __future__ import annotations

from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.maintenance import Maintenance
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State


@define
class MemoryMaintenances:
    """Keeps `Maintenances` in a dictionary."""

    _state: State

    def begin(self, maintenance: Maintenance) -> Maintenance:
        newest = self.newest()
        if newest is not None and newest.is_under_way:
            raise Conflict("a maintenance is under way already", code="maintenance-under-way")
        kept = evolve(maintenance, number=len(self._state.maintenances) + 1)
        self._state.maintenances[kept.number] = kept
        return kept

    def end(self, at: datetime) -> Maintenance | None:
        newest = self.newest()
        if newest is None or not newest.is_under_way:
            return None
        self._state.maintenances[newest.number] = evolve(newest, ended_at=at)
        return self._state.maintenances[newest.number]

    def newest(self) -> Maintenance | None:
        return self._state.maintenances.get(len(self._state.maintenances))
