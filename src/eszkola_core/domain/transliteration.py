"""
A text in the letters that SMS carries cheaply: ``ą`` becomes ``a``, ``č`` becomes ``c`` (SMS-3).

It is done for a whole text or not at all: one sign that has no plain spelling, such as a smiling face, sends everything
by the dear alphabet, and then bare letters would read worse and save nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.normal_forms import normalized
from eszkola_core.domain.sms_segments import is_gsm, segmentation

LITERAL: Final = 160
"""How many characters one message of a literal tariff holds (SMS-1)."""

_GROUPS: Final[Mapping[str, str]] = {
    '"': "«»“”„‟ʺˮ❝❞〝〞″‶",
    "'": "‘’‚‛ʻʼʽʹˈˊˋ`´′‵❛❜︐︑",
    "-": "‐‑‒–—―−•·‣⁃⎼⎽➤►▪●",
    "_": "‗",
    "/": "÷⁄∕⧸",
    "\\": "⧵⧹",
    "|": "∣⎸⎹⏐⎜⎟¦",
    "(": "❨❪⟮⦅",
    ")": "❩❫⟯⦆",
    "{": "❴",
    "}": "❵",
    "*": "⁎∗⊛✢✣✤✥✱✲✳✺✻✼✽❃❉❊❋⧆★☆",
    "+": "˖",
    ".": "。｡",
    ",": "、､",
    ":": "ːː˸⦂꞉",
    ";": "⁏",
    "=": "꞊",
    "<": "‹",
    ">": "›",
    "!": "ǃ",
    "^": "ˆ",
    "~": "˜˷∼",
    "->": "→➔➜",
    "<-": "←",
    "x": "×",
    " ": "\t\v\x85\u2028\u2029",
    "(c)": "©",
    "(r)": "®",
    "l": "ł",
    "L": "Ł",
    "d": "đð",
    "D": "ĐÐ",
    "h": "ħ",
    "H": "Ħ",
    "t": "ŧ",
    "T": "Ŧ",
    "i": "ı",
    "n": "ŋ",
    "N": "Ŋ",
    "th": "þ",
    "Th": "Þ",
    "oe": "œ",
    "OE": "Œ",
    "SS": "ẞ",
    "k": "ĸ",
    "z": "ƶ",
    "Z": "Ƶ",
}
_SPELT: Final[Mapping[str, str]] = MappingProxyType(
    dict(chain.from_iterable(((sign, plain) for sign in signs) for plain, signs in _GROUPS.items()))
)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Mn", "Me"})
"""Categories of signs that leave nothing behind: controls, zero widths, accents on their own."""


def transliterated(text: str) -> str:
    """
    Return *text* in the default alphabet of SMS, or unchanged where that is impossible or would cost more.

    >>> transliterated("Zażółć gęślą jaźń – „Čmrlj”…")
    'Zazolc gesla jazn - "Cmrlj"...'
    >>> transliterated("Ała 😀")
    'Ała 😀'

    Raises:
        InvalidValue: it is empty, or holds half a character.
    """
    if is_gsm(text):
        return text
    before = segmentation(text)
    plain = "".join(map(_plain, normalized("NFC", text)))
    if not plain or not is_gsm(plain):
        return text
    is_dearer = segmentation(plain).segments > before.segments or literal_messages(plain) > literal_messages(text)
    return text if is_dearer else plain


def literal_messages(text: str) -> int:
    """Return how many times 160 code points *text* starts (SMS-1)."""
    return -(-len(text) // LITERAL)


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    """Return the plain spelling of one character; itself where it has none."""
    if is_gsm(sign):
        return sign
    if sign in _SPELT:
        return _SPELT[sign]
    if unicodedata.category(sign) in _UNSEEN:
        return ""
    parts = unicodedata.normalize("NFKD", sign)
    spelt = "".join(map(_plain, parts)) if parts != sign else sign
    return spelt if spelt.strip() or sign.isspace() else sign
