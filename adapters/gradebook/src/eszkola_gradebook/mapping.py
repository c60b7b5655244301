"""
The mapping language: what a format's tables are called, and which of their columns state what.

`mapping_file` reads these values from TOML; docs/reference/mapping-files.md shows every key with an example.
"""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field

ROW: Final = "row"
"""The name of the row that makes the record; joins add theirs."""
EACH: Final = "each"
"""The name of the row that makes one more person of a record."""
NUMBER: Final = "{n}"
"""Stands in a header for 1, 2, 3 …: columns that come once for each guardian."""
STUDENTS: Final = "students"
STAFF: Final = "staff"
ABOVE: Final = "above"
"""The meaning of role words that no import may give (ROLE-2)."""
OTHER: Final = "other"
"""The meaning of role words that stand for nobody with an account."""


@frozen
class Column:
    """A column under any of its *names*, in the row that *source* names."""

    names: tuple[str, ...]
    source: str = ROW


@frozen
class Where:
    """Rows of which the column holds one of the *words*."""

    column: Column
    words: tuple[str, ...]


@frozen
class Join:
    """The one row of *table* whose *column* holds what *on* holds; from then on it is called *name*."""

    name: str
    table: str
    column: Column
    on: Column
    optional: bool = False


@frozen
class Each:
    """All rows of *table* whose *column* holds what *on* holds: one person each."""

    table: str
    column: Column
    on: Column
    where: Where | None = None


@frozen
class Homerooms:
    """Another table's rows that give a teacher the classes of which they are the homeroom teacher."""

    each: Each
    label: Column
    joins: tuple[Join, ...] = ()


@frozen
class DocumentColumns:
    """The columns of a document that stands in for a national id (ID-5)."""

    number: Column
    type: Column | None = None
    country: Column | None = None


@frozen(kw_only=True)
class PersonColumns:
    """What states one person of a record, or several alike; *role* is None for staff."""

    role: Role | None
    key: Column | None = None
    fields: dict[Field, Column] = field(factory=dict)
    first_day: Column | None = None
    last_day: Column | None = None
    ids: tuple[tuple[str, Column], ...] = ()
    document: DocumentColumns | None = None
    each: Each | None = None
    joins: tuple[Join, ...] = ()

    @property
    def numbered(self) -> bool:
        """Whether the columns come once for each number."""
        documents = (self.document.number,) if self.document else ()
        columns = (*self.fields.values(), *(column for _, column in self.ids), *documents)
        return any(NUMBER in name for column in columns for name in column.names)


@frozen(kw_only=True)
class RecordColumns:
    """
    Which table's rows are records, and of whom.

    ``list`` is `STUDENTS`, `STAFF` where the row's roles decide, or the value of one staff role. ``whole`` names the
    staff lists of which the table is the whole, so that nobody in one of them is a statement too (SYNC-0). ``filled``
    are columns that no record may leave empty: one that does is held.
    """

    table: str
    list: str
    people: tuple[PersonColumns, ...]
    key: tuple[Column, ...] = ()
    filled: tuple[Column, ...] = ()
    school: Column | None = None
    role: Column | None = None
    homeroom: Column | None = None
    homerooms: Homerooms | None = None
    whole: tuple[Role, ...] = ()
    where: Where | None = None
    joins: tuple[Join, ...] = ()
    join_days: bool = False


@frozen(kw_only=True)
class TableShape:
    """
    How a table is told from others: its file's name, and headers that it must have.

    ``positional`` names the columns of a table whose own header means nothing; each row has ``at_least`` so many.
    """

    name: str
    files: tuple[str, ...] = ("*",)
    needs: tuple[Column, ...] = ()
    positional: tuple[str, ...] = ()
    at_least: int = 0
    optional: bool = False


@frozen(kw_only=True)
class SchoolColumns:
    """The table that lists the schools; those that pass *where* have a list of students even if it is empty."""

    table: str
    key: Column
    name: Column
    where: Where | None = None


@frozen(kw_only=True)
class Mapping:
    """One format."""

    format: str
    version: str
    title: str
    origin: str
    tables: dict[str, TableShape]
    records: tuple[RecordColumns, ...]
    schools: SchoolColumns | None = None
    delimiter: str = ","
    dates: tuple[str, ...] = ()
    words: dict[str, dict[str, str]] = field(factory=dict)
    shared_keys: bool = False
    fallback: bool = False
    ignore: tuple[str, ...] = ()
    """Names of files that belong to the format and say nothing of persons."""

    @property
    def looked_into(self) -> frozenset[str]:
        """The tables that others are joined with, of which one place can hold one each."""
        joins = [join for records in self.records for join in records.joins]
        names = {self.schools.table} if self.schools else set()
        for records in self.records:
            if records.homerooms:
                joins += records.homerooms.joins
                names.add(records.homerooms.each.table)
            joins += [join for person in records.people for join in person.joins]
            names |= {person.each.table for person in records.people if person.each}
        return frozenset(names | {join.table for join in joins})
