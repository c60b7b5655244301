"""What was to be reached, and what was."""

from __future__ import annotations

from attrs import frozen


@frozen
class Figure:
    """A figure that a benchmark is to reach: at most one number, or at least another."""

    number: str
    what: str
    found: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_reached(self) -> bool:
        """Whether it was."""
        above = self.at_least is None or self.found >= self.at_least
        return above and (self.at_most is None or self.found <= self.at_most)

    def __str__(self) -> str:
        return f"\n{self.number}: {_short(self.found)}, {self.what} ({self._reach})"

    @property
    def _reach(self) -> str:
        return f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"

    @property
    def row(self) -> str:
        """The row of a table."""
        mark = "✓" if self.is_reached else "✗"
        return f"| {self.number} | {self.what} | {self._reach} | {_short(self.found)} | {mark} |"


def _short(number: float) -> str:
    """Return a number as one reads it: three places that say something."""
    if number >= 100 or number == int(number):  # noqa: PLR2004 - a matter of looks
        return f"{number:,.0f}"
    return f"{number:.3g}"
