"""What the tenant chose, in memory."""

from __future__ import annotations

from attrs import define

from eszkola_core.domain.choices import Choice
from eszkola_core.memory.state import State


@define
class MemoryChoices:
    """Keeps `Choices` in one place."""

    _state: State

    def current(self) -> Choice | None:
        return self._state.choice.get("current")

    def put(self, choice: Choice) -> None:
        self._state.choice["current"] = choice
