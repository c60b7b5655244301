"""Roles that were given here, and no gradebook states (ROLE-2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import GIVEN_ROLES, PLATFORM, Claims, Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.given_roles import APPOINTED, given, given_key, is_from_here, taken
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role

TODAY = date(2026, 9, 1)
DAY = timedelta(days=1)
EWA = Person(
    id=PersonId(7),
    name=PersonName("Ewa", "Lis"),
    login="ewa.lis",
    platform_address="ewa.lis@eszkola.example.org",
    opened_at=datetime(2026, 9, 1, 8, tzinfo=UTC),
)


@pytest.mark.rule("ROLE-2c")
@pytest.mark.parametrize(
    ("origin", "name", "here"),
    [
        (PLATFORM, GIVEN_ROLES, True),
        (PLATFORM, APPOINTED, True),
        (PLATFORM, "students", False),
        ("uonet", GIVEN_ROLES, False),
        ("uonet", APPOINTED, False),
    ],
)
def test_a_role_is_from_here_where_the_platform_gave_it(origin, name, here):
    """However a gradebook calls its lists; what else is entered on the platform is a record like others."""
    key = PlaceKey(RecordKey(RosterKey("sp1", origin, name), "1"), Role.TEACHER)

    assert is_from_here(Place(key=key, since=TODAY)) == here


@pytest.mark.rule("ROLE-2c")
@pytest.mark.parametrize(
    ("role", "class_name", "record"),
    [(Role.SECRETARY, "", "7 secretary"), (Role.HOMEROOM_TEACHER, "2 b", "7 homeroom-teacher 2 b")],
)
def test_a_role_that_is_given_has_one_place_for_ever(role, class_name, record):
    """One of a person, a role, a school and a class: giving it again goes on there, in every version."""
    key = given_key(PersonId(7), role, "sp1", class_name)

    assert key == PlaceKey(RecordKey(RosterKey("sp1", "platform", "roles"), record), role)


@pytest.mark.rule("ROLE-2c")
def test_a_role_that_was_taken_back_can_be_given_again():
    """It holds from the new first day on; one that is in force goes on from its own."""
    last = TODAY + 100 * DAY
    empty = Place(key=given_key(EWA.id, Role.SECRETARY, "sp1", ""), since=TODAY)

    first = given(empty, EWA, "", today=TODAY, last=last)
    again = given(taken(first, TODAY + DAY), EWA, "", today=TODAY + 3 * DAY, last=last)
    longer = given(first, EWA, "", today=TODAY + 3 * DAY, last=last + DAY)

    assert first.accepted == Claims(name=EWA.name, first_day=TODAY, last_day=last)
    assert not taken(first, TODAY + DAY).is_in_force(TODAY + DAY)
    assert (again.person, again.gone, again.accepted.first_day) == (EWA.id, None, TODAY + 3 * DAY)
    assert again.is_in_force(last)
    assert longer.accepted == Claims(name=EWA.name, first_day=TODAY, last_day=last + DAY)
