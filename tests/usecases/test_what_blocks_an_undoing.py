"""Whose claims an undoing would end, and which run is to be undone first (SYNC-9c)."""

from __future__ import annotations

import pytest

from eszkola_core.domain.undo_plans import Blocked, UndoRefusal
from eszkola_core.domain.undoing import Taken
from eszkola_core.testing.region import CONSOLE, Region


@pytest.mark.rule("SYNC-9c")
def test_a_claim_of_a_later_run_that_would_not_stand_blocks_the_undoing():
    """Ala's id is a later run's; without the wrong run it would not be hers: the later one is undone first."""
    region = Region("easistent")
    region.take("A/3: s Ala - -")
    wrong = region.take("A/3: s Ala 2 -", "A/1: t Ala - -").run.id
    later = region.take("A/3: s Ala 1 -").run.id

    plan = region.undoing.plan(CONSOLE, wrong, allow_removals=None)

    assert (plan.refusal, plan.blocked) == (UndoRefusal.BLOCKED, (Blocked("Ala Lis", Taken.ROLE, later),))
    region.undo(later)
    region.undo(wrong)
    assert region.place("A/3 s").stated_ids == ()


@pytest.mark.rule("SYNC-9c")
def test_a_claim_of_nobody_with_an_account_blocks_it_too():
    """It is told by the name that was applied last, whatever the later run says."""
    region = Region("opolska")
    region.take("B/3: s Ala - -", "A/1: s Ala - -")
    wrong = region.take("A/1: s Ala_Kot 2+p1 -").run.id
    later = region.take("B/3: s Jan 2 -").run.id

    plan = region.undoing.plan(CONSOLE, wrong, allow_removals=None)

    assert region.place("B/3 s").person is None
    assert plan.blocked == (Blocked("Ala Lis", Taken.ROLE, later),)


@pytest.mark.rule("SYNC-9c")
def test_an_address_that_the_run_took_is_blocked_though_its_record_is_a_later_runs():
    """Jan's record was stated anew, so that nothing of it is taken back; what the account had before is Ewa's now."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x")
    wrong = region.take("A/1: s Ala 1 -, g Jan 8 y").run.id
    later = region.take("A/1: s Ala 1 -, g Jan_Kot 8 y", "B/1: s Iga 2 -, g Ewa 9 x").run.id

    plan = region.undoing.plan(CONSOLE, wrong, allow_removals=None)

    assert plan.blocked == (Blocked("Ewa Lis", Taken.ADDRESS, later),)


@pytest.mark.rule("SYNC-9c")
def test_two_of_one_name_block_it_one_beside_the_other():
    """One has chosen an address, to the other a later run gave one: whom no run is named for comes first."""
    region = Region()
    others = ("B/1: s Iga 3 -, g Ewa 28 -", "B/2: s Una 4 -, g Ewa 38 -")
    region.take("A/1: s Ala 1 -, g Jan 8 x", "A/2: s Ola 2 -, g Ida 18 y", *others)
    moved = ("A/1: s Ala 1 -, g Jan 8 xx", "A/2: s Ola 2 -, g Ida 18 yy")
    wrong = region.take(*moved, *others).run.id
    later = region.take(*moved, "B/1: s Iga 3 -, g Ewa 28 x", others[1]).run.id
    region.decide_address("B/2 g", "y")

    plan = region.undoing.plan(CONSOLE, wrong, allow_removals=None)

    assert plan.blocked == (Blocked("Ewa Lis", Taken.ADDRESS), Blocked("Ewa Lis", Taken.ADDRESS, later))
