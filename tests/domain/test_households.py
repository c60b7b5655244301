"""Who may share one private address: those whom open links join (MAIL-5b)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, Place, PlaceKey, RecordKey, RosterKey, World
from eszkola_core.domain.days import day_of
from eszkola_core.domain.households import households, members
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import PROFILES, Sharing
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.contracts.storage import samples as a

SHARING = Tenant(
    key="t",
    name="Test",
    base_url="https://konto.example.org",
    platform_domain="eszkola.example.org",
    settings=evolve(PROFILES["open"], sharing=Sharing.FAMILY),
)
FORBIDDING = evolve(SHARING, settings=evolve(SHARING.settings, sharing=Sharing.FORBID))
TODAY = day_of(a.NOW, SHARING.zone)
MOTHER, FATHER, CHILD, BROTHER = map(PersonId, range(1, 5))
NAMES = {MOTHER: "Ewa", FATHER: "Jan", CHILD: "Ola", BROTHER: "Adam"}


def stands(record, role, person, **more):
    """Return the place of somebody with an account in a record of one school."""
    at = PlaceKey(
        RecordKey(RosterKey("A", "uonet", "list"), record), role, NAMES[person] if role.value == "guardian" else ""
    )
    claims = a.claims(name=PersonName(NAMES[person], "Lis"))
    return Place(**{"key": at, "accepted": claims, "since": TODAY, "person": person, **more})


def student(record, person, **more):
    """Return a student's place."""
    return stands(record, Role.STUDENT, person, **more)


def guardian(record, person, **more):
    """Return a guardian's place."""
    return stands(record, Role.GUARDIAN, person, **more)


def homes(*places, tenant=SHARING, decisions=()):
    """Return the households of those who stand in these places, each as the set of its members."""
    people = {each.person: a.person(each.person, name=each.stated.name) for each in places if each.person is not None}
    world = World({each.key: each for each in places}, people, frozenset(decisions))
    found = households(recognise(world, TODAY), world, tenant, TODAY)
    return {frozenset(members(found, who)) for who in found}


@pytest.mark.rule("MAIL-5b")
def test_guardian_and_child_are_a_household_where_nobody_else_is_there():
    """Two whom a link joins are one; where sharing is forbidden each is alone."""
    family = student("1", CHILD), guardian("1", MOTHER)

    assert homes(*family) == {frozenset({CHILD, MOTHER})}
    assert homes(*family, tenant=FORBIDDING) == {frozenset({CHILD}), frozenset({MOTHER})}


@pytest.mark.rule("MAIL-5b")
def test_a_household_reaches_over_children_and_guardians():
    """The father of the one child and the brother by the mother are of it too."""
    family = student("1", CHILD), guardian("1", MOTHER), guardian("1", FATHER)

    assert homes(*family, student("2", BROTHER), guardian("2", MOTHER)) == {frozenset(NAMES)}


@pytest.mark.rule("MAIL-5b")
def test_who_has_no_account_yet_is_of_the_household_by_the_place():
    """What a record states for the first time counts in the same run, before anybody lasts."""
    new = [
        evolve(each, person=None, accepted=None, pending=each.accepted)
        for each in (student("1", CHILD), guardian("1", MOTHER))
    ]

    assert homes(*new) == {frozenset(each.key for each in new)}


@pytest.mark.rule("MAIL-5b")
def test_who_is_recognised_in_a_new_record_brings_its_child_into_the_household():
    """It is the mother by her id, although the place is bound to nobody yet."""
    ids = (a.national_id(1),)
    known = guardian("1", MOTHER)
    known = evolve(known, accepted=evolve(known.accepted, ids=ids))
    new = [
        evolve(each, person=None, accepted=None, pending=evolve(each.accepted, ids=own))
        for each, own in ((student("2", BROTHER), ()), (guardian("2", MOTHER), ids))
    ]

    assert homes(student("1", CHILD), known, *new) == {frozenset({MOTHER, CHILD, new[0].key})}


@pytest.mark.rule("MAIL-5b")
@pytest.mark.parametrize("how", [{"gone": TODAY}, {"since": TODAY + timedelta(days=1)}])
def test_a_link_that_is_not_open_joins_nobody(how):
    """One that ended, and one that has not begun."""
    assert homes(student("1", CHILD), guardian("1", MOTHER, **how)) == {frozenset({CHILD}), frozenset({MOTHER})}


@pytest.mark.rule("MAIL-5b")
def test_who_is_kept_from_a_child_is_of_no_household_by_it():
    """The restricted father stays alone; mother and child are one."""
    family = student("1", CHILD), guardian("1", MOTHER), guardian("1", FATHER)
    restricted = Decision(kind=DecisionKind.RESTRICTED, subject=FATHER, object=CHILD, author="ola.kot", at=a.NOW)

    assert homes(*family, decisions=[restricted]) == {frozenset({MOTHER, CHILD}), frozenset({FATHER})}


@pytest.mark.rule("MAIL-5b")
def test_staff_are_a_household_of_their_own():
    """A mother who teaches shares with nobody, as long as she does."""
    family = student("1", CHILD), guardian("1", MOTHER)
    alone = {frozenset({CHILD}), frozenset({MOTHER})}

    assert homes(*family, stands("t", Role.TEACHER, MOTHER)) == alone
    assert homes(*family, stands("t", Role.TEACHER, MOTHER, gone=TODAY)) == {frozenset({CHILD, MOTHER})}
