"""
How a text travels as SMS: in which alphabet, in how many units, cut into how many segments (SMS-2).

3GPP TS 23.038: a text of the GSM 7-bit default alphabet and its extension is counted in septets, 160 alone or 153 in
each of several segments; any other in the 16-bit units of UCS-2, 70 or 67. A character of the extension takes two
septets and one outside the basic plane two units; neither is ever cut in two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from eszkola_core.errors import InvalidValue

ESCAPE: Final = "\x1b"

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ"
    f"{ESCAPE}ÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet; a character's place is its septet, and the escape's place is no character's."""

EXTENSION: Final = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
"""The characters that need an escape before their septet."""

_OUTSIDE: Final = re.compile(f"[^{re.escape(BASIC.replace(ESCAPE, '') + ''.join(EXTENSION))}]")
_ESCAPED: Final = re.compile(f"[{re.escape(''.join(EXTENSION))}]")
_SEPTETS: Final = {char: at for at, char in enumerate(BASIC)} | EXTENSION | {ESCAPE: BASIC.index(ESCAPE)}
_HIGH_SURROGATE: Final = 0xD8 >> 2


class Encoding(StrEnum):
    """The alphabets of SMS."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


ALONE: Final = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}
"""How many units a text may have that travels in one segment."""

EACH: Final = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}
"""How many units each of several segments holds at most; the rest says which is which."""


class Segmentation(NamedTuple):
    """How a text travels: ``units`` are septets or 16-bit units."""

    encoding: Encoding
    units: int
    segments: int


def segmentation(text: str) -> Segmentation:
    """
    Return how *text* travels.

    >>> segmentation("Nowe haslo [w liscie]")
    Segmentation(encoding=<Encoding.GSM_7: 'GSM-7'>, units=23, segments=1)
    >>> segmentation("ż" * 71)
    Segmentation(encoding=<Encoding.UCS_2: 'UCS-2'>, units=71, segments=2)

    Raises:
        InvalidValue: it is empty, or holds half a character (a lone surrogate), which nobody can send.
    """
    if is_gsm(text):
        units = len(text) + sum(map(text.count, EXTENSION))
        if units <= ALONE[Encoding.GSM_7]:
            return Segmentation(Encoding.GSM_7, units, 1)
        if units == len(text):
            return Segmentation(Encoding.GSM_7, units, -(-units // EACH[Encoding.GSM_7]))
        return Segmentation(Encoding.GSM_7, units, sum(1 for _ in _ends_of_septets(_escaped(text))))
    encoded = utf_16(text)
    units = len(encoded) // 2
    if units <= ALONE[Encoding.UCS_2]:
        return Segmentation(Encoding.UCS_2, units, 1)
    if units == len(text):
        return Segmentation(Encoding.UCS_2, units, -(-units // EACH[Encoding.UCS_2]))
    return Segmentation(Encoding.UCS_2, units, sum(1 for _ in _ends_of_units(encoded)))


def segments(text: str) -> tuple[str, ...]:
    """
    Return the parts in which *text* travels, as many as `segmentation` counts.

    >>> [len(each) for each in segments("a" * 152 + "€" + "b" * 10)]
    [152, 11]

    Raises:
        InvalidValue: as `segmentation`.
    """
    if segmentation(text).segments == 1:
        return (text,)
    if is_gsm(text):
        septets_of = _escaped(text)
        return tuple(_between(septets_of, _ends_of_septets(septets_of)))
    encoded = utf_16(text)
    cuts = [0, *(2 * end for end in _ends_of_units(encoded))]
    return tuple(encoded[begin:end].decode("utf-16-be") for begin, end in pairwise(cuts))


def is_gsm(text: str) -> bool:
    """
    Return whether *text* is written in the default alphabet and its extension alone.

    Raises:
        InvalidValue: it is empty.
    """
    if not text:
        raise InvalidValue("the text of an SMS is empty; write what it is to say", code="empty-text")
    return _OUTSIDE.search(text) is None


def septets(text: str) -> bytes:
    """
    Return the septets of a text in the default alphabet, each in a byte of its own, as gateways take them.

    >>> septets("@€").hex(" ")
    '00 1b 65'
    """
    return bytes(_SEPTETS[each] for each in _escaped(text))


def utf_16(text: str) -> bytes:
    """
    Return the units of a text in UCS-2, the higher byte first.

    Raises:
        InvalidValue: it holds half a character.
    """
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError:
        raise InvalidValue(
            "the text of an SMS holds half a character; write it anew", code="unencodable-text"
        ) from None


def _escaped(text: str) -> str:
    """Return a text with the escape before each character of the extension: one character a septet."""
    return _ESCAPED.sub(rf"{ESCAPE}\g<0>", text)


def _ends_of_septets(escaped: str) -> Iterator[int]:
    return _ends(len(escaped), EACH[Encoding.GSM_7], lambda last: escaped[last] == ESCAPE)


def _ends_of_units(encoded: bytes) -> Iterator[int]:
    return _ends(len(encoded) // 2, EACH[Encoding.UCS_2], lambda last: encoded[2 * last] >> 2 == _HIGH_SURROGATE)


def _ends(count: int, limit: int, is_first_half: Callable[[int], bool]) -> Iterator[int]:
    """Yield where each segment ends; one whose last unit is the first half of a pair leaves that to the next."""
    end = 0
    while end < count:
        end += limit
        if end < count and is_first_half(end - 1):
            end -= 1
        yield min(end, count)


def _between(escaped: str, ends: Iterator[int]) -> Iterator[str]:
    begin = 0
    for end in ends:
        yield escaped[begin:end].replace(ESCAPE, "")
        begin = end
