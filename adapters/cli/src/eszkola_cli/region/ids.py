"""
Numbers for people who do not exist: PESEL, EMŠO and passports, each handed out once.

The numbers keep the rules of their registers, so that they pass every check; they are drawn from a seeded generator.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random
from string import ascii_uppercase, digits
from typing import Final

from eszkola_core.domain.stated import Sex

_PESEL_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_EMSO_WEIGHTS: Final = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CENTURY_OFFSETS: Final = {18: 80, 19: 0, 20: 20, 21: 40, 22: 60}
_SLOVENIA: Final = "50"
_PESEL_SERIALS: Final = 10_000
_EMSO_SERIALS: Final = 500
_NO_DIGIT: Final = 10


def _weighed(body: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))


def pesel(born: date, serial: int) -> str:
    """
    Return the PESEL of birth day *born* and *serial* (0-9999), whose last digit is odd for men.

    The month tells the century too: 80 is added for the 1800s, 20 for the 2000s, 40 and 60 for the next ones.
    """
    month = born.month + _CENTURY_OFFSETS[born.year // 100]
    body = f"{born.year % 100:02}{month:02}{born.day:02}{serial:04}"
    return f"{body}{-_weighed(body, _PESEL_WEIGHTS) % 10}"


def emso(born: date, serial: int) -> str | None:
    """Return the EMŠO of birth day *born* and *serial* (0-499 men, 500-999 women), None where it has no check digit."""
    body = f"{born.day:02}{born.month:02}{born.year % 1000:03}{_SLOVENIA}{serial:03}"
    check = -_weighed(body, _EMSO_WEIGHTS) % 11
    return None if check == _NO_DIGIT else f"{body}{check}"


class Register:
    """Hands out numbers, each to one person only."""

    def __init__(self, rng: Random, *, taken: Iterable[str] = ()) -> None:
        """Draw from *rng*; the numbers *taken* already belong to somebody."""
        self._rng = rng
        self._taken = set(taken)

    def pesel(self, born: date, sex: Sex) -> str:
        """Return a PESEL that nobody has."""
        while True:
            serial = self._rng.randrange(sex is Sex.MALE, _PESEL_SERIALS, 2)
            if self._is_new(number := pesel(born, serial)):
                return number

    def twin_pesels(self, born: date) -> tuple[str, str]:
        """Return the PESELs of a girl and of the boy who was entered right after her."""
        while True:
            serial = self._rng.randrange(0, _PESEL_SERIALS, 2)
            pair = pesel(born, serial), pesel(born, serial + 1)
            if self._taken.isdisjoint(pair):
                self._taken.update(pair)
                return pair

    def emso(self, born: date, sex: Sex) -> str:
        """Return an EMŠO that nobody has."""
        while True:
            serial = self._rng.randrange(_EMSO_SERIALS) + (_EMSO_SERIALS if sex is Sex.FEMALE else 0)
            if (number := emso(born, serial)) and self._is_new(number):
                return number

    def passport(self) -> str:
        """Return the number of a passport that nobody has."""
        while True:
            letters, figures = self._rng.choices(ascii_uppercase, k=2), self._rng.choices(digits, k=6)
            if self._is_new(number := "".join(letters + figures)):
                return number

    def _is_new(self, number: str) -> bool:
        if number in self._taken:
            return False
        self._taken.add(number)
        return True
