"""Undoing a run: its claims go, nobody's decisions do, and nobody else loses anything (SYNC-9)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases.grant_roles import Granted, GrantRoles, Withdrawn
from eszkola_core._usecases.merge_people import Merged, MergePeople
from eszkola_core._usecases.undo_run import NotPermitted, NotUndone, Undone
from eszkola_core.domain.accounts import State
from eszkola_core.domain.events import EventKind
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.messages import MessageKind, MessageState
from eszkola_core.domain.plans import Step
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import RunKind
from eszkola_core.domain.settings import PROFILES, Sharing
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.domain.undo_plans import Blocked, UndoPlan, UndoRefusal
from eszkola_core.domain.undoing import Taken
from eszkola_core.testing.crowds import rosters, runs
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.region import CONSOLE, Region

profiles = st.sampled_from(sorted(PROFILES))


def after(runs, *, profile="open", waiting=0, activating=0):
    """Return a region that has taken all of *runs*, with days in between, and whose first accounts are used."""
    region = Region(profile)
    for stated in runs:
        region.take(stated)
        region.later(waiting)
    with region.storage.unit() as unit:
        for person in list(region.world().people.values())[:activating]:
            unit.people.save(person.changed(state=State.ACTIVE, activated_at=region.clock.now()))
    # What follows from days alone, or from what the last run opened, is no other run's to give back: settled here.
    with region.storage.unit() as unit:
        door = Door(region.storage, region.tenant, CountingSecrets("all"))
        door.settle(unit, region.world().people.keys(), author="test", now=region.clock.now())
    return region


# There and back


@pytest.mark.rule("SYNC-9b")
@settings(max_examples=80)
@given(
    ground=runs(min_size=0, max_size=2),
    stated=rosters(),
    profile=profiles,
    waiting=st.sampled_from([0, 8, 40]),
    activating=st.integers(0, 3),
)
def test_undoing_what_was_applied_is_as_if_it_had_not_been(ground, stated, profile, waiting, activating):
    """With no acts between, on any ground; and taken in again by permission it is as it was after."""
    region = after(ground, profile=profile, waiting=waiting, activating=activating)
    before = region.seen()
    done = region.take(stated)
    if done.run is None:
        return
    applied = region.seen()

    region.undo(done.run.id)
    assert region.seen() == before

    region.take(stated, again=None)
    assert region.seen() == applied


@pytest.mark.rule("SYNC-9b")
@settings(max_examples=50)
@given(ground=runs(min_size=0, max_size=1), later=runs(min_size=2, max_size=3), profile=profiles)
def test_runs_can_be_undone_one_after_the_other(ground, later, profile):
    """The newest first, each gives back the state before it: what is undone is the earlier run's again."""
    region = after(ground, profile=profile)
    states, numbers = [], []
    for stated in later:
        states.append(region.seen())
        done = region.take(stated)
        numbers.append(done.run.id if done.run is not None else None)
    for number, state in list(zip(numbers, states, strict=True))[::-1]:
        if number is not None:
            region.undo(number)
        assert region.seen() == state


@pytest.mark.rule("SYNC-9b")
@settings(max_examples=50)
@given(ground=runs(min_size=0, max_size=1), stated=rosters(), profile=profiles)
def test_what_was_undone_is_not_taken_in_again_by_itself(ground, stated, profile):
    """The same file the night after changes nothing, and says that it waits, under other settings as well."""
    region = after(ground, profile=profile)
    before = region.seen()
    done = region.take(stated)
    if done.run is None:
        return
    region.undo(done.run.id)

    again = region.take(stated)
    assert region.seen() == before
    assert again.plan.counts.opened == 0

    region.choose(message_attempts=3)
    region.take(stated)
    assert region.seen() == before


class Longer(MemoryStorage):
    """A storage whose fingerprints are as long as the port allows."""

    def fingerprint(self, data, *, context):
        """Return 24 bytes that stand for *data*."""
        return self.fingerprints[0](data, context)

    @property
    def fingerprints(self):
        """The same as functions."""
        return tuple(partial(_longer, by) for by in super().fingerprints)


def _longer(by, data, context):
    return by(data, context) + by(data, f"{context} more")[:8]


@pytest.mark.rule("SYNC-9b")
@pytest.mark.parametrize("storage", [MemoryStorage, Longer])
def test_what_was_undone_waits_however_long_a_fingerprint_is(storage):
    """Another way of reading says nothing of the content: it is known again by what was stated alone."""
    region = Region(storage=storage())
    region.undo(region.take("A/1: s Ala 1 ala").run.id)
    region.choose(message_attempts=3)

    assert [each.code for each in region.take("A/1: s Ala 1 ala").plan.findings] == ["undone"]


@pytest.mark.rule("SYNC-9b")
def test_another_content_is_taken_in_and_ends_the_waiting():
    """What was taken back waits as long as the source says the same: another word is applied, and then the old one."""
    region = Region()
    region.take("A/1: s Ala 1 ala")
    wrong = region.take("A/1: s Ala_Kot 1 ala, g Jan 8 x")
    region.undo(wrong.run.id)
    held = region.take("A/1: s Ala_Kot 1 ala, g Jan 8 x")
    assert [each.code for each in held.plan.findings] == ["undone"]
    assert held.plan.counts.held == 2
    assert held.run is None

    region.take("A/1: s Ala_Lis-Kot 1 ala")
    assert str(region.account("A/1 s").name) == "Ala Lis-Kot"
    region.take("A/1: s Ala_Kot 1 ala, g Jan 8 x")
    assert region.account("A/1 g Jan").central.spelling == "x@example.com"


@pytest.mark.rule("SYNC-9b")
def test_an_end_that_was_undone_waits_until_the_record_is_back():
    """A file that left people out does not end them the night after; once it names them again it may leave them out."""
    region = Region()
    everybody = ("A/1: s Ala 1 -", "A/2: s Ola 2 -")
    region.take(*everybody)
    region.undo(region.take("A/1: s Ala 1 -").run.id)

    held = region.take("A/1: s Ala 1 -")
    assert [(each.code, each.record) for each in held.plan.findings] == [("undone", "2")]
    assert region.place("A/2 s").is_present
    region.take(*everybody)
    region.take("A/1: s Ala 1 -")
    with pytest.raises(LookupError):
        region.place("A/2 s")


@pytest.mark.rule("SYNC-9b")
def test_a_permission_takes_in_what_was_undone_in_the_schools_that_it_names():
    """As an import is told to, for one school and not for the other."""
    region = Region()
    wrong = ("A/1: s Ala 1 -", "B/1: s Ola 2 -")
    region.undo(region.take(*wrong).run.id)

    region.take(*wrong, again={"A"})
    assert {key.school for key in region.world().places} == {"A"}


# Accounts


@pytest.mark.rule("SYNC-9b")
def test_f26_what_an_undone_run_opened_owns_nothing_any_more():
    """Neither id nor address nor binding: the account is closed, its login stays issued, and a redo begins anew."""
    region = Region()
    done = region.take("A/1: s Ala 1 ala, g Jan 8 x")
    jan = region.account("A/1 g Jan")
    undone = region.undo(done.run.id)

    assert undone.plan.counts.closed == 2
    with region.storage.snapshot() as unit:
        closed = unit.people.get_many([jan.id])[jan.id]
        assert (closed.state, closed.ids, closed.central, closed.login) == (State.CLOSED, (), None, "jan.lis")
        assert unit.people.by_national_id(jan.ids[0]) is None
    region.take("B/7: s Ewa 2 -, g Jan 8 x")
    assert (region.account("B/7 g Jan").login, region.central("B/7 g Jan")) == ("jan.lis2", "x")


@pytest.mark.rule("SYNC-9b")
@pytest.mark.rule("MAIL-5a")
def test_what_an_undone_run_opened_shares_nothing_any_more():
    """Two who shared an address are closed, and neither has it nor any leave to share."""
    region = Region(sharing=Sharing.FAMILY)
    done = region.take("A/1: s Ala 1 -, g Jan 8 x, g Ewa 9 x")
    both = [region.account(f"A/1 g {name}").id for name in ("Jan", "Ewa")]
    assert all(region.world().people[each].sharing for each in both)

    region.undo(done.run.id)

    with region.storage.snapshot() as unit:
        closed = unit.people.get_many(both).values()
    assert [(each.state, each.central, each.sharing) for each in closed] == [(State.CLOSED, None, False)] * 2


@pytest.mark.rule("SYNC-9b")
@pytest.mark.parametrize("by", ["password", "decision", "another run"])
def test_an_account_that_was_used_stays(by):
    """Whoever set a password, chose something, or is named by another record keeps the account."""
    region = Region()
    done = region.take("A/1: s Ala 1 ala")
    ala = region.account("A/1 s")
    if by == "password":
        region.activate("A/1 s")
    elif by == "decision":
        region.decide_address("A/1 s", "own")
    else:
        region.take("B/1: s Ala 1 ala")
    undone = region.undo(done.run.id)

    kept = region.world().people[ala.id]
    assert kept.state is not State.CLOSED
    assert kept.ids == ala.ids
    assert kept.central.spelling == ("own@example.com" if by == "decision" else "ala@example.com")
    assert (undone.plan.counts.closed, undone.plan.counts.dormant) == (0, int(by != "another run"))
    region.take("A/1: s Ala 1 ala", again=None)
    assert region.account("A/1 s").id == ala.id


@pytest.mark.rule("SYNC-9b")
def test_nobodys_decision_is_undone():
    """An address that was chosen, and a restriction that was made, stand when the run before them is gone."""
    region = Region()
    region.take("A/1: s Ala 1 ala, g Jan 8 x")
    done = region.take("A/1: s Ala 1 ala, g Jan 8 y, g Ewa 9 z")
    region.decide_address("A/1 g Jan", "own")
    region.restrict("A/1 g Ewa", "A/1 s")
    region.undo(done.run.id)

    assert region.central("A/1 g Jan") == "own"
    assert region.children("A/1 g Jan") == ("Ala Lis",)
    region.take("A/2: s Ala 1 ala, g Ewa 9 z")
    assert region.children("A/2 g Ewa") == ()


# What undoing must not take


@pytest.mark.rule("SYNC-9c")
def test_f27_an_address_that_somebody_else_has_by_now_is_not_taken():
    """Jan moves from x to y, Ewa takes x: undoing Jan's move is blocked, and says which run is to be undone first."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x")
    moving = region.take("A/1: s Ala 1 -, g Jan 8 y")
    taking = region.take("B/1: s Iga 2 -, g Ewa 9 x")
    before = region.seen()

    refused = region.undoing.apply(CONSOLE, moving.run.id, reason="", allow_removals=None)
    assert isinstance(refused, NotUndone)
    assert refused.reason is UndoRefusal.BLOCKED
    assert refused.plan is not None
    assert refused.plan.blocked == (Blocked("Ewa Lis", Taken.ADDRESS, taking.run.id),)
    assert region.seen() == before

    region.undo(taking.run.id)
    region.undo(moving.run.id)
    assert region.central("A/1 g Jan") == "x"


@pytest.mark.rule("SYNC-9c")
def test_an_address_that_was_chosen_since_is_not_taken():
    """Where a decision gave it, no run is named: undoing one would not help."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x", "B/1: s Iga 2 -, g Ewa 9 z")
    moving = region.take("A/1: s Ala 1 -, g Jan 8 y")
    region.decide_address("B/1 g Ewa", "x")

    plan = region.undoing.plan(CONSOLE, moving.run.id, allow_removals=None)
    assert isinstance(plan, UndoPlan)
    assert plan.blocked == (Blocked("Ewa Lis", Taken.ADDRESS, None),)


@pytest.mark.rule("SYNC-9c")
@settings(max_examples=60)
@given(ground=runs(min_size=0, max_size=1), undone=rosters(), later=runs(min_size=1, max_size=2), profile=profiles)
def test_whoever_a_run_did_not_touch_loses_nothing_by_its_undoing(ground, undone, later, profile):
    """Address, ids and every claim in force stay whosever they are; and so does what later runs state."""
    region = after(ground, profile=profile)
    done = region.take(undone)
    if done.run is None:
        return
    with region.storage.snapshot() as unit:
        written = unit.runs.written(done.run.id)
    for stated in later:
        region.take(stated)
    world = region.world()
    plan = region.undoing.plan(CONSOLE, done.run.id, allow_removals=None)
    assert isinstance(plan, UndoPlan)
    if plan.refusal is None:
        region.undo(done.run.id)

    then = region.world()
    for number, person in world.people.items():
        if number not in plan.touched or plan.refusal is not None:
            kept = then.people[number]
            assert (kept.central in {person.central, None}) == (kept.central == person.central)
            assert set(person.ids) <= set(kept.ids)
    for key, place in world.places.items():
        if key not in written.places and key.record not in written.records and place.is_present:
            kept_place = then.places[key]
            assert kept_place.is_present
            if place.accepted is not None:
                assert kept_place.accepted == place.accepted


@pytest.mark.rule("SYNC-9b")
def test_claims_that_a_later_run_replaced_stay_and_are_listed():
    """The record is the later run's: what it states of everybody in it stands."""
    region = Region()
    region.take("A/1: s Ala 1 ala, g Jan 8 x", "A/2: s Ola 2 ola")
    wrong = region.take("A/1: s Ala 1 ala, g Jan 8 y", "A/2: s Ola 2 wrong")
    region.take("A/1: s Ala 1 ala, g Jan 8 z", "A/2: s Ola 2 wrong")
    undone = region.undo(wrong.run.id)

    assert [each.key for each in undone.plan.staying] == ["1"]
    assert region.central("A/1 g Jan") == "z"
    assert region.central("A/2 s") == "ola"


@pytest.mark.rule("SYNC-9c")
def test_the_guard_watches_an_undoing_too():
    """A first load that is undone ends everybody: it stops, until the schools are named."""
    region = Region()
    done = region.take(*(f"A/{number}: s Ala {number} -" for number in range(1, 7)))
    refused = region.undoing.apply(CONSOLE, done.run.id, reason="")
    assert isinstance(refused, NotUndone)
    assert refused.reason is UndoRefusal.STOPPED
    assert refused.plan is not None
    assert [(each.school, each.kind, each.ending) for each in refused.plan.stops] == [("A", "student", 6)]
    assert isinstance(region.undoing.apply(CONSOLE, done.run.id, reason="", allow_removals={"A"}), Undone)


@pytest.mark.rule("SYNC-9c")
def test_the_guard_tells_accounts_that_stay_from_one_of_the_same_name():
    """Six lose a role in one school of two, where a seventh Ala gets her address back: her name keeps none of them."""
    region = Region()
    everybody = ["A/0: s Ala 99 -", *(f"B/{number}: s Ala {number} -" for number in range(1, 7))]
    region.take(*everybody)
    added = (f"A/{number}: s Ala {number} -" for number in range(1, 7))
    wrong = region.take("A/0: s Ala 99 x", *everybody[1:], *added).run.id

    plan = region.undoing.plan(CONSOLE, wrong)

    assert [(each.school, each.kind, each.ending, each.active) for each in plan.stops] == [("A", "student", 6, 7)]


@pytest.mark.rule("SYNC-9b")
@pytest.mark.parametrize(
    "wrong",
    [
        ["A/1: s Ala 1 -, g Jan 8 x", "A/2: s Ola 2 x", "B/1: t Tom 5 x"],
        ["A/1: s Ala 1 -, g Jan 8 y", "B/1: t Tom 5 x"],
    ],
    ids=["opened", "given up"],
)
def test_what_is_open_about_an_address_is_as_before_the_run(wrong):
    """Somebody new wanted what Tom has, or somebody who wanted it stated another: it goes, or comes back."""
    region = Region(sharing=Sharing.FORBID)
    region.take("A/1: s Ala 1 -, g Jan 8 x", "B/1: t Tom 5 x")
    before = region.seen()
    assert [each.kind for each in region.conflicts()] == [ConflictKind.ADDRESS_TAKEN]
    done = region.take(*wrong)
    assert len(region.conflicts()) != 1

    region.undo(done.run.id)

    assert region.seen() == before


# Addresses that only their owners may change


TEACHER = "A/t t"


def staff(region):
    """Return the use case that gives roles."""
    return GrantRoles(region.storage, region.tenant, region.clock, CountingSecrets("granting"))


def grant(region, role=Role.SECRETARY, class_name=""):
    """Give the teacher a role in school A."""
    last = region.today + timedelta(days=100)
    done = staff(region).grant(CONSOLE, region.account(TEACHER).id, HeldRole("A", role, class_name), last_day=last)
    assert isinstance(done, Granted)


def withdraw(region):
    """Take that of secretary back."""
    done = staff(region).withdraw(CONSOLE, region.account(TEACHER).id, HeldRole("A", Role.SECRETARY))
    assert isinstance(done, Withdrawn)


def merge(region):
    """Make one of the teacher and of the secretary of another school."""
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    pair = region.account(TEACHER).id, region.account("C/y y").id
    plan = merging.plan(CONSOLE, *pair)
    assert isinstance(merging.merge(CONSOLE, *pair, plan_id=plan.id, reason="one"), Merged)


@pytest.mark.rule("MAIL-4e")
@pytest.mark.rule("SYNC-9b")
@pytest.mark.parametrize("before", ["x", "-"])
@pytest.mark.parametrize(
    ("since", "stays"),
    [
        ([], False),
        ([lambda region: grant(region, Role.HOMEROOM_TEACHER, "1a")], False),
        ([grant, withdraw], False),
        ([grant], True),
        ([lambda region: region.take("B/y: y Ewa 9 z")], True),
        ([merge], True),
    ],
    ids=["nothing", "homeroom", "withdrawn", "granted", "stated", "merged"],
)
def test_an_address_that_is_its_owners_alone_by_now_does_not_go_back(before, since, stays):
    """Whoever has come to a role above homeroom teacher since the run keeps what it gave; all else goes back."""
    region = Region(sharing=Sharing.FORBID)
    others = ("A/u: t Iza 7 iza", "C/y: y Ida - ida")
    region.take(f"A/t: t Ewa 9 {before}", *others)
    moving = region.take("A/t: t Ewa_Kot 9 y", *others)
    assert region.central(TEACHER) == "y"
    for deed in since:
        deed(region)
    undone = region.undo(moving.run.id).plan

    assert region.central(TEACHER) == ("y" if stays else None if before == "-" else "x")
    assert str(region.account(TEACHER).name) == "Ewa Lis"
    assert (undone.counts.keeping, undone.counts.moved) == (int(stays), int(not stays))
    told = [(each.step, each.person) for each in undone.lines if each.step in {Step.KEEP_ADDRESS, Step.MOVE_ADDRESS}]
    assert told == [(Step.KEEP_ADDRESS if stays else Step.MOVE_ADDRESS, "Ewa Kot")]


@pytest.mark.rule("MAIL-4e")
@pytest.mark.rule("SYNC-9b")
@pytest.mark.parametrize(
    ("ground", "wrong"),
    [
        (["A/y: y Ewa 9 -", "A/t: t Ewa 9 x"], ["A/t: t Ewa 9 y"]),
        (["A/t: t Ewa 9 x"], ["A/t: t Ewa 9 x", "A/y: y Ewa 9 -"]),
        (["A/t: t Ewa 9 -", "A/y: y Ewa 9 -"], ["A/t: t Ewa 9 y", "A/y: y Ewa 9 -"]),
        (["A/t: t Ewa 9 -", "A/y: y Ewa 9 -"], ["A/t: t Ewa 9 y", "A/y: y Ewa_Kot 9 -"]),
    ],
    ids=["dismissed", "appointed", "reached", "reached and renamed"],
)
def test_what_the_run_itself_did_to_a_secretary_is_taken_back(ground, wrong):
    """It ended the role and moved the address, gave the role, or gave the first address: as if it had not been."""
    region = Region()
    region.take(*ground)
    before = region.seen()
    done = region.take(*wrong)
    assert region.seen() != before

    region.undo(done.run.id)
    assert region.seen() == before


@pytest.mark.rule("MAIL-4e")
@pytest.mark.rule("SYNC-9c")
def test_an_address_that_its_owner_keeps_goes_back_to_nobody_else():
    """Two teachers swap addresses, and one is secretary by now: nobody has two owners, and it is said whose it is."""
    region = Region()
    region.take("A/t: t Ewa 9 x", "A/u: t Iza 7 y")
    swap = region.take("A/t: t Ewa 9 y", "A/u: t Iza 7 x")
    grant(region)

    plan = region.undoing.plan(CONSOLE, swap.run.id, allow_removals=None)
    assert plan.blocked == (Blocked("Ewa Lis", Taken.ADDRESS, None),)


# Messages, tokens, time, rights


@pytest.mark.rule("SYNC-9b")
def test_messages_that_wait_are_cancelled_and_those_that_left_are_listed(a_region):
    """Only those of the run, and only to people for whom something is undone."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala")
    region.letters()
    wrong = region.take("A/1: s Ala 1 ala, g Jan 8 jan", "B/1: t Ewa 9 ewa")
    with region.storage.unit() as unit:
        now = region.clock.now()
        first, *_ = unit.outbox.lease(1, now=now, until=now + timedelta(minutes=1))
        unit.outbox.settle(first.moved(MessageState.SENT), held_until=now + timedelta(minutes=1))
    undone = region.undoing.apply(CONSOLE, wrong.run.id, reason="wrong file", allow_removals=None)

    assert isinstance(undone, Undone)
    assert (undone.plan.counts.cancelled, undone.plan.counts.sent) == (1, 1)
    assert [each.key for each in undone.plan.sent] == [first.key]
    assert region.letters() == []


@pytest.mark.rule("SYNC-9b")
def test_f28_sessions_do_not_come_back(a_region):
    """An address that goes back ends sessions like any move; its owner is told, the mailbox that is left is not."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala")
    region.enters("Ala")
    key = region.signs_in("ala.lis")
    wrong = region.take("A/1: s Ala 1 wrong")
    region.letters()
    assert not region.is_open(key)
    again = region.signs_in("ala.lis")
    assert isinstance(region.undoing.apply(CONSOLE, wrong.run.id, reason="", allow_removals=None), Undone)

    assert not region.is_open(again)
    letters = region.letters()
    assert [(each.kind, each.to) for each in letters] == [(MessageKind.ADDRESS_CHANGED, "ala@example.com")]


@pytest.mark.rule("SYNC-9b")
@pytest.mark.rule("PHONE-1c")
def test_what_the_wrong_run_put_in_place_hears_nothing_of_the_undoing(a_region):
    """A number goes back with the address: its owner is told where the letters went before, nobody at the other."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala 601234567")
    wrong = region.take("A/1: s Ala 1 wrong 601234568", "A/2: s Leo 2 leo 601234569")
    region.letters()

    assert isinstance(region.undoing.apply(CONSOLE, wrong.run.id, reason="", allow_removals=None), Undone)

    told = [(each.kind, each.to) for each in region.letters()]
    assert told == [
        (MessageKind.ADDRESS_CHANGED, "ala@example.com"),
        (MessageKind.PHONE_CHANGED, "ala@example.com"),
    ]


@pytest.mark.rule("SYNC-9b")
@pytest.mark.rule("MAIL-7")
def test_services_hear_that_an_address_is_gone_whoever_was_merged_since():
    """The run gave Leo an address and renamed an account that is read as another by now: Leo's is told all the same."""
    region = Region()
    region.tenant = evolve(region.tenant, subscriptions={"mail": frozenset({EventKind.ADDRESS_CHANGED})})
    region.take("A/t: t Ewa 9 e", "C/y: y Ewa - f")
    wrong = region.take("A/t: t Ewa 9 e", "C/y: y Ewa_Kot - f", "C/1: s Leo 4 leo")
    leo = region.account("C/1 s").id
    merge(region)

    region.undo(wrong.run.id)

    with region.storage.snapshot() as unit:
        told = [(each.data["old"], each.data["new"]) for each in unit.dossiers.traces(leo).events]
    assert told == [("leo@example.com", "")]


@pytest.mark.rule("SYNC-9b")
@given(days=st.integers(1, 90), waited=st.timedeltas(timedelta(), timedelta(days=100)))
def test_a_run_can_be_undone_within_the_time_that_is_set(days, waited):
    """Then what it found is forgotten by the next run, and with it the way back."""
    region = Region(undo_grace=timedelta(days=days))
    done = region.take("A/1: s Ala 1 -")
    region.take("A/1: s Ala_Kot 1 -")
    region.clock.advance(waited)
    plan = region.undoing.plan(CONSOLE, done.run.id, allow_removals=None)
    assert (plan == NotUndone(UndoRefusal.TOO_LATE)) == (waited >= timedelta(days=days))

    region.take("B/1: s Ola 2 -")
    with region.storage.snapshot() as unit:
        kept = [each.before for each in unit.runs.written(2).places.values() if each.before is not None]
    assert bool(kept) == (waited <= timedelta(days=days))


@pytest.mark.rule("SYNC-9c")
def test_what_cannot_be_undone_is_told():
    """An unknown run, a decision, an undoing, and what was undone before."""
    region = Region()
    done = region.take("A/1: s Ala 1 -, g Jan 8 x")
    region.decide_address("A/1 g Jan", "own")
    undone = region.undo(done.run.id)

    told = [region.undoing.plan(CONSOLE, number) for number in (done.run.id, 2, undone.run.id, 99)]
    assert told == [
        NotUndone(UndoRefusal.UNDONE_BEFORE),
        NotUndone(UndoRefusal.NOT_AN_IMPORT),
        NotUndone(UndoRefusal.NOT_AN_IMPORT),
        NotUndone(UndoRefusal.UNKNOWN_RUN),
    ]
    assert undone.run.kind is RunKind.UNDO


@pytest.mark.rule("SYNC-9c")
def test_undoing_needs_the_right_in_every_school_of_the_run(a_region):
    """A school's administrator undoes what touches that school alone; the journal says who, what, on whom and why."""
    region = a_region("open")
    region.take("A/k: y Ewa 9 ewa", "B/k: y Olga 7 olga")
    both = region.take("A/1: s Ala 1 -", "B/1: s Ola 2 -")
    alone = region.take("A/1: s Ala 1 -", "A/2: s Iga 3 -")
    ewa = region.actor("Ewa")
    assert isinstance(region.undoing.plan(ewa, alone.run.id), NotPermitted)
    assert list(region.undoing.runs(ewa)) == []
    region.grants("Ewa", Role.SCHOOL_ADMINISTRATOR)

    assert isinstance(region.undoing.apply(ewa, both.run.id, reason=""), NotPermitted)
    assert [each.id for each in region.undoing.runs(ewa)] == [alone.run.id]
    iga = region.person("Iga")
    assert isinstance(region.undoing.apply(ewa, alone.run.id, reason="wrong class"), Undone)
    with region.storage.snapshot() as unit:
        entry = list(unit.audit.entries())[-1]
    assert (entry.deed, entry.by, entry.on, entry.why) == ("run-undone", ewa.person, (iga.id,), "wrong class")
    assert entry.detail["run"] == str(alone.run.id)
    assert len(region.undoing.runs(CONSOLE)) > len(region.undoing.runs(ewa))
