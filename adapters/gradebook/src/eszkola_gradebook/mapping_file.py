"""Mapping files: TOML to `Mapping`, with errors that name the file, the key and the remedy."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from eszkola_core.domain.roles import IMPORTABLE, STAFF, Role
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import is_date_form
from eszkola_gradebook.mapping import (
    ABOVE,
    EACH,
    OTHER,
    ROW,
    STUDENTS,
    Column,
    DocumentColumns,
    Each,
    Homerooms,
    Join,
    Mapping,
    PersonColumns,
    RecordColumns,
    SchoolColumns,
    TableShape,
    Where,
)
from eszkola_gradebook.mapping import STAFF as BY_ROLE
from eszkola_gradebook.mapping_keys import Keys
from eszkola_gradebook.words import table_of

PARSER_VERSION: Final = "1"
"""Goes up whenever the same file would be stated differently, so that unchanged records are read again (SYNC-4d)."""
_COLUMNS: Final = (
    Field.FIRST_NAME,
    Field.LAST_NAME,
    Field.EMAIL,
    Field.BIRTH_DATE,
    Field.SEX,
    Field.CLASS,
)
_GIVEN: Final = IMPORTABLE & STAFF
_WORDS: Final = {
    "sex": (*Sex, OTHER),
    "role": (*sorted(_GIVEN), ABOVE, OTHER),
    "document": None,
    "country": None,
}
_COMMON: Final = "common.toml"


def shipped() -> tuple[str, ...]:
    """Return the names of the formats that come with this package as mapping files."""
    folder = resources.files("eszkola_gradebook") / "formats"
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml") and entry.name != _COMMON)
    return tuple(sorted(name.removesuffix(".toml") for name in names))


@lru_cache(maxsize=32)
def shipped_mapping(name: str) -> Mapping:
    """Return the shipped format *name*."""
    return parsed((resources.files("eszkola_gradebook") / "formats" / f"{name}.toml").read_bytes(), f"{name}.toml")


def mapping_from(path: Path) -> Mapping:
    """
    Return the format that a mapping file describes.

    Raises:
        UnreadableSource: the file is missing, is no TOML, or says something that the language does not know.
    """
    try:
        return parsed(path.read_bytes(), path.name)
    except OSError:
        raise UnreadableSource(
            f"the mapping file {path.name} cannot be opened",
            code="mapping-unreadable",
            source=path.name,
            hint="check the path, or name one of the formats: " + ", ".join(shipped()),
        ) from None


def parsed(data: bytes, file: str) -> Mapping:
    """Return the mapping in *data*, which stands in *file* (`mapping_from`)."""
    keys = _loaded(data, file)
    tables = {name: _table(name, table) for name, table in keys.sections("tables", needed=True)}
    digest = hashlib.blake2b(data + _common(), digest_size=4).hexdigest()
    name = keys.text("format")
    mapping = Mapping(
        format=name,
        version=f"{name}/{keys.number('version', 1)}+{digest}+parser{PARSER_VERSION}",
        title=keys.text("title", ""),
        origin=keys.text("origin", name),
        tables=tables,
        records=tuple(_records(part, set(tables)) for part in keys.parts("records", needed=True)),
        schools=_schools(keys.part("schools"), set(tables)),
        delimiter=keys.choice("delimiter", (";", ",", "\t"), ","),
        dates=_dates(keys),
        words=_words(keys.part("words")),
        shared_keys=keys.flag("shared_keys"),
        fallback=keys.flag("fallback"),
        ignore=keys.texts("ignore", ()),
    )
    keys.done()
    return mapping


def _loaded(data: bytes, file: str) -> Keys:
    try:
        return Keys(tomllib.loads(data.decode()), file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UnreadableSource(
            f"the mapping file {file} is not TOML in UTF-8",
            code="mapping-not-toml",
            source=file,
            hint="compare it with the examples in the reference of mapping files",
        ) from None


def _common() -> bytes:
    return (resources.files("eszkola_gradebook") / "formats" / _COMMON).read_bytes()


def _dates(keys: Keys) -> tuple[str, ...]:
    forms = keys.texts("dates", ())
    for form in forms:
        if not is_date_form(form):
            raise keys.error("dates", "bad-date-form", "holds a form that is none", "write it with YYYY, MM and DD")
    return forms


def _words(own: Keys | None) -> dict[str, dict[str, str]]:
    """Return the meaning of each word: the common ones, then the mapping's own, which win."""
    common = _loaded(_common(), _COMMON).part("words")
    found: dict[str, dict[str, str]] = {kind: {} for kind in _WORDS}
    for keys in (common, own):
        if keys is None:
            continue
        for kind, meanings in _WORDS.items():
            section = keys.part(kind)
            if section is not None:
                found[kind] |= table_of({name: section.texts(name) for name in section.names(meanings)})
                section.done()
        keys.done()
    return found


def _table(name: str, keys: Keys) -> TableShape:
    positional = keys.texts("positional", ())
    shape = TableShape(
        name=name,
        files=keys.texts("files", ("*",)),
        needs=tuple(Column(names) for names in keys.lists("needs")),
        positional=positional,
        at_least=keys.number("at_least", len(positional)),
        optional=keys.flag("optional"),
    )
    keys.done()
    return shape


def _schools(keys: Keys | None, tables: set[str]) -> SchoolColumns | None:
    if keys is None:
        return None
    schools = SchoolColumns(
        table=keys.choice("table", tables),
        key=_needed(keys, "key", {ROW}),
        name=_needed(keys, "name", {ROW}),
        where=_where(keys, {ROW}),
    )
    keys.done()
    return schools


def _records(keys: Keys, tables: set[str]) -> RecordColumns:
    table = keys.choice("table", tables)
    joins, known = _joins(keys, tables, {ROW})
    listed = keys.choice("list", (STUDENTS, BY_ROLE, *sorted(_GIVEN)))
    records = RecordColumns(
        table=table,
        list=listed,
        people=tuple(_person(part, listed, tables, known) for part in keys.parts("person", needed=True)),
        key=_columns(keys, "key", known),
        school=_column(keys, "school", known),
        role=_column(keys, "role", known),
        homeroom=_column(keys, "homeroom", known),
        homerooms=_homerooms(keys.part("homerooms"), tables, known),
        whole=tuple(Role(name) for name in keys.choices("whole", sorted(_GIVEN))),
        where=_where(keys, known),
        joins=joins,
        join_days=keys.flag("join_days"),
    )
    if listed == BY_ROLE and records.role is None:
        raise keys.error("role", "missing-key", "is missing", "name the column that holds the roles of staff")
    if listed != STUDENTS and len(records.people) != 1:
        raise keys.error("person", "wrong-people", "is there more than once", "a staff record holds one person")
    keys.done()
    return records


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
    """Return the columns of a record's key: one, or a list of which each is a part."""
    parts = keys.columns(name)
    for _, source in parts:
        if source is not None and source not in known:
            raise keys.error(name, "unknown-row", "speaks of a row that is not there", ", ".join(sorted(known)))
    return tuple(Column(names, source or ROW) for names, source in parts)
