"""Who looks after a storage: makes it, opens it, brings it up to date, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
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
    SA9. `back_up` writes to a path all that is kept at one moment, while others go on. It raises `InvalidValue` where
         something is there already, and leaves nothing at the path when it fails.
    SA10. `restore` puts what such a file holds in the stead of what is kept, whole or not at all, also where nothing is
          kept any more; what was kept before lies beside, at the path that is returned. It raises `InvalidValue` for
          what is no backup, or was made with other keys or by a newer version, and changes nothing then.

    A storage that has tools of its own for copies raises `InvalidValue` in both, which names them.
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

    def back_up(self, path: Path) -> None:
        """Write all that is kept to *path* (SA9)."""

    def restore(self, path: Path) -> Path | None:
        """Put back what *path* holds; return where the former storage lies, or None where there was none (SA10)."""

    def close(self) -> None:
        """Let go of everything (SA7)."""
