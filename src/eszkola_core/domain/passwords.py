"""Passwords: how they are prepared, what a policy asks of them, and what one of them lacks (CRED-1, 2, 6, 7, 9)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final

from attrs import evolve, field, frozen
from attrs.validators import and_, ge, le, optional

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import fold, parts
from eszkola_core.errors import InvalidValue

LONGEST: Final = 128
"""Code points that a prepared password may have (CRED-2)."""

SHORTEST_NAME_PART: Final = 4
"""Letters from which on a part of the owner's name may not stand in the password (CRED-6)."""

# One code point stands for at most four once it is taken apart (NFD), so no other spelling of an allowed password is
# longer than this; what is longer is refused unread.
_LONGEST_SPELLING: Final = 4 * LONGEST


class ViolationCode(StrEnum):
    """What can be wrong with a password, in the order in which it is told (CRED-7)."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    FORBIDDEN_CHARACTER = "forbidden-character"
    TOO_SHORT = "too-short"
    NO_UPPER = "no-upper-case-letter"
    NO_LOWER = "no-lower-case-letter"
    NO_DIGIT_OR_SPECIAL = "no-digit-or-special-character"
    CONTAINS_LOGIN = "contains-login"
    CONTAINS_EMAIL = "contains-e-mail"
    CONTAINS_NATIONAL_ID = "contains-national-id"
    CONTAINS_NAME = "contains-name"
    TOO_COMMON = "too-common"
    REUSED = "reused"


@frozen
class Violation:
    """One thing that is wrong; ``params`` are the numbers of the policy, never a part of the password (CRED-7)."""

    code: ViolationCode
    params: tuple[tuple[str, int], ...] = ()


_UNUSABLE: Final[Mapping[ViolationCode, str]] = MappingProxyType(
    {
        ViolationCode.EMPTY: "a password cannot be empty; type at least one character",
        ViolationCode.TOO_LONG: f"a password has at most {LONGEST} characters; choose a shorter one",
        ViolationCode.FORBIDDEN_CHARACTER: (
            "a password cannot hold control characters, tabs, line ends or invisible signs; "
            "use letters, digits, spaces, punctuation and symbols"
        ),
    },
)


def prepare(text: str) -> Secret:
    """
    Return *text* in the one form that is checked and hashed, however a keyboard composed it (CRED-2; RFC 8265, 4.2).

    Raises:
        InvalidValue: it is empty, longer than 128 code points or holds what no password may; the ``code`` is that of
            a `ViolationCode`, and neither the error nor its context knows the text.
    """
    if not isinstance(text, str):
        raise InvalidValue("a password is a text; decode bytes first", code="not-a-text")
    prepared, refused = ("", ViolationCode.TOO_LONG) if len(text) > _LONGEST_SPELLING else _opaque(text)
    if refused is None and len(prepared) > LONGEST:
        refused = ViolationCode.TOO_LONG
    if refused is not None:
        raise InvalidValue(_UNUSABLE[refused], code=refused.value)
    return Secret(prepared)


def _opaque(text: str) -> tuple[str, ViolationCode | None]:
    """Return the OpaqueString form of *text*, or why there is none: raised from here, an error would keep the text."""
    from precis_i18n import get_profile  # noqa: PLC0415 - its tables cost 18 ms, and most programs ask no password

    try:
        return get_profile("OpaqueString").enforce(text), None
    except UnicodeEncodeError:
        return "", ViolationCode.FORBIDDEN_CHARACTER if text else ViolationCode.EMPTY


def as_violation(unusable: InvalidValue) -> Violation:
    """Return what `prepare` refused as a violation, so that a form can show it like the others (CRED-7)."""
    code = ViolationCode(unusable.code)
    return Violation(code, (("max", LONGEST),) if code is ViolationCode.TOO_LONG else ())


# No policy may refuse a password of 64 characters for its length (OWASP ASVS 5.0, 6.2.9).
_LENGTH: Final = and_(ge(1), le(64))
_LEAST_GRACE: Final = timedelta(days=14)


def _fits_lifetime(policy: PasswordPolicy, _: object, warn_days: tuple[int, ...]) -> None:
    if policy.lifetime is not None and any(timedelta(days=days) >= policy.lifetime for days in warn_days):
        raise InvalidValue("warn_days must be fewer than the days of the lifetime", code="warning-too-early")


@frozen(kw_only=True)
class PasswordPolicy:
    """
    What a tenant asks of passwords from ``first_day`` on (CRED-9).

    ``min_length_beside_second_factor`` replaces ``min_length`` for those who also show a second factor. ``lifetime`` is
    None where passwords do not expire. ``history`` counts the last passwords that a new one must differ from.
    ``grace`` is how long after its first day, at least, the policy makes nobody's older password expire (CRED-3c).
    """

    max_length: ClassVar[int] = LONGEST

    name: str
    first_day: date
    min_length: int = field(validator=_LENGTH)
    min_length_beside_second_factor: int | None = field(default=None, validator=optional(_LENGTH))
    need_upper: bool = False
    need_lower: bool = False
    need_digit_or_special: bool = False
    blocklist: bool = True
    lifetime: timedelta | None = field(default=None, validator=optional(ge(timedelta(days=1))))
    warn_days: tuple[int, ...] = field(default=(), validator=_fits_lifetime)
    history: int = field(default=0, validator=ge(0))
    grace: timedelta = field(default=_LEAST_GRACE, validator=ge(_LEAST_GRACE))

    def starting(self, first_day: date) -> PasswordPolicy:
        """Return the same policy as a tenant introduces it on *first_day*."""
        return evolve(self, first_day=first_day)

    def shortest(self, *, second_factor: bool) -> int:
        """Return how many code points are enough."""
        eased = self.min_length_beside_second_factor
        return eased if second_factor and eased is not None else self.min_length


OPOLSKA_2018: Final = PasswordPolicy(
    name="OPOLSKA_2018",
    first_day=date(2018, 5, 25),
    min_length=8,
    need_upper=True,
    need_lower=True,
    need_digit_or_special=True,
    lifetime=timedelta(days=60),
    warn_days=(14, 7, 3, 1),
    history=4,
)
"""The region's own rules of safe use, with a blocklist and warnings beside them (CRED-1, CRED-3, CRED-4)."""

NIST_800_63B_4: Final = PasswordPolicy(
    name="NIST_800_63B_4",
    first_day=date(2025, 8, 1),
    min_length=15,
    min_length_beside_second_factor=8,
)
"""NIST SP 800-63B-4: length and a blocklist; no composition, no rotation (CRED-9)."""

POLICIES: Final[Mapping[str, PasswordPolicy]] = MappingProxyType(
    {policy.name: policy for policy in (OPOLSKA_2018, NIST_800_63B_4)},
)
"""The policies that ship, by name."""


@frozen(kw_only=True)
class Owner:
    """What belongs to the owner and may therefore not stand in the password (CRED-6); it never shows itself."""

    login: str = field(default="", repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    national_ids: tuple[str, ...] = field(default=(), repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)


def violations(  # noqa: PLR0913 - each argument is one fact, and all but two are named by the caller
    prepared: Secret,
    policy: PasswordPolicy,
    *,
    owner: Owner,
    compromised: bool,
    reused: bool,
    second_factor: bool = False,
) -> tuple[Violation, ...]:
    """
    Return all that is wrong with a prepared password, in the order of `ViolationCode` (CRED-7).

    Args:
        prepared: what `prepare` returned.
        policy: the policy of the day.
        owner: whose password it is to be.
        compromised: what the port `CompromisedPasswords` says; heard where the policy has a blocklist.
        reused: whether it equals one that the history forbids (CRED-4).
        second_factor: whether the owner signs in with a second factor too.
    """
    text = prepared.reveal()
    found = [*_shape(text, policy, second_factor=second_factor), *map(Violation, _of_owner(text, owner))]
    if policy.blocklist and compromised:
        found.append(Violation(ViolationCode.TOO_COMMON))
    if reused:
        found.append(Violation(ViolationCode.REUSED, (("history", policy.history),)))
    return tuple(found)


def _shape(text: str, policy: PasswordPolicy, *, second_factor: bool) -> Iterator[Violation]:
    """Tell what the characters lack (CRED-1)."""
    categories = {unicodedata.category(character) for character in text}
    shortest = policy.shortest(second_factor=second_factor)
    if len(text) < shortest:
        yield Violation(ViolationCode.TOO_SHORT, (("min", shortest),))
    if policy.need_upper and categories.isdisjoint({"Lu", "Lt"}):
        yield Violation(ViolationCode.NO_UPPER)
    if policy.need_lower and "Ll" not in categories:
        yield Violation(ViolationCode.NO_LOWER)
    if policy.need_digit_or_special and all(category[0] in "LM" for category in categories):
        yield Violation(ViolationCode.NO_DIGIT_OR_SPECIAL)


def _of_owner(text: str, owner: Owner) -> Iterator[ViolationCode]:
    """Tell what of the owner's stands in *text*, with case and marks folded (CRED-6)."""
    folded = fold(text)

    def holds(*sought: str) -> bool:
        return any(one in folded for one in map(fold, sought) if one)

    if holds(owner.login):
        yield ViolationCode.CONTAINS_LOGIN
    # An address holds its local part, so that looking for the local part finds both.
    if holds(*(email.rpartition("@")[0] or email for email in owner.emails)):
        yield ViolationCode.CONTAINS_EMAIL
    # A number grouped by spaces is the same number, and O'Neill is Oneill.
    bare = _alphanumeric(folded)
    if any(number in bare for number in map(_alphanumeric, map(fold, owner.national_ids)) if number):
        yield ViolationCode.CONTAINS_NATIONAL_ID
    if any(part in bare for name in owner.names for part in parts(name) if len(part) >= SHORTEST_NAME_PART):
        yield ViolationCode.CONTAINS_NAME


def _alphanumeric(text: str) -> str:
    return "".join(filter(str.isalnum, text))
