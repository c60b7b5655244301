"""
What SQLite's planner counts on: the tables of a region, before anything is in them.

Without it SQLite believes that a tenant has some ten rows of everything, and takes whichever index names the tenant:
every question about one school would read the whole region. A region of a million is nearer to the truth for all, and
costs a small one nothing. PostgreSQL looks for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from eszkola_sqlalchemy.tables import metadata

_ROWS: Final = 1_000_000
_FEW: Final = {"tenant": 1, "school": 2_000, "roster": 6_000, "stamp": 6_000, "run": 6_000, "lease": 10, "choice": 1}
"""Tables that have no row for each person."""

_VALUES: Final = {
    "tenant": 1,
    "state": 4,
    "kind": 4,
    "role": 4,
    "subscriber": 4,
    "school": 2_000,
    "roster": 6_000,
    "run": 6_000,
}
"""How many values a column has, where it tells few rows from others."""

_ALIKE: Final = 10
"""How many rows share a value of any other column: one person's, or one record's."""

_SOME: Final = 50_000
_OTHERWISE: Final = {"ix_person_alone": _ROWS, "ix_place_tenant_person": _ROWS, "ix_record_unsettled": 10}
"""How many rows are in an index of some rows only."""


def advise(connection: Connection) -> None:
    """Write down for SQLite how many rows it is to count on, in the transaction of *connection*."""
    connection.exec_driver_sql("ANALYZE tenant")  # makes the table for it
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", list(statistics()))
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # has it read again


def statistics() -> Iterator[tuple[str, str | None, str]]:
    """Yield for every index its table, its name, and how many rows it has and each more of its columns leaves."""
    for table in metadata.sorted_tables:
        rows = _FEW.get(table.name, _ROWS)
        key = [each.name for each in table.primary_key]
        if not table.dialect_options["sqlite"]["with_rowid"]:
            yield table.name, table.name, _told(rows, key, is_unique=True)
        elif len(key) > 1:
            yield table.name, f"sqlite_autoindex_{table.name}_1", _told(rows, key, is_unique=True)
        else:
            yield table.name, None, str(rows)  # the number of the row is the key
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            name, is_partial = str(index.name), index.dialect_options["sqlite"]["where"] is not None
            kept = _OTHERWISE.get(name, _SOME) if is_partial else rows
            yield table.name, name, _told(kept, [each.name for each in index.columns], is_unique=index.unique)


def _told(rows: int, columns: list[str], *, is_unique: bool) -> str:
    """Return the numbers as SQLite keeps them."""
    left, told = rows, [rows]
    for name in columns:
        left = max(1, min(left, rows // _VALUES[name] if name in _VALUES else _ALIKE))
        told.append(left)
    if is_unique:
        told[-1] = 1
    return " ".join(map(str, told))
