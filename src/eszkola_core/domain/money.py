"""Amounts of money: decimal numbers with a currency, exact to the millionth (SMS-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from attrs import field, frozen

from eszkola_core.errors import InvalidValue

_MICRO: Final = Decimal("0.000001")
_LARGEST: Final = Decimal(10) ** 12
_AMOUNT: Final = re.compile(r"-?(?:\d{1,12}(?:[.,]\d{1,12})?|[.,]\d{1,12})")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_CENTS: Final = 2


def _checked_amount(_: Money, __: object, amount: Decimal) -> None:
    if not amount.is_finite() or abs(amount) >= _LARGEST or amount != amount.quantize(_MICRO):
        raise InvalidValue(
            "an amount is a number below a million million, exact to the millionth", code="invalid-amount"
        )


def _checked_currency(_: Money, __: object, currency: str) -> None:
    if _CURRENCY.fullmatch(currency) is None:
        raise InvalidValue(
            "write a currency with its three capital letters, such as EUR or PLN", code="unknown-currency"
        )


@frozen
class Money:
    """
    An amount in a currency.

    >>> Money.parse("0.05 EUR").times(3)
    Money(amount=Decimal('0.15'), currency='EUR')
    """

    amount: Decimal = field(validator=_checked_amount)
    currency: str = field(validator=_checked_currency)

    @classmethod
    def parse(cls, text: str) -> Money:
        """
        Return the amount that *text* spells: a number and a currency, such as ``0.05 EUR``.

        Raises:
            InvalidValue: it spells none.
        """
        number, _, currency = text.strip().rpartition(" ")
        if not number:
            raise InvalidValue('write an amount and its currency, such as "0.05 EUR"', code="invalid-amount")
        return cls(parse_amount(number), currency)

    @classmethod
    def of_micros(cls, micros: int, currency: str) -> Money:
        """Return an amount of so many millionths."""
        return cls(Decimal(micros).scaleb(-6), currency)

    @property
    def micros(self) -> int:
        """The amount in millionths: a whole number, exactly."""
        return int(self.amount.scaleb(6))

    @property
    def spelling(self) -> str:
        """
        The amount alone, with two decimals or as many as it needs.

        >>> Money(Decimal("0.1600"), "PLN").spelling, Money(Decimal("0.035"), "PLN").spelling
        ('0.16', '0.035')
        """
        plain = f"{self.amount.normalize():f}"
        whole, _, rest = plain.partition(".")
        return f"{whole}.{rest.ljust(_CENTS, '0')}"

    def __str__(self) -> str:
        return f"{self.spelling} {self.currency}"

    def times(self, number: int) -> Money:
        """Return so many times the amount."""
        return Money(self.amount * number, self.currency)

    def plus(self, other: Money) -> Money:
        """
        Return both together.

        Raises:
            InvalidValue: they are in different currencies.
        """
        if other.currency != self.currency:
            raise InvalidValue("amounts in two currencies have no sum", code="two-currencies")
        return Money(self.amount + other.amount, self.currency)


def parse_amount(text: str) -> Decimal:
    """
    Return the number that *text* spells, with a point or a comma, rounded to the millionth.

    Raises:
        InvalidValue: it spells none.
    """
    written = text.strip()
    if _AMOUNT.fullmatch(written) is None or not written.isascii():
        raise InvalidValue("write an amount as a number, such as 0.05", code="invalid-amount")
    rounded = Decimal(written.replace(",", ".")).quantize(_MICRO, ROUND_HALF_EVEN)
    return rounded.normalize() + 0  # no exponent, and no minus before nothing


def sums(amounts: Iterable[Money]) -> Mapping[str, Money]:
    """Return the sum of the amounts of each currency, in the order of the currencies."""
    found: dict[str, Money] = {}
    for each in amounts:
        before = found.get(each.currency)
        found[each.currency] = each if before is None else before.plus(each)
    return dict(sorted(found.items()))
