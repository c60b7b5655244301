"""The parts of a mapping file that speak of columns: records, persons, joins and schools."""

from __future__ import annotations

from typing import Final

from eszkola_core.domain.roles import OF_TRUSTED_SOURCES, STAFF, Role
from eszkola_core.domain.stated import Field
from eszkola_gradebook.mapping import (
    EACH,
    ROW,
    STUDENTS,
    Column,
    DocumentColumns,
    Each,
    Homerooms,
    Join,
    PersonColumns,
    RecordColumns,
    SchoolColumns,
    Where,
)
from eszkola_gradebook.mapping import STAFF as BY_ROLE
from eszkola_gradebook.mapping_keys import Keys

GIVEN: Final = OF_TRUSTED_SOURCES & STAFF
"""The roles that a mapping may state of staff; the rules decide from which source which is taken (ROLE-2)."""
_COLUMNS: Final = (
    *(Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PHONE),
    *(Field.BIRTH_DATE, Field.SEX, Field.CLASS),
)


def schools(keys: Keys | None, tables: set[str]) -> SchoolColumns | None:
    """Return where the schools are listed, if the mapping says so."""
    if keys is None:
        return None
    listed = SchoolColumns(
        table=keys.choice("table", tables),
        key=_needed(keys, "key", {ROW}),
        name=_needed(keys, "name", {ROW}),
        where=_where(keys, {ROW}),
    )
    keys.done()
    return listed


def records(keys: Keys, tables: set[str]) -> RecordColumns:
    """Return which rows are records, and of whom."""
    table = keys.choice("table", tables)
    joins, known = _joins(keys, tables, {ROW})
    listed = keys.choice("list", (STUDENTS, BY_ROLE, *sorted(GIVEN)))
    role = _column(keys, "role", known)
    if listed == BY_ROLE and role is None:
        raise keys.error("role", "missing-key", "is missing", "name the column that holds the roles of staff")
    found = RecordColumns(
        table=table,
        list=listed,
        people=tuple(_person(part, listed, tables, known) for part in keys.parts("person", needed=True)),
        key=_columns(keys, "key", known),
        filled=_columns(keys, "filled", known),
        school=_column(keys, "school", known),
        role=role,
        homeroom=_column(keys, "homeroom", known),
        homerooms=_homerooms(keys.part("homerooms"), tables, known),
        whole=tuple(Role(name) for name in keys.choices("whole", sorted(GIVEN))),
        where=_where(keys, known),
        joins=joins,
        join_days=keys.flag("join_days"),
    )
    if listed != STUDENTS and len(found.people) != 1:
        raise keys.error("person", "wrong-people", "is there more than once", "a staff record holds one person")
    keys.done()
    return found


def _person(keys: Keys, listed: str, tables: set[str], around: set[str]) -> PersonColumns:
    each = _each(keys.part("each"), tables, around)
    default = EACH if each else ROW
    around = around | {EACH} if each else around
    joins, known = _joins(keys, tables, around, default)
    role: Role | None = None
    if listed == STUDENTS:
        role = Role(keys.choice("role", (Role.STUDENT, Role.GUARDIAN)))
    fields = {about: column for about in _COLUMNS if (column := _column(keys, about.value, known, default))}
    ids = []
    for part in keys.parts("ids"):
        ids.append((part.text("scheme", ""), _needed(part, "column", known, default)))
        part.done()
    person = PersonColumns(
        role=role,
        key=_column(keys, "key", known, default),
        fields=fields,
        first_day=_column(keys, "first_day", known, default),
        last_day=_column(keys, "last_day", known, default),
        ids=tuple(ids),
        document=_document(keys.part("document"), known, default),
        each=each,
        joins=joins,
    )
    keys.done()
    return person


def _document(keys: Keys | None, known: set[str], default: str) -> DocumentColumns | None:
    if keys is None:
        return None
    document = DocumentColumns(
        number=_needed(keys, "number", known, default),
        type=_column(keys, "type", known, default),
        country=_column(keys, "country", known, default),
    )
    keys.done()
    return document


def _joins(keys: Keys, tables: set[str], known: set[str], default: str = ROW) -> tuple[tuple[Join, ...], set[str]]:
    """Return the joins in their order, and the rows that can be spoken of after them."""
    joins: list[Join] = []
    for part in keys.parts("join"):
        name = part.text("name")
        join = Join(
            name=name,
            table=part.choice("table", tables),
            column=_needed(part, "column", {name}, name),
            on=_needed(part, "on", known, default),
            optional=part.flag("optional"),
        )
        part.done()
        joins.append(join)
        known = known | {name}
    return tuple(joins), known


def _each(keys: Keys | None, tables: set[str], known: set[str]) -> Each | None:
    if keys is None:
        return None
    each = _each_of(keys, tables, known)
    keys.done()
    return each


def _each_of(keys: Keys, tables: set[str], known: set[str]) -> Each:
    return Each(
        table=keys.choice("table", tables),
        column=_needed(keys, "column", {EACH}, EACH),
        on=_needed(keys, "on", known),
        where=_where(keys, {EACH}, EACH),
    )


def _homerooms(keys: Keys | None, tables: set[str], known: set[str]) -> Homerooms | None:
    if keys is None:
        return None
    each = _each_of(keys, tables, known)
    joins, known = _joins(keys, tables, known | {EACH}, EACH)
    homerooms = Homerooms(each, _needed(keys, "class", known, EACH), joins)
    keys.done()
    return homerooms


def _where(keys: Keys, known: set[str], default: str = ROW) -> Where | None:
    part = keys.part("where")
    if part is None:
        return None
    where = Where(_needed(part, "column", known, default), part.texts("words"))
    part.done()
    return where


def _needed(keys: Keys, name: str, known: set[str], default: str = ROW) -> Column:
    column = _column(keys, name, known, default)
    if column is None:
        raise keys.error(name, "missing-key", "is missing", "name the column by its header")
    return column


def _column(keys: Keys, name: str, known: set[str], default: str = ROW) -> Column | None:
    """Return a column given by its header, by several, or as ``{ column = …, from = … }``."""
    spelled = keys.column(name)
    if spelled is None:
        return None
    names, source = spelled
    if source is not None and source not in known:
        raise keys.error(name, "unknown-row", "speaks of a row that is not there", "use: " + ", ".join(sorted(known)))
    return Column(names, source or default)


def _columns(keys: Keys, name: str, known: set[str]) -> tuple[Column, ...]:
    """Return several columns: one, or a list of which each is a list of names for one."""
    parts = keys.columns(name)
    for _, source in parts:
        if source is not None and source not in known:
            raise keys.error(name, "unknown-row", "speaks of a row that is not there", ", ".join(sorted(known)))
    return tuple(Column(names, source or ROW) for names, source in parts)
