"""
Rows put aside under keys until they are needed, so that memory does not grow with what is read.

What does not fit into a small cache lies in a temporary file of SQLite's. It has no name in any folder and no leave for
anybody else from the moment that it is made, and is gone with the reading or the process, however that ends; where
such files lie, ``SQLITE_TMPDIR`` says, or ``TMPDIR``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import count
from typing import Final, final
from weakref import finalize

from eszkola_core.errors import UnreadableSource

Cells = tuple[str, ...]

_CACHE_KIB: Final = 8 << 10
_BETWEEN: Final = "\x1f"
"""A sign of no text: cells that hold it nevertheless, as those of a workbook may, are written in a longer way."""
_NOTHING: Final = ("",)
_TOGETHER: Final = 1000
_SETTINGS: Final = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE")


@final
class Shelves:
    """The shelves of one reading, which share one cache and one temporary file."""

    def __init__(self, cache_kib: int = _CACHE_KIB) -> None:
        self._cache_kib = cache_kib
        self._numbers = count()

    @cached_property
    def database(self) -> sqlite3.Connection:
        """Where the rows are: made by the first, as many readings put nothing aside."""
        # A database without a name is private to its connection, and on disk only as far as the cache overflows.
        database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        finalize(self, database.close)
        for setting in (*_SETTINGS, f"cache_size = -{self._cache_kib}"):
            database.execute(f"PRAGMA {setting}")
        database.execute(
            "CREATE TABLE kept (shelf INTEGER, key TEXT, at INTEGER, cells, PRIMARY KEY (shelf, key, at)) WITHOUT ROWID"
        )
        database.execute("BEGIN")
        return database

    def new(self) -> Shelf:
        """Return an empty shelf."""
        return Shelf(self, next(self._numbers))


@final
class Shelf:
    """Rows under their keys, in the order in which they were put there."""

    def __init__(self, shelves: Shelves, number: int) -> None:
        self._shelves = shelves
        self._number = number
        self._at = count()
        self._waiting: list[tuple[str, Cells]] = []

    def put(self, rows: Iterable[tuple[str, Cells]]) -> None:
        """
        Put *rows* aside.

        Raises:
            UnreadableSource: there is no room for them on the disk.
        """
        written = ((self._number, key, next(self._at), _packed(cells)) for key, cells in rows)
        try:
            self._shelves.database.executemany("INSERT INTO kept VALUES (?, ?, ?, ?)", written)
        except sqlite3.OperationalError:
            raise UnreadableSource(
                "there is no room on the disk to put rows aside while they are read",
                code="no-room",
                source="",
                hint="make room where temporary files lie, or name a folder with room in the variable TMPDIR",
            ) from None

    def add(self, key: str, *cells: str) -> None:
        """Put one row aside, together with the next ones."""
        self._waiting.append((key, cells or _NOTHING))
        if len(self._waiting) >= _TOGETHER:
            self._put_waiting()

    def _put_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.put(waiting)

    def of(self, key: str) -> Iterator[Cells]:
        """Yield the rows under a key."""
        found = self._select("SELECT cells FROM kept WHERE shelf = ? AND key = ? ORDER BY at", key)
        return (_unpacked(packed) for (packed,) in found)

    def each_key(self) -> Iterator[str]:
        """Yield every key once, in their order."""
        return (key for (key,) in self._select("SELECT DISTINCT key FROM kept WHERE shelf = ? ORDER BY key"))

    def __iter__(self) -> Iterator[tuple[str, Cells]]:
        found = self._select("SELECT key, cells FROM kept WHERE shelf = ? ORDER BY key, at")
        return ((key, _unpacked(packed)) for key, packed in found)

    def __contains__(self, key: str) -> bool:
        found = self._select("SELECT 1 FROM kept WHERE shelf = ? AND key = ? LIMIT 1", key)
        return found.fetchone() is not None

    def _select(self, statement: str, *about: str) -> sqlite3.Cursor:
        if self._waiting:
            self._put_waiting()
        return self._shelves.database.execute(statement, (self._number, *about))


def _packed(cells: Cells) -> str | bytes:
    packed = _BETWEEN.join(cells)
    return packed if packed.count(_BETWEEN) == len(cells) - 1 else json.dumps(cells).encode()


def _unpacked(packed: str | bytes) -> Cells:
    return tuple(packed.split(_BETWEEN) if isinstance(packed, str) else json.loads(packed))
