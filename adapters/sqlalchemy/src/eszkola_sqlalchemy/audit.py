"""The journal of what was done, in tables that only grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Row, or_, select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.audit import AuditEntry, Head
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import AT_ONCE, chunks, dumped, instant_of, loaded, maybe, micros

_A: Final = tables.audit
_P: Final = tables.audit_person


class SqlAudit:
    """Keeps `Audit` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def head(self) -> Head:
        """Return how far the journal has come (AU3)."""
        newest = select(_A.c.number, _A.c.seal).where(_A.c.tenant == self._desk.tenant).order_by(_A.c.number.desc())
        row = self._desk.first(newest.limit(1))
        return Head() if row is None else Head(row.number, row.seal)

    def add(self, entry: AuditEntry) -> None:
        """Keep a sealed entry (AU1, AU2)."""
        if entry.number != self.head().count + 1:
            raise Conflict("the journal has grown in the meantime", code="audit-moved")
        desk = self._desk
        row = (
            *(desk.tenant, entry.number, micros(entry.at), entry.by, entry.console, entry.deed, entry.where),
            *(entry.why, dumped(dict(entry.detail)), entry.seal),
        )
        with desk.together():
            desk.insert(_A, [row])
            desk.insert(_P, [(desk.tenant, person, entry.number, at) for at, person in enumerate(entry.on)])

    def entries(self, *, after: int = 0, about: PersonId | None = None) -> Iterable[AuditEntry]:
        """Yield entries, the oldest first (AU1, AU4)."""
        wanted = _A.c.tenant == self._desk.tenant
        if about is not None:
            on = select(_P.c.number).where(_P.c.tenant == self._desk.tenant, _P.c.person == about)
            wanted &= or_(_A.c.by == about, _A.c.number.in_(on))
        while True:
            page = self._desk.rows(select(_A).where(wanted, _A.c.number > after).order_by(_A.c.number).limit(AT_ONCE))
            yield from self._entries(page)
            if len(page) < AT_ONCE:
                return
            after = page[-1].number

    def _entries(self, page: Iterable[Row[Any]]) -> Iterator[AuditEntry]:
        for rows in chunks(page):
            on: dict[int, list[PersonId]] = {row.number: [] for row in rows}
            named = (_P.c.tenant == self._desk.tenant) & _P.c.number.in_(list(on))
            for row in self._desk.rows(select(_P).where(named).order_by(_P.c.number, _P.c.position)):
                on[row.number].append(PersonId(row.person))
            yield from (_entry(row, on[row.number]) for row in rows)


def _entry(row: Row[Any], on: Iterable[PersonId]) -> AuditEntry:
    return AuditEntry(
        number=row.number,
        at=instant_of(row.at),
        by=maybe(PersonId, row.by),
        console=row.console,
        deed=row.deed,
        on=tuple(on),
        where=row.place,
        why=row.why,
        detail=loaded(row.detail),
        seal=row.seal,
    )
