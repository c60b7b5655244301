"""Which restrictions stand, and between whom (LINK-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.restrictions import children_kept_from, pairs_kept_apart, restrictions_in, standing, stands
from eszkola_core.testing.contracts.storage import samples as a

FATHER, CHILD, OTHER, THIRD = map(PersonId, range(1, 5))
LATER = a.NOW + timedelta(days=1)


def decided(human, child, number=1, **more):
    """Return the restriction between two."""
    known = {"id": number, "kind": DecisionKind.RESTRICTED, "author": "ola.kot", "at": a.NOW}
    return Decision(**{**known, "subject": human, "object": child, **more})


@pytest.mark.rule("LINK-3a")
def test_what_stands_between_two_comes_oldest_first():
    """By time, then by number; what was lifted, is about others, or is another decision stands not."""
    first, second, third = decided(FATHER, CHILD, 3), decided(FATHER, CHILD, 5), decided(FATHER, CHILD, 1, at=LATER)
    others = [
        decided(FATHER, CHILD, 6, withdrawn_at=LATER),
        decided(FATHER, CHILD, 7, kind=DecisionKind.DISTINCT),
        decided(FATHER, OTHER, 8),
        decided(CHILD, FATHER, 9),
        decided(FATHER, None, 10),
    ]

    assert standing([*others, third, second, first], FATHER, CHILD) == (first, second, third)
    assert not stands(others, FATHER, CHILD)
    assert pairs_kept_apart([*others, first]) == {(FATHER, CHILD), (FATHER, OTHER), (CHILD, FATHER)}
    assert children_kept_from([*others, first], FATHER) == {CHILD, OTHER}


@pytest.mark.rule("ID-7d")
def test_a_restriction_binds_each_of_those_who_are_one_human():
    """On both sides, each pair as a decision of its own."""
    restriction = decided(FATHER, CHILD)
    merges = [
        decided(FATHER, OTHER, 2, kind=DecisionKind.MERGED),
        decided(CHILD, THIRD, 3, kind=DecisionKind.MERGED),
    ]

    assert list(restrictions_in([*merges, restriction])) == [
        evolve(restriction, subject=human, object=child) for human in (FATHER, OTHER) for child in (CHILD, THIRD)
    ]
