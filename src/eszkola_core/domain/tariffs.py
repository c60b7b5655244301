"""
What a message costs: prices are data, by the number's prefix and from a first day on (SMS-1, SMS-2).

A *literal* tariff counts as the price lists of eAsistent do: each started 160 characters. One *by segment* counts as
gateways do. Neither rounds anything: an amount is decimal from the file to the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.money import Money
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_segments import segmentation
from eszkola_core.domain.transliteration import literal_messages
from eszkola_core.errors import InvalidValue

_PREFIX: Final = re.compile(r"|\+[1-9]\d{0,14}", re.ASCII)


class Counting(StrEnum):
    """What a tariff has a price for."""

    LITERAL = "literal"
    BY_SEGMENT = "by-segment"


@frozen
class Price:
    """
    What one message or segment costs to numbers that begin with *prefix*, from its first day on.

    An empty prefix is every number's; no first day has always been.
    """

    amount: Money
    prefix: str = ""
    first_day: date | None = None

    def __attrs_post_init__(self) -> None:
        if _PREFIX.fullmatch(self.prefix) is None:
            raise InvalidValue(
                "a prefix is + and the first digits of numbers, such as +48, or empty", code="invalid-prefix"
            )
        if self.amount.amount < 0:
            raise InvalidValue("a price is not below zero", code="invalid-price")


def _without_doubles(_: Tariff, __: object, prices: tuple[Price, ...]) -> None:
    if not prices:
        raise InvalidValue("a tariff has at least one price", code="no-price")
    if len({(each.prefix, each.first_day) for each in prices}) < len(prices):
        raise InvalidValue("two prices of one prefix begin on one day; leave one of them", code="two-prices")


@frozen(kw_only=True)
class Tariff:
    """A price list by name."""

    name: str
    counting: Counting
    prices: tuple[Price, ...] = field(validator=_without_doubles)

    def messages(self, text: str) -> int:
        """
        Return how many of its prices *text* costs.

        Raises:
            InvalidValue: it is empty, or holds half a character.
        """
        found = segmentation(text)
        return literal_messages(text) if self.counting is Counting.LITERAL else found.segments

    def price(self, to: PhoneNumber | None, day: date) -> Money | None:
        """
        Return what one costs on *day*: of the prices in force that of the longest prefix, and of these the newest.

        Nothing where there is none: for nobody's number in particular, only an empty prefix has one.
        """
        number = "" if to is None else to.e164
        valid = [
            each
            for each in self.prices
            if number.startswith(each.prefix) and (each.first_day is None or each.first_day <= day)
        ]
        newest = max(valid, key=lambda each: (len(each.prefix), each.first_day or date.min), default=None)
        return None if newest is None else newest.amount


_DEFAULT: Final = Money(Decimal("0.05"), "EUR")

TARIFFS: Final[Mapping[str, Tariff]] = MappingProxyType(
    {each.value: Tariff(name=each.value, counting=each, prices=(Price(_DEFAULT),)) for each in Counting}
)
"""The tariffs that ship: 0.05 EUR for each 160 characters begun, or for each segment (SMS-1)."""
