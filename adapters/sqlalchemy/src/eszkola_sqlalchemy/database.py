"""A database: what SQLite and PostgreSQL do each in their own manner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Final, Protocol

from sqlalchemy import Connection, Dialect, Engine, Table, insert

LOOKS_ONLY: Final = "eszkola_looks_only"
"""The execution option of a connection that writes nothing."""

TENANT: Final = "eszkola_tenant"
"""The execution option with the number of the tenant whose turn a transaction waits for before it writes."""


@cache
def inserting(table: Table, dialect: Dialect) -> str:
    """Return the statement that inserts rows with the values of all columns of *table* in order."""
    return str(insert(table).compile(dialect=dialect))


class Database(Protocol):
    """
    One kind of database.

    A transaction of ``engine`` that writes has its tenant to itself from its beginning on (ST3); one that only looks
    sees one moment, and keeps nobody waiting (ST4). Nothing is kept of one that the database gave up.
    """

    engine: Engine
    is_spoilt_by_failures: bool
    """Whether a statement that fails takes with it what the transaction did before."""

    def connection(self, *, looks_only: bool, tenant: int) -> Connection:
        """Return a connection for one transaction of a tenant, which has not begun."""

    def take_back(self, connection: Connection) -> None:
        """Have a connection back whose transaction is over, and was kept."""

    def close(self) -> None:
        """Let go of all connections."""

    def insert(self, connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert *rows*, each with the values of all columns in order: the way in that costs least."""

    def numbers(self, connection: Connection, table: Table, many: int) -> Sequence[int]:
        """Return *many* ascending numbers for rows of *table* that no row has, whichever tenant's it is."""

    def damage(self, connection: Connection) -> Sequence[str]:
        """Return what is broken, a sentence each."""

    def turn(self) -> Callable[[], None]:
        """
        Wait until a writer of this process may begin, in the order in which they came; return what lets the next one.

        Raises:
            Unavailable: another one works for too long.
        """

    def changing(self) -> AbstractContextManager[Connection]:
        """Open a transaction in which the schema changes, whole or not at all, with nobody beside it."""

    def advise(self, connection: Connection) -> None:
        """Let the database know how many rows it is to count on, where it does not look for itself."""

    def sweep(self) -> None:
        """
        Leave no byte of what was taken away in the tables' files.

        Raises:
            Unavailable: somebody else has them in use for too long.
        """
