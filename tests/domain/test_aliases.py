"""Who is read as whom: merges and distinct pairs, as decisions state them (ID-7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain import restrictions
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Decision, DecisionKind

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
PEOPLE = tuple(map(PersonId, range(1, 6)))


def decided(kind, subject, about, *, hour=0, until=None, number=0):  # noqa: PLR0913 - the parts of a decision
    """Return a decision about two people, made and withdrawn at hours from now."""
    return Decision(
        id=number,
        kind=kind,
        subject=PersonId(subject),
        object=PersonId(about),
        author="sekretariat",
        at=NOW + hour * HOUR,
        withdrawn_at=None if until is None else NOW + until * HOUR,
    )


def merged(survivor, absorbed, **when):
    """Return the decision that one is merged into another."""
    return decided(DecisionKind.MERGED, survivor, absorbed, **when)


def distinct(first, second, **when):
    """Return the decision that two are two."""
    return decided(DecisionKind.DISTINCT, first, second, **when)


@st.composite
def forests(draw):
    """Merges of a few people in any order, of whom the lesser number survives, some of them undone."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=6))
    made = [merged(min(pair), max(pair), hour=at, number=at) for at, pair in enumerate(pairs) if len(set(pair)) > 1]
    first: dict[PersonId, Decision] = {}
    for each in made:
        undone = draw(st.booleans()) or each.object in first
        first.setdefault(each.object, each) if not undone else None
        made[made.index(each)] = evolve(each, withdrawn_at=each.at + HOUR if undone else None)
    return made


@pytest.mark.rule("ID-7c")
@given(forests())
def test_everybody_is_read_as_one_survivor(decisions):
    """Members have one survivor, who is one of them; whoever is in no merge is alone."""
    aliases = Aliases.of(decisions)

    for person in PEOPLE:
        members = aliases.members(person)
        assert person in members
        assert {aliases.survivor(each) for each in members} == {aliases.survivor(person)}
        assert aliases.survivor(person) in members
        assert all(aliases.members(each) == members for each in members)


@pytest.mark.rule("ID-7g")
def test_distinct_holds_over_merges():
    """Ewa is not Ala; whoever is merged with one of them is not the other either, until the word is taken back."""
    pair = distinct(1, 2)
    decisions = [pair, merged(2, 3), merged(4, 1)]

    aliases = Aliases.of(decisions)
    assert aliases.are_distinct(PersonId(4), PersonId(3))
    assert aliases.are_distinct(PersonId(3), PersonId(4))
    assert not aliases.are_distinct(PersonId(4), PersonId(5))
    withdrawn = evolve(pair, withdrawn_at=NOW + HOUR)
    assert not Aliases.of([withdrawn, *decisions[1:]]).are_distinct(PersonId(4), PersonId(3))


@pytest.mark.rule("ID-7d")
def test_a_restriction_made_while_merged_binds_both_when_they_are_parted():
    """Jan and Janusz are merged, Jan is kept from Ala, the merge is undone: both are kept from her (F29)."""
    made = decided(DecisionKind.RESTRICTED, 1, 5, hour=1)

    def kept_from(*decisions):
        return {each for each in PEOPLE if restrictions.stands(decisions, each, PersonId(5))}

    assert kept_from(made, merged(1, 2, hour=0)) == {1, 2}
    assert kept_from(made, merged(1, 2, hour=0, until=2)) == {1, 2}
    assert kept_from(made, merged(1, 2, hour=0, until=0)) == {1}, "it was made after they were parted"
    assert kept_from(made, merged(1, 2, hour=3)) == {1, 2}, "the stricter of the two holds"
    assert kept_from(made, merged(1, 2, hour=3, until=4)) == {1}, "and each has what they had"
    assert kept_from(made, merged(1, 2, hour=0, until=2), merged(3, 2, hour=3)) == {1, 2, 3}


@pytest.mark.rule("ID-7d")
@given(forests(), st.sampled_from(PEOPLE[:4]), st.integers(0, 6))
def test_undoing_every_merge_frees_nobody(decisions, human, hour):
    """Whoever was the same human when a restriction was made stays bound by it, whatever merge is undone later."""
    made = decided(DecisionKind.RESTRICTED, human, 5, hour=hour, number=99)
    standing = [each for each in decisions if each.at <= made.at and (each.stands or each.withdrawn_at >= made.at)]
    then = Aliases.of(evolve(each, withdrawn_at=None) for each in standing).members(human)
    parted = [evolve(each, withdrawn_at=each.withdrawn_at or NOW + 50 * HOUR) for each in decisions]

    assert all(restrictions.stands([made, *parted], each, PEOPLE[-1]) for each in then)


@pytest.mark.rule("ID-7d")
@given(forests(), st.tuples(*[st.sampled_from(PEOPLE)] * 2), st.tuples(*[st.sampled_from(PEOPLE)] * 2))
def test_a_decision_is_about_humans_and_not_accounts(decisions, named, meant):
    """Whichever of their accounts it names and whichever is asked about; of which two is which stays."""
    aliases = Aliases.of(decisions)
    decision = decided(DecisionKind.CONSENTED, *named)
    same = all(aliases.members(one) == aliases.members(other) for one, other in zip(named, meant, strict=True))

    assert aliases.means(decision, *meant) == same
    assert not aliases.means(decision, meant[0])
    assert aliases.means(evolve(decision, object=None), meant[0]) == (meant[0] in aliases.members(named[0]))
