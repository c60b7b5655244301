"""
Workbooks packed anew, so that the library that reads them can be led to nothing but what was looked at (SYNC-7).

It believes what a workbook says of its own sizes: a table of shared texts that states a large number of them, or one
cell in the last row and column, and the process is ended for want of memory. And where it does not understand a
workbook it looks for three other kinds in the same archive. So only the parts of a workbook of this kind are handed on,
sheets are measured as it will lay them out, and the number of shared texts is left for it to count.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

_PARTS: Final = ("xl/", "_rels/", "[content_types].xml")
_ATTRIBUTES: Final = rb"""[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*"""
_ATTRIBUTES_BEFORE: Final = rb"""(?:[^<>"']|"[^"]*"|'[^']*')*?"""
_PREFIX: Final = rb"""(?:[^\s<>/"'=:]*:)?"""
_TAG: Final = re.compile(rb"<(?P<end>/?)" + _PREFIX + rb"(?:(?P<row>row)|c)(?P<said>(?=[\s/>])" + _ATTRIBUTES + rb")>")
_AT: Final = re.compile(rb"""\sr\s*=\s*["'](?P<column>[A-Za-z]*)(?P<row>[0-9]{1,10})["']""")
_PLACED: Final = re.compile(rb"<" + _PREFIX + rb"(?:row|c)(?=\s)" + _ATTRIBUTES_BEFORE + _AT.pattern)
_SILENT: Final = re.compile(
    rb"<" + _PREFIX + rb"(?:row|c)(?=[\s/>])(?!" + _ATTRIBUTES_BEFORE + rb"""\sr\s*=\s*["'][A-Za-z]*[0-9]{1,10}["'])"""
)
"""A row or cell that does not say where it stands; hardly any program writes one, and such a sheet takes longer."""
_STATED: Final = re.compile(rb"(<" + _PREFIX + rb"sst(?=\s)" + _ATTRIBUTES_BEFORE + rb"\s)uniqueCount(?=\s*=)")
_LETTERS: Final = 26


def repacked(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return an archive of those *parts* of a workbook that belong to one, of which none states a number of texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts:
            if name.replace("\\", "/").lower().startswith(_PARTS) and not name.lower().endswith(".bin"):
                archive.writestr(name, _STATED.sub(rb"\1countedAnew", data))
    return stream.getvalue()


def area(part: bytes) -> int:
    """Return how many cells a sheet takes, empty ones too; nought for a part that is no sheet."""
    if _SILENT.search(part) is None:
        said = _PLACED.findall(part)
        columns = max((_number(letters) + 1 for letters in {column for column, _ in said}), default=0)
        return columns * max((int(row) for _, row in said), default=0)
    rows = columns = 0
    for row, column in _cells(part):
        rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows * columns


def _cells(part: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the cells of a sheet stand: where they say, else behind the one before, as the library has it."""
    row = column = 0
    for tag in _TAG.finditer(part):
        said = None if tag["end"] else _AT.search(tag["said"])
        is_whole = tag["said"].endswith(b"/")
        if not tag["row"]:
            if not tag["end"]:
                at = row
                if said:
                    at, column = int(said["row"]) - 1, _number(said["column"])
                yield at, column
                column += 1
            continue
        if said:
            row = int(said["row"]) - 1
        if tag["end"] or is_whole:
            row, column = row + 1, 0


def _number(letters: bytes) -> int:
    """Return the number of a column, counted from nought."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return max(number - 1, 0)
