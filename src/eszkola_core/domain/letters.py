"""Letters and lists that a school prints: what stands on them, before they are set in type (INIT-4, LINK-7f)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.normal_forms import normalized
from eszkola_core.errors import InvalidValue


class LetterKind(StrEnum):
    """Every letter that the rules name; each has a text in every language."""

    FIRST_ACCESS = "first-access"
    CREDENTIAL = "credential"
    SECURITY_CODE = "security-code"


LETTER_FIELDS: Final[Mapping[LetterKind, frozenset[str]]] = MappingProxyType(
    {
        LetterKind.FIRST_ACCESS: frozenset({"login", "link"}),
        LetterKind.CREDENTIAL: frozenset({"login", "password", "until", "link"}),
        LetterKind.SECURITY_CODE: frozenset({"code", "children", "until", "link"}),
    },
)
"""
The data that each kind's text is made from, beside the names that every letter has.

``until`` is the last day on which what the letter holds surely works, in ISO 8601; ``link`` is an address of the
platform's own, which is printed as a QR code too, and says nothing of the reader.
"""


@frozen(kw_only=True)
class PostalAddress:
    """Where the post brings a letter; ``country`` is empty at home, and is written as the sender's post reads it."""

    street: str = field(repr=False)
    postal_code: str = field(repr=False)
    city: str = field(repr=False)
    country: str = field(default="", repr=False)

    def __attrs_post_init__(self) -> None:
        for name in ("street", "postal_code", "city"):
            if not one_line(getattr(self, name)):
                raise InvalidValue(f"{name}: a postal address has one", code="address-incomplete")

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines below the name, as the post wants them: street, code with town, and the country in capitals."""
        country = one_line(self.country).upper()
        return (one_line(self.street), one_line(f"{self.postal_code} {self.city}"), *([country] if country else []))


@frozen(kw_only=True)
class Letter:
    """
    One letter: one page, to one reader.

    ``to`` is who opens it, the owner of what it holds or the guardian of a minor; without an ``address`` it is handed
    over. ``owner`` is whom it is about. ``reference`` is by what the school sorts it: a class, a record's key. ``data``
    hold what only the reader may see.
    """

    kind: LetterKind
    locale: str
    to: str = field(repr=False)
    address: PostalAddress | None = None
    owner: str = field(repr=False)
    school: str
    reference: str = ""
    day: date
    data: Mapping[str, str] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        if self.data.keys() != LETTER_FIELDS[self.kind]:
            raise InvalidValue(f"a letter {self.kind} has other data", code="wrong-letter-data")


@frozen(kw_only=True)
class ClassListRow:
    """One person of a list; ``password`` is None where there is nothing to print (INIT-3)."""

    name: str = field(repr=False)
    reference: str = ""
    login: str = ""
    password: Secret | None = None


@frozen(kw_only=True)
class ClassList:
    """Everybody of a class, or of a school, with blanks for those who have a password of their own (INIT-3)."""

    locale: str
    school: str
    class_name: str = ""
    day: date
    rows: Sequence[ClassListRow]


_BLANK: Final = frozenset({"Cc", "Zl", "Zp", "Zs"})
_UNSEEN: Final = "Cf"


def one_line(text: str) -> str:
    r"""
    Return *text* as it can stand in a line: composed, white space and control characters as single blanks.

    What is never seen, such as marks that turn the order of signs round, is left out: a name is what it looks like.

    >>> one_line("  Ana\tMarija\x00\u202e Z\u030cagar ")
    'Ana Marija Žagar'
    """
    kept = (
        " " if unicodedata.category(sign) in _BLANK else sign for sign in text if unicodedata.category(sign) != _UNSEEN
    )
    return " ".join(normalized("NFC", "".join(kept)).split())
