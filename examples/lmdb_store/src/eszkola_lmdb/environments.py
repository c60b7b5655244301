"""
LMDB environments: each open once in a process, and only while somebody uses it.

LMDB forbids a process to open one file twice: when either is closed, the locks of both are gone. So all who need a file
at once share one environment, and the last of them closes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final, TypeAlias

import lmdb

MIB: Final = 1024 * 1024
Bytes: TypeAlias = bytes | memoryview


class Damaged(Exception):
    """What lies in a file is not what LMDB wrote there."""


class _Shared:
    """The environments that this process has open, each with the number of its users."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: a child of a fork may use none of its parent's, and its lock may be held for ever."""
        self._lock = Lock()
        self._used: dict[tuple[int, int], list[lmdb.Environment]] = {}

    @contextmanager
    def opened(self, folder: Path, size_mib: int) -> Iterator[lmdb.Environment]:
        """Share the environment in *folder*, where there must be one."""
        with self._lock:
            found = (folder / "data.mdb").stat()
            if not found.st_size:
                raise Damaged  # LMDB would make a new one of it
            users = self._used.setdefault((found.st_dev, found.st_ino), [])
            if not users:
                users.append(_open(folder, size_mib))
            environment = users[0]
            users.append(environment)
        try:
            yield environment
        finally:
            with self._lock:
                users.pop()
                if len(users) == 1:
                    users.pop().close()


def _open(folder: Path, size_mib: int) -> lmdb.Environment:
    environment = lmdb.open(str(folder), map_size=size_mib * MIB, mode=0o600)
    environment.reader_check()  # whoever was killed while reading still takes a place
    # A process that reads behind the end of a mapped file is killed, without a word: better to look before.
    if (environment.info()["last_pgno"] + 1) * environment.stat()["psize"] > (folder / "data.mdb").stat().st_size:
        environment.close()
        raise Damaged
    return environment


_SHARED: Final = _Shared()
opened: Final = _SHARED.opened
os.register_at_fork(after_in_child=_SHARED.forget)


def write_new(folder: Path, values: Iterable[tuple[Bytes, Bytes]], size_mib: int) -> None:
    """Make an environment in the empty *folder* that holds *values*, in the order of their keys, and is on the disk."""
    with (
        lmdb.open(str(folder), map_size=size_mib * MIB, mode=0o600) as environment,
        environment.begin(write=True) as transaction,
    ):
        for key, value in values:
            transaction.put(key, value, append=True)
    sync(folder)


def sync(folder: Path) -> None:
    """Have the names in *folder* on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
