"""The rows of one file of a package, put aside under what they are looked for by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Final

from attrs import define, field

from eszkola_core.domain.findings import Finding
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.rows import Fault
from eszkola_gradebook.shelves import Cells, Shelf

_REMEMBERED: Final = 1 << 10


@define(eq=False)
class Entry:
    """One row; ``fault`` says that its cells cannot be trusted to stand where they should."""

    source: str
    line: int
    columns: Mapping[str, int] = field(repr=False)
    """Where each column is; all rows of a file share it."""
    cells: Cells = field(repr=False)
    fault: Fault | None = None

    def __getitem__(self, column: str) -> str:
        at = self.columns.get(column)
        return "" if at is None or at >= len(self.cells) else self.cells[at]

    def has(self, column: str) -> bool:
        """Return whether the row has the column."""
        return self.columns.get(column, len(self.cells)) < len(self.cells)

    @property
    def is_lost(self) -> bool:
        """Whether nobody can say whose row it is: somebody may be missed who is there (SYNC-0)."""
        return self.fault is not None and self.fault is not Fault.FIELD

    @property
    def gone(self) -> bool:
        """Whether the row says that what it describes is no more."""
        return self["status"].casefold() in {"tobedeleted", "inactive"}

    def finding(self, code: str, about: str = "", value: str = "", hint: str = "") -> Finding:
        """Return a finding about this row."""
        return Finding(self.source, self.line, safe_key(self["sourcedId"]), about, code, value, hint)


@define
class File:
    """The rows of one file; ``key`` is the column that they are looked for by, ``owner`` says whose they are."""

    source: str
    columns: Mapping[str, int] = field(repr=False)
    key: str
    owner: str
    _shelf: Shelf = field(repr=False)
    cut: bool = False
    lost: bool = False
    """Whether there are rows of which nobody can say whose they are."""
    ownerless: bool = False
    """Whether there are rows that do not say whose they are."""
    _recent: dict[str, tuple[Entry, ...]] = field(factory=dict, init=False, repr=False)
    """What was looked at last: a guardian is asked for with each child."""

    def put(self, entries: Iterable[Entry], among: frozenset[str] | None = None) -> None:
        """Put rows aside: all of them, or those alone whose key is *among* some."""
        self._shelf.put(self._packed(entries, among))

    def _packed(self, entries: Iterable[Entry], among: frozenset[str] | None) -> Iterator[tuple[str, Cells]]:
        for entry in entries:
            key = entry[self.key]
            self.cut |= entry.fault is Fault.CUT
            self.lost |= entry.is_lost
            self.ownerless |= not entry[self.owner]
            if among is None or key in among:
                yield key, (str(entry.line), entry.fault.value if entry.fault else "", *entry.cells)

    def _entry(self, packed: Cells) -> Entry:
        line, fault, *cells = packed
        return Entry(self.source, int(line), self.columns, tuple(cells), Fault(fault) if fault else None)

    def __iter__(self) -> Iterator[Entry]:
        return (self._entry(packed) for _, packed in self._shelf)

    def __contains__(self, key: str) -> bool:
        return key in self._shelf

    def of(self, key: str) -> tuple[Entry, ...]:
        """Return the rows under a key, as they stand in the file."""
        found = self._recent.get(key)
        return self._remembered(key, map(self._entry, self._shelf.of(key))) if found is None else found

    def groups(self) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """Yield the rows under each key."""
        for key, rows in groupby(self._shelf, itemgetter(0)):
            yield key, self._remembered(key, (self._entry(packed) for _, packed in rows))

    def first(self, column: str) -> Iterator[str]:
        """Yield what a column holds in the first row under each key."""
        at = self.columns.get(column)
        for key, rows in groupby(self._shelf, itemgetter(0)):
            _, (_, _, *cells) = next(rows)
            if key and at is not None and at < len(cells):
                yield cells[at]

    def _remembered(self, key: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        if len(self._recent) >= _REMEMBERED:
            self._recent.clear()
        found = self._recent[key] = tuple(entries)
        return found


def sound(entries: Iterable[Entry]) -> Entry | None:
    """Return what sound rows under one key say; None where there is none, or where two differ and say nothing."""
    trusted = [entry for entry in entries if entry.fault is None]
    return trusted[0] if trusted and all(entry.cells == trusted[0].cells for entry in trusted) else None
