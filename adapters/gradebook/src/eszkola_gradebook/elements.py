"""What the elements of an XML document mean, one after another: which begin a record, and which are its cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, final
from xml.sax.handler import ContentHandler

from attrs import Factory, define, frozen

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.rows import End, Fault, Row

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesImpl, Locator

_NAMED: Final = 20
_ROW: Final = 3
"""How deep a record stands: in the list, in the root."""
_CELL: Final = _ROW + 1
_HINTS: Final = {
    "document-bomb": "export it again; no export of a register looks like this",
    "document-damaged": "export it again; at a letter with a mark, the file is not in the encoding that it names",
    "document-unsafe": "export it again, or remove the DOCTYPE: an export needs none",
    "web-page": "open it and save it as CSV in UTF-8, or as .xlsx",
    "wrong-encoding": "export it in UTF-8",
}


@frozen
class Layout:
    """
    Where a document keeps its records: in elements *row*, in elements *listed*, in the root.

    ``columns`` are the elements of a record that every table of this kind has, whether or not one occurs.
    """

    listed: str
    row: str
    columns: tuple[str, ...]
    version: str
    versions: frozenset[str]


LAYOUTS: Final = {
    "ceuviz_uvoz": Layout(
        listed="udelezenci",
        row="udelezenec",
        columns=("opravilna_st", "emso", "ime", "priimek"),
        version="verzija",
        versions=frozenset({"1.4"}),
    ),
}
"""The documents that are read, by their root."""


@define
class Record:
    """What one element of the list holds: the texts of its own elements, by name."""

    line: int
    cells: dict[str, str] = Factory(dict)
    nobody: bool = False
    """Whether it says of itself that there is nobody in it."""
    twice: bool = False

    def row(self, header: Iterable[str], end: End = End.LINE) -> Row:
        """Return the record as a row under *header*."""
        cells = tuple(self.cells.get(name, "") for name in header)
        return Row(self.line, cells, end, Fault.TWICE if self.twice else None)


@final
class Content(ContentHandler):
    """Takes in what the parser sees; ``done`` are the records that ended since they were last taken out."""

    def __init__(self, name: str, limits: Limits) -> None:
        super().__init__()
        self.root = ""
        self.layout: Layout | None = None
        self.version = ""
        self.passed: set[str] = set()
        self.done: list[Record] = []
        self.events = 0
        self.broken: Record | None = None
        """The record in which the document breaks off."""
        self._place: Locator | None = None
        self._name = name
        self._limits = limits
        self._path: list[str] = []
        self._record: Record | None = None
        self._text: list[str] | None = None
        self._length = 0

    @property
    def most(self) -> int:
        """How many bytes the document may have."""
        return self._limits.total

    @property
    def line(self) -> int:
        """Where the parser is."""
        return (self._place.getLineNumber() if self._place else None) or 1

    @property
    def of_another_kind(self) -> bool:
        """Whether the root is known, and is none that is read."""
        return bool(self.root) and self.layout is None

    def break_off(self, line: int) -> None:
        """Say that the document ends here, wherever that is."""
        self.broken = self._record or Record(line)

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the parser calls it so
        """Take in who knows where the parser is."""
        self._place = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser calls it so
        """Go into an element."""
        self.events += 1
        local = _local(name)
        self._path.append(local)
        if len(self._path) > self._limits.depth:
            raise refusal(self._name, "document-bomb", "has elements too deep in one another", self.line)
        if len(self._path) == 1:
            self.root, self.layout = local, LAYOUTS.get(local)
        if self.layout is None or len(self._path) == 1 or self._path[1:] == [self.layout.listed]:
            return
        within = self._path[1:3] == [self.layout.listed, self.layout.row]
        if within and len(self._path) == _ROW:
            nobody = any(_local(key) == "nil" and value.strip() in {"true", "1"} for key, value in attrs.items())
            self._record = Record(self.line, nobody=nobody)
        elif (within and len(self._path) == _CELL) or self._path[1:] == [self.layout.version]:
            self._text, self._length = [], 0
        else:
            # An element that holds others is no cell; whatever text stood before them is none either.
            self._text = None
            if len(self.passed) < _NAMED:
                at = _CELL if within else _ROW if self._path[1] == self.layout.listed else _ROW - 1
                self.passed.add(self._path[at - 1])

    def characters(self, content: str) -> None:
        """Take in a piece of text."""
        self.events += 1
        if self._text is not None:
            self._text.append(content)
            self._length += len(content)
            if self._length > self._limits.text:
                raise refusal(self._name, "document-bomb", "has an element with too long a text", self.line)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - the parser calls it so
        """Come out of an element."""
        self.events += 1
        depth = len(self._path)
        local = self._path.pop()
        if self._text is not None:
            text, self._text = "".join(self._text).strip(), None
            if self._record is None:
                self.version = text
            elif self._record.cells.setdefault(local, text) != text:
                self._record.twice = True
        elif self._record is not None and depth == _ROW:
            self.done.append(self._record)
            self._record = None


def _local(name: str) -> str:
    """Return an element's name without the prefix that stands for its namespace."""
    return name.rpartition(":")[2]


def refusal(name: str, code: str, what: str, line: int | None) -> UnreadableSource:
    """Return the error of a document that is not believed."""
    return UnreadableSource(f"{name} {what}", code=code, source=name, line=line, hint=_HINTS[code])
