"""Levels of electronic communication: one table, and what it lets through (LINK-8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.communication import (
    ACTIVATES,
    CATEGORY_OF,
    LEAST,
    Category,
    Level,
    chosen_level,
    is_sent,
    level_about,
    most_restrained,
)
from eszkola_core.domain.hidden import Secret

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
ORDER = {Level.NONE: 0, Level.MINIMAL: 1, Level.FULL: 2}
MOTHER, FATHER, CHILD = map(PersonId, (1, 2, 3))


def choice(guardian, child, level, number):
    """Return a decision about a level."""
    return Decision(
        id=number,
        kind=DecisionKind.LEVEL_CHOSEN,
        subject=guardian,
        object=child,
        value=Secret(level.value),
        author="x",
        at=NOW + timedelta(hours=number),
        withdrawn_at=None,
    )


@pytest.mark.rule("LINK-8b")
@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("level", [None, *Level])
def test_the_table_decides_what_is_sent(category, level):
    """A higher level never hears less; before a choice, and at none, only what protects the account."""
    least = LEAST[category]
    sent = is_sent(category, level)

    assert sent == (least is None or (level is not None and ORDER[level] >= ORDER[least]))
    if level in (None, Level.NONE):
        assert sent == (category is Category.PROTECTION)
    if level is Level.FULL:
        assert sent


@pytest.mark.rule("LINK-8b")
def test_the_table_is_whole():
    """Every category has its row, both levels that turn the service on let something more through than none."""
    assert set(LEAST) == set(Category)
    assert {level for level in Level if any(LEAST[each] is level for each in Category)} == ACTIVATES
    assert set(CATEGORY_OF.values()) <= set(Category) - {Category.PROTECTION}


@pytest.mark.rule("LINK-8c")
@given(st.lists(st.sampled_from(Level)))
def test_the_most_restrained_counts(levels):
    """Of any number, in any order."""
    found = most_restrained(levels)

    assert found == (min(levels, key=lambda each: ORDER[each]) if levels else None)
    assert found == most_restrained(reversed(levels))


@pytest.mark.rule("LINK-8c")
@given(
    st.lists(
        st.tuples(st.sampled_from([MOTHER, FATHER]), st.sampled_from([None, CHILD]), st.sampled_from(Level)), max_size=8
    )
)
def test_each_has_their_own_level_and_the_child_the_more_restrained(choices):
    """The latest choice of each counts; what somebody chose for themselves says nothing of the child."""
    decisions = [choice(guardian, child, level, number) for number, (guardian, child, level) in enumerate(choices, 1)]
    latest = {(guardian, child): level for guardian, child, level in choices}

    for guardian in (MOTHER, FATHER):
        assert chosen_level(decisions, guardian) == latest.get((guardian, None))
        assert chosen_level(decisions, guardian, CHILD) == latest.get((guardian, CHILD))
    both = [latest[guardian, CHILD] for guardian in (MOTHER, FATHER) if (guardian, CHILD) in latest]
    assert level_about(decisions, [MOTHER, FATHER], CHILD) == most_restrained(both)
    assert level_about(decisions, [], CHILD) is None
