"""What a plan to undo a run says: every line and every count of a run that did everything (SYNC-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import asdict, evolve

from eszkola_core._usecases.grant_roles import Granted, GrantRoles
from eszkola_core.domain.accounts import State
from eszkola_core.domain.conflicts import CaseKind, CaseState
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.plans import Counts
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.undo_plans import UndoCounts
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import CONSOLE, Region

BEFORE = (
    "A/1: s Ala 1 a, g Jan 20 x, g Ewa - y",
    "A/2: s Ola 2 b",
    "A/3: s Iga 3 c",
    "A/4: s Una 30 -",
    "A/6: s Zoe 6 zoe",
    "A/7: s Pia 7 pia",
    "A/t: t Tom 5 tom",
    "B/t: t Tomasz 5 tom",
)
WRONG = (
    "A/1: s Alicja 1 aa, g Jan 20 xx, g Adam - z",
    "A/2: s Ola 9 b",
    "A/4: s Una 30 una",
    "A/5: s Kaj 31 kaj",
    "A/6: s Zoe 6 zoe",
    "A/7: s Pia 7 pia2",
    "A/8: s Leo 32 leo",
    "A/t: t Tom 5 tom2",
    "B/t: t Tomasz 5 tom2",
)
LINES = """\
A -- change: Jan Lis, guardian in 1: e-mail
A -- change: Ola Lis, student in 2: held as before
A -- change: Tom Lis, teacher in t: e-mail
A -- change: Una Lis, student in 4: e-mail
A -- close: Adam Lis, guardian in 1: nobody has used the account that the run opened
A -- close: Leo Lis, student in 8: nobody has used the account that the run opened
A -- end: Adam Lis, guardian in 1: the run's claim is taken back
A -- end: Kaj Lis, student in 5: the run's claim is taken back
A -- end: Leo Lis, student in 8: the run's claim is taken back
A -- keep-address: Tom Lis, teacher in t: only the owner may change it by now
A -- move-address: Jan Lis, guardian in 1: back to x•••@example.com
A -- move-address: Una Lis, student in 4: back to none
A -- return: Ewa Lis, guardian in 1: the run had ended it
A 2a change: Alicja Lis, student in 1: name (was Alicja Lis), e-mail, class 2a → 1a
A 2a move-address: Alicja Lis, student in 1: back to a•••@example.com
A 3c return: Iga Lis, student in 3: the run had ended it
B -- change: Tomasz Lis, teacher in t: e-mail
"""
CLASSES = {"Ala": "1a", "Alicja": "2a", "Iga": "3c"}


def in_classes(*lines):
    """Return what *lines* state, with the classes of some people."""
    plain = reading(*lines)

    def placed(record):
        people = (evolve(each, class_name=CLASSES.get(each.first_name, "")) for each in record.people)
        return evolve(record, people=tuple(people))

    return evolve(
        plain, rosters=tuple(evolve(each, records=tuple(map(placed, each.records))) for each in plain.rosters)
    )


def sent(region, limit):
    """Let so many of the messages that wait leave."""
    now = region.clock.now()
    with region.storage.unit() as unit:
        for each in unit.outbox.lease(limit, now=now, until=now + timedelta(minutes=1)):
            unit.outbox.settle(each.moved(MessageState.SENT), held_until=now + timedelta(minutes=1))


def scene():
    """Return a region, and a run since which Kaj set a password, Tom became secretary and Pia's record changed."""
    region = Region("open")
    region.take(in_classes(*BEFORE))
    sent(region, 100)
    wrong = region.take(in_classes(*WRONG)).run
    sent(region, 1)
    region.activate("A/5 s")
    granting = GrantRoles(region.storage, region.tenant, region.clock, CountingSecrets("granting"))
    tom, last = region.account("A/t t").id, region.today + timedelta(days=100)
    assert isinstance(granting.grant(CONSOLE, tom, HeldRole("A", Role.SECRETARY), last_day=last), Granted)
    region.take(in_classes(*WRONG[:5], "A/7: s Pia 7 pia3", *WRONG[6:]))
    return region, wrong


@pytest.fixture(scope="module")
def plan():
    """Return the plan to undo that run."""
    region, wrong = scene()
    return region.undoing.plan(CONSOLE, wrong.id, allow_removals=None)


@pytest.mark.rule("SYNC-9b")
def test_a_plan_to_undo_names_every_step_with_its_reason(plan):
    """What the run claimed goes, what it ended returns, what it changed is as before; the accounts follow."""
    told = "".join(
        f"{each.school} {each.class_name or '--'} {each.step}: "
        f"{each.person}, {each.role} in {each.record}: {each.reason}\n"
        for each in plan.lines
    )

    assert told == LINES


@pytest.mark.rule("SYNC-9b")
def test_a_plan_to_undo_counts_what_it_comes_to(plan):
    """Claims, records that stay, accounts, addresses and messages."""
    assert plan.counts == UndoCounts(
        removed=3,
        restored=6,
        returned=2,
        staying=1,
        closed=2,
        dormant=1,
        moved=3,
        keeping=1,
        cancelled=9,
        sent=1,
    )
    assert [each.key for each in plan.staying] == ["7"]
    assert (len(plan.closing), len(plan.resting), len(plan.sent)) == (2, 1, 1)


@pytest.mark.rule("SYNC-9c")
def test_a_plan_to_undo_knows_everybody_whom_the_run_touched(plan):
    """Whoever it wrote of, and whoever stands in a place that it wrote, be the account as it was: all but Zoe."""
    region, _ = scene()

    assert {str(person.name) for number, person in region.world().people.items() if number not in plan.touched} == {
        "Zoe Lis"
    }


@pytest.mark.rule("SYNC-9c")
def test_a_run_touched_whoever_stood_in_a_record_that_stays():
    """It only held what it read of Ala, whose record a later run stated anew."""
    region = Region()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 -")
    wrong = region.take("A/1: s Ala 9 ala", "A/2: s Ola 2 -").run.id
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 -")

    plan = region.undoing.plan(CONSOLE, wrong, allow_removals=None)

    assert ([each.key for each in plan.staying], plan.touched) == (["1"], {region.account("A/1 s").id})


@pytest.mark.rule("SYNC-9b")
@pytest.mark.rule("LAW-3a")
def test_an_undoing_leaves_what_its_plan_said():
    """The run says what it took back, whose it was and how much; whoever lost the last role is signed out."""
    region, wrong = scene()
    leo, adam, kaj = (region.account(at).id for at in ("A/8 s", "A/1 g Adam", "A/5 s"))
    with region.storage.unit() as unit:
        unit.sessions.add(a.session("kaj", number=kaj, opened_at=region.clock.now(), seen_at=region.clock.now()))
    plan = region.undoing.plan(CONSOLE, wrong.id, allow_removals=None)

    done = region.undo(wrong.id)

    assert (done.plan.lines, done.plan.counts) == (plan.lines, plan.counts)
    assert (done.run.schools, done.run.undoes, done.run.summary) == (("A", "B"), wrong.id, asdict(plan.counts))
    with region.storage.snapshot() as unit:
        session = unit.sessions.get(a.digest("kaj"))
        closed = unit.people.get_many([leo, adam]).values()
        told = [(each.kind, each.to.spelling) for each in unit.outbox.of_run(done.run.id)]
        *_, entry = unit.audit.entries()
    assert session.end is SessionEnd.ROLE_ENDED
    assert {(each.state, each.ids, each.central, each.phone) for each in closed} == {(State.CLOSED, (), None, None)}
    assert told == [("address-changed", "x@example.com"), ("address-changed", "a@example.com")]
    assert (entry.deed, entry.detail, set(entry.on)) == ("run-undone", {"run": str(wrong.id)}, set(plan.concerned))


@pytest.mark.rule("SYNC-9b")
def test_what_waits_since_an_undoing_is_named_and_counted():
    """Each record that states it again, and each that is gone again, until the school is allowed to take it in."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j", "A/2: s Ola 2 o, g Ewa - e", "A/6: s Zoe 6 z", "B/1: t Tom 5 t")
    wrong = ("A/3: s Iga 3 i, g Adam - d", "A/4: s Una 4 u", "A/6: s Zoe 6 z", "B/1: t Tom 5 t2")
    region.undo(region.take(*wrong).run.id)

    plan = region.plan(*wrong, removals=None)

    assert [(each.source, each.line, each.record, each.field, each.code, each.value) for each in plan.findings] == [
        ("", 0, "1", "record", "undone", ""),
        ("", 0, "2", "record", "undone", ""),
        ("A.csv", 1, "3", "record", "undone", ""),
        ("A.csv", 1, "4", "record", "undone", ""),
        ("B.csv", 1, "1", "record", "undone", ""),
    ]
    assert {each.hint for each in plan.findings} == {
        "this was taken back by undoing a run, and waits; take it in again with --redo"
    }
    assert plan.counts_by_school == {"A": UNTOUCHED_A, "B": Counts(held=1)}
    assert plan.is_empty
    for allowed, found in (({"A"}, ["B.csv"]), ({"B"}, ["", "", "A.csv", "A.csv"]), (None, [])):
        again = region.importing.plan(reading(*wrong), allow_removals=None, allow_undone=allowed)
        assert [each.source for each in again.findings] == found
    assert region.take(*wrong, again={"B"}).plan.counts_by_school == {"A": UNTOUCHED_A, "B": Counts(changed=1)}
    assert region.take(*wrong, again={"A"}).plan.counts_by_school["A"] == Counts(
        created=3, unchanged=1, ended=4, opened=3
    )


@pytest.mark.rule("SYNC-9b")
def test_what_was_held_whole_before_the_run_is_held_again():
    """Two rows of one key, and a run that stated one of them: the record waits as it did, and so does its case."""

    def waiting():
        with region.storage.snapshot() as unit:
            left = unit.rosters.unsettled()
            cases = [(each.subject.kind, each.state) for each in unit.cases.about(left)]
        return {each.key for each in left}, cases

    region = Region()
    region.take("A/1: s Ala 1 -", "A/1: s Ola 2 -", "A/2: s Iga 3 -")
    before = waiting()
    wrong = region.take("A/1: s Ala 1 -", "A/2: s Iga 3 -").run.id
    assert waiting() == (set(), [])

    region.undo(wrong)

    assert waiting() == before == ({"1"}, [(CaseKind.RECORD_HELD, CaseState.OPEN)])


UNTOUCHED_A = Counts(held=7, unchanged=1)


@pytest.mark.rule("SYNC-9c")
def test_whoever_only_loses_the_account_does_not_end():
    """A run gave ids to six records and opened accounts; undone, the six are derived again, and nobody stops it."""
    region = Region("uonet")
    region.take(*(f"A/{number}: s Kaj{number} - k{number}" for number in range(1, 7)))
    wrong = region.take(*(f"A/{number}: s Kaj{number} {number} k{number}" for number in range(1, 7))).run

    plan = region.undoing.plan(CONSOLE, wrong.id)

    assert (plan.counts.closed, plan.counts.removed, plan.stops) == (6, 0, ())
