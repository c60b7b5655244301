"""Undoing a run: its claims go, nobody's decisions do, and nobody else loses anything (SYNC-9)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.accounts import State
from eszkola_core.domain.settings import PROFILES
from eszkola_core.testing.crowds import rosters, runs
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import Region
from eszkola_core.usecases._deciding import Door

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
    # What follows from days alone, or from what the last run opened, is no other run's to give back: it is settled here.
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
