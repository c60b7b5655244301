"""For every clause of acknowledgements a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.notices import Channel, Notice
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Acknowledgements
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state, unmerged

PART = "acknowledgements"


def written_over(real, acknowledgement):
    """Let a later acknowledgement stand in for the first."""
    state(real).acknowledgements[acknowledgement.person, acknowledgement.digest] = acknowledgement


def published_anyway(real, notice):
    """Keep a version twice."""
    try:
        real(notice)
    except Conflict:
        kept = state(real)
        kept.notices[kept.next("notice")] = notice


def first_published(real):
    """Tell the oldest of each kind and school."""
    found: dict[tuple, Notice] = {}
    for each in state(real).notices.values():
        found.setdefault((each.kind, each.school), each)
    return [found[each.kind, each.school] for each in real()]


LIES = [
    Lie("AK6", "one of two", "acknowledgements", {"of": unmerged}),
    Lie("AK1", "newest first", PART, {"of": lambda real, person: real(person)[::-1]}),
    Lie("AK1", "always on paper", PART, {"add": lambda real, each: real(evolve(each, channel=Channel.PAPER))}),
    Lie("AK2", "the last stands", PART, {"add": written_over}),
    Lie("AK3", "published twice", PART, {"publish": published_anyway}),
    Lie("AK4", "the first counts", PART, {"notices": first_published}),
    Lie("AK4", "in no order", PART, {"notices": lambda real: real()[::-1]}),
    Lie("AK5", "only the newest", PART, {
        "notice": lambda real, digest: next(
            (each for each in list(state(real).notices.values())[-1:] if each.digest == digest), None
        )
    }),
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_acknowledgements_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_acknowledgements_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Acknowledgements))
