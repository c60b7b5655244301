"""SQLite: a file, with a log beside it."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Dialect, Engine, QueuePool, Table, create_engine, event, func, select
from sqlalchemy.exc import SQLAlchemyError

from eszkola_core.errors import Unavailable
from eszkola_sqlalchemy import planner
from eszkola_sqlalchemy.by_text import done, repeated
from eszkola_sqlalchemy.database import LOOKS_ONLY, inserting
from eszkola_sqlalchemy.turns import Turns

if TYPE_CHECKING:
    from eszkola_sqlalchemy.database import Database

_IDLE_CONNECTIONS: Final = 8
_CACHE: Final = 16 * 1024
"""KiB of pages that a connection keeps: with SQLite's own 2 MiB, each new row of a region reads its indexes anew."""

_LOG: Final = 8000
"""Pages of the log (32 MiB) before they move into the file: one that was written often then moves once."""


class Sqlite:
    """
    The SQLite file at *path*, which must be there: a mistyped path makes no new database.

    Args:
        path: the file.
        busy_timeout: how many seconds a writer waits for another one.
        mode: ``rw``, or ``ro`` where nothing is ever written.
    """

    is_spoilt_by_failures = False

    def __init__(self, path: Path, *, busy_timeout: float = 5.0, mode: str = "rw") -> None:
        def connect() -> sqlite3.Connection:
            return sqlite3.connect(
                f"file:{quote(str(path))}?mode={mode}",
                uri=True,
                timeout=busy_timeout,
                check_same_thread=False,  # the pool hands a connection to one thread at a time
                isolation_level=None,  # transactions begin where `_begin` says, not where the driver guesses
            )

        self.engine: Engine = create_engine(
            "sqlite://",
            creator=connect,
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=_IDLE_CONNECTIONS,
            max_overflow=-1,  # to wait for the database is enough: nobody waits for a connection as well
        )
        self._idle: Mapping[bool, deque[Connection]] = {True: deque(), False: deque()}
        self._turns = Turns(busy_timeout)
        event.listen(self.engine, "connect", _furnish if mode == "rw" else _furnish_little)
        event.listen(self.engine, "begin", _begin)

    def connection(self, *, looks_only: bool, tenant: int) -> Connection:  # noqa: ARG002 - a file has one turn for all
        """
        Return one that waits, or a new one.

        They wait as SQLAlchemy has them: to make that anew for each transaction takes longer than most of them do.
        """
        try:
            return self._idle[looks_only].pop()
        except IndexError:
            return self.engine.connect().execution_options(**{LOOKS_ONLY: looks_only})

    def take_back(self, connection: Connection) -> None:
        """Keep it for the next transaction, unless enough wait already."""
        idle = self._idle[connection.get_execution_options()[LOOKS_ONLY]]
        if len(idle) < _IDLE_CONNECTIONS:
            idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close those that wait."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()
        self.engine.dispose()

    def insert(self, connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert *rows* by one statement that the driver repeats."""
        repeated(connection, inserting(table, connection.dialect), rows)

    def numbers(self, connection: Connection, table: Table, many: int) -> Sequence[int]:
        """Return the numbers after the highest: nobody else writes meanwhile."""
        (highest,) = done(connection, _highest(table, connection.dialect), ()).first()
        highest = highest or 0
        return range(highest + 1, highest + 1 + many)

    def damage(self, connection: Connection) -> Sequence[str]:
        """Return damaged pages and broken references."""
        told = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return [
            *(f"damaged: {text}" for text in told if text != "ok"),
            *(
                f"broken reference: a row of {row[0]} to {row[2]}"
                for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
            ),
        ]

    def turn(self) -> Callable[[], None]:
        """Wait in the process's own queue: SQLite has none, and whoever asks it at the right moment is next."""
        self._turns.take()
        return self._turns.end

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """
        Open a transaction in which a table may be made anew.

        The old one is dropped then, and rows of others refer to it: with references watched, SQLite would delete those.
        """
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def advise(self, connection: Connection) -> None:
        """Write down what the planner counts on."""
        planner.advise(connection)

    def sweep(self) -> None:
        """Write the file anew, and empty the log."""
        fault = None
        try:
            raw = self.engine.raw_connection()
            try:
                cursor = raw.cursor()
                cursor.execute("PRAGMA query_only=OFF")
                raw.info.pop(LOOKS_ONLY, None)
                cursor.execute("VACUUM")
                (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                cursor.close()
            finally:
                raw.close()
        except (sqlite3.Error, SQLAlchemyError):
            busy = 1
        if busy:
            fault = Unavailable("the database is in use: sweep again when nobody reads it", code="database-busy")
        if fault is not None:
            raise fault


@cache
def _highest(table: Table, dialect: Dialect) -> str:
    return str(select(func.max(table.c.id)).compile(dialect=dialect))


def _furnish(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    # A write-ahead log lets readers see one moment while others write.
    _set(connection, "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "trusted_schema=OFF")
    _set(connection, f"cache_size=-{_CACHE}", f"wal_autocheckpoint={_LOG}")


def _furnish_little(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    _set(connection, "foreign_keys=ON", "trusted_schema=OFF")


def _set(connection: Any, *pragmas: str) -> None:  # noqa: ANN401 - the driver's own
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin; a writer takes the lock at once, because one that reads first could be refused when it writes."""
    looks_only = connection.get_execution_options().get(LOOKS_ONLY, False)
    if connection.info.get(LOOKS_ONLY) is not looks_only:
        done(connection, f"PRAGMA query_only={'ON' if looks_only else 'OFF'}", ())
        connection.info[LOOKS_ONLY] = looks_only
    done(connection, "BEGIN" if looks_only else "BEGIN IMMEDIATE", ())


if TYPE_CHECKING:
    _kept: type[Database] = Sqlite
