"""By what the people of a decision are known again: blind indexes, which nobody can read back (LINK-3d)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import bindparam, select

from eszkola_core.domain.claims import Evidence, Mark, Side
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk, any_of

_M: Final = tables.decision_mark
_MARKS: Final = select(_M).where(_M.c.tenant == bindparam(OURS))
_ANY: Final = select(any_of(_M).label("found"))


class Marks:
    """Finds and writes the marks of decisions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def are_there(self) -> bool:
        """Return whether any decision of the tenant bears a mark (PE8)."""
        if self._desk.has_marks is None:
            (row,) = self._desk.rows(_ANY, **{OURS: self._desk.tenant})
            self._desk.has_marks = bool(row.found)
        return self._desk.has_marks

    def add(self, marks: Collection[Mark]) -> None:
        """Keep *marks*, each once (PE8)."""
        known = set(self.of({each.evidence for each in marks}))
        desk = self._desk
        new = sorted(set(marks) - known)
        desk.has_marks = None
        desk.insert(_M, [(desk.tenant, desk.blind(each.evidence), each.decision, each.side.value) for each in new])

    def of(self, evidence: Collection[Evidence]) -> Iterator[Mark]:
        """Yield the marks that *evidence* made (RO16)."""
        if not evidence or not self.are_there():
            return
        made = {token: each for each in evidence for token in self._desk.blinds(each)}
        for row in self._desk.among(_MARKS, _M.c.token, sorted(made)):
            yield Mark(row.decision, Side(row.side), made[row.token])
