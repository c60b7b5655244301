"""The way to a SQLite file: how connections are made, and what kind of transaction each begins."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from eszkola_core.errors import Unavailable

LOOKS_ONLY: Final = "eszkola_looks_only"
"""The execution option of a connection that writes nothing."""

_IDLE_CONNECTIONS: Final = 8


def sqlite_engine(path: Path, *, busy_timeout: float = 5.0) -> Engine:
    """
    Return an engine for the SQLite file at *path*, which must be there: a mistyped path makes no new database.

    Args:
        path: the file.
        busy_timeout: how many seconds a writer waits for another one.
    """

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=busy_timeout,
            check_same_thread=False,  # the pool hands a connection to one thread at a time
            isolation_level=None,  # transactions begin where `_begin` says, not where the driver guesses
        )

    return prepared(
        create_engine(
            "sqlite://",
            creator=connect,
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=_IDLE_CONNECTIONS,
            max_overflow=-1,  # to wait for the database is enough: nobody waits for a connection as well
        ),
    )


def prepared(engine: Engine) -> Engine:
    """Return *engine* with what every SQLite connection of ours must do."""
    event.listen(engine, "connect", _furnish)
    event.listen(engine, "begin", _begin)
    return engine


def _furnish(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    cursor = connection.cursor()
    # A write-ahead log lets readers see one moment while others write.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "trusted_schema=OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin; a writer takes the lock at once, because one that reads first could be refused when it writes."""
    looks_only = connection.get_execution_options().get(LOOKS_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if looks_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if looks_only else "BEGIN IMMEDIATE")


def rewritten(engine: Engine) -> None:
    """
    Write the database anew, so that no byte of what was taken away is left in the file or in its log.

    Raises:
        Unavailable: somebody else has it in use for longer than a writer waits.
    """
    fault = None
    try:
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA query_only=OFF")
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
