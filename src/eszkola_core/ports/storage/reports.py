"""Reports of disclosed passwords, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.reports import Report


class Reports(Protocol):
    """
    Reports of disclosed passwords; they are kept, and nothing changes them.

    RP1. `add` gives the report a number higher than any before, and what was added comes back equal.
    RP2. `entries` gives those after a number, or those about a person, the oldest first.
    """

    def add(self, report: Report) -> Report:
        """Keep a report and return it with its number (RP1)."""

    def entries(self, *, after: int = 0, about: PersonId | None = None) -> Sequence[Report]:
        """Return reports, the oldest first (RP2)."""
