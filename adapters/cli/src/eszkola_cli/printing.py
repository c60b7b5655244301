"""What commands that print share: a new file that nobody else reads, and letters that cannot be set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from attrs import evolve

from eszkola_cli.common import discard, filled, new_file
from eszkola_cli.screen import Screen
from eszkola_core import ClassList, InvalidValue, Letter, Platform, UnprintableSign

T = TypeVar("T")

_INSTEAD = "?"


@contextmanager
def printed_to(path: str) -> Iterator[Callable[[bytes], None]]:
    """Make an empty file, and give what writes a document to it; where none is written it goes away again."""
    made = new_file(path)
    written: list[bytes] = []
    try:
        yield written.append
        if written:
            filled(made, written[-1])
    finally:
        if not written:
            discard(made)


def check_locale(lang: str | None) -> str:
    """
    Return the language that is asked for, or nothing for the tenant's.

    Raises:
        InvalidValue: there are no texts in it.
    """
    if lang not in (None, "pl", "sl", "en"):
        raise InvalidValue("--lang: pl, sl or en", code="unknown-locale")
    return lang or ""


def letters_set(house: Platform, letters: Sequence[Letter], screen: Screen) -> tuple[bytes | None, Sequence[int]]:
    """
    Return the document of all letters that can be set, and the places of those that cannot.

    One name with a sign that no font has keeps nobody else's letter from being printed.
    """
    left, numbers = list(letters), list(range(len(letters)))
    without: list[int] = []
    while left:
        try:
            return house.letters.letters(left, house.tenant), without
        except UnprintableSign as stopped:
            without.append(numbers.pop(stopped.number))
            letter = left.pop(stopped.number)
            screen.problem(f"the letter {letter.reference or 'without a reference'} is left out: {stopped}")
    return None, without


def list_set(house: Platform, listed: ClassList, screen: Screen) -> bytes:
    """Return the document of a list; a sign that no font has is a question mark there, and is told of."""
    while True:
        try:
            return house.letters.class_list(listed, house.tenant)
        except UnprintableSign as stopped:
            row = listed.rows[stopped.number]
            mended = evolve(
                row, name=row.name.replace(stopped.sign, _INSTEAD), reference=_without(row.reference, stopped)
            )
            if mended == row:
                raise
            screen.problem(f"in the row {row.reference} there is a question mark: {stopped}")
            listed = evolve(listed, rows=[*listed.rows[: stopped.number], mended, *listed.rows[stopped.number + 1 :]])


def _without(text: str, stopped: UnprintableSign) -> str:
    return text.replace(stopped.sign, _INSTEAD)
