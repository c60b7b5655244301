"""XML documents to tables: every element of a list a row, under the names of the elements in it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from eszkola_core.domain.findings import Finding
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.blobs import Blob, Digest
from eszkola_gradebook.cells import safe_key, shown
from eszkola_gradebook.elements import Content, Layout, refusal
from eszkola_gradebook.markup import records
from eszkola_gradebook.rows import End, Row
from eszkola_gradebook.tables import Table


def table_of(blob: Blob, limits: Limits) -> Table:
    """
    Look at a document once: whether it is sound and safe, of which kind, and which elements its records have.

    One of another kind is a table of nothing, under the name of its root: whoever knows no such table will say so.

    Raises:
        UnreadableSource: it is damaged, or no export would look like it.
    """
    digest = Digest()
    seen = Content(blob.name, limits)
    names: set[str] = set()
    for record in records(blob.name, digest.through(blob.pieces()), seen):
        names |= set(record.cells)
        if len(names) > limits.names:
            raise refusal(blob.name, "document-bomb", "has too many different elements", seen.line)
    if seen.layout is None:
        return evolve(_table(blob, seen.root, (seen.root,)), digest=digest.value)
    header = (*seen.layout.columns, *sorted(names - set(seen.layout.columns)))

    def rows() -> Iterator[Row]:
        again = Content(blob.name, limits)
        for record in records(blob.name, blob.same_pieces(digest.value), again):
            if record.cells or not record.nobody:
                yield record.row(header)
        if again.broken is not None:
            yield again.broken.row(header, End.TORN)

    table = _table(blob, seen.root, header)
    return evolve(table, rows=rows, digest=digest.value, findings=tuple(_remarks(blob.name, seen, seen.layout)))


def _table(blob: Blob, root: str, header: tuple[str, ...]) -> Table:
    return Table(blob.name, blob.name, root, blob.place, blob.named, header, lambda: iter(()))


def _remarks(name: str, seen: Content, layout: Layout) -> Iterator[Finding]:
    """Yield what is known of the document as a whole: another version, and elements that nobody reads."""
    if seen.version not in layout.versions:
        hint = f"read as {' or '.join(sorted(layout.versions))}: look whether all is there"
        yield Finding(name, 0, "", layout.version, "version-unknown", shown(seen.version), hint)
    if seen.passed:
        value = ", ".join(safe_key(shown(each)) for each in sorted(seen.passed))
        hint = "elements that hold others, or stand elsewhere, are not read: look whether any matters"
        yield Finding(name, 0, "", "", "elements-not-read", value, hint)
