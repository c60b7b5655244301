"""Telephone numbers: what counts as one, and its one form (PHONE-1)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from attrs import frozen

from eszkola_core.errors import InvalidValue

# Digits, and what people write between them. A letter means an extension, a name, or a number spelt on the keys.
_WRITTEN: Final = re.compile(r"[+]?[\d\s()./\u2010-\u2015\u2212-]+")
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
        written = unicodedata.normalize("NFKC", text).strip()
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


def _not_a_number(code: str) -> InvalidValue:
    return InvalidValue("this is not a telephone number", code=code)
