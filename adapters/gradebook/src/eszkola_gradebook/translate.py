"""One table whose rows are records: surveyed once, then translated list by list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import Factory, define, evolve, frozen

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem, StatedPerson, StatedRecord
from eszkola_gradebook.binding import Binder, BoundJoin, BoundPerson, BoundWhere, Context, Ref
from eszkola_gradebook.cells import REPLACED, safe_key
from eszkola_gradebook.mapping import ROW, STAFF, STUDENTS, PersonColumns, RecordColumns, TableShape
from eszkola_gradebook.people import Vocabulary, persons
from eszkola_gradebook.records import joined_days
from eszkola_gradebook.staff import BoundHomerooms, RolesRead, classes_of, roles_in
from eszkola_gradebook.tables import Fault, Row, Table

_MOST_NUMBERS: Final = 99
_HINTS: Final = {
    Fault.CUT: "the file breaks off here: export it again",
    Fault.SHORT: "the row has too few cells: export it again, or mend it",
    Fault.LONG: "the row has too many cells: put quotation marks around a text that holds the delimiter",
}
KEYLESS: Final = Problem(None, "record-key-missing", hint="fill in the key of the record")


@define
class Survey:
    """What a first look at all rows shows; None among ``doubted`` means that a row's school could not be read."""

    lists: dict[str, set[str]] = Factory(dict)
    doubted: set[str | None] = Factory(set)
    cut: bool = False
    findings: list[Finding] = Factory(list)


@frozen
class _Seen:
    """A row's frame: whose it is and what lists it is in, before any person in it is read."""

    row: Row
    rows: Context
    key: str | None
    school: str
    problems: tuple[Problem, ...]
    roles: RolesRead
    homerooms: tuple[str, ...]
    lists: frozenset[str]
    readable: bool
    """Whether the record can be told from others: if not, somebody may be missed who is there (SYNC-0)."""


@frozen
class Around:
    """What all tables of one place share: those to look into, the words, and the school that the caller named."""

    tables: Mapping[str, Table]
    sizes: Mapping[str, tuple[int, int]]
    vocabulary: Vocabulary
    school: str | None


class Translation:
    """The records of one table under one part of a mapping."""

    def __init__(self, spec: RecordColumns, shape: TableShape, main: Table, around: Around) -> None:
        self.table = main
        self._spec = spec
        self._size = sizes_of(shape, main)
        self._vocabulary = around.vocabulary
        self._given = around.school or ""
        bind = Binder(main, shape.positional or main.header, around.tables, sizes=around.sizes)
        self._joins: tuple[BoundJoin, ...] = bind.joins(spec.joins)
        self._school: Ref | None = bind.ref(spec.school)
        self._key: tuple[Ref, ...] = _key(bind, spec)
        self._where: BoundWhere | None = bind.where(spec.where)
        self._role: Ref | None = bind.ref(spec.role)
        self._homeroom: Ref | None = bind.ref(spec.homeroom)
        self._homerooms = _homerooms(bind, spec)
        self._people = tuple(bound for person in spec.people for bound in _bound(bind, person))

    @property
    def names_school(self) -> bool:
        """Whether the table says of each row which school it is of."""
        return self._school is not None

    @property
    def whole(self) -> frozenset[str]:
        """The lists of which the table is the whole even where nobody is in them."""
        if self._spec.list == STUDENTS:
            return frozenset({STUDENTS})
        homeroom = self._homeroom is not None or self._homerooms is not None
        lists = frozenset(role.value for role in self._spec.whole if role is not Role.HOMEROOM_TEACHER or homeroom)
        return lists if self._spec.list == STAFF else frozenset({self._spec.list})

    def survey(self) -> Survey:
        """Return the schools and lists of the rows, and all that makes them less than whole."""
        survey = Survey()
        for seen in self._all():
            for problem in seen.problems:
                survey.findings.append(self._finding(seen, problem.code, problem.value, problem.hint))
            survey.findings.extend(
                self._finding(seen, "role-not-importable", word, "such a role is given on the platform (ROLE-2)")
                for word in seen.roles.above
            )
            survey.cut |= any(problem.code == Fault.CUT.value for problem in seen.problems)
            if not seen.readable:
                survey.doubted.add(seen.school or None)
            if seen.school:
                survey.lists.setdefault(seen.school, set()).update(seen.lists)
        return survey

    def by_school(self) -> dict[str, list[Row]]:
        """Return the rows by their school."""
        found: dict[str, list[Row]] = {}
        for seen in self._all():
            found.setdefault(seen.school, []).append(seen.row)
        return found

    def records(self, name: str, rows: Sequence[Row] | None = None) -> Iterator[StatedRecord]:
        """Yield the records of the list *name*, of *rows* if they were set apart before."""
        found = (record for seen in self._all(rows) for record in self._in_list(seen, name))
        return joined_days(found) if self._spec.join_days else found

    def _all(self, rows: Sequence[Row] | None = None) -> Iterator[_Seen]:
        for row in self.table.rows() if rows is None else rows:
            seen = self._seen(row)
            if seen is not None:
                yield seen

    def _seen(self, row: Row) -> _Seen | None:
        """Return the frame of a row; None if the mapping passes it over."""
        rows: Context = {ROW: row.cells}
        fault = row.fault(*self._size)
        problems: list[Problem] = []
        if fault is None:
            problems += (problem for join in self._joins if (problem := join.follow(rows)))
            if self._where is not None and not self._where.admits(rows):
                return None
        else:
            problems.append(Problem(None, fault.value, hint=_HINTS[fault]))
        key = self._key_of(rows)
        if self._key and key is None:
            problems.append(KEYLESS)
        # Where cells may have moved, neither the school nor a row without a key of its own can be trusted.
        school = self._given if self._school is None else "" if fault else self._school.of(rows)
        if not school and fault is None:
            problems.append(Problem(None, "school-empty", hint="fill in the school"))
        roles = RolesRead()
        homerooms: tuple[str, ...] = ()
        if fault is None and self._spec.list != STUDENTS:
            roles, homerooms = self._roles(rows, keyed=key is not None)
            problems += (roles.problem,) if roles.problem else ()
        return _Seen(
            row=row,
            rows=rows,
            key=key,
            school=school,
            problems=tuple(problems),
            roles=roles,
            homerooms=homerooms,
            lists=self._lists(roles, homerooms),
            readable=bool(school) and (key is not None or (fault is None and not self._key)),
        )

    def _key_of(self, rows: Context) -> str | None:
        parts = [ref.of(rows) for ref in self._key]
        return "/".join(parts) if parts and all(parts) and not any(REPLACED in part for part in parts) else None

    def _roles(self, rows: Context, *, keyed: bool) -> tuple[RolesRead, tuple[str, ...]]:
        homerooms = tuple(classes_of(self._homeroom, self._homerooms, rows, keyed=keyed))
        if self._spec.list != STAFF:
            return RolesRead(frozenset({Role(self._spec.list)})), homerooms
        text = self._role.of(rows) if self._role else ""
        if not text and not homerooms:
            return RolesRead(problem=Problem(None, "role-missing", hint="fill in the role, or a word for none")), ()
        return roles_in(text, self._vocabulary.words["role"]), homerooms

    def _lists(self, roles: RolesRead, homerooms: tuple[str, ...]) -> frozenset[str]:
        if self._spec.list == STUDENTS:
            return frozenset({STUDENTS})
        if roles.problem:
            return frozenset()
        lists = {role.value for role in roles.roles}
        return frozenset(lists | ({Role.HOMEROOM_TEACHER.value} if homerooms else set()))

    def _in_list(self, seen: _Seen, name: str) -> Iterator[StatedRecord]:
        """Yield what the row gives to one list; a doubtful one counts as present in all that it may belong to."""
        base = StatedRecord(key=seen.key, source=self.table.name, line=seen.row.line, problems=seen.problems)
        if seen.problems:
            if name in seen.lists or not seen.lists:
                yield base
        elif name == STUDENTS:
            yield self._with(base, seen.rows, None)
        elif name == Role.HOMEROOM_TEACHER.value and seen.homerooms:
            for at, label in enumerate(seen.homerooms):
                key = seen.key if at == 0 or seen.key is None else f"{seen.key}/{label}"
                yield self._with(evolve(base, key=key), seen.rows, Role.HOMEROOM_TEACHER, label)
        elif name in seen.lists:
            yield self._with(base, seen.rows, Role(name))

    def _with(self, record: StatedRecord, rows: Context, role: Role | None, label: str | None = None) -> StatedRecord:
        people: list[StatedPerson] = []
        problems: list[Problem] = []
        for bound in self._people:
            for found in persons(bound, rows, self._vocabulary):
                if isinstance(found, Problem):
                    problems.append(found)
                elif role is None:
                    people.append(found)
                else:
                    people.append(_as_staff(found, role, label))
        return evolve(record, people=tuple(people), problems=tuple(problems))

    def _finding(self, seen: _Seen, code: str, value: str, hint: str) -> Finding:
        return Finding(
            source=self.table.name,
            line=seen.row.line,
            record=safe_key(seen.key or ""),
            field="",
            code=code,
            value=value,
            hint=hint,
        )


def sizes_of(shape: TableShape, table: Table) -> tuple[int, int]:
    """Return how few and how many cells a row of the table may have."""
    if shape.positional:
        return shape.at_least, len(shape.positional)
    return len(table.header), len(table.header)


def _as_staff(person: StatedPerson, role: Role, label: str | None) -> StatedPerson:
    """Return *person* in one of the roles of the row; only a homeroom teacher's row states a class of theirs."""
    if label is not None:
        return evolve(person, role=role, class_name=label, silent=person.silent - {Field.CLASS})
    if role is Role.HOMEROOM_TEACHER:
        return evolve(person, role=role)
    return evolve(person, role=role, class_name="", silent=person.silent | {Field.CLASS})


def _key(bind: Binder, spec: RecordColumns) -> tuple[Ref, ...]:
    """Return where the record's key stands; a table has all of its parts, or none."""
    found = tuple(bind.ref(column) for column in spec.key)
    return tuple(bind.needed(column) for column in spec.key) if any(found) else ()


def _homerooms(bind: Binder, spec: RecordColumns) -> BoundHomerooms | None:
    each = bind.each(spec.homerooms.each) if spec.homerooms else None
    if spec.homerooms is None or each is None:
        return None
    joins = bind.joins(spec.homerooms.joins)
    return BoundHomerooms(each, bind.needed(spec.homerooms.label), joins)


def _bound(bind: Binder, person: PersonColumns) -> Iterator[BoundPerson]:
    """Yield where the person stands, once for each number that the headers have."""
    if not person.numbered:
        bound = bind.person(person)
        if bound is not None:
            yield bound
        return
    for number in range(1, _MOST_NUMBERS + 1):
        bound = bind.person(person, str(number))
        if bound is None:
            return
        yield bound
