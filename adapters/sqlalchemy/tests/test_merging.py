"""Two accounts of one person on a real database: merged, read as one, and parted again (ID-7)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.merge_people import Merged, MergePeople, Parted
from eszkola_core.domain.restrictions import pairs_kept_apart
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

ONE, OTHER = "A/1 g Jan", "B/1 g Jan"


@pytest.fixture
def region(storage):
    """Return a region on the database, in which Jan has two accounts."""
    made = Region(storage=storage)
    made.take("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ola 2 o, g Jan - k")
    return made


@pytest.fixture
def merging(region):
    """Return the use case."""
    return MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))


def merge(region, merging):
    """Plan a merge and apply it."""
    pair = region.account(ONE).id, region.account(OTHER).id
    plan = merging.plan(CONSOLE, *pair)
    done = merging.merge(CONSOLE, *pair, plan_id=plan.id, reason="one father")
    assert isinstance(done, Merged)
    return done


@pytest.mark.rule("ID-7d")
@pytest.mark.rule("ID-7f")
def test_two_are_one_and_two_again(region, merging):
    """The children of both are the survivor's, and each has their own after the undoing."""
    before = [region.account(at).id for at in (ONE, OTHER)]

    done = merge(region, merging)

    assert region.account(OTHER).id == before[0]
    assert region.children(ONE) == ("Ala Lis", "Ola Lis")
    parted = merging.undo(CONSOLE, done.plan.survivor, done.decision, reason="father and son")
    assert isinstance(parted, Parted)
    assert [region.account(at).id for at in (ONE, OTHER)] == before
    assert [region.children(at) for at in (ONE, OTHER)] == [("Ala Lis",), ("Ola Lis",)]
    assert [region.central(at) for at in (ONE, OTHER)] == ["j", "k"]


@pytest.mark.rule("ID-7d")
def test_a_restriction_made_while_merged_binds_both_after(region, merging):
    """Neither account sees the child, whichever of them the record names."""
    people = [region.account(at).id for at in (ONE, OTHER)]
    done = merge(region, merging)
    region.restrict(ONE, "B/1 s")

    merging.undo(CONSOLE, done.plan.survivor, done.decision, reason="father and son")

    child = region.account("B/1 s").id
    assert {(each, child) for each in people} <= pairs_kept_apart(region.world().decisions)
    assert [region.children(at) for at in (ONE, OTHER)] == [("Ala Lis",), ()]
