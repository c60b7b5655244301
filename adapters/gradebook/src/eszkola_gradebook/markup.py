"""
The bytes of an XML document to its records, read piece by piece: memory does not grow with the file.

A document is opened with suspicion, as an archive is: one that brings a grammar or entities of its own is refused
before any is expanded or fetched, and none may be deeper, larger or wordier than an export is (SYNC-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.parsers.expat import errors
from xml.sax import SAXParseException

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.elements import Content, Record, refusal

_SLICE: Final = 1 << 16
_STILL: Final = 1 << 20
"""How many bytes may go by without an element or a text beginning: such a comment or tag is no export's."""
_BREAKS: Final = frozenset(
    {
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    }
)
"""What a parser says at the end of a document that breaks off."""


def records(name: str, pieces: Iterable[bytes], content: Content) -> Iterator[Record]:
    """
    Yield the records of a document while its bytes come in, up to its end or to where it breaks off.

    Raises:
        UnreadableSource: it cannot be believed from here on.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(content)
    content.setDocumentLocator(parser)
    try:
        for piece in _watched(name, pieces, content):
            parser.feed(piece)
            yield from _taken(content.done)
            if content.of_another_kind:
                return
        if not content.root:
            raise refusal(name, "document-damaged", "ends before anything begins", content.line)
        try:
            parser.close()
        except SAXParseException as fault:
            if not _is_break(fault):
                raise
            content.break_off(fault.getLineNumber() or 1)
        yield from _taken(content.done)
    except (LookupError, SAXParseException, ValueError) as fault:
        if isinstance(fault, UnreadableSource):
            raise
        raise _refused(name, fault, content.line) from None


def _watched(name: str, pieces: Iterable[bytes], content: Content) -> Iterator[bytes]:
    """Yield *pieces* in slices, as long as something comes of them and they are not too many."""
    most, size = content.most, 0
    still, events = 0, 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise refusal(name, "document-bomb", f"is larger than {most >> 20} MiB", content.line)
        for at in range(0, len(piece), _SLICE):
            part = piece[at : at + _SLICE]
            yield part
            still = still + len(part) if events == content.events else 0
            events = content.events
            if still > _STILL:
                raise refusal(name, "document-bomb", "has a tag or a comment without end", content.line)


def _taken(done: list[Record]) -> Iterator[Record]:
    yield from done
    done.clear()


def _is_break(fault: SAXParseException) -> bool:
    return _said(fault) in _BREAKS


def _said(fault: SAXParseException) -> str | None:
    """Return what the parser says is wrong."""
    return errors.messages.get(getattr(fault.getException(), "code", 0))


def _refused(name: str, fault: Exception, line: int) -> UnreadableSource:
    """Return the error of a document that the parser does not take; it quotes nothing of what stands there (ID-10)."""
    if isinstance(fault, DefusedXmlException):
        if str(getattr(fault, "name", "")).casefold() == "html":
            return refusal(name, "web-page", "is a web page and no export", line)
        return refusal(name, "document-unsafe", "brings a grammar or entities of its own", line)
    if isinstance(fault, SAXParseException) and _said(fault) != errors.XML_ERROR_UNKNOWN_ENCODING:
        return refusal(name, "document-damaged", "is no sound XML", fault.getLineNumber())
    return refusal(name, "wrong-encoding", "names an encoding that is not known", 1)
