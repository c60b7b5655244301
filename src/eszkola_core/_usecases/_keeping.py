"""Saving a run, and letting the queue of conflicts follow it in the very same unit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.conflicts import CaseHappening, follow
from eszkola_core.domain.runs import Changes, Run, RunKind
from eszkola_core.ports.storage import Unit

_CLOSING: Final[Mapping[RunKind, CaseHappening]] = MappingProxyType(
    {
        RunKind.IMPORT: CaseHappening.GROUND_GONE,
        RunKind.UNDO: CaseHappening.GROUND_GONE,
        RunKind.DECISION: CaseHappening.DECIDED,
        RunKind.REPORT: CaseHappening.DECIDED,
    }
)
"""What closes the conflicts that are gone after a run: the gradebook took their ground away, or somebody decided."""


def save_run(unit: Unit, run: Run, changes: Changes) -> Run:
    """
    Write *changes*, let the cases of conflicts follow, and return the run with its number.

    What is open from now on has a case, what is gone has none that is open, and whatever was there stays as it was. All
    cases are looked up and written together, however many there are.

    Raises:
        Conflict: the ground has moved; the unit must be left.
    """
    saved = unit.rosters.save(run, changes)
    about = changes.matters_about.union(*(each.subject.keys for each in changes.matters))
    followed = follow(unit.cases.about(about), changes.matters, closing=_CLOSING[run.kind], at=run.at)
    unit.cases.change(followed.changed)
    unit.cases.add(followed.opened)
    return saved
