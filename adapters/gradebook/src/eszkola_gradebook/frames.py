"""The frame of a row: whose record it is and which lists it is in, before any person in it is read."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Problem
from eszkola_gradebook.binding import Binder
from eszkola_gradebook.bound import BoundJoin, BoundWhere, Context, Ref
from eszkola_gradebook.cells import REPLACED
from eszkola_gradebook.mapping import ROW, STAFF, STUDENTS, RecordColumns, TableShape
from eszkola_gradebook.people import Vocabulary
from eszkola_gradebook.rows import Fault, Row
from eszkola_gradebook.staff import BoundHomerooms, RolesRead, classes_of, roles_in
from eszkola_gradebook.tables import Table

_HINTS: Final = {
    Fault.CUT: "the file breaks off here: export it again",
    Fault.SHORT: "the row has too few cells: export it again, or mend it",
    Fault.LONG: "the row has too many cells: put quotation marks around a text that holds the delimiter",
    Fault.TWICE: "one element stands there twice and says two things: leave the right one",
}
KEYLESS: Final = Problem(None, "record-key-missing", hint="fill in the key of the record")


@frozen
class Frame:
    """What is known of a row as a row."""

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


class Frames:
    """Frames the rows of one table under one part of a mapping."""

    def __init__(
        self, spec: RecordColumns, bind: Binder, size: tuple[int, int], words: Vocabulary, school: str
    ) -> None:
        self._spec = spec
        self._size = size
        self._vocabulary = words
        self._given = school
        self._joins: tuple[BoundJoin, ...] = bind.joins(spec.joins)
        self._school: Ref | None = bind.ref(spec.school)
        self._key: tuple[Ref, ...] = _key(bind, spec)
        self._filled: tuple[tuple[str, Ref], ...] = tuple((each.names[0], bind.needed(each)) for each in spec.filled)
        self._where: BoundWhere | None = bind.where(spec.where)
        self._role: Ref | None = bind.ref(spec.role)
        self._homeroom: Ref | None = bind.ref(spec.homeroom)
        self._homerooms = _homerooms(bind, spec)

    @property
    def own(self) -> tuple[tuple[str, Ref], ...] | None:
        """All cells that the frame of a student's row is made from, with their use; None where others are looked up."""
        if self._joins:
            return None
        words = "" if self._where is None else ",".join(sorted(self._where.words))
        uses = [("key", ref) for ref in self._key] + [(f"filled {name}", ref) for name, ref in self._filled]
        uses += [("school", self._school)] if self._school is not None else []
        uses += [(f"where {words}", self._where.ref)] if self._where is not None else []
        return tuple(uses)

    @property
    def keyed(self) -> bool:
        """Whether the table has a record key."""
        return bool(self._key)

    @property
    def names_school(self) -> bool:
        """Whether the table says of each row which school it is of."""
        return self._school is not None

    @property
    def names_homerooms(self) -> bool:
        """Whether the table, or one beside it, says who is whose homeroom teacher."""
        return self._homeroom is not None or self._homerooms is not None

    def of(self, row: Row) -> Frame | None:
        """Return the frame of a row; None if the mapping passes it over."""
        rows: Context = {ROW: row.cells}
        fault = row.fault(*self._size)
        problems: list[Problem] = []
        if fault is None:
            problems += (problem for join in self._joins if (problem := join.follow(rows)))
            if self._where is not None and not self._where.admits(rows):
                return None
            problems += (_unfilled(name) for name, ref in self._filled if not ref.of(rows))
        else:
            problems.append(Problem(None, fault.value, hint=_HINTS[fault]))
        key = self.key_of(rows)
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
        return Frame(
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

    def sound(self, row: Row) -> tuple[str, bool] | None:
        """
        Return the school of a row and whether the mapping passes it over; None where something is wrong with it.

        It is for tables that have a record key and look into no other.
        """
        rows = {ROW: row.cells}
        if row.fault(*self._size) is not None or self.key_of(rows) is None:
            return None
        school = self._given if self._school is None else self._school.of(rows)
        return (school, self._where is not None and not self._where.admits(rows)) if school else None

    def key_of(self, rows: Context) -> str | None:
        """Return what tells the record of a row from others; None where it cannot be read."""
        parts = [ref.of(rows) for ref in self._key]
        if not parts or not all(parts):
            return None
        key = "/".join(parts)
        return None if REPLACED in key else key

    def _roles(self, rows: Context, *, keyed: bool) -> tuple[RolesRead, tuple[str, ...]]:
        classes = classes_of(self._homeroom, self._homerooms, rows, keyed=keyed)
        homerooms = classes.labels
        if classes.problem is not None:
            return RolesRead(problem=classes.problem), homerooms
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


def _unfilled(name: str) -> Problem:
    return Problem(None, "cell-missing", hint=f"fill in {name}: nobody is read without it")


def sizes_of(shape: TableShape, table: Table) -> tuple[int, int]:
    """Return how few and how many cells a row of the table may have."""
    if shape.positional:
        return shape.at_least, len(shape.positional)
    return len(table.header), len(table.header)


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
