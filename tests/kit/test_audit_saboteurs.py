"""For every clause of the journal a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.audit import Head
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Audit
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state


def overwritten(real, entry):
    """Write an entry over another of its number."""
    try:
        real(entry)
    except Conflict:
        state(real).audit[entry.number] = entry


def reversed_people(real, entry):
    """Keep the people in another order."""
    real(evolve(entry, on=entry.on[::-1]))


def entry_head(real):
    """Look at the entries alone."""
    last = max(state(real).audit, default=0)
    return Head(last, state(real).audit[last].seal) if last else Head()


def only_kept(real, checkpoint):
    """Keep the checkpoint beside the entries that it stands for."""
    state(real).checkpoints = (checkpoint,)


def unlooked(real, checkpoint):
    """Take the entries away, whatever they are."""
    kept = state(real)
    kept.audit = {number: each for number, each in kept.audit.items() if number > checkpoint.head.count}
    kept.checkpoints = (checkpoint,)


LIES = [
    Lie("AU1", "people in no order", "audit", {"add": reversed_people}),
    Lie("AU1", "newest first", "audit", {"entries": lambda real, **which: list(real(**which))[::-1]}),
    Lie("AU2", "written over", "audit", {"add": overwritten}),
    Lie("AU3", "never begun", "audit", {"head": lambda _real: Head()}),
    Lie("AU3", "at the newest entry only", "audit", {"head": entry_head}),
    Lie("AU5", "the entries stay", "audit", {"replace_prefix": only_kept}),
    Lie("AU5", "whatever they are", "audit", {"replace_prefix": unlooked}),
    Lie("AU5", "never told", "audit", {"checkpoint": lambda _real: None}),
    Lie("AU4", "all of them", "audit", {"entries": lambda real, *, after=0, about=None: real(after=after)}),  # noqa: ARG005
    Lie(
        "AU4",
        "the doer's only",
        "audit",
        {
            "entries": lambda real, *, after=0, about=None: [
                each for each in real(after=after) if about in (None, each.by)
            ]
        },
    ),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_the_journal_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_the_journal_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Audit))
