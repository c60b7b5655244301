"""Undoing a run, and others at work in the same moment (SYNC-2, SYNC-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases.undo_run import Running, Undone, UndoRun
from eszkola_core.domain.leases import Work
from eszkola_core.errors import Conflict
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.doubles import CountingSecrets, FrozenClock
from eszkola_core.testing.region import CONSOLE, Region

LOAD = tuple(f"A/{number}: s Ala {number} -" for number in range(1, 7))


class Interrupted(FrozenClock):
    """A clock at whose second look somebody else, who found no sign of life, has taken the work over."""

    def __init__(self, region):
        super().__init__(region.clock.now())
        self._region = region
        self._looks = 0

    def now(self):
        """Return the same instant as ever."""
        self._looks += 1
        if self._looks == 2:
            later = super().now() + self._region.tenant.settings.import_lease
            with self._region.storage.unit() as unit:
                assert unit.leases.take(Work.IMPORT, "console:other", now=later, until=later + timedelta(hours=1))
        return super().now()


class Finished(Interrupted):
    """A clock at whose second look that other one has done their work too, and gave the turn back."""

    def now(self):
        """Return the same instant as ever."""
        here = super().now()
        if self._looks == 2:
            with self._region.storage.unit() as unit:
                unit.leases.release(unit.leases.current(Work.IMPORT))
        return here


class Overtaken(CountingSecrets):
    """A source of randomness that is asked just as somebody else changes an account of the run."""

    def token_bytes(self, count):
        """Fail as the storage does then."""
        raise Conflict(f"it was changed before {count} bytes were there", code="moved")


@pytest.mark.rule("SYNC-2")
@pytest.mark.rule("SYNC-9c")
def test_an_undoing_that_is_taken_over_writes_nothing():
    """Whoever has the work by now is named."""
    region = Region()
    run = region.take(*LOAD).run.id
    before = region.seen()
    undoing = UndoRun(region.storage, region.tenant, Interrupted(region), CountingSecrets("undoing"))

    done = undoing.apply(CONSOLE, run, reason="wrong file", allow_removals=None)

    assert isinstance(done, Running)
    assert done.by == "console:other"
    assert region.seen() == before


@pytest.mark.rule("SYNC-2")
def test_nobody_is_named_where_whoever_took_over_is_done():
    """The undoing has lost its turn all the same, and may be asked for once more."""
    region = Region()
    run = region.take(*LOAD).run.id
    undoing = UndoRun(region.storage, region.tenant, Finished(region), CountingSecrets("undoing"))

    done = undoing.apply(CONSOLE, run, reason="wrong file", allow_removals=None)

    assert done == Running("", region.clock.now())
    assert isinstance(region.undoing.apply(CONSOLE, run, reason="wrong file", allow_removals=None), Undone)


@pytest.mark.rule("SYNC-9c")
def test_an_undoing_that_meets_another_change_says_so():
    """It is for the caller to look at the plan again; the next one finds its turn free."""
    region = Region()
    run = region.take(*LOAD).run.id
    before = region.seen()
    undoing = evolve(region.undoing, secrets=Overtaken())

    with pytest.raises(Conflict) as told:
        undoing.apply(CONSOLE, run, reason="wrong file", allow_removals=None)

    assert told.value.code == "moved"
    assert region.seen() == before
    assert isinstance(region.undoing.apply(CONSOLE, run, reason="wrong file", allow_removals=None), Undone)


@pytest.mark.rule("SYNC-9c")
def test_the_guard_watches_the_plan_as_it_does_the_undoing():
    """A plan says what the undoing would stop at, in the schools that are not named."""
    region = Region()
    run = region.take(*LOAD).run.id

    told = [region.undoing.plan(CONSOLE, run, **allowed).stops for allowed in ({}, {"allow_removals": {"A"}})]

    assert [[(each.school, each.ending) for each in stops] for stops in told] == [[("A", 6)], []]


@pytest.mark.rule("SYNC-9c")
def test_the_newest_fifty_runs_are_listed():
    """More of them whoever asks for more."""
    region = Region()
    with region.storage.unit() as unit:
        for _ in range(52):
            a.save(unit)

    assert [each.id for each in region.undoing.runs(CONSOLE)] == list(range(52, 2, -1))
    assert len(region.undoing.runs(CONSOLE, 100)) == 52
