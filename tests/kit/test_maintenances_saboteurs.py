"""For every clause of maintenance a storage with one lie, which its contract finds out."""

from __future__ import annotations

from contextlib import suppress

import pytest
from attrs import evolve

from eszkola_core.ports.storage import Maintenances
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state


def two_at_once(real, maintenance):
    """Begin one beside another."""
    kept = state(real).maintenances
    kept[len(kept) + 1] = evolve(maintenance, number=len(kept) + 1)
    return kept[len(kept)]


def ended_again(real, at):
    """End the newest, whether it has ended or not."""
    with suppress(KeyError):
        kept = state(real).maintenances
        kept[len(kept)] = evolve(kept[len(kept)], ended_at=at)
        return kept[len(kept)]
    return real(at)


LIES = [
    Lie("MT1", "two at once", "maintenances", {"begin": two_at_once}),
    Lie("MT2", "ended again", "maintenances", {"end": ended_again}),
    Lie("MT2", "never ended", "maintenances", {"end": lambda _real, _at: None}),
    Lie("MT3", "the first for ever", "maintenances", {"newest": lambda real: state(real).maintenances.get(1)}),
    Lie(
        "MT3",
        "the usual words",
        "maintenances",
        {"newest": lambda real: (found := real()) and evolve(found, texts={})},
    ),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_maintenance_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_maintenance_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Maintenances))
