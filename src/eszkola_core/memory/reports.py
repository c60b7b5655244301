"""Reports in memory."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.reports import Report
from eszkola_core.memory.state import State


@define
class MemoryReports:
    """Keeps `Reports` in a dictionary."""

    _state: State

    def add(self, report: Report) -> Report:
        report = evolve(report, id=self._state.next("report"))
        self._state.reports[report.id] = report
        return report

    def entries(self, *, after: int = 0, about: PersonId | None = None) -> Sequence[Report]:
        found = [each for number, each in sorted(self._state.reports.items()) if number > after]
        return [each for each in found if about in (None, each.person)]
