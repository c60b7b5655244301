"""Days, instants, and what is chosen where nothing is handed in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


TODAY: Final = date(2026, 9, 1)
"""The day on which generated values are valid."""


def chosen(given: SearchStrategy[T] | None, otherwise: SearchStrategy[T]) -> SearchStrategy[T]:
    """Return the strategy that was handed in, or what stands in for it."""
    return otherwise if given is None else given


def days(*, first: date = date.min, last: date = date.max) -> SearchStrategy[date]:
    """Yield days from *first* to *last*, both inside."""
    return st.dates(first, last)


def instants(
    *,
    first: datetime = datetime(1970, 1, 1, tzinfo=UTC),
    last: datetime = datetime(2200, 1, 1, tzinfo=UTC),
) -> SearchStrategy[datetime]:
    """Yield instants in UTC, to the microsecond."""
    return st.integers(0, (last - first) // timedelta(microseconds=1)).map(
        lambda count: first + timedelta(microseconds=count)
    )
