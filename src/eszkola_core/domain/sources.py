"""
Where each value comes from: which record states it, as which run took it in, or who decided it here (SYNC-10).

What an account has of which no record and no decision speaks any more, it keeps from before: that is said too, so no
value is without a source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import attrs
from attrs import frozen

from eszkola_core.domain.accounts import Person
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import (
    OWNS_ADDRESS,
    OWNS_PHONE,
    Claims,
    Decision,
    DecisionKind,
    Place,
    PlaceKey,
    RecordKey,
)
from eszkola_core.domain.corrections import Correction
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import RecordState
from eszkola_core.domain.stated import Field


class Value(StrEnum):
    """The things that somebody or something states of a person."""

    NAME = "name"
    NATIONAL_ID = "national-id"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH_DATE = "birth-date"
    SEX = "sex"
    CLASS = "class"
    FIRST_DAY = "first-day"
    LAST_DAY = "last-day"
    ROLE = "role"


class Standing(StrEnum):
    """What became of a value: the account has it, a role or record says it, it waits, or its record is gone."""

    IN_USE = "in-use"
    STATED = "stated"
    HELD = "held"
    GONE = "gone"


@frozen
class OfRecord:
    """A record states it; ``run`` is the import that took its present content in."""

    school: str
    origin: str
    list: str
    record: str
    role: Role
    run: int | None


@frozen
class OfPerson:
    """Somebody decided it here."""

    author: str
    at: datetime
    kind: DecisionKind


@frozen
class Kept:
    """No record and no decision says it any more: the account keeps it; ``run`` is the last that wrote the account."""

    run: int | None


Source = OfRecord | OfPerson | Kept


@frozen
class Sourced:
    """One value, masked where a number or an address could name somebody, with one source of it."""

    value: Value
    text: str
    standing: Standing
    source: Source


@frozen
class _Said:
    """A value; ``content`` is what it is in clear where the text does not tell two apart: compared, and never shown."""

    value: Value
    text: str
    content: object = attrs.field(default=None, repr=False)

    @property
    def key(self) -> tuple[Value, object]:
        """What two are the same by."""
        return self.value, self.content


_VALUES: Final = tuple(Value)
_STANDINGS: Final = tuple(Standing)
_CORRECTED: Final[Mapping[Field, Value]] = {
    Field.FIRST_NAME: Value.NAME,
    Field.LAST_NAME: Value.NAME,
    Field.NATIONAL_ID: Value.NATIONAL_ID,
    Field.EMAIL: Value.EMAIL,
    Field.PHONE: Value.PHONE,
    Field.BIRTH_DATE: Value.BIRTH_DATE,
    Field.SEX: Value.SEX,
}


def sources(
    person: Person,
    places: Collection[Place],
    decisions: Collection[Decision],
    records: Mapping[RecordKey, RecordState],
    writer: int | None,
) -> tuple[Sourced, ...]:
    """
    Return every value of *person* with each of its sources, those in use first.

    *places* and *decisions* are all of the person's, *records* what is kept of the records of the places, *writer* the
    run that wrote the account last.
    """
    has = tuple(_of_account(person))
    in_use = {each.key for each in has}
    found: list[Sourced] = []
    backed: set[tuple[Value, object]] = set()
    for said, standing, source in _stated(places, decisions, records, person):
        stands = standing is Standing.STATED and said.key in in_use
        if stands:
            backed.add(said.key)
        found.append(Sourced(said.value, said.text, Standing.IN_USE if stands else standing, source))
    found += [Sourced(each.value, each.text, Standing.IN_USE, Kept(writer)) for each in has if each.key not in backed]
    return tuple(sorted(dict.fromkeys(found), key=_order))


def _order(each: Sourced) -> tuple[int, int, str, str]:
    return _VALUES.index(each.value), _STANDINGS.index(each.standing), each.text, repr(each.source)


def _of_account(person: Person) -> Iterable[_Said]:
    """Yield what the account itself has."""
    yield _of_name(person.name)
    yield from map(_of_id, person.ids)
    if person.central is not None:
        yield _of_address(person.central)
    if person.phone is not None:
        yield _of_phone(person.phone)


def _stated(
    places: Iterable[Place],
    decisions: Iterable[Decision],
    records: Mapping[RecordKey, RecordState],
    person: Person,
) -> Iterable[tuple[_Said, Standing, Source]]:
    """Yield what records and decisions say."""
    theirs = [each for each in decisions if each.stands and each.subject == person.id]
    mended: dict[tuple[PlaceKey, Value], list[tuple[Correction, Decision]]] = defaultdict(list)
    for decision in theirs:
        if decision.kind is DecisionKind.CORRECTED:
            correction = Correction.of(decision)
            mended[correction.place, _CORRECTED[correction.field]].append((correction, decision))
    for place in places:
        source = _of(place, records.get(place.key.record))
        standing = Standing.STATED if place.is_present else Standing.GONE
        yield _Said(Value.ROLE, place.role.value), standing, source
        for said in _said(place.accepted):
            here = [each for each in mended[place.key, said.value] if _is_of(said, each[0])]
            # A name of which one part was corrected has the other part from the record.
            if not here or (said.value is Value.NAME and len(here) == 1):
                yield said, standing, source
            yield from ((said, standing, OfPerson(each.author, each.at, each.kind)) for _, each in here)
        known = set(_said(place.accepted))
        yield from ((said, Standing.HELD, source) for said in _said(place.pending) if said not in known)
    for decision in theirs:
        by = OfPerson(decision.author, decision.at, decision.kind)
        if decision.kind in OWNS_ADDRESS and decision.address is not None:
            yield _of_address(decision.address), Standing.STATED, by
        if decision.kind in OWNS_PHONE and decision.value is not None:
            yield _of_phone(PhoneNumber(decision.value.reveal())), Standing.STATED, by


def _is_of(said: _Said, correction: Correction) -> bool:
    """Return whether a value is what a correction of its field says; a record may state several ids."""
    one = said.content
    return not isinstance(one, NationalId) or correction.text == f"{one.scheme}:{one.reveal()}"


def _of(place: Place, state: RecordState | None) -> OfRecord:
    key, roster = place.key.record, place.key.record.roster
    run = state.run if state is not None else None
    return OfRecord(roster.school, roster.origin, roster.list, key.key, place.role, run)


def _said(claims: Claims | None) -> Iterable[_Said]:
    """Yield everything that *claims* say."""
    if claims is None:
        return
    yield _of_name(claims.name)
    yield from map(_of_id, claims.ids)
    if claims.email is not None:
        yield _of_address(claims.email)
    if claims.phone is not None:
        yield _of_phone(claims.phone)
    if claims.birth_date is not None:
        yield _Said(Value.BIRTH_DATE, f"{claims.birth_date.year}-••-••", claims.birth_date)
    if claims.sex is not None:
        yield _Said(Value.SEX, claims.sex.value)
    if claims.class_name:
        yield _Said(Value.CLASS, claims.class_name)
    for value, day in ((Value.FIRST_DAY, claims.first_day), (Value.LAST_DAY, claims.last_day)):
        if day is not None:
            yield _Said(value, day.isoformat())


def _of_name(name: PersonName) -> _Said:
    return _Said(Value.NAME, str(name), (name.first, name.last))


def _of_id(national_id: NationalId) -> _Said:
    return _Said(Value.NATIONAL_ID, national_id.masked, national_id)


def _of_address(address: EmailAddress) -> _Said:
    return _Said(Value.EMAIL, address.masked, address.mailbox)


def _of_phone(phone: PhoneNumber) -> _Said:
    return _Said(Value.PHONE, phone.masked, phone.e164)
