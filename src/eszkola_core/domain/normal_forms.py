"""
Unicode's normal forms, in a time that grows with the text and no faster.

Putting marks in their order takes time by the square of how many follow one another, so that one cell of a table could
keep a machine busy for minutes. No language sets more than a few; of a longer run all but the first thirty are left
out, which is as many as Unicode's Stream-Safe Text Format allows (UAX #15).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal
from unicodedata import combining, normalize

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

_MOST_MARKS: Final = 30
_SHORT: Final = 256
"""A text that is no longer costs nothing whatever it holds."""


def normalized(form: Form, text: str) -> str:
    r"""
    Return *text* in a normal form.

    >>> normalized("NFC", "Z\u030caga"), len(normalized("NFC", "a" + 999 * "\u0301\u0323"))
    ('Žaga', 30)
    """
    return normalize(form, text if len(text) <= _SHORT else "".join(_stream_safe(text)))


def _stream_safe(text: str) -> Iterator[str]:
    """Yield the characters of a text but for marks behind too many others."""
    marks = 0
    for sign in text:
        marks = marks + 1 if combining(normalize("NFKD", sign)[0]) else 0
        if marks <= _MOST_MARKS:
            yield sign
