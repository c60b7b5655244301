"""Headers and words as people mean them: without case, marks, spaces and signs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from eszkola_core.domain.normal_forms import normalized

_BRACKETED: Final = re.compile(r"\[[^\[\]]*\]")
_STROKES: Final = str.maketrans({"ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ø": "o", "Ø": "o"})
"""Letters whose stroke is no combining mark, so that decomposition leaves it on."""


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """
    Return *text* as letters and digits only, in lower case and without marks.

    >>> folded(" E-mail ucznia "), folded("Imię"), folded("First Name [Required]")
    ('emailucznia', 'imie', 'firstname')
    """
    plain = normalized("NFKD", _BRACKETED.sub("", text).translate(_STROKES))
    return "".join(sign for sign in plain.casefold() if sign.isalnum())


def table_of(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return what each folded word means, from the words listed for each meaning."""
    return {folded(word): meaning for meaning, listed in words.items() for word in listed if folded(word)}
