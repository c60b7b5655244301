"""Text to rows: the delimiter, the header, and where a file breaks off."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Final, Self

from attrs import evolve, field, frozen

from eszkola_core.domain.findings import Finding
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.archives import CHUNK, Limits, is_zipped
from eszkola_gradebook.blobs import Blob, Digest
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.encodings import Encoding, encoding_of
from eszkola_gradebook.rows import End, Row, no_header

_END: Final = "\ue000"
"""A line of our own behind the last: where it does not come back as a row, a quotation was left open."""
_SEP: Final = re.compile(r"sep=([;,\t|])[ \t]*(?:[\r\n]|$)", re.IGNORECASE)
_MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<[?!A-Za-z_]")
_ENOUGH: Final = 5
"""From how many cells on their likeness says something."""
_SKIPPED: Final = 1 << 16
_QUOTED: Final = re.compile(r'"[^"]*"')
_DATA: Final = re.compile(r".*\d{5}.*|\d+|.*@.*|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*|\d{1,2} ?[A-Za-z]")


@frozen
class Table:
    """
    A table whose rows can be walked any number of times.

    ``file`` is where it stands, which for a sheet is its workbook, and ``place`` where that lies: tables of one place
    are read together. ``named`` is True when the caller named the file. ``end`` is what stands at the end of a text.
    ``digest`` is that of the file's bytes as they were at the first look; later looks are held to it (GB6).
    """

    name: str
    file: str
    stem: str
    place: str
    named: bool
    header: tuple[str, ...]
    rows: Callable[[], Iterator[Row]] = field(repr=False, eq=False)
    delimiter: str = ""
    findings: tuple[Finding, ...] = ()
    end: End | None = None
    digest: bytes = field(default=b"", repr=False)

    @property
    def spot(self) -> tuple[str, str]:
        """What tells the table from all others of one call."""
        return self.place, self.name

    @classmethod
    def of_csv(cls, blob: Blob) -> Self:
        """
        Look at a delimited text once: its encoding, delimiter and header; the rows are read when they are walked.

        Raises:
            UnreadableSource: it is no text, or has no header.
        """
        digest = Digest()
        encoding = encoding_of(digest.through(_in_lines(blob)), blob.name)
        with encoding.text(blob.pieces()) as text:
            delimiter = sniffed(text)
        first = next(_rows(blob.pieces(), encoding, delimiter), None)
        if first is None or first.end is End.TORN:
            raise no_header(blob.name)
        table = cls(
            name=blob.name,
            file=blob.name,
            stem=blob.stem,
            place=blob.place,
            named=blob.named,
            header=first.cells,
            delimiter=delimiter,
            end=encoding.end,
            digest=digest.value,
            rows=lambda: _below(_rows(blob.same_pieces(digest.value), encoding, delimiter)),
        )
        return evolve(table, findings=(_guess(encoding, blob.name),) if encoding.guessed else ())


def _in_lines(blob: Blob) -> Iterator[bytes]:
    """
    Yield the bytes of a text, unless a line of it takes a whole piece: of such a line every cell is in memory at once.

    Raises:
        UnreadableSource: it does.
    """
    for piece in blob.pieces():
        if len(piece) >= CHUNK and b"\n" not in piece and b"\r" not in piece:
            raise UnreadableSource(
                f"{blob.name} is no text table: a line of it does not end",
                code="binary-file",
                source=blob.name,
                hint="export it again: in a table every record has a line of its own",
            )
        yield piece


def mistrusted(tables: Sequence[Table]) -> list[Table]:
    """
    Return *tables*, those taken for cut that lack the line end at their end which most beside them have.

    Whether a program ends the last line is its habit. The cells of a file that was cut in its last one are as many as
    they should be, so that nothing else shows it.
    """
    texts = [table for table in tables if table.end is not None and table.stem != "manifest"]
    strange = [table for table in texts if table.end is End.FILE]
    if len(strange) * 2 >= len(texts):
        return list(tables)
    return [evolve(table, rows=partial(_torn, table)) if table in strange else table for table in tables]


def _torn(table: Table) -> Iterator[Row]:
    """Yield the rows of a table that was cut in its last cell, or in its header."""
    line = 1
    for row in table.rows():
        line = row.line
        yield evolve(row, end=End.TORN) if row.end is End.FILE else row
    if line == 1:
        yield Row(line, (), End.TORN)


def is_document(head: bytes) -> bool:
    """Return whether a file that begins with *head* is an XML document, in whatever encoding."""
    return _MARKUP.match(head.replace(b"\0", b"")) is not None


def looks_like_data(header: tuple[str, ...]) -> bool:
    """Return whether the first line is a person's row, which must not be quoted in an error (ID-10)."""
    return not any(header) or any(_DATA.fullmatch(cell) or safe_key(cell) != cell for cell in header)


def sniffed(lines: Iterable[str]) -> str:
    """
    Return the delimiter that the header line uses; the comma where it uses none.

    Rows are not looked at: an address may hold more commas than a short row has semicolons.
    """
    header = ""
    for at, line in enumerate(lines):
        said = None if at else _SEP.match(line)
        if said:
            return said[1]
        if line.strip():
            header = line
            break
    bare = _QUOTED.sub("", header)
    return max((",", ";", "\t"), key=bare.count)


def _rows(pieces: Iterable[bytes], encoding: Encoding, delimiter: str) -> Iterator[Row]:
    """Yield the rows that are not empty, the header among them."""
    last = encoding.end
    with encoding.text(pieces) as text:
        first = text.readline()
        above = 1 if _SEP.match(first) else 0
        reader = csv.reader(chain((first,)[above:], text, (_END,)), delimiter=delimiter)
        held: Row | None = None
        last_cells = _LastCells()
        while True:
            line = above + reader.line_num + 1
            try:
                cells = tuple(map(str.strip, next(reader, ())))
            except csv.Error:
                # A field beyond all measure: a quotation opened somewhere and never closed.
                yield from _held(held, End.LINE)
                yield Row(line, (), End.TORN)
                while text.read(_SKIPPED):
                    pass
                return
            if cells == (_END,) and above + reader.line_num == line:
                yield from _held(held, End.TORN if last_cells.break_off() else last)
                return
            if cells and cells[-1].endswith(_END):
                yield from _held(held, End.LINE)
                yield Row(line, (*cells[:-1], cells[-1].removesuffix(_END)), End.TORN)
                return
            if any(cells):
                if held is not None:
                    yield held
                    if last is End.FILE:
                        last_cells.note(cells)
                held = Row(line, cells)


class _LastCells:
    """
    What the last cells of the rows of a table are like.

    Where all that are filled are of one length, as national ids and dates are, a shorter one at the end of a file that
    does not end its last line was cut; so was the beginning of an address where others have a whole one.
    """

    def __init__(self) -> None:
        self._lengths: Counter[tuple[int, int]] = Counter()
        self._domains: Counter[str] = Counter()
        self._last: tuple[str, ...] = ()

    def note(self, cells: tuple[str, ...]) -> None:
        """Take note of a row."""
        self._last = cells
        self._lengths[len(cells), len(cells[-1])] += 1
        self._domains[cells[-1].rpartition("@")[2] if "@" in cells[-1] else ""] += bool(cells[-1])

    def break_off(self) -> bool:
        """Return whether the last of the rows breaks off within its last cell."""
        if not self._last:
            return False
        cell = self._last[-1]
        others = self._lengths - Counter({(len(self._last), len(cell)): 1})
        usual = {length: number for (cells, length), number in others.items() if cells == len(self._last)}
        filled = {length: number for length, number in usual.items() if length}
        if sum(filled.values()) < _ENOUGH or (len(cell) in usual and not cell):
            return False
        if len(filled) == 1 and len(cell) < min(filled):
            return True
        _, at, domain = cell.rpartition("@")
        domains = self._domains - Counter({domain if at else "": bool(cell)})
        if not domains or domains[""]:
            return False
        return not at or (domain not in domains and any(each.startswith(domain) for each in domains))


def _held(row: Row | None, end: End) -> Iterator[Row]:
    if row is not None:
        yield row if row.end is end else evolve(row, end=end)


def _below(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows below the header."""
    next(rows, None)
    yield from rows


def _guess(encoding: Encoding, name: str) -> Finding:
    return Finding(
        source=name,
        line=0,
        record="",
        field="",
        code="encoding-guessed",
        value=encoding.name,
        hint="look at a few names with ą, ś, š or ž; save the file as UTF-8 to be sure",
    )


def load(blob: Blob, limits: Limits) -> tuple[Table, ...]:
    """
    Return the tables in *blob*: one for a text or a document, one for each sheet of a workbook.

    Raises:
        UnreadableSource: the file is no table.
    """
    head = blob.head()
    if is_document(head):
        from eszkola_gradebook.documents import table_of  # noqa: PLC0415 - as below

        return (table_of(blob, limits),)
    if is_zipped(head):
        from eszkola_gradebook.workbooks import sheets  # noqa: PLC0415 - a table that is text needs no workbook reader

        digest = Digest()
        data = b"".join(digest.through(blob.pieces()))
        found = sheets(blob.name, data, limits)
        place = (blob.place, blob.named)
        return tuple(
            Table(each.name, blob.name, each.stem, *place, each.header, each.walk, digest=digest.value)
            for each in found
        )
    return (Table.of_csv(blob),)
