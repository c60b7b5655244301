"""The table of postal addresses that `--addresses` reads: what a gradebook or a spreadsheet exports (INIT-4)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from eszkola_core import AddressBook, InvalidValue, PostalAddress
from eszkola_core.domain.address_books import HOUSEHOLD
from eszkola_core.domain.letters import one_line
from eszkola_core.domain.names import fold

COLUMNS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "record": ("record", "kartoteka", "nr kartoteki", "zapis", "maticna stevilka"),
        "name": ("name", "adresat", "naslovnik"),
        "street": ("street", "ulica", "ulica i numer", "naslov"),
        "postal_code": ("postal code", "kod", "kod pocztowy", "postna stevilka"),
        "city": ("city", "miejscowosc", "posta", "kraj"),
        "country": ("country", "panstwo", "drzava"),
    }
)
"""What the columns may be called, in English, Polish and Slovene; case, marks and underscores do not matter."""

_NEEDED: Final = ("record", "street", "postal_code", "city")
_DELIMITERS: Final = (";", ",", "\t")
_LONGEST: Final = 200


def read_addresses(path: Path | None) -> AddressBook:
    """
    Return the addresses of a table; none of no table.

    Lines without a street, a code and a town say that there is no address.

    Raises:
        InvalidValue: it cannot be read, a column is missing, or a line is half an address: line and column are named.
    """
    if path is None:
        return AddressBook()
    try:
        lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError):
        raise InvalidValue(f"{path}: cannot be read as text in UTF-8", code="unreadable-addresses") from None
    return AddressBook.of(dict(_entries(path, lines)))


def _entries(path: Path, lines: Sequence[str]) -> Iterator[tuple[tuple[str, str], PostalAddress]]:
    delimiter = max(_DELIMITERS, key=lines[0].count) if lines else ";"
    rows = csv.reader(lines, delimiter=delimiter)
    columns = _columns(path, next(rows, []))
    seen: set[tuple[str, str]] = set()
    for row in rows:
        where = f"{path}, line {rows.line_num}"
        cells = {name: one_line(row[at]) if at < len(row) else "" for name, at in columns.items()}
        given = [name for name in ("street", "postal_code", "city") if cells[name]]
        if not any(cells.values()) or not given:
            continue
        lacking = [name for name in _NEEDED if not cells[name]]
        if lacking:
            raise InvalidValue(f"{where}: the column {lacking[0]!r} is empty", code="address-incomplete")
        if any(len(cell) > _LONGEST for cell in cells.values()):
            raise InvalidValue(f"{where}: a cell is too long for an address", code="address-too-long")
        key = (cells["record"], cells.get("name", "") or HOUSEHOLD)
        if key in seen:
            raise InvalidValue(f"{where}: the same record and name stood in an earlier line", code="address-twice")
        seen.add(key)
        yield (
            key,
            PostalAddress(
                street=cells["street"],
                postal_code=cells["postal_code"],
                city=cells["city"],
                country=cells.get("country", ""),
            ),
        )


def _columns(path: Path, header: Sequence[str]) -> Mapping[str, int]:
    named = [fold(each).replace("_", " ").strip() for each in header]
    found: dict[str, int] = {}
    for name, spellings in COLUMNS.items():
        at = [number for number, each in enumerate(named) if each in spellings and number not in found.values()]
        if at:
            found[name] = at[0]
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise InvalidValue(
            f"{path}, line 1: there is no column {missing[0]!r}; a table of addresses has the columns "
            f"{', '.join(COLUMNS)}, of which name and country may be missing",
            code="column-missing",
        )
    return found
