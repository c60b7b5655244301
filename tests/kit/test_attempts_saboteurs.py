"""For every clause of counted attempts a storage with one lie, which its contract finds out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.ports.storage import Attempts
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.saboteurs import Lie, state


def kept_once(real, tallies):
    """Keep the first tally under a key and no later one."""
    real({key: each for key, each in tallies.items() if key not in state(real).attempts})


def all_at_once(real, tallies):
    """Forget what else there was."""
    state(real).attempts.clear()
    real(tallies)


LIES = [
    Lie("AT1", "kept once", "attempts", {"put": kept_once}),
    Lie("AT1", "the newest only", "attempts", {"put": all_at_once}),
    Lie(
        "AT1",
        "no success remembered",
        "attempts",
        {"put": lambda real, tallies: real({key: evolve(each, good_at=None) for key, each in tallies.items()})},
    ),
    Lie(
        "AT2",
        "made up",
        "attempts",
        {"tallies": lambda real, keys: {**{key: a.tally() for key in keys}, **real(keys)}},
    ),
    Lie("AT3", "nothing forgotten", "attempts", {"prune": lambda _real, _before: 1}),
    Lie("AT3", "too much", "attempts", {"prune": lambda real, before: real(before + timedelta(microseconds=1))}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_attempts_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_attempts_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Attempts))
