"""Where values come from: every one has a source, and a source that is right (SYNC-10)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.correct_data import CorrectData, Corrected
from eszkola_core._usecases.see_sources import Kept, OfPerson, OfRecord, SeeSources, Standing, Value
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.stated import Field
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.crowds import runs
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region


def of(region, person):
    """Return the values of a person with their sources."""
    return SeeSources(region.storage, region.tenant, region.clock).of(CONSOLE, person.id)


def told(region, at, value):
    """Return how one value of the account at *at* is told: text, standing, and where from."""
    return [(each.text, each.standing, each.source) for each in of(region, region.account(at)) if each.value is value]


def record(school, number, role, run):
    """Return the source that a record of the notation is."""
    return OfRecord(school, "notation", "students", number, role, run)


@pytest.mark.rule("SYNC-10")
@settings(max_examples=60)
@given(stated=runs(min_size=1, max_size=3), profile=st.sampled_from(sorted(PROFILES)), choosing=st.booleans())
def test_every_value_of_an_account_has_a_source_and_each_source_says_it(stated, profile, choosing):
    """Name, ids, address and phone: a record that states it now, taken in by a run, or whoever decided it here."""
    region = Region(profile)
    numbers = set()
    for each in stated:
        done = region.take(each)
        numbers |= {done.run.id} if done.run is not None else set()
    world = region.world()
    if choosing:
        for number in list(world.people)[:1]:
            region.choose_address(number, "own")
            world = region.world()
    for person in world.people.values():
        found = of(region, person)
        in_use = {(each.value, each.text) for each in found if each.standing is Standing.IN_USE}
        has = {(Value.NAME, str(person.name)), *((Value.NATIONAL_ID, each.masked) for each in person.ids)}
        has |= {(Value.EMAIL, person.central.masked)} if person.central is not None else set()
        assert has <= in_use
        for each in found:
            if isinstance(each.source, OfRecord) and each.standing is not Standing.GONE:
                states = [
                    place
                    for key, place in world.places.items()
                    if place.person == person.id
                    and place.is_present
                    and (key.school, key.record.key, place.role)
                    == (each.source.school, each.source.record, each.source.role)
                ]
                assert states
                assert each.source.run in numbers
            if isinstance(each.source, Kept) and each.value is Value.EMAIL:
                present = [place for place in world.places.values() if place.person == person.id and place.is_present]
                assert all(
                    place.accepted is None
                    or place.accepted.email is None
                    or place.accepted.email.mailbox != person.central.mailbox
                    for place in present
                )


@pytest.mark.rule("SYNC-10")
def test_a_value_names_every_record_that_states_it_and_the_run_that_took_it_in():
    """Two schools, two runs; what one of them states otherwise is told beside, and what is not stated is kept."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x")
    region.take("B/1: s Ola 2 -, g Jan 8 y")
    first, second = record("A", "1", Role.GUARDIAN, 1), record("B", "1", Role.GUARDIAN, 2)

    assert told(region, "A/1 g Jan", Value.NAME) == [
        ("Jan Lis", Standing.IN_USE, first),
        ("Jan Lis", Standing.IN_USE, second),
    ]
    assert told(region, "A/1 g Jan", Value.EMAIL) == [
        ("x•••@example.com", Standing.IN_USE, first),
        ("y•••@example.com", Standing.STATED, second),
    ]
    region.take("A/1: s Ala 1 -, g Jan 8 -", "B/1: s Ola 2 -, g Jan 8 -")
    assert told(region, "A/1 g Jan", Value.EMAIL) == [("x•••@example.com", Standing.IN_USE, Kept(1))]
    region.take("A/2: s Ewa 3 -")
    (gone,) = [each for each in told(region, "B/1 g Jan", Value.ROLE) if each[1] is Standing.GONE]
    assert gone[2].school == "A"


@pytest.mark.rule("SYNC-10")
def test_what_was_decided_here_names_who_decided_it():
    """An address that its owner chose, and a name that the office mended, are no record's."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x")
    owner = region.decide_address("A/1 g Jan", "own")
    (chosen, stated) = told(region, "A/1 g Jan", Value.EMAIL)
    assert chosen[:2] == ("o•••@example.com", Standing.IN_USE)
    assert isinstance(chosen[2], OfPerson)
    assert (chosen[2].author, chosen[2].kind) == (owner.login, DecisionKind.ADDRESS_CHOSEN)
    assert stated[1:] == (Standing.STATED, record("A", "1", Role.GUARDIAN, 1))

    correcting = CorrectData(region.storage, region.tenant, region.clock, CountingSecrets("correcting"))
    place = region.place("A/1 s").key
    mended = correcting.correct(CONSOLE, place, Field.FIRST_NAME, "Alina", reason="birth certificate")
    assert isinstance(mended, Corrected)
    assert {type(source) for _, _, source in told(region, "A/1 s", Value.NAME)} == {OfPerson, OfRecord}
    assert {text for text, _, _ in told(region, "A/1 s", Value.NAME)} == {"Alina Lis"}


@pytest.mark.rule("SYNC-10")
def test_nothing_is_told_in_clear_or_to_whoever_may_not_view_the_person():
    """Ids, addresses and birth dates are masked; a stranger is refused; a number that is nobody's is a mistake."""
    region = Region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "B/1: s Ola 2 -, g Ewa 9 ewa")
    jan = region.account("A/1 g Jan")
    shown = repr(of(region, jan))
    assert jan.ids[0].reveal() not in shown
    assert "jan@" not in shown

    ewa = region.account("B/1 g Ewa")
    stranger = Actor(name=ewa.login, person=ewa.id)
    seeing = SeeSources(region.storage, region.tenant, region.clock)
    assert isinstance(seeing.of(stranger, jan.id), NotPermitted)
    with pytest.raises(InvalidValue, match="nobody"):
        seeing.of(CONSOLE, PersonId(99))
