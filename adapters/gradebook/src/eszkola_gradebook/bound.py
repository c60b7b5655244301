"""Bound columns: where in a record's rows each thing stands, and which rows a record can speak of."""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from itertools import chain

from attrs import field, frozen

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem
from eszkola_gradebook.mapping import EACH, Join
from eszkola_gradebook.shelves import Cells, Shelf
from eszkola_gradebook.words import folded

Context = dict[str, Cells]
"""The rows that one record can speak of, by the names that the mapping gives them."""


@frozen
class Ref:
    """A cell: which row, and where in it."""

    source: str
    at: int

    def of(self, rows: Mapped[str, Cells]) -> str:
        """Return the cell's text; empty where a join found no row."""
        cells = rows.get(self.source, ())
        return cells[self.at] if self.at < len(cells) else ""


@frozen
class BoundWhere:
    """Lets through the rows whose cell holds one of the words."""

    ref: Ref
    words: frozenset[str]

    def admits(self, rows: Mapped[str, Cells]) -> bool:
        """Return whether the row passes."""
        return folded(self.ref.of(rows)) in self.words


@frozen
class BoundJoin:
    """A join with the index of the table that it looks into."""

    join: Join
    on: Ref
    index: Shelf = field(repr=False)

    def follow(self, rows: Context) -> Problem | None:
        """
        Add the row that is meant to *rows*; say so where there is none, or more than one.

        A row that names none has an empty one: it says that there is nothing. An optional row that is missing says
        nothing at all.
        """
        wanted = self.on.of(rows)
        if not wanted:
            rows[self.join.name] = ()
            return None
        found = set(self.index.of(wanted))
        if len(found) == 1:
            rows[self.join.name] = found.pop()
            return None
        if found:
            return Problem(None, "join-several", hint=f"the table {self.join.table} has several rows for this one")
        if self.join.optional:
            return None
        return Problem(None, "join-missing", hint=f"the table {self.join.table} has no row for this one")


@frozen
class BoundEach:
    """The rows that each make one more person."""

    on: Ref
    index: Shelf = field(repr=False)
    where: BoundWhere | None = None

    def rows(self, around: Context) -> list[Context]:
        """Return one context for each row, in an order that does not depend on theirs (GB4)."""
        wanted = self.on.of(around)
        found = sorted(set(self.index.of(wanted))) if wanted else []
        contexts: list[Context] = [{**around, EACH: cells} for cells in found]
        return [rows for rows in contexts if self.where is None or self.where.admits(rows)]


@frozen
class BoundDocument:
    """Where a document stands."""

    number: Ref
    type: Ref | None
    country: Ref | None


@frozen(kw_only=True)
class BoundPerson:
    """Where one person of a record stands; ``silent`` are the fields of which the source has no column (SYNC-0)."""

    role: Role | None
    key: Ref | None
    fields: dict[Field, Ref]
    ids: tuple[tuple[str, Ref], ...]
    document: BoundDocument | None
    first_day: Ref | None
    last_day: Ref | None
    each: BoundEach | None
    joins: tuple[BoundJoin, ...]
    silent: frozenset[Field]
    optional: frozenset[Field]
    """Fields that stand in a joined row, which may be missing."""

    def silent_in(self, rows: Context) -> frozenset[Field]:
        """Return the fields that a record is silent of: those too whose optional row it does not have."""
        if not self.optional:
            return self.silent
        return self.silent | {about for about in self.optional if self.fields[about].source not in rows}

    def says_anything(self, rows: Context) -> bool:
        """Return whether any cell states something: an empty group of columns is nobody."""
        document = (self.document.number,) if self.document else ()
        return any(ref.of(rows) for ref in chain(self.fields.values(), (ref for _, ref in self.ids), document))
