"""Texts that never show themselves: national ids, passwords, tokens, codes (ID-10)."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

MASK: Final = "•"


def masked(text: str) -> str:
    """
    Return *text* with all but its end covered: at most four characters, and at most a third, stay readable (ID-10).

    >>> masked("44051401359")
    '••••••••359'
    """
    shown = min(4, len(text) // 3)
    return MASK * (len(text) - shown) + text[len(text) - shown :]


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
