"""Prices are data: by prefix, currency and first day (SMS-1, SMS-2)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_quotes import NotPriced, quote, quote_both
from eszkola_core.domain.sms_segments import segmentation
from eszkola_core.domain.tariffs import TARIFFS, Counting, Price, Tariff
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import days, prices, sms_numbers, sms_texts, tariffs

DAY = date(2026, 9, 1)
around = days(first=DAY - timedelta(5), last=DAY + timedelta(5))
POLISH, SLOVENE = PhoneNumber("+48601234567"), PhoneNumber("+38640123456")


def euro(text):
    """Return an amount in euro."""
    return Money(Decimal(text), "EUR")


def price_list(*rows, counting=Counting.BY_SEGMENT):
    """Return a tariff of these prices."""
    return Tariff(name="list", counting=counting, prices=tuple(rows))


@pytest.mark.rule("SMS-1")
@given(sms_texts())
def test_by_default_each_started_160_characters_cost_five_cents(text):
    """By segment each segment does; both exactly."""
    literal, by_segment = TARIFFS["literal"], TARIFFS["by-segment"]
    started = (len(text) + 159) // 160

    assert quote(text, literal, to=POLISH, day=DAY).cost == euro("0.05").times(started)
    assert quote(text, by_segment, to=None, day=DAY).cost == euro("0.05").times(segmentation(text).segments)


@pytest.mark.rule("SMS-1")
@given(
    tariffs(each=prices(first_days=around)),
    sms_numbers(),
    st.integers(-9, 9),
)
def test_the_longest_prefix_wins_and_of_its_prices_the_newest_in_force(tariff, number, after):
    """A price of tomorrow is none of today's, and one of a longer prefix beats a newer one of a shorter."""
    day = DAY + timedelta(after)
    rest = sorted(tariff.prices, key=lambda each: (-len(each.prefix), -(each.first_day or date.min).toordinal()))
    first = next(
        (each for each in rest if number.e164.startswith(each.prefix) and (each.first_day or day) <= day), None
    )

    assert tariff.price(number, day) == (None if first is None else first.amount)


@pytest.mark.rule("SMS-1")
def test_a_price_is_of_its_first_day_already():
    """And the day before the former one holds."""
    list_ = price_list(Price(euro("0.05")), Price(euro("0.07"), "", DAY), Price(euro("0.3"), "+386"))

    assert list_.price(POLISH, DAY - timedelta(1)) == euro("0.05")
    assert list_.price(POLISH, DAY) == euro("0.07")
    assert list_.price(SLOVENE, DAY) == euro("0.3")
    assert list_.price(None, DAY) == euro("0.07")


@pytest.mark.rule("SMS-1")
def test_a_number_that_no_price_is_for_has_none():
    """Nothing is guessed, and nothing is free."""
    only = price_list(Price(Money(Decimal("0.16"), "PLN"), "+48"))

    assert isinstance(quote("a", only, to=SLOVENE, day=DAY), NotPriced)
    assert isinstance(quote_both("a", only, to=None, day=DAY), NotPriced)
    assert str(quote("a", only, to=POLISH, day=DAY).cost) == "0.16 PLN"


@pytest.mark.rule("SMS-1")
@pytest.mark.parametrize(
    "made",
    [
        lambda: Price(euro("-0.01")),
        lambda: Price(euro("0.05"), "48"),
        lambda: Price(euro("0.05"), "+"),
        lambda: Price(euro("0.05"), "+٤٨"),
        price_list,
        lambda: price_list(Price(euro("1"), "+48", DAY), Price(euro("2"), "+48", DAY)),
    ],
)
def test_a_price_list_that_cannot_be_right_is_refused(made):
    """Below zero, for no prefix, empty, or two prices of which nobody knows which holds."""
    with pytest.raises(InvalidValue):
        made()


@pytest.mark.rule("SMS-2")
@given(tariffs(), sms_texts(), days())
def test_a_quote_says_what_was_counted(tariff, text, day):
    """As many messages as the tariff counts, at the price of the day."""
    found = quote(text, tariff, to=None, day=day)
    price = tariff.price(None, day)

    if price is None:
        assert found == NotPriced(tariff.name)
    else:
        assert found.travels == segmentation(text)
        assert found.messages == tariff.messages(text)
        assert found.cost.micros == price.micros * found.messages
        assert text not in repr(found) or len(text) < 30


@pytest.mark.rule("SMS-2")
@pytest.mark.parametrize("counting", Counting)
def test_nothing_is_quoted_for_an_empty_text(counting):
    """By no way of counting."""
    with pytest.raises(InvalidValue):
        quote("", TARIFFS[counting], to=None, day=DAY)
