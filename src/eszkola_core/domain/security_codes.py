"""
Security codes: a school makes sure that contact data are those of the guardian whom it knows (LINK-6, LINK-7).

A code goes to one guardian by one school's hand. With it comes the birth date of a child it covers, so that a code that
was lost says little. It is kept as a keyed digest: nobody who reads the database can type it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen
from stdnum import verhoeff

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.days import aware, is_expired
from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue

DIGITS: Final = 12
"""How long a code is; the last digit checks the others (LINK-7a)."""

_SEPARATORS: Final = frozenset(" -–\u00a0\t\n\r")


class CodeState(StrEnum):
    """What became of a code; expiry follows from the clock and is not stored."""

    LIVE = "live"
    REDEEMED = "redeemed"
    REPLACED = "replaced"
    KILLED = "killed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


CODE_LIFECYCLE: Final[Mapping[CodeState, frozenset[CodeState]]] = MappingProxyType(
    {
        CodeState.LIVE: frozenset(CodeState) - {CodeState.LIVE},
        **{state: frozenset() for state in CodeState if state is not CodeState.LIVE},
    },
)
"""Every transition of a code: redeemed once, replaced by a new print, killed by wrong dates, cancelled, or expired."""


class CodeChannel(StrEnum):
    """How a code came to its guardian (LINK-7e)."""

    PRINT = "print"
    PHONE = "phone"
    HAND = "hand"


@frozen(kw_only=True)
class CodeHandOver:
    """
    That a code was printed, read out or handed over: by whom and when, and the receipt of it (LINK-7e).

    ``collected_by`` is who took it, ``document`` what they showed, ``authority`` on whose behalf; ``known_by`` is how a
    person at the telephone was known. The names in it are for the school's own archive, and are never shown elsewhere.
    """

    channel: CodeChannel
    at: datetime
    by: PersonId | None = None
    name: str = ""
    collected_by: str = field(default="", repr=False)
    document: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)
    known_by: str = field(default="", repr=False)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which it is no receipt."""
        wanted: Mapping[CodeChannel, tuple[str, ...]] = {
            CodeChannel.PRINT: (),
            CodeChannel.PHONE: ("known_by",),
            CodeChannel.HAND: ("collected_by", "document", "authority"),
        }
        return tuple(name for name in wanted[self.channel] if not getattr(self, name).strip())


@frozen(kw_only=True)
class SecurityCode:
    """What is kept of a code: its digest, whose it is and from which school, and what was done with it."""

    digest: bytes = field(repr=False)
    guardian: PersonId
    school: str
    issued_at: datetime
    expires_at: datetime
    state: CodeState = CodeState.LIVE
    wrong_dates: int = 0
    redeemed_at: datetime | None = None
    hand_overs: tuple[CodeHandOver, ...] = ()

    def state_at(self, now: datetime) -> CodeState:
        """Return the state on *now*: a live code expires at its very instant (DAY-1)."""
        if self.state is CodeState.LIVE and is_expired(self.expires_at, now):
            return CodeState.EXPIRED
        return self.state

    def is_live(self, now: datetime) -> bool:
        """Return whether the code may still be redeemed."""
        return self.state_at(now) is CodeState.LIVE

    def ended(self, state: CodeState, *, at: datetime | None = None) -> SecurityCode:
        """
        Return the code in another state; a redeemed one says since when.

        Raises:
            InvalidValue: the table has no such transition.
        """
        if state not in CODE_LIFECYCLE[self.state]:
            raise InvalidValue(f"a code that is {self.state} cannot become {state}", code="no-such-transition")
        return evolve(self, state=state, redeemed_at=aware(at) if at is not None else None)

    def after_wrong_date(self, limit: int) -> SecurityCode:
        """Return the code after a birth date that is none of its children's: at the *limit* it is killed (LINK-7c)."""
        counted = evolve(self, wrong_dates=self.wrong_dates + 1)
        return counted.ended(CodeState.KILLED) if counted.wrong_dates >= limit else counted


def invent_code(below: Callable[[int], int]) -> Secret:
    """
    Return a new code, made of digits that *below* draws.

    Args:
        below: returns a random number from 0 up to, but not including, its argument.
    """
    digits = "".join(str(below(10)) for _ in range(DIGITS - 1))
    return Secret(digits + verhoeff.calc_check_digit(digits))


def read_code(text: str) -> Secret | None:
    """
    Return the code that somebody typed, or None where it is a slip: too long, too short, or against its check digit.

    Blanks and hyphens between the digits do not matter, leading zeros do; other scripts' digits are digits.

    >>> read_code("0000 0000 0003"), read_code("0000-0000-0001") is None
    (Secret(•••), True)
    """
    bare = "".join(each for each in text if each not in _SEPARATORS)
    digits = "".join(str(unicodedata.decimal(each, "?")) for each in bare)
    if len(digits) != DIGITS or not verhoeff.is_valid(digits):
        return None
    return Secret(digits)


def shown_code(code: Secret) -> str:
    """Return a code as it is printed: in groups of four, which is how people read numbers out."""
    digits = code.reveal()
    return " ".join(digits[start : start + 4] for start in range(0, DIGITS, 4))
