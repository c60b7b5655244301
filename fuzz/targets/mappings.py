"""Mapping files: whatever somebody writes down as a format is one, or is refused with its key; and then read with."""

from __future__ import annotations

from typing import Final

from eszkola_gradebook.mapping_file import parsed
from fuzz.held import refusing
from fuzz.parts import flagged, grown, parted, toml
from fuzz.reading import check_reading, folder

WORDS: Final = (
    "format", "version", "title", "origin", "tables", "records", "schools", "delimiter", "dates", "words",
    "shared_keys", "fallback", "ignore", "files", "needs", "positional", "at_least", "optional", "table", "list",
    "people", "key", "filled", "school", "role", "homeroom", "homerooms", "whole", "where", "joins", "join_days",
    "column", "on", "name", "each", "fields", "first_day", "last_day", "ids", "document", "number", "type", "country",
    "sex", "students", "staff", "student", "guardian", "teacher", "director", "above", "other", "first_name",
    "last_name", "national_id", "email", "phone", "birth_date", "class", "days", "YYYY-MM-DD", "DD.MM.YYYY",
    "D/M/YYYY", "u", "*.csv", "Nr", "Imię", "Nazwisko", "Opiekun {n} imię", "row", ";", "[tables.u]", "[[records]]",
    "[[records.people]]", "\n=== u.csv\n", "pl.pesel", "label", "female", "male",
)  # fmt: skip


def check(data: bytes) -> None:
    """Take a mapping, as it is written or as it grows, and read a table with it."""
    flag, content = flagged(data)
    parts = dict(parted(content))
    written = parts.get("", b"")
    if flag % 2:
        written = toml(grown(written, WORDS)).encode()
    with refusing(quotes=True):
        parsed(written, "own.toml")
        with folder() as place:
            (place / "own.toml").write_bytes(written)
            (place / "u.csv").write_bytes(parts.get("u.csv", b"Nr,Imi\xc4\x99,Nazwisko\n1,Ala,Lis\n"))
            check_reading([place / "u.csv"], format=str(place / "own.toml"), school="sp1" if flag // 2 % 2 else None)
