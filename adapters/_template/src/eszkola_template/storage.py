"""
Where everything is kept: pages, as files in a folder.

`PagedStorage` makes all of a storage of these few methods; `eszkola_core.ports.pages` says what each has to promise. In
a folder they rest on two things of a POSIX file system: a lock that ends with its process, and a link that replaces
nothing. It must be a local one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from eszkola_core.errors import Unavailable
from eszkola_core.options import check_keys, number, text
from eszkola_stores.administration import PagedAdministration
from eszkola_stores.files import drafts_in, write_new

if TYPE_CHECKING:
    from eszkola_core.ports.pages import Pages

_OPTIONS: Final = frozenset({"folder", "keyring", "patience"})
_OFTEN: Final = 0.005


class FolderPages:
    """
    Keeps the `Pages` of one tenant, a file each, in a folder of its own below *root*.

    ``patience`` is how many seconds somebody waits for a turn.
    """

    def __init__(self, root: Path | str, tenant: str, *, patience: float = 10.0) -> None:
        self.root = Path(root)
        self.tenant = tenant
        self._patience = patience
        # A tenant's name may hold anything; a file's may not.
        self._folder = self.root / blake2b(tenant.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def __repr__(self) -> str:
        return f"FolderPages({str(self.root)!r}, {self.tenant!r})"

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only writer (PG5, PG6)."""
        with self._locked("turn"):
            yield

    def after(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield the pages above *number* (PG1, PG3)."""
        for each in self._numbers(is_new=number == 0):
            if each > number:
                try:
                    page = self._path(each).read_bytes()
                except FileNotFoundError:
                    continue  # dropped meanwhile
                except OSError as error:
                    raise self._unreachable(error) from None
                yield each, page

    def add(self, number: int, page: bytes) -> bool:
        """Keep a page, on the disk, unless its number is not above the newest (PG2)."""
        with self._locked("adding"):
            if number <= max(self._numbers(is_new=number == 1), default=0):
                return False
            try:
                self._folder.mkdir(mode=0o700, exist_ok=True)
                write_new(self._path(number), page)
            except OSError as error:
                raise self._unreachable(error) from None
            return True

    def drop(self, below: int) -> None:
        """Take away the pages below a number but the newest, and what dead processes left half written (PG4)."""
        with self._locked("adding"):
            numbers = self._numbers(is_new=True)
            gone = [self._path(each) for each in numbers[:-1] if each < below]
            try:
                for path in (*gone, *drafts_in(self._folder)):
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise self._unreachable(error) from None

    def close(self) -> None:
        """Nothing is held open between two calls (PG8)."""

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.page"

    def _numbers(self, *, is_new: bool) -> list[int]:
        """Return the numbers of all pages; a folder that is gone is out of reach, unless it has yet to be made."""
        try:
            return sorted(int(each.stem) for each in self._folder.iterdir() if each.suffix == ".page")
        except FileNotFoundError as error:
            if is_new:
                return []
            raise self._unreachable(error) from None
        except OSError as error:
            raise self._unreachable(error) from None

    @contextmanager
    def _locked(self, what: str) -> Iterator[None]:
        """Hold a lock, which ends with its block or its process."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._folder.with_suffix(f".{what}"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unreachable(error) from None
        try:
            self._wait_for(handle)
            yield
        finally:
            os.close(handle)

    def _wait_for(self, handle: int) -> None:
        until = monotonic() + self._patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > until:
                    raise Unavailable(f"{self.root}: somebody else writes all the time", code="no-turn") from None
                sleep(_OFTEN)
            else:
                return

    def _unreachable(self, error: OSError) -> Unavailable:
        return Unavailable(f"{self.root} cannot be reached: {error.strerror}", code="folder-unreachable")


def plugin(options: Mapping[str, object], *, base: Path, tenant: str) -> PagedAdministration:
    """
    Return what looks after the storage that the table ``[storage]`` of ``eszkola.toml`` describes.

    Nothing is opened yet. Needed: ``folder``, and ``keyring``, the file with the keys, which lies apart from it.
    Possible: ``patience`` in seconds. Relative paths start at *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, _OPTIONS)
    pages = FolderPages(base / text(options, "folder"), tenant, patience=float(number(options, "patience", 10)))
    return PagedAdministration(pages, base / text(options, "keyring"), tenant=tenant)


if TYPE_CHECKING:
    _kept: type[Pages] = FolderPages
