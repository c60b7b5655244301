"""What is remembered of attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.throttling import Tally
from eszkola_core.testing.strategies.times import chosen, instants


def tallies(*, first: SearchStrategy[datetime] | None = None) -> SearchStrategy[Tally]:
    """Yield tallies that began at a *first* instant: with failures, a success, or neither."""
    begun = chosen(first, instants(first=datetime(2026, 10, 1, tzinfo=UTC), last=datetime(2026, 12, 1, tzinfo=UTC)))
    return st.tuples(
        begun, st.lists(_spans(), min_size=3, max_size=3), st.sampled_from(["none", "failed", "good"])
    ).map(lambda drawn: _tally(*drawn))


def _spans() -> SearchStrategy[timedelta]:
    return st.one_of(
        st.integers(0, 10**7).map(lambda micros: timedelta(microseconds=micros)),
        st.integers(0, 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
        st.integers(0, 60).map(lambda days: timedelta(days=days)),
    )


def _tally(first: datetime, spans: list[timedelta], last: str) -> Tally:
    event = first + spans[0]
    tally = Tally(first_at=first, touched_at=event + spans[1])
    if last == "failed":
        return evolve(tally, failed_at=event, clear_at=event + spans[2])
    return evolve(tally, good_at=event) if last == "good" else tally
