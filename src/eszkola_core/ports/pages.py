"""The little that a store must be able to do so that a whole storage can be made of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol


class Pages(Protocol):
    """
    Keeps the pages of one tenant: numbered upwards from 1, written once, never changed.

    `PagedStorage` of the distribution ``eszkola-stores`` makes a `Storage` of it, sealed and with all of its parts. A
    page may be as large as all that is kept, and is nothing but bytes to whoever keeps it.

    PG1. A page that was added comes back byte for byte under its number, for everybody and from then on, whatever
         process or machine falls over.
    PG2. `add` keeps a page whole or not at all, and only with a number above that of the newest page; it says whether
         it did. Of any number who add one number at once, one is told so.
    PG3. `after` yields the pages above a number, in the order of their numbers: all that were there when it was asked,
         but for those that are dropped meanwhile.
    PG4. `drop` takes away the pages below a number, and nothing else: the newest one always stays. Of what it took no
         byte is left where the pages lie, whoever looks.
    PG5. Nobody is in a turn while somebody else is in one, in whatever thread or process. A turn ends with its block,
         however that is left, and with its process.
    PG6. Where the world cannot be reached, or a turn does not come, `Unavailable` is raised within a bounded time.
    PG7. Another tenant's pages are others, whatever its name.
    PG8. After `close` nothing is held open; whoever asks for something then opens it anew.

    The turn keeps writers from working in vain; what is kept is safe by PG2 alone. So a turn that ends too early, as
    that of a lease may, costs one writer the work of one unit, and nobody anything else.
    """

    def turn(self) -> AbstractContextManager[None]:
        """Wait for the turn of the only writer, and hold it (PG5, PG6)."""

    def after(self, number: int) -> Iterable[tuple[int, bytes]]:
        """Yield the pages above *number*, each with its own (PG1, PG3)."""

    def add(self, number: int, page: bytes) -> bool:
        """Keep a new page, and return True, or False where its number is not above the newest (PG2)."""

    def drop(self, below: int) -> None:
        """Take away the pages below a number, but for the newest (PG4)."""

    def close(self) -> None:
        """Let go of whatever is held open (PG8)."""
