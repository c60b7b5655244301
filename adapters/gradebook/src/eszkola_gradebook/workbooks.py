"""Workbooks: every sheet a table, every cell the text that a CSV export would have held."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from attrs import field, frozen
from python_calamine import CalamineError, CalamineWorkbook

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.archives import Limits, guarded_workbook
from eszkola_gradebook.rows import Row, no_header

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


@frozen
class Sheet:
    """One sheet that is not empty."""

    name: str
    stem: str
    header: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)

    def walk(self) -> Iterator[Row]:
        """Yield the rows below the header."""
        return iter(self.rows)


def sheets(name: str, data: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """
    Return the sheets of a workbook that hold anything.

    Raises:
        UnreadableSource: the workbook is damaged, too large inside, or empty.
    """
    guarded = guarded_workbook(data, name, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(guarded))
        found = [
            sheet
            for title in workbook.sheet_names
            if (sheet := _sheet(name, title, workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)))
        ]
    except (CalamineError, OSError, ValueError):
        raise UnreadableSource(
            f"the workbook {name} is damaged",
            code="binary-file",
            source=name,
            hint="save it again as .xlsx, or as CSV",
        ) from None
    if not found:
        raise no_header(name)
    return tuple(found)


def _sheet(name: str, title: str, cells: list[list[Cell]]) -> Sheet | None:
    rows = [Row(line, texts) for line, row in enumerate(cells, 1) if any(texts := tuple(map(text_of, row)))]
    if not rows:
        return None
    header = rows[0].cells
    while not header[-1]:
        header = header[:-1]
    return Sheet(f"{name} [{title}]", title, header, tuple(rows[1:]))


def text_of(cell: Cell) -> str:
    """
    Return what the cell would read in a text export.

    A whole number loses the fraction that the workbook gives it, and keeps its digits: zeros lost before it are for the
    rules to find (SYNC-7). Days are written the one way that is never ambiguous.
    """
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
