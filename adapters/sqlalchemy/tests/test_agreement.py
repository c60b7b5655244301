"""What SQL counts and finds is what the rules count and find over the same places."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain import guard
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import RecordKey, RosterKey, Seeds, World
from eszkola_core.testing import strategies
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.memory import MemoryStorage

EXAMPLES = settings(max_examples=20)
PEOPLE = range(1, 4)
MIDDLE = date(2026, 3, 1)
near = st.integers(-3, 3).map(lambda days: MIDDLE + timedelta(days=days))
records = st.builds(
    RecordKey,
    st.builds(RosterKey, st.sampled_from(["sp1", "lo2"]), st.just("uonet"), st.just("students")),
    st.sampled_from("abc"),
)


people = st.none() | st.sampled_from([PersonId(number) for number in PEOPLE])


class Undone(Exception):
    """An example is over: nothing of it stays."""


@st.composite
def places(draw):
    """Yield places of two schools in which the same few people stand again and again, at days about the same."""
    content = strategies.claims().flatmap(
        lambda claims: st.builds(
            lambda first, last: evolve(claims, first_day=first, last_day=last), st.none() | near, st.none() | near
        )
    )
    place = draw(strategies.places(keys=strategies.place_keys(records=records), contents=content))
    return evolve(
        place,
        person=draw(people),
        since=draw(near),
        gone=draw(st.none() | near),
    )


close = st.integers(-1, 1).map(lambda days: MIDDLE + timedelta(days=days))
roles = st.builds(
    lambda record, who, person, first, last, since, gone, *, applied: a.place(
        who,
        key=record,
        person=person,
        accepted=a.claims(first_day=first, last_day=last) if applied else None,
        pending=None if applied else a.claims(),
        since=since,
        gone=gone,
    ),
    records,
    st.sampled_from(["", "g", "h"]),
    people,
    *(st.none() | close, st.none() | close, close, st.none() | close),
    applied=st.sampled_from([True, True, True, False]),
)

worlds = st.lists(places(), max_size=12, unique_by=lambda place: place.key)


@pytest.fixture
def peopled(storage):
    """Return a storage with three accounts."""
    a.open_accounts(storage, *map(a.opening, PEOPLE))
    return storage


@pytest.mark.rule("SYNC-6a")
def test_the_census_counts_as_the_guard_does(peopled):
    """Roles and links in force, by school and kind, are those that `domain.guard.census` counts (RO8)."""

    @settings(max_examples=150)
    @given(
        found=st.lists(roles, max_size=18, unique_by=lambda place: place.key),
        today=close,
        schools=st.sets(st.sampled_from(["sp1", "lo2", "sp3"])),
    )
    def holds(found, today, schools):
        with suppress(Undone), peopled.unit() as unit:
            a.save(unit, places=found)
            counted = unit.rosters.census(schools, today)
            assert dict(counted) == dict(guard.census([each for each in found if each.school in schools], today))
            raise Undone

    holds()


@pytest.mark.rule("SYNC-6a")
def test_a_family_in_two_records_is_one_link(peopled):
    """The census counts people, not records (RO8)."""
    with peopled.unit() as unit:
        for key in map(a.record, "ab"):
            a.save(unit, places=[a.place(key=key, person=PersonId(1)), a.place("g", key=key, person=PersonId(2))])
        counted = unit.rosters.census(["sp1"], a.TODAY)

    assert counted == {("sp1", "student"): 1, ("sp1", "guardian"): 1, ("sp1", guard.LINK): 1}


def test_what_was_saved_comes_back_to_the_letter(peopled):
    """Every place, however odd its texts and days, is found by its record as it was saved (RO2, RO5)."""

    @EXAMPLES
    @given(found=worlds, changed=worlds)
    def holds(found, changed):
        with suppress(Undone), peopled.unit() as unit:
            a.save(unit, places=found)
            a.save(unit, places=changed)
            latest = {each.key: each for each in (*found, *changed)}
            gathered = unit.rosters.gather(Seeds(records=frozenset(key.record for key in latest)))
            assert a.exactly(gathered.places) == a.exactly(latest)
            raise Undone

    holds()


def test_gathering_finds_what_the_memory_finds(peopled):
    """By record, person and evidence, of what is applied and held, the same world comes back (RO2, RO3, RO4)."""
    memory = MemoryStorage()
    a.open_accounts(memory, *map(a.opening, PEOPLE))
    seeds = st.builds(World, worlds.map(lambda found: {each.key: each for each in found})).map(World.seeds)

    @EXAMPLES
    @given(found=worlds, wanted=seeds, data=st.data())
    def holds(found, wanted, data):
        known = World({each.key: each for each in found}).seeds()
        evidence = sorted(known.evidence, key=lambda each: (each.kind, each.value))
        some = data.draw(st.sets(st.sampled_from(evidence))) if evidence else ()
        with suppress(Undone), peopled.unit() as unit, memory.unit() as model:
            for each in (unit, model):
                a.save(each, places=found)
            asked = evolve(wanted, evidence=wanted.evidence | frozenset(some))
            assert a.exactly(unit.rosters.gather(asked)) == a.exactly(model.rosters.gather(asked))
            raise Undone

    holds()


def test_records_come_in_the_order_of_their_keys_in_pages(storage, monkeypatch):
    """However small the pages are, every record comes once, ascending (RO1)."""
    keys = st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3), max_size=12, unique=True
    )

    @EXAMPLES
    @given(texts=keys, page=st.integers(1, 4))
    def holds(texts, page):
        monkeypatch.setattr("eszkola_sqlalchemy.records._ROWS", page)
        with suppress(Undone), storage.unit() as unit:
            a.save(unit, records=[a.record_state(a.record(text)) for text in texts])
            assert [each.key.key for each in unit.rosters.records(a.STUDENTS)] == sorted(texts)
            raise Undone

    holds()
