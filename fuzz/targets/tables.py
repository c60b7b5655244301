"""Delimited texts, whatever their delimiter and encoding: every shipped format of one table, SIO and Librus too."""

from __future__ import annotations

from typing import Final

from fuzz.parts import flagged
from fuzz.reading import check_reading, folder

WORDS: Final = (
    "Nr kartoteki", "Nazwisko", "Imię", "PESEL", "EMŠO", "Data urodzenia", "Płeć", "Oddział", "Opiekun 1 e-mail",
    "E-mail ucznia", "Stanowisko", "Matična številka", "Priimek", "Ime", "Starš 1 priimek", "Spol", "Oddelek",
    "nazwisko", "imie", "imie2", "data_ur", "pesel", "plec", "sep=;", "\r\n", '"', '""', ";", "\t", ",", "\ufeff",
    "2012-03-01", "1.3.2012", "44051401359", "0103012500002", "4,4051E+10", "44051401359.0", "uczeń", "paszport", "UA",
    "\ufffd", "\x00", "\ue000",
)  # fmt: skip
_FILES: Final = ("u.csv", "kadra.csv", "uczniowie.tsv", "SIO.csv", "csv2sou.csv", "users.csv", "student.csv", "u.txt")
_FORMATS: Final = (None, None, None, "sio", "librus-csv2sou", "uonet", "easistent", "table")


def check(data: bytes) -> None:
    """Read one file; the first byte says under which name, as which format, and of which school."""
    flag, content = flagged(data)
    with folder() as place:
        path = place / _FILES[flag % 8]
        path.write_bytes(content)
        check_reading([path], format=_FORMATS[flag // 8 % 8], school="sp1" if flag // 64 % 2 else None)
