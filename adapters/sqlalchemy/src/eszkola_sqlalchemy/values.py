"""How values of the domain stand in columns: whole numbers, texts and bytes, which every database has."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, and_, literal_column

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.days import aware

AT_ONCE: Final = 500
"""How many values one statement looks for: every database takes that many, and more is hardly faster."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PLAIN: Final = json.JSONEncoder(separators=(",", ":"), sort_keys=True)
_MOST: Final = 2**63

T = TypeVar("T")
U = TypeVar("U")
N = TypeVar("N", bound=int)


def micros(instant: datetime) -> int:
    """Return an instant as microseconds since 1970 in UTC: it comes back exactly, and sorts as it should."""
    return (aware(instant) - _EPOCH) // _MICROSECOND


def instant_of(number: int) -> datetime:
    """Return the instant that `micros` made a number of."""
    return _EPOCH + number * _MICROSECOND


def has_come(column: Column[int], number: int) -> ColumnElement[bool]:
    """
    Return the condition that the instant in *column* is not behind *number*.

    It stands there twice, the second time so that no index knows it: SQLite 3.40, and others near it, forgets the first
    one beside an ``IN`` for the column before it in an index, where it counts on few rows for what stands before both.
    """
    return and_(column <= number, column + literal_column("0") <= number)


def maybe(make: Callable[[T], U], value: T | None) -> U | None:
    """Return what *make* makes of a value, or None of None."""
    return None if value is None else make(value)


def address_of(spelling: str | None, mailbox: str | None) -> EmailAddress | None:
    """Return an address as it was kept: as its owner spells it, and as it is compared."""
    return None if spelling is None or mailbox is None else EmailAddress(spelling, mailbox)


def parts_of(address: EmailAddress | None) -> tuple[str | None, str | None]:
    """Return the two columns that an address stands in."""
    return (None, None) if address is None else (address.spelling, address.mailbox)


def dumped(value: object) -> str:
    """Return plain data as JSON, the same data always as the same text."""
    return _PLAIN.encode(value)


def loaded(text: str | bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """Return the plain data of `dumped`."""
    return json.loads(text)


def written(words: Iterable[str]) -> list[ColumnElement[str]]:
    """Return words of this house as they stand in the text of a statement; none that anybody else chose."""
    return [literal_column(f"'{word}'") for word in words]


def chunks(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Yield *values* in lists of at most *size*."""
    source = iter(values)
    while chunk := list(islice(source, size)):
        yield chunk


def storable(numbers: Collection[N]) -> list[N]:
    """Return the numbers that a column can hold, in order; nobody has one of the others."""
    return sorted(number for number in set(numbers) if isinstance(number, int) and -_MOST <= number < _MOST)


def is_storable(text: str) -> bool:
    """Return whether every database can hold a text: neither half a surrogate pair nor a zero byte stands in one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
