"""What is planted in the synthetic region stands in its files, once a record, and nowhere else."""

from __future__ import annotations

from collections import Counter

from attrs import evolve

from eszkola_cli.region.tables import POLISH_STUDENTS

PLANTED = {
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


def test_everything_that_was_promised_is_planted(region, files):
    """Each code is there as often as promised, in a record that exists, with a sentence of its own."""
    assert Counter(anomaly.code for anomaly in region.anomalies) == PLANTED
    assert all(files.at(anomaly) for anomaly in region.anomalies)
    assert len({anomaly.story for anomaly in region.anomalies}) == len(region.anomalies)
    assert all(anomaly.story.endswith(".") for anomaly in region.anomalies)


def test_a_record_shows_one_anomaly_only(files):
    """No two things are planted in one record, so that what a report says of it has one cause."""
    assert max(Counter(files.planted_at()).values()) == 1


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


def test_a_surname_is_double_barrelled(files, planted):
    """Only the planted student has two surnames."""
    [[row]] = planted("double-barrelled-surname")

    assert row.person.last_name.startswith("Nowak-")
    assert [person for person in files.people() if "-" in person.last_name] == [row.person]


def test_one_record_stands_twice(files, planted):
    """The two rows of the planted record differ in class and address; no other record key repeats in its school."""
    [[first, second]] = planted("record-twice")

    assert first.person.number == second.person.number
    assert first.class_name != second.class_name
    assert first.person.email != second.person.email
    twice = [key for key, times in Counter(row.spot for row in files.students).items() if times > 1]
    assert twice == files.planted_at("record-twice")


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
