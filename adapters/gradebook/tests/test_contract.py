"""Every kind of file that the adapter reads keeps every promise of the port: a text, a workbook, a packed package."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from attrs import field, frozen

from eszkola_core.domain.stated import Reading
from eszkola_core.testing.contracts.gradebook import Gradebook, GradebookContract, Row
from eszkola_gradebook.gradebook import FileGradebook

Cells = Sequence[Sequence[str]]


@frozen
class Exported:
    """A gradebook whose exports `files` makes: their content by name, in any order."""

    files: Callable[[Sequence[Row]], Mapping[str, bytes]]
    school: str | None = "sp1"
    source: FileGradebook = field(factory=FileGradebook)

    def write(self, folder: Path, rows: Sequence[Row]) -> Sequence[Path]:
        """Write the files of one export."""
        made = {folder / name: content for name, content in self.files(rows).items()}
        for path, content in made.items():
            path.write_bytes(content)
        return list(made)

    def read(self, paths: Sequence[Path]) -> Reading:
        """Read them; a table has to be told its school."""
        return self.source.read(paths, school=self.school)


def text(cells: Cells, delimiter: str = ",") -> bytes:
    """Return cells as a delimited text."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(cells)
    return stream.getvalue().encode()


def uonet(rows: Sequence[Row]) -> Cells:
    """Return UONET+'s table of students."""
    header = ["Nr kartoteki", "Nazwisko", "Imię", "PESEL", "Data urodzenia", "Oddział", "E-mail ucznia"]
    return [header, *([r.record, r.last_name, r.first_name, r.national_id, r.birth_date, "1a", r.email] for r in rows)]


def oneroster(rows: Sequence[Row]) -> Mapping[str, bytes]:
    """Return a OneRoster package, in which one student is told of in three files."""
    kinds = ("orgs", "users", "roles", "demographics")
    users = [[r.record, "true", r.first_name, r.last_name, f"{{PESEL:{r.national_id}}}", r.email] for r in rows]
    return {
        "manifest.csv": text(
            [["propertyName", "value"], ["oneroster.version", "1.2"], *([f"file.{kind}", "bulk"] for kind in kinds)]
        ),
        "orgs.csv": text([["sourcedId", "name", "type"], ["sp1", "Jedynka", "school"]]),
        "users.csv": text([["sourcedId", "enabledUser", "givenName", "familyName", "userIds", "email"], *users]),
        "roles.csv": text(
            [["userSourcedId", "role", "orgSourcedId"], *([each.record, "student", "sp1"] for each in rows)]
        ),
        "demographics.csv": text([["sourcedId", "birthDate"], *([each.record, each.birth_date] for each in rows)]),
    }


def ceuviz(rows: Sequence[Row]) -> bytes:
    """Return the Slovene register's document; a participant without an EMŠO would be held, so each has one."""
    told = "".join(
        f"<udelezenec><opravilna_st>{escape(r.record)}</opravilna_st><emso>{r.national_id or r.record or 'x'}</emso>"
        f"<ime>{escape(r.first_name)}</ime><priimek>{escape(r.last_name)}</priimek><e_posta>{r.email}</e_posta>"
        f"<datum_rojstva>{r.birth_date}</datum_rojstva></udelezenec>"
        for r in rows
    )
    return f"<ceuviz_uvoz><verzija>1.4</verzija><udelezenci>{told}</udelezenci></ceuviz_uvoz>".encode()


class TestTable(GradebookContract):
    """A table as a text, cut in two: files that are read together are one list."""

    @pytest.fixture
    def gradebook(self) -> Gradebook:
        """Return a gradebook that exports it."""

        def halves(rows):
            cut = len(rows) // 2
            parts = [part for part in (rows[:cut], rows[cut:]) if part]
            return {f"uczniowie{at}.csv": text(uonet(part), ";") for at, part in enumerate(parts)}

        return Exported(halves)


class TestWorkbook(GradebookContract):
    """The same table as a workbook."""

    @pytest.fixture
    def gradebook(self, workbook) -> Gradebook:
        """Return a gradebook that exports it."""
        return Exported(lambda rows: {"uczniowie.xlsx": workbook({"Uczniowie": uonet(rows)})})


class TestPackage(GradebookContract):
    """A OneRoster package in a ZIP archive, which names its school itself."""

    @pytest.fixture
    def gradebook(self, packed) -> Gradebook:
        """Return a gradebook that exports it."""
        return Exported(lambda rows: {"export.zip": packed(oneroster(rows))}, school=None)


class TestDocument(GradebookContract):
    """The Slovene register's document, cut in two."""

    @pytest.fixture
    def gradebook(self) -> Gradebook:
        """Return a gradebook that exports it."""

        def halves(rows):
            cut = len(rows) // 2
            parts = [part for part in (rows[:cut], rows[cut:]) if part]
            return {f"izvoz{at}.xml": ceuviz(part) for at, part in enumerate(parts)}

        return Exported(halves)
