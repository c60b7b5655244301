"""Since when an account rests (ROLE-5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person, PersonId, State
from eszkola_core.domain.claims import GIVEN_ROLES, PLATFORM, Claims, Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.dormancy import awaits_role, is_to_close, resting_since
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.signing_in import is_dormant

DAY = date(2026, 11, 23)
NAME = PersonName("Ewa", "Lis")


@st.composite
def places(draw):
    """Yield the places of one person within some weeks around the day: stated ones, and roles that were given."""
    origin, listed = draw(st.sampled_from([("uonet", "teacher"), ("uonet", "students"), (PLATFORM, GIVEN_ROLES)]))
    role = draw(st.sampled_from([Role.TEACHER, Role.DELEGATE])) if origin == PLATFORM else Role.TEACHER
    days = st.integers(-20, 20).map(lambda number: DAY + timedelta(days=number))
    # Nobody knows of a record before it is there, nor of its end before it is gone.
    since = draw(days.filter(lambda day: day <= DAY))
    first, last = draw(st.none() | days), draw(st.none() | days.filter(lambda day: day >= since))
    if first is not None and last is not None and last < first:
        first, last = last, first
    gone = draw(st.none() | days.filter(lambda day: day <= DAY))
    record = RecordKey(RosterKey(draw(st.sampled_from("AB")), origin, listed), str(draw(st.integers(1, 9))))
    return Place(
        key=PlaceKey(record, role),
        accepted=Claims(name=NAME, first_day=first, last_day=last),
        person=PersonId(1),
        since=since,
        gone=gone,
    )


@pytest.mark.rule("ROLE-5b")
@given(st.lists(places(), max_size=5))
def test_a_rest_begins_where_the_last_role_ended(found):
    """Counted day by day: no role is in force since then, and one was on the day before, if there ever was one."""
    since = resting_since(found, DAY)

    if not is_dormant(found, DAY):
        assert since is None
    elif since is not None and since != date.min:
        assert since <= DAY
        for number in range((DAY - since).days + 1):
            assert is_dormant(found, since + timedelta(days=number))


@pytest.mark.rule("ROLE-5b")
@given(st.lists(places().filter(lambda place: not place.is_given), max_size=5))
def test_whoever_is_still_to_come_does_not_rest(found):
    """A role that begins next month keeps the account; without one, and without one in force, it rests."""
    days = [DAY + timedelta(days=number) for number in range(60)]
    comes = any(not is_dormant(found, day) for day in days)

    assert awaits_role(found, DAY) == comes
    assert (resting_since(found, DAY) is None) == comes


@pytest.mark.rule("ROLE-5b")
@given(st.sampled_from(State), st.integers(0, 2000), st.integers(30, 1827), st.integers(7, 365))
def test_an_account_is_closed_after_the_retention_and_not_before(state, rested, retention, grace):
    """Nor before the grace, in which a record that returns wakes everything; nor one that cannot be closed."""
    settings = Settings(dormant_retention=timedelta(days=retention), removal_grace=timedelta(days=grace))
    person = Person(
        id=PersonId(1), name=NAME, state=state, login="ewa.lis", platform_address="ewa.lis@x.pl", opened_at=None
    )
    closes = is_to_close(person, DAY - timedelta(days=rested), DAY, settings)

    assert closes == (rested >= max(retention, grace) and Happening.CLOSED in LIFECYCLE[state])


def test_an_account_that_nothing_ever_kept_awake_rests_from_the_beginning():
    """As after the run that opened it was undone."""
    assert resting_since([], DAY) == date.min
    held = Place(
        key=PlaceKey(RecordKey(RosterKey("A", "uonet", "teacher"), "1"), Role.TEACHER), person=PersonId(1), since=DAY
    )
    assert resting_since([held], DAY) == date.min
    assert resting_since([evolve(held, gone=DAY)], DAY) == date.min


@pytest.mark.rule("ROLE-5b")
@pytest.mark.parametrize(("role", "keeps"), [(Role.TEACHER, False), (Role.DELEGATE, True)])
def test_a_role_that_was_given_keeps_an_account_awake_where_it_stands_alone(role, keeps):
    """One beside a gradebook's role neither awaits its first day nor marks where a rest began."""
    key = PlaceKey(RecordKey(RosterKey("A", PLATFORM, GIVEN_ROLES), "1"), role)
    days = Claims(name=NAME, first_day=DAY + timedelta(days=5), last_day=DAY + timedelta(days=9))
    given_role = Place(key=key, accepted=days, person=PersonId(1), since=DAY)

    assert awaits_role([given_role], DAY) == keeps
    assert resting_since([given_role], DAY) == (None if keeps else date.min)
    over = DAY + timedelta(days=20)
    assert resting_since([given_role], over) == (DAY + timedelta(days=10) if keeps else date.min)
