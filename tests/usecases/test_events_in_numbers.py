"""Services hear that two accounts became one, parted, or were erased: in numbers, and nothing else (ID-7, LAW-4)."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core._subscribers import Callback
from eszkola_core._usecases.deliver_events import DeliverEvents
from eszkola_core._usecases.erase_person import Erased, ErasePerson
from eszkola_core._usecases.merge_people import MergePeople
from eszkola_core.domain.events import Event, EventKind
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region


@pytest.fixture
def region():
    """Return a region in which a father has two accounts, and a service hears of everything."""
    made = Region("open")
    made.tenant = evolve(made.tenant, subscriptions={"messenger": frozenset(EventKind)})
    made.take("B/1: s Ola 2 ola, g Jan 8 jan", "C/1: s Ida 3 ida, g Jan - janek")
    return made


def hear(region):
    """Return what waited, and let it be heard."""
    heard: list[Event] = []
    DeliverEvents(region.storage, region.tenant, region.clock, {"messenger": Callback(heard.append)}).next_batch()
    return heard


def merged(region):
    """Merge the two accounts of Jan; return both, and what was done."""
    pair = region.account("B/1 g Jan"), region.account("C/1 g Jan")
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    plan = merging.plan(CONSOLE, *(each.id for each in pair))
    return merging, merging.merge(CONSOLE, *(each.id for each in pair), plan_id=plan.id, reason="one father")


@pytest.mark.rule("ID-7f")
def test_a_merge_and_its_undoing_are_heard_of_in_numbers(region):
    """A service that keeps something by a person's number brings it together, and apart."""
    merging, done = merged(region)
    heard = hear(region)
    merging.undo(CONSOLE, done.plan.survivor, done.decision, reason="they are two")
    heard += hear(region)

    told = [(each.kind, each.person, dict(each.data)) for each in heard]
    data = {"survivor": str(done.plan.survivor), "merge": str(done.decision)}
    assert told == [
        (EventKind.ACCOUNTS_MERGED, done.plan.absorbed, data),
        (EventKind.MERGE_UNDONE, done.plan.absorbed, data),
    ]


@pytest.mark.rule("LAW-4b")
def test_an_erasure_is_heard_of_by_its_number_alone(region):
    """Of every account that was one with the erased; nothing else is in the event, not even once it is done with."""
    _, done = merged(region)
    region.take("B/1: s Ola 2 ola", "C/1: s Ida 3 ida")
    assert len(hear(region)) == 1
    erasing = ErasePerson(region.storage, region.tenant, region.clock)
    plan = erasing.request(CONSOLE, done.plan.survivor, why="a letter")

    assert isinstance(erasing.apply(CONSOLE, done.plan.survivor, plan.id, why="a letter"), Erased)
    heard = hear(region)

    told = [(each.kind, each.person, dict(each.data)) for each in heard]
    gone = sorted((done.plan.survivor, done.plan.absorbed))
    assert told == [(EventKind.PERSON_ERASED, each, {}) for each in gone]


def test_what_was_refused_is_not_heard_of(region):
    """Neither a merge whose plan has moved, nor the erasure of somebody whom a record names."""
    pair = [region.account(at).id for at in ("B/1 g Jan", "C/1 g Jan")]
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    merging.merge(CONSOLE, *pair, plan_id="another", reason="one father")
    erasing = ErasePerson(region.storage, region.tenant, region.clock)
    erasing.apply(CONSOLE, pair[0], "another", why="a letter")

    assert hear(region) == []
