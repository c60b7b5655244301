"""An event's life with one subscriber: a table, attempts that wait ever longer, and nothing left of it at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.events import EVENT_FIELDS, EVENT_FINAL, EVENT_LIFECYCLE, Event, EventKind, EventState
from eszkola_core.domain.messages import backoff, spread_of
from eszkola_core.testing.strategies import settings_

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
DATA = dict.fromkeys(EVENT_FIELDS[EventKind.ADDRESS_CHANGED], "kanarek")


def event(state, attempts=0):
    """Return an event that stands there with its subscriber."""
    return Event(
        key="k",
        subscriber="gradebook",
        kind=EventKind.ADDRESS_CHANGED,
        person=PersonId(1),
        data={} if state in EVENT_FINAL else DATA,
        state=state,
        attempts=attempts,
        happened_at=NOW,
        due_at=NOW,
        leased_until=NOW + timedelta(minutes=1) if state is EventState.LEASED else None,
    )


@pytest.mark.rule("MAIL-7")
@pytest.mark.parametrize(
    ("state", "following"), [(state, after) for state, rows in EVENT_LIFECYCLE.items() for after in sorted(rows)]
)
def test_an_event_is_wiped_where_nothing_follows(state, following):
    """Until then it keeps what the subscriber is to hear; nobody holds it any more."""
    moved = event(state, attempts=2).moved(following)

    assert moved == evolve(event(following, attempts=2), leased_until=None)
    assert bool(moved.data) == (following not in EVENT_FINAL)


@pytest.mark.rule("MAIL-7")
@given(settings_(), st.integers(1, 30), st.booleans())
def test_an_event_is_tried_so_often_and_then_abandoned(settings, attempts, for_good):
    """What failed for now is due after the wait of its attempts; the last attempt and one for good end it."""
    failed = event(EventState.LEASED, attempts).failed(NOW, settings, for_good=for_good)

    if for_good or attempts >= settings.message_attempts:
        assert failed == event(EventState.ABANDONED, attempts)
    else:
        wait = backoff(attempts, settings, spread=spread_of(failed.key, attempts))
        assert failed == evolve(event(EventState.FAILED_FOR_NOW, attempts), due_at=NOW + wait)


def test_what_nobody_could_try_counts_no_attempt():
    """It is due again when somebody may be there."""
    later = NOW + timedelta(minutes=5)

    put_back = event(EventState.LEASED, attempts=3).put_back(later)

    assert put_back == evolve(event(EventState.FAILED_FOR_NOW, attempts=2), due_at=later)
