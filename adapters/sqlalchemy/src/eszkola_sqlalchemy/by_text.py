"""
Statements by their text, which stands for good.

SQLAlchemy makes a result of many parts for each, and takes several times as long for that as the database does to find
a few rows. Here the driver's own cursor does the work. Errors come as SQLAlchemy's nevertheless, and whoever listens to
an engine's statements hears of these too.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_NAME: Final = itemgetter(0)
"""What a description of a column begins with."""


@frozen
class Done:
    """What a statement gave: rows with the names of their columns, and how many it met."""

    rows: Sequence[Any]
    count: int

    def first(self) -> Any:  # noqa: ANN401 - a row of any columns
        """Return the first row, or None."""
        return self.rows[0] if self.rows else None


def done(connection: Connection, statement: str, values: Sequence[object]) -> Done:
    """
    Do *statement* in the transaction of *connection*.

    Raises:
        DBAPIError: the database refuses it, or is not there any more.
    """
    cursor: Any = _cursor(connection)
    try:
        _tell(connection, cursor, statement, values, many=False)
        cursor.execute(statement, values)
        described = cursor.description
        rows: list[Any] = []
        if described is not None:
            rows = [*map(_row_of(tuple(map(_NAME, described))), cursor.fetchall())]
        return Done(rows, cursor.rowcount)
    except _errors(connection) as error:
        raise _as_told(connection, statement, error) from None
    finally:
        cursor.close()


def repeated(connection: Connection, statement: str, rows: Sequence[Sequence[object]]) -> int:
    """
    Do *statement* once for each of *rows*, and return how many rows of the database it met in all.

    Raises:
        DBAPIError: as for `done`.
    """
    cursor: Any = _cursor(connection)
    try:
        _tell(connection, cursor, statement, rows, many=True)
        cursor.executemany(statement, rows)
        return int(cursor.rowcount)
    except _errors(connection) as error:
        raise _as_told(connection, statement, error) from None
    finally:
        cursor.close()


def _cursor(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own
    return connection.connection.cursor()


def _errors(connection: Connection) -> type[Exception]:
    """Return the class of all errors of the driver."""
    kind: type[Exception] = connection.dialect.loaded_dbapi.Error
    return kind


def _as_told(connection: Connection, statement: str, error: Any) -> DBAPIError:  # noqa: ANN401 - the driver's own
    """Return *error* as SQLAlchemy would raise it; a connection that broke is used no more."""
    broken = connection.dialect.is_disconnect(error, connection.connection.driver_connection, None)
    if broken:
        connection.invalidate(error)
    told: DBAPIError = DBAPIError.instance(statement, None, error, _errors(connection), hide_parameters=True)
    return told


def _tell(connection: Connection, cursor: object, statement: str, values: object, *, many: bool) -> None:
    """Let those hear who listen to the statements of the engine."""
    for heard in connection.engine.dispatch.before_cursor_execute:
        heard(connection, cursor, statement, values, None, many)


@cache
def _row_of(names: tuple[str, ...]) -> Callable[[Sequence[object]], Any]:
    """Return what makes a row with these columns of the values of one."""
    kind: Any = namedtuple("Row", list(names))  # type: ignore[misc] # noqa: PYI024 - known only now
    make: Callable[[Sequence[object]], Any] = kind._make
    return make
