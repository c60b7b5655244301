"""One table whose rows are records: surveyed once, then translated list by list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from attrs import Factory, define, evolve, frozen

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem, StatedPerson, StatedRecord, Unread
from eszkola_gradebook.binding import Binder
from eszkola_gradebook.bound import BoundPerson
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.frames import Frame, Frames, sizes_of
from eszkola_gradebook.mapping import STAFF, STUDENTS, PersonColumns, RecordColumns, TableShape
from eszkola_gradebook.people import Vocabulary, persons
from eszkola_gradebook.records import joined_days
from eszkola_gradebook.rows import Fault, Row
from eszkola_gradebook.shelves import Cells, Shelf, Shelves
from eszkola_gradebook.tables import Table
from eszkola_gradebook.traces import Tracer

_MOST_NUMBERS: Final = 99
_TELLING: Final = frozenset({Field.FIRST_NAME, Field.LAST_NAME, Field.NATIONAL_ID, Field.BIRTH_DATE})


@define
class Survey:
    """
    What a first look at all rows shows, and how many there are of each school.

    None among ``doubted`` means that a row's school could not be read.
    """

    lists: dict[str, set[str]] = Factory(dict)
    many: Counter[str] = Factory(Counter)
    doubted: set[str | None] = Factory(set)
    cut: bool = False
    findings: list[Finding] = Factory(list)


@frozen
class Aside:
    """The rows of one school, which were put aside."""

    shelf: Shelf
    school: str

    def __iter__(self) -> Iterator[Row]:
        for line, fault, *cells in self.shelf.of(self.school):
            yield Row(int(line), tuple(cells), found=Fault(fault) if fault else None)


@frozen
class Around:
    """What the tables of one place share: those to look into, the words, the school that the caller named, shelves."""

    tables: Mapping[str, Table]
    sizes: Mapping[str, tuple[int, int]]
    vocabulary: Vocabulary
    school: str | None
    shelves: Shelves


class Translation:
    """The records of one table under one part of a mapping."""

    def __init__(self, spec: RecordColumns, shape: TableShape, main: Table, around: Around) -> None:
        self.table = main
        self._spec = spec
        self._vocabulary = around.vocabulary
        bind = Binder(main, shape.positional or main.header, around.tables, around.shelves, sizes=around.sizes)
        self._size = sizes_of(shape, main)
        self._frames = Frames(spec, bind, self._size, around.vocabulary, around.school or "")
        self._people = tuple(bound for person in spec.people for bound in _bound(bind, person))
        self._read = bind.read
        self._tracer = self._traced()

    @property
    def is_traced(self) -> bool:
        """Whether each row makes one record at most, and of nothing but its own cells."""
        return self._tracer is not None

    @property
    def silent_roles(self) -> frozenset[Role]:
        """The roles that the table has no columns for: naming none says nothing (SYNC-0)."""
        if self._spec.list != STUDENTS or any(bound.role is Role.GUARDIAN for bound in self._people):
            return frozenset()
        return frozenset({Role.GUARDIAN})

    @property
    def names_school(self) -> bool:
        """Whether the table says of each row which school it is of."""
        return self._frames.names_school

    @property
    def whole(self) -> frozenset[str]:
        """The lists of which the table is the whole even where nobody is in them."""
        if self._spec.list == STUDENTS:
            return frozenset({STUDENTS})
        homeroom = self._frames.names_homerooms
        lists = frozenset(role.value for role in self._spec.whole if role is not Role.HOMEROOM_TEACHER or homeroom)
        return lists if self._spec.list == STAFF else frozenset({self._spec.list})

    def survey(self, aside: Shelf | None) -> Survey:
        """Return the schools and lists of the rows, and what makes them less than whole; put them *aside* by school."""
        survey = Survey()
        if aside is None:
            for _ in self._surveyed(survey):
                pass
        else:
            aside.put((school, self._kept(row)) for school, row in self._surveyed(survey))
        return survey

    def _surveyed(self, survey: Survey) -> Iterator[tuple[str, Row]]:
        """Yield the rows that are some school's while they are looked at."""
        is_plain = self.is_traced and self._frames.keyed
        for row in self.table.rows():
            sound = self._frames.sound(row) if is_plain else None
            if sound is not None:
                school, is_passed_over = sound
                if not is_passed_over:
                    survey.lists.setdefault(school, set()).add(STUDENTS)
                    survey.many[school] += 1
                    yield school, row
                continue
            seen = self._frames.of(row)
            if seen is None:
                continue
            if not seen.school or not (seen.lists or self.whole):
                # In no roster's list, so nobody else would speak of what is wrong with it.
                for problem in seen.problems:
                    survey.findings.append(self._finding(seen, problem.code, problem.value, problem.hint))
            survey.findings.extend(
                self._finding(seen, "role-not-importable", word, "such a role is given on the platform (ROLE-2)")
                for word in seen.roles.above
            )
            survey.cut |= any(problem.code == Fault.CUT.value for problem in seen.problems)
            if not seen.readable or (not self._frames.keyed and self._nameless(seen)):
                survey.doubted.add(seen.school or None)
            if seen.school:
                survey.lists.setdefault(seen.school, set()).update(seen.lists)
                survey.many[seen.school] += 1
                yield seen.school, row

    def _kept(self, row: Row) -> Cells:
        """Return what is kept of a row that is put aside: cells that nobody reads, such as a password, are not."""
        fault = row.fault(*self._size)
        cells = (cell if at in self._read else "" for at, cell in enumerate(row.cells[: self._size[1]]))
        return str(row.line), fault.value if fault else "", *cells

    def records(self, name: str, rows: Iterable[Row] | None = None) -> Iterator[StatedRecord]:
        """Yield the records of the list *name*, of *rows* if they were set apart before."""
        found = (record for seen in self._all(rows) for record in self._in_list(seen, name))
        return joined_days(found) if self._spec.join_days else found

    def unread(self, rows: Iterable[Row] | None = None) -> Iterator[StatedRecord | Unread]:
        """Yield the records of the list of students, of *rows* if they were set apart before; sound rows unread."""
        tracer, (least, most) = self._tracer, self._size
        for row in self.table.rows() if rows is None else rows:
            trace = tracer.of(row.cells) if tracer is not None and row.fault(least, most) is None else None
            if trace is None:
                yield from self._in_students(row)
            else:
                yield Unread(trace, partial(self._in_students, row))

    def _in_students(self, row: Row) -> Iterator[StatedRecord]:
        """Yield what one row gives to the list of students."""
        return self.records(STUDENTS, [row])

    def _traced(self) -> Tracer | None:
        """Return what makes traces of the rows; None where a record is of more than the cells of one row."""
        own = self._frames.own
        is_joined = any(person.each or person.joins for person in self._people)
        if self._spec.list != STUDENTS or self._spec.join_days or own is None or is_joined:
            return None
        return Tracer(own, self._people)

    def _nameless(self, seen: Frame) -> bool:
        """Return whether a record that is known by its first person cannot be told from others (SYNC-0)."""
        person = next(persons(self._people[0], dict(seen.rows), self._vocabulary), None) if self._people else None
        return isinstance(person, StatedPerson) and any(problem.field in _TELLING for problem in person.problems)

    def _all(self, rows: Iterable[Row] | None = None) -> Iterator[Frame]:
        for row in self.table.rows() if rows is None else rows:
            seen = self._frames.of(row)
            if seen is not None:
                yield seen

    def _in_list(self, seen: Frame, name: str) -> Iterator[StatedRecord]:
        """Yield what the row gives to one list; a doubtful one counts as present in all that it may belong to."""
        if seen.problems:
            if name in seen.lists or not seen.lists:
                yield self._record(seen, seen.key, problems=seen.problems)
        elif name == STUDENTS:
            yield self._with(seen, seen.key, None)
        elif name == Role.HOMEROOM_TEACHER.value and seen.homerooms:
            for at, label in enumerate(seen.homerooms):
                key = seen.key if at == 0 or seen.key is None else f"{seen.key}/{label}"
                yield self._with(seen, key, Role.HOMEROOM_TEACHER, label)
        elif name in seen.lists:
            yield self._with(seen, seen.key, Role(name))

    def _with(self, seen: Frame, key: str | None, role: Role | None, label: str | None = None) -> StatedRecord:
        people: list[StatedPerson] = []
        problems: list[Problem] = []
        for bound in self._people:
            for found in persons(bound, seen.rows, self._vocabulary):
                if isinstance(found, Problem):
                    problems.append(found)
                elif role is None:
                    people.append(found)
                else:
                    people.append(_as_staff(found, role, label))
        return self._record(seen, key, people=tuple(people), problems=tuple(problems))

    def _record(
        self, seen: Frame, key: str | None, people: tuple[StatedPerson, ...] = (), problems: tuple[Problem, ...] = ()
    ) -> StatedRecord:
        return StatedRecord(key=key, people=people, source=self.table.name, line=seen.row.line, problems=problems)

    def _finding(self, seen: Frame, code: str, value: str, hint: str) -> Finding:
        return Finding(
            source=self.table.name,
            line=seen.row.line,
            record=safe_key(seen.key or ""),
            field="",
            code=code,
            value=value,
            hint=hint,
        )


def _as_staff(person: StatedPerson, role: Role, label: str | None) -> StatedPerson:
    """Return *person* in one of the roles of the row; only a homeroom teacher's row states a class of theirs."""
    if label is not None:
        return evolve(person, role=role, class_name=label, silent=person.silent - {Field.CLASS})
    if role is Role.HOMEROOM_TEACHER:
        return evolve(person, role=role)
    return evolve(person, role=role, class_name="", silent=person.silent | {Field.CLASS})


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
