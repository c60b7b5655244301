"""Amounts of money: exact, with a currency, and never a binary fraction (SMS-1)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.money import Money, parse_amount, sums
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import money


@pytest.mark.rule("SMS-1")
@given(money())
def test_an_amount_is_read_back_from_how_it_is_spelt(amount):
    """With a point or a comma, and from its millionths."""
    assert Money.parse(str(amount)) == amount
    assert Money.parse(f"{amount.spelling.replace('.', ',')} {amount.currency}") == amount
    assert Money.of_micros(amount.micros, amount.currency) == amount


@pytest.mark.rule("SMS-1")
@given(st.lists(money()))
def test_sums_are_exact_for_each_currency(amounts):
    """Whatever the order, and a thousand times five cents are fifty."""
    found = sums(amounts)

    assert {each.currency for each in amounts} == set(found)
    for currency, total in found.items():
        assert total.micros == sum(each.micros for each in amounts if each.currency == currency)
    assert sums(reversed(amounts)) == found
    assert sums([Money.parse("0.05 EUR")] * 1000) == {"EUR": Money.parse("50 EUR")}


@pytest.mark.rule("SMS-1")
@pytest.mark.parametrize(
    "text", ["", "EUR", "0.05", "0.05EUR", "0.05 eur", "1e3 EUR", "NaN EUR", "inf EUR", "1 000 EUR", "1.2.3 EUR",
             "٣ EUR", "0.05 ЕUR", "9999999999999 EUR", "- EUR"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text):
    """Another alphabet's digits and letters among it."""
    with pytest.raises(InvalidValue):
        Money.parse(text)


@pytest.mark.rule("SMS-1")
@pytest.mark.parametrize("amount", ["NaN", "Infinity", "0.0000001", "1e12"])
def test_an_amount_is_never_kept_with_less_than_all_of_it(amount):
    """What the ledger could not hold exactly is no amount."""
    with pytest.raises(InvalidValue):
        Money(Decimal(amount), "EUR")


def test_two_currencies_have_no_sum():
    """Nobody guesses a rate."""
    with pytest.raises(InvalidValue):
        Money.parse("1 EUR").plus(Money.parse("1 PLN"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0.1600", "0.16"), (" 0,05 ", "0.05"), ("-0.000", "0"), (".5", "0.5"), ("0.1234565", "0.123456")],
)
def test_amounts_of_others_are_rounded_to_the_millionth(text, amount):
    """Half of one to the even neighbour."""
    assert str(parse_amount(text)) == amount
