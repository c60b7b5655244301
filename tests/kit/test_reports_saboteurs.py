"""For every clause of reports a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.ports.storage import Reports
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie

PART = "reports"
LIES = [
    Lie("RP1", "nobody was told", PART, {"add": lambda real, report: real(evolve(report, told=()))}),
    Lie("RP1", "without a number", PART, {"add": lambda real, report: evolve(real(report), id=0)}),
    Lie("RP2", "all of them", PART, {"entries": lambda real, *, after=0, about=None: real(after=after)}),  # noqa: ARG005
    Lie("RP2", "newest first", PART, {"entries": lambda real, **which: real(**which)[::-1]}),
    Lie("RP2", "from the beginning", PART, {"entries": lambda real, *, after=0, about=None: real(about=about)}),  # noqa: ARG005
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_reports_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_reports_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Reports))
