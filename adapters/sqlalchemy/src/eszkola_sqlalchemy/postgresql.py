"""PostgreSQL: a server that many processes and machines share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen, validators
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from eszkola_core.errors import InvalidValue
from eszkola_sqlalchemy.by_text import repeated
from eszkola_sqlalchemy.database import LOOKS_ONLY, TENANT, inserting
from eszkola_sqlalchemy.faults import fault_of
from eszkola_sqlalchemy.tables import metadata

if TYPE_CHECKING:
    from eszkola_sqlalchemy.database import Database

OLDEST: Final = 14
"""The oldest version of the server that is tried."""

_LOCKS: Final = 0x657A6B6F
"""The first half of the names of our advisory locks; the second is the tenant's number."""

_COPIED_FROM: Final = 20
"""From how many rows on a copy costs less than statements."""

_positive: Final = validators.gt(0.0)


@frozen(kw_only=True)
class Patience:
    """
    How much PostgreSQL is asked for, and for how long.

    Args:
        connect_timeout: how many seconds a connection may take.
        lock_timeout: how many seconds a writer waits for its turn.
        statement_timeout: how many seconds one statement may take.
        pool_size: how many connections are held open.
        pool_overflow: how many more may be opened for a while.
        pool_timeout: how many seconds one waits for a connection where all are in use.
    """

    connect_timeout: float = field(default=5.0, validator=_positive)
    lock_timeout: float = field(default=10.0, validator=_positive)
    statement_timeout: float = field(default=300.0, validator=_positive)
    pool_size: int = field(default=5, validator=validators.ge(1))
    pool_overflow: int = field(default=10, validator=validators.ge(0))
    pool_timeout: float = field(default=10.0, validator=_positive)


class Postgresql:
    """
    The PostgreSQL database at *url*, by psycopg.

    Units that write take turns by an advisory lock for each tenant, which goes with the transaction: they need no
    retries, and the plainest statements are right. Tenants do not wait for each other, and nobody waits for those who
    only look.
    """

    is_spoilt_by_failures = True

    def __init__(self, url: URL, patience: Patience | None = None) -> None:
        patience = patience or Patience()
        options = {
            "lock_timeout": f"{int(patience.lock_timeout * 1000)}ms",
            "statement_timeout": f"{int(patience.statement_timeout * 1000)}ms",
            "TimeZone": "UTC",
            "client_min_messages": "warning",
        }
        given = url.query.get("options", ())
        written = [*([given] if isinstance(given, str) else given), *(f"-c {k}={v}" for k, v in options.items())]
        url = url.set(drivername="postgresql+psycopg").difference_update_query(["options"])
        try:
            self.engine: Engine = create_engine(
                url,
                connect_args={
                    "options": " ".join(written),
                    "connect_timeout": max(2, round(patience.connect_timeout)),  # libpq knows no shorter one
                    "application_name": "eszkola",
                },
                hide_parameters=True,
                isolation_level="READ COMMITTED",
                paramstyle="format",
                pool_pre_ping=True,  # a server that was started anew is noticed before it matters
                pool_size=patience.pool_size,
                max_overflow=patience.pool_overflow,
                pool_timeout=patience.pool_timeout,
            )
        except ModuleNotFoundError:
            raise InvalidValue(
                "PostgreSQL needs psycopg: python3 -m pip install 'eszkola-sqlalchemy[postgresql]'",
                code="driver-missing",
            ) from None
        event.listen(self.engine, "begin", _begin)

    def connection(self, *, looks_only: bool, tenant: int) -> Connection:
        """Return one of the pool's."""
        return self.engine.connect().execution_options(**{LOOKS_ONLY: looks_only, TENANT: tenant})

    def take_back(self, connection: Connection) -> None:
        """Give it back to the pool."""
        connection.close()

    def close(self) -> None:
        """Empty the pool."""
        self.engine.dispose()

    def insert(self, connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert few rows by statements, and many by COPY."""
        if len(rows) < _COPIED_FROM:
            repeated(connection, inserting(table, connection.dialect), rows)
            return
        import psycopg  # noqa: PLC0415 - only those who use PostgreSQL have it

        driver: Any = connection.connection.driver_connection
        prepare = connection.dialect.identifier_preparer
        name, columns = prepare.quote(table.name), ", ".join(map(prepare.format_column, table.columns))
        try:
            with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            # The copy goes past SQLAlchemy: its errors are brought to where all others come from.
            raise DBAPIError.instance("COPY", None, error, psycopg.Error, hide_parameters=True) from None

    def numbers(self, connection: Connection, table: Table, many: int) -> Sequence[int]:
        """Return the next numbers of the table's sequence, which all tenants share."""
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :many)")
        return sorted(connection.execute(drawn, {"name": table.name, "many": many}).scalars())

    def damage(self, connection: Connection) -> Sequence[str]:
        """Return indexes and constraints that do not hold, and a server too old or of another encoding."""
        indexes = text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1")
        constraints = text("SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1")
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
        encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
        return [
            *(f"damaged: the index {name} is not valid" for name in connection.execute(indexes).scalars()),
            *(f"damaged: the constraint {name} is not validated" for name in connection.execute(constraints).scalars()),
            *([f"the server is PostgreSQL {version}; it must be {OLDEST} or newer"] if version < OLDEST else ()),
            *([f"the database is encoded as {encoding}; it must be UTF8"] if encoding != "UTF8" else ()),
        ]

    def turn(self) -> Callable[[], None]:
        """Wait for nobody: the server has a queue for each tenant."""
        return lambda: None

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Open a transaction that changes the schema; two programs do so one after the other."""
        with self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # a large table takes its time
            yield connection

    def advise(self, connection: Connection) -> None:
        """Leave it to the server, which looks for itself."""

    def sweep(self) -> None:
        """Write the tables anew; what lies in the server's log of changes goes when that is recycled."""
        fault = None
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.detach()  # it is closed in the end: what is set here meets nobody else
                connection.exec_driver_sql("SET statement_timeout = 0")
                for table in metadata.sorted_tables:
                    connection.exec_driver_sql(f'VACUUM FULL "{table.name}"')
        except DBAPIError as error:
            fault = fault_of(error)
        if fault is not None:
            raise fault


def _begin(connection: Connection) -> None:
    """Begin; a writer waits for its turn at once, so that whatever it reads stays as it was read."""
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    if options.get(LOOKS_ONLY, False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCKS}, {int(options.get(TENANT, 0))})")


if TYPE_CHECKING:
    _kept: type[Database] = Postgresql
