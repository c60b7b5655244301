"""Who does a kind of work alone, and how long without a sign of life (SYNC-2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import frozen

from eszkola_core.domain.days import is_expired


class Work(StrEnum):
    """Work that one at a time does in a tenant."""

    IMPORT = "import"


@frozen(kw_only=True)
class Lease:
    """
    The right of *holder* to do *work* alone until the instant ``until``, which every sign of life moves on.

    ``fence`` grows with each taking. Whoever comes back from the dead with a lower one is told from the present holder,
    and writes nothing.
    """

    work: Work
    holder: str
    fence: int
    since: datetime
    until: datetime

    def is_over(self, now: datetime) -> bool:
        """Return whether the holder has given no sign of life for so long that it is taken for dead."""
        return is_expired(self.until, now)

    def is_due(self, now: datetime, lifetime: timedelta) -> bool:
        """Return whether it is time for a sign of life: a third of the lifetime has gone."""
        return self.until - now <= lifetime * 2 / 3
