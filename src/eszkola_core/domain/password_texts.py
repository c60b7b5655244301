"""What a violation says to the person who chooses the password, in Polish, Slovene and English (CRED-7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.passwords import Violation, ViolationCode
from eszkola_core.errors import InvalidValue

_C = ViolationCode


def _pl(count: int, few: str, many: str) -> str:
    """Return *count* with the Polish form for 2 to 4, 22 to 24 …, or else the one for many."""
    return f"{count} {few if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else many}"


def _pl_characters(count: int) -> str:
    return "1 znak" if count == 1 else _pl(count, "znaki", "znaków")


def _sl_characters(count: int) -> str:
    return f"{count} " + {1: "znak", 2: "znaka", 3: "znaki", 4: "znaki"}.get(count % 100, "znakov")


def _en_characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


def _pl_last(count: int) -> str:
    return "ostatnie" if count == 1 else _pl(count, "ostatnie", "ostatnich")


def _sl_last(count: int) -> str:
    return "zadnjega" if count == 1 else f"zadnjih {count}"


def _en_last(count: int) -> str:
    return "last one" if count == 1 else f"last {count}"


# {n} is the number of the violation with its noun; a text without {n} has no number.
_TEXTS: Final[Mapping[str, Mapping[ViolationCode, str]]] = MappingProxyType(
    {
        "pl": {
            _C.EMPTY: "Wpisz hasło.",
            _C.TOO_LONG: "Hasło jest za długie. Największa długość: {n}.",
            _C.FORBIDDEN_CHARACTER: "Hasło zawiera niedozwolony znak, np. tabulator albo znak niewidoczny.",
            _C.TOO_SHORT: "Hasło jest za krótkie. Najmniejsza długość: {n}.",
            _C.NO_UPPER: "Dodaj co najmniej jedną wielką literę.",
            _C.NO_LOWER: "Dodaj co najmniej jedną małą literę.",
            _C.NO_DIGIT_OR_SPECIAL: "Dodaj co najmniej jedną cyfrę lub znak specjalny.",
            _C.CONTAINS_LOGIN: "Hasło nie może zawierać Twojego loginu.",
            _C.CONTAINS_EMAIL: "Hasło nie może zawierać Twojego adresu e-mail.",
            _C.CONTAINS_NATIONAL_ID: "Hasło nie może zawierać Twojego numeru identyfikacyjnego, np. PESEL.",
            _C.CONTAINS_NAME: "Hasło nie może zawierać Twojego imienia ani nazwiska.",
            _C.TOO_COMMON: "To hasło jest zbyt popularne i łatwe do odgadnięcia. Wybierz inne.",
            _C.REUSED: "To hasło było już używane. Wybierz inne niż {n} i niż otrzymane od kogoś.",
        },
        "sl": {
            _C.EMPTY: "Vpišite geslo.",
            _C.TOO_LONG: "Geslo je predolgo. Največja dolžina: {n}.",
            _C.FORBIDDEN_CHARACTER: "Geslo vsebuje nedovoljen znak, npr. tabulator ali neviden znak.",
            _C.TOO_SHORT: "Geslo je prekratko. Najmanjša dolžina: {n}.",
            _C.NO_UPPER: "Dodajte vsaj eno veliko črko.",
            _C.NO_LOWER: "Dodajte vsaj eno malo črko.",
            _C.NO_DIGIT_OR_SPECIAL: "Dodajte vsaj eno števko ali poseben znak.",
            _C.CONTAINS_LOGIN: "Geslo ne sme vsebovati vašega uporabniškega imena.",
            _C.CONTAINS_EMAIL: "Geslo ne sme vsebovati vašega e-poštnega naslova.",
            _C.CONTAINS_NATIONAL_ID: "Geslo ne sme vsebovati vaše identifikacijske številke, npr. EMŠO.",
            _C.CONTAINS_NAME: "Geslo ne sme vsebovati vašega imena ali priimka.",
            _C.TOO_COMMON: "To geslo je preveč pogosto in ga je lahko uganiti. Izberite drugo.",
            _C.REUSED: "To geslo je že bilo v rabi. Izberite drugačno od {n} in od tistih, ki vam jih je kdo dal.",
        },
        "en": {
            _C.EMPTY: "Type a password.",
            _C.TOO_LONG: "The password is too long. Greatest length: {n}.",
            _C.FORBIDDEN_CHARACTER: "The password holds a character that is not allowed, such as a tab.",
            _C.TOO_SHORT: "The password is too short. Least length: {n}.",
            _C.NO_UPPER: "Add at least one upper-case letter.",
            _C.NO_LOWER: "Add at least one lower-case letter.",
            _C.NO_DIGIT_OR_SPECIAL: "Add at least one digit or special character.",
            _C.CONTAINS_LOGIN: "The password must not contain your login.",
            _C.CONTAINS_EMAIL: "The password must not contain your e-mail address.",
            _C.CONTAINS_NATIONAL_ID: "The password must not contain your national identification number.",
            _C.CONTAINS_NAME: "The password must not contain your first or last name.",
            _C.TOO_COMMON: "This password is very common and easy to guess. Choose another one.",
            _C.REUSED: "This password was used before. Choose one unlike your {n} and unlike any given to you.",
        },
    },
)

# Where nothing but given credentials is remembered, there is no number to tell.
_GIVEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pl": "To hasło otrzymano od kogoś innego. Wybierz własne.",
        "sl": "To geslo vam je dal nekdo drug. Izberite svoje.",
        "en": "This password was given to you by somebody else. Choose your own.",
    },
)

_NUMBERS: Final[Mapping[str, Mapping[str, Callable[[int], str]]]] = MappingProxyType(
    {
        "pl": {"min": _pl_characters, "max": _pl_characters, "history": _pl_last},
        "sl": {"min": _sl_characters, "max": _sl_characters, "history": _sl_last},
        "en": {"min": _en_characters, "max": _en_characters, "history": _en_last},
    },
)


def describe(violation: Violation, locale: str) -> str:
    """
    Return what *violation* says in *locale*: what is wrong, and what to do (CRED-7).

    >>> describe(Violation(ViolationCode.TOO_SHORT, (("min", 8),)), "pl")
    'Hasło jest za krótkie. Najmniejsza długość: 8 znaków.'

    Raises:
        InvalidValue: *locale* is none of pl, sl and en.
    """
    if locale not in _TEXTS:
        raise InvalidValue(f"texts are there in {', '.join(sorted(_TEXTS))}; name one of them", code="unknown-locale")
    if violation == Violation(_C.REUSED, (("history", 0),)):
        return _GIVEN[locale]
    text = _TEXTS[locale][violation.code]
    for name, number in violation.params:
        text = text.replace("{n}", _NUMBERS[locale][name](number))
    return text
