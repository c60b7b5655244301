"""
National ids and the documents that stand in for them (ID-1, ID-3, ID-5).

The check of each scheme is python-stdnum's; what is added here is what a register of children needs beside it: a birth
date may not lie in the future, and only the canonical ASCII form is kept. PESEL and EMŠO are tried first by short code
that decides the clear cases as python-stdnum does, because a roster of a country holds millions of them; whatever it
does not clear goes to the library.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from attrs import field, frozen

from eszkola_core.domain.hidden import masked, without_numbers
from eszkola_core.domain.stated import Sex
from eszkola_core.errors import InvalidValue

PESEL: Final = "pl.pesel"
EMSO: Final = "si.emso"

_LENGTHS: Final = {PESEL: 11, EMSO: 13}


@frozen(repr=False, order=True, cache_hash=True)
class NationalId:
    """
    A national id in canonical form, or a document in its place (ID-5); never shown in clear (ID-10).

    ``scheme`` is the country and module of python-stdnum (``pl.pesel``); a document's is its issuing country and type
    (``ua/passport``), told apart by the slash.
    """

    scheme: str
    _text: str = field()

    def reveal(self) -> str:
        """Return the id itself: to seal it, to index it, or to hand it to its owner."""
        return self._text

    @property
    def is_document(self) -> bool:
        """Whether this is a document that stands in for a national id: it entitles to no licence (ID-5, LIC-1)."""
        return "/" in self.scheme

    @property
    def kind(self) -> str:
        """What a person has at most one of."""
        return self.scheme

    @property
    def masked(self) -> str:
        """The id as reports may show it."""
        return masked(self._text)

    @property
    def birth_date(self) -> date | None:
        """The birth date that the id encodes, or None where its scheme encodes none."""
        return None if self.is_document else _encoded_birth_date(self.scheme, self._text)

    @property
    def sex(self) -> Sex | None:
        """The sex that the id encodes, or None where its scheme encodes none."""
        return None if self.is_document else _encoded_sex(self.scheme, self._text)

    def agrees_with(self, other: NationalId) -> bool:
        """Return whether both can be one person's: equal, or of other kinds with one birth date and sex (ID-3)."""
        if self.kind == other.kind:
            return self == other
        encoded = (self.birth_date, other.birth_date), (self.sex, other.sex)
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in encoded)

    def __repr__(self) -> str:
        return f"NationalId({self.scheme}, {self.masked})"

    __str__ = __repr__


def prove_two(mine: Collection[NationalId], theirs: Collection[NationalId]) -> bool:
    """Return whether ids prove that they are two people's (ID-3)."""
    return any(not one.agrees_with(other) for one in mine for other in theirs)


def parse(text: str, *, schemes: tuple[str, ...], today: date) -> NationalId:
    """
    Return the id that *text* states in the first of *schemes* that it is valid in (ID-1).

    Full-width digits and separators that python-stdnum accepts come back as ASCII.

    Raises:
        InvalidValue: it is valid in none; the code says what was wrong in the scheme that fits it best
            (``wrong-length``, ``wrong-checksum``, ``not-a-date``, ``wrong-format``, ``future-birth-date``).
    """
    refused: list[InvalidValue] = []
    for scheme in schemes:
        try:
            return _parse_in(scheme, text, today)
        except InvalidValue as error:
            refused.append(error)
    told = [error for error in refused if error.code != "wrong-length"] or refused
    if not told:
        raise InvalidValue("this tenant knows no scheme of national ids", code="no-scheme")
    raise told[0] from None


def document(country: str, kind: str, number: str) -> NationalId:
    """
    Return the document that stands in for a national id (ID-5): issuing country, type and number.

    Letters are upper-cased and blanks and hyphens left out, so that a passport typed twice is one passport.

    Raises:
        InvalidValue: the country is not two letters, the number has no letter or digit, or a number stands where the
            type should: it may be the id, and a type is shown (ID-10).
    """
    land = country.strip().casefold()
    bare = "".join(letter for letter in number.upper() if letter.isalnum())
    if len(land) != 2 or not (land.isascii() and land.isalpha()):  # noqa: PLR2004 - ISO 3166-1 alpha-2
        raise InvalidValue("the issuing country is written with its two ISO letters, such as UA", code="wrong-country")
    if not bare or not bare.isascii():
        raise InvalidValue("a document's number has letters A-Z and digits", code="wrong-format")
    if without_numbers(kind) != kind:
        raise InvalidValue("a document's type is a word, such as passport", code="wrong-document-type")
    return NationalId(f"{land}/{kind.strip().casefold() or 'document'}", bare)


def restored(text: str, *, schemes: tuple[str, ...], born: date | None, today: date) -> NationalId | None:
    """
    Return the id whose leading zeros a spreadsheet ate, or None where that is not certain (SYNC-7).

    It is certain only when the id is valid with the zeros put back *and* encodes the birth date that the record states:
    checksum alone lets one typing mistake in twenty through.
    """
    if born is None or not (text.isascii() and text.isdigit()):
        return None
    for scheme in schemes:
        length = _LENGTHS.get(scheme)
        if length is None or not length - 2 <= len(text) < length:
            continue
        try:
            found = _parse_in(scheme, text.zfill(length), today)
        except InvalidValue:
            continue
        if found.birth_date == born:
            return found
    return None


def looks_like_one(text: str, *, schemes: tuple[str, ...]) -> bool:
    """Return whether *text* is an id in all but its check digit, its date, or one or two leading zeros."""
    if not (text.isascii() and text.isdigit()):
        return False
    return any(length - 2 <= len(text) <= length for scheme in schemes if (length := _LENGTHS.get(scheme)))


def lost_zeros(text: str, *, schemes: tuple[str, ...]) -> bool:
    """Return whether *text* looks like an id whose leading zeros are gone: digits only, one or two too few."""
    if not (text.isascii() and text.isdigit()):
        return False
    return any(length - 2 <= len(text) < length for scheme in schemes if (length := _LENGTHS.get(scheme)))


def may_be_one(text: str, *, schemes: tuple[str, ...]) -> bool:
    """Return whether *text* has as many digits as an id in one of *schemes*; False is certain, and costs little."""
    digits = sum(map(str.isdigit, text))
    return any(_LENGTHS.get(scheme, digits) == digits for scheme in schemes)


def check_scheme(scheme: str) -> None:
    """Raise InvalidValue unless python-stdnum knows *scheme*: country code and module name, as ``pl.pesel`` (ID-1)."""
    _module(scheme)


def _parse_in(scheme: str, text: str, today: date) -> NationalId:
    """Return the id in *scheme*, or raise InvalidValue without the value in it."""
    digits = text if _is_clear(scheme, text) else _validated(scheme, text)
    found = NationalId(scheme, digits)
    born = found.birth_date
    if born is not None and born > today:
        raise InvalidValue(f"the {_name(scheme)} encodes a birth date that is still to come", code="future-birth-date")
    return found


def _validated(scheme: str, text: str) -> str:
    """Return python-stdnum's canonical form."""
    from stdnum import exceptions  # noqa: PLC0415 - 20 ms of import that clear ids never need

    try:
        canonical = str(_module(scheme).validate(text))
    except exceptions.InvalidLength:
        raise InvalidValue(f"a {_name(scheme)} has another number of characters", code="wrong-length") from None
    except exceptions.InvalidChecksum:
        raise InvalidValue(f"the check digit of the {_name(scheme)} is wrong", code="wrong-checksum") from None
    except exceptions.InvalidComponent:
        raise InvalidValue(
            f"a part of the {_name(scheme)}, such as its date, is impossible", code="not-a-date"
        ) from None
    except exceptions.ValidationError:
        raise InvalidValue(f"this does not look like a {_name(scheme)}", code="wrong-format") from None
    if not canonical.isascii():
        raise InvalidValue(f"this does not look like a {_name(scheme)}", code="wrong-format")
    return canonical


def _name(scheme: str) -> str:
    """Return what people call the scheme."""
    return {PESEL: "PESEL", EMSO: "EMŠO"}.get(scheme, f"number of scheme {scheme}")


@lru_cache(maxsize=64)
def _module(scheme: str) -> Any:  # noqa: ANN401 - a module of python-stdnum, which names no common type
    """Return python-stdnum's module of *scheme*."""
    from stdnum.util import get_cc_module  # noqa: PLC0415 - see _validated

    country, _, name = scheme.partition(".")
    module = None
    if country.isascii() and country.isalpha() and name.isidentifier():
        try:
            module = get_cc_module(country, name) or import_module(f"stdnum.{country}.{name}")
        except ImportError:
            module = None
    if module is None or not hasattr(module, "validate"):
        raise InvalidValue(
            "python-stdnum knows no such scheme; write a country code and a module name, such as pl.pesel",
            code="unknown-scheme",
        )
    return module


# PESEL: date, three digits, sex, check digit; the century stands in the month. EMŠO: date with a three-digit year,
# region, number, check digit. Both follow python-stdnum, against which the tests hold them.

_EMSO_WEIGHTS: Final = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_PESEL_CENTURY: Final = {80: 1800, 0: 1900, 20: 2000, 40: 2100, 60: 2200}


def _is_clear(scheme: str, text: str) -> bool:
    """Return whether *text* is certainly valid and canonical; False only means that the library must look."""
    if not (text.isascii() and text.isdigit()):
        return False
    if scheme == PESEL and len(text) == _LENGTHS[PESEL]:
        a, b, c, d, e, f, g, h, i, j, check = map(int, text)
        total = a + 3 * b + 7 * c + 9 * d + e + 3 * f + 7 * g + 9 * h + i + 3 * j
        return -total % 10 == check and _encoded_birth_date(PESEL, text) is not None
    if scheme == EMSO and len(text) == _LENGTHS[EMSO]:
        total = sum(weight * int(digit) for weight, digit in zip(_EMSO_WEIGHTS, text, strict=False))
        return -total % 11 % 10 == int(text[12]) and _encoded_birth_date(EMSO, text) is not None
    return False


def _encoded_birth_date(scheme: str, text: str) -> date | None:
    """Return the birth date in the id, or None where there is none or it is impossible."""
    try:
        if scheme == PESEL:
            month = int(text[2:4])
            return date(_PESEL_CENTURY[month // 20 * 20] + int(text[:2]), month % 20, int(text[4:6]))
        if scheme == EMSO:
            year = int(text[4:7])
            return date(year + (1000 if year >= 800 else 2000), int(text[2:4]), int(text[:2]))  # noqa: PLR2004
        found = getattr(_module(scheme), "get_birth_date", None)
        return found(text) if found is not None else None
    except (KeyError, ValueError):
        return None


def _encoded_sex(scheme: str, text: str) -> Sex | None:
    """Return the sex in the id, or None where there is none."""
    if scheme == PESEL:
        return Sex.MALE if int(text[9]) % 2 else Sex.FEMALE
    if scheme == EMSO:
        return Sex.MALE if int(text[9:12]) < 500 else Sex.FEMALE  # noqa: PLR2004
    found = getattr(_module(scheme), "get_gender", None)
    return {"M": Sex.MALE, "F": Sex.FEMALE}.get(found(text)) if found is not None else None
