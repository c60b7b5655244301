"""Whom the demo tells of, and what the region's second day brings."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve
from stdnum.pl import pesel as pl_pesel

from eszkola_cli.region import Anomaly, second_day


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


def test_nothing_is_planted_in_the_records_of_the_story(region, files):
    """Whoever plays in the story has records without anomalies."""
    cast = region.cast
    played = {
        (place.school, place.record)
        for character in (cast.guardian, cast.student, cast.teacher, cast.mover)
        for place in character.places
    }

    assert played.isdisjoint(files.planted_at())
    assert len({character.name for character in (cast.guardian, cast.student, cast.teacher, cast.mover)}) == 4


def test_a_day_later_only_the_news_is_different(region, files, read):
    """The rows that differ on the second day are those that the news tells of."""
    later = second_day(region)
    then = read(later)
    before, after = {*files.all}, {*then.all}

    assert later.today == region.today + timedelta(days=1)
    assert region.news == ()
    assert {row.spot for row in before ^ after} == {(change.school, change.record) for change in later.news}
    assert len(later.news) == 4
    assert (len(before - after), len(after - before)) == (3, 3)


def test_a_day_later_one_school_has_a_new_address(region, read):
    """The guardian's new address stands in the first school only, and is nobody else's."""
    later = second_day(region)
    mover = region.cast.mover
    [there], [elsewhere_] = (read(later).at(place) for place in mover.places)
    addresses = [
        next(g.email for g in row.guardians if f"{g.first_name} {g.last_name}" == mover.name)
        for row in (there, elsewhere_)
    ]

    assert addresses == [region.cast.new_address, mover.email]
    assert [person.email for person in read(later).people()].count(region.cast.new_address) == 1
    assert later.news[0].code == "guardian-address-changed"


def test_a_day_later_somebody_moved_came_and_left(region, files, read):
    """One student changed class, one is new with a number of their own, one teacher is gone."""
    later = second_day(region)
    then = read(later)
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
