"""Tables of texts to be quoted: RFC 4180, the column ``text`` or the only one."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Final

from attrs import frozen

from eszkola_core import InvalidValue

COLUMN: Final = "text"

LARGEST: Final = 2**31 - 1
"""How long a cell may be, as far as every system can count."""


@frozen
class Texts:
    """The texts of a table, each with the line on which its row ends; *heading* is what the only column is called."""

    rows: Sequence[tuple[int, str]]
    heading: str | None = None


def texts_of(source: Path) -> Texts:
    """
    Return the texts of the table at *source*; ``-`` is standard input.

    Raises:
        InvalidValue: it is no UTF-8 or no such table; the text names the line and the remedy.
    """
    name = "standard input" if str(source) == "-" else str(source)
    text = decoded(source, name)
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        with large_cells():
            heading = next(reader, None)
            if not heading:
                raise InvalidValue(f"{name}: there is no heading; begin with a line 'text'", code="no-heading")
            return _texts(name, heading, reader)
    except csv.Error as broken:
        raise InvalidValue(
            f"{name}, line {reader.line_num}: this is no table by RFC 4180 ({broken}); double quotation marks in texts",
            code="no-table",
        ) from None


@contextmanager
def large_cells() -> Iterator[None]:
    """Let a cell be as large as a file may be while the block lasts; the limit is the whole process's."""
    before = csv.field_size_limit(LARGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _texts(name: str, heading: Sequence[str], reader: csv._reader) -> Texts:  # type: ignore[name-defined] # as typeshed has it
    names = [each.strip().casefold() for each in heading]
    if COLUMN not in names and len(names) > 1:
        raise InvalidValue(f"{name}: none of the {len(names)} columns is called 'text'", code="no-column")
    at = names.index(COLUMN) if COLUMN in names else 0
    rows = []
    for row in reader:
        cells = row or [""] * len(names)
        if len(cells) != len(names):
            raise InvalidValue(
                f"{name}, line {reader.line_num}: {len(cells)} cells where the heading has {len(names)}; put texts "
                "with commas into quotation marks",
                code="other-columns",
            )
        rows.append((reader.line_num, cells[at]))
    return Texts(rows, None if COLUMN in names else heading[0])


def decoded(source: Path, name: str) -> str:
    """
    Return the file at *source*, or standard input, as text.

    Raises:
        InvalidValue: it cannot be read, or is no UTF-8.
    """
    try:
        octets = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = octets[: wrong.start].count(b"\n") + 1
        raise InvalidValue(f"{name}, line {line}: this is not UTF-8; save it so", code="not-utf-8") from None
    except OSError as gone:
        raise InvalidValue(f"{name}: cannot be read ({gone.strerror})", code="unreadable-file") from None
