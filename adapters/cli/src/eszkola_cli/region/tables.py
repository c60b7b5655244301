"""The region's records as the tables that gradebooks export: Polish students, Polish staff, Slovene students."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Final

from eszkola_cli.region.model import Named, School, StudentEntry
from eszkola_core.domain.stated import Sex

Row = Sequence[str]

POLISH_STUDENTS: Final = (
    "Nr kartoteki", "Nazwisko", "Imię", "PESEL", "Dokument", "Nr dokumentu", "Kraj dokumentu", "Data urodzenia", "Płeć",
    "Oddział", "E-mail ucznia",
    "Opiekun 1 nazwisko", "Opiekun 1 imię", "Opiekun 1 PESEL", "Opiekun 1 e-mail",
    "Opiekun 2 nazwisko", "Opiekun 2 imię", "Opiekun 2 PESEL", "Opiekun 2 e-mail",
)  # fmt: skip
POLISH_STAFF: Final = ("Nr", "Nazwisko", "Imię", "PESEL", "E-mail", "Stanowisko", "Wychowawca oddziału")
SLOVENE_STUDENTS: Final = (
    "Matična številka", "Priimek", "Ime", "EMŠO", "Datum rojstva", "Spol", "Oddelek", "E-pošta",
    "Starš 1 priimek", "Starš 1 ime", "Starš 1 EMŠO", "Starš 1 e-pošta",
    "Starš 2 priimek", "Starš 2 ime", "Starš 2 EMŠO", "Starš 2 e-pošta",
)  # fmt: skip

_GUARDIANS: Final = 2
_POLISH_SEX: Final = {Sex.FEMALE: "K", Sex.MALE: "M"}
_SLOVENE_SEX: Final = {Sex.FEMALE: "ž", Sex.MALE: "m"}


def polish_students(school: School) -> Iterator[Row]:
    """Yield the header and the students of *school*."""
    yield POLISH_STUDENTS
    for entry in school.students:
        document = entry.document
        row = (
            entry.key,
            entry.student.last_name,
            entry.student.first_name,
            entry.student.national_id,
            *((document.kind, document.number, document.country) if document else ("", "", "")),
            _day(entry),
            _POLISH_SEX[entry.sex],
            entry.class_name,
            entry.student.email,
            *_guardians(entry),
        )
        yield row[: entry.cut_after]


def polish_staff(school: School) -> Iterator[Row]:
    """Yield the header and the staff of *school*."""
    yield POLISH_STAFF
    for member in school.staff:
        person = member.person
        position = "sekretarz" if member.secretary else "nauczyciel"
        yield member.key, *_person(person), position, member.homeroom


def slovene_students(school: School) -> Iterator[Row]:
    """Yield the header and the students of *school*."""
    yield SLOVENE_STUDENTS
    for entry in school.students:
        student = entry.student
        row = (
            entry.key,
            student.last_name,
            student.first_name,
            student.national_id,
            _day(entry),
            _SLOVENE_SEX[entry.sex],
            entry.class_name,
            student.email,
            *_guardians(entry),
        )
        yield row[: entry.cut_after]


def csv_text(rows: Iterable[Row], *, delimiter: str = ",", line_end: str = "\r\n") -> str:
    """Return *rows* as CSV (RFC 4180, but for the delimiter and the line end)."""
    text = StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def _day(entry: StudentEntry) -> str:
    return f"{entry.born:%d.%m.%Y}" if entry.born else ""


def _person(person: Named) -> tuple[str, ...]:
    return person.last_name, person.first_name, person.national_id, person.email


def _guardians(entry: StudentEntry) -> Iterator[str]:
    for guardian in entry.guardians:
        yield from _person(guardian)
    yield from _person(Named(first_name="", last_name="")) * (_GUARDIANS - len(entry.guardians))
