"""When a student comes of age (LINK-4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.claims import Claims
from eszkola_core.domain.coming_of_age import born_on, comes_of_age, is_of_age
from eszkola_core.domain.names import PersonName
from eszkola_core.testing.strategies import birth_dates, days, pesels

births = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.rule("LINK-4")
@given(births)
def test_the_eighteenth_birthday_is_the_first_day_of_age(born):
    """The day before is not yet; who was born on the last day of a February has the birthday on one."""
    birthday = comes_of_age(born)

    assert is_of_age(born, birthday)
    assert not is_of_age(born, birthday - timedelta(days=1))
    assert birthday.year == born.year + 18
    assert (birthday.month, birthday.day) == ((born.month, born.day) if (born.month, born.day) != (2, 29) else (2, 28))


@pytest.mark.rule("LINK-4")
@given(days())
def test_an_unknown_birth_date_makes_nobody_of_age(day):
    """However late it is."""
    assert not is_of_age(None, day)


@pytest.mark.rule("LINK-4")
@given(st.data(), st.lists(birth_dates(), max_size=3))
def test_an_id_says_it_first_and_then_the_latest_record(data, stated):
    """Records that state different days make nobody of age before the last of them."""
    claims = [Claims(name=PersonName("Ala", "Lis"), birth_date=each) for each in stated]

    assert born_on((), claims) == max(stated, default=None)
    own = data.draw(pesels())
    assert born_on((own,), claims) == own.birth_date
