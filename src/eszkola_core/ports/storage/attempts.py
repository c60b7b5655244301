"""How often something was tried, as it is kept: by fingerprints, never by name or address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.throttling import Tally


class Attempts(Protocol):
    """
    Tallies of attempts, by keys that are fingerprints of what is tried and where from.

    AT1. What was put under a key comes back equal; the next put replaces it.
    AT2. `tallies` leaves out keys under which there is nothing.
    AT3. `prune` forgets what was not touched since an instant, says how many, and leaves the rest.
    """

    def tallies(self, keys: Collection[bytes]) -> Mapping[bytes, Tally]:
        """Return what is kept under each of *keys* (AT1, AT2)."""

    def put(self, tallies: Mapping[bytes, Tally]) -> None:
        """Keep *tallies*, each under its key (AT1)."""

    def prune(self, before: datetime) -> int:
        """Forget the tallies that were last touched before an instant, and return how many they were (AT3)."""
