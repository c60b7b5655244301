"""Who does a kind of work alone."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from eszkola_core.domain.leases import Lease, Work


class Leases(Protocol):
    """
    Leases of work that one at a time does in a tenant.

    LE1. `take` gives the work to whoever asks first; then it gives it to nobody before the instant ``until``.
    LE2. Of any number who take at once at most one gets it.
    LE3. From that instant on whoever asks takes over; each taking has a higher fence than all before it.
    LE4. `renew` moves ``until`` of the lease with that fence. It raises `Conflict` once the work was taken over or
         released, and then nothing of its unit happens.
    LE5. `release` lets the next one take at once; a lease that was taken over is left to its holder.
    LE6. `current` is the lease as it was taken or renewed last, over or not; None where there is none.
    """

    def take(self, work: Work, holder: str, *, now: datetime, until: datetime) -> Lease | None:
        """Return a lease from *now* on, or None while somebody else has the work (LE1, LE2, LE3)."""

    def renew(self, lease: Lease, *, until: datetime) -> Lease:
        """Give a sign of life and return the lease as it is then (LE4)."""

    def release(self, lease: Lease) -> None:
        """Give the work back (LE5)."""

    def current(self, work: Work) -> Lease | None:
        """Return who has the work (LE6)."""
