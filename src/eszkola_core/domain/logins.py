"""Logins that the platform issues, and the mailboxes under them (MAIL-10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeVar

from attrs import frozen

from eszkola_core.domain.names import PersonName, to_ascii

RESERVED: Final = frozenset(
    {
        # RFC 2142
        *("info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster", "usenet"),
        *("news", "webmaster", "www", "uucp", "ftp"),
        # what systems and people take for an authority
        *("admin", "administrator", "root", "system", "mailer-daemon", "daemon", "nobody", "noreply", "no-reply"),
        *("operator", "help", "helpdesk", "test", "guest"),
        *("dyrektor", "sekretariat", "szkola", "iod", "rodo", "delegat", "ravnatelj", "tajnistvo", "sola"),
    },
)
"""Names that no person is issued."""

_LONGEST_STEM: Final = 54
_NAMELESS: Final = "user"

K = TypeVar("K")


@frozen(order=True)
class Login:
    """
    An issued login: a stem from the name, and a number from the second of that stem on.

    A stem holds letters and dots only, so that two stems with numbers never spell the same login.
    """

    stem: str
    number: int = 1

    def __str__(self) -> str:
        return self.stem if self.number == 1 else f"{self.stem}{self.number}"


def stem_of(name: PersonName) -> str:
    """
    Return what logins of this name begin with: the first given name and the last name in ASCII letters.

    >>> stem_of(PersonName("Łucja Maria", "Żuk-Nowak")), stem_of(PersonName("王", "小明"))
    ('lucja.zuknowak', 'user')
    """
    first = _letters((name.first.split() or [""])[0])
    last = _letters(name.last)
    return ".".join(part for part in (first, last) if part)[:_LONGEST_STEM].rstrip(".") or _NAMELESS


def issue(names: Iterable[tuple[K, PersonName]], highest: Mapping[str, int]) -> Mapping[K, Login]:
    """
    Return a login for each, numbered on from the highest number ever issued for its stem.

    Args:
        names: who needs one, in the order in which numbers are given: by smallest claim key.
        highest: the highest number that was ever issued for a stem; none where the stem is missing.
    """
    last = dict(highest)
    issued: dict[K, Login] = {}
    for who, name in names:
        stem = stem_of(name)
        number = last.get(stem, 1 if stem in RESERVED or stem == _NAMELESS else 0) + 1
        last[stem] = number
        issued[who] = Login(stem, number)
    return issued


@lru_cache(maxsize=65_536)  # a roster repeats names
def _letters(text: str) -> str:
    return "".join(letter for letter in to_ascii(text) if letter.isalpha())
