"""People's names: how they are compared, and how they become ASCII (ID-8, MAIL-10)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from attrs import frozen

from eszkola_core.domain.normal_forms import normalized

_LETTERS_WITHOUT_MARKS: Final = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})

# Ukrainian as the Cabinet of Ministers' resolution No. 55 of 2010 has it, the other Cyrillic letters as ICAO Doc 9303,
# Greek as ISO 843 type 2 without digraphs. Keys are folded letters: marks are off, so й stands as и and ї as і.
# fmt: off
_CYRILLIC_AND_GREEK: Final = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z",
        "и": "y", "і": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
        "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu", "я": "ia",
        "ё": "e", "э": "e", "ъ": "", "ы": "y", "њ": "nj", "љ": "lj", "ђ": "dj", "ћ": "c", "џ": "dz", "ѓ": "g",
        "ќ": "k", "ѕ": "dz", "ј": "j",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
        "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
        "χ": "ch", "ψ": "ps", "ω": "o",
    },
)
# fmt: on

_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ`´")


def fold(text: str) -> str:
    """
    Return *text* as it is compared: marks off, ``ł`` → ``l``, ``đ`` → ``d``, case folded (ID-8a).

    >>> fold("ŻÓŁĆ Đorđe Žiga")
    'zolc dorde ziga'
    """
    decomposed = normalized("NFKD", text).casefold()
    bare = "".join(letter for letter in normalized("NFKD", decomposed) if not unicodedata.combining(letter))
    return bare.translate(_LETTERS_WITHOUT_MARKS)


def to_ascii(text: str) -> str:
    """
    Return the ASCII letters and digits that stand for *text*, or an empty text where nothing is left (MAIL-10).

    Latin letters lose their marks; Cyrillic and Greek are transliterated letter by letter; other scripts vanish.

    >>> to_ascii("Źrebięta-Łoś"), to_ascii("Олена"), to_ascii("王")
    ('zrebietalos', 'olena', '')
    """
    latin = fold(text).translate(_CYRILLIC_AND_GREEK)
    return "".join(letter for letter in latin if letter.isascii() and letter.isalnum())


@lru_cache(maxsize=65_536)  # a roster repeats few first names and the families' last names
def parts(text: str) -> tuple[str, ...]:
    """Return the folded parts of a name, in order: it is split at white space, hyphens and other punctuation."""
    folded = fold(text).translate(_APOSTROPHES)
    return tuple("".join(letter if letter.isalnum() else " " for letter in folded).split())


@lru_cache(maxsize=65_536)  # recognition asks for the key of one name many times over
def _key(first: str, last: str) -> str:
    return " ".join(sorted((*parts(first), *parts(last))))


@frozen(order=True)
class PersonName:
    """A first name (or several) and a last name, spelled as the source spells them."""

    first: str
    last: str

    @property
    def key(self) -> str:
        """The name key: folded parts of the whole name, sorted, so that order and hyphens do not matter (ID-8a)."""
        return _key(self.first, self.last)

    @property
    def is_whole(self) -> bool:
        """Whether both a first and a last name are there."""
        return bool(parts(self.first)) and bool(parts(self.last))

    def differs_wholly_from(self, other: PersonName) -> bool:
        """
        Return whether first *and* last name both differ (ID-8b).

        A name that shares a part with its counterpart does not differ: a second given name left out, one half of a
        double surname. First and last name in each other's column are the same name.
        """
        if self.key == other.key:
            return False
        firsts_meet = set(parts(self.first)) & set(parts(other.first))
        lasts_meet = set(parts(self.last)) & set(parts(other.last))
        return not firsts_meet and not lasts_meet

    def resembles(self, other: PersonName) -> bool:
        """Return whether one name's parts contain the other's: for reports, never for recognition (ID-8a)."""
        mine, theirs = set(self.key.split()), set(other.key.split())
        return bool(mine and theirs) and (mine <= theirs or theirs <= mine)

    def __str__(self) -> str:
        return f"{self.first} {self.last}".strip()
