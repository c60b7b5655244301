"""Where the bytes are: single files, folders and archives, none of them read twice by mistake."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, final

from attrs import evolve, field, frozen

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.archives import CHUNK, Limits, entries, is_archive, is_workbook, take

TABLES: Final = frozenset({".csv", ".tsv", ".xlsx", ".xlsm", ".xml"})
"""What is looked at inside a folder or an archive; a file named on its own may be called anything."""

_OFFICE: Final = frozenset({"mimetype", "[Content_Types].xml"})
"""Entries of texts and sheets of office programs, which are archives of documents that state nothing by themselves."""


@frozen
class Blob:
    """
    One file's bytes, fetched again whenever they are needed, so that a region's rosters need not lie in memory.

    Only a workbook is ever read at once.

    ``place`` is the folder or archive the file lies in: files of one place are read together. ``named`` is True when
    the caller named this very file, which then may not be passed over.
    """

    name: str
    stem: str
    place: str
    named: bool
    _fetch: Callable[[], Iterator[bytes]] = field(repr=False, eq=False)

    def pieces(self) -> Generator[bytes, None, None]:
        """Yield the bytes piece by piece."""
        try:
            yield from self._fetch()
        except OSError:
            raise UnreadableSource(
                f"{self.name} cannot be opened",
                code="file-unreadable",
                source=self.name,
                hint="check that the file is still there and that you may read it",
            ) from None

    def read(self) -> bytes:
        """Return the bytes."""
        return b"".join(self.pieces())

    def head(self) -> bytes:
        """Return the first of the bytes."""
        with closing(self.pieces()) as pieces:
            return next(pieces, b"")

    def same_pieces(self, digest: bytes) -> Iterator[bytes]:
        """
        Yield the bytes again, if they prove to be still those with *digest* (GB6).

        Raises:
            UnreadableSource: the file was changed between two looks at it; this is known only at its end.
        """
        seen = Digest()
        yield from seen.through(self.pieces())
        if seen.value != digest:
            raise UnreadableSource(
                f"{self.name} was changed while it was being read",
                code="file-changed",
                source=self.name,
                hint="wait until the export has finished, then start again",
            )


@final
class Digest:
    """What tells two states of a file apart, taken while its bytes go by."""

    def __init__(self) -> None:
        self._taken = hashlib.blake2b(digest_size=16)

    def through(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield *pieces* as they are."""
        for piece in pieces:
            self._taken.update(piece)
            yield piece

    @property
    def value(self) -> bytes:
        """The digest of all that went by."""
        return self._taken.digest()


def find(paths: Sequence[Path], limits: Limits) -> tuple[Blob, ...]:
    """
    Return every table file under *paths*, in an order that does not depend on theirs (GB4).

    Raises:
        UnreadableSource: a path is missing, a folder or an archive holds no table, or a file was named twice.
    """
    if not paths:
        raise UnreadableSource(
            "no file was named",
            code="path-missing",
            source="",
            hint="name a file, a folder or a ZIP archive",
        )
    files = [(file, path) for path in paths for file in _files(path)]
    seen: set[Path] = set()
    for file, path in files:
        real = file.resolve()
        if real in seen:
            raise UnreadableSource(
                f"{_name(file, path)} is named twice",
                code="same-file-twice",
                source=_name(file, path),
                hint="name each file once; a folder already names all the tables in it",
            )
        seen.add(real)
    found = [blob for file, path in files for blob in _blobs(file, path, limits)]
    names = Counter(blob.name for blob in found)
    clear = (blob if names[blob.name] == 1 else _with_folder(blob) for blob in found)
    return tuple(sorted(clear, key=lambda blob: (blob.place, blob.name)))


def others(paths: Sequence[Path], limits: Limits) -> tuple[str, ...]:
    """Return the names of the files that lie in folders and archives under *paths* and are no tables."""
    found = [
        _name(file, path)
        for path in paths
        if path.is_dir()
        for file in sorted(path.rglob("*"))
        if file.suffix.lower() not in TABLES | {".zip"} and file.is_file() and not _is_hidden(file, path)
    ]
    for path in paths:
        for file in _files(path):
            if is_archive(file) and not is_workbook(file, _name(file, path)):
                inside = entries(file, _name(file, path), limits)
                found += (
                    f"{_name(file, path)}/{each}" for each in inside if PurePosixPath(each).suffix.lower() not in TABLES
                )
    return tuple(found)


def _is_hidden(file: Path, path: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(path).parts)


def _with_folder(blob: Blob) -> Blob:
    """Return *blob* under a name that tells it from others of the same name."""
    return evolve(blob, name=f"{PurePosixPath(blob.place).name}/{blob.name}")


def _files(path: Path) -> Iterator[Path]:
    """Yield the files that *path* means."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise UnreadableSource(
            f"{path} {'is neither a file nor a folder' if os.path.lexists(path) else 'does not exist'}",
            code="path-missing",
            source=path.name or str(path),
            hint="check the spelling of the path",
        )
    wanted = TABLES | {".zip"}
    inside = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in wanted and file.is_file()]
    shown = [file for file in inside if not _is_hidden(file, path)]
    if not shown:
        raise UnreadableSource(
            f"the folder {_called(path)} holds no table",
            code="folder-without-tables",
            source=_called(path),
            hint="name a folder with .csv or .xlsx files, or with ZIP archives of them",
        )
    yield from shown


def _name(file: Path, path: Path) -> str:
    return file.name if file == path else f"{_called(path)}/{file.relative_to(path).as_posix()}"


def _called(folder: Path) -> str:
    """Return the name of a folder, also of one that was named by dots."""
    return folder.name if folder.name not in {"", ".."} else folder.resolve().name or str(folder)


def _blobs(file: Path, path: Path, limits: Limits) -> Iterator[Blob]:
    """Yield *file*, or what lies in it if it is an archive."""
    name = _name(file, path)
    plain = Blob(name, file.stem, file.resolve().parent.as_posix(), file == path, partial(_from, file))
    try:
        packed = is_archive(file)
    except OSError:
        packed = False
    if not packed or is_workbook(file, name):
        yield plain
        return
    packed_in = entries(file, name, limits)
    inside = [entry for entry in packed_in if PurePosixPath(entry).suffix.lower() in TABLES]
    if not _OFFICE.isdisjoint(packed_in):
        inside = []
    if not inside:
        raise UnreadableSource(
            f"the archive {name} holds no table",
            code="archive-without-tables",
            source=name,
            hint="pack .csv or .xlsx files, at the root or in one folder",
        )
    for entry in inside:
        inner = PurePosixPath(entry)
        place = PurePosixPath(file.resolve().as_posix()) / inner.parent
        yield Blob(
            f"{name}/{entry}", inner.stem, place.as_posix(), named=False, fetch=partial(take, file, name, entry, limits)
        )


def _from(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(CHUNK):
            yield piece
