"""
The tables `[[password_policies]]` of the configuration file: policies that a tenant introduces on their first days.

Each names a shipped policy, its first day, perhaps some roles, and what differs from what ships; every mistake names
the table by its place in the file, and the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from eszkola_core.configuration._settings import alike, in_words, listed, span
from eszkola_core.domain.passwords import POLICIES
from eszkola_core.domain.policy_timelines import POLICY_NUMBERS, IntroducedPolicy, own_policy
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue

TABLE: Final = "password_policies"
NEVER: Final = "never"


def introduced(tables: object) -> tuple[IntroducedPolicy, ...]:
    """
    Return the policies that *tables* introduce.

    Raises:
        InvalidValue: a key is unknown or missing, or its value of a wrong kind or outside its bounds.
    """
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise InvalidValue(f"{TABLE}: write each as a table, [[{TABLE}]]", code="wrong-key")
    return tuple(_introduced(f"{TABLE}[{number}]", table) for number, table in enumerate(tables, 1))


def _introduced(where: str, table: Mapping[str, Any]) -> IntroducedPolicy:
    for key in table:
        if key not in KEYS:
            raise InvalidValue(f"{where}.{key}: there is no such key{alike(key, KEYS)}", code="unknown-key")
    for key in ("policy", "first_day"):
        if key not in table:
            raise InvalidValue(f"{where}.{key}: it is missing", code="missing-key")
    values = {key: KEYS[key](f"{where}.{key}", value) for key, value in table.items()}
    _check_bounds(where, values)
    roles = values.pop("roles", frozenset())
    base, first_day, name = values.pop("policy"), values.pop("first_day"), values.pop("name", "")
    try:
        return IntroducedPolicy(own_policy(base, first_day, name=name, **values), roles)
    except InvalidValue as wrong:
        raise InvalidValue(f"{where}: {wrong}", code=wrong.code) from None


def _check_bounds(where: str, values: Mapping[str, Any]) -> None:
    """Raise InvalidValue where a number lies outside its bounds, in the words of the configuration file."""
    for key, value in values.items():
        row = POLICY_NUMBERS.get(key)
        if row is None or value is None:
            continue
        for bound, word, is_broken in (
            (row.floor, "least", value < row.floor),
            (row.ceiling, "most", value > row.ceiling),
        ):
            if is_broken:
                told = in_words(bound) if isinstance(bound, timedelta) else str(bound)
                raise InvalidValue(f"{where}.{key}: at {word} {told} ({row.rule})", code="setting-out-of-bounds")


def _policy(where: str, value: object) -> str:
    if value not in [*POLICIES]:
        raise InvalidValue(f"{where}: one of {listed(POLICIES)}", code="unknown-password-policy")
    return str(value)


def _day(where: str, value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValue(f"{where}: write a day without quotation marks, such as 2026-09-01", code="wrong-key")
    return value


def _name(where: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidValue(f"{where}: write a text in quotation marks", code="wrong-key")
    return value


def _roles(where: str, value: object) -> frozenset[Role]:
    if not isinstance(value, list) or not value or not all(each in [*Role] for each in value):
        raise InvalidValue(f"{where}: a list of {listed(Role)}", code="wrong-key")
    return frozenset(map(Role, value))


def _number(where: str, value: object) -> int:
    if type(value) is not int:
        raise InvalidValue(f"{where}: write a number without quotation marks", code="wrong-key")
    return value


def _yes_or_no(where: str, value: object) -> bool:
    if type(value) is not bool:
        raise InvalidValue(f"{where}: write true or false, without quotation marks", code="wrong-key")
    return value


def _lifetime(where: str, value: object) -> timedelta | None:
    return None if value == NEVER else span(where, value)


def _days(where: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(each) is int and each > 0 for each in value):
        raise InvalidValue(f"{where}: write a list of days, such as [14, 7, 3, 1]", code="wrong-key")
    return tuple(sorted(set(value), reverse=True))


KEYS: Final[Mapping[str, Callable[[str, object], Any]]] = MappingProxyType(
    {
        "policy": _policy,
        "first_day": _day,
        "roles": _roles,
        "name": _name,
        "min_length": _number,
        "min_length_beside_second_factor": _number,
        "need_upper": _yes_or_no,
        "need_lower": _yes_or_no,
        "need_digit_or_special": _yes_or_no,
        "lifetime": _lifetime,
        "warn_days": _days,
        "history": _number,
        "grace": span,
    },
)
"""Every key of such a table, with what reads its value."""
