"""Whether a school made sure of a guardian, and how (LINK-6, LINK-9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.verification import Verified, VerifiedBy, verification, verified

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
JAN, ALA, OLA = map(PersonId, (1, 2, 3))
made = st.builds(
    lambda child, how, hour, number, withdrawn: evolve(
        verification(JAN, child, how, author="zofia.kot", at=NOW + hour * HOUR),
        id=number,
        withdrawn_at=NOW + 9 * HOUR if withdrawn else None,
    ),
    st.sampled_from([ALA, OLA]),
    st.sampled_from(VerifiedBy),
    st.integers(0, 3),
    st.integers(1, 99),
    st.booleans(),
)


@pytest.mark.rule("LINK-6")
@given(st.lists(made, max_size=6, unique_by=lambda each: each.id))
def test_a_link_is_verified_as_it_was_last(decisions):
    """Of this guardian and this child alone; what was withdrawn counts no more; of one instant the later entry."""
    expected = None
    for each in sorted(decisions, key=lambda each: (each.at, each.id)):
        if each.object == ALA and each.stands:
            expected = Verified(VerifiedBy(each.value.reveal()), each.at)

    assert verified(decisions, JAN, ALA) == expected
    assert verified(decisions, ALA, JAN) is None


@pytest.mark.rule("LINK-6")
@pytest.mark.rule("ID-7d")
def test_a_verification_outlives_a_merge():
    """Whoever was merged since is the same guardian."""
    decision = verification(JAN, ALA, VerifiedBy.APPLICATION, author="zofia.kot", at=NOW)
    merge = Decision(kind=DecisionKind.MERGED, subject=OLA, object=JAN, author="zofia.kot", at=NOW)

    assert verified([decision, merge], OLA, ALA) == Verified(VerifiedBy.APPLICATION, NOW)
    assert verified([decision, merge], JAN, ALA) == Verified(VerifiedBy.APPLICATION, NOW)
    assert verified([decision], OLA, ALA) is None
