"""For the clauses of merged accounts storages with one lie each, which their contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state, unmerged


def merged_twice(real, decision):
    """Merge an account that is merged already."""
    if decision.kind is not DecisionKind.MERGED:
        return real(decision)
    kept = state(real)
    made = evolve(decision, id=kept.next("decision"))
    kept.decisions[made.id] = made
    kept.aliases = Aliases.of(kept.decisions.values())
    kept.touch(made.people)
    return made


def bound_anew(real, run, changes):
    """Write the survivor over whom places were bound to."""
    saved = real(run, changes)
    for each in changes.places:
        state(real).places[each.key] = each
    return saved


LIES = [
    *(
        Lie("PE9", f"{way} finds the absorbed", "people", {way: unmerged})
        for way in ("by_login", "by_central", "by_national_id", "reserved")
    ),
    Lie("PE9", "merged twice", "people", {"decide": merged_twice}),
    *(
        Lie("RO17", f"{way} finds one of two", "rosters", {way: unmerged})
        for way in ("gather", "places", "holders", "census")
    ),
    Lie("RO17", "bound anew", "rosters", {"save": bound_anew}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_merged_accounts_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None
