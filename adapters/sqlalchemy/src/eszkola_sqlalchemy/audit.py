"""The journal of what was done, in tables that only grow, but for what a checkpoint stands in for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Row, delete, or_, select

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.audit import AuditEntry, Checkpoint, Head
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.values import AT_ONCE, chunks, dumped, instant_of, loaded, maybe, micros

_A: Final = tables.audit
_P: Final = tables.audit_person
_C: Final = tables.audit_checkpoint


class SqlAudit:
    """Keeps `Audit` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def head(self) -> Head:
        """Return how far the journal has come (AU3)."""
        newest = select(_A.c.number, _A.c.seal).where(_A.c.tenant == self._desk.tenant).order_by(_A.c.number.desc())
        row = self._desk.first(newest.limit(1))
        if row is not None:
            return Head(row.number, row.seal)
        checkpoint = self.checkpoint()
        return checkpoint.head if checkpoint is not None else Head()

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

    def checkpoint(self) -> Checkpoint | None:
        """Return what stands in for the oldest entries, or None while all are there (AU5)."""
        row = self._desk.first(select(_C).where(_C.c.tenant == self._desk.tenant))
        if row is None:
            return None
        return Checkpoint(head=Head(row.number, row.seal), at=instant_of(row.at), signature=row.signature)

    def replace_prefix(self, checkpoint: Checkpoint) -> None:
        """Let *checkpoint* stand in for the entries up to its head (AU5)."""
        desk, head = self._desk, checkpoint.head
        ours = _A.c.tenant == desk.tenant
        if desk.first(select(_A.c.number).where(ours, _A.c.number == head.count, _A.c.seal == head.seal)) is None:
            raise Conflict("the journal has no such entry", code="audit-moved")
        with desk.together():
            desk.write(delete(_P).where(_P.c.tenant == desk.tenant, _P.c.number <= head.count))
            desk.write(delete(_A).where(ours, _A.c.number <= head.count))
            desk.write(delete(_C).where(_C.c.tenant == desk.tenant))
            desk.insert(_C, [(desk.tenant, head.count, head.seal, micros(checkpoint.at), checkpoint.signature)])

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
