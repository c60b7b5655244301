"""Who looks after a storage: makes it, opens it, brings it up to date, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eszkola_core.ports.storage import Storage


class StorageAdministration(Protocol):
    """
    Looks after the storage of one tenant, before and beside its use.

    SA1. `create` makes everything that `open` needs, readable by its owner only.
    SA2. `create` overwrites nothing: it raises `InvalidValue` where something is there already. When it fails it leaves
         nothing behind that keeps it from being tried again.
    SA3. `open` returns what was kept before, by whatever process.
    SA4. `open` raises `Unavailable` when the storage is missing, cannot be reached, or was made by an older or newer
         version, and `InvalidValue` when its keys are not the right ones; nothing that was kept is changed by it.
    SA5. `upgrade` brings an older storage up to date without losing anything, all of it or nothing, and returns the
         steps that it made; none where there was nothing to do.
    SA6. `check` changes nothing and returns what is wrong, a sentence each, in an order; nothing where all is well.
    SA7. After `close` nothing is held open; what was opened must not be used any more.
    SA8. After `sweep` no byte of what was taken away is left where the storage lies, and whatever is kept is as it was.
    """

    def create(self) -> None:
        """Make a new, empty storage (SA1, SA2)."""

    def open(self) -> Storage:
        """Return the storage (SA3, SA4)."""

    def upgrade(self) -> Sequence[str]:
        """Bring the storage up to date (SA5)."""

    def check(self) -> Sequence[str]:
        """Return what is wrong with the storage (SA6)."""

    def sweep(self) -> None:
        """Overwrite what was taken away (SA8)."""

    def close(self) -> None:
        """Let go of everything (SA7)."""
