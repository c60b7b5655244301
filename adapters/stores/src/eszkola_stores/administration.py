"""Looking after a storage over pages: its keyring, its first page, its copies."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eszkola_core.errors import EszkolaError, InvalidValue, Unavailable
from eszkola_core.memory import State
from eszkola_core.ports.pages import Pages
from eszkola_stores.changes import Changes, Rewriting
from eszkola_stores.files import write_new
from eszkola_stores.keyring import Keyring
from eszkola_stores.paged import LOOKS, PagedStorage
from eszkola_stores.sealed_pages import SealedPage
from eszkola_stores.vault import Vault

if TYPE_CHECKING:
    from eszkola_core.ports.administration import StorageAdministration

_MAGIC: Final = b"eszkola pages 1\n"
_PAGE: Final = struct.Struct(">QQ")


class PagedAdministration:
    """
    Looks after *pages* and their ``keyring`` (`StorageAdministration`).

    It is what an entry point of ``eszkola.storage`` returns. A backup is a file of sealed pages. Keys are not changed:
    there is no `KeyKeeper` here.
    """

    def __init__(self, pages: Pages, keyring: Path, *, tenant: str) -> None:
        self.pages = pages
        self.keyring = keyring
        self._tenant = tenant

    def __repr__(self) -> str:
        return f"PagedAdministration({self.pages!r}, {str(self.keyring)!r}, tenant={self._tenant!r})"

    def create(self) -> None:
        """Make the keyring and the first page (SA1, SA2)."""
        if self._is_there():
            raise InvalidValue(f"{self.pages!r} holds a storage already; nothing is overwritten", code="already-there")
        with _reaching(self.keyring.parent):
            self.keyring.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keyring = Keyring.create(self.keyring)
        try:
            PagedStorage(self.pages, keyring, tenant=self._tenant)
        except EszkolaError:
            self.keyring.unlink()  # nothing was sealed with it
            raise

    def open(self) -> PagedStorage:
        """Return the storage (SA3, SA4)."""
        if not self._is_there():
            raise Unavailable(f"{self.pages!r} holds no storage: {self._remedy()}", code="database-missing")
        storage = PagedStorage(self.pages, Keyring.load(self.keyring), tenant=self._tenant)
        with storage.snapshot():
            return storage

    def upgrade(self) -> Sequence[str]:
        """Open the storage; there is one version so far, so there are no steps (SA5)."""
        self.open()
        return ()

    def check(self) -> Sequence[str]:
        """Return what is wrong: what keeps the storage from being opened (SA6)."""
        try:
            self.open()
        except EszkolaError as error:
            return [" ".join(str(error).split())]
        return []

    def sweep(self) -> None:
        """Write everything anew as one image, and drop the pages that held what is gone (SA8)."""
        self.open().rewrite()

    def back_up(self, path: Path) -> None:
        """Write the sealed pages to *path* (SA9)."""
        Keyring.load(self.keyring)  # a copy that nobody could open is no backup
        self._copy(path, self._pages_of_a_moment())

    def restore(self, path: Path) -> Path | None:
        """Put back what *path* holds, as one image; what was there lies beside the keyring then (SA10)."""
        keyring = Keyring.load(self.keyring)
        vault, changes = self._read_backup(path, keyring)
        with self.pages.turn():
            kept = list(self.pages.after(0))
            former = self._free_name() if kept else None
            if former is not None:
                self._copy(former, kept)
            number = max((number for number, _ in kept), default=0) + 1
            page = SealedPage.image(number, changes, vault)
            if not self.pages.add(number, page.to_bytes()):
                raise Unavailable("somebody else wrote in the meantime: try again", code="storage-moved")
            self.pages.drop(number)
        return former

    def close(self) -> None:
        """Let go of the pages (SA7)."""
        self.pages.close()

    def _remedy(self) -> str:
        if self.keyring.exists():
            return f"if {self.keyring} is its keyring, look whether its place is mounted and rightly configured"
        return "eszkola db create makes one"

    def _is_there(self) -> bool:
        return any(True for _ in self.pages.after(0))

    def _pages_of_a_moment(self) -> Sequence[tuple[int, bytes]]:
        """Return all that is needed to know everything: an image, and the pages that follow it."""
        for _ in range(LOOKS):
            kept = list(self.pages.after(0))
            images = [at for at, (number, page) in enumerate(kept) if SealedPage.read(number, page).is_image]
            if images:
                found = kept[images[-1] :]
                if [number for number, _ in found] == list(range(found[0][0], found[0][0] + len(found))):
                    return found
        raise Unavailable(f"{self.pages!r} holds no storage that could be copied", code="database-missing")

    def _copy(self, path: Path, pages: Sequence[tuple[int, bytes]]) -> None:
        content = _MAGIC + b"".join(_PAGE.pack(number, len(page)) + page for number, page in pages)
        try:
            write_new(path, content)
        except FileExistsError:
            raise InvalidValue(f"{path} is there already; nothing is overwritten", code="already-there") from None
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror}", code="backup-unwritable") from None

    def _read_backup(self, path: Path, keyring: Keyring) -> tuple[Vault, Changes]:
        """Return everything in a backup, with the keys that it was sealed with."""
        vault: Vault | None = None
        rewriting = Rewriting(State())
        for page in _pages_in(path):
            try:
                if page.is_image:
                    vault, rewriting = Vault.proved(keyring, self._tenant, page.proof), Rewriting(State())
                if vault is not None:
                    rewriting.take(page.opened(vault))
            except Unavailable as error:
                fault = InvalidValue(f"{path} cannot be put back: {error}", code=error.code)
                raise fault from None
        if vault is None:
            raise InvalidValue(f"{path} is no backup of a storage", code="no-backup")
        return vault, Changes.image(rewriting.state())

    def _free_name(self) -> Path:
        names = (self.keyring.with_name(f"before-restore-{number}.pages") for number in count(1))
        return next(each for each in names if not each.exists())


def _pages_in(path: Path) -> Iterator[SealedPage]:
    """Yield the pages in a backup."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidValue(f"{path} cannot be read: {error.strerror}", code="no-backup") from None
    try:
        if not content.startswith(_MAGIC):
            raise InvalidValue(f"{path} is no backup of a storage", code="no-backup")
        at = len(_MAGIC)
        while at < len(content):
            number, length = _PAGE.unpack_from(content, at)
            at += _PAGE.size
            yield SealedPage.read(number, content[at : at + length])
            at += length
    except (struct.error, Unavailable):
        raise InvalidValue(f"{path} is damaged, or of a newer version", code="no-backup") from None


@contextmanager
def _reaching(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{path} cannot be made: {error.strerror}", code="database-missing") from None


if TYPE_CHECKING:
    _kept: type[StorageAdministration] = PagedAdministration
