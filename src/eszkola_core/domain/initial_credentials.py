"""Credentials that somebody else makes for a person: random, and easy to read out and to type (CRED-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.passwords import Owner, PasswordPolicy, prepare, violations
from eszkola_core.errors import BrokenPromise

INITIAL_LIFETIME: Final = timedelta(days=30)
"""How long such a credential works, unless the tenant sets less or more (CRED-5)."""

# No l and o, no digits 0 and 1, for they look alike; no v, which sounds like a Polish w; no q, x and y, which few words
# of Polish or Slovene have. Sixteen, four and eight are left: whole bits.
_CONSONANTS: Final = "bcdfghjkmnprstwz"
_VOWELS: Final = "aeiu"
_DIGITS: Final = "23456789"
_WORD: Final = (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS)
_NUMBERED: Final = (_DIGITS, _CONSONANTS, _VOWELS, _CONSONANTS)
_GROUPS: Final = 5

# What sounds rude in one of the three languages: the slip is read out to children.
_RUDE: Final = (
    *("cipa", "dupa", "huj", "jeb", "kur", "pedi", "pipa", "sik"),
    *("fut", "kak", "pica", "rit", "suka"),
    *("cum", "fag", "fuk", "nazi", "tit"),
)
_TRIES: Final = 100


def invent(choose: Callable[[int], int], policy: PasswordPolicy, *, owner: Owner | None = None) -> Secret:
    """
    Return a credential such as ``Kamu-7dep-rasi-3ket-bina`` that keeps *policy* and says nothing of *owner* (CRED-5).

    It is chosen evenly among 2^62: words of two syllables (12 bits) take turns with a digit and a syllable (13 bits).
    The few that are left out because they sound rude cost less than a tenth of a bit. A policy that asks for more than
    24 characters gets more groups.

    Args:
        choose: returns a random number from 0 up to but not its argument, from a source fit for secrets.
        policy: what the credential must keep, although it is to be changed at the first sign-in.
        owner: whose credential it is to be, where that is known.

    Raises:
        BrokenPromise: *choose* does not choose: a hundred tries gave nothing usable.
    """
    for _ in range(_TRIES):
        groups: list[str] = []
        while len(groups) < _GROUPS or len("-".join(groups)) < policy.min_length:
            groups.append(_group(choose, _NUMBERED if len(groups) % 2 else _WORD))
        credential = prepare("-".join(groups).capitalize())
        rude = any(word in group for group in groups for word in _RUDE)
        if not rude and not violations(credential, policy, owner=owner or Owner(), compromised=False, reused=False):
            return credential
    raise BrokenPromise("the source of randomness keeps giving what cannot be used", code="not-random")


def _group(choose: Callable[[int], int], pattern: tuple[str, ...]) -> str:
    return "".join(alphabet[choose(len(alphabet))] for alphabet in pattern)
