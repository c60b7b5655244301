"""
Where a password policy departs from the standards, and how to mend it (CRED-9b).

What is judged is what a policy can choose: OWASP ASVS 5.0, chapter 6.2, and NIST SP 800-63B-4, section 3.1.1.2. What
the platform does under every policy (such as taking 128 characters, or asking for the present password) departs from
neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen

from eszkola_core.domain.passwords import PasswordPolicy
from eszkola_core.errors import InvalidValue

ASVS: Final = "OWASP ASVS 5.0"
NIST: Final = "NIST SP 800-63B-4"

_ASVS_LEAST: Final = 8
_ASVS_MOST: Final = 64
_NIST_LEAST: Final = 15
_NIST_LEAST_BESIDE: Final = 8


class Fault(StrEnum):
    """What a policy does that a standard does not want."""

    TOO_SHORT = "too-short"
    TOO_SHORT_BESIDE_SECOND_FACTOR = "too-short-beside-second-factor"
    TOO_LITTLE_ROOM = "too-little-room"
    COMPOSITION = "composition"
    ROTATION = "rotation"
    NO_BLOCKLIST = "no-blocklist"


@frozen
class Requirement:
    """One thing that a standard asks of a policy: where it stands, how strongly, and what breaks it."""

    standard: str
    number: str
    level: str
    fault: Fault
    least: int = 0


REQUIREMENTS: Final = (
    Requirement(ASVS, "6.2.1", "L1", Fault.TOO_SHORT, _ASVS_LEAST),
    Requirement(ASVS, "6.2.4", "L1", Fault.NO_BLOCKLIST),
    Requirement(ASVS, "6.2.5", "L1", Fault.COMPOSITION),
    Requirement(ASVS, "6.2.9", "L2", Fault.TOO_LITTLE_ROOM, _ASVS_MOST),
    Requirement(ASVS, "6.2.10", "L2", Fault.ROTATION),
    Requirement(ASVS, "6.2.12", "L2", Fault.NO_BLOCKLIST),
    Requirement(NIST, "3.1.1.2", "SHALL", Fault.TOO_SHORT, _NIST_LEAST),
    Requirement(NIST, "3.1.1.2", "SHALL", Fault.TOO_SHORT_BESIDE_SECOND_FACTOR, _NIST_LEAST_BESIDE),
    Requirement(NIST, "3.1.1.2", "SHOULD", Fault.TOO_LITTLE_ROOM, _ASVS_MOST),
    Requirement(NIST, "3.1.1.2", "SHALL NOT", Fault.COMPOSITION),
    Requirement(NIST, "3.1.1.2", "SHALL NOT", Fault.ROTATION),
    Requirement(NIST, "3.1.1.2", "SHALL", Fault.NO_BLOCKLIST),
)
"""What the two standards ask of a policy, in the order in which it is told."""


@frozen
class Departure:
    """One requirement that a policy does not meet, and what the policy has instead, as a number where there is one."""

    requirement: Requirement
    has: int | None = None


def conformance(policy: PasswordPolicy) -> tuple[Departure, ...]:
    """
    Return where *policy* departs from the standards; nothing where it conforms.

    >>> from eszkola_core.domain.passwords import OPOLSKA_2018
    >>> [each.requirement.number for each in conformance(OPOLSKA_2018) if each.requirement.standard == ASVS]
    ['6.2.5', '6.2.10']
    """
    return tuple(
        Departure(each, _HAS[each.fault](policy)) for each in REQUIREMENTS if _BROKEN[each.fault](policy, each.least)
    )


_HAS: Final[Mapping[Fault, Callable[[PasswordPolicy], int | None]]] = MappingProxyType(
    {
        Fault.TOO_SHORT: lambda policy: policy.shortest(second_factor=False),
        Fault.TOO_SHORT_BESIDE_SECOND_FACTOR: lambda policy: policy.shortest(second_factor=True),
        Fault.TOO_LITTLE_ROOM: lambda policy: policy.max_length,
        Fault.COMPOSITION: lambda _: None,
        Fault.ROTATION: lambda policy: policy.lifetime.days if policy.lifetime is not None else None,
        Fault.NO_BLOCKLIST: lambda _: None,
    },
)

_BROKEN: Final[Mapping[Fault, Callable[[PasswordPolicy, int], bool]]] = MappingProxyType(
    {
        Fault.TOO_SHORT: lambda policy, least: policy.shortest(second_factor=False) < least,
        Fault.TOO_SHORT_BESIDE_SECOND_FACTOR: lambda policy, least: policy.shortest(second_factor=True) < least,
        Fault.TOO_LITTLE_ROOM: lambda policy, least: policy.max_length < least,
        Fault.COMPOSITION: lambda policy, _: policy.need_upper or policy.need_lower or policy.need_digit_or_special,
        Fault.ROTATION: lambda policy, _: policy.lifetime is not None,
        Fault.NO_BLOCKLIST: lambda policy, _: not policy.blocklist,
    },
)

# What the standard asks, what the policy does, and the remedy; {n} is the policy's number, {least} the standard's.
_TEXTS: Final[Mapping[str, Mapping[Fault, tuple[str, str, str]]]] = MappingProxyType(
    {
        "pl": {
            Fault.TOO_SHORT: (
                "Hasło ma co najmniej {least} znaków.",
                "Wystarczy {n} znaków.",
                "Ustaw min_length na {least} lub więcej.",
            ),
            Fault.TOO_SHORT_BESIDE_SECOND_FACTOR: (
                "Obok drugiego składnika hasło ma co najmniej {least} znaków.",
                "Wystarczy {n} znaków.",
                "Ustaw min_length_beside_second_factor na {least} lub więcej.",
            ),
            Fault.TOO_LITTLE_ROOM: (
                "Hasło może mieć {least} znaków.",
                "Najwięcej {n} znaków.",
                "Pozwól na dłuższe hasła.",
            ),
            Fault.COMPOSITION: (
                "Nie wymaga się określonych rodzajów znaków.",
                "Wymaga określonych rodzajów znaków.",
                "Wyłącz need_upper, need_lower i need_digit_or_special, a wydłuż hasło.",
            ),
            Fault.ROTATION: (
                "Hasło jest ważne, dopóki nie zostanie ujawnione.",
                "Hasło traci ważność po {n} dniach.",
                'Ustaw lifetime na "never"; ujawnione hasło zastępuje się od razu.',
            ),
            Fault.NO_BLOCKLIST: (
                "Hasło porównuje się z listą popularnych i ujawnionych haseł.",
                "Nie porównuje z żadną listą.",
                "Włącz blocklist.",
            ),
        },
        "sl": {
            Fault.TOO_SHORT: (
                "Geslo ima najmanj {least} znakov.",
                "Zadostuje {n} znakov.",
                "Nastavite min_length na {least} ali več.",
            ),
            Fault.TOO_SHORT_BESIDE_SECOND_FACTOR: (
                "Ob drugem dejavniku ima geslo najmanj {least} znakov.",
                "Zadostuje {n} znakov.",
                "Nastavite min_length_beside_second_factor na {least} ali več.",
            ),
            Fault.TOO_LITTLE_ROOM: (
                "Geslo sme imeti {least} znakov.",
                "Največ {n} znakov.",
                "Dovolite daljša gesla.",
            ),
            Fault.COMPOSITION: (
                "Ne zahteva se določenih vrst znakov.",
                "Zahteva določene vrste znakov.",
                "Izklopite need_upper, need_lower in need_digit_or_special ter podaljšajte geslo.",
            ),
            Fault.ROTATION: (
                "Geslo velja, dokler ni razkrito.",
                "Geslo poteče po {n} dneh.",
                'Nastavite lifetime na "never"; razkrito geslo se zamenja takoj.',
            ),
            Fault.NO_BLOCKLIST: (
                "Geslo se primerja s seznamom pogostih in razkritih gesel.",
                "Ne primerja z nobenim seznamom.",
                "Vklopite blocklist.",
            ),
        },
        "en": {
            Fault.TOO_SHORT: (
                "A password has at least {least} characters.",
                "{n} characters are enough.",
                "Set min_length to {least} or more.",
            ),
            Fault.TOO_SHORT_BESIDE_SECOND_FACTOR: (
                "Beside a second factor a password has at least {least} characters.",
                "{n} characters are enough.",
                "Set min_length_beside_second_factor to {least} or more.",
            ),
            Fault.TOO_LITTLE_ROOM: (
                "A password may have {least} characters.",
                "At most {n} characters.",
                "Allow longer passwords.",
            ),
            Fault.COMPOSITION: (
                "No kinds of characters are asked for.",
                "It asks for certain kinds of characters.",
                "Turn need_upper, need_lower and need_digit_or_special off, and ask for length instead.",
            ),
            Fault.ROTATION: (
                "A password is good until it is disclosed.",
                "A password expires after {n} days.",
                'Set lifetime to "never"; a disclosed password is replaced at once.',
            ),
            Fault.NO_BLOCKLIST: (
                "A password is compared with a list of common and disclosed ones.",
                "It is compared with no list.",
                "Turn blocklist on.",
            ),
        },
    },
)


@frozen
class Told:
    """A departure in words: what the standard asks, what the policy does, and the remedy."""

    asks: str
    does: str
    remedy: str


def describe(departure: Departure, locale: str) -> Told:
    """
    Return what a departure says in *locale*.

    Raises:
        InvalidValue: *locale* is none of pl, sl and en.
    """
    if locale not in _TEXTS:
        raise InvalidValue(f"texts are there in {', '.join(sorted(_TEXTS))}; name one of them", code="unknown-locale")
    requirement = departure.requirement
    texts = _TEXTS[locale][requirement.fault]
    return Told(*(each.format(n=departure.has, least=requirement.least) for each in texts))
