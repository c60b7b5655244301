"""Times of maintenance as they are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from eszkola_core.domain.maintenance import Maintenance


class Maintenances(Protocol):
    """
    Times of maintenance, one at a time.

    MT1. `begin` gives a maintenance its number and keeps it; while one is under way it raises `Conflict`.
    MT2. `end` ends the one that is under way and returns it; None where none is.
    MT3. `newest` is the one that began last, equal to what was begun and as it ended; None before the first.
    """

    def begin(self, maintenance: Maintenance) -> Maintenance:
        """Keep *maintenance* and return it with its number (MT1)."""

    def end(self, at: datetime) -> Maintenance | None:
        """End the maintenance that is under way (MT2)."""

    def newest(self) -> Maintenance | None:
        """Return the maintenance that began last (MT3)."""
