"""A format that a mapping describes: its tables to rosters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import Factory, define

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.stated import StatedRoster, StatedSchool
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.binding import Binder
from eszkola_gradebook.frames import sizes_of
from eszkola_gradebook.mapping import ROW, STUDENTS, Mapping
from eszkola_gradebook.matching import Match
from eszkola_gradebook.people import Vocabulary
from eszkola_gradebook.records import Records, Unsorted
from eszkola_gradebook.shelves import Shelf, Shelves
from eszkola_gradebook.tables import Table
from eszkola_gradebook.translate import Around, Aside, Translation

_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab"}


@define
class Stated:
    """What one place states: the parts of a `Reading`."""

    rosters: list[StatedRoster] = Factory(list)
    schools: dict[str, str] = Factory(dict)
    findings: list[Finding] = Factory(list)


def stated(match: Match, school: str | None, shelves: Shelves) -> Stated:
    """
    Return what the tables of one format state.

    Raises:
        UnreadableSource: the tables do not name their school and nobody else did, or they cannot be joined.
    """
    mapping = match.mapping
    tables = _side_tables(match)
    sizes = {name: sizes_of(mapping.tables[name], table) for name, table in tables.items()}
    around = Around(tables, sizes, Vocabulary(mapping.dates, mapping.words), school, shelves)
    result = Stated(findings=[found for table in match.taken for found in _remarks(mapping, table)])
    listed = _schools(match, result, shelves)
    for spec in mapping.records:
        for main in match.tables.get(spec.table, ()):
            translation = Translation(spec, mapping.tables[spec.table], main, around)
            if translation.names_school:
                _add(result, mapping, translation, shelves.new(), listed if spec.list == STUDENTS else set())
            elif school:
                _add(result, mapping, translation, None, {school})
            else:
                raise UnreadableSource(
                    f"{main.name} does not say which school it is of",
                    code="school-missing",
                    source=main.name,
                    hint="name the school's key with --school",
                )
    return result


def _side_tables(match: Match) -> dict[str, Table]:
    """Return the tables that are looked into; of these there can be only one each."""
    found = {name: match.tables[name] for name in match.mapping.looked_into if name in match.tables}
    for first, *others in found.values():
        if others:
            raise UnreadableSource(
                f"{others[0].name} is the second table of its kind beside {first.name}",
                code="table-twice",
                source=others[0].name,
                hint="keep each export in a folder of its own",
            )
    return {name: tables[0] for name, tables in found.items()}


def _remarks(mapping: Mapping, table: Table) -> Iterator[Finding]:
    """Yield what was guessed about the file."""
    yield from table.findings
    if table.delimiter and table.delimiter != mapping.delimiter and len(table.header) > 1:
        yield Finding(
            source=table.name,
            line=1,
            record="",
            field="",
            code="delimiter-unexpected",
            value=_DELIMITERS.get(table.delimiter, "other"),
            hint=f"the format has the {_DELIMITERS[mapping.delimiter]}; check that the file was not saved anew",
        )


def _schools(match: Match, result: Stated, shelves: Shelves) -> set[str]:
    """Name the schools in *result*; return those that have a list of students even if it is empty (SYNC-0)."""
    spec = match.mapping.schools
    if spec is None or spec.table not in match.tables:
        return set()
    table = match.tables[spec.table][0]
    bind = Binder(table, table.header, {}, shelves, sizes={})
    key, name, where = bind.needed(spec.key), bind.needed(spec.name), bind.where(spec.where)
    listed = set()
    for row in table.rows():
        cells = {ROW: row.cells}
        if row.fault(len(table.header), len(table.header)) is None and key.of(cells):
            result.schools[key.of(cells)] = min(name.of(cells), result.schools.get(key.of(cells), name.of(cells)))
            if where is None or where.admits(cells):
                listed.add(key.of(cells))
    return listed


def _add(result: Stated, mapping: Mapping, translation: Translation, rows: Shelf | None, schools: set[str]) -> None:
    """Add the rosters of one table to *result*; its *rows* are put aside where it is of several schools."""
    survey = translation.survey(rows)
    result.findings += survey.findings
    if survey.cut:
        result.findings.append(cut_finding(translation.table.name))
    for school in sorted(schools if rows is None else schools | set(survey.lists)):
        own = None if rows is None else Aside(rows, school)
        for name in sorted(translation.whole | survey.lists.get(school, set())):
            roster = StatedRoster(
                school=school,
                origin=mapping.origin,
                list=name,
                records=Records(partial(translation.records, name, own)),
                unread=Unsorted(partial(translation.unread, own), survey.many[school])
                if translation.is_traced
                else None,
                complete=not survey.cut and not survey.doubted & {None, school},
                cut=survey.cut,
                shared_keys=mapping.shared_keys,
                silent_roles=translation.silent_roles,
                version=mapping.version,
                source=translation.table.name,
            )
            result.rosters.append(roster)


def cut_finding(name: str) -> Finding:
    """Return the finding of a file that breaks off: it ends nobody by absence (SYNC-7)."""
    return Finding(
        source=name,
        line=0,
        record="",
        field="",
        code="file-cut",
        hint="the file ends in the middle of a row: export it again",
    )


def named_schools(stated: Stated) -> tuple[StatedSchool, ...]:
    """Return the schools of *stated* in a fixed order."""
    return tuple(StatedSchool(key, name) for key, name in sorted(stated.schools.items()))
