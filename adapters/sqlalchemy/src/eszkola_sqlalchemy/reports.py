"""Reports of disclosed passwords, in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.reports import Report, ReportedBy
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import dumped, instant_of, loaded, maybe, micros

_T: Final = tables.report


class SqlReports:
    """Keeps `Reports` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, report: Report) -> Report:
        """Keep a report and return it with its number (RP1)."""
        desk = self._desk
        kept = evolve(report, id=desk.highest(_T.c.id, _T.c.tenant == desk.tenant) + 1)
        row = (
            *(desk.tenant, kept.id, kept.person, micros(kept.at), kept.way.value, kept.by, kept.console),
            *(desk.sealed(Secret(kept.words), _T, "words", kept.id), dumped(kept.told), dumped(kept.untold)),
        )
        desk.insert(_T, [row])
        return kept

    def entries(self, *, after: int = 0, about: PersonId | None = None) -> Sequence[Report]:
        """Return reports, the oldest first (RP2)."""
        wanted = (_T.c.tenant == self._desk.tenant) & (_T.c.id > after)
        if about is not None:
            wanted &= _T.c.person == about
        return [self._report(row) for row in self._desk.rows(select(_T).where(wanted).order_by(_T.c.id))]

    def _report(self, row: Row[Any]) -> Report:
        return Report(
            id=row.id,
            person=PersonId(row.person),
            at=instant_of(row.at),
            way=ReportedBy(row.way),
            by=maybe(PersonId, row.by),
            console=row.console,
            words=self._desk.opened(row.words, _T, "words", row.id).reveal(),
            told=tuple(loaded(row.told)),
            untold=tuple(loaded(row.untold)),
        )
