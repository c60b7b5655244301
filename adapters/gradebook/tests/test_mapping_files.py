"""Mapping files: what a user may write, and what is said when it is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Sex, StatedId
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.gradebook import FileGradebook
from eszkola_gradebook.mapping_file import mapping_from, parsed

OURS = """
format = "ours"
dates = ["D.M.YYYY"]
delimiter = ","

[tables.pupils]
needs = ["Pupil", ["Surname", "Family"]]

[words.sex]
female = ["girl"]

[[records]]
table = "pupils"
list = "students"
key = [["Branch"], ["Pupil"]]

[[records.person]]
role = "student"
last_name = ["Surname", "Family"]
birth_date = "Born"
sex = "Kind"
ids = [{ scheme = "pl.pesel", column = "Number" }]
"""
TABLE = "Branch,Pupil,Family,Born,Kind,Number\nA,1,Kos,1.3.2012,girl,12230100013\nB,1,Lis,2.3.2012,m,\n"


@pytest.fixture
def ours(tmp_path):
    """Return the path of a mapping file and of a table that it explains."""
    mapping, table = tmp_path / "ours.toml", tmp_path / "pupils.csv"
    mapping.write_text(OURS, encoding="utf-8")
    table.write_text(TABLE, encoding="utf-8")
    return mapping, table


def test_a_users_own_mapping_is_read_by_its_path(ours):
    """A mapping file named as the format explains a table with columns of its own, words and key parts included."""
    mapping, table = ours
    reading = FileGradebook().read([table], format=str(mapping), school="sp1")
    (roster,) = reading.rosters
    first, second = roster.records
    assert (reading.format, roster.origin, [first.key, second.key]) == ("ours", "ours", ["A/1", "B/1"])
    student = first.people[0]
    assert (student.last_name, student.birth_date, student.sex) == ("Kos", date(2012, 3, 1), Sex.FEMALE)
    assert student.ids == (StatedId("12230100013", "pl.pesel"),)
    assert second.people[0].sex is Sex.MALE


def test_a_users_own_mapping_may_be_recognised(ours):
    """A mapping that the gradebook was made with needs not be named."""
    mapping, table = ours
    gradebook = FileGradebook((mapping_from(mapping),))
    assert gradebook.read([table], school="sp1").format == "ours"
    assert gradebook.read([table], school="sp1", format="ours").format == "ours"


def test_formats_that_explain_a_table_equally_well_are_not_chosen_between(ours):
    """Two mappings of the same strength are an ambiguity for the caller to end."""
    mapping, table = ours
    twin = parsed(OURS.replace('"ours"', '"twin"').encode(), "twin.toml")
    with pytest.raises(UnreadableSource, match="ours, twin") as refused:
        FileGradebook((mapping_from(mapping), twin)).read([table], school="sp1")
    assert refused.value.code == "format-ambiguous"


def test_another_mapping_is_another_version():
    """One word more in a mapping changes the version of what it reads (SYNC-4d)."""
    assert parsed(OURS.encode(), "a").version != parsed(OURS.replace("girl", "lass").encode(), "a").version


@pytest.mark.clause("GB2")
@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ('format = "ours"', "format = ", "mapping-not-toml", ""),
        ('format = "ours"', "", "mapping-missing-key", "format"),
        ('format = "ours"', "format = 1", "mapping-wrong-type", "format"),
        ('format = "ours"', 'format = ""', "mapping-wrong-type", "format"),
        ('delimiter = ","', 'delimiter = "|"', "mapping-unknown-value", "delimiter"),
        ('dates = ["D.M.YYYY"]', 'dates = ["D.M.Y"]', "mapping-bad-date-form", "dates"),
        ('dates = ["D.M.YYYY"]', 'dates = ["D.M.YYYY hh"]', "mapping-bad-date-form", "dates"),
        ('dates = ["D.M.YYYY"]', "dates = [1]", "mapping-wrong-type", "dates"),
        ('dates = ["D.M.YYYY"]', "date = []", "mapping-unknown-key", "date"),
        ("[tables.pupils]", "[table.pupils]", "mapping-missing-key", "tables"),
        ('table = "pupils"', 'table = "pupil"', "mapping-unknown-value", "records[1].table"),
        ('list = "students"', 'list = "pupils"', "mapping-unknown-value", "records[1].list"),
        ('list = "students"', 'list = "staff"', "mapping-missing-key", "records[1].role"),
        ('role = "student"', 'role = "teacher"', "mapping-unknown-value", "records[1].person[1].role"),
        ('role = "student"', "", "mapping-missing-key", "records[1].person[1].role"),
        ('birth_date = "Born"', 'birthdate = "Born"', "mapping-unknown-key", "records[1].person[1].birthdate"),
        ('birth_date = "Born"', 'birth_date = { column = "Born", from = "x" }', "mapping-unknown-row", "birth_date"),
        ('birth_date = "Born"', 'birth_date = { from = "row" }', "mapping-missing-key", "birth_date.column"),
        ('scheme = "pl.pesel", column', "column_", "mapping-missing-key", "ids[1].column"),
        ("female = [", "woman = [", "mapping-unknown-key", "words.sex.woman"),
        ("[[records.person]]", "[records.person]", "mapping-wrong-type", "records[1].person"),
        ("[[records]]", "[[record]]", "mapping-wrong-type", "records"),
    ],
)
def test_a_mistake_in_a_mapping_names_file_key_and_remedy(tmp_path, old, new, code, key):
    """Whoever writes a mapping is told where it is wrong and what to write instead."""
    assert old in OURS
    path = tmp_path / "ours.toml"
    path.write_text(OURS.replace(old, new), encoding="utf-8")
    with pytest.raises(UnreadableSource) as refused:
        mapping_from(path)
    assert refused.value.code.startswith(code)
    assert "ours.toml" in str(refused.value)
    assert key in str(refused.value)
    assert refused.value.hint


def test_a_mapping_that_is_not_there_is_said(tmp_path):
    """A missing mapping file is refused with the names of the formats that need none."""
    with pytest.raises(UnreadableSource) as refused:
        FileGradebook().read([tmp_path], format=str(tmp_path / "none.toml"))
    assert (refused.value.code, "uonet" in refused.value.hint) == ("mapping-unreadable", True)


@pytest.mark.clause("GB2")
def test_a_column_that_a_join_needs_must_be_there(read_files, tmp_path):
    """A table without the column that tells its rows apart cannot be joined, and the refusal names it."""
    path = tmp_path / "joined.toml"
    path.write_text(
        OURS.replace('role = "student"', 'role = "student"\nemail = { column = "Mail", from = "more" }')
        .replace("[words.sex]", '[tables.mails]\nfiles = ["mails"]\nneeds = ["Mail"]\n\n[words.sex]')
        .replace(
            'list = "students"',
            'list = "students"\njoin = [{ name = "more", table = "mails", column = "Pupil", on = "Pupil" }]',
        ),
        encoding="utf-8",
    )
    good = read_files({"pupils.csv": TABLE, "mails.csv": "Pupil,Mail\n1,a@b.example\n"}, format=str(path), school="sp1")
    assert {record.people[0].email for record in good.rosters[0].records} == {"a@b.example"}
    twice = read_files({"pupils.csv": TABLE, "mails.csv": "Pupil,Mail\n1,a\n1,b\n"}, format=str(path), school="sp1")
    assert {problem.code for record in twice.rosters[0].records for problem in record.problems} == {"join-several"}
    with pytest.raises(UnreadableSource, match="no column Pupil") as refused:
        read_files({"pupils.csv": TABLE, "mails.csv": "Nr,Mail\n1,a\n"}, format=str(path), school="sp1")
    assert refused.value.code == "column-missing"


@pytest.mark.clause("GB2")
def test_a_staff_record_holds_one_person():
    """A mapping that puts two people into a staff record is refused."""
    text = OURS.replace('list = "students"', 'list = "teacher"').replace('role = "student"\n', "")
    with pytest.raises(UnreadableSource) as refused:
        parsed((text + '\n[[records.person]]\nlast_name = "Family"\n').encode(), "ours.toml")
    assert refused.value.code == "mapping-wrong-people"


def test_a_table_of_one_role_needs_no_role_column(read_files, tmp_path):
    """A list that is one role's takes every row of its table, and is a statement even when it is empty."""
    path = tmp_path / "ours.toml"
    path.write_text(OURS.replace('list = "students"', 'list = "secretary"').replace('role = "student"\n', ""), "utf-8")
    (roster,) = read_files({"pupils.csv": TABLE}, format=str(path), school="sp1").rosters
    assert (roster.list, {person.role for record in roster.records for person in record.people}) == (
        "secretary",
        {Role.SECRETARY},
    )
    (empty,) = read_files({"pupils.csv": TABLE.splitlines()[0]}, format=str(path), school="sp1").rosters
    assert (empty.list, empty.records) == ("secretary", ())


@pytest.mark.rule("SYNC-7a")
def test_a_record_without_what_every_record_must_have_is_held(ours):
    """A column that a mapping calls filled holds the records that leave it empty, and no others."""
    mapping, table = ours
    mapping.write_text(OURS.replace("key = [", 'filled = [["Number"], ["Born"]]\nkey = ['), encoding="utf-8")
    (roster,) = FileGradebook().read([table], format=str(mapping), school="sp1").rosters
    whole, held = roster.records
    assert (whole.problems, held.people, roster.complete) == ((), (), True)
    assert [(problem.code, problem.field, problem.hint) for problem in held.problems] == [
        ("cell-missing", None, "fill in Number: nobody is read without it")
    ]
    mapping.write_text(OURS.replace("key = [", 'filled = "Colour"\nkey = ['), encoding="utf-8")
    with pytest.raises(UnreadableSource) as error:
        FileGradebook().read([table], format=str(mapping), school="sp1")
    assert error.value.code == "column-missing"
