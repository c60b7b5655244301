"""A mapping meets the headers of real tables: every column becomes a place in a row, or is known to be absent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Mapped

from eszkola_core.domain.stated import Field
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.bound import BoundDocument, BoundEach, BoundJoin, BoundPerson, BoundWhere, Ref
from eszkola_gradebook.mapping import EACH, ROW, Column, DocumentColumns, Each, Join, PersonColumns, Where
from eszkola_gradebook.matching import position
from eszkola_gradebook.rows import Fault
from eszkola_gradebook.shelves import Cells, Shelf, Shelves
from eszkola_gradebook.tables import Table
from eszkola_gradebook.words import folded


class Binder:
    """Finds columns in the headers of one record's rows."""

    def __init__(
        self,
        main: Table,
        header: Cells,
        tables: Mapped[str, Table],
        shelves: Shelves,
        *,
        sizes: Mapped[str, tuple[int, int]],
    ) -> None:
        self._headers: dict[str, Cells] = {ROW: header}
        self._names: dict[str, str] = {ROW: main.name}
        self._tables = tables
        self._shelves = shelves
        self._sizes = sizes
        self._indexes: dict[tuple[str, int], Shelf] = {}
        self.read: set[int] = set()
        """Where in a record's own rows something was found: other cells need not be kept."""

    def ref(self, column: Column | None, number: str = "") -> Ref | None:
        """
        Return where the column is; None if the table has no such column.

        Raises:
            UnreadableSource: the header has it twice.
        """
        if column is None or column.source not in self._headers:
            return None
        header = self._headers[column.source]
        at = position(column, header, number)
        if at is None:
            return None
        if [folded(name) for name in header].count(folded(header[at])) > 1:
            name = self._names[column.source]
            raise UnreadableSource(
                f"{name} has the column {header[at]} twice",
                code="column-twice",
                source=name,
                line=1,
                hint="rename or remove one of the two",
            )
        if column.source == ROW:
            self.read.add(at)
        return Ref(column.source, at)

    def needed(self, column: Column, number: str = "") -> Ref:
        """Return where the column is, without which the format cannot be read."""
        ref = self.ref(column, number)
        if ref is None:
            name = self._names.get(column.source, column.source)
            raise UnreadableSource(
                f"{name} has no column {column.names[0]}",
                code="column-missing",
                source=name,
                line=1,
                hint="export the table with this column, or correct the mapping",
            )
        return ref

    def where(self, where: Where | None) -> BoundWhere | None:
        """Return the filter with its column found."""
        if where is None:
            return None
        return BoundWhere(self.needed(where.column), frozenset(map(folded, where.words)))

    def joins(self, joins: Sequence[Join]) -> tuple[BoundJoin, ...]:
        """Return the joins whose tables are there; each opens its row to the columns after it."""
        bound = []
        for join in joins:
            if join.table not in self._tables or join.on.source not in self._headers:
                continue
            on = self.needed(join.on)
            bound.append(BoundJoin(join, on, self._index(join.name, join.table, join.column)))
        return tuple(bound)

    def each(self, each: Each) -> BoundEach | None:
        """Return the rows that make more persons; None if their table is not there."""
        if each.table not in self._tables:
            return None
        index = self._index(EACH, each.table, each.column, whole=True)
        return BoundEach(self.needed(each.on), index, self.where(each.where))

    def person(self, person: PersonColumns, number: str = "") -> BoundPerson | None:
        """Return where the person stands; None if no column speaks of them."""
        each = self.each(person.each) if person.each else None
        if person.each and each is None:
            return None
        joins = self.joins(person.joins)
        fields = {about: ref for about, column in person.fields.items() if (ref := self.ref(column, number))}
        ids = tuple((scheme, ref) for scheme, column in person.ids if (ref := self.ref(column, number)))
        document = self._document(person.document, number) if person.document else None
        first, last = self.ref(person.first_day, number), self.ref(person.last_day, number)
        said = set(fields)
        said |= {Field.NATIONAL_ID} if ids or document else set()
        said |= {Field.DAYS} if first or last else set()
        if not said and (person.numbered or person.each):
            return None
        return BoundPerson(
            role=person.role,
            key=self.ref(person.key, number),
            fields=fields,
            ids=ids,
            document=document,
            first_day=first,
            last_day=last,
            each=each,
            joins=joins,
            silent=frozenset(Field) - said,
            optional=frozenset(about for about, ref in fields.items() if ref.source not in {ROW, EACH}),
        )

    def _document(self, document: DocumentColumns, number: str) -> BoundDocument | None:
        found = self.ref(document.number, number)
        if found is None:
            return None
        return BoundDocument(found, self.ref(document.type, number), self.ref(document.country, number))

    def _index(self, name: str, table_name: str, column: Column, *, whole: bool = False) -> Shelf:
        """
        Return the rows of a table by what *column* holds.

        Raises:
            UnreadableSource: the rows must be *whole*, as nobody would miss one that is lost, and they are not.
        """
        table = self._tables[table_name]
        self._headers[name], self._names[name] = table.header, table.name
        at = self.needed(Column(column.names, name)).at
        if (table_name, at) not in self._indexes:
            index = self._shelves.new()
            index.put(self._indexed(table_name, at, whole=whole))
            self._indexes[table_name, at] = index
        return self._indexes[table_name, at]

    def _indexed(self, table_name: str, at: int, *, whole: bool) -> Iterator[tuple[str, Cells]]:
        table = self._tables[table_name]
        for row in table.rows():
            fault = row.fault(*self._sizes.get(table_name, (len(table.header), len(table.header))))
            if fault is None:
                yield row.cells[at], row.cells
            elif whole:
                raise side_fault(table, row.line, fault)


def side_fault(table: Table, line: int, fault: Fault) -> UnreadableSource:
    """Return the error of a table that lists relations, and of which a row was lost."""
    return UnreadableSource(
        f"{table.name} is damaged at line {line}: persons would lose each other",
        code="file-cut" if fault is Fault.CUT else "relation-unreadable",
        source=table.name,
        line=line,
        hint="export it again",
    )
