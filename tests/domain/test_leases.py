"""Leases: how long somebody works alone, and when a sign of life is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.leases import Lease, Work

START = datetime(2026, 11, 28, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.rule("SYNC-2")
@given(st.integers(1, 10**10).map(lambda third: 3 * third * TICK))
def test_a_sign_of_life_is_due_when_a_third_of_the_lifetime_has_gone(lifetime):
    """Not before, and from then on: two more can be missed before the holder is taken for dead."""
    lease = Lease(work=Work.IMPORT, holder="a", fence=1, since=START, until=START + lifetime)

    assert not lease.is_due(START + lifetime / 3 - TICK, lifetime)
    assert lease.is_due(START + lifetime / 3, lifetime)
    assert lease.is_due(START + lifetime, lifetime)
    assert not lease.is_over(START + lifetime - TICK)
    assert lease.is_over(START + lifetime)
