"""Approved applications follow what gradebooks state of their people (LINK-5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import PLATFORM, Claims, RecordKey, RosterKey
from eszkola_core.domain.duplicates import Duplicate, Group, Likeness
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.platform_records import application_record, follow_gradebooks, is_of_application
from eszkola_core.domain.recognition import Recognised
from eszkola_core.testing.contracts.storage import samples as a

GRACE = timedelta(days=14)
OLA, JAN = PersonId(1), PersonId(2)
APPLICATION = application_record("sp1", 7)
NAME = PersonName("Jan Maria", "Lis")
STATED = Claims(
    name=PersonName("Jan", "Lis"), ids=(a.national_id(5),), email=a.address("jan@example.com"), phone=a.PHONE
)


def students(record="Ł-1", **more):
    """Return a student's place in a gradebook."""
    return a.place(key=a.record(record, roster=more.pop("roster", a.STUDENTS)), **more)


def approved(**more):
    """Return the two places of an approved application: the student's and the guardian's."""
    guardian = {"accepted": STATED, "email_since": a.TODAY, **more}
    return a.place(key=APPLICATION), a.place("jan", key=APPLICATION, **guardian)


def followed(childs, guardians, today=a.TODAY):
    """Return the application's two places as they follow the places of both."""
    groups = Group(OLA, tuple(childs), ()), Group(JAN, tuple(guardians), ())
    of_place = {place.key: group for group in groups for place in group.places}
    places = {place.key: place for group in groups for place in group.places}
    after = follow_gradebooks(Recognised(groups, places, (), of_place), today, GRACE)
    for group in after.groups:
        assert all(after.places[place.key] == place and after.group_of(place.key) == group for place in group.places)
    return next(after.places[each.key] for each in childs if is_of_application(each)), next(
        after.places[each.key] for each in guardians if is_of_application(each)
    )


@pytest.mark.rule("LINK-5d")
def test_a_student_is_as_the_gradebook_has_them():
    """Under the name and class of the first record, and as long as the last one; of the person it says nothing else."""
    ola, jan = approved()
    first = a.claims(class_name="3a", last_day=a.TODAY, ids=(a.national_id(1),), phone=a.PHONE)
    second = a.claims(name=PersonName("Inna", "Lis"), class_name="4b", last_day=a.TODAY + GRACE)
    there = [students("2", accepted=second), students("1", accepted=first)]

    student, guardian = followed([ola, *there], [jan])
    assert student == evolve(
        ola, accepted=Claims(name=first.name, class_name="3a", last_day=a.TODAY + GRACE), gone=None
    )
    assert guardian == jan
    student, _ = followed([ola, students("3"), *there], [jan])
    assert student.accepted.last_day is None


@pytest.mark.rule("LINK-5d")
def test_who_leaves_the_school_takes_the_link_along():
    """From the day of the last record on, or today where there is none; who is back in time brings it back."""
    ola, jan = approved()
    gone = [students("1", gone=a.TODAY - GRACE), students("2", gone=a.TODAY - timedelta(days=1))]
    elsewhere = students("3", roster=RosterKey("sp2", "uonet", "students"))

    for there, day in ((gone, a.TODAY - timedelta(days=1)), ([], a.TODAY), ([elsewhere], a.TODAY)):
        student, guardian = followed([ola, *there], [jan])
        assert (student.gone, guardian.gone) == (day, day)
        assert student == evolve(ola, gone=day)
    was_gone = evolve(ola, gone=a.TODAY)
    assert followed([was_gone, *gone], [jan])[0] == was_gone
    for days, back in ((13, None), (14, a.TODAY)):
        student, guardian = followed([was_gone, students()], [jan], a.TODAY + timedelta(days=days))
        assert (student.gone, guardian.gone) == (back, back)


@pytest.mark.rule("LINK-5d")
@pytest.mark.parametrize(
    ("states", "left"),
    [
        (Claims(name=NAME, ids=(a.national_id(6),)), evolve(STATED, name=NAME, ids=())),
        (Claims(name=NAME, email=a.address("other@example.com")), evolve(STATED, name=NAME, email=None)),
        (Claims(name=NAME, phone=a.PHONE), evolve(STATED, name=NAME, phone=None)),
    ],
)
def test_of_the_guardian_only_that_is_stated_which_no_gradebook_states(states, left):
    """The name is the gradebook's; ids, address and telephone each stand as long as no record states one."""
    ola, jan = approved()
    by_name, by_more = a.place("x", accepted=Claims(name=NAME)), a.place("y", accepted=states)

    _, guardian = followed([ola, students()], [by_name, jan])
    assert guardian == evolve(jan, accepted=evolve(STATED, name=NAME))
    _, guardian = followed([ola, students()], [by_name, jan, by_more])
    assert guardian == evolve(jan, accepted=left, email_since=a.TODAY if left.email is not None else None)


@pytest.mark.rule("LINK-5d")
def test_a_guardian_whom_no_gradebook_names_is_as_the_application_has_them():
    """Records that are gone, that are not applied, and the platform's own do not count."""
    ola, jan = approved()
    given = a.place("g", key=RecordKey(RosterKey("sp1", "platform", "roles"), "1"))
    others = [given, a.place("x", gone=a.TODAY), a.place("y", accepted=None, pending=a.claims())]

    assert followed([ola, students()], [jan, *others])[1] == jan
    held = approved(accepted=None, pending=STATED)[1]
    assert followed([ola, students()], [held, a.place("x")])[1] == held


def test_everything_else_is_as_recognition_left_it():
    """Without an application nothing changes; with one, duplicates and doubts stand."""
    ola, jan = approved()
    known = students()
    duplicates = (Duplicate(known.key, jan.key, Likeness.SAME_PHONE),)
    found = Recognised((Group(OLA, (known,), ()),), {known.key: known}, duplicates, {}, {known.key: JAN})
    assert follow_gradebooks(found, a.TODAY, GRACE) is found

    found = Recognised((Group(OLA, (known, ola), ()),), {known.key: known}, duplicates, {}, {known.key: JAN})
    after = follow_gradebooks(found, a.TODAY, GRACE)
    assert (after.duplicates, after.doubts) == (duplicates, {known.key: JAN})
    assert after.places[known.key] == known


@pytest.mark.rule("LINK-5d")
@pytest.mark.parametrize(
    ("roster", "expected"),
    [
        (APPLICATION.roster, True),
        (RosterKey("sp1", PLATFORM, "roles"), False),
        (RosterKey("sp1", "uonet", APPLICATION.roster.list), False),
    ],
)
def test_a_place_is_of_an_application_by_its_list_on_the_platform(roster, expected):
    """Neither a role that was given here nor a gradebook's list of that name is one."""
    place = a.place(key=RecordKey(roster, "7"))

    assert (is_of_application(place), is_of_application(place.key)) == (expected, expected)
