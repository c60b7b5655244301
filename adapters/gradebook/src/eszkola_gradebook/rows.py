"""One row of a table, and what can be wrong with it as a row."""

from __future__ import annotations

from enum import Enum, auto

from attrs import field, frozen

from eszkola_core.errors import UnreadableSource


class End(Enum):
    """What stands behind a row."""

    LINE = auto()
    FILE = auto()
    """The end of the file, with no line end before it: harmless if the row is whole."""
    TORN = auto()
    """The end of the file, within a quotation or a character."""


class Fault(Enum):
    """What is wrong with a row as a row."""

    CUT = "row-cut"
    SHORT = "row-short"
    LONG = "row-long"
    TWICE = "element-twice"
    UNREADABLE = "record-unreadable"
    """What tells it apart, or what is in which list, cannot be read."""
    FIELD = "field-unreadable"
    """A named field cannot be read, and all others can: whose record it is stays clear."""


@frozen
class Row:
    """
    One row; ``line`` is where it begins, counted from 1 with the header.

    ``found`` is what the reader of the file saw to be wrong with it.
    """

    line: int
    cells: tuple[str, ...] = field(repr=False)
    end: End = End.LINE
    found: Fault | None = None

    def fault(self, least: int, most: int) -> Fault | None:
        """Return what is wrong if *least* to *most* cells are due; empty cells behind the last are forgiven."""
        if least <= len(self.cells) <= most and self.end is not End.TORN and self.found is None:
            return None  # as nearly all
        if self.end is End.TORN or (self.end is End.FILE and len(self.cells) < least):
            return Fault.CUT
        if self.found is not None:
            return self.found
        if len(self.cells) < least:
            return Fault.SHORT
        return Fault.LONG if any(self.cells[most:]) else None


def no_header(name: str) -> UnreadableSource:
    """Return the error of a file whose first line names no columns."""
    return UnreadableSource(
        f"{name} has no header",
        code="no-header",
        source=name,
        line=1,
        hint="export it with a first line that names the columns",
    )
