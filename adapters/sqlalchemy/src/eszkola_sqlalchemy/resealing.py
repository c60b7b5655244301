"""Sealing anew what older data keys sealed, page by page (LAW-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, LargeBinary, Row, Table, and_, bindparam, func, or_, select, tuple_, update

from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.tables import ImageKind
from eszkola_sqlalchemy.values import AT_ONCE, dumped, loaded
from eszkola_stores.vault import head


@frozen
class Cells:
    """The sealed columns of a table, and what in a row each of its cells is sealed for."""

    columns: tuple[str, ...]
    row: Callable[[Any], object]


SEALED: Final[Mapping[Table, Cells]] = MappingProxyType(
    {
        tables.place: Cells(("ids", "pending"), lambda row: row.id),
        tables.person: Cells(("ids", "lock", "former_ids"), lambda row: row.id),
        tables.decision: Cells(("value",), lambda row: row.id),
        tables.credential: Cells(("sealed",), lambda row: row.person),
        tables.access_request: Cells(("identifier",), lambda row: row.id),
        tables.application: Cells(("applicant", "history"), lambda row: row.id),
        tables.report: Cells(("words",), lambda row: row.id),
        tables.code_receipt: Cells(("receipt",), lambda row: f"{row.digest.hex()}|{row.position}"),
        tables.message: Cells(("data",), lambda row: row.key),
        tables.event: Cells(("data",), lambda row: row.id),
        tables.sms: Cells(("number", "text"), lambda row: row.key),
    }
)
"""Every sealed column but `tenant.proof`, which is made when a key comes into use."""

IMAGED: Final[Mapping[ImageKind, Table]] = MappingProxyType(
    {ImageKind.PLACE: tables.place, ImageKind.PERSON: tables.person}
)
"""The tables whose sealed cells stand in kept rows too, each still sealed for where it was."""

_B: Final = tables.before_image


@frozen
class Page:
    """What one transaction did: how many rows it wrote, and where the next page begins; None after the last."""

    done: int
    after: tuple[object, ...] | None


def pages(table: Table) -> Callable[[Desk, tuple[object, ...] | None], Page]:
    """Return what seals a page of a table anew."""
    return _images if table is _B else lambda desk, after: _rows(desk, table, after)


def everywhere() -> Iterator[Table]:
    """Yield all tables with sealed cells; kept rows come last, because cells are copied there as they are."""
    yield from SEALED
    yield _B


def sealed_with(table: Table, number: int) -> ColumnElement[bool]:
    """Return the condition under which a row has a cell that the data key of a number sealed."""
    if table is _B:
        return or_(
            *(_B.c.cells.contains(_written(column, head(number)), autoescape=True) for column in _imaged_columns())
        )
    return or_(*(_head(table.c[column]) == head(number) for column in SEALED[table].columns))


def _rows(desk: Desk, table: Table, after: tuple[object, ...] | None) -> Page:
    cells = SEALED[table]
    older = or_(*(_is_older(desk, table.c[column]) for column in cells.columns))
    found = _found(desk, table, older, after)
    rows = []
    for row in found:
        new = {}
        for column in cells.columns:
            cell = getattr(row, column)
            new[f"new_{column}"] = None if cell is None else desk.resealed(cell, table, column, cells.row(row))
        rows.append({**_named(table, row), **new})
    return _written_page(desk, table, {column: bindparam(f"new_{column}") for column in cells.columns}, rows, found)


def _images(desk: Desk, after: tuple[object, ...] | None) -> Page:
    """Seal anew what is sealed in kept rows."""
    newest = head(desk.vault.uses.data)
    older = or_(
        *(
            and_(
                _B.c.cells.contains(_written(column, b""), autoescape=True),
                ~_B.c.cells.contains(_written(column, newest), autoescape=True),
            )
            for column in _imaged_columns()
        )
    )
    found = _found(desk, _B, older, after)
    rows = []
    for row in found:
        table, cells = IMAGED[ImageKind(row.kind)], loaded(row.cells)
        for column in SEALED[table].columns:
            cell = cells.get(column)
            if cell is not None:
                sealed = desk.resealed(bytes.fromhex(cell["bytes"]), table, column, cells["id"])
                cells[column] = {"bytes": sealed.hex()}
        rows.append({**_named(_B, row), "new_cells": dumped(cells)})
    return _written_page(desk, _B, {"cells": bindparam("new_cells")}, rows, found)


def _found(
    desk: Desk, table: Table, older: ColumnElement[bool], after: tuple[object, ...] | None
) -> Sequence[Row[Any]]:
    key = tuple(table.primary_key.columns)
    wanted = select(table).where(table.c.tenant == desk.tenant, older)
    if after is not None:
        wanted = wanted.where(tuple_(*key) > after)
    return desk.rows(wanted.order_by(*key).limit(AT_ONCE))


def _written_page(
    desk: Desk, table: Table, values: Mapping[str, Any], rows: Sequence[Mapping[str, object]], found: Sequence[Row[Any]]
) -> Page:
    here = and_(*(each == bindparam(f"key_{each.name}") for each in table.primary_key.columns))
    desk.each(update(table).where(here).values(dict(values)), rows)
    last = found[-1] if len(found) == AT_ONCE else None
    key = [each.name for each in table.primary_key.columns]
    return Page(len(rows), None if last is None else tuple(getattr(last, name) for name in key))


def _named(table: Table, row: Row[Any]) -> dict[str, object]:
    return {f"key_{each.name}": getattr(row, each.name) for each in table.primary_key.columns}


def _is_older(desk: Desk, column: ColumnElement[bytes]) -> ColumnElement[bool]:
    return and_(column.is_not(None), _head(column) != head(desk.vault.uses.data))


def _head(column: ColumnElement[bytes]) -> ColumnElement[bytes]:
    return func.substr(column, 1, len(head(1)), type_=LargeBinary)


def _imaged_columns() -> Iterator[str]:
    yield from sorted({column for table in IMAGED.values() for column in SEALED[table].columns})


def _written(column: str, begin: bytes) -> str:
    """Return how a sealed cell that begins so stands in a kept row; no text in one can look like it."""
    return f'"{column}":{{"bytes":"{begin.hex()}'
