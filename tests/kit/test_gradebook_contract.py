"""The contract of gradebook sources passes a small honest source, and finds out one with a lie."""

from __future__ import annotations

import json
from datetime import date
from hashlib import blake2b

import pytest
from attrs import define, evolve

from eszkola_core.domain.findings import Finding
from eszkola_core.domain.hidden import masked
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import (
    Field,
    Problem,
    Reading,
    StatedId,
    StatedPerson,
    StatedRecord,
    StatedRoster,
    Unopened,
)
from eszkola_core.errors import UnreadableSource
from eszkola_core.ports.gradebook import GradebookSource
from eszkola_core.testing.contracts.gradebook import GradebookContract, Row


class JsonLines:
    """Reads one student a line, as JSON."""

    def read(self, paths, *, format=None, school=None, known=None):  # noqa: A002, ARG002 - the port's own names
        """Return what *paths* state."""
        stamp = self.stamp(paths)
        if known is not None and known(stamp):
            return Reading(rosters=(), unopened=(Unopened(stamp, "students", lambda: self.opened(paths, school)),))
        reading = self.opened(paths, school)
        return evolve(reading, rosters=tuple(evolve(each, stamp=stamp) for each in reading.rosters))

    def stamp(self, paths):
        """Return what stands for the content of *paths*."""
        return blake2b(b"".join(path.read_bytes() for path in sorted(paths) if path.is_file())).digest()

    def opened(self, paths, school):
        """Look into *paths*."""
        rows = [row for path in sorted(paths) for row in self.rows(path)]
        roster = StatedRoster(
            school=school or "sp1",
            origin="json",
            list="students",
            records=tuple(self.record(row, line) for line, row in enumerate(rows, 1) if row["record"]),
            complete=self.complete(rows),
        )
        return Reading(rosters=(roster,), findings=self.findings(rows), format="json-lines")

    def rows(self, path):
        """Return the rows of a file."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            rows = [json.loads(line) for line in lines]
        except (OSError, ValueError):
            rows = []
        if not rows:
            raise UnreadableSource("no rows", code="no-rows", source=str(path), hint="write one student a line")
        return rows

    def record(self, row, line):
        """Return what a row states."""
        born, problems = self.birth_date(row["birth_date"])
        person = StatedPerson(
            role=Role.STUDENT,
            first_name=row["first_name"],
            last_name=row["last_name"],
            ids=(StatedId(row["national_id"]),) if row["national_id"] else (),
            email=row["email"],
            birth_date=born,
            problems=problems,
        )
        return StatedRecord(key=row["record"], people=(person,), line=line)

    def birth_date(self, text):
        """Return the day, or the problem with it."""
        try:
            return (date.fromisoformat(text) if text else None), ()
        except ValueError:
            return None, (Problem(Field.BIRTH_DATE, "not-a-date", masked(text), "write it as 2015-03-01"),)

    def complete(self, rows):
        """Return whether every row can be told apart."""
        return all(row["record"] for row in rows)

    def findings(self, rows):
        """Return what is to be said of the file."""
        return tuple(Finding("x", at, "", "record", "no-key") for at, row in enumerate(rows, 1) if not row["record"])


class Judging(JsonLines):
    """GB1: leaves out ids that are wrong."""

    def record(self, row, line):
        """Judge."""
        return super().record({**row, "national_id": ""} if len(row["national_id"]) != 11 else row, line)


class Joining(JsonLines):
    """GB1: takes two records of one id for one."""

    def rows(self, path):
        """Join."""
        return list({row["national_id"]: row for row in super().rows(path)}.values())


class Forgiving(JsonLines):
    """GB2: takes what it cannot read for an empty roster."""

    def rows(self, path):
        """Forgive."""
        try:
            return super().rows(path)
        except UnreadableSource:
            return []


class Silent(JsonLines):
    """GB3: a date that cannot be read is no date."""

    def birth_date(self, text):
        """Say nothing."""
        return super().birth_date(text)[0], ()


class Whole(JsonLines):
    """GB3: a list with a hole is complete."""

    def complete(self, rows):  # noqa: ARG002 - the lie
        """Pretend."""
        return True


class Positional(JsonLines):
    """GB4: knows students by their line."""

    def record(self, row, line):
        """Count."""
        return evolve(super().record(row, line), key=str(line))


class Chatty(JsonLines):
    """GB5: quotes the cell that it cannot read."""

    def birth_date(self, text):
        """Quote."""
        born, problems = super().birth_date(text)
        return born, tuple(evolve(each, value=text) for each in problems)


class Moody(JsonLines):
    """GB6: says less when it is asked again."""

    def __init__(self) -> None:
        self.asked = 0

    def complete(self, rows):  # noqa: ARG002 - the lie
        """Change its mind."""
        self.asked += 1
        return self.asked % 2 == 1


class Deaf(JsonLines):
    """GB7: knows better whose list it is."""

    def opened(self, paths, school):
        """Do not listen."""
        return super().opened(paths, "sp1" if school else None)


class Haughty(JsonLines):
    """GB7: refuses its own school."""

    def opened(self, paths, school):
        """Refuse it from the second time on."""
        if getattr(self, "asked", False) and school == "sp1":
            raise UnreadableSource("not mine", code="school-differs", source="x", hint="name another")
        self.asked = True
        return super().opened(paths, school)


class Sleepy(JsonLines):
    """GB8: takes whatever lies where it lay for what it was."""

    def stamp(self, paths):
        """Look at the names alone."""
        return blake2b(repr([path.name for path in sorted(paths)]).encode()).digest()


class Forgetful(JsonLines):
    """GB8: states of an unopened source what it has never seen."""

    def read(self, paths, **how):
        """Forget what was in it."""
        reading = super().read(paths, **how)
        return evolve(reading, unopened=tuple(evolve(each, read=self.nothing) for each in reading.unopened))

    def nothing(self):
        """Return nothing."""
        return Reading(rosters=())


@define
class Book:
    """A gradebook of JSON lines."""

    source: GradebookSource

    def write(self, folder, rows):
        """Write *rows*."""
        path = folder / "students.jsonl"
        names = ("record", "first_name", "last_name", "national_id", "email", "birth_date")
        lines = [json.dumps({name: getattr(row, name) for name in names}) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
        return [path]

    def read(self, paths):
        """Read them."""
        return self.source.read(paths, school="sp1")


class TestJsonLines(GradebookContract):
    """The honest one passes."""

    @pytest.fixture
    def gradebook(self):
        """Return it."""
        return Book(JsonLines())


SABOTEURS = [
    ("GB1", Judging),
    ("GB1", Joining),
    ("GB2", Forgiving),
    ("GB3", Silent),
    ("GB3", Whole),
    ("GB4", Positional),
    ("GB5", Chatty),
    ("GB6", Moody),
    ("GB7", Deaf),
    ("GB7", Haughty),
    ("GB8", Sleepy),
    ("GB8", Forgetful),
]


@pytest.mark.parametrize(("clause", "kind"), SABOTEURS)
def test_a_lie_about_a_clause_is_found_out(bench, tmp_path, clause, kind):
    """A source that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(GradebookContract, clause, {"gradebook": Book(kind()), "tmp_path": tmp_path}) is not None


def test_no_clause_of_gradebooks_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in SABOTEURS} == set(bench.clauses(GradebookSource))


def test_a_row_shows_no_national_id():
    """What the contract writes does not show either."""
    assert "12345678901" not in repr(Row(record="1", national_id="12345678901"))
