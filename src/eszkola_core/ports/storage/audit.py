"""The journal of what was done, as it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.audit import AuditEntry, Checkpoint, Head


class Audit(Protocol):
    """
    Keeps the journal; it only grows, but for what a checkpoint stands in for.

    AU1. What was added comes back equal, in the order of the numbers.
    AU2. `add` raises `Conflict` unless the entry's number is one more than the head's: of two who add at once one looks
         again.
    AU3. `head` is the number and seal of the newest entry, or the checkpoint's where none is left; zero and nothing
         before the first.
    AU4. `entries` yields those after a number, or those that name a person as the doer or as somebody it was done to.
    AU5. `replace_prefix` takes away the entries up to a checkpoint's number and keeps the checkpoint, which is what
         `checkpoint` returns from then on; it raises `Conflict` unless the entry of that number has the same seal.
    """

    def head(self) -> Head:
        """Return how far the journal has come (AU3)."""

    def add(self, entry: AuditEntry) -> None:
        """Keep a sealed entry (AU1, AU2)."""

    def entries(self, *, after: int = 0, about: PersonId | None = None) -> Iterable[AuditEntry]:
        """Yield entries, the oldest first (AU1, AU4)."""

    def checkpoint(self) -> Checkpoint | None:
        """Return what stands in for the oldest entries, or None while all are there (AU5)."""

    def replace_prefix(self, checkpoint: Checkpoint) -> None:
        """Let *checkpoint* stand in for the entries up to its head (AU5)."""
