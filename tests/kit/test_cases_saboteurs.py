"""For every clause of cases a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.claims import PlaceKey
from eszkola_core.ports.storage import Cases
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state


def side_by_side(real, cases):
    """Keep a second case about a subject under a number of its own."""
    kept = [evolve(each, number=state(real).next("case")) for each in cases]
    state(real).cases.update({each.number: each for each in kept})
    return kept


def from_one_again(real, cases):
    """Count on from what is there, which may be nothing any more."""
    state(real).counted["case"] = max(state(real).cases, default=0)
    return real(cases)


def half_kept(real, cases):
    """Keep those before the one that is late."""
    for each in cases:
        real([each])


def whatever_was_there(real, cases):
    """Write over what somebody else wrote."""
    state(real).cases.update({each.number: each for each in cases if each.number in state(real).cases})


LIES = [
    Lie("CC1", "two about one", "cases", {"add": side_by_side}),
    Lie("CC1", "a number twice", "cases", {"add": from_one_again}),
    Lie(
        "CC1",
        "half of them kept",
        "cases",
        {"add": lambda real, cases: [one for each in cases for one in real([each])]},
    ),
    Lie("CC2", "never assigned", "cases", {"get": lambda real, n: (found := real(n)) and evolve(found, assignee=None)}),
    Lie("CC2", "the newest first", "cases", {"about": lambda real, keys: real(keys)[::-1]}),
    Lie(
        "CC2",
        "one school of many",
        "cases",
        {"get": lambda real, n: (found := real(n)) and evolve(found, schools=found.schools[:1])},
    ),
    Lie("CC3", "open ones only", "cases", {"about": lambda real, keys: [e for e in real(keys) if not e.is_closed]}),
    Lie(
        "CC3",
        "the first side only",
        "cases",
        {"about": lambda real, keys: [each for each in real(keys) if each.subject.about in keys]},
    ),
    Lie(
        "CC3",
        "the whole record",
        "cases",
        {"about": lambda real, keys: real([*keys, *(each.record for each in keys if isinstance(each, PlaceKey))])},
    ),
    Lie("CC4", "the last one wins", "cases", {"change": whatever_was_there}),
    Lie("CC4", "half of them changed", "cases", {"change": half_kept}),
    Lie(
        "CC5",
        "all together",
        "cases",
        {"listed": lambda real, schools=None, *, closed=False: [*real(schools), *real(schools, closed=not closed)]},
    ),
    Lie("CC5", "every school's", "cases", {"listed": lambda real, _schools=None, *, closed=False: real(closed=closed)}),
    Lie(
        "CC5",
        "none of no school",
        "cases",
        {"listed": lambda real, schools=None, *, closed=False: real(schools or None, closed=closed)},
    ),
    Lie("CC6", "nothing forgotten", "cases", {"forget": lambda _real, _before: 0}),
    Lie("CC6", "miscounted", "cases", {"forget": lambda real, before: real(before) + 1}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_cases_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_cases_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Cases))
