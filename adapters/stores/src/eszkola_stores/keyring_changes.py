"""Changing a keyring: one at a time, and so that the file is whole at every instant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from eszkola_core.domain.keys import KeyKind
from eszkola_core.errors import InvalidValue
from eszkola_stores.files import drafted, drafts
from eszkola_stores.keyring import Keyring, unreachable


class HeldKeyring:
    """A keyring that nobody else changes meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.keyring = Keyring.load(path)

    def add(self, kind: KeyKind, made: datetime) -> int:
        """Write the keyring anew with one more key of a kind, and return its number."""
        self._replace(self.keyring.with_new(kind, made))
        return max(self.keyring.of(kind))

    def remove(self, kind: KeyKind, number: int) -> None:
        """Write the keyring anew without a key."""
        self._replace(self.keyring.without(kind, number))

    def _replace(self, keyring: Keyring) -> None:
        """Put *keyring* in the stead of the file, whole or not at all, and leave it to the same owner."""
        try:
            draft = drafted(self._path, keyring.text())
            try:
                _give_to_owner_of(self._path, draft)
                draft.replace(self._path)
            except OSError:
                draft.unlink()
                raise
            _settle(self._path.parent)
        except OSError as error:
            raise unreachable(self._path, error) from None
        self.keyring = keyring


@contextmanager
def held(path: Path) -> Iterator[HeldKeyring]:
    """
    Hold the keyring at *path*: whoever else wants to change it waits.

    Raises:
        InvalidValue: it holds no keys, or files cannot be held on this system.
        Unavailable: it cannot be reached.
    """
    path = path.resolve()  # where the name is a link, the file that it leads to is written anew
    with _locked(path):
        _tidy(path)
        yield HeldKeyring(path)


def _locked(path: Path) -> IO[bytes]:
    """Return the file at *path*, open and held until it is closed or its process ends."""
    try:
        import fcntl  # noqa: PLC0415 - POSIX systems only have it
    except ImportError:
        raise InvalidValue("keys are changed on POSIX systems only", code="no-file-locks") from None
    while True:
        try:
            file = path.open("rb")
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    return file
            except BaseException:
                file.close()
                raise
        except OSError as error:
            raise unreachable(path, error) from None
        file.close()  # somebody replaced it while we waited: hold the one that is there now


def _tidy(path: Path) -> None:
    """Take drafts away that somebody was killed over: there are keys in them."""
    try:
        for draft in drafts(path):
            draft.unlink()
    except OSError as error:
        raise unreachable(path, error) from None


def _give_to_owner_of(path: Path, draft: Path) -> None:
    """Let the new file have the old one's owner: who rotates as root leaves it readable to whoever serves."""
    was, now = path.stat(), draft.stat()
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        os.chown(draft, was.st_uid, was.st_gid)


def _settle(folder: Path) -> None:
    """Bring the folder down to the disk, where the system can; the file itself is there already."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
