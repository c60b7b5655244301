"""How a language writes a day, how its texts are filled in, and where a long word may be broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.letters import one_line
from eszkola_core.errors import InvalidValue

VARIABLE: Final = re.compile(r"\{\{ *([a-z_]+) *\}\}")
"""Where one of the data is filled in: ``{{ login }}``."""

# Not strftime: what it calls a month depends on the machine.
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS: Final[Mapping[str, Callable[[date], str]]] = MappingProxyType(
    {
        "pl": lambda day: f"{day:%d.%m.%Y}",
        "sl": lambda day: f"{day.day}. {day.month}. {day.year}",
        "en": lambda day: f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}",
    },
)
_LONGEST: Final = 18
_MAY_BREAK: Final = "\u200b"
_JOINTS: Final = re.compile(r"(?<=[/?&=._@-])(?=[^/?&=._@-])")


def written_day(day: date, locale: str) -> str:
    """
    Return a day as the language writes it.

    >>> written_day(date(2026, 3, 1), "sl"), written_day(date(2026, 3, 1), "pl")
    ('1. 3. 2026', '01.03.2026')
    """
    return _DAYS[locale](day)


def day_of_text(text: str) -> date:
    """
    Return the day that *text* spells in ISO 8601.

    Raises:
        InvalidValue: it spells none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("until: a day in ISO 8601, such as 2026-11-24", code="no-day") from None


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with its variables filled in; what is filled in is not looked at again."""
    return VARIABLE.sub(lambda found: values[found[1]], text)


def breakable(text: str) -> str:
    """
    Return one line in which every long word has places to be broken at, so that nothing runs off the page.

    They cannot be seen: behind the joints of an address, else after so many signs.
    """
    return " ".join(_MAY_BREAK.join(_pieces(word)) for word in one_line(text).split(" "))


def _pieces(word: str) -> Iterator[str]:
    if len(word) <= _LONGEST:
        yield word
        return
    for piece in _JOINTS.split(word):
        for start in range(0, len(piece), _LONGEST):
            yield piece[start : start + _LONGEST]
