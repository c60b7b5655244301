"""What the tests of the synthetic region share: the region that the demo shows, and a reader of its files."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from attrs import frozen
from python_calamine import CalamineWorkbook
from stdnum.exceptions import ValidationError
from stdnum.pl import pesel as pl_pesel
from stdnum.si import emso as si_emso

from eszkola_cli.region import make_region, region_files


@frozen
class Person:
    """A person as a file names them."""

    last_name: str
    first_name: str
    number: str
    email: str


@frozen
class Row:
    """Somebody's row, whatever the format."""

    school: str
    key: str
    person: Person

    @property
    def spot(self):
        """Where it stands."""
        return self.school, self.key


@frozen
class Student(Row):
    """A student's row, with the guardians in it."""

    document: tuple[str, ...]
    born: date | None
    sex: str
    class_name: str
    guardians: tuple[Person, ...]
    fields: int

    @property
    def scheme(self):
        """What checks the national ids in it."""
        return si_emso if self.school == "SI4" else pl_pesel

    @property
    def told_birth(self):
        """The birth date in the student's number, None where there is no whole number."""
        try:
            return self.scheme.get_birth_date(self.scheme.validate(self.person.number))
        except ValidationError:
            return None


@frozen
class Member(Row):
    """A staff member's row."""

    position: str
    homeroom: str
    guardians = ()


def table(content, encoding, delimiter):
    """Return the rows of a CSV file."""
    return list(csv.reader(StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


def sheet(content):
    """Return the rows of a workbook."""
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def package(content):
    """Return the tables of a OneRoster package by name."""
    with ZipFile(BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }


def day(text):
    """Return the day in a cell, None for an empty one."""
    return datetime.strptime(text, "%d.%m.%Y").date() if text else None  # noqa: DTZ007 - a day has no zone


def people(cells):
    """Return the guardians in their columns."""
    found = (Person(*cells[start : start + 4]) for start in range(0, len(cells), 4))
    return tuple(person for person in found if person.last_name)


def polish_students(school, rows):
    """Yield the students of a Polish table."""
    for row in rows[1:]:
        key, last, first, number, kind, document, country, born, sex, class_name, email = row[:11]
        yield Student(
            school=school,
            key=key,
            person=Person(last, first, number, email),
            document=(kind, document, country),
            born=day(born),
            sex=sex,
            class_name=class_name,
            guardians=people(row[11:]),
            fields=len(row),
        )


def slovene_students(school, rows):
    """Yield the students of a Slovene table."""
    for row in rows[1:]:
        key, last, first, number, born, sex, class_name, email = row[:8]
        person = Person(last, first, number, email)
        yield Student(school, key, person, (), day(born), sex, class_name, people(row[8:]), len(row))


def user(line):
    """Return the person in a line of users.csv."""
    number = line["userIds"].removeprefix("{PESEL:").removesuffix("}")
    return Person(line["familyName"], line["givenName"], number, line["email"])


def package_people(files):
    """Yield the students and the teachers of a OneRoster package."""
    users = {line["sourcedId"]: line for line in files["users"]}
    roles = {line["userSourcedId"]: line["role"] for line in files["roles"]}
    classes = {line["userSourcedId"]: line["classSourcedId"] for line in files["enrollments"]}
    titles = {line["sourcedId"]: line["title"] for line in files["classes"]}
    told = {line["sourcedId"]: line for line in files["demographics"]}
    for key, line in users.items():
        class_name = titles.get(classes.get(key, ""), "")
        school = line["primaryOrgSourcedId"]
        if roles[key] == "student":
            guardians = tuple(user(users[agent]) for agent in line["agentSourcedIds"].split(","))
            born = told[key]["birthDate"]
            yield Student(
                school=school,
                key=key,
                person=user(line),
                document=(),
                born=date.fromisoformat(born) if born else None,
                sex=told[key]["sex"],
                class_name=class_name,
                guardians=guardians,
                fields=len(line),
            )
        elif roles[key] == "teacher":
            yield Member(school, key, user(line), "teacher", class_name)


def staff(school, rows):
    """Yield the staff of a Polish table."""
    for key, last, first, number, email, position, homeroom in rows[1:]:
        yield Member(school, key, Person(last, first, number, email), position, homeroom)


class Files:
    """All that the files of a region say."""

    def __init__(self, region):
        self.region = region
        content = region_files(region)
        self.rows = {
            "sp1-uczniowie.csv": table(content["sp1-uczniowie.csv"], "cp1250", ";"),
            "sp1-pracownicy.csv": table(content["sp1-pracownicy.csv"], "cp1250", ";"),
            "lo2-uczniowie.xlsx": sheet(content["lo2-uczniowie.xlsx"]),
            "lo2-pracownicy.csv": table(content["lo2-pracownicy.csv"], "utf-8-sig", ","),
            "si4-ucenci.csv": table(content["si4-ucenci.csv"], "utf-8", ";"),
        }
        self.package = package(content["zs3-oneroster.zip"])
        from_package = list(package_people(self.package))
        self.students = [
            *polish_students("SP1", self.rows["sp1-uczniowie.csv"]),
            *polish_students("LO2", self.rows["lo2-uczniowie.xlsx"]),
            *(one for one in from_package if isinstance(one, Student)),
            *slovene_students("SI4", self.rows["si4-ucenci.csv"]),
        ]
        self.staff = [
            *staff("SP1", self.rows["sp1-pracownicy.csv"]),
            *staff("LO2", self.rows["lo2-pracownicy.csv"]),
            *(one for one in from_package if isinstance(one, Member)),
        ]
        self.all = [*self.students, *self.staff]

    def at(self, spot):
        """Return the rows of the record that an anomaly, a change or a place names."""
        return [one for one in self.all if one.spot == (spot.school, spot.record)]

    def people(self):
        """Return everybody in every row."""
        return [person for row in self.all for person in (row.person, *row.guardians)]

    def planted_at(self, *codes):
        """Return where the codes were planted, by the region's own account; all of them where none is named."""
        named = (each for each in self.region.anomalies if not codes or each.code in codes)
        return sorted((each.school, each.record) for each in named)


@pytest.fixture(scope="session")
def read():
    """Return a function that reads all files of a region."""
    return Files


@pytest.fixture(scope="session")
def region():
    """Return the region that the demo shows."""
    return make_region(today=date(2026, 2, 2))


@pytest.fixture(scope="session")
def files(region):
    """Return what the files of the region say."""
    return Files(region)


@pytest.fixture
def planted(region, files):
    """Return a function that gives the rows of every record in which a code was planted."""

    def rows_of(code):
        found = [files.at(anomaly) for anomaly in region.anomalies if anomaly.code == code]
        assert found
        return found

    return rows_of
