"""What becomes of links when a student comes of age, by setting and by the student's own decision (LINK-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from eszkola_core._usecases._sight import look_at
from eszkola_core._usecases.give_consent import (
    ConsentGiven,
    ConsentRefused,
    ConsentUnchanged,
    ConsentWithdrawn,
    GiveConsent,
)
from eszkola_core.domain.claims import PlaceKey
from eszkola_core.domain.days import day_of
from eszkola_core.domain.links import LinkState
from eszkola_core.domain.settings import WhenOfAge
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE

BORN = date(2008, 12, 1)
ALA = pesel(7, born=BORN)
BIRTHDAY = datetime(2026, 11, 30, 23, tzinfo=UTC)
"""The first instant of 1 December 2026 in Warsaw."""


@pytest.fixture
def school(a_region):
    """Return the maker of a region in which Ala is about to come of age."""

    def make(rule, *, ala=ALA):
        region = a_region(links_when_of_age=rule)
        region.take("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e".replace(" 1 ", f" {ala} "))
        region.consent = GiveConsent(region.storage, region.tenant, region.clock, region.secrets)
        return region

    return make


def states(region, child="Ala"):
    """Return the states of the links to a child, by the guardian's first name."""
    with region.storage.snapshot() as unit:
        number = region.person(child).id
        sight = look_at(unit, {number}, region.tenant, day_of(region.clock.now(), region.tenant.zone))
        people = sight.world.people
        return {
            people[each.guardian].name.first: each.state
            for each in sight.links()
            if each.child == number and not isinstance(each.guardian, PlaceKey)
        }


def until(region, instant):
    """Wait until an instant has come."""
    region.clock.advance(instant - region.clock.now())


def sees(region, guardian):
    """Return whether a guardian has a child on the list."""
    return bool(region.children.of(region.person(guardian).id))


@pytest.mark.rule("LINK-4")
@pytest.mark.parametrize(
    ("rule", "then"),
    [
        (WhenOfAge.STAY, LinkState.CLAIMED),
        (WhenOfAge.NEED_CONSENT, LinkState.AWAITING_CONSENT),
        (WhenOfAge.END, LinkState.ENDED),
    ],
)
def test_links_stay_or_wait_or_end_at_midnight(school, rule, then):
    """At the first instant of the eighteenth birthday in the tenant's zone, and not a moment sooner."""
    region = school(rule)
    until(region, BIRTHDAY - timedelta(microseconds=1))
    assert states(region) == {"Jan": LinkState.CLAIMED, "Ewa": LinkState.CLAIMED}
    assert sees(region, "Jan")

    until(region, BIRTHDAY)

    assert states(region) == {"Jan": then, "Ewa": then}
    assert sees(region, "Jan") is (then is LinkState.CLAIMED)


@pytest.mark.rule("LINK-4")
def test_links_stay_where_nothing_is_chosen(a_region):
    """That is the setting's default in every profile."""
    for profile in ("opolska", "uonet", "easistent", "open"):
        assert a_region(profile).tenant.settings.links_when_of_age is WhenOfAge.STAY


@pytest.mark.rule("LINK-4")
@pytest.mark.parametrize("rule", [WhenOfAge.NEED_CONSENT, WhenOfAge.END])
def test_an_unknown_birth_date_decides_nothing_and_is_found(school, rule):
    """The link stays for ever, and the secretary is told; once the date is stated the finding is gone."""
    region = school(rule, ala="-")
    region.wait(days=40_000)

    assert set(states(region).values()) == {LinkState.CLAIMED}
    with region.storage.snapshot() as unit:
        assert [each.kind for each in unit.rosters.conflicts()] == [ConflictKind.BIRTH_DATE_UNKNOWN]
    assert "birth-date-unknown" in {reason for row in region.readiness.of(CONSOLE).rows for reason in row.reasons}
    region.take(f"A/1: s Ala {ALA} a, g Jan 8 j, g Ewa 9 e")
    with region.storage.snapshot() as unit:
        assert list(unit.rosters.conflicts()) == []


@pytest.mark.rule("LINK-4")
def test_where_links_stay_no_birth_date_is_missed(school):
    """Nobody has to state what decides nothing."""
    region = school(WhenOfAge.STAY, ala="-")

    with region.storage.snapshot() as unit:
        assert list(unit.rosters.conflicts()) == []


@pytest.mark.rule("LINK-4")
def test_the_student_consents_for_each_guardian_and_takes_it_back(school):
    """In the student's own session, once of age; it is a decision, and in the journal."""
    region = school(WhenOfAge.NEED_CONSENT)
    until(region, BIRTHDAY)
    key = region.enters("Ala")
    jan, ala = region.person("Jan").id, region.person("Ala").id

    assert isinstance(region.consent.give(key, jan), ConsentGiven)
    assert states(region) == {"Jan": LinkState.CLAIMED, "Ewa": LinkState.AWAITING_CONSENT}
    assert (sees(region, "Jan"), sees(region, "Ewa")) == (True, False)
    assert isinstance(region.consent.withdraw(key, jan), ConsentWithdrawn)
    assert (sees(region, "Jan"), sees(region, "Ewa")) == (False, False)

    with region.storage.snapshot() as unit:
        told = [(each.deed, each.by, each.on) for each in unit.audit.entries() if "consent" in each.deed]
    assert told == [("link-consented", ala, (jan,)), ("link-consent-withdrawn", ala, (jan,))]


@pytest.mark.rule("LINK-4")
def test_a_consent_of_a_minor_or_to_a_stranger_is_none(school):
    """Before the birthday, without a session, for whose child the student is not, or where it was never given."""
    region = school(WhenOfAge.NEED_CONSENT)
    region.take("A/2: s Ola 2 o, g Adam 7 d", f"A/1: s Ala {ALA} a, g Jan 8 j, g Ewa 9 e")
    key = region.enters("Ala")
    jan, adam = region.person("Jan").id, region.person("Adam").id
    not_awaited = ConsentUnchanged(ConsentRefused.NOT_AWAITED)

    assert region.consent.give(key, jan) == not_awaited
    until(region, BIRTHDAY)
    assert region.consent.give("no key", jan) == ConsentUnchanged(ConsentRefused.NO_SESSION)
    assert region.consent.withdraw("no key", jan) == ConsentUnchanged(ConsentRefused.NO_SESSION)
    key = region.signs_in("ala.lis")
    assert region.consent.give(key, adam) == not_awaited
    assert region.consent.withdraw(key, jan) == ConsentUnchanged(ConsentRefused.NOT_GIVEN)
    assert isinstance(region.consent.give(key, jan), ConsentGiven)
    assert region.consent.give(key, jan) == not_awaited
