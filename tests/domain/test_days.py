"""Days of the tenant's zone, and instants (DAY-1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.days import Days, aware, day_of, is_expired, zone
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import days, instants

maybe = st.none() | days()
spans = st.builds(Days, maybe, maybe, maybe)


@pytest.mark.rule("DAY-1b")
@given(spans, days())
def test_first_and_last_day_are_inside_and_the_day_of_going_is_not(span, day):
    """A day is inside exactly when no bound that is set leaves it out."""
    outside = (
        (span.first is not None and day < span.first)
        or (span.last is not None and day > span.last)
        or (span.gone is not None and day >= span.gone)
    )

    assert span.include(day) == (not outside)


@pytest.mark.rule("DAY-1b")
@given(days(), days())
def test_the_ends_themselves_are_inside(one, other):
    """On the first and on the last day a role is held, be they one day."""
    first, last = sorted((one, other))

    assert Days(first, last).include(first)
    assert Days(first, last).include(last)


@pytest.mark.rule("DAY-1b")
@given(spans)
def test_from_its_end_on_a_span_holds_no_day(span):
    """The day before the end is the last that can be inside; without an end every later day is."""
    if span.end is None:
        assert span.first is None or span.include(max(span.first, date(2026, 1, 1)))
    else:
        assert not span.include(span.end)
        before = span.end - timedelta(days=1) if span.end > date.min else None
        assert before is None or span.include(before) == (span.first is None or span.first <= before)


@pytest.mark.rule("DAY-1c")
@given(instants(), instants())
def test_an_instant_of_expiry_is_already_expired(expires_at, now):
    """At the instant itself and ever after, never before, in whatever zone either is told."""
    here = now.astimezone(zone("America/St_Johns"))

    assert is_expired(expires_at, here) == (now >= expires_at)
    assert is_expired(now, now)
    assert not is_expired(now, now - timedelta(microseconds=1))


@pytest.mark.rule("DAY-1a")
def test_a_day_begins_at_midnight_in_the_tenants_zone():
    """In Warsaw that is 22:00 in UTC in summer and 23:00 in winter."""
    warsaw = zone("Europe/Warsaw")

    assert day_of(datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC), warsaw) == date(2026, 7, 1)
    assert day_of(datetime(2026, 7, 1, 22, tzinfo=UTC), warsaw) == date(2026, 7, 2)
    assert day_of(datetime(2026, 1, 1, 22, 59, 59, tzinfo=UTC), warsaw) == date(2026, 1, 1)
    assert day_of(datetime(2026, 1, 1, 23, tzinfo=UTC), warsaw) == date(2026, 1, 2)


@pytest.mark.rule("DAY-1c")
def test_a_naive_instant_is_refused():
    """It means another moment on every machine."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point
    known = naive.replace(tzinfo=UTC)

    assert aware(known) is known
    for ask in (
        aware,
        lambda at: is_expired(at, known),
        lambda at: is_expired(known, at),
        lambda at: day_of(at, zone("UTC")),
    ):
        with pytest.raises(InvalidValue) as refused:
            ask(naive)
        assert refused.value.code == "naive-datetime"


@pytest.mark.rule("DAY-1a")
@pytest.mark.parametrize(
    "name", ["", "Warsaw", "Europe/Warszawa", "../etc/passwd", "Europe", "/etc/localtime", "a\x00b"]
)
def test_an_unknown_zone_is_refused_with_an_example(name):
    """Whatever is written there, no other error gets out."""
    with pytest.raises(InvalidValue, match="Europe/Warsaw") as refused:
        zone(name)
    assert refused.value.code == "unknown-zone"
