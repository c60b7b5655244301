"""The limit: the rows that the import left behind are put into the same tables again, with no rule and no thought."""

from __future__ import annotations

import csv
import hashlib
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, select

from benchmarks.parts.telling import main
from benchmarks.sides.ours import administration
from eszkola_sqlalchemy.tables import metadata

_KEY = b"k" * 32


def kept(store: str, folder: str, rows: str) -> Callable[[], object]:
    """Keep all rows of a database in a file, table by table."""

    def job() -> object:
        database = administration(store, folder).database
        with database.engine.connect() as connection:
            found = [
                (table.name, [tuple(row) for row in connection.execute(select(table))])
                for table in metadata.sorted_tables
            ]
        Path(rows).write_bytes(pickle.dumps([each for each in found if each[1]]))
        return {name: len(each) for name, each in found if each}

    return job


def put(store: str, folder: str, rows: str, rosters: str) -> Callable[[], object]:
    """Read the rosters' files and put the kept rows into an empty database."""
    found: list[tuple[str, list[tuple[Any, ...]]]] = pickle.loads(Path(rows).read_bytes())  # noqa: S301 - our own
    tables = [(metadata.tables[name], each) for name, each in found]
    database = administration(store, folder).database
    with database.engine.begin() as connection:  # the tenant is among the rows
        connection.execute(delete(metadata.tables["tenant"]))
    add = _copied if store != "sqlite" else _inserted

    def job() -> object:
        read = sum(len(row) > 0 for path in sorted(Path(rosters).iterdir()) for row in _lines(path))
        with database.engine.connect() as connection, connection.begin():
            for table, each in tables:
                add(connection, table, each)
        return read

    return job


def hashed(rosters: str) -> Callable[[], object]:
    """Make a keyed digest of every line of the rosters' files."""

    def job() -> object:
        many = 0
        for path in sorted(Path(rosters).iterdir()):
            with path.open("rb") as file:
                for line in file:
                    hashlib.blake2b(line, key=_KEY, digest_size=16).digest()
                    many += 1
        return many

    return job


def _lines(path: Path) -> Any:  # noqa: ANN401 - as the csv module has it
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file, delimiter=";")


def _inserted(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(table.columns))
    connection.exec_driver_sql(f"INSERT INTO {_quoted(connection, table)} VALUES ({marks})", list(rows))  # noqa: S608 - ours


def _copied(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {_quoted(connection, table)} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _quoted(connection: Connection, table: Table) -> str:
    prepared = connection.dialect.identifier_preparer
    columns = ", ".join(prepared.quote(each.name) for each in table.columns)
    return f"{prepared.format_table(table)} ({columns})"


if __name__ == "__main__":
    main({"keep": kept, "put": put, "hash": hashed})
