"""One import at a time in a tenant: a lease, its heartbeat, and the fence that keeps the dead from writing (SYNC-2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.import_rosters import Applied, ImportRosters, Running
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.leases import Work
from eszkola_core.testing.doubles import CountingSecrets, FrozenClock
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import START, Region

ALA = reading("A/1: s Ala 1 -, g Jan 8 x")
EWA = reading("B/1: t Ewa 9 y")
MINUTE = timedelta(minutes=1)


class Ticking(FrozenClock):
    """A clock that does something, and moves on, each time it is asked."""

    def __init__(self, at, does):
        super().__init__(at)
        self._does = does
        self.asked = 0

    def now(self):
        """Return the present after whatever happens now."""
        self.asked += 1
        self._does(self)
        return super().now()


def importing(region, clock):
    """Return the use case in another process, by its own clock."""
    return ImportRosters(region.storage, region.tenant, clock, CountingSecrets("another"))


def hold(region, holder="console:noc"):
    """Let somebody else begin an import, and never be heard of again."""
    now = region.clock.now()
    with region.storage.unit() as unit:
        assert unit.leases.take(Work.IMPORT, holder, now=now, until=now + region.tenant.settings.import_lease)


@pytest.mark.rule("SYNC-2")
def test_the_second_is_told_who_runs_and_since_when():
    """And nothing is done; looking is free all the while."""
    region = Region()
    region.take(EWA)
    hold(region)
    before = region.seen()
    region.clock.advance(MINUTE)

    assert region.importing.apply(ALA, actor=Actor.console("console:ewa")) == Running("console:noc", START)
    assert region.seen() == before
    assert region.plan(ALA).counts.created > 0


@pytest.mark.rule("SYNC-2")
@given(minutes=st.integers(1, 60), waited=st.timedeltas(timedelta(), timedelta(hours=2)))
def test_a_dead_holder_is_taken_over_after_the_time_that_is_set(minutes, waited):
    """Not an instant before."""
    region = Region(import_lease=minutes * MINUTE)
    hold(region)
    region.clock.advance(waited)

    done = region.importing.apply(ALA, actor=Actor.console("test"))
    assert isinstance(done, Applied) == (waited >= minutes * MINUTE)


@pytest.mark.rule("SYNC-2")
def test_an_import_gives_the_work_back_however_it_ends():
    """By what it wrote, with nothing to write, or by an error in the middle."""
    region = Region()
    for _ in range(3):
        assert isinstance(region.importing.apply(ALA, actor=Actor.console("test")), Applied)
    with pytest.raises(AttributeError):
        region.importing.apply(object(), actor=Actor.console("test"))  # type: ignore[arg-type]
    assert isinstance(region.importing.apply(EWA, actor=Actor.console("test")), Applied)


@pytest.mark.rule("SYNC-2")
def test_a_long_import_is_not_taken_for_dead():
    """It gives signs of life between rosters and steps: whoever asks meanwhile is told that it runs."""
    region, outcomes = Region(), []

    def tick(clock):
        if clock.asked > len(("may they", "who imports")):
            clock.advance(timedelta(seconds=100))
            rival = importing(region, FrozenClock(FrozenClock.now(clock)))
            outcomes.append(rival.apply(EWA, actor=Actor.console("rival")))

    schools = reading(*(f"{school}/1: s Ala {number} -" for number, school in enumerate("CDEFGHIJKLM", 1)))
    done = importing(region, Ticking(START, tick)).apply(schools, actor=Actor.console("long"))
    assert isinstance(done, Applied)
    assert len(outcomes) > len(schools.rosters)
    assert set(outcomes) == {Running("long", START)}


@pytest.mark.rule("SYNC-2")
@given(moment=st.integers(1, 12), slept=st.timedeltas(5 * MINUTE, timedelta(days=1)))
def test_whoever_was_taken_over_writes_nothing(moment, slept):
    """
    An import that sleeps at any moment, while another one takes over, is told so when it wakes.

    What it would have written is there if and only if it says that it was applied.
    """
    region, others = Region(), []

    def sleep(clock):
        if clock.asked == moment:
            clock.advance(slept)
            rival = importing(region, FrozenClock(FrozenClock.now(clock)))
            others.append(rival.apply(EWA, actor=Actor.console("other")))

    done = importing(region, Ticking(START, sleep)).apply(ALA, actor=Actor.console("sleeper"))

    places = {key.school for key in region.world().places}
    assert isinstance(done, Applied) == ("A" in places)
    assert all(isinstance(each, Applied) for each in others)
    assert ("B" in places) == bool(others)
    if isinstance(done, Running):
        with region.storage.snapshot() as unit:
            assert unit.rosters.newest_run() == 1


class Late(CountingSecrets):
    """A source of randomness that is asked so late that another process has taken over and imported meanwhile."""

    def __init__(self, region, stated):
        super().__init__("late")
        self._region, self._stated = region, stated

    def token_bytes(self, count):
        """Return the bytes, after the other one is done."""
        later = FrozenClock(self._region.clock.now() + self._region.tenant.settings.import_lease)
        done = importing(self._region, later).apply(self._stated, actor=Actor.console("console:noc"))
        assert isinstance(done, Applied)
        return super().token_bytes(count)


@pytest.mark.rule("SYNC-2")
def test_whoever_was_taken_over_by_the_same_import_does_not_call_it_theirs():
    """Nothing is left to be done by then; but it was the other one's doing, who has given the turn back."""
    region = Region()
    here = ImportRosters(region.storage, region.tenant, region.clock, Late(region, ALA))

    assert here.apply(ALA, actor=Actor.console("console:ewa")) == Running("", START)

    with region.storage.snapshot() as unit:
        assert [each.author for each in unit.runs.newest(10)] == ["console:noc"]
