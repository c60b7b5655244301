"""Telephone numbers: what counts as one, and its one form (PHONE-1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from attrs import frozen

from eszkola_core.domain.normal_forms import normalized
from eszkola_core.errors import InvalidValue

# Digits, and what people write between them. A letter means an extension, a name, or a number spelt on the keys.
_WRITTEN: Final = re.compile(r"[+]?[\d\s()./\u2010-\u2015\u2212-]+")
_SPACING: Final = str.maketrans("", "", " -")
_REGION: Final = re.compile(r"[A-Z]{2}")
_SHOWN_DIGITS: Final = 3


@frozen(order=True, cache_hash=True)
class PhoneNumber:
    """A number that can be called, in E.164 form: ``+``, the country's code, and digits (PHONE-1a)."""

    e164: str

    @classmethod
    def parse(cls, text: str, *, country: str) -> PhoneNumber:
        """
        Return the number that *text* spells; without a country's code it is one of *country*.

        >>> PhoneNumber.parse("77 400 30 20", country="PL")
        PhoneNumber(e164='+48774003020')

        Raises:
            InvalidValue: it has letters, an extension or a second number in it (code ``phone-with-more``), or nobody
                can have it (code ``invalid-phone``).
        """
        clear = _clear(text, country)
        if clear is not None:
            return cls(clear)
        written = normalized("NFKC", text).strip()
        if not _WRITTEN.fullmatch(written):
            more = any(sign.isalnum() for sign in written)
            raise _not_a_number("phone-with-more" if more else "invalid-phone")
        import phonenumbers  # noqa: PLC0415 - 50 ms that a tenant without numbers saves

        try:
            found = phonenumbers.parse(written, country)
        except phonenumbers.NumberParseException:
            raise _not_a_number("invalid-phone") from None
        if found.extension is not None or not phonenumbers.is_valid_number(found):
            raise _not_a_number("invalid-phone")
        return cls(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))

    @property
    def masked(self) -> str:
        """The number as somebody else may see it: ``•••020``."""
        return f"•••{self.e164[-_SHOWN_DIGITS:]}"


def check_country(country: str) -> None:
    """
    Raise InvalidValue unless numbers can be read as those of *country*.

    >>> check_country("Polska")
    Traceback (most recent call last):
    eszkola_core.errors.InvalidValue: write a country with its two capital letters, such as PL
    """
    if _REGION.fullmatch(country):
        from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - as above

        if country in SUPPORTED_REGIONS:
            return
    raise InvalidValue("write a country with its two capital letters, such as PL", code="unknown-country")


# A library that knows every country's numbers takes its time with each. Most numbers in a register are plain ones of
# the country itself, which its own tables decide; the tests hold this short way against the long one.


def _clear(text: str, country: str) -> str | None:
    """Return the form of a text that is certainly a number of *country*; None only means that the library must look."""
    digits = text.translate(_SPACING)
    if not (digits.isascii() and digits.isdigit()):
        return None
    plain = _plain(country)
    if plain is None or plain.other.match(digits) or not plain.own.fullmatch(digits):
        return None
    return f"+{plain.code}{digits}"


@frozen
class _Plain:
    """The plain numbers of one country: its code, what they look like, and how those begin that are read otherwise."""

    code: int
    own: re.Pattern[str]
    other: re.Pattern[str]


@cache
def _plain(country: str) -> _Plain | None:
    """Return the plain numbers of a country that shares its code with no other; None where there is no such country."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata  # noqa: PLC0415 - as above

    found = PhoneMetadata.metadata_for_region(country, None)
    if found is None or found.country_code is None or found.general_desc is None:
        return None
    if COUNTRY_CODE_TO_REGION_CODE[found.country_code] != (country,):
        return None
    general, lengths = found.general_desc.national_number_pattern, found.general_desc.possible_length
    kinds = [each.national_number_pattern for each in (found.fixed_line, found.mobile) if each is not None]
    own = rf"(?={_either([f'.{{{each}}}$' for each in lengths])})(?=(?:{general})$){_either(kinds)}"
    other = _either([found.international_prefix, found.national_prefix_for_parsing])
    return _Plain(found.country_code, re.compile(own), re.compile(other))


def _either(patterns: Sequence[str | None]) -> str:
    """Return what matches wherever one of *patterns* does, nothing where there is none."""
    given = [f"(?:{each})" for each in patterns if each]
    return f"(?:{'|'.join(given)})" if given else "(?!)"


def _not_a_number(code: str) -> InvalidValue:
    return InvalidValue("this is not a telephone number", code=code)
