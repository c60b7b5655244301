"""What stands in columns comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.errors import InvalidValue
from eszkola_sqlalchemy.values import chunks, instant_of, is_storable, micros, storable

zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(instant=st.datetimes(timezones=st.just(UTC)))
def test_an_instant_comes_back_exactly_and_in_utc(instant):
    """To the microsecond, from the first year to the last."""
    assert instant_of(micros(instant)).isoformat() == instant.isoformat()


@given(
    first=st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones),  # noqa: DTZ001 - bounds are naive
    second=st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones),  # noqa: DTZ001 - the same
)
def test_instants_sort_as_their_numbers_do(first, second):
    """Whatever zone they are told in."""
    assert (first < second) == (micros(first) < micros(second))


def test_an_instant_without_its_offset_is_refused():
    """It would be another moment on every machine (DAY-1)."""
    with pytest.raises(InvalidValue):
        micros(datetime(2026, 9, 1))  # noqa: DTZ001 - the point


@given(values=st.lists(st.integers()), size=st.integers(1, 5))
def test_chunks_leave_nothing_out(values, size):
    """All values come, in order, in lists that are full but for the last."""
    found = list(chunks(values, size))

    assert [each for chunk in found for each in chunk] == values
    assert all(len(chunk) == size for chunk in found[:-1])
    assert all(found)


@given(numbers=st.sets(st.integers()))
def test_only_numbers_that_fit_are_looked_for(numbers):
    """Beyond 64 bits no column holds a number, and nobody has it."""
    assert storable(numbers) == sorted(each for each in numbers if -(2**63) <= each < 2**63)


@pytest.mark.parametrize("number", ["1", None, 1.5, b"1"])
def test_what_is_no_number_is_nobodys_and_is_told_at_once(number):
    """To look for it among all numbers that there are would not end."""
    assert storable({number}) == []


def test_half_a_letter_is_not_storable(storage):
    """Looking for it finds nobody, instead of failing."""
    assert not is_storable("zofia\ud800")
    with storage.snapshot() as unit:
        assert unit.people.by_login("zofia\ud800") is None
        assert unit.people.by_central("zofia\ud800@example.com") == []
        assert unit.people.get_many([10**30]) == {}
