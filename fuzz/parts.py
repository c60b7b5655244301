"""
One input as several: a flag, named parts, and trees.

What is kept in a corpus should be readable: parts stand one under another, each under a line ``=== name``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

_HEAD: Final = re.compile(rb"^=== ([^\r\n]{1,60})\r?\n", re.MULTILINE)
_DAY: Final = date(2026, 9, 1)
_WIDEST: Final = 8
_DEEPEST: Final = 6
_ODD: Final = (0, -1, 2**63, 10**30, 1.5, float("inf"), float("nan"), True, False)


def flagged(data: bytes) -> tuple[int, bytes]:
    """Return the first byte, which chooses how the rest is read, and the rest."""
    return (data[0], data[1:]) if data else (0, b"")


def parted(data: bytes, most: int = 24) -> Sequence[tuple[str, bytes]]:
    """Return the named parts of *data*; what stands before the first name is a part without one."""
    cut = _HEAD.split(data, maxsplit=most)
    names = ["", *(name.decode("utf-8", "replace") for name in cut[1::2])]
    return [(name, part) for name, part in zip(names, cut[0::2], strict=True) if name or part]


def text_of(data: bytes) -> str:
    """Return *data* as text; what is no UTF-8 becomes half a character, which no keyboard types and JSON may hold."""
    return data.decode("utf-8", "surrogateescape")


def grown(data: bytes, words: Sequence[str]) -> dict[str, Any]:
    """Return a table as a configuration has it, of *words* and odd values, as *data* decides."""
    found = _Growing(data, words).table(0)
    return found if isinstance(found, dict) else {}


def toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML: every value inline, which is the same to whoever reads it."""
    return "".join(f"{_quoted(key)} = {_inline(value)}\n" for key, value in table.items())


class _Growing:
    """A tree that grows as bytes say, until they are used up."""

    def __init__(self, data: bytes, words: Sequence[str]) -> None:
        self._bytes = iter(data)
        self._words = words

    def table(self, depth: int) -> dict[str, Any]:
        """Return a table."""
        return {self._word(): self._value(depth + 1) for _ in range(self._next() % _WIDEST)}

    def _next(self) -> int:
        return next(self._bytes, 0)

    def _word(self) -> str:
        return self._words[(self._next() * 256 + self._next()) % len(self._words)]

    def _value(self, depth: int) -> Any:  # noqa: ANN401 - TOML's values are of many kinds
        match self._next() % 10 if depth <= _DEEPEST else 0:
            case 0 | 1 | 2:
                return self._word()
            case 3:
                return self._next()
            case 4:
                return _ODD[self._next() % len(_ODD)]
            case 5 | 6:
                return self.table(depth)
            case 7 | 8:
                return [self._value(depth + 1) for _ in range(self._next() % _WIDEST)]
            case _:
                return _DAY + timedelta(days=self._next())


def _quoted(text: str) -> str:
    """Return a text as a basic string: JSON's escapes are TOML's."""
    return json.dumps(text.encode("utf-8", "replace").decode()).replace("\x7f", "\\u007f")


def _inline(value: Any) -> str:  # noqa: ANN401 - TOML's values
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{_quoted(key)} = {_inline(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case str():
            return _quoted(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)
