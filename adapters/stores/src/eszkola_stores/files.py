"""Files that are there whole or not at all, readable by their owner only."""

from __future__ import annotations

import glob
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_RANDOM: Final = "[0-9a-f]" * 16


def write_new(path: Path, content: bytes) -> None:
    """
    Write *content* to *path*, where nothing may be yet.

    Raises:
        FileExistsError: something is there; it stays as it is.
        OSError: it cannot be written, and nothing was.
    """
    draft = drafted(path, content)
    try:
        os.link(draft, path)  # unlike a renaming, a link does not replace what is there
        _settle(path.parent)
    finally:
        draft.unlink()


def drafted(path: Path, content: bytes) -> Path:
    """Write *content* down to the disk beside *path*, readable by its owner only, and return where it lies."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink()
        raise
    return draft


def drafts(path: Path) -> Iterator[Path]:
    """Yield what `drafted` wrote for *path* and whoever called it did not live to use."""
    yield from path.parent.glob(f".{glob.escape(path.name)}.{_RANDOM}")


def drafts_in(folder: Path) -> Iterator[Path]:
    """Yield what `drafted` wrote for whatever in *folder*, and nobody used."""
    yield from folder.glob(f".*.{_RANDOM}")


def _settle(folder: Path) -> None:
    """Have the names in *folder* on the disk, where the system can be asked for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
