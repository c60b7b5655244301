"""
The table `[settings]` of the configuration file: texts and numbers become the settings' own values, within bounds.

Every mistake names its key, what stands there wrongly, and what may stand there instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, get_args, get_origin, get_type_hints

from attrs import evolve

from eszkola_core.domain import national_ids
from eszkola_core.domain.money import Money
from eszkola_core.domain.passwords import POLICIES
from eszkola_core.domain.settings import SETTINGS, Settings
from eszkola_core.errors import InvalidValue

_SPAN: Final = re.compile(r"(?P<number>\d{1,9})\s*(?P<unit>minute|hour|day|second)s?")
_UNITS: Final = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
_ITEM_KINDS: Final[Mapping[str, type[StrEnum]]] = {
    name: item
    for name, hint in get_type_hints(Settings).items()
    if get_origin(hint) is frozenset
    for item in get_args(hint)
    if issubclass(item, StrEnum)
}

_KIND_WORDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a number without quotation marks",
    str: "a text in quotation marks",
}


def chosen(profile: Settings, table: Mapping[str, Any]) -> Settings:
    """
    Return *profile* with what *table* overrides.

    Raises:
        InvalidValue: a key is unknown, or its value of a wrong kind or outside its bounds; the text names the key.
    """
    for key in table:
        if key not in SETTINGS:
            raise InvalidValue(f"settings.{key}: there is no such setting{alike(key, SETTINGS)}", code="unknown-key")
    values = {key: _value(key, value, getattr(profile, key)) for key, value in table.items()}
    for key, value in values.items():
        _check(key, value)
    try:
        return evolve(profile, **values)
    except InvalidValue as wrong:
        raise InvalidValue(f"settings.{wrong}", code=wrong.code) from None


def alike(key: str, known: Iterable[str]) -> str:
    """Return which of the *known* names is probably meant, as the end of a sentence."""
    close = get_close_matches(key, tuple(known), n=1)
    return f"; perhaps {close[0]} is meant" if close else "; take the line out"


def in_words(span: timedelta) -> str:
    """
    Return *span* as the configuration file has it.

    >>> in_words(timedelta(days=7)), in_words(timedelta(minutes=90))
    ('7 days', '90 minutes')
    """
    seconds = int(span.total_seconds())
    for unit, size in _UNITS:
        if seconds % size == 0:
            number = seconds // size
            return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    raise AssertionError("every span has whole seconds")


def listed(names: Iterable[object]) -> str:
    """Return names in order, as the end of a sentence."""
    return ", ".join(sorted(str(each) for each in names))


def _value(key: str, value: Any, like: Any) -> Any:  # noqa: ANN401 - TOML's values
    """Return a TOML value as the setting's own kind."""
    where = f"settings.{key}"
    if isinstance(like, timedelta):
        return span(where, value)
    if isinstance(like, Money):
        return money(where, value)
    if isinstance(like, StrEnum):
        return _choice(where, value, type(like))
    if isinstance(like, tuple | frozenset):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise InvalidValue(f'{where}: write a list of texts, such as ["…"]', code="wrong-key")
        kind = _ITEM_KINDS.get(key)
        return type(like)(_choice(where, each, kind) if kind else each for each in value)
    if type(value) is not type(like):
        raise InvalidValue(f"{where}: write {_KIND_WORDS[type(like)]}", code="wrong-key")
    return value


def _check(key: str, value: Any) -> None:  # noqa: ANN401 - settings have many kinds
    """Raise InvalidValue where *value* is outside its bounds, or is a name that nothing has."""
    row = SETTINGS[key]
    for bound, word, broken in ((row.floor, "least", _below), (row.ceiling, "most", _above)):
        if bound is not None and broken(value, bound):
            told = in_words(bound) if isinstance(bound, timedelta) else str(bound)
            raise InvalidValue(f"settings.{key}: at {word} {told} ({row.rule})", code="setting-out-of-bounds")
    if key == "password_policy" and value not in POLICIES:
        raise InvalidValue(f"settings.{key}: one of {listed(POLICIES)}", code="unknown-password-policy")
    if key == "national_id_schemes":
        for scheme in value:
            try:
                national_ids.check_scheme(scheme)
            except InvalidValue as unknown:
                raise InvalidValue(f"settings.{key}: {unknown}", code=unknown.code) from None


def _below(value: Any, bound: Any) -> bool:  # noqa: ANN401 - numbers and spans
    return bool(value < bound)


def _above(value: Any, bound: Any) -> bool:  # noqa: ANN401 - numbers and spans
    return bool(value > bound)


def span(where: str, value: object) -> timedelta:
    """
    Return a span as the configuration file has it, such as ``7 days``.

    Raises:
        InvalidValue: *value* is none; the text names *where*.
    """
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidValue(f'{where}: write a span, such as "7 days", "24 hours" or "15 minutes"', code="wrong-key")
    size = dict(_UNITS)[found["unit"]]
    return timedelta(seconds=int(found["number"]) * size)


def money(where: str, value: object) -> Money:
    """
    Return an amount as the configuration file has it, such as ``0.05 EUR``.

    Raises:
        InvalidValue: *value* is none; the text names *where*.
    """
    try:
        return Money.parse(value if isinstance(value, str) else "")
    except InvalidValue:
        raise InvalidValue(
            f'{where}: write an amount and its currency in quotation marks, such as "0.05 EUR"', code="wrong-key"
        ) from None


def _choice(where: str, value: object, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(str(value))
    except ValueError:
        raise InvalidValue(f"{where}: one of {listed(kind)}", code="wrong-key") from None
