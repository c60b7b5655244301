"""What a plan to undo a run says: every line and every count of a run that did everything (SYNC-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.roles import Role
from eszkola_core.domain.undo_plans import UndoCounts
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import CONSOLE, Region
from eszkola_core.usecases.grant_roles import Granted, GrantRoles

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
A 2a change: Alicja Lis, student in 1: name, e-mail, class
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


@pytest.fixture(scope="module")
def plan():
    """Return the plan to undo a run since which Kaj set a password, Tom became secretary and Pia's record changed."""
    region = Region("open")
    region.take(in_classes(*BEFORE))
    with region.storage.unit() as unit:
        waiting = unit.outbox.lease(100, now=region.clock.now(), until=region.clock.now() + timedelta(minutes=1))
        for each in waiting:
            unit.outbox.settle(each.moved(MessageState.SENT), held_until=region.clock.now() + timedelta(minutes=1))
    wrong = region.take(in_classes(*WRONG))
    assert wrong.run is not None
    with region.storage.unit() as unit:
        first, *_ = unit.outbox.lease(1, now=region.clock.now(), until=region.clock.now() + timedelta(minutes=1))
        unit.outbox.settle(first.moved(MessageState.SENT), held_until=region.clock.now() + timedelta(minutes=1))
    region.activate("A/5 s")
    granting = GrantRoles(region.storage, region.tenant, region.clock, CountingSecrets("granting"))
    tom, last = region.account("A/t t").id, region.today + timedelta(days=100)
    assert isinstance(granting.grant(CONSOLE, tom, HeldRole("A", Role.SECRETARY), last_day=last), Granted)
    region.take(in_classes(*WRONG[:5], "A/7: s Pia 7 pia3", *WRONG[6:]))
    return region.undoing.plan(CONSOLE, wrong.run.id, allow_removals=None)


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
