"""
Changing keys while everything goes on (LAW-5).

A key is first added to the keyring, then taken into use by one transaction, from which on all units write with it; what
older ones wrote is written anew page by page, a short transaction each, where it can be: a digest cannot. Nothing else
is kept of the work: cells, blind indexes and digests tell the number of their key, so that whoever goes on with it sees
what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Table, func, select, update

from eszkola_core.domain.keys import KeyKind, KeyStep, KeyUse
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.keys import Note
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.digests import DIGESTS, has_older_checkpoint, made_with, may_be_asked_for, sign_checkpoint
from eszkola_sqlalchemy.reindexing import DERIVED, INDEXED
from eszkola_sqlalchemy.resealing import Page, everywhere, pages, sealed_with
from eszkola_sqlalchemy.storage import SqlStorage, SqlUnit
from eszkola_stores.keyring import Keyring
from eszkola_stores.keyring_changes import held
from eszkola_stores.vault import Uses

_T = tables.tenant

Work = Mapping[Table, Callable[[Desk, tuple[object, ...] | None], Page]]


class Rotation:
    """Changes the keys of one tenant of a database, whose keyring other tenants may share."""

    def __init__(self, storage: SqlStorage, keyring: Path) -> None:
        self._storage = storage
        self._keyring = keyring

    def all_keys(self, *, at: datetime) -> Sequence[KeyUse]:
        """Return all keys, by kind and number (KK1)."""
        with self._storage.desk(looks_only=True) as desk:
            keyring = Keyring.load(self._keyring)  # after the desk: it has every key that was in use then
            return [
                KeyUse(
                    kind=kind,
                    number=number,
                    made_at=keyring.made.get((kind, number)),
                    in_use=number == desk.vault.uses.number(kind),
                    needed_by=_needed_by(desk, kind, number, at),
                )
                for kind in KeyKind
                for number in sorted(keyring.of(kind))
            ]

    def renew(self, kind: KeyKind, *, at: datetime, note: Note) -> Iterator[KeyStep]:
        """Take a newer key into use, and yield a step for each page (KK2, KK3, KK4, KK6)."""
        works: Mapping[KeyKind, Work] = {
            KeyKind.DATA: {each: pages(each) for each in everywhere()},
            KeyKind.INDEX: INDEXED,
            KeyKind.DIGEST: {tables.audit_checkpoint: sign_checkpoint},
        }
        work = works[kind]
        number = self._begin(kind, at, note)
        changed = True
        while changed:  # the round that finds nothing shows that nothing is left, whatever others did meanwhile
            changed = False
            for table, page in work.items():
                for done in self._walked(table, kind, page):
                    changed = True
                    yield KeyStep(number, table.name, done)

    def forget(self, kind: KeyKind, number: int, *, at: datetime, note: Note) -> None:
        """Take a key away that nothing needs (KK5, KK6)."""
        with held(self._keyring) as changes:
            keys = changes.keyring.of(kind)
            if number not in keys:
                raise InvalidValue(f"there is no {kind.value} key {number}", code="unknown-key")
            if number == max(keys):
                raise InvalidValue(f"the {kind.value} key {number} is the newest one", code="newest-key")
            with self._storage.desk(looks_only=False) as desk:
                needed = _needed_by(desk, kind, number, at)
                if needed:
                    told = ", ".join(f"{many} in {place}" for place, many in needed.items())
                    raise InvalidValue(f"the {kind.value} key {number} is needed: {told}", code="needed-key")
                note(SqlUnit(desk), number)
            changes.remove(kind, number)

    def _begin(self, kind: KeyKind, at: datetime, note: Note) -> int:
        """
        Take the newest key into use, and return its number.

        There is a new one only where the newest is in use already and nothing is left to do with it.
        """
        with held(self._keyring) as changes:
            with self._storage.desk(looks_only=True) as desk:
                used = desk.vault.uses.number(kind)
                if used == max(changes.keyring.of(kind)) and _is_under_way(desk, kind):
                    return used
            newest = max(changes.keyring.of(kind))
            number = newest if newest > used else changes.add(kind, at)
            self._take_into_use(changes.keyring, kind, number, note)
        return number

    def _take_into_use(self, keyring: Keyring, kind: KeyKind, number: int, note: Note) -> None:
        with self._storage.desk(looks_only=False) as desk:
            desk.vault = desk.vault.turned(keyring, kind, number)
            desk.write(update(_T).where(_T.c.id == desk.tenant).values(proof=desk.vault.proof()))
            note(SqlUnit(desk), number)

    def _walked(
        self, table: Table, kind: KeyKind, page: Callable[[Desk, tuple[object, ...] | None], Page]
    ) -> Iterator[int]:
        """Do the pages of a table, a transaction each, and yield how much each did."""
        with self._storage.desk(looks_only=True) as desk:
            if not _is_left(desk, kind, table):
                return
        after, more = None, True
        while more:
            with self._storage.desk(looks_only=False) as desk:
                done = page(desk, after)
            after, more = done.after, done.after is not None
            if done.done:
                yield done.done


def _older(table: Table, kind: KeyKind, number: int) -> ColumnElement[bool]:
    """Return the condition under which a row is hidden with the key of a number."""
    if kind is KeyKind.DATA:
        return sealed_with(table, number)
    return made_with(table.c.token, number) if kind is KeyKind.INDEX else made_with(DIGESTS[table], number)


def _is_left(desk: Desk, kind: KeyKind, table: Table) -> bool:
    """Return whether something in a table is not hidden with the tenant's key, but with one before it."""
    ours = select(table.c.tenant).where(table.c.tenant == desk.tenant).limit(1)
    return any(desk.first(ours.where(_older(table, kind, each))) is not None for each in desk.vault.older(kind))


def _is_under_way(desk: Desk, kind: KeyKind) -> bool:
    if kind is KeyKind.DIGEST:
        return has_older_checkpoint(desk)
    left: Iterable[Table] = everywhere() if kind is KeyKind.DATA else DERIVED
    return any(_is_left(desk, kind, table) for table in left)


def _needed_by(desk: Desk, kind: KeyKind, number: int, at: datetime) -> Mapping[str, int]:
    """Return what of any tenant needs a key, by table."""
    using = [row for row in desk.rows(select(_T.c.proof)) if Uses.of(row.proof).number(kind) == number]
    found = {"tenant": len(using)}
    places: Mapping[KeyKind, Iterable[Table]] = {
        KeyKind.DATA: everywhere(),
        KeyKind.INDEX: INDEXED,
        KeyKind.DIGEST: DIGESTS,
    }
    for table in places[kind]:
        needing = _older(table, kind, number)
        if kind is KeyKind.DIGEST:
            needing &= may_be_asked_for(table, at)
        row = desk.first(select(func.count().label("many")).select_from(table).where(needing))
        found[table.name] = row.many if row is not None else 0
    return {place: many for place, many in found.items() if many}
