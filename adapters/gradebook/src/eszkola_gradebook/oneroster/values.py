"""Whether a cell is written as the standard writes it, and nothing else: no other spelling, however clear, counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from eszkola_gradebook.oneroster.standard import Kind, Standard

_KEY: Final = r"[0-9A-Za-z./@_-]{1,255}"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII)
CODES: Final = {
    "boolean": "invalid-boolean",
    "date": "invalid-date",
    "datetime": "invalid-datetime",
    "integer": "invalid-integer",
    "key": "invalid-guid",
    "list": "invalid-list",
    "maps": "invalid-score-scale-mapping",
    "number": "invalid-float",
    "pairs": "invalid-list",
    "ref": "invalid-guid",
    "refs": "invalid-guid",
    "word": "invalid-enum",
    "words": "invalid-enum",
    "year": "invalid-year",
}
"""What is said of a cell that is not written so."""
WAYS: Final = {
    "boolean": "write true or false, in small letters",
    "date": "write the date as 2024-09-01",
    "datetime": "write the time as 2024-09-01T12:00:00.000Z",
    "integer": "write a whole number",
    "key": "write 1 to 255 letters, digits or . - _ / @",
    "list": "leave out empty values between the commas",
    "maps": "write {A:94},{B:84}",
    "number": "write a number with a point",
    "pairs": "write {type:id},{type:id}",
    "ref": "write 1 to 255 letters, digits or . - _ / @",
    "refs": "write sourcedIds with commas between them, and no spaces",
    "word": "use one of the standard's words, in its own spelling",
    "words": "use the standard's words, in their own spelling",
    "year": "write the year as 2024",
}


def keeps(text: str, kind: Kind, standard: Standard) -> bool:
    """Return whether a cell that is not empty is written as its column asks."""
    if kind.name == "word":
        return standard.admits(text, kind.of)
    if kind.name == "words":
        return all(standard.admits(each, kind.of) for each in text.split(","))
    single = _SEVERAL.get(kind.name)
    return all(map(_FORMS[single], text.split(","))) if single else _FORMS[kind.name](text)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    return found is not None and _is_date(found[1])


def _like(form: str) -> Callable[[str], bool]:
    pattern = re.compile(form, re.ASCII)
    return lambda text: pattern.fullmatch(text) is not None


_FORMS: Final = {
    "boolean": _like("true|false"),
    "date": _is_date,
    "datetime": _is_time,
    "integer": _like(r"[+-]?\d+"),
    "key": _like(_KEY),
    "number": _like(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    "pair": _like(r"\{[^:{}]+:[^:{}]+\}"),
    "ref": _like(_KEY),
    "text": _like(r"(?s:.*)"),
    "value": _like(r"(?s:.*\S.*)"),
    "year": _like(r"\d{4}"),
}
_SEVERAL: Final = {"list": "value", "maps": "pair", "pairs": "pair", "refs": "ref"}
"""Kinds that hold several values between commas, and of what kind each of these is."""
