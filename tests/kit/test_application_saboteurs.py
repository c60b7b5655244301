"""For every clause of the applications a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Applications
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state, unmerged


def renumbered(real, application):
    """Give every application the first number."""
    kept = state(real).applications
    kept[1] = evolve(application, id=1)
    return kept[1]


def overwritten(real, application):
    """Write whatever comes."""
    try:
        real(application)
    except Conflict:
        state(real).applications[application.id] = application


LIES = [
    Lie("AP6", "one of two", "applications", {"about": unmerged}),
    Lie("AP1", "one number for all", "applications", {"add": renumbered}),
    Lie("AP1", "no steps", "applications", {"add": lambda real, given: real(evolve(given, history=()))}),
    Lie("AP1", "as it was", "applications", {"save": lambda real, given: real(evolve(given, child=None))}),
    Lie("AP2", "written over", "applications", {"save": overwritten}),
    Lie(
        "AP3", "newest first", "applications", {"of_school": lambda real, *where, **which: real(*where, **which)[::-1]}
    ),
    Lie("AP3", "in any state", "applications", {"of_school": lambda real, school, states=None: real(school)}),  # noqa: ARG005
    Lie("AP4", "without a limit", "applications", {"unmoved": lambda real, since, *, limit: real(since, limit=99)}),  # noqa: ARG005
    Lie(
        "AP4", "newest first", "applications", {"unmoved": lambda real, since, *, limit: real(since, limit=limit)[::-1]}
    ),
    Lie(
        "AP5",
        "the applicant's only",
        "applications",
        {"about": lambda real, person: [each for each in real(person) if each.applied_by == person]},
    ),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_applications_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_the_applications_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Applications))
