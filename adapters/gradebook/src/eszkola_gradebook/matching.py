"""Which format a file is of: by its name and its header, never by its rows."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from attrs import frozen

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.mapping import Column, Mapping, TableShape
from eszkola_gradebook.tables import Table
from eszkola_gradebook.words import folded


@frozen
class Match:
    """The tables of one place that are of one format, under the names that its mapping gives them."""

    mapping: Mapping
    tables: dict[str, list[Table]]
    passed: tuple[Table, ...] = ()
    """Tables that belong to the format and say nothing of persons."""

    @property
    def weight(self) -> tuple[bool, int]:
        """How much speaks for this format: every header that it needed and found."""
        shapes = self.mapping.tables
        needed = sum(
            (len(shapes[name].needs) + len(shapes[name].positional)) * len(found) for name, found in self.tables.items()
        )
        return not self.mapping.fallback, needed

    @property
    def taken(self) -> tuple[Table, ...]:
        """The tables that this format explains."""
        return tuple(table for found in self.tables.values() for table in found) + self.passed


def position(column: Column, header: Sequence[str], number: str = "") -> int | None:
    """Return where *header* has the column under the first of its names; None if it has none of them."""
    plain = [folded(name) for name in header]
    for name in column.names:
        wanted = folded(name.replace("{n}", number))
        if wanted in plain:
            return plain.index(wanted)
    return None


def matched(mapping: Mapping, tables: Sequence[Table], *, told: bool = False) -> Match | None:
    """
    Return the tables that *mapping* explains; None if a table that it cannot do without is missing.

    *told* is True when somebody named the format: a header that means nothing then need not be recognised.
    """
    found: dict[str, list[Table]] = {}
    for table in tables:
        shape = _shape(mapping, table, told=told)
        if shape is not None:
            found.setdefault(shape.name, []).append(table)
    needed = {shape.name for shape in mapping.tables.values() if not shape.optional}
    if not needed <= set(found) or not any(records.table in found for records in mapping.records):
        return None
    taken = {table.spot for tables in found.values() for table in tables}
    passed = (table for table in tables if table.spot not in taken and _ignored(mapping, table))
    return Match(mapping, found, tuple(passed))


def _ignored(mapping: Mapping, table: Table) -> bool:
    return any(fnmatchcase(table.stem.casefold(), pattern.casefold()) for pattern in mapping.ignore)


def recognised(mappings: Sequence[Mapping], tables: Sequence[Table]) -> list[Match]:
    """
    Return the formats that the tables of one place are of, the one that explains most first.

    Raises:
        UnreadableSource: two formats explain the same tables equally well.
    """
    left = list(tables)
    matches: list[Match] = []
    while True:
        fitting = [match for mapping in mappings if (match := matched(mapping, left)) is not None]
        if not fitting:
            return matches
        best = max(fitting, key=lambda match: match.weight)
        rivals = [match.mapping.format for match in fitting if match.weight == best.weight]
        if len(rivals) > 1:
            name = best.taken[0].name
            raise UnreadableSource(
                f"{name} could be of several formats: {', '.join(sorted(rivals))}",
                code="format-ambiguous",
                source=name,
                hint="name the format with --format",
            )
        matches.append(best)
        taken = {table.spot for table in best.taken}
        left = [table for table in left if table.spot not in taken]


def _shape(mapping: Mapping, table: Table, *, told: bool) -> TableShape | None:
    """Return the shape that *table* has most of; a shape that needs more headers says more."""
    fitting = [shape for shape in mapping.tables.values() if _fits(shape, table, told=told)]
    return max(fitting, key=lambda shape: len(shape.needs), default=None)


def _fits(shape: TableShape, table: Table, *, told: bool) -> bool:
    stem = table.stem.casefold()
    if not any(fnmatchcase(stem, pattern.casefold()) for pattern in shape.files):
        return False
    if shape.positional:
        due = [folded(name) for name in shape.positional]
        seen = [folded(name) for name in table.header]
        return told or (len(seen) >= shape.at_least and seen == due[: len(seen)])
    return all(position(column, table.header) is not None for column in shape.needs)


def missing(mapping: Mapping, table: Table) -> str:
    """Return which headers a table lacks for the nearest shape of *mapping*, in words."""
    lacks = [
        [column.names[0] for column in shape.needs if position(column, table.header) is None]
        for shape in mapping.tables.values()
    ]
    nearest = min((lack for lack in lacks if lack), key=len, default=[])
    return ", ".join(nearest)
