"""Bound columns and a row's cells to the persons that they state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, TypeVar

from attrs import frozen

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Problem, Sex, StatedId, StatedPerson
from eszkola_gradebook.bound import BoundDocument, BoundPerson, Context, Ref
from eszkola_gradebook.cells import REPLACED, read_date, read_id, read_sex, safe_key, shown
from eszkola_gradebook.words import folded

_Value = TypeVar("_Value")
_COUNTRY_LETTERS: Final = 2
UNNAMED_DOCUMENT: Final = "other"


@frozen
class Vocabulary:
    """The words and date forms of one format."""

    dates: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]

    def day(self, text: str, about: Field) -> date | Problem | None:
        """Return the day that *text* names."""
        return read_date(text, self.dates, about)

    def sex(self, text: str) -> Sex | Problem | None:
        """Return the sex that *text* names."""
        return read_sex(text, self.words["sex"])

    def document(self, kind: str, number: str, country: str) -> StatedId | Problem | None:
        """
        Return the document that stands in for a national id (ID-5).

        Its country is two letters, or a name that the format knows; its type is a known word or the text itself, unless
        that is a number: then the cells stand in each other's columns, and the number may be the id (ID-10).
        """
        letters = country.casefold()
        if country and not (len(letters) == _COUNTRY_LETTERS and letters.isascii() and letters.isalpha()):
            letters = self.words["country"].get(folded(country), "")
            if number and not letters:
                hint = "write the country as two letters, such as UA"
                return Problem(Field.NATIONAL_ID, "unknown-country", shown(country), hint)
        known = self.words["document"].get(folded(kind))
        if number and safe_key(kind) != kind:
            hint = "write the type as a word, such as paszport: a number is in its column"
            return Problem(Field.NATIONAL_ID, "unknown-document", shown(kind), hint)
        return read_id(number, letters, known or "-".join(kind.casefold().split()) or UNNAMED_DOCUMENT)


def persons(bound: BoundPerson, rows: Context, vocabulary: Vocabulary) -> Iterator[StatedPerson | Problem]:
    """Yield the persons that a record states through *bound*, and what is wrong with the record as a whole."""
    for context in bound.each.rows(rows) if bound.each else (rows,):
        own = dict(context) if bound.joins else context
        yield from (problem for join in bound.joins if (problem := join.follow(own)))
        if bound.each or bound.role is not Role.GUARDIAN or bound.says_anything(own):
            yield _person(bound, own, vocabulary)


def _person(bound: BoundPerson, rows: Context, vocabulary: Vocabulary) -> StatedPerson:
    problems: list[Problem] = []

    def kept(value: _Value | Problem | None) -> _Value | None:
        if isinstance(value, Problem):
            problems.append(value)
            return None
        return value

    def text(about: Field) -> str:
        ref = bound.fields.get(about)
        found = ref.of(rows) if ref else ""
        if REPLACED in found:
            problems.append(Problem(about, "damaged-text", hint="letters were lost before the export: export in UTF-8"))
        return found

    def day(ref: Ref | None, about: Field) -> date | None:
        found = ref.of(rows) if ref else ""
        return kept(vocabulary.day(found, about)) if found else None

    ids = [kept(read_id(ref.of(rows), scheme)) for scheme, ref in bound.ids]
    if bound.document is not None:
        ids.append(kept(_document(bound.document, rows, vocabulary)))
    return StatedPerson(
        role=bound.role or Role.TEACHER,
        key=(bound.key.of(rows) or None) if bound.key else None,
        first_name=text(Field.FIRST_NAME),
        last_name=text(Field.LAST_NAME),
        ids=tuple(stated for stated in ids if stated),
        email=text(Field.EMAIL),
        phone=text(Field.PHONE),
        birth_date=day(bound.fields.get(Field.BIRTH_DATE), Field.BIRTH_DATE),
        sex=kept(vocabulary.sex(text(Field.SEX))),
        class_name=text(Field.CLASS),
        first_day=day(bound.first_day, Field.DAYS),
        last_day=day(bound.last_day, Field.DAYS),
        silent=bound.silent_in(rows),
        problems=tuple(problems),
    )


def _document(bound: BoundDocument, rows: Context, vocabulary: Vocabulary) -> StatedId | Problem | None:
    kind = bound.type.of(rows) if bound.type else ""
    country = bound.country.of(rows) if bound.country else ""
    return vocabulary.document(kind, bound.number.of(rows), country)
