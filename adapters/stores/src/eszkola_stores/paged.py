"""
A whole storage over numbered pages: whoever can keep pages has all parts of a `Storage`, sealed and tried.

Each process has everything of the tenant in its memory, and reads on what others wrote when it opens a unit. A unit
works on a draft; when it ends in order, what it changed is sealed and added as the next page, whole or not at all: that
is the one step that counts. From time to time a page is an image of everything, and those before it are dropped.

So a unit costs what it changes, and opening a storage costs what is kept. It is made for a school or a small town; how
many people that is, and what it takes, ``docs/how-to/write-an-adapter.md`` says with figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.errors import BrokenPromise, Conflict
from eszkola_core.memory import MemoryUnit, State
from eszkola_core.ports.pages import Pages
from eszkola_stores.changes import Changes, Rewriting
from eszkola_stores.keyring import Keyring
from eszkola_stores.sealed_pages import SealedPage
from eszkola_stores.vault import Vault

if TYPE_CHECKING:
    from eszkola_core.ports.storage import Storage, Unit

LEAST_IMAGE: Final = 4 * 2**20
"""How many bytes of changes there are at least between two images; between larger ones there are as many as in one."""

LOOKS: Final = 3
"""How often pages are asked for that seem to be missing: while they are dropped, an image has them already."""


@frozen
class Known:
    """What a process knows of a tenant: everything up to a page, and how much lies on top of the last image."""

    number: int
    state: State = field(repr=False)
    vault: Vault
    image_bytes: int = 0
    changes_bytes: int = 0

    def with_(self, page: SealedPage, state: State) -> Known:
        """Return what is known after one more page, which made *state*."""
        if page.is_image:
            return evolve(self, number=page.number, state=state, image_bytes=len(page), changes_bytes=0)
        return evolve(self, number=page.number, state=state, changes_bytes=self.changes_bytes + len(page))

    @property
    def wants_image(self) -> bool:
        """Whether so much has changed that an image is worth its while."""
        return self.changes_bytes > max(LEAST_IMAGE, self.image_bytes)


class PagedStorage:
    """
    A `Storage` over *pages*; any number of threads and processes may use the same pages.

    A tenant that has no page yet gets its first one, with a proof of the keyring.

    Raises:
        Unavailable: the pages cannot be reached, or are of a newer version.
        InvalidValue: the keyring is not the one that they were sealed with.
    """

    def __init__(self, pages: Pages, keyring: Keyring, *, tenant: str) -> None:
        self.pages = pages
        self._keyring = keyring
        self._tenant = tenant
        self._reading = Lock()
        self._known = self._begun()

    def __repr__(self) -> str:
        return f"PagedStorage({self.pages!r}, tenant={self._tenant!r})"

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit that writes (ST1, ST2, ST3)."""
        with self.pages.turn():
            known = self._caught_up()
            draft = known.state.draft()
            yield MemoryUnit(draft)
            changes = Changes.of(draft, known.state)
            if changes:
                self._write(known, changes)

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """Open a unit that only looks (ST4)."""
        yield MemoryUnit(self._caught_up().state.draft())

    def fingerprint(self, data: bytes, *, context: str) -> bytes:
        """Return what stands for *data* in *context*, and what nobody without the key can make (ST5)."""
        return self._known.vault.fingerprint(data, context)

    @property
    def fingerprints(self) -> Sequence[Fingerprint]:
        """The keyed digests that are recognised, beginning with the one that is in use (ST9)."""
        return self._known.vault.fingerprints

    def pseudonym(self, text: str) -> str:
        """Return what stands for *text*, which may name a person, for ever (ST5, ST10)."""
        return self._known.vault.pseudonym(text)

    def seal(self, data: bytes, *, context: str) -> bytes:
        """Return *data* encrypted for *context* (ST5)."""
        return self._known.vault.seal(data, f"sealed|{context}")

    def opened(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed for *context* (ST6)."""
        return self._known.vault.opened(sealed, f"sealed|{context}")

    def rewrite(self) -> None:
        """Write everything that is kept as one image, and drop all pages before it."""
        with self.pages.turn():
            self._write_image(self._caught_up())

    def _write(self, known: Known, changes: Changes) -> None:
        page = SealedPage.changes(known.number + 1, changes, known.vault)
        self._add(page)
        rewriting = Rewriting(known.state)
        rewriting.take(changes)
        known = self._keep(known.with_(page, rewriting.state()))
        if known.wants_image:
            self._write_image(known)

    def _write_image(self, known: Known) -> None:
        page = SealedPage.image(known.number + 1, Changes.image(known.state), known.vault)
        self._add(page)
        self._keep(known.with_(page, known.state))
        self.pages.drop(page.number)

    def _add(self, page: SealedPage) -> None:
        if not self.pages.add(page.number, page.to_bytes()):
            raise Conflict("somebody else wrote in the meantime: look again", code="storage-moved")

    def _keep(self, known: Known) -> Known:
        with self._reading:
            if known.number > self._known.number:
                self._known = known
        return known

    def _caught_up(self) -> Known:
        """Return what is known once everything that others wrote has been read."""
        with self._reading:
            looks = LOOKS
            while True:
                known, is_gap = self._read_on(self._known)
                if known is self._known and not is_gap:
                    return known
                looks = LOOKS if known is not self._known else looks - 1
                if not looks:
                    raise BrokenPromise(f"page {known.number + 1} is missing before a later one", code="page-missing")
                self._known = known

    def _read_on(self, known: Known) -> tuple[Known, bool]:
        """Return what is known after the pages that are there now, and whether one was missing among them."""
        rewriting: Rewriting | None = None
        is_gap = False
        for number, data in self.pages.after(known.number):
            page = SealedPage.read(number, data)
            if page.is_image:
                rewriting = Rewriting(State())
                known = evolve(known, vault=Vault.proved(self._keyring, self._tenant, page.proof))
            elif number != known.number + 1:
                is_gap = True
                break
            elif rewriting is None:
                rewriting = Rewriting(known.state)
            rewriting.take(page.opened(known.vault))
            known = known.with_(page, known.state)
        return (known if rewriting is None else evolve(known, state=rewriting.state())), is_gap

    def _first(self) -> Known | None:
        """Return how reading begins: before the first image that is there, with its keys; or None where none is."""
        for number, data in self.pages.after(0):
            page = SealedPage.read(number, data)
            if page.is_image:
                return Known(number - 1, State(), Vault.proved(self._keyring, self._tenant, page.proof))
        return None

    def _begun(self) -> Known:
        """Return how reading begins; where nothing is there yet, the first page is written."""
        for _ in range(LOOKS):
            known = self._first()
            if known is not None:
                return known
            vault = Vault(self._keyring, self._tenant)
            page = SealedPage.image(1, Changes.image(State()), vault)
            if self.pages.add(page.number, page.to_bytes()):
                return Known(0, State(), vault)
        raise BrokenPromise("no page can be added, and none is an image to begin with", code="page-missing")


if TYPE_CHECKING:
    _kept: type[Storage] = PagedStorage
