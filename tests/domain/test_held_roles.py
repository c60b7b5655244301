"""Roles are places with days, first and last inside (ROLE-1, DAY-1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Claims, Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.held_roles import HeldRole, class_of, held_roles, kinds_of_roles, stated_role
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role

DAY = date(2026, 9, 1)
days = st.dates(DAY, DAY + timedelta(days=400))


def place(school="SP1", role=Role.TEACHER, *, person=1, class_name="", **days):
    """Return a place of Ewa's; *days* are its first and last, and the first without it."""
    return Place(
        key=PlaceKey(RecordKey(RosterKey(school, "x", role.value), "1"), role),
        accepted=Claims(
            name=PersonName("Ewa", "Lis"), class_name=class_name, first_day=days.get("first"), last_day=days.get("last")
        ),
        person=person,
        since=DAY,
        gone=days.get("gone"),
    )


@pytest.mark.rule("ROLE-1")
def test_somebody_holds_any_set_of_roles_in_any_schools_at_once():
    """A teacher here is a homeroom teacher there and a guardian somewhere else."""
    places = [
        place(),
        place("LO2", Role.HOMEROOM_TEACHER, class_name="2b"),
        place("ZS3", Role.GUARDIAN),
        place(person=2),
    ]

    held = held_roles(PersonId(1), places, DAY)

    assert held == (
        HeldRole("LO2", Role.HOMEROOM_TEACHER, "2b"),
        HeldRole("SP1", Role.TEACHER),
        HeldRole("ZS3", Role.GUARDIAN),
    )


@pytest.mark.rule("DAY-1b")
@given(first=days, last=days, day=days)
def test_the_first_and_the_last_day_of_a_role_are_inside(first, last, day):
    """A role is held on a day if and only if the day lies between its first and its last, both included."""
    held = held_roles(PersonId(1), [place(first=first, last=last)], day)

    assert bool(held) == (first <= day <= last)


@pytest.mark.rule("ROLE-1")
@given(gone=days, day=days)
def test_a_role_whose_record_is_gone_ends_that_very_day(gone, day):
    """From the first day without the record on nothing is held, whatever last day was stated."""
    held = held_roles(PersonId(1), [place(last=date(2030, 1, 1), gone=gone)], day)

    assert bool(held) == (day < gone)


@pytest.mark.rule("ROLE-1")
def test_the_class_of_a_guardian_is_the_childs_in_the_same_record():
    """A student and a homeroom teacher have their own; where no child is known there is none."""
    child = place(role=Role.STUDENT, person=2, class_name="2b")
    father = evolve(place(role=Role.GUARDIAN), key=PlaceKey(child.key.record, Role.GUARDIAN, "jan"))
    elsewhere = place(role=Role.STUDENT, person=3, class_name="7c", school="LO2")
    held = evolve(child, accepted=None)
    known = [elsewhere, child, father]

    assert [class_of(each, known) for each in known] == ["7c", "2b", "2b"]
    assert class_of(evolve(father, accepted=None), known) == "2b"
    assert [class_of(child, []), class_of(held, []), class_of(father, [held, elsewhere])] == ["2b", "", ""]
    assert class_of(place(role=Role.HOMEROOM_TEACHER, class_name="1a"), known) == "1a"


@pytest.mark.rule("ROLE-1")
def test_a_role_that_is_only_stated_has_the_class_of_the_student_in_its_record():
    """As the newest content has it, applied or not; somebody's own class comes first, and no other guardian's."""
    child = place(role=Role.STUDENT, person=2, class_name="2b")
    father = evolve(place("ZS3", Role.GUARDIAN), pending=Claims(name=PersonName("Jan", "Lis")))
    mother = place("ZS3", Role.GUARDIAN, class_name="9z")

    assert stated_role(father, [mother, child]) == HeldRole("ZS3", Role.GUARDIAN, "2b")
    assert stated_role(mother, [mother, child]) == HeldRole("ZS3", Role.GUARDIAN, "9z")
    moved = evolve(child, pending=evolve(child.accepted, class_name="3b"))
    assert stated_role(father, [moved]) == HeldRole("ZS3", Role.GUARDIAN, "3b")
    assert stated_role(father, [evolve(child, accepted=None)]) == HeldRole("ZS3", Role.GUARDIAN)


@pytest.mark.rule("ROLE-1")
def test_the_roles_that_count_are_those_held_or_else_those_held_before():
    """Whoever still teaches is no guardian any more; of whoever left altogether the former roles count."""
    teaches, left = place(), place("ZS3", Role.GUARDIAN, gone=DAY)
    ewa = PersonId(1)

    assert kinds_of_roles(ewa, [teaches, left], DAY) == {Role.TEACHER}
    assert kinds_of_roles(ewa, [left, place(person=2)], DAY) == {Role.GUARDIAN}
    assert kinds_of_roles(ewa, [], DAY) == frozenset()
