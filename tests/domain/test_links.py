"""What a link's state follows from, beyond what records say (LINK-4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind, World
from eszkola_core.domain.links import Link, LinkState, links
from eszkola_core.domain.settings import Settings, WhenOfAge
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.contracts.storage import samples as a

TENANT = Tenant(
    key="t",
    name="Test",
    base_url="https://konto.example.org",
    platform_domain="eszkola.example.org",
    settings=Settings(links_when_of_age=WhenOfAge.END),
)


@pytest.mark.rule("LINK-4")
@pytest.mark.parametrize("known_by_the_account", [True, False])
def test_a_student_comes_of_age_by_an_id_that_only_the_account_has(known_by_the_account):
    """Records may state none any more; where nobody knows when somebody was born the link stays."""
    ola, jan = PersonId(1), PersonId(2)
    person = a.person(ola, ids=(a.national_id(1),) if known_by_the_account else ())
    places = [a.place(person=ola), a.place("jan", person=jan)]
    world = World(places={each.key: each for each in places}, people={ola: person, jan: a.person(jan)})

    before, after = (links(world, TENANT, day) for day in (date(2033, 2, 28), date(2033, 3, 1)))
    assert [each.state for each in before] == [LinkState.CLAIMED]
    assert [each.state for each in after] == [LinkState.ENDED if known_by_the_account else LinkState.CLAIMED]
    elsewhere = links(World(places=world.places, people={jan: a.person(jan)}), TENANT, date(2033, 3, 1))
    assert [each.state for each in elsewhere] == [LinkState.CLAIMED]


DAY = a.TODAY
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
OLA, JAN = PersonId(1), PersonId(2)
STAYING = evolve(TENANT, settings=Settings(links_when_of_age=WhenOfAge.STAY))
ASKING = evolve(TENANT, settings=Settings(links_when_of_age=WhenOfAge.NEED_CONSENT))


def record(key="1", *, ola=None, jan=None):
    """Return the two places of a record in which Jan is Ola's guardian."""
    student = a.place(**{"key": a.record(key), "person": OLA, **(ola or {})})
    return student, a.place("jan", **{"key": a.record(key), "person": JAN, **(jan or {})})


def found(*records, decisions=(), tenant=STAYING, people=()):
    """Return the links today."""
    places = {each.key: each for both in records for each in both}
    return links(World(places, {each.id: each for each in people}, frozenset(decisions)), tenant, DAY)


def states(*records, **more):
    """Return the states of the links today."""
    return [each.state for each in found(*records, **more)]


@pytest.mark.rule("LINK-1a")
@pytest.mark.parametrize("who", ["ola", "jan"])
@pytest.mark.parametrize(
    ("place", "state"),
    [
        ({"gone": DAY}, LinkState.ENDED),
        ({"accepted": None, "pending": a.claims()}, LinkState.HELD),
        ({"accepted": a.claims(last_day=YESTERDAY)}, LinkState.ENDED),
        ({"accepted": a.claims(last_day=DAY)}, LinkState.CLAIMED),
        ({"accepted": a.claims(first_day=TOMORROW)}, None),
        ({"accepted": a.claims(first_day=TOMORROW, last_day=TOMORROW)}, None),
    ],
)
def test_a_link_is_as_either_of_its_two_places(who, place, state):
    """Ended or held with one of them; there is none before both have begun, and the last day is inside."""
    assert states(record(**{who: place})) == ([] if state is None else [state])


@pytest.mark.rule("LINK-1a")
def test_a_link_that_one_side_ends_today_for_the_last_time_is_not_over_while_the_other_has_not_begun():
    """Only what lies behind is over."""
    both = record(ola={"accepted": a.claims(last_day=DAY)}, jan={"accepted": a.claims(first_day=TOMORROW)})

    assert states(both) == []


@pytest.mark.rule("LINK-6")
def test_a_link_is_verified_for_two_with_accounts():
    """By a code of these two; who has no account used none."""
    verified = a.decision(JAN, id=1, kind=DecisionKind.LINK_VERIFIED, object=OLA, address=None)

    assert states(record(), decisions=[verified]) == [LinkState.VERIFIED]
    assert states(record(), decisions=[evolve(verified, subject=PersonId(3))]) == [LinkState.CLAIMED]
    assert states(record(jan={"person": None}), decisions=[verified]) == [LinkState.CLAIMED]


@pytest.mark.rule("LINK-4")
def test_a_student_of_age_is_asked_for_consent():
    """One who consented keeps the link; a consent given before coming of age is none."""
    born = date(DAY.year - 18, DAY.month, DAY.day)
    ola = {"accepted": a.claims(birth_date=born)}
    consent = a.decision(OLA, id=1, kind=DecisionKind.CONSENTED, object=JAN, address=None)

    assert states(record(ola=ola), tenant=ASKING) == [LinkState.AWAITING_CONSENT]
    assert states(record(ola=ola), tenant=ASKING, decisions=[consent]) == [LinkState.CLAIMED]
    early = evolve(consent, at=consent.at - timedelta(days=1))
    assert states(record(ola=ola), tenant=ASKING, decisions=[early]) == [LinkState.AWAITING_CONSENT]


@pytest.mark.rule("LINK-1a")
def test_of_several_records_the_best_state_counts_with_the_places_that_give_it():
    """Where it is open those that give it today; else all of them, in their order."""
    ended = record("2", ola={"gone": DAY}), record("1", ola={"gone": DAY})
    held, open_ = record("3", jan={"accepted": None, "pending": a.claims()}), record("4")
    students = [both[0].key for both in (ended[1], ended[0], held, open_)]
    not_begun = record("5", ola={"accepted": a.claims(first_day=TOMORROW)})

    assert found(*ended) == (Link(JAN, OLA, LinkState.ENDED, tuple(students[:2])),)
    assert found(*ended, held) == (Link(JAN, OLA, LinkState.HELD, tuple(students[:3])),)
    assert found(*ended, held, open_) == (Link(JAN, OLA, LinkState.CLAIMED, (students[3],)),)
    assert found(not_begun) == ()
    restricted = a.decision(JAN, id=1, kind=DecisionKind.RESTRICTED, object=OLA, address=None)
    assert states(*ended, held, open_, decisions=[restricted]) == [LinkState.RESTRICTED]


@pytest.mark.rule("LINK-1a")
def test_links_come_by_the_numbers_of_guardians_and_children_and_then_by_places():
    """Whoever has no account comes last."""
    numbered = [(JAN, PersonId(9)), (PersonId(10), OLA), (JAN, OLA), (JAN, None), (None, None)]
    records = [
        record(str(n), ola={"person": child}, jan={"person": human}) for n, (human, child) in enumerate(numbered)
    ]

    assert [(each.guardian, each.child) for each in found(*records)] == [
        (JAN, OLA),
        (JAN, PersonId(9)),
        (JAN, records[3][0].key),
        (PersonId(10), OLA),
        (records[4][1].key, records[4][0].key),
    ]
