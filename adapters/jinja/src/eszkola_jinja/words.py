"""How each language writes a moment and counts days, and how plain text is laid out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from eszkola_core.domain.days import aware
from eszkola_core.errors import InvalidValue

WIDTH: Final = 76
"""Characters in a line of plain text, so that an answer that quotes it still fits (RFC 5322, 2.1.1)."""

_GAPS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# Not strftime: what it calls a month depends on the machine.
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_MOMENTS: Final[Mapping[str, Callable[[datetime], str]]] = MappingProxyType(
    {
        "pl": lambda at: f"{at:%d.%m.%Y, %H:%M}",
        "sl": lambda at: f"{at.day}. {at.month}. {at.year} ob {at:%H.%M}",
        "en": lambda at: f"{at.day} {_ENGLISH_MONTHS[at.month - 1]} {at.year}, {at:%H:%M}",
    },
)


def moment(text: str, locale: str, zone: ZoneInfo) -> str:
    """
    Return the instant that *text* spells in ISO 8601 as people of that language read it off a clock in *zone*.

    Raises:
        InvalidValue: it spells no instant, or one without an offset.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(
            "an instant is written in ISO 8601, such as 2026-11-24T09:15:00Z", code="no-instant"
        ) from None
    return _MOMENTS[locale](aware(at).astimezone(zone))


def _english(number: int) -> int:
    return 0 if number == 1 else 1


def _polish(number: int) -> int:
    """1 dzień; 2, 3, 4, 22 dni; 5, 12, 21 dni."""
    if number == 1:
        return 0
    return 1 if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14} else 2


def _slovene(number: int) -> int:
    """1, 101 dan; 2, 102 dneva; 3, 4, 103 dni; 5, 11, 100 dni."""
    return {1: 0, 2: 1, 3: 2, 4: 2}.get(number % 100, 3)


_FORMS: Final[Mapping[str, tuple[int, Callable[[int], int]]]] = MappingProxyType(
    {"pl": (3, _polish), "sl": (4, _slovene), "en": (2, _english)},
)


def counting(locale: str) -> Callable[..., str]:
    """Return the filter ``counted`` of a language: a number with its noun, in the form that goes with it (CLDR)."""
    expected, choose = _FORMS[locale]

    def counted(number: str, *forms: str) -> str:
        if len(forms) != expected:
            raise InvalidValue(f"counted: in this language it takes {expected} forms of the noun", code="wrong-forms")
        return f"{number} {forms[choose(int(number))]}"

    return counted


def one_line(text: str) -> str:
    """Return *text* with all white space and control characters made single spaces: data are words, never lines."""
    return _GAPS.sub(" ", text).strip()


class Steady(str):
    """A text that many messages have in common, and that says nothing of a person: what becomes of it may be kept."""

    __slots__ = ()


def wrapped(text: str, mark: str = "") -> str:
    """Return a paragraph in lines of at most `WIDTH`, behind *mark*; an address that is longer stays whole."""
    return _kept(text, mark) if isinstance(text, Steady) else _wrapped(text, mark)


def _wrapped(text: str, mark: str) -> str:
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and len(mark) + len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return mark + f"\n{' ' * len(mark)}".join([*lines, line]) if line else ""


_kept = lru_cache(maxsize=4096)(_wrapped)
