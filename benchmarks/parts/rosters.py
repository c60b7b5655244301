"""Rosters of any size: schools in files of their own, each row a student with one guardian, as UONET+ writes them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from attrs import frozen

HEADER: Final = (
    *("Nr kartoteki", "Nazwisko", "Imię", "PESEL", "Data urodzenia", "Oddział", "E-mail ucznia"),
    *("Opiekun 1 nazwisko", "Opiekun 1 imię", "Opiekun 1 PESEL", "Opiekun 1 e-mail", "Opiekun 1 telefon"),
)
PERSONS_A_ROW: Final = 2
_ROWS_A_SCHOOL: Final = 250
_GIVEN: Final = (
    "Anna",
    "Jan",
    "Łucja",
    "Żaneta",
    "Piotr",
    "Zofia",
    "Marek",
    "Ewa",
    "Olga",
    "Adam",
    "Iga",
    "Kacper",
    "Świętosława",
    "Ola",
    "Nikola",
    "Tymon",
)
_ENDINGS: Final = ("ski", "czyk", "wicz", "ek", "ak", "uk", "owski", "iński", "ewicz", "arz")
_STEMS: Final = (
    "Kowal",
    "Wiśn",
    "Lewand",
    "Kamin",
    "Zieliń",
    "Szymań",
    "Dąbrow",
    "Wójc",
    "Jabłoń",
    "Pawl",
    "Król",
    "Maj",
    "Olsz",
    "Jaworsk",
    "Malin",
    "Stęp",
)
_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_DAYS: Final = 3000
_CHANGED: Final = 100
"""One row in so many changes from one night to the next."""


@frozen
class Rosters:
    """The folders of a first load and of the night after."""

    persons: int
    first: Path
    night: Path


def written(folder: Path, persons: int) -> Rosters:
    """
    Write the rosters of so many persons, twice: as they come first, and with one row in a hundred changed.

    Of those changed a third moved to another class, a third has a guardian with another address, and a third left and
    gave the place to somebody new.
    """
    rosters = Rosters(persons, folder / "first", folder / "night")
    write_first(rosters)
    write_night(rosters)
    return rosters


def write_first(rosters: Rosters) -> None:
    """Write the rosters as they come first."""
    for school, numbers in _schools(rosters.persons):
        _write(rosters.first / school, (row(each) for each in numbers))


def write_night(rosters: Rosters) -> None:
    """Write the rosters of the night after."""
    for school, numbers in _schools(rosters.persons):
        _write(rosters.night / school, (_changed(each, rosters.persons // PERSONS_A_ROW) for each in numbers))


def _schools(persons: int) -> Iterator[tuple[str, range]]:
    """Yield the name of each school's file, with the numbers of its students."""
    rows = persons // PERSONS_A_ROW
    for at, begin in enumerate(range(0, rows, _ROWS_A_SCHOOL)):
        yield f"sp{at:05}.csv", range(begin, min(begin + _ROWS_A_SCHOOL, rows))


def people_in(path: Path) -> int:
    """Return how many people a school's file names."""
    with path.open("rb") as file:
        return (sum(1 for _ in file) - 1) * PERSONS_A_ROW


def _write(path: Path, rows: Iterator[tuple[str, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(rows)


def row(number: int, *, class_step: int = 0, mailbox: str = "g") -> tuple[str, ...]:
    """Return the row of one student with one guardian."""
    stem, ending = _STEMS[number % len(_STEMS)], _ENDINGS[number // 7 % 10]
    born, guardian_born = _born(number, 2008), _born(number, 1975)
    return (
        *(f"K{number}", stem + ending, _GIVEN[number % len(_GIVEN)], _pesel(number, born), born.isoformat()),
        *(f"{1 + (number + class_step) % 8}{'abc'[number % 3]}", f"u{number}@uczen.example.org"),
        *(stem + ending, _GIVEN[number * 5 % len(_GIVEN)], _pesel(number, guardian_born)),
        *(f"{mailbox}{number}@poczta.example.org", f"60{number % 10_000_000:07}"),
    )


def _changed(number: int, rows: int) -> tuple[str, ...]:
    if number % _CHANGED:
        return row(number)
    match number // _CHANGED % 3:
        case 0:
            return row(number, class_step=1)
        case 1:
            return row(number, mailbox="nowy")
        case _:
            return row(number + rows)


def _born(number: int, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=number % _DAYS)


def _pesel(number: int, born: date) -> str:
    month = born.month + (20 if born.year >= 2000 else 0)  # noqa: PLR2004 - the register counts on so in this century
    text = f"{born.year % 100:02}{month:02}{born.day:02}{number // _DAYS % 10_000:04}"
    return text + str(-sum(weight * int(each) for weight, each in zip(_WEIGHTS, text, strict=True)) % 10)
