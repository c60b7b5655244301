"""Cells to values: days, sex, national ids. What cannot be read becomes a problem that quotes no number (ID-10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from eszkola_core.domain.hidden import masked
from eszkola_core.domain.stated import Field, Problem, Sex, StatedId
from eszkola_gradebook.words import folded

_ISO: Final = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})")
_TIME: Final = re.compile(r"(?:T|\s+)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$")
_TOKEN: Final = re.compile(r"YYYY|MM?|DD?")
_PARTS: Final = {"YYYY": r"(?P<y>\d{4})", "MM": r"(?P<m>\d{1,2})", "DD": r"(?P<d>\d{1,2})"}
_DATELIKE: Final = re.compile(r"[\d./ -]{4,12}")
_WORDS: Final = re.compile(r"(?:[^\W\d_]|[ .-]){1,40}")
_POINT_ZERO: Final = re.compile(r"(\d+)[.,]0+")
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)
_MOST_DIGITS: Final = 8
_LONGEST_DATE: Final = 64
"""With a time, and blanks before it, that nobody counts."""
_LONG_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){6,}")
REPLACED: Final = "\ufffd"
"""What a program writes where it could not read a letter: the letter is lost before we see the file."""


def shown(text: str) -> str:
    """Return *text* for a report: a word or a day as it is, whatever might be a number of a person masked."""
    if _WORDS.fullmatch(text):
        return text
    if _DATELIKE.fullmatch(text) and sum(sign.isdigit() for sign in text) <= _MOST_DIGITS:
        return text
    return masked(text[:40])


def safe_key(key: str) -> str:
    """Return a record's key for a report; one that might be a national id is masked."""
    return _LONG_NUMBER.sub(lambda found: masked(found[0]), key)


@lru_cache(maxsize=64)
def _pattern(form: str) -> re.Pattern[str]:
    """Return what a date written as *form* looks like; one digit or two are both read."""
    source = ""
    at = 0
    for token in _TOKEN.finditer(form):
        part = "YYYY" if token[0] == "YYYY" else token[0][0] * 2
        source += re.escape(form[at : token.start()]) + _PARTS[part]
        at = token.end()
    return re.compile(source + re.escape(form[at:]))


def is_date_form(form: str) -> bool:
    """Return whether *form* names a year, a month and a day once each, and no other letter or digit."""
    tokens = [token[0][0] for token in _TOKEN.finditer(form)]
    return sorted(tokens) == ["D", "M", "Y"] and not any(sign.isalnum() for sign in _TOKEN.sub("", form))


@lru_cache(maxsize=1 << 15)
def read_date(text: str, forms: tuple[str, ...], about: Field) -> date | Problem | None:
    """
    Return the day that *text* names; None for an empty cell.

    Several forms may fit one text. Where they do not agree on the day, nothing is chosen.
    """
    if not text:
        return None
    if len(text) > _LONGEST_DATE:
        return Problem(about, "bad-date", shown(text), "write the date as YYYY-MM-DD")
    bare = _TIME.sub("", text)
    patterns = (_ISO, *map(_pattern, forms))
    days = {day for pattern in patterns if (day := _fitted(pattern, bare)) is not None}
    if len(days) == 1:
        return days.pop()
    if days:
        return Problem(about, "undecidable-date", shown(text), "list one order of day and month, or export YYYY-MM-DD")
    return Problem(about, "bad-date", shown(text), "write the date as YYYY-MM-DD")


def _fitted(pattern: re.Pattern[str], text: str) -> date | None:
    found = pattern.fullmatch(text)
    if found is None or not text.isascii():
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def read_sex(text: str, words: Mapping[str, str]) -> Sex | Problem | None:
    """Return the sex that *text* names; None where it is empty or said to be unspecified."""
    if not text:
        return None
    meaning = words.get(folded(text))
    if meaning is None:
        return Problem(Field.SEX, "unknown-word", shown(text), "add the word to the mapping file, under words.sex")
    return Sex(meaning) if meaning in set(Sex) else None


def read_id(text: str, scheme: str = "", document: str = "") -> StatedId | Problem | None:
    """Return the national id as it stands; only what a spreadsheet adds to a number is taken off again."""
    if not text:
        return None
    if text.isdigit():
        return StatedId(text, scheme, document)
    if _SCIENTIFIC.fullmatch(text):
        return Problem(
            Field.NATIONAL_ID,
            "eaten-digits",
            hint="a spreadsheet rounded the number: export again, and do not open the file before the import",
        )
    number = _POINT_ZERO.fullmatch(text)
    return StatedId(number[1] if number else text, scheme, document)
