"""ZIP archives, opened with suspicion: none may fill the disk, leave its folder, or hide another inside (SYNC-7)."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from attrs import frozen

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.repacking import area, repacked

_MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED: Final = frozenset({".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".zst"})
_ENCRYPTED: Final = 0x1
CHUNK: Final = 1 << 20
_WORKBOOK: Final = "xl/workbook.xml"
_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""All that the library raises for archives that are damaged, encrypted, or packed in a way it does not know."""


@frozen
class Limits:
    """How much an archive may unfold to; far above any roster, far below a full disk."""

    total: int = 512 << 20
    entries: int = 10_000
    ratio: int = 200
    ratio_from: int = 1 << 20
    """Small entries may shrink as well as they like: a header repeated is no bomb."""
    cells: int = 5_000_000
    """How many cells the sheets of a workbook may take together, from the first to the last that is filled."""
    depth: int = 32
    """How many elements of a document may stand in one another; a document is held to the total as well."""
    text: int = 1 << 17
    """How many characters one element may hold: as many as a cell of a delimited text."""
    names: int = 1000
    """How many different elements a document may have."""


def is_archive(file: Path) -> bool:
    """Return whether *file* begins as a ZIP archive does, whatever it is called."""
    with file.open("rb") as opened:
        return opened.read(4) in _MAGIC


def is_zipped(data: bytes) -> bool:
    """Return whether *data* begins as a ZIP archive does."""
    return data.startswith(_MAGIC)


def is_workbook(file: Path, name: str) -> bool:
    """Return whether the archive *file* is a workbook, which is packed in the same way."""
    with _opened(file, name) as archive:
        return _WORKBOOK in archive.namelist()


def entries(file: Path, name: str, limits: Limits) -> tuple[str, ...]:
    """
    Return the names of the files in the archive.

    Raises:
        UnreadableSource: the archive is damaged, encrypted, too large, or holds an entry that no export has.
    """
    with _opened(file, name) as archive:
        return _checked(archive, name, limits)


def take(file: Path, name: str, entry: str, limits: Limits) -> Iterator[bytes]:
    """Yield the bytes of *entry* piece by piece, stopping where it proves larger than an archive may be."""
    with _opened(file, name) as archive:
        yield from _unpacked(archive, entry, name, limits.total)


def guarded_workbook(data: bytes, name: str, limits: Limits) -> bytes:
    """
    Return a workbook packed anew: unfolded once under guard, because the library that reads it has none.

    Raises:
        UnreadableSource: it is no workbook, or larger inside than *limits* allow.
    """
    with _opened(io.BytesIO(data), name) as archive:
        inside = _checked(archive, name, limits)
        if _WORKBOOK not in inside:
            raise UnreadableSource(
                f"{name} is packed but no workbook",
                code="binary-file",
                source=name,
                hint="save it as .xlsx or .csv",
            )
        left, cells = limits.total, limits.cells
        parts = []
        for entry in dict.fromkeys(inside):  # of a name that comes twice, the last counts everywhere
            part = b"".join(_unpacked(archive, entry, name, left))
            left -= len(part)
            cells -= area(part)
            if cells < 0:
                raise _refusal(name, "archive-bomb", "has a sheet that is far too large", "save the sheet as CSV")
            parts.append((entry, part))
        return repacked(parts)


@contextmanager
def _opened(file: Path | IO[bytes], name: str) -> Iterator[zipfile.ZipFile]:
    """Open the archive, and turn all that can be wrong with one into one error."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except _FAULTS as fault:
        if isinstance(fault, UnreadableSource):
            raise
        raise _refusal(name, "archive-damaged", "is damaged", "fetch or pack the archive again") from None


def _checked(archive: zipfile.ZipFile, name: str, limits: Limits) -> tuple[str, ...]:
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise _refusal(name, "archive-bomb", "holds too many files", f"pack at most {limits.entries} files")
    if sum(info.file_size for info in infos) > limits.total:
        raise _refusal(name, "archive-bomb", "is too large inside", f"pack at most {limits.total >> 20} MiB")
    for info in infos:
        _check_entry(info, name, limits)
    hidden = ("__MACOSX/", ".")
    return tuple(info.filename for info in infos if not info.is_dir() and not info.filename.startswith(hidden))


def _check_entry(info: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    inner = PurePosixPath(info.filename.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in inner.parts[:1]:
        raise _refusal(name, "archive-path", "holds a name that leaves its folder", "pack the files anew")
    if info.flag_bits & _ENCRYPTED:
        raise _refusal(name, "archive-encrypted", "is encrypted", "unpack it, or pack it without a password")
    if inner.suffix.lower() in _PACKED:
        raise _refusal(name, "archive-nested", "holds another archive", "unpack the inner archive first")
    if info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1):
        raise _refusal(name, "archive-bomb", "unfolds far beyond its size", "pack the files anew")


def _unpacked(archive: zipfile.ZipFile, entry: str, name: str, most: int) -> Iterator[bytes]:
    """Yield the bytes of *entry*; what an archive says of its sizes is not believed."""
    left = most
    with archive.open(entry) as opened:
        while chunk := opened.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _refusal(name, "archive-bomb", "is too large inside", f"pack at most {most >> 20} MiB")
            yield chunk


def _refusal(name: str, code: str, what: str, hint: str) -> UnreadableSource:
    return UnreadableSource(f"the archive {name} {what}", code=code, source=name, hint=hint)
