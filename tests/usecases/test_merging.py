"""Two accounts of one person: planned, merged, parted again, and what keeps two apart (ID-6d, ID-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases._passwords import former_passwords
from eszkola_core._usecases.merge_people import Merged, MergeKept, MergePeople, Parted
from eszkola_core._usecases.settle_identity import IdentityKept, IdentitySettled, SettleIdentity
from eszkola_core.domain.accounts import State
from eszkola_core.domain.devices import DeviceState
from eszkola_core.domain.merging import MergePlan, MergeRefused
from eszkola_core.domain.passwords import OPOLSKA_2018
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.restrictions import pairs_kept_apart
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settings import Sharing
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.domain.tokens import TokenState
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

ONE, OTHER = "A/1 g Jan", "B/1 g Jan"
TWO_ACCOUNTS = ("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ola 2 o, g Jan - k")


def merging(region):
    """Return the use case, under the settings of the moment."""
    return MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))


def settling(region):
    """Return the use case that calls two distinct."""
    return SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("identity"))


def merge(region, one=ONE, other=OTHER, *, actor=CONSOLE, reason="one mother"):
    """Plan a merge and apply it."""
    pair = region.account(one).id, region.account(other).id
    plan = merging(region).plan(actor, *pair)
    if not isinstance(plan, MergePlan):
        return plan
    return merging(region).merge(actor, *pair, plan_id=plan.id, reason=reason)


def part(region, done, *, reason="they are two"):
    """Undo a merge."""
    return merging(region).undo(CONSOLE, done.plan.survivor, done.decision, reason=reason)


def region_of(*lines, **settings):
    """Return a region that has taken these records."""
    region = Region(**settings)
    region.take(*lines)
    return region


def having(region):
    """Return what people have: accounts but for state and revision, places, children, devices, licences and more."""
    world = region.world()
    with region.storage.snapshot() as unit:
        return {
            number: (
                evolve(person, revision=0, state=State.AWAITING),
                {key for key, place in world.places.items() if place.person == number},
                tuple(each.name for each in region.children_seen_by(number)),
                tuple(each for each in unit.devices.of(number) if each.state is DeviceState.PAIRED),
                tuple(unit.licences.of(number)),
                tuple(unit.acknowledgements.of(number)),
                unit.credentials.get(number),
            )
            for number, person in world.people.items()
        }, region.conflicts()


@st.composite
def two_accounts(draw):
    """A region in which Jan has two accounts, with whatever may hang on each."""
    ids = draw(st.sampled_from([("8", "-"), ("-", "8"), ("-", "-")]))
    addresses = draw(st.sampled_from(["j", "-"])), draw(st.sampled_from(["k", "-"]))
    lines = [
        f"A/1: s Ala 1 a, g Jan {ids[0]} {addresses[0]}, g Ewa 9 e",
        f"B/1: s Ola 2 o, g Jan {ids[1]} {addresses[1]}",
    ]
    region = region_of(*lines)
    accounts = [region.account(at) for at in (ONE, OTHER)]
    region.later(1)
    for at in draw(st.sets(st.sampled_from([ONE, OTHER]))):
        region.activate(at)
    for at, child in draw(st.sets(st.sampled_from([(ONE, "A/1 s"), (OTHER, "B/1 s")]))):
        region.restrict(at, child)
    with region.storage.unit() as unit:
        unit.licences.put_pool(a.pool(seats=4))
        for each in accounts:
            if draw(st.booleans()):
                paired = {"state": DeviceState.PAIRED, "pin": None, "paired_at": a.NOW, "name": "phone"}
                unit.devices.add(a.device(f"device {each.id}", each.id, **paired))
            if draw(st.booleans()):
                unit.licences.assign(a.licence(each.id))
            if draw(st.booleans()):
                unit.acknowledgements.add(a.acknowledgement(each.id))
            if draw(st.booleans()):
                unit.credentials.put(a.credential(each.id))
    return region, lines


@pytest.mark.rule("ID-7f")
@given(two_accounts())
def test_an_undone_merge_leaves_what_was_there(situation):
    """Each has roles, links, address, devices, licences, acknowledgements and former passwords as before."""
    region, _ = situation
    before = having(region)

    done = merge(region)
    assert isinstance(done, Merged)
    assert isinstance(part(region, done), Parted)

    assert having(region) == before
    states = {region.account(at).state for at in (ONE, OTHER)}
    assert states <= {State.AWAITING, State.RECOVERY_REQUIRED}


@pytest.mark.rule("ID-7d")
@given(two_accounts(), st.lists(st.sampled_from(["merge", "part", "restrict", "import", "edit"]), max_size=6))
def test_no_restriction_is_lost(situation, deeds):
    """Over merges, undoings and imports whom a restriction bound it binds, and nobody of these sees the child."""
    region, lines = situation
    owed, done = pairs_kept_apart(region.world().decisions), None
    for deed in deeds:
        before = pairs_kept_apart(region.world().decisions)
        if deed == "merge" and not isinstance(done, Merged):
            done = merge(region)
        elif deed == "part" and isinstance(done, Merged):
            done = part(region, done)
        elif deed == "restrict" and (region.account(OTHER).id, region.account("B/1 s").id) not in before:
            region.restrict(OTHER, "B/1 s")
            owed |= pairs_kept_apart(region.world().decisions) - before
        elif deed == "import":
            region.take(*lines)
        elif deed == "edit":
            region.take(*(each.replace("g Jan 8", "g Jan -") for each in lines))
        kept = pairs_kept_apart(region.world().decisions)
        assert owed <= kept
        for human, child in kept:
            assert child not in {each.person for each in region.children_seen_by(human)}


@pytest.mark.rule("ID-7a")
@pytest.mark.rule("ID-7d")
def test_the_plan_says_what_comes_and_then_it_comes():
    """Roles, links, devices, licences, acknowledgements and former passwords are the survivor's."""
    region = region_of(*TWO_ACCOUNTS)
    mine, theirs = region.account(ONE), region.account(OTHER)
    with region.storage.unit() as unit:
        unit.licences.put_pool(a.pool(seats=4))
        paired = {"state": DeviceState.PAIRED, "pin": None, "paired_at": a.NOW, "name": "phone"}
        unit.devices.add(a.device("d", theirs.id, **paired))
        unit.licences.assign(a.licence(theirs.id))
        unit.acknowledgements.add(a.acknowledgement(theirs.id))
        unit.credentials.put(a.credential(theirs.id, history=("$former",)))
    before = having(region)

    plan = merging(region).plan(CONSOLE, theirs.id, mine.id)

    assert having(region) == before
    assert (plan.survivor, plan.absorbed, plan.children) == (mine.id, theirs.id, 1)
    assert (plan.devices, plan.licences, plan.acknowledgements) == (1, 1, 1)
    done = merging(region).merge(CONSOLE, mine.id, theirs.id, plan_id=plan.id, reason="one mother")
    assert isinstance(done, Merged)
    assert region.children(ONE) == ("Ala Lis", "Ola Lis")
    assert region.account(OTHER).id == mine.id
    with region.storage.snapshot() as unit:
        assert [len(part.of(mine.id)) for part in (unit.devices, unit.licences, unit.acknowledgements)] == [1, 1, 1]
        former = former_passwords(unit, mine.id, OPOLSKA_2018)
    assert "$former" in former
    assert ConflictKind.POSSIBLE_DUPLICATE not in {each.kind for each in region.conflicts()}


@pytest.mark.rule("ID-7a")
def test_a_plan_whose_ground_moved_is_refused():
    """Any change of one of the two makes it another plan, and the newest is shown; so does a made-up one."""
    region = region_of(*TWO_ACCOUNTS)
    pair = region.account(ONE).id, region.account(OTHER).id
    plan = merging(region).plan(CONSOLE, *pair)
    region.take("A/1: s Ala 1 a, g Jan 8 jj")

    kept = merging(region).merge(CONSOLE, *pair, plan_id=plan.id, reason="x")

    assert isinstance(kept, MergeKept)
    assert (kept.reason, kept.plan.id == plan.id) == (MergeRefused.PLAN_MOVED, False)
    assert merging(region).merge(CONSOLE, *pair, plan_id=kept.plan.id, reason=" ") == MergeKept(MergeRefused.NO_REASON)
    assert isinstance(merging(region).merge(CONSOLE, *pair, plan_id=kept.plan.id, reason="x"), Merged)


@pytest.mark.rule("ID-7b")
def test_two_valid_ids_are_two_people():
    """Two different PESELs are never merged, whatever else they share."""
    region = region_of("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ala 1 a, g Jan 9 k")
    assert merge(region) == MergeKept(MergeRefused.DIFFERENT_IDS)


@pytest.mark.rule("ID-7c")
@pytest.mark.parametrize(
    ("ids", "activated", "survivor"),
    [(("-", "8"), ONE, OTHER), (("8", "-"), OTHER, ONE), (("-", "-"), OTHER, OTHER), (("-", "-"), None, ONE)],
    ids=["who has an id", "who has an id, the other way round", "who is activated", "the older one"],
)
def test_who_stays(ids, activated, survivor):
    """The survivor keeps login and central address; the other's login and ids lead to them."""
    region = region_of(f"A/1: s Ala 1 a, g Jan {ids[0]} j")
    region.later(1)
    region.take(f"B/1: s Ola 2 o, g Jan {ids[1]} k")
    if activated is not None:
        region.activate(activated)
    stays = region.account(survivor)
    goes = region.account(ONE if survivor == OTHER else OTHER)

    done = merge(region)

    assert (done.plan.survivor, done.plan.absorbed) == (stays.id, goes.id)
    with region.storage.snapshot() as unit:
        assert unit.people.by_login(goes.login) == unit.people.by_login(stays.login)
        found = unit.people.by_login(stays.login)
    assert (found.id, found.login, found.central) == (stays.id, stays.login, stays.central)


@pytest.mark.rule("ID-7d")
def test_the_address_of_the_other_stays_reserved():
    """Nobody else gets it while the merge can be undone, and the absorbed account has it again then."""
    region = region_of(*TWO_ACCOUNTS)
    done = merge(region)
    region.take("C/1: s Iga 3 k")
    assert region.central("C/1 s") is None

    assert isinstance(part(region, done), Parted)

    assert (region.central(OTHER), region.central("C/1 s")) == ("k", None)


@pytest.mark.rule("ID-7d")
def test_a_restriction_of_either_holds_for_the_one():
    """Whoever is kept from a child by one account is so by all, and one made while merged holds for both after."""
    region = region_of("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ala 1 a, g Jan - k")
    one, other = (region.account(at).id for at in (ONE, OTHER))
    done = merge(region)
    region.restrict(ONE, "A/1 s")
    assert region.children(ONE) == ()

    part(region, done)

    assert region.children_seen_by(one) == region.children_seen_by(other) == ()


@pytest.mark.rule("ID-7e")
def test_what_was_open_ends_and_devices_stay():
    """Sessions, tokens and pairings of both; telephones go on."""
    region = region_of(*TWO_ACCOUNTS)
    people = [region.account(at).id for at in (ONE, OTHER)]
    with region.storage.unit() as unit:
        for each in people:
            unit.sessions.add(a.session(f"session {each}", number=each, opened_at=a.NOW, seen_at=a.NOW))
            unit.tokens.add(a.token(f"token {each}", number=each, expires_at=region.clock.now() + timedelta(hours=1)))
            unit.devices.add(a.device(f"pairing {each}", each))
            paired = {"state": DeviceState.PAIRED, "pin": None, "paired_at": a.NOW, "name": "phone"}
            unit.devices.add(a.device(f"device {each}", each, **paired))

    assert isinstance(merge(region), Merged)

    with region.storage.snapshot() as unit:
        for each in people:
            assert unit.sessions.get(a.digest(f"session {each}")).end is SessionEnd.MERGED
            assert unit.tokens.peek(a.digest(f"token {each}")).state is not TokenState.LIVE
        states = sorted(each.state for each in unit.devices.of(people[0]))
    assert states == sorted([DeviceState.DEAD] * 2 + [DeviceState.PAIRED] * 2)


@pytest.mark.rule("ID-7f")
@pytest.mark.rule("MAIL-5b")
def test_an_address_of_the_household_comes_back_as_one_that_is_shared():
    """One of two accounts had the child's address with it: parted again, it has it, and so has the child."""
    region = region_of("A/1: s Ala 1 box, g Jan - box", "B/1: s Ola 2 o, g Jan 8 k", sharing=Sharing.FAMILY)
    region.activate(OTHER)
    absorbed = region.account(ONE).id
    done = merge(region)
    assert region.world().people[absorbed].central is None

    assert part(region, done) == Parted(done.plan.survivor, absorbed)

    homes = [region.account(at) for at in (ONE, "A/1 s")]
    assert [(each.central.spelling, each.sharing) for each in homes] == [("box@example.com", True)] * 2


@pytest.mark.rule("ID-7f")
def test_an_undoing_has_its_time():
    """Until the very instant thirty days later; what was never merged, or was parted, is not parted."""
    region = region_of(*TWO_ACCOUNTS)
    done = merge(region)
    region.clock.advance(region.tenant.settings.merge_undo - timedelta(seconds=1))
    assert isinstance(part(region, done), Parted)
    assert part(region, done) == MergeKept(MergeRefused.NO_SUCH_MERGE)
    done = merge(region)
    region.clock.advance(region.tenant.settings.merge_undo)
    assert part(region, done) == MergeKept(MergeRefused.TOO_LATE)


@pytest.mark.rule("ID-7f")
def test_what_came_since_stays_with_the_survivor():
    """A record that came while the two were one is the survivor's after they were parted."""
    region = region_of(*TWO_ACCOUNTS)
    survivor, absorbed = region.account(ONE).id, region.account(OTHER).id
    done = merge(region)
    region.take("C/1: s Iga 3 i, g Jan 8 -")

    part(region, done)

    assert region.account("C/1 g Jan").id == survivor
    assert region.children(ONE) == ("Ala Lis", "Iga Lis")
    assert region.account(OTHER).id == absorbed
    assert region.children(OTHER) == ("Ola Lis",)


@pytest.mark.rule("ID-7g")
@pytest.mark.rule("ID-6d")
def test_a_distinct_pair_is_never_one():
    """Not over a third either; it is reported no more, and remembered with author and reason."""
    region = region_of("A/1: s Ala 1 a, g Jan - j", "B/1: s Ala 1 a, g Jan - k", "C/1: s Ala 1 a, g Jan - l")
    third = "C/1 g Jan"
    one, other = (region.account(at).id for at in (ONE, OTHER))

    said = settling(region).distinct(CONSOLE, one, other, reason="father and son")

    assert isinstance(said, IdentitySettled)
    assert (said.decision.author, said.decision.reason) == (CONSOLE.name, "father and son")
    assert merge(region) == MergeKept(MergeRefused.CALLED_DISTINCT)
    assert isinstance(merge(region, OTHER, third), Merged)
    assert merge(region, ONE, third) == MergeKept(MergeRefused.CALLED_DISTINCT)
    assert isinstance(settling(region).distinct(CONSOLE, one, other, reason="again"), IdentityKept)
    assert ConflictKind.POSSIBLE_DUPLICATE not in {each.kind for each in region.conflicts()}


@pytest.mark.rule("ID-7g")
def test_two_who_stand_in_one_record_are_two():
    """A mother and a father are never one; nor is anybody one with themselves."""
    region = region_of("A/1: s Ala 1 a, g Jan - j, g Ewa - e")
    assert merge(region, ONE, "A/1 g Ewa") == MergeKept(MergeRefused.ONE_RECORD)
    assert merge(region, ONE, ONE) == MergeKept(MergeRefused.SAME_PERSON)


@pytest.mark.rule("ID-7g")
def test_a_record_that_names_both_while_they_are_one_opens_no_new_link():
    """The second of the two places is held, and nothing of it shows once they are parted."""
    region = region_of(*TWO_ACCOUNTS)
    done = merge(region)
    region.take("C/1: s Iga 3 i, g Jan 8 j, g Jan - k")
    part(region, done)
    assert region.children(OTHER) == ("Ola Lis",)


@pytest.mark.rule("LINK-3b")
def test_a_merge_brings_nobody_to_a_child_whom_somebody_is_kept_from():
    """The office may not; whoever may lift the restriction may, and so may all where ids prove another."""
    region = region_of(
        "A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e",
        "A/2: s Ola 2 o, g Ewa - f",
        "A/y: y Zofia 11 z",
    )
    region.restrict("A/1 g Jan", "A/1 s")
    pair = region.account("A/1 g Ewa").id, region.account("A/2 g Ewa").id
    assert isinstance(merging(region).plan(CONSOLE, *pair), MergePlan)
    assert isinstance(merging(region).plan(region.actor("A/y y"), *pair), NotPermitted)


@pytest.mark.rule("ROLE-6b")
def test_nobody_merges_themselves_or_reaches_over_schools():
    """A guardian, a secretary, the owner of one of the two: none; the console may, and it stands in the journal."""
    region = region_of(*TWO_ACCOUNTS, "A/y: y Zofia 11 z")
    pair = region.account(ONE).id, region.account(OTHER).id
    for at in (ONE, OTHER, "A/y y", "A/1 s"):
        assert isinstance(merging(region).plan(region.actor(at), *pair), NotPermitted)
    assert isinstance(merge(region), Merged)
    with region.storage.snapshot() as unit:
        (entry,) = [each for each in unit.audit.entries() if each.deed == "accounts-merged"]
    assert set(entry.on) == set(pair)


@pytest.mark.rule("LAW-3a")
@pytest.mark.rule("ID-7f")
def test_a_merge_and_its_undoing_are_told_in_full():
    """The plan, the list of what can still be undone, the decision, the journal and the letters all say the same."""
    region = region_of(*TWO_ACCOUNTS, "C/1: s Iga 3 i, g Jan - l")
    region.restrict(OTHER, "B/1 s")
    first, second, third = (region.account(at).id for at in (ONE, OTHER, "C/1 g Jan"))
    plan = merging(region).plan(CONSOLE, first, second)
    assert (plan.survivor_login, plan.absorbed_login, plan.places) == ("jan.lis", "jan.lis2", (("B", "guardian"),))
    assert (plan.children, plan.restrictions) == (1, 1)

    one = merge(region)
    two = merge(region, ONE, "C/1 g Jan", reason="three accounts")

    until = region.clock.now() + timedelta(days=30)
    assert (one.until, two.until) == (until, until)
    done = [(each.decision, each.survivor_login, each.absorbed_login, each.at, each.until) for each in listed(region)]
    assert done == [
        (two.decision, "jan.lis", "jan.lis3", region.clock.now(), until),
        (one.decision, "jan.lis", "jan.lis2", region.clock.now(), until),
    ]
    assert merging(region).of(CONSOLE, second) == []
    assert isinstance(merging(region).of(region.actor("A/1 s"), first), NotPermitted)

    assert part(region, two) == Parted(first, third)
    assert [each.decision for each in listed(region)] == [one.decision]
    region.clock.advance(timedelta(days=30))
    assert listed(region) == []
    with region.storage.snapshot() as unit:
        entries = [each for each in unit.audit.entries() if "merge" in each.deed]
        (parted,) = [each for each in unit.people.decisions(third) if each.id == two.decision]
    assert [(each.deed, each.on, each.why, each.detail) for each in entries] == [
        ("accounts-merged", (first, second), "one mother", {"decision": str(one.decision)}),
        ("accounts-merged", (first, third), "three accounts", {"decision": str(two.decision)}),
        ("merge-undone", (first, third), "they are two", {"decision": str(two.decision)}),
    ]
    assert (parted.withdrawn_by, parted.withdrawn_why) == (CONSOLE.name, "they are two")


def listed(region):
    """Return the merges into Jan's first account that can still be undone."""
    return merging(region).of(CONSOLE, region.account(ONE).id)
