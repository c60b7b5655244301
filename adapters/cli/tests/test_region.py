"""What is promised of the synthetic region is looked up in its files, as a gradebook's reader would see them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from itertools import pairwise
from zipfile import ZipFile

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.pl import pesel as pl_pesel
from stdnum.si import emso as si_emso

from eszkola_cli.region import SCHOOL_OF, Anomaly, make_region, region_files, second_day, write_region
from eszkola_cli.region.addresses import PLATFORM_DOMAIN, PRIVATE_DOMAINS
from eszkola_cli.region.model import StudentEntry
from eszkola_cli.region.people import years_before
from eszkola_cli.region.tables import POLISH_STAFF, POLISH_STUDENTS, SLOVENE_STUDENTS
from eszkola_core.domain.stated import Sex

TODAY = date(2026, 2, 2)
CODES = {
    "address-on-the-platform": 1,
    "birth-date-disagrees": 1,
    "double-barrelled-surname": 1,
    "foreigner-without-pesel": 8,
    "guardian-pesel-of-somebody-else": 1,
    "guardian-with-childs-address": 1,
    "guardian-with-two-addresses": 1,
    "guardian-without-email": 7,
    "lost-zero-held": 1,
    "lost-zero-restorable": 1,
    "malformed-address": 1,
    "namesakes-with-one-address": 1,
    "record-twice": 1,
    "row-cut-short": 1,
    "student-without-email": 14,
    "teacher-is-guardian": 4,
    "teacher-is-guardian-without-pesel": 2,
    "teacher-with-two-addresses": 1,
    "twin-without-email": 1,
    "wrong-checksum": 1,
}
regions = st.builds(make_region, st.integers(0, 10**6), today=st.dates(date(2018, 1, 1), date(2040, 12, 31)))
few = settings(max_examples=8, deadline=None)


@frozen
class Person:
    """A person as a file names them."""

    last_name: str
    first_name: str
    number: str
    email: str


@frozen
class Student:
    """A student's row, whatever the format."""

    school: str
    key: str
    person: Person
    document: tuple[str, ...]
    born: date | None
    sex: str
    class_name: str
    guardians: tuple[Person, ...]
    fields: int


@frozen
class Member:
    """A staff member's row, whatever the format."""

    school: str
    key: str
    person: Person
    position: str
    homeroom: str


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

    def at(self, spot):
        """Return the rows of the record that an anomaly, a change or a place names."""
        return [one for one in [*self.students, *self.staff] if (one.school, one.key) == (spot.school, spot.record)]

    def people(self):
        """Return everybody in every row."""
        students = [person for row in self.students for person in (row.person, *row.guardians)]
        return students + [row.person for row in self.staff]


@pytest.fixture(scope="module")
def region():
    """Return the region that the demo shows."""
    return make_region(today=TODAY)


@pytest.fixture(scope="module")
def files(region):
    """Return what the files of the region say."""
    return Files(region)


@pytest.fixture
def planted(region, files):
    """Return a function that gives the rows of every record in which a code was planted."""

    def rows_of(code):
        found = [files.at(anomaly) for anomaly in region.anomalies if anomaly.code == code]
        assert len(found) == CODES[code]
        return found

    return rows_of


def spots(region, *codes):
    """Return where the codes were planted."""
    return sorted((anomaly.school, anomaly.record) for anomaly in region.anomalies if anomaly.code in codes)


def places(rows):
    """Return where the rows stand."""
    return sorted((row.school, row.key) for row in rows)


def elsewhere(files, row, person):
    """Return how other rows name the *person* who stands in *row*."""
    return [
        named
        for other in [*files.students, *files.staff]
        if other != row
        for named in (other.person, *getattr(other, "guardians", ()))
        if (named.last_name, named.first_name) == (person.last_name, person.first_name)
        and (named.number == person.number or named.email == person.email)
    ]


def test_the_same_seed_and_day_make_the_same_bytes(region):
    """Two regions of one seed and day are equal, and so are their files to the byte."""
    again = make_region(2018, today=TODAY)

    assert region == again
    assert region_files(region) == region_files(again)


def test_another_seed_makes_other_people(region):
    """The seed decides on everybody: no file of another seed is the same."""
    other = region_files(make_region(2019, today=TODAY))

    assert all(other[name] != content for name, content in region_files(region).items())


def test_the_files_are_written_and_written_over(region, tmp_path):
    """The second day is written over the first, under the same names."""
    first = write_region(region, tmp_path / "opolska")
    second = write_region(second_day(region), tmp_path / "opolska")

    assert first == second
    assert [path.name for path in first] == list(SCHOOL_OF)
    assert {path.name: path.read_bytes() for path in second} == region_files(second_day(region))


def test_only_the_package_names_its_school(region, files):
    """The tables have no school column; the OneRoster package says which school it is from."""
    assert {line["sourcedId"]: line["name"] for line in files.package["orgs"]} == {"ZS3": region.school("ZS3").name}
    assert [name for name, school in SCHOOL_OF.items() if school is None] == ["zs3-oneroster.zip"]


def test_the_headers_are_those_of_the_gradebooks(files):
    """Each table starts with the columns that its gradebook exports."""
    assert ";".join(POLISH_STUDENTS) == (
        "Nr kartoteki;Nazwisko;Imię;PESEL;Dokument;Nr dokumentu;Kraj dokumentu;Data urodzenia;Płeć;Oddział;"
        "E-mail ucznia;Opiekun 1 nazwisko;Opiekun 1 imię;Opiekun 1 PESEL;Opiekun 1 e-mail;"
        "Opiekun 2 nazwisko;Opiekun 2 imię;Opiekun 2 PESEL;Opiekun 2 e-mail"
    )
    assert ";".join(POLISH_STAFF) == "Nr;Nazwisko;Imię;PESEL;E-mail;Stanowisko;Wychowawca oddziału"
    assert ";".join(SLOVENE_STUDENTS) == (
        "Matična številka;Priimek;Ime;EMŠO;Datum rojstva;Spol;Oddelek;E-pošta;"
        "Starš 1 priimek;Starš 1 ime;Starš 1 EMŠO;Starš 1 e-pošta;Starš 2 priimek;Starš 2 ime;Starš 2 EMŠO;"
        "Starš 2 e-pošta"
    )
    assert {name: tuple(rows[0]) for name, rows in files.rows.items()} == {
        "sp1-uczniowie.csv": POLISH_STUDENTS,
        "sp1-pracownicy.csv": POLISH_STAFF,
        "lo2-uczniowie.xlsx": POLISH_STUDENTS,
        "lo2-pracownicy.csv": POLISH_STAFF,
        "si4-ucenci.csv": SLOVENE_STUDENTS,
    }


def test_every_file_has_the_bytes_of_its_program(region):
    """Code page, byte order mark and line ends are those that the programs are known for."""
    content = region_files(region)

    assert "Wiśniewsk".encode("cp1250") in content["sp1-uczniowie.csv"] + content["sp1-pracownicy.csv"]
    assert content["sp1-uczniowie.csv"].count(b"\r\n") == content["sp1-uczniowie.csv"].count(b"\n")
    assert content["lo2-pracownicy.csv"].startswith(b"\xef\xbb\xbfNr,Nazwisko,")
    assert b"\r" not in content["si4-ucenci.csv"]
    assert content["si4-ucenci.csv"].startswith("Matična".encode())


def test_the_schools_are_as_big_as_promised(files):
    """There are 700 students, one of them twice, each with one or two guardians, and 62 members of staff."""
    assert Counter(row.school for row in files.students) == {"SP1": 273, "LO2": 180, "ZS3": 140, "SI4": 108}
    assert Counter(row.school for row in files.staff) == {"SP1": 26, "LO2": 20, "ZS3": 16}
    assert {len(row.guardians) for row in files.students if row.fields != 11} == {1, 2}
    assert Counter(row.position for row in files.staff) == {"nauczyciel": 42, "sekretarz": 4, "teacher": 16}


def test_every_class_in_a_school_with_staff_has_one_homeroom_teacher(files):
    """Classes and homerooms are the same, one to one."""
    classes = {(row.school, row.class_name) for row in files.students if row.school != "SI4"}
    homerooms = [(row.school, row.homeroom) for row in files.staff if row.homeroom]

    assert sorted(homerooms) == sorted(classes)


def test_families_reach_into_other_classes_and_schools(files):
    """A guardian with several children is typed alike in all their rows; some have children in two schools."""
    children: dict[Person, set[tuple[str, str]]] = {}
    for row in files.students:
        for guardian in row.guardians:
            children.setdefault(guardian, set()).add((row.school, row.key))
    schools = Counter(tuple(sorted({school for school, _ in found})) for found in children.values() if len(found) > 1)

    assert schools["SP1",] >= 40
    assert schools["LO2", "SP1"] >= 20
    assert schools["SP1", "ZS3"] >= 15
    assert schools["SI4",] >= 20


def test_some_guardians_have_no_national_id(files):
    """About a third of the guardians' ids was never asked for, and the rest was."""
    guardians = [guardian for row in files.students for guardian in row.guardians]
    without = sum(not guardian.number for guardian in guardians)

    assert 0.2 < without / len(guardians) < 0.4


def test_everything_that_was_promised_is_planted(region, files):
    """Each code is there as often as promised, in a record that exists, with a sentence of its own."""
    assert Counter(anomaly.code for anomaly in region.anomalies) == CODES
    assert all(files.at(anomaly) for anomaly in region.anomalies)
    assert len({anomaly.story for anomaly in region.anomalies}) == len(region.anomalies)
    assert all(anomaly.story.endswith(".") for anomaly in region.anomalies)


def test_a_record_shows_one_anomaly_only(region):
    """No two things are planted in one record, so that what a report says of it has one cause."""
    assert max(Counter(spots(region, *CODES)).values()) == 1


def test_foreigners_have_a_passport_instead_of_a_pesel(region, files, planted):
    """A document stands in the three columns where the PESEL is missing, and nowhere else."""
    for [row] in planted("foreigner-without-pesel"):
        kind, number, country = row.document
        assert (row.person.number, kind, country) == ("", "passport", "UA")
        assert len(number) == 8
    assert places(row for row in files.students if not row.person.number) == spots(region, "foreigner-without-pesel")
    assert places(row for row in files.students if any(row.document)) == spots(region, "foreigner-without-pesel")


def test_only_the_planted_students_have_no_address(region, files):
    """Two in a hundred students have no e-mail address, one of the twins among them."""
    without = places(row for row in files.students if not row.person.email)

    assert without == spots(region, "student-without-email", "twin-without-email")
    assert 0.015 < len(without) / len(files.students) < 0.03


def test_only_the_planted_guardians_have_no_address(region, files):
    """Nearly all guardians have an e-mail address."""
    without = places(row for row in files.students if any(not guardian.email for guardian in row.guardians))

    assert without == spots(region, "guardian-without-email")
    assert all(row.person.email for row in files.staff)


def test_twins_look_alike(files, planted):
    """Twins share surname, day, class and guardians, their PESELs follow each other, and one has no address."""
    [[brother]] = planted("twin-without-email")
    [sister] = [
        row
        for row in files.students
        if row != brother and row.guardians == brother.guardians and row.born == brother.born
    ]

    assert (sister.person.last_name, sister.class_name) == (brother.person.last_name, brother.class_name)
    assert int(brother.person.number[:10]) - int(sister.person.number[:10]) == 1
    assert sister.person.email
    assert not brother.person.email


def test_one_pesel_has_a_wrong_checksum(region, files, planted):
    """Only the planted number fails its checksum."""
    [[row]] = planted("wrong-checksum")

    with pytest.raises(InvalidChecksum):
        pl_pesel.validate(row.person.number)
    lost = spots(region, "lost-zero-restorable", "lost-zero-held")
    wrong = [
        row
        for row in files.students
        for person in (row.person, *row.guardians)
        if person.number
        and (row.school, row.key) not in lost
        and not (pl_pesel, si_emso)[row.school == "SI4"].is_valid(person.number)
    ]
    assert places(wrong) == spots(region, "wrong-checksum")
    assert all(pl_pesel.is_valid(member.person.number) for member in files.staff)


def test_one_birth_date_disagrees(region, files, planted):
    """Only the planted date is another than the one in the number, and by a day."""
    [[row]] = planted("birth-date-disagrees")

    assert row.born - pl_pesel.get_birth_date(row.person.number) == timedelta(days=1)
    disagreeing = [row for row in files.students if row.born and told_birth(row) not in {None, row.born}]
    assert places(disagreeing) == spots(region, "birth-date-disagrees")


def told_birth(row):
    """Return the birth date in the number of the student, None where there is no whole number."""
    scheme = si_emso if row.school == "SI4" else pl_pesel
    try:
        return scheme.get_birth_date(scheme.validate(row.person.number))
    except ValidationError:
        return None


def test_numbers_and_rows_agree_on_the_sex(files):
    """Each format's word for the sex is what the number says."""
    words = {"F": {"K", "ž", "female"}, "M": {"M", "m", "male"}}
    for row in files.students:
        if told_birth(row):
            scheme = si_emso if row.school == "SI4" else pl_pesel
            assert row.sex in words[scheme.get_gender(row.person.number)]


def test_a_lost_zero_can_be_put_back_where_the_birth_date_is_stated(planted):
    """With its zero the number is valid; one row states the date in it, the other states none."""
    [[restorable]] = planted("lost-zero-restorable")
    [[held]] = planted("lost-zero-held")

    for row in (restorable, held):
        assert len(row.person.number) == 10
        assert pl_pesel.is_valid(f"0{row.person.number}")
    assert pl_pesel.get_birth_date(f"0{restorable.person.number}") == restorable.born
    assert held.born is None


def test_zeros_are_lost_in_slovenia_when_no_polish_student_has_one():
    """From 2030 on no student was born before 2010, and the zero of an EMŠO is lost instead."""
    later = make_region(today=date(2035, 2, 2))
    files = Files(later)
    [restorable] = [a for a in later.anomalies if a.code == "lost-zero-restorable"]
    [row] = files.at(restorable)

    assert restorable.school == "SI4"
    assert si_emso.get_birth_date(f"0{row.person.number}") == row.born


def test_one_address_is_on_the_platform(region, files, planted):
    """Only the planted student gives a mailbox of the platform as the private one."""
    [[row]] = planted("address-on-the-platform")

    assert row.person.email.endswith(f"@{region.platform_domain}")
    assert [person for person in files.people() if person.email.endswith(f"@{PLATFORM_DOMAIN}")] == [row.person]


def test_one_address_is_malformed(region, files):
    """Only the planted guardian has an address that is none."""
    malformed = [row for row in files.students if any(guardian.email.count("@") > 1 for guardian in row.guardians)]

    assert places(malformed) == spots(region, "malformed-address")
    assert all(person.email.count("@") == 1 for person in (row.person for row in files.students) if person.email)


def test_father_and_son_share_name_and_address(region, files, planted):
    """Only in the planted record student and guardian bear one name, and they read one mailbox."""
    [[row]] = planted("namesakes-with-one-address")
    [father] = [guardian for guardian in row.guardians if guardian.first_name == row.person.first_name]

    assert father.last_name == row.person.last_name
    assert father.email == row.person.email
    assert father.number != row.person.number
    namesakes = [row for row in files.students if row.person.first_name in {g.first_name for g in row.guardians}]
    assert places(namesakes) == spots(region, "namesakes-with-one-address")


def test_a_guardian_gives_the_address_of_the_child(region, files, planted):
    """Beside the namesakes only the planted guardian has the child's own address, under another name."""
    [[row]] = planted("guardian-with-childs-address")

    assert row.guardians[0].email == row.person.email != ""
    sharing = [row for row in files.students if row.person.email in {g.email for g in row.guardians} - {""}]
    assert places(sharing) == spots(region, "guardian-with-childs-address", "namesakes-with-one-address")


def test_a_surname_is_double_barrelled(files, planted):
    """Only the planted student has two surnames."""
    [[row]] = planted("double-barrelled-surname")

    assert row.person.last_name.startswith("Nowak-")
    assert [person for person in files.people() if "-" in person.last_name] == [row.person]


def test_a_mistyped_pesel_is_somebody_elses(files, planted):
    """The number belongs to a guardian at another school who shares no name with the one it was typed for."""
    [[row]] = planted("guardian-pesel-of-somebody-else")
    wrong = row.guardians[0]
    owners = {person for person in files.people() if person.number == wrong.number} - {wrong}

    [owner] = owners
    assert owner.first_name != wrong.first_name
    assert owner.last_name != wrong.last_name


def test_one_record_stands_twice(region, files, planted):
    """The two rows of the planted record differ in class and address; no other record key repeats in its school."""
    [[first, second]] = planted("record-twice")

    assert first.person.number == second.person.number
    assert first.class_name != second.class_name
    assert first.person.email != second.person.email
    twice = [key for key, times in Counter((row.school, row.key) for row in files.students).items() if times > 1]
    assert twice == spots(region, "record-twice")


def test_one_row_is_cut_short_in_the_middle_of_its_file(files, planted):
    """Only the planted row has too few fields, and a quarter of the file stands before and after it."""
    [[row]] = planted("row-cut-short")
    rows = files.rows["sp1-uczniowie.csv"]
    [cut] = [number for number, cells in enumerate(rows) if len(cells) != len(POLISH_STUDENTS)]

    assert rows[cut][0] == row.key
    assert len(rows[cut]) == row.fields == 11
    assert len(rows) / 4 <= cut <= len(rows) * 3 / 4
    others = [cells for name, table in files.rows.items() for cells in table if len(cells) != len(files.rows[name][0])]
    assert others == [rows[cut]]


def test_teachers_are_guardians_under_one_pesel(files, planted):
    """The guardian in the planted row is a teacher of another school, the same in every cell."""
    for [row] in planted("teacher-is-guardian"):
        [teacher] = [member for member in files.staff if member.person == row.guardians[0]]
        assert teacher.person.number
        assert teacher.school != row.school


def test_teachers_are_guardians_without_a_pesel(files, planted):
    """Name and address of the guardian are a teacher's, whose PESEL only the employer knows."""
    for [row] in planted("teacher-is-guardian-without-pesel"):
        [teacher] = [member for member in files.staff if member.person.email == row.guardians[0].email]
        assert teacher.person.number
        assert row.guardians[0] == evolve(teacher.person, number="")


def test_a_teacher_has_two_addresses(files, planted):
    """The teacher in the planted row is a guardian at another school with the same PESEL and another address."""
    [[row]] = planted("teacher-with-two-addresses")

    [guardian] = elsewhere(files, row, row.person)
    assert guardian.number == row.person.number != ""
    assert guardian.email != row.person.email


def test_a_guardian_has_two_addresses(files, planted):
    """The guardian in the planted row stands in another school with the same PESEL and another address."""
    [[row]] = planted("guardian-with-two-addresses")

    [other] = elsewhere(files, row, row.guardians[0])
    assert other.number == row.guardians[0].number != ""
    assert other.email != row.guardians[0].email


def test_nobody_else_has_two_addresses_or_anothers_number(region, files):
    """A number is stated with one name and one address but where something was planted."""
    stated: dict[str, set[Person]] = {}
    for row in [*files.students, *files.staff]:
        for person in (row.person, *getattr(row, "guardians", ())):
            if person.number:
                stated.setdefault(person.number, set()).add(person)
    contested = {number for number, names in stated.items() if len(names) > 1}

    codes = (
        "record-twice",
        "guardian-pesel-of-somebody-else",
        "guardian-with-two-addresses",
        "teacher-with-two-addresses",
    )
    assert len(contested) == len(codes)
    for school, key in spots(region, *codes):
        row = next(row for row in [*files.students, *files.staff] if (row.school, row.key) == (school, key))
        named = {row.person, *getattr(row, "guardians", ())}
        assert contested & {person.number for person in named}


def test_an_address_belongs_to_one_name(region, files):
    """No two people share an address but the planted child and its guardian."""
    names: dict[str, set[tuple[str, str]]] = {}
    for person in files.people():
        if person.email:
            names.setdefault(person.email, set()).add((person.last_name, person.first_name))
    shared = [address for address, owners in names.items() if len(owners) > 1]

    [spot] = [anomaly for anomaly in region.anomalies if anomaly.code == "guardian-with-childs-address"]
    assert shared == [files.at(spot)[0].person.email]


def test_the_guardian_of_the_story_has_children_in_two_schools(region, files):
    """The guardian's two children are in two schools, and both rows state the same guardian."""
    guardian = region.cast.guardian
    rows = [row for place in guardian.places for row in files.at(place)]

    assert [row.school for row in rows] == ["SP1", "LO2"]
    assert [f"{row.person.first_name} {row.person.last_name}" for row in rows] == [c.name for c in guardian.children]
    assert guardian.national_id
    for row in rows:
        [named] = [g for g in row.guardians if f"{g.first_name} {g.last_name}" == guardian.name]
        assert (named.email, named.number) == (guardian.email, guardian.national_id)
        assert row.person.email
        assert pl_pesel.is_valid(row.person.number)


def test_the_student_of_the_story_has_a_number_and_an_address(region, files):
    """The student stands in one row, with a valid PESEL and an address of their own."""
    student = region.cast.student
    [row] = files.at(student.places[0])

    assert f"{row.person.first_name} {row.person.last_name}" == student.name
    assert (row.person.number, row.person.email) == (student.national_id, student.email)
    assert pl_pesel.is_valid(student.national_id)
    assert student.email


def test_the_teacher_of_the_story_is_a_guardian(region, files):
    """The teacher stands in a staff table, and with the same PESEL and address in a child's row elsewhere."""
    teacher = region.cast.teacher
    [member], [row] = (files.at(place) for place in teacher.places)

    assert member.person == row.guardians[0]
    assert (member.person.number, member.person.email) == (teacher.national_id, teacher.email)
    assert member.school != row.school
    assert [child.place for child in teacher.children] == [teacher.places[1]]


def test_nothing_is_planted_in_the_records_of_the_story(region):
    """Whoever plays in the story has records without anomalies."""
    cast = region.cast
    played = {
        (place.school, place.record)
        for character in (cast.guardian, cast.student, cast.teacher, cast.mover)
        for place in character.places
    }

    assert played.isdisjoint(spots(region, *CODES))
    assert len({character.name for character in (cast.guardian, cast.student, cast.teacher, cast.mover)}) == 4


def test_a_day_later_only_the_news_is_different(region, files):
    """The rows that differ on the second day are those that the news tells of."""
    later = second_day(region)
    then = Files(later)
    before, after = {*files.students, *files.staff}, {*then.students, *then.staff}

    assert later.today == TODAY + timedelta(days=1)
    assert region.news == ()
    assert places({(r.school, r.key): r for r in before ^ after}.values()) == sorted(
        (change.school, change.record) for change in later.news
    )
    assert (len(before - after), len(after - before)) == (3, 3)


def test_a_day_later_one_school_has_a_new_address(region):
    """The guardian's new address stands in the first school only, and is nobody else's."""
    later = second_day(region)
    mover = region.cast.mover
    [there], [elsewhere_] = (Files(later).at(place) for place in mover.places)
    addresses = [
        next(g.email for g in row.guardians if f"{g.first_name} {g.last_name}" == mover.name)
        for row in (there, elsewhere_)
    ]

    assert addresses == [region.cast.new_address, mover.email]
    assert [person.email for person in Files(later).people()].count(region.cast.new_address) == 1
    assert later.news[0].code == "guardian-address-changed"


def test_a_day_later_somebody_moved_came_and_left(region, files):
    """One student changed class, one is new with a number of their own, one teacher is gone."""
    later = second_day(region)
    then = Files(later)
    _, moved, came, left = later.news

    assert files.at(moved)[0] == evolve(then.at(moved)[0], class_name=files.at(moved)[0].class_name)
    assert files.at(moved)[0].class_name != then.at(moved)[0].class_name
    assert (len(files.at(came)), len(then.at(came))) == (0, 1)
    newcomer = then.at(came)[0]
    assert newcomer.person.number not in {person.number for person in files.people()}
    assert (len(files.at(left)), len(then.at(left))) == (1, 0)


def test_a_day_later_what_was_planted_is_spared(region):
    """Where something is planted in the record that would change class, another one changes."""
    _, moved, _, _ = second_day(region).news
    planted_too = evolve(region, anomalies=(*region.anomalies, Anomaly("any", moved.school, moved.record, "")))

    assert second_day(planted_too).news[1].record != moved.record


def test_the_package_holds_together(files):
    """The manifest names the files that are there, and every reference in them leads somewhere."""
    package = files.package
    manifest = {line["propertyName"]: line["value"] for line in package["manifest"]}
    stated = {name.removeprefix("file."): kind for name, kind in manifest.items() if name.startswith("file.")}
    keys = {name: {line["sourcedId"] for line in lines} for name, lines in package.items() if name != "manifest"}
    roles = {line["userSourcedId"]: line["role"] for line in package["roles"]}

    assert manifest["oneroster.version"] == "1.2"
    assert {name for name, kind in stated.items() if kind == "bulk"} == keys.keys()
    assert len(stated) == 21
    assert all(len(lines) == len(keys[name]) for name, lines in package.items() if name in keys)
    assert roles.keys() == keys["users"]
    agents = {agent for line in package["users"] for agent in line["agentSourcedIds"].split(",") if agent}
    assert agents == {key for key, role in roles.items() if role == "guardian"}
    assert {line["userSourcedId"] for line in package["enrollments"]} <= keys["users"]
    assert {line["classSourcedId"] for line in package["enrollments"]} == keys["classes"]
    assert {line["courseSourcedId"] for line in package["classes"]} == keys["courses"]
    assert {line["termSourcedIds"] for line in package["classes"]} == keys["academicSessions"]
    assert {line["role"] for line in package["enrollments"] if line["primary"] == "true"} == {"teacher"}
    assert {line["role"] for line in package["enrollments"] if line["primary"] == "false"} == {"student"}
    assert keys["demographics"] == {key for key, role in roles.items() if role == "student"}
    assert all(None not in line and None not in line.values() for lines in package.values() for line in lines)


def test_no_representation_shows_a_number(region):
    """Neither the region nor anything in it prints a national id or the number of a passport."""
    shown = repr(second_day(region))
    numbers = {person.national_id for school in region.schools for person in school.people()} - {""}
    passports = {entry.document.number for school in region.schools for entry in school.students if entry.document}

    assert not [number for number in numbers | passports if number in shown]


@few
@given(regions)
def test_every_region_keeps_its_promises(made):
    """Whatever the seed and the day, everything is planted and everybody could be true."""
    files = Files(made)

    assert Counter(anomaly.code for anomaly in made.anomalies) == CODES
    for row in files.students:
        if row.born and (row.school, row.key) not in spots(made, "birth-date-disagrees"):
            assert years_before(made.today, 20) < row.born <= years_before(made.today, 7)
    domains = PRIVATE_DOMAINS | {PLATFORM_DOMAIN}
    assert {person.email.rpartition("@")[2] for person in files.people() if person.email} == domains


@few
@given(regions)
def test_siblings_have_names_of_their_own_and_are_born_apart(made):
    """Children of one household differ in first name, and but for the twins by a year at least."""
    twins = {a.record for a in made.anomalies if a.code == "twin-without-email"}
    households: dict[int, list[StudentEntry]] = {}
    for school in made.schools:
        for entry in {entry.key: entry for entry in school.students}.values():
            households.setdefault(entry.household, []).append(entry)
    for children in households.values():
        assert len({child.student.first_name for child in children}) == len(children)
        if twins.isdisjoint(child.key for child in children):
            days = sorted(child.born for child in children if child.born)
            assert all(later - earlier >= timedelta(days=365) for earlier, later in pairwise(days))


@few
@given(regions)
def test_the_story_ends_before_anybody_comes_of_age(made):
    """The student of the story and the children of its guardians in two schools are younger than seventeen."""
    cast = made.cast
    for place in (*cast.guardian.places, *cast.student.places, *cast.mover.places):
        assert made.school(place.school).student(place.record).born > years_before(made.today, 17)


@few
@given(regions)
def test_the_owner_of_a_mistyped_number_is_a_stranger(made):
    """The two people whom one number is stated for share neither first nor last name."""
    [spot] = [anomaly for anomaly in made.anomalies if anomaly.code == "guardian-pesel-of-somebody-else"]
    wrong = made.school(spot.school).student(spot.record).guardians[0]
    for school in made.schools:
        for person in school.people():
            if person.national_id == wrong.national_id and person != wrong:
                assert person.first_name != wrong.first_name
                assert person.last_name != wrong.last_name


@few
@given(regions)
def test_the_news_spare_the_story_and_what_was_planted(made):
    """But for the new address, nothing changes in a record where something is planted or somebody plays."""
    _, *others = second_day(made).news
    cast = made.cast
    busy = {
        (place.school, place.record)
        for character in (cast.guardian, cast.student, cast.teacher, cast.mover)
        for place in character.places
    }

    assert [change.code for change in others] == ["class-changed", "student-came", "teacher-left"]
    assert busy.isdisjoint((change.school, change.record) for change in others)
    assert not {(change.school, change.record) for change in others} & set(spots(made, *CODES))


@few
@given(regions)
def test_staff_are_of_working_age(made):
    """Everybody who works for a school is between 25 and 66 years old."""
    for member in Files(made).staff:
        born = pl_pesel.get_birth_date(member.person.number)
        assert years_before(made.today, 66) < born <= years_before(made.today, 25)


@few
@given(regions)
def test_guardians_are_twenty_to_forty_five_years_older(made):
    """No guardian is too young or too old for any of their children."""
    mistyped = spots(made, "guardian-pesel-of-somebody-else")
    for row in Files(made).students:
        if not row.born or (row.school, row.key) in mistyped:
            continue
        scheme = si_emso if row.school == "SI4" else pl_pesel
        for guardian in row.guardians:
            if guardian.number:
                born = scheme.get_birth_date(guardian.number)
                # A day more, because one of the birth dates was planted a day too late.
                assert years_before(row.born, 45) - timedelta(days=2) <= born <= years_before(row.born, 20)


def test_polish_students_bear_the_form_of_their_sex(files):
    """No girl is called -ski and no boy -ska."""
    for row in files.students:
        if row.school != "SI4":
            his, hers = (("ski", "cki", "dzki"), ("ska", "cka", "dzka"))
            assert not row.person.last_name.endswith(his if row.sex in {"K", "female"} else hers)


def test_twins_are_of_two_sexes(region):
    """The twins are a girl and a boy, so that their PESELs can follow each other directly."""
    [spot] = [anomaly for anomaly in region.anomalies if anomaly.code == "twin-without-email"]
    entry = region.school(spot.school).student(spot.record)
    twins = [e for e in region.school(spot.school).students if (e.household, e.born) == (entry.household, entry.born)]

    assert {twin.sex for twin in twins} == {Sex.FEMALE, Sex.MALE}
