"""Whoever is named by a decision lasts from then on, account or not (ID-6b, SYNC-4c)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases.check_readiness import Standing
from eszkola_core._usecases.give_initial_credential import GivingRefused, NotGiven
from eszkola_core.domain.accounts import State
from eszkola_core.domain.messages import MessageKind
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE
from eszkola_core.testing.region import Region as Claimed


def named(region, at):
    """Name whoever stands at a place, as a decision does, and return their number."""
    key = region.place(at).key
    with region.storage.unit() as unit:
        door = Door(region.storage, region.tenant, CountingSecrets("naming"))
        return door.name(unit, key, author="test", now=region.clock.now())


@pytest.mark.rule("ID-6b")
@given(
    mails=st.lists(st.sampled_from(["-", "jan", "nowy"]), min_size=1, max_size=4),
    ids=st.lists(st.sampled_from(["-", "8"]), min_size=4, max_size=4),
)
def test_whoever_was_named_stays_the_same_through_changes_of_contact_data(mails, ids):
    """Whatever the record states of them later, with an account or without one."""
    region = Claimed("uonet", guardian_national_id_schools=frozenset({"A"}))
    region.take("A/1: s Ala 1 ala, g Jan - -")
    number = named(region, "A/1 g")

    for mail, own in zip(mails, ids, strict=False):
        region.take(f"A/1: s Ala 1 ala, g Jan {own} {mail}")
        assert region.person("A/1 g").id == number
        assert named(region, "A/1 g") == number


@pytest.mark.rule("SYNC-4a")
@given(
    guardian=st.sampled_from(["- -", "8 -", "- jan", "8 jan"]),
    child=st.sampled_from(["- -", "1 -", "- ala", "1 ala"]),
    places=st.lists(st.sampled_from(["A/1 s", "A/1 g", "B/2 g"]), max_size=3),
)
def test_naming_changes_nothing_that_anybody_sees(guardian, child, places):
    """Accounts, names, addresses and conflicts are as they were, and the same roster again has nothing to do."""
    lines = (f"A/1: s Ala {child}, g Jan {guardian}", f"B/2: s Ola 2 ola, g Jan {guardian}")
    here, there = (Claimed("uonet", guardian_national_id_schools=frozenset({"A", "B"})) for _ in range(2))
    for region in (here, there):
        region.take(*lines)

    for place in places:
        assert named(here, place) is not None

    assert {(p.name, p.central, p.state) for p in here.world().people.values() if p.is_opened} == {
        (p.name, p.central, p.state) for p in there.world().people.values()
    }
    assert here.conflicts() == there.conflicts()
    assert here.plan(*lines).is_empty


@pytest.mark.rule("ID-4c")
def test_the_account_of_somebody_named_opens_when_it_has_all_it_needs(a_region):
    """Under the number and login that were given, with the address of the day; its owner is told once."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Jan - -")
    number = named_in(region)
    assert (region.person("Jan").state, region.person("Jan").central) == (State.UNOPENED, None)

    region.take("A/1: s Ala 1 ala, g Jan - jan")
    opened = region.people()["jan.lis"]

    assert (opened.id, opened.state, opened.login) == (number, State.AWAITING, "jan.lis")
    assert opened.central.spelling == "jan@example.com"
    assert opened.opened_at == region.clock.now()
    assert len(region.letters(MessageKind.ACCOUNT_OPENED, "jan")) == 1
    region.enters("jan.lis")
    assert region.letters(MessageKind.ACCOUNT_OPENED) == []


def named_in(region):
    """Name the one guardian of record A/1."""
    with region.storage.unit() as unit:
        (key,) = [place.key for place in unit.rosters.places("A") if place.role == "guardian"]
        return Door(region.storage, region.tenant, region.secrets).name(
            unit, key, author="test", now=region.clock.now()
        )


@pytest.mark.rule("ACCESS-6")
@pytest.mark.parametrize("identifier", ["jan.lis", "id"])
def test_nothing_can_be_done_with_an_account_that_never_opened(a_region, identifier):
    """No message, no credential, no sign-in; readiness says what it lacks, as before."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Jan 8 -")
    number = named_in(region)
    (person,) = [each for each in region.people().values() if each.id == number]

    assert region.asks(person.ids[0].reveal() if identifier == "id" else identifier) == []
    assert region.giving.to(number) == NotGiven(GivingRefused.ACCOUNT_SHUT)
    rows = {row.name: (row.standing, row.reasons) for row in region.readiness.of(CONSOLE, "A").rows}
    assert rows["Jan Lis"] == (Standing.NOT_OPENED, ("missing-e-mail",))


@pytest.mark.rule("ID-2")
def test_the_id_of_somebody_named_is_theirs(a_region):
    """A record elsewhere that states it is theirs too, and opens the one account that there will be."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Jan 8 -")
    number = named_in(region)

    region.take("B/1: s Ola 2 ola, g Jan 8 jan")

    assert region.person("Jan").id == number
    assert [child.name.first for child in region.children.of(number)] == ["Ala", "Ola"]


def test_a_place_that_is_held_names_nobody(a_region):
    """Whoever was never accepted there is not known, and a place that is not there neither."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola, g Zoe_Kot 8 zoe")
    with region.storage.unit() as unit:
        held = [place.key for place in unit.rosters.places("A") if place.hold is not None]
        door = Door(region.storage, region.tenant, region.secrets)
        assert [door.name(unit, key, author="test", now=region.clock.now()) for key in held] == [None]
