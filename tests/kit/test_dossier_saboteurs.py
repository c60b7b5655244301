"""For every clause of dossiers a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.aliases import Aliases
from eszkola_core.ports.storage import Dossiers
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state

PART = "dossiers"


def but(restored):
    """Erase, and then change what is kept: *restored* is told the state and how it was."""

    def erase(real, person, places=()):
        before = state(real).copied()
        real(person, places)
        restored(state(real), before)

    return {"erase": erase}


def read_as_before(kept, before):
    """Leave everybody read as whom they were read as."""
    kept.aliases = before.aliases


def read_as_nobody(kept, _before):
    """End the merges of others too."""
    kept.aliases = Aliases(())


def unchanged(kept, before):
    """Forget that what is read of anybody has changed."""
    kept.versions = before.versions


LIES = [
    *(
        Lie("DO1", f"no {name}", PART, {"traces": lambda real, *of, name=name: evolve(real(*of), **{name: ()})})
        for name in ("tokens", "sessions", "messages", "requests", "events", "earlier")
    ),
    Lie("DO1", "of no place", PART, {"traces": lambda real, person, places=(): real(person if places else 1)}),
    Lie("DO2", "nothing goes", PART, {"erase": lambda real, person, places=(): None}),  # noqa: ARG005
    Lie("DO3", "places stay", PART, {"erase": lambda real, person, places=(): real(person)}),  # noqa: ARG005
    Lie("DO4", "another one too", PART, {"erase": lambda real, person, places=(): (real(2), real(person, places))}),
    Lie("DO5", "read as before", PART, but(read_as_before)),
    Lie("DO5", "read as nobody", PART, but(read_as_nobody)),
    Lie("DO5", "unchanged", PART, but(unchanged)),
    Lie("DO4", "the other one", PART, {"erase": lambda real, person, places=(): real(3 - person, places)}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_dossiers_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_dossiers_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Dossiers))
