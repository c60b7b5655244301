"""What rows are made of: two with the same trace state the same, and the second is not translated (SYNC-4d)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final, final

from eszkola_gradebook.bound import BoundPerson, Ref
from eszkola_gradebook.shelves import Cells

_BETWEEN: Final = "\x1f"
"""A sign of no text: where a cell of a workbook holds it nevertheless, the row has no trace."""


@final
class Tracer:
    """
    Makes traces of rows: of the cells that anything is read from, and of what is read from which.

    A column that nobody reads, or one that moves, changes no trace.
    """

    def __init__(self, frame: Iterable[tuple[str, Ref]], people: Iterable[BoundPerson]) -> None:
        layout = [*frame, *(each for person in people for each in _layout(person))]
        self._at = tuple(dict.fromkeys(ref.at for _, ref in layout))
        order = {at: rank for rank, at in enumerate(self._at)}
        text = repr([(use, order[ref.at]) for use, ref in layout])
        self._layout = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def of(self, cells: Cells) -> str | None:
        """Return the trace of a row, or None where it has none."""
        many = len(cells)
        trace = _BETWEEN.join([self._layout, *[cells[at] if at < many else "" for at in self._at]])
        return trace if trace.count(_BETWEEN) == len(self._at) else None


def _layout(person: BoundPerson) -> Iterator[tuple[str, Ref]]:
    """Yield what is read of a person, and where, in an order of its own."""
    role = person.role.value if person.role is not None else ""
    silent = ",".join(sorted(each.value for each in person.silent))
    uses = [(each.value, ref) for each, ref in sorted(person.fields.items())]
    uses += [(f"id {scheme}", ref) for scheme, ref in person.ids]
    uses += [("first day", person.first_day), ("last day", person.last_day), ("key", person.key)]  # type: ignore[list-item]
    if person.document is not None:
        document = person.document
        uses += [("document", document.number), ("document type", document.type), ("country", document.country)]  # type: ignore[list-item]
    yield from ((f"{role} {silent} {use}", ref) for use, ref in uses if ref is not None)
