"""The shipped formats: what each table states."""

from __future__ import annotations

from datetime import date

import pytest

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Sex, StatedId
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.mapping_file import shipped, shipped_mapping

UONET = (
    "Nr kartoteki;Nazwisko;Imię;PESEL;Dokument;Nr dokumentu;Kraj dokumentu;Data urodzenia;Płeć;Oddział;E-mail ucznia;"
    "Opiekun 1 nazwisko;Opiekun 1 imię;Opiekun 1 PESEL;Opiekun 1 e-mail;"
    "Opiekun 2 nazwisko;Opiekun 2 imię;Opiekun 2 PESEL;Opiekun 2 e-mail\n"
)
STAFF = "Nr;Nazwisko;Imię;PESEL;E-mail;Stanowisko;Wychowawca oddziału\n"
SLOVENE = (
    "Matična številka;Priimek;Ime;EMŠO;Datum rojstva;Spol;Oddelek;E-pošta;"
    "Starš 1 priimek;Starš 1 ime;Starš 1 EMŠO;Starš 1 e-pošta;"
    "Starš 2 priimek;Starš 2 ime;Starš 2 EMŠO;Starš 2 e-pošta\n"
)


def lists(reading):
    """Return the keys in each list."""
    return {roster.list: [record.key for record in roster.records] for roster in reading.rosters}


def only(reading, name="students"):
    """Return the only record of a list."""
    (record,) = next(roster.records for roster in reading.rosters if roster.list == name)
    return record


def test_a_students_row_states_the_student_and_the_guardians(read_files, pesel):
    """A row of the UONET+ table is one record: the student, and a guardian for each filled group of columns."""
    row = f"7;Wąs;Jan;{pesel(1)};;;;2012-03-01;m;1a;jan@dom.example;Wąs;Ewa;{pesel(2)};ewa@dom.example;;;;\n"
    reading = read_files({"uczniowie.csv": UONET + row}, school="sp1")
    record = only(reading)
    student, guardian = record.people
    assert (reading.format, record.key, record.line, record.source) == ("uonet", "7", 2, record.source)
    assert (student.role, student.first_name, student.last_name) == (Role.STUDENT, "Jan", "Wąs")
    assert student.ids == (StatedId(pesel(1), "pl.pesel"),)
    assert (student.birth_date, student.sex, student.class_name) == (date(2012, 3, 1), Sex.MALE, "1a")
    assert student.silent == {Field.DAYS, Field.PHONE}
    assert (guardian.role, guardian.email) == (Role.GUARDIAN, "ewa@dom.example")
    assert guardian.silent == {Field.DAYS, Field.CLASS, Field.SEX, Field.BIRTH_DATE, Field.PHONE}
    assert reading.rosters[0].school == "sp1"
    assert reading.rosters[0].origin == "uonet"


def test_an_empty_cell_says_none_and_a_missing_column_says_nothing(read_files):
    """An empty address is a statement, a table without the column is silent (SYNC-0)."""
    with_column = only(read_files({"u.csv": "Nazwisko;Imię;E-mail\nWąs;Jan;\n"}, school="sp1")).people[0]
    without = only(read_files({"u.csv": "Nazwisko;Imię\nWąs;Jan\n"}, school="sp1")).people[0]
    assert (with_column.email, Field.EMAIL in with_column.silent) == ("", False)
    assert (without.email, Field.EMAIL in without.silent) == ("", True)


@pytest.mark.parametrize(
    "header",
    [
        "Nazwisko;Imię;Telefon;Opiekun 1 nazwisko;Opiekun 1 imię;Opiekun 1 telefon",
        "Priimek;Ime;Telefonska številka;Starš 1 priimek;Starš 1 ime;Starš 1 telefon",
        "Last name;First name;Mobile phone;Guardian 1 last name;Guardian 1 first name;Guardian 1 phone",
    ],
)
def test_telephone_numbers_stand_under_their_usual_headers(read_files, header):
    """In three languages, of the student and of each guardian, as the cell has them."""
    record = only(read_files({"u.csv": f"{header}\nWąs;Jan;601 234 567;Wąs;Ewa;77 400 30 20\n"}, school="sp1"))

    assert [each.phone for each in record.people] == ["601 234 567", "77 400 30 20"]
    assert all(Field.PHONE not in each.silent for each in record.people)


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize(
    ("kind", "country", "stated"),
    [
        ("paszport", "UA", StatedId("FX123456", "ua", "passport")),
        ("Karta pobytu", "Ukraina", StatedId("FX123456", "ua", "residence-card")),
        ("Legitymacja UNHCR", "by", StatedId("FX123456", "by", "legitymacja-unhcr")),
        ("", "", StatedId("FX123456", "", "other")),
    ],
)
def test_another_document_stands_in_for_a_pesel(read_files, kind, country, stated):
    """Who has no PESEL is stated with a document: its country, type and number."""
    row = f"7;Kowal;Oksana;;{kind};FX123456;{country};;k;1a;;;;;;;;;\n"
    assert only(read_files({"u.csv": UONET + row}, school="sp1")).people[0].ids == (stated,)


@pytest.mark.clause("GB5")
@pytest.mark.rule("ID-10a")
def test_a_number_in_the_place_of_a_documents_type_is_no_type(read_files, pesel):
    """Cells that stand in each other's columns do not make a national id part of what a document is called."""
    row = f"7;Kowal;Oksana;;paszport {pesel(1)};FX123456;UA;;k;1a;;;;;;;;;\n"
    student = only(read_files({"u.csv": UONET + row}, school="sp1")).people[0]
    assert [(problem.field, problem.code) for problem in student.problems] == [(Field.NATIONAL_ID, "unknown-document")]
    assert student.ids == ()
    assert pesel(1) not in repr(student)


@pytest.mark.clause("GB3")
def test_cells_that_cannot_be_read_are_problems_of_their_fields(read_files):
    """A date, a sex, a country and a number that mean nothing hold their own field and no more."""
    row = "7;Wąs;Jan;1.01006E+11;paszport;X1;Nibylandia;31.02.2012;?;1a;;;;;;;;;\n"
    student = only(read_files({"u.csv": UONET + row}, school="sp1")).people[0]
    assert [(problem.field, problem.code) for problem in student.problems] == [
        (Field.NATIONAL_ID, "eaten-digits"),
        (Field.NATIONAL_ID, "unknown-country"),
        (Field.BIRTH_DATE, "bad-date"),
        (Field.SEX, "unknown-word"),
    ]
    assert (student.last_name, student.ids, student.birth_date, student.sex) == ("Wąs", (), None, None)


def test_letters_that_were_lost_before_are_not_taken_for_a_name(read_files):
    """The sign for a lost letter in a name is a problem of the name; in a key it makes the key unreadable."""
    student = only(read_files({"u.csv": UONET + "7;W\ufffds;Jan;;;;;;;;;;;;;;;;\n"}, school="sp1")).people[0]
    assert [(problem.field, problem.code) for problem in student.problems] == [(Field.LAST_NAME, "damaged-text")]


@pytest.mark.rule("ROLE-1")
def test_a_staff_row_is_in_the_list_of_each_of_its_roles(read_files):
    """Several roles in one cell, and a homeroom beside them, each give a record in their own list."""
    rows = (
        "1;Lis;Ola;;o@b.example;nauczyciel, sekretarka;1a\n2;Gil;Jan;;;Nauczycielka;\n"
        "3;Kos;Ewa;;;dyrektor;\n4;Bąk;Iza;;;woźna;\n"
    )
    reading = read_files({"kadra.csv": STAFF + rows}, school="sp1")
    assert lists(reading) == {"homeroom-teacher": ["1"], "secretary": ["1"], "teacher": ["1", "2"]}
    homeroom, teacher = only(reading, "homeroom-teacher").people[0], reading.rosters[2].records[0].people[0]
    assert (homeroom.role, homeroom.class_name, Field.CLASS in homeroom.silent) == (Role.HOMEROOM_TEACHER, "1a", False)
    assert (teacher.role, teacher.class_name, Field.CLASS in teacher.silent) == (Role.TEACHER, "", True)
    assert [(found.code, found.line, found.value) for found in reading.findings] == [
        ("role-not-importable", 4, "dyrektor")
    ]


def test_a_homeroom_teacher_of_two_classes_has_two_records(read_files):
    """Each class is a record; the first keeps the row's own key."""
    reading = read_files({"kadra.csv": STAFF + "1;Lis;Ola;;;nauczyciel;2b, 1a\n"}, school="sp1")
    found = next(roster.records for roster in reading.rosters if roster.list == "homeroom-teacher")
    assert [(record.key, record.people[0].class_name) for record in found] == [("1", "1a"), ("1/2b", "2b")]


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    ("word", "code"), [("nauczyceil", "role-unknown"), ("nauczyciel, sekretraz", "role-unknown"), ("", "role-missing")]
)
def test_a_role_that_nobody_knows_ends_nobody(read_files, word, code):
    """A slip in a role's name holds the row in every list that it may belong to: nobody loses a role by it."""
    rows = f"1;Lis;Ola;;;{word};\n2;Gil;Jan;;;nauczyciel;\n"
    reading = read_files({"kadra.csv": STAFF + rows}, school="sp1")
    held = {
        roster.list: [
            record.key for record in roster.records if [problem.code for problem in record.problems] == [code]
        ]
        for roster in reading.rosters
    }
    assert held == {"homeroom-teacher": ["1"], "secretary": ["1"], "teacher": ["1"]}


@pytest.mark.rule("SYNC-0c")
def test_a_staff_table_states_its_empty_lists_too(read_files):
    """A table that lists all staff says of each role that nobody has it; without a homeroom column not of that."""
    assert lists(read_files({"kadra.csv": STAFF}, school="sp1")) == {
        "homeroom-teacher": [],
        "secretary": [],
        "teacher": [],
    }
    without = STAFF.replace(";Wychowawca oddziału", "")
    assert lists(read_files({"kadra.csv": without}, school="sp1")) == {"secretary": [], "teacher": []}


def test_a_slovene_table_is_read_in_its_own_words(read_files):
    """The Slovene table gives pupils with EMŠO and their parents; its dates are those of the country."""
    row = "3;Čeh;Žan;0101006500006;1. 1. 2006;moški;6.b;;Čeh;Špela;;spela@dom.example;;;;\n"
    reading = read_files({"ucenci.csv": SLOVENE + row}, school="os1")
    pupil, parent = only(reading).people
    assert reading.format == "easistent"
    assert (pupil.ids, pupil.birth_date) == ((StatedId("0101006500006", "si.emso"),), date(2006, 1, 1))
    assert (pupil.sex, pupil.class_name, parent.first_name) == (Sex.MALE, "6.b", "Špela")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Last name,First_name,PESEL,Date of birth,Class", "Kos,Ewa,,2012-03-01,1a"),
        ("PRIIMEK;ime;EMSO;datum.rojstva;oddelek", "Kos;Ewa;;01.03.2012;1a"),
        ("nazwisko\timię\tpesel\tDATA URODZENIA\tklasa", "Kos\tEwa\t\t2012/03/01\t1a"),
        ("\ufeffime;priimek;datumRojstva;spol;zacasnoGeslo;program;letnik;oddelek", "Ewa;Kos;2012-03-01;f;x;y;1;1a"),
    ],
)
def test_any_table_is_read_by_its_headers_whatever_their_spelling(read_files, header, row):
    """Case, marks, spaces, dots and underscores of a header do not matter, nor its language."""
    reading = read_files({"tabela.csv": f"{header}\n{row}\n"}, school="sp1")
    student = only(reading).people[0]
    assert (reading.format, student.first_name, student.last_name) == ("table", "Ewa", "Kos")
    assert (student.birth_date, student.class_name) == (date(2012, 3, 1), "1a")


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        ("2012-03-01", date(2012, 3, 1), None),
        ("2012-03-01T18:25:43.511Z", date(2012, 3, 1), None),
        ("13/02/2012", date(2012, 2, 13), None),
        ("2/13/2012", date(2012, 2, 13), None),
        ("02/02/2012", date(2012, 2, 2), None),
        ("03/02/2012", None, "undecidable-date"),
        ("30/30/2012", None, "bad-date"),
        ("41000", None, "bad-date"),
        ("٠١.٠٣.٢٠١٢", None, "bad-date"),
    ],
)
def test_a_date_that_two_orders_read_differently_is_not_decided(read_files, text, day, code):
    """Day and month are told apart where they can be, and never guessed where they cannot."""
    student = only(read_files({"u.csv": f"Nazwisko;Imię;Data urodzenia\nKos;Ewa;{text}\n"}, school="sp1")).people[0]
    assert student.birth_date == day
    assert [problem.code for problem in student.problems] == ([code] if code else [])


def test_a_table_may_name_its_schools(read_files):
    """A school column makes a list for each school; a row without a school ends nobody in any of them."""
    text = "Nazwisko;Imię;Oddział;Szkoła\nKos;Ewa;1a;sp1\nLis;Ola;1b;sp2\nGil;Jan;1a;sp1\n"
    reading = read_files({"u.csv": text})
    assert {roster.school: len(roster.records) for roster in reading.rosters} == {"sp1": 2, "sp2": 1}
    doubtful = read_files({"u.csv": text + "Bąk;Iza;1c;\n"})
    assert [(roster.complete, len(roster.records)) for roster in doubtful.rosters] == [(False, 2), (False, 1)]
    assert [found.code for found in doubtful.findings] == ["school-empty"]


@pytest.mark.clause("GB2")
def test_no_school_is_guessed_from_a_folder(read_files):
    """A table without a school needs one from the caller, whatever its folder is called."""
    with pytest.raises(UnreadableSource, match="which school") as refused:
        read_files({"szkola-sp1/uczniowie.csv": UONET})
    assert (refused.value.code, "--school" in refused.value.hint) == ("school-missing", True)


def test_sio_is_read_by_position(read_files, pesel):
    """The first line counts for nothing; without a PESEL the birth date stands in the fourth cell."""
    text = f"Imię;Nazwisko;PESEL\nJan;Wąs;{pesel(1)}\nOksana;Kowal;;2012-03-01\n"
    reading = read_files({"sio.csv": text}, school="sp1")
    people = {record.people[0].first_name: record.people[0] for record in reading.rosters[0].records}
    assert reading.format == "sio"
    assert people["Jan"].ids == (StatedId(pesel(1), "pl.pesel"),)
    assert (people["Oksana"].ids, people["Oksana"].birth_date) == ((), date(2012, 3, 1))
    told = read_files({"sio.csv": text.replace("Imię;Nazwisko;PESEL", "x;y;z")}, school="sp1", format="sio")
    assert told.rosters == reading.rosters


def test_school_data_sync_1_states_no_national_id(read_files):
    """A state of the United States is no person's id, a user name no address, and a password is not looked at."""
    files = {
        "School.csv": "SIS ID,Name\n10,First\n20,Second\n",
        "Student.csv": (
            "SIS ID,School SIS ID,First Name,Last Name,Username,Password,State ID,Secondary Email,Birthdate,Status\n"
            "1,10,Ewa,Kos,EKos,Sekret1!,WA,ewa@dom.example,12/25/2012,Active\n"
        ),
        "Teacher.csv": "SIS ID,School SIS ID,Username\n9,10,OLis\n",
        "Section.csv": "SIS ID,School SIS ID,Section Name\n",
    }
    reading = read_files(files)
    assert (reading.format, [school.name for school in reading.schools]) == ("sds-v1", ["First", "Second"])
    assert [(found.school, found.list, len(found.records)) for found in reading.rosters] == [
        ("10", "students", 1),
        ("10", "teacher", 1),
        ("20", "students", 0),
    ]
    student = reading.rosters[0].records[0].people[0]
    assert (student.key, student.ids, student.email) == ("1", (), "ewa@dom.example")
    assert student.birth_date == date(2012, 12, 25)
    assert Field.NATIONAL_ID in student.silent
    assert {Field.FIRST_NAME, Field.LAST_NAME} <= reading.rosters[1].records[0].people[0].silent
    assert reading.rosters[0].shared_keys
    assert "Sekret1!" not in repr(reading)


SDS = {
    "orgs.csv": "sourcedId,name,type\no1,First,school\no2,Second,school\no3,Office,district\n",
    "users.csv": (
        "sourcedId,username,givenName,familyName,password,email\n"
        "u1,a,Ewa,Kos,x,\nu2,b,Ola,Kos,x,o@b.example\nu3,c,Jan,Lis,x,\n"
    ),
    "roles.csv": (
        "userSourcedId,orgSourcedId,role,sessionSourcedId,roleStartDate,roleEndDate\n"
        "u1,o1,student,s1,2026-09-01,2027-01-31\nu1,o1,student,s2,2027-02-01,2027-06-30\nu3,o1,teacher,s1,,\n"
    ),
    "relationships.csv": "userSourcedId,relationshipUserSourcedId,relationshipRole\nu1,u2,guardian\nu1,u3,doctor\n",
}


def test_school_data_sync_2_joins_persons_roles_and_relations(read_files):
    """Terms of one role become one record, relations become guardians, and what has no row is silent."""
    reading = read_files(SDS | {"demographics.csv": "userSourcedId,sex,birthDate\nu3,male,1980-01-01\n"})
    assert [(found.school, found.list, len(found.records)) for found in reading.rosters] == [
        ("o1", "students", 1),
        ("o1", "teacher", 1),
        ("o2", "students", 0),
    ]
    student, guardian = reading.rosters[0].records[0].people
    assert (student.first_day, student.last_day) == (date(2026, 9, 1), date(2027, 6, 30))
    assert (guardian.role, guardian.key, guardian.first_name) == (Role.GUARDIAN, "u2", "Ola")
    assert {Field.BIRTH_DATE, Field.SEX} <= student.silent


@pytest.mark.rule("SYNC-7a")
def test_a_user_without_a_row_holds_the_record(read_files):
    """A role or relation of somebody whom no row describes holds the record: leaving them out would end a link."""
    files = dict(SDS)
    files["users.csv"] = files["users.csv"].replace("u2,b,Ola,Kos,x,o@b.example\n", "")
    reading = read_files(files)
    assert [problem.code for problem in reading.rosters[0].records[0].problems] == ["join-missing"]


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("last", ["u1,u", "u1,u2\n"])
def test_relations_that_were_lost_stop_the_whole_source(read_files, last):
    """Nobody could tell which guardians a damaged table of relations has lost, so nothing is read."""
    with pytest.raises(UnreadableSource) as refused:
        read_files(SDS | {"relationships.csv": SDS["relationships.csv"] + last})
    assert refused.value.code in {"file-cut", "relation-unreadable"}


def test_two_exports_in_one_folder_are_not_mixed(read_files):
    """A second table of users beside the first is refused: a folder holds one export."""
    with pytest.raises(UnreadableSource) as refused:
        read_files(
            {
                "Student.csv": "SIS ID,School SIS ID,Username\n",
                "School.csv": "SIS ID,Name\n",
                "x/School.csv": "",
                "school.CSV": "SIS ID,Name\n",
            },
            only=["Student.csv", "School.csv", "school.CSV"],
        )
    assert refused.value.code == "table-twice"


def dump(pesel):
    """Return the tables of a relational dump with one child, one parent and one teacher."""
    return {
        "users.csv": "user_id,username,role\n1,a,teacher\n2,b,student\n3,c,parent\n",
        "teachers.csv": "teacher_id,user_id\n5,1\n",
        "students.csv": "student_id,user_id,class_id\n7,2,1\n",
        "parents.csv": "parent_id,user_id\n4,3\n",
        "parent_student.csv": "parent_id,student_id,show_info\n4,7,t\n",
        "personal_data.csv": (
            f"personal_id,user_id,name,surname,pesel\n1,1,Ola,Lis,\n2,2,Jan,Wąs,{pesel(1)}\n3,3,Ewa,Wąs,\n"
        ),
        "classes.csv": "class_id,class_profile,class_teacher\n1,1,5\n",
        "class_profile.csv": "id,short_name,name\n1,1A,Klasa 1A\n",
    }


def test_a_relational_dump_is_joined(read_files, pesel):
    """Students, parents, classes and homeroom teachers come together over their ids."""
    reading = read_files(dump(pesel), school="sp1")
    student, parent = only(reading).people
    assert (student.class_name, student.ids[0].text, parent.last_name, parent.key) == ("1A", pesel(1), "Wąs", "3")
    assert Field.EMAIL in student.silent
    assert only(reading, "homeroom-teacher").people[0].class_name == "1A"
    assert only(reading, "teacher").people[0].first_name == "Ola"


@pytest.mark.rule("SYNC-7a")
def test_a_class_that_cannot_be_found_out_takes_no_homeroom_away(read_files, pesel):
    """A homeroom teacher whose class has lost its row is held in all lists, and so is its student."""
    files = dump(pesel) | {"class_profile.csv": "id,short_name,name\n2,1B,Klasa 1B\n"}
    reading = read_files(files, school="sp1")
    held = {
        (roster.list, problem.code)
        for roster in reading.rosters
        for record in roster.records
        for problem in record.problems
    }
    assert held == {(name, "join-missing") for name in ("students", "teacher", "homeroom-teacher")}


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_mapping_is_sound_and_known_by_its_name(name):
    """A mapping file is called as its format is, and says what it is for."""
    mapping = shipped_mapping(name)
    assert (mapping.format, bool(mapping.title)) == (name, True)


def test_a_version_names_format_mapping_and_parser(read_files):
    """Whoever changes the mapping or the parser changes the version, so that records are read again (SYNC-4d)."""
    (found,) = read_files({"u.csv": UONET}, school="sp1").rosters
    name, digest, parser = found.version.split("+")
    assert (name, len(digest), parser) == ("uonet/1", 8, "parser2")


def test_a_format_that_does_not_fit_says_what_is_missing(read_files):
    """A format named for a file of another kind is refused with the columns that it would need."""
    with pytest.raises(UnreadableSource) as refused:
        read_files({"u.csv": "Nazwisko;Imię;Oddział\n"}, school="sp1", format="uonet")
    assert (refused.value.code, "Nr kartoteki" in refused.value.hint) == ("header-not-recognised", True)
    with pytest.raises(UnreadableSource, match="no format of this name") as refused:
        read_files({"u.csv": UONET}, school="sp1", format="librus")
    assert (refused.value.code, "librus-csv2sou" in refused.value.hint) == ("format-unknown", True)
