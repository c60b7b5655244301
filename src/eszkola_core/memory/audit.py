"""The journal in memory."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.audit import AuditEntry, Checkpoint, Head
from eszkola_core.errors import Conflict
from eszkola_core.memory.state import State


@define
class MemoryAudit:
    """Keeps `Audit` in a dictionary."""

    _state: State

    def head(self) -> Head:
        last = max(self._state.audit, default=0)
        if last:
            return Head(last, self._state.audit[last].seal)
        checkpoint = self.checkpoint()
        return checkpoint.head if checkpoint is not None else Head()

    def add(self, entry: AuditEntry) -> None:
        if entry.number != self.head().count + 1:
            raise Conflict("the journal has grown in the meantime", code="audit-moved")
        self._state.audit[entry.number] = entry

    def entries(self, *, after: int = 0, about: PersonId | None = None) -> Iterable[AuditEntry]:
        found = [each for number, each in sorted(self._state.audit.items()) if number > after]
        return [each for each in found if about is None or about in (each.by, *each.on)]

    def checkpoint(self) -> Checkpoint | None:
        return next(iter(self._state.checkpoints), None)

    def replace_prefix(self, checkpoint: Checkpoint) -> None:
        entry = self._state.audit.get(checkpoint.head.count)
        if entry is None or entry.seal != checkpoint.head.seal:
            raise Conflict("the journal has no such entry", code="audit-moved")
        for number in [each for each in self._state.audit if each <= checkpoint.head.count]:
            del self._state.audit[number]
        self._state.checkpoints = (checkpoint,)
