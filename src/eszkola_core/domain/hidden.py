"""Texts that never show themselves: national ids, passwords, tokens, codes (ID-10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from attrs import field, frozen

Fingerprint = Callable[[bytes, str], bytes]
"""The storage's keyed digest: of data, in a context."""

MASK: Final = "•"

_LONG_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){8,}|\d{6,}")
"""A number that may be somebody's: nine digits, even set apart, which no date has, or six in a row."""


def masked(text: str) -> str:
    """
    Return *text* with all but its end covered: at most four characters, and at most a third, stay readable (ID-10).

    >>> masked("44051401359")
    '••••••••359'
    """
    shown = min(4, len(text) // 3)
    return MASK * (len(text) - shown) + text[len(text) - shown :]


def without_numbers(text: str) -> str:
    """
    Return a sentence that somebody typed with the long numbers in it masked: one may be a national id (ID-10).

    >>> without_numbers("PESEL 440514 01359, from 2026-09-01")
    'PESEL ••••••••1359, from 2026-09-01'
    """
    return _LONG_NUMBER.sub(lambda found: masked(found[0]), text)


@frozen(repr=False)
class Secret:
    """
    A text that is compared and hashed as usual but never printed.

    ``reveal`` is the one way to the text, so a search for it finds every place where a secret leaves its wrapper.
    """

    _text: str = field()

    def reveal(self) -> str:
        """Return the text itself: to hash, to seal, or to hand to its owner."""
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({MASK * 3})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)
