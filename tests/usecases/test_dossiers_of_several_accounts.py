"""What is one's own in what is kept: by whichever account it came, and nobody else's (LAW-4, ID-7d)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases._dossiers import dossier_of, places_of
from eszkola_core._usecases.erase_person import Erased, ErasePerson, ErasurePlan, ErasureRefused, NotErased
from eszkola_core._usecases.merge_people import Merged, MergePeople
from eszkola_core.domain.accounts import State
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.applications import UNDECIDED, ApplicationState
from eszkola_core.domain.bounces import BounceKind, UnusableAddress
from eszkola_core.domain.claims import Place
from eszkola_core.domain.merging import MergePlan
from eszkola_core.domain.settings import Sharing
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region


def merge(region, first, second):
    """Let two accounts be one, and return the survivor's number."""
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets(f"merging {first} {second}"))
    plan = merging.plan(CONSOLE, first, second)
    assert isinstance(plan, MergePlan), plan
    done = merging.merge(CONSOLE, first, second, plan_id=plan.id, reason="one person")
    assert isinstance(done, Merged), done
    return plan.survivor


def spoil(region, *names):
    """Let nothing arrive at these mailboxes."""
    with region.storage.unit() as unit:
        for name in names:
            address = EmailAddress.parse(f"{name}@example.com")
            unit.unusable.mark(UnusableAddress(address=address, why=BounceKind.HARD, since=region.clock.now()))


def spoilt(region, *names):
    """Return at which of these mailboxes nothing arrives."""
    with region.storage.snapshot() as unit:
        return {each.partition("@")[0] for each in unit.unusable.among([f"{name}@example.com" for name in names])}


def erase(region, person):
    """Erase somebody."""
    erasing = ErasePerson(region.storage, region.tenant, region.clock)
    plan = erasing.request(CONSOLE, person, why="a letter")
    assert isinstance(plan, ErasurePlan), plan
    return erasing.apply(CONSOLE, person, plan.id, why="a letter")


def parts(region, person):
    """Return what is kept of somebody."""
    with region.storage.snapshot() as unit:
        found = dossier_of(unit, person)
    assert found is not None
    return found.parts


@pytest.mark.rule("LAW-4a")
def test_ones_places_are_those_bound_to_one():
    """With or without a national id; a place that is another's stays theirs, though it state one's id by now."""
    region = Region()
    region.take("A/1: s Ala 1 a", "A/2: s Ola 2 o", "A/3: t Ewa - e")
    region.take("A/1: s Ala 1 a", "A/2: s Ola 1 o", "A/3: t Ewa - e")
    assert region.place("A/2 s").hold is not None

    with region.storage.snapshot() as unit:
        for at in ("A/1 s", "A/2 s", "A/3 t"):
            assert [each.key for each in places_of(unit, region.account(at))] == [region.place(at).key]


@pytest.mark.rule("LAW-4a")
def test_ones_former_states_are_ones_own():
    """What an import replaced is kept for an undoing, of the person's places too, whichever account is asked for."""
    region = Region()
    region.take("A/1: t Ewa 9 e", "A/2: t Jan 8 j")
    region.take("A/1: t Ewa_Kot 9 e", "A/2: t Jan_Kot 8 j")
    ewa = region.account("A/1 t")

    earlier = parts(region, ewa.id)["earlier"]

    assert "Ewa" in repr(earlier)
    assert "Jan" not in repr(earlier)


@pytest.mark.rule("LAW-4a")
def test_former_states_of_a_record_that_waits_are_told_once():
    """Nobody is bound to it, yet it states an id of theirs: what it stated before is theirs, whatever was merged."""
    region = Region()
    everybody = ("A/1: t Ewa 9 e", "B/1: t Ewa - f")
    region.take(*everybody, "A/5: t Zenobia_Kowal 9 -")
    region.take(*everybody, "A/5: t Zenobia_Kowal 9 z")
    assert region.place("A/5 t").person is None

    def told(person):
        earlier = [each for each in parts(region, person)["earlier"] if isinstance(each, Place)]
        return [str(each.newest.name) for each in earlier if each.key.record.key == "5"]

    assert told(region.account("A/1 t").id) == ["Zenobia Kowal"]
    assert told(merge(region, *(region.account(f"{at}/1 t").id for at in "AB"))) == ["Zenobia Kowal"]


@pytest.mark.rule("LAW-4a")
@pytest.mark.rule("MAIL-6d")
def test_an_address_that_is_kept_for_somebody_is_one_of_theirs(a_region):
    """Ala moved and the gradebook states none: that nothing arrives at the old address is told of her alone."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala", "A/2: s Iga 2 iga")
    for name, new in (("Ala", "own"), ("Iga", "mine")):
        region.moves(region.enters(name), new)
    region.take("A/1: s Ala 1 -", "A/2: s Iga 2 -")
    spoil(region, "ala", "own", "iga", "mine")

    told = parts(region, region.person("Ala").id)["unusable_addresses"]

    assert [each.mailbox for each in told] == ["ala@example.com", "own@example.com"]


@pytest.mark.rule("LAW-4a")
@pytest.mark.rule("LAW-4b")
def test_the_mailboxes_of_every_account_are_ones_own():
    """That nothing arrives there is told of each, of former ones too, and forgotten of each with the person."""
    region = Region()
    region.take("A/1: t Ewa 9 e", "B/1: t Ewa - f", "C/1: t Ewa - g", "D/1: t Jan 8 j")
    region.take("A/1: t Ewa 9 e2", "B/1: t Ewa - f", "C/1: t Ewa - g", "D/1: t Jan 8 j")
    one, two, three = (region.account(f"{at}/1 t").id for at in "ABC")
    spoil(region, "e", "e2", "f", "g", "j")
    kept = merge(region, merge(region, one, two), three)
    named = {each.mailbox.partition("@")[0] for each in parts(region, kept)["unusable_addresses"]}
    assert {"e2", "f", "g"} <= named <= {"e", "e2", "f", "g"}

    region.take("A/2: t Ola 7 -", "B/2: t Ola 7 -", "C/2: t Ola 7 -", "D/1: t Jan 8 j")
    region.later(40)
    region.take("A/2: t Ola 7 -", "B/2: t Ola 7 -", "C/2: t Ola 7 -", "D/1: t Jan 8 j")
    assert erase(region, kept) == Erased(kept, 0)

    assert spoilt(region, "e2", "f", "g", "j") == {"j"}
    people = region.world().people
    assert {people[each].state for each in (one, two, three)} == {State.ERASED}


@pytest.mark.rule("LAW-4b")
def test_an_erased_persons_mailbox_is_as_good_as_any():
    """Nothing is remembered of it once nobody has it; where somebody else shares it, it stays marked."""
    region = Region(sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 box, g Jan 8 box", "A/2: t Ewa 9 e", "A/4: s Iga 3 -, g Jan 8 box")
    ala, ewa = region.account("A/1 s").id, region.account("A/2 t").id
    spoil(region, "box", "e")
    region.take("A/3: t Ola 2 -", "A/4: s Iga 3 -, g Jan 8 box")
    region.later(400)
    region.take("A/3: t Ola 2 -", "A/4: s Iga 3 -, g Jan 8 box")

    assert erase(region, ewa) == Erased(ewa, 0)
    assert spoilt(region, "box", "e") == {"box"}
    assert erase(region, ala) == Erased(ala, 0)
    assert spoilt(region, "box", "e") == {"box"}


@pytest.mark.rule("LAW-4b")
@pytest.mark.parametrize("state", ApplicationState)
def test_only_an_application_that_somebody_has_to_decide_stops_an_erasure(state):
    """One that was decided, or taken back, stops nothing."""
    region = Region()
    region.take("A/2: t Ewa 9 e")
    ewa = region.account("A/2 t").id
    region.take("A/3: t Ola 2 -")
    region.later(400)
    region.take("A/3: t Ola 2 -")
    with region.storage.unit() as unit:
        unit.applications.add(a.application(applied_by=ewa, state=state))

    done = ErasePerson(region.storage, region.tenant, region.clock).request(CONSOLE, ewa, why="a letter")

    if state in UNDECIDED:
        assert done == NotErased(ErasureRefused.APPLICATION_OPEN)
    else:
        assert isinstance(done, ErasurePlan)
