"""The tables `[tariffs.NAME]` and `[budgets]`: what text messages cost, and what single schools may spend on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from eszkola_core.configuration._settings import alike, listed, money
from eszkola_core.domain.money import Money
from eszkola_core.domain.tariffs import TARIFFS, Counting, Price, Tariff
from eszkola_core.errors import InvalidValue

TABLE: Final = "tariffs"
BUDGETS: Final = "budgets"
TARIFF_KEYS: Final = ("counting", "prices")
PRICE_KEYS: Final = ("price", "prefix", "first_day")


def tariffs(table: Mapping[str, Any]) -> Mapping[str, Tariff]:
    """
    Return the tariffs that ship and those that *table* adds, or puts in their place (SMS-1).

    Raises:
        InvalidValue: a key is unknown or missing, or has a value that cannot be right: the text names it.
    """
    return {**TARIFFS, **{name: _tariff(name, each) for name, each in table.items()}}


def budgets(table: Mapping[str, Any]) -> Mapping[str, Money]:
    """
    Return what single schools may spend in a month, by their keys (SMS-4).

    Raises:
        InvalidValue: an amount cannot be right: the text names the key.
    """
    found = {school: money(f"{BUDGETS}.{school}", each) for school, each in table.items()}
    for school, each in found.items():
        if each.amount < 0:
            raise InvalidValue(f"{BUDGETS}.{school}: a budget is not below zero", code="invalid-budget")
    return found


def _tariff(name: str, table: object) -> Tariff:
    where = f"{TABLE}.{name}"
    if not isinstance(table, dict):
        raise InvalidValue(f"{where}: write it as a table, [{where}]", code="wrong-key")
    _check_keys(where, table, TARIFF_KEYS)
    counting = str(table.get("counting"))
    if counting not in [*Counting]:
        raise InvalidValue(f"{where}.counting: one of {listed(Counting)}", code="wrong-key")
    prices = table.get("prices")
    if not isinstance(prices, list) or not prices:
        raise InvalidValue(f'{where}.prices: write a list, such as [{{ price = "0.05 EUR" }}]', code="wrong-key")
    made = tuple(_price(f"{where}.prices[{at}]", each) for at, each in enumerate(prices, 1))
    try:
        return Tariff(name=name, counting=Counting(counting), prices=made)
    except InvalidValue as wrong:
        raise InvalidValue(f"{where}.prices: {wrong}", code=wrong.code) from None


def _price(where: str, row: object) -> Price:
    if not isinstance(row, dict):
        raise InvalidValue(f'{where}: write it as {{ price = "0.05 EUR" }}', code="wrong-key")
    _check_keys(where, row, PRICE_KEYS)
    prefix, first_day = row.get("prefix", ""), row.get("first_day")
    if not isinstance(prefix, str):
        raise InvalidValue(
            f'{where}.prefix: write the first digits in quotation marks, such as "+48"', code="wrong-key"
        )
    if first_day is not None and (not isinstance(first_day, date) or isinstance(first_day, datetime)):
        raise InvalidValue(
            f"{where}.first_day: write a day without quotation marks, such as 2027-01-01", code="wrong-key"
        )
    amount = money(f"{where}.price", row.get("price"))
    try:
        return Price(amount, prefix, first_day)
    except InvalidValue as wrong:
        raise InvalidValue(f"{where}: {wrong}", code=wrong.code) from None


def _check_keys(where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise InvalidValue(
                f"{where}.{key}: there is no such key{alike(key, known)}; there are {listed(known)}", code="unknown-key"
            )
