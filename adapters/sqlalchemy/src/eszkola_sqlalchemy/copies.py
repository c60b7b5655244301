"""
Copies of a SQLite file, by SQLite's online backup: each is of one moment, whoever reads and writes meanwhile.

A new copy is written beside where it belongs and takes its name when it is whole, down to the disk.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote

from eszkola_core.errors import EszkolaError, InvalidValue, Unavailable

_PAUSE: Final = 0.1
"""How many seconds a restoring waits for a writer before it tries again."""


def copy(source: Path, target: Path) -> None:
    """
    Write what *source* holds to *target*, readable by its owner only.

    Raises:
        InvalidValue: something is there already, or *source* is no database.
        Unavailable: one of the two cannot be reached, or there is no room.
    """
    if target.exists():
        raise InvalidValue(f"{target} is there already; nothing is overwritten", code="already-there")
    with draft_of(source, beside=target) as draft:
        put(draft, target)


@contextmanager
def draft_of(source: Path, *, beside: Path) -> Iterator[Path]:
    """Give a copy of *source* in the folder of *beside*, and take it away in the end if it is still there."""
    draft = beside.with_name(f".{beside.name}.{secrets.token_hex(8)}")
    try:
        try:
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(_connected(source, "ro")) as there, closing(_connected(draft, "rw")) as here:
                there.backup(here)
                here.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        except (OSError, sqlite3.Error) as error:
            raise _unreachable(source, draft.parent, error) from None
        yield draft
    finally:
        discard(draft)


def discard(path: Path) -> None:
    """
    Take a database and the logs beside it away, as far as that can be done.

    It tidies up after a work that ended, mostly badly: what cannot be taken away hides no reason that it ended with.
    """
    for suffix in ("", "-journal", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def put(draft: Path, target: Path) -> None:
    """Give *draft* the name *target*, which nothing may have."""
    try:
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.link(draft, target)  # unlike a renaming, a link does not replace what is there
        draft.unlink()
    except FileExistsError:
        raise InvalidValue(f"{target} is there already; nothing is overwritten", code="already-there") from None
    except OSError as error:
        raise _unreachable(draft, target.parent, error) from None


def overwrite(target: Path, source: Path, *, busy_timeout: float) -> None:
    """
    Put what *source* holds into *target* in one transaction, which whoever has it open sees as such.

    Raises:
        Unavailable: somebody else writes for too long, or there is no room; nothing has changed.
    """
    pauses = count(1)

    def wait(status: int, _remaining: int, _total: int) -> None:
        """Give up when somebody else has written for too long: by itself a backup tries for ever."""
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and next(pauses) * _PAUSE > busy_timeout:
            raise Unavailable("the database is locked by another program; try again", code="database-locked")

    try:
        with closing(_connected(source, "ro")) as there, closing(_connected(target, "rw")) as here:
            there.backup(here, progress=wait, sleep=_PAUSE)
            here.execute("PRAGMA journal_mode = WAL")
    except (OSError, sqlite3.Error) as error:
        raise _unreachable(source, target.parent, error) from None


def free_name(path: Path) -> Path:
    """Return a name beside *path* for what was there before, which nothing has yet."""
    names = (path.with_name(f"{path.name}.before-restore{f'-{number}' if number else ''}") for number in count())
    return next(each for each in names if not each.exists())


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def _unreachable(source: Path, folder: Path, error: OSError | sqlite3.Error) -> EszkolaError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return InvalidValue(f"{source} is no database, or is damaged", code="no-backup")
    why = error.strerror if isinstance(error, OSError) else name or type(error).__name__
    return Unavailable(f"{source} cannot be copied into {folder}: {why}", code="copy-failed")
