"""
Where everything is kept: pages, as values of an LMDB environment.

`PagedStorage` makes all of a storage of these few methods; `eszkola_core.ports.pages` says what each has to promise.
LMDB keeps what was committed, and shows each reader a whole state. Two things it does not do:

- It does not overwrite what was deleted. So `drop` writes what stays into an environment of its own, the next
  generation, and removes the one before.
- It waits for its writer without end. So writers queue for a lock of the file system first, with patience.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from errno import EDQUOT, EFBIG, ENOSPC
from functools import partial
from hashlib import blake2b
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, TypeVar

import lmdb

from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.options import check_keys, number, text
from eszkola_lmdb.environments import Bytes, Damaged, opened, sync, write_new
from eszkola_stores.administration import PagedAdministration

if TYPE_CHECKING:
    from eszkola_core.ports.pages import Pages

_OPTIONS: Final = frozenset({"folder", "keyring", "patience", "size_mib"})
_OFTEN: Final = 0.005
_SIZE_MIB: Final = 1024
_DRAFT: Final = "draft-"
_DAMAGE: Final = (Damaged, lmdb.CorruptedError, lmdb.InvalidError, lmdb.PageNotFoundError, lmdb.VersionMismatchError)

_Seen = TypeVar("_Seen")


class LmdbPages:
    """
    Keeps the `Pages` of one tenant in a folder of its own below *root*.

    ``patience`` is how many seconds somebody waits for a turn, ``size_mib`` how large a generation may become.
    """

    def __init__(self, root: Path | str, tenant: str, *, patience: float = 10.0, size_mib: int = _SIZE_MIB) -> None:
        self.root = Path(root)
        self.tenant = tenant
        self._patience = patience
        self._size_mib = size_mib
        # A tenant's name may hold anything; a file's may not.
        self._folder = self.root / blake2b(tenant.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def __repr__(self) -> str:
        return f"LmdbPages({str(self.root)!r}, {self.tenant!r}, size_mib={self._size_mib})"

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only writer (PG5, PG6)."""
        with self._locked("turn"):
            yield

    def after(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield the pages above *number* (PG1, PG3), each from a transaction of its own: nothing is held in between."""
        newest = self._seen(_newest, 0)
        if newest < number:
            text = "its pages are older than what was read from them: is another folder mounted there?"
            raise Unavailable(f"{self.root}: {text}", code="pages-gone")
        while number < newest:
            number, page = self._seen(partial(_next, number), (newest, b""))
            yield number, page

    def add(self, number: int, page: bytes) -> bool:
        """Keep a page, on the disk, unless its number is not above the newest (PG2)."""
        with self._locked("adding"), self._told():
            generation = self._generation()
            if not generation:
                if number != 1:
                    raise FileNotFoundError
                self._begin(1, [(_key(number), page)])
                return True
            with opened(self._path(generation), self._size_mib) as environment, environment.begin(write=True) as writer:
                return number > _newest(writer) and writer.put(_key(number), page, append=True)

    def drop(self, below: int) -> None:
        """Begin a generation without the pages below a number, but with the newest (PG4)."""
        with self._locked("adding"), self._told():
            generation = self._generation()
            if not generation:
                return
            with opened(self._path(generation), self._size_mib) as environment, environment.begin(buffers=True) as seen:
                first = _key(min(below, _newest(seen)))
                cursor = seen.cursor()
                if cursor.first() and bytes(cursor.key()) < first:
                    cursor.set_range(first)
                    generation += 1
                    self._begin(generation, cursor.iternext())
            self._clear(generation)

    def close(self) -> None:
        """Nothing is held open between two calls (PG8)."""

    def _path(self, generation: int) -> Path:
        return self._folder / str(generation)

    def _generation(self) -> int:
        """Return the number of the newest generation, 0 where nothing was kept yet."""
        try:
            return max((int(each.name) for each in self._folder.iterdir() if each.name.isdecimal()), default=0)
        except FileNotFoundError:
            return 0

    def _begin(self, generation: int, values: Iterable[tuple[Bytes, Bytes]]) -> None:
        """Make a generation of *values*, on the disk: there is all of it or nothing."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        draft = Path(mkdtemp(prefix=_DRAFT, dir=self._folder))
        try:
            write_new(draft, values, self._size_mib)
            draft.rename(self._path(generation))
        except BaseException:
            rmtree(draft)  # a full disk needs the room
            raise
        sync(self._folder)
        sync(self.root)

    def _clear(self, generation: int) -> None:
        """Remove the generations before one, and what dead processes left."""
        for each in list(self._folder.iterdir()):
            if each.name.isdecimal() and int(each.name) < generation:
                # Under another name first: whoever would open it finds nothing, instead of half of it.
                rmtree(each.rename(self._folder / f"{_DRAFT}{each.name}"))
            elif each.name.startswith(_DRAFT):
                rmtree(each)

    def _seen(self, look: Callable[[lmdb.Transaction], _Seen], nothing: _Seen) -> _Seen:
        """Return what *look* sees in the newest generation, or *nothing* where there is none."""
        with self._told():
            while generation := self._generation():
                try:
                    with opened(self._path(generation), self._size_mib) as environment, environment.begin() as seen:
                        return look(seen)
                except (OSError, lmdb.Error, Damaged):
                    if self._generation() == generation:
                        raise  # else it was removed meanwhile
            return nothing

    @contextmanager
    def _locked(self, what: str) -> Iterator[None]:
        """Hold a lock, which ends with its block or its process."""
        with self._told():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._folder.with_suffix(f".{what}"), os.O_RDWR | os.O_CREAT, 0o600)
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
                    text = "another process has been writing all the time: try again, or raise `patience`"
                    later = timedelta(seconds=self._patience)
                    raise Unavailable(f"{self.root}: {text}", code="no-turn", retry_after=later) from None
                sleep(_OFTEN)
            else:
                return

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what goes wrong, and what mends it."""
        try:
            yield
        except lmdb.MapFullError:
            raise self._wrong("map-full", f"its {self._size_mib} MiB are full: raise `size_mib`") from None
        except _DAMAGE:
            text = "its pages are damaged: look after the disk, and restore a backup with eszkola db restore"
            raise self._wrong("damaged", text) from None
        except lmdb.Error as error:
            # LMDB tells apart by numbers of the system, which stand in no attribute.
            if isinstance(error, lmdb.DiskError) or os.strerror(EFBIG) in str(error):
                raise self._wrong("disk-full", "the disk is full: make room there") from None
            raise self._wrong("folder-unreachable", f"it cannot be reached: {error}") from None
        except OSError as error:
            if error.errno in {EDQUOT, EFBIG, ENOSPC}:
                raise self._wrong("disk-full", "the disk is full: make room there") from None
            text = f"it cannot be reached: {error.strerror or 'its pages are gone'}; is it mounted, and yours?"
            raise self._wrong("folder-unreachable", text) from None

    def _wrong(self, code: str, text: str) -> Unavailable:
        return Unavailable(f"{self.root}: {text}", code=code)


def _key(number: int) -> bytes:
    """Return what sorts like *number*."""
    return number.to_bytes(8, "big")


def _newest(transaction: lmdb.Transaction) -> int:
    """Return the number of the newest page, of which there is one in each generation."""
    cursor = transaction.cursor()
    if not cursor.last():
        raise Damaged
    return int.from_bytes(cursor.key(), "big")


def _next(number: int, transaction: lmdb.Transaction) -> tuple[int, bytes]:
    """Return the page that comes next above *number*, and its own; there is one, as the newest stays."""
    cursor = transaction.cursor()
    if not cursor.set_range(_key(number + 1)):
        raise Damaged
    return int.from_bytes(cursor.key(), "big"), bytes(cursor.value())


def plugin(options: Mapping[str, object], *, base: Path, tenant: str) -> PagedAdministration:
    """
    Return what looks after the storage that the table ``[storage]`` of ``eszkola.toml`` describes.

    Nothing is opened yet. Needed: ``folder``, and ``keyring``, the file with the keys, which lies apart from it.
    Possible: ``patience`` in seconds, and ``size_mib``, how large it may become. Relative paths start at *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, _OPTIONS)
    patience, size = number(options, "patience", 10), number(options, "size_mib", _SIZE_MIB)
    if size != int(size):
        raise InvalidValue("size_mib: a whole number")
    pages = LmdbPages(base / text(options, "folder"), tenant, patience=patience, size_mib=int(size))
    return PagedAdministration(pages, base / text(options, "keyring"), tenant=tenant)


if TYPE_CHECKING:
    _kept: type[Pages] = LmdbPages
