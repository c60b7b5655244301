"""Tallies of attempts in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from attrs import define

from eszkola_core.domain.throttling import Tally
from eszkola_core.memory.state import State


@define
class MemoryAttempts:
    """Keeps `Attempts` in a dictionary."""

    _state: State

    def tallies(self, keys: Collection[bytes]) -> Mapping[bytes, Tally]:
        return {key: self._state.attempts[key] for key in keys if key in self._state.attempts}

    def put(self, tallies: Mapping[bytes, Tally]) -> None:
        self._state.attempts.update(tallies)

    def prune(self, before: datetime) -> int:
        old = [key for key, each in self._state.attempts.items() if each.touched_at < before]
        for key in old:
            del self._state.attempts[key]
        return len(old)
