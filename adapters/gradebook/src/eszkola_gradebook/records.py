"""Lists of records in an order of their own, so that the order of rows and files states nothing (GB4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import final

from attrs import evolve

from eszkola_core.domain.stated import StatedPerson, StatedRecord, StatedRoster, Unread
from eszkola_core.errors import UnreadableSource


@final
class Records:
    """
    The records of one roster, made anew each time they are walked, so that only one school's lie in memory.

    Two of them are equal when they state the same.
    """

    def __init__(self, make: Callable[[], Iterable[StatedRecord]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[StatedRecord]:
        records = list(self._make())
        keys = {record.key for record in records}
        # Keys of their own put the records in order; only without them is it worth to look into each.
        distinct = None not in keys and len(keys) == len(records)
        records.sort(key=_key if distinct else _rank)
        return iter(records)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Iterable) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return "Records(…)"


@final
class Unsorted:
    """The records of one roster as they stand, some of them unread, made anew each time they are walked; so *many*."""

    def __init__(self, make: Callable[[], Iterable[StatedRecord | Unread]], many: int) -> None:
        self._make = make
        self._many = many

    def __iter__(self) -> Iterator[StatedRecord | Unread]:
        return iter(self._make())

    def __len__(self) -> int:
        return self._many


def _key(record: StatedRecord) -> str:
    return record.key or ""


def _rank(record: StatedRecord) -> tuple[object, ...]:
    """Return what sorts a record: its key, then all that it says, and its place only among equal ones."""
    people = [
        (
            (person.role, person.key or "", person.last_name, person.first_name, person.email, person.class_name),
            (str(person.birth_date), str(person.sex), str(person.first_day), str(person.last_day)),
            person.ids,
            [(problem.field or "", problem.code, problem.value) for problem in person.problems],
        )
        for person in record.people
    ]
    problems = [(problem.code, problem.value) for problem in record.problems]
    return record.key or "", people, problems, record.ended, record.source, record.line


def joined_days(records: Iterable[StatedRecord]) -> Iterator[StatedRecord]:
    """
    Yield records of which those that differ in their days only have become one, from the first day to the last.

    A source that lists a role once for each term says one thing in several rows.
    """
    by_key: dict[str | None, list[StatedRecord]] = {}
    for record in records:
        by_key.setdefault(record.key, []).append(record)
    for key, found in by_key.items():
        yield from found if key is not None and len(found) == 1 else _joined(found)


def _joined(records: Sequence[StatedRecord]) -> Iterator[StatedRecord]:
    groups: dict[tuple[object, ...], list[StatedRecord]] = {}
    for record in sorted(records, key=_rank):
        groups.setdefault(_timeless(record), []).append(record)
    for same in groups.values():
        people = zip(*(record.people for record in same), strict=True)
        yield evolve(same[0], people=tuple(spanning(person) for person in people))


def _timeless(record: StatedRecord) -> tuple[object, ...]:
    people = tuple(evolve(person, first_day=None, last_day=None) for person in record.people)
    return record.key, people, record.problems, record.ended, record.key is None and record.line


def spanning(same: Sequence[StatedPerson]) -> StatedPerson:
    """Return one person from several that differ in their days only, from the first day to the last."""
    if len(same) == 1:
        return same[0]
    first = [person.first_day for person in same]
    last = [person.last_day for person in same]
    return evolve(same[0], first_day=_bound(first, min), last_day=_bound(last, max))


def _bound(days: Sequence[date | None], pick: Callable[[list[date]], date]) -> date | None:
    """Return the outermost day; an open end is further out than any day."""
    stated = [day for day in days if day is not None]
    return pick(stated) if len(stated) == len(days) else None


def merged(rosters: Iterable[StatedRoster]) -> tuple[StatedRoster, ...]:
    """
    Return one roster for each school and list, in a fixed order: a list may come in several files.

    Raises:
        UnreadableSource: one file replaces a list of which another says only what changed.
    """
    groups: dict[tuple[str, str, str], list[StatedRoster]] = {}
    for roster in rosters:
        groups.setdefault((roster.school, roster.list, roster.origin), []).append(roster)
    return tuple(_one(groups[key]) for key in sorted(groups))


def _one(same: list[StatedRoster]) -> StatedRoster:
    same.sort(key=lambda roster: roster.source)
    first = same[0]
    if len(same) == 1:
        return first
    if len({roster.kind for roster in same}) > 1:
        raise UnreadableSource(
            f"{first.source} and {same[1].source} give one list, once in full and once as changes",
            code="kinds-differ",
            source=first.source,
            hint="read the full export first, then the changes",
        )
    return evolve(
        first,
        records=Records(lambda: chain.from_iterable(roster.records for roster in same)),
        unread=_unread(same),
        complete=all(roster.complete for roster in same),
        cut=any(roster.cut for roster in same),
        version=" ".join(sorted({roster.version for roster in same})),
        source=", ".join(sorted({roster.source for roster in same})),
        stamp=b"",
    )


def _unread(same: Sequence[StatedRoster]) -> Unsorted | None:
    """Return the records of several rosters unread, where all of them can be."""
    parts = [roster.unread for roster in same if isinstance(roster.unread, Unsorted)]
    if len(parts) < len(same):
        return None
    return Unsorted(lambda: chain.from_iterable(parts), sum(map(len, parts)))
