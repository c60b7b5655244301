"""Whoever waits for an import is told how far it has come, and nothing depends on whether anybody listens."""

from __future__ import annotations

from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given

from eszkola_core._usecases.import_rosters import Applied
from eszkola_core._usecases.progress import EVERY, Progress, Stage
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.leases import Work
from eszkola_core.testing import crowds
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

MANY = tuple(f"A/{number}: t T - -" for number in range(2 * EVERY + 1))
SOME = ("A/1: s Ala 1 ala, g Jan 8 x", "B/1: t Ewa 9 y")


def test_every_stage_is_told_in_its_order():
    """Comparing, reading, looking up, settling and, where something is written, writing: none goes back."""
    region = Region()
    told: list[Progress] = []
    region.importing.plan(reading(*SOME), watch=told.append)
    planned = [each.stage for each in told]
    told.clear()
    region.importing.apply(reading(*SOME), actor=Actor.console("x"), watch=told.append)
    applied = [each.stage for each in told]

    order = list(Stage)
    assert list(dict.fromkeys(planned)) == order[:-1]
    assert list(dict.fromkeys(applied)) == order
    assert all(order.index(a) <= order.index(b) for a, b in pairwise(applied))


def test_records_are_counted_up_to_their_number():
    """What was compared and read grows, never beyond the number of records, which is told where it is known."""
    told: list[Progress] = []
    Region().importing.plan(reading(*MANY), watch=told.append)
    for stage in (Stage.COMPARE, Stage.READ):
        counts = [each.done for each in told if each.stage is stage]
        assert {EVERY, 2 * EVERY} <= {*counts}
        assert counts == sorted(counts)
        assert {each.total for each in told if each.stage is stage} == {len(MANY)}


def test_how_many_are_in_a_stream_is_not_made_up():
    """Records that are still to be read have no number."""
    stated = reading(*SOME)
    told: list[Progress] = []
    streams = tuple(evolve(each, records=iter(each.records)) for each in stated.rosters)
    Region().importing.plan(evolve(stated, rosters=streams), watch=told.append)
    assert {each.total for each in told if each.stage is Stage.COMPARE} == {None}


@given(crowds.rosters())
def test_whether_anybody_listens_changes_nothing(stated):
    """The same plan is made."""
    importing = Region().importing
    told: list[Progress] = []
    assert importing.plan(stated, watch=told.append) == importing.plan(stated)


@pytest.mark.rule("SYNC-2")
def test_whoever_says_how_far_it_has_come_is_alive():
    """An import of one long list gives signs of life in the middle of it, so that nobody takes it over."""
    region = Region()
    seen = []

    def look(progress):
        region.clock.advance(region.tenant.settings.import_lease / 4)
        with region.storage.snapshot() as unit:
            seen.append((progress.stage, unit.leases.current(Work.IMPORT).until))

    done = region.importing.apply(reading(*MANY), actor=Actor.console("x"), watch=look)
    assert isinstance(done, Applied)
    assert len({until for stage, until in seen if stage is Stage.COMPARE}) > 1
