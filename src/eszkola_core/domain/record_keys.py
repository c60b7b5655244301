"""What a record and the people in it are known by, and what its digest is made of (SYNC-0, SYNC-4d, ID-6b)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from json import JSONEncoder
from typing import Final

from eszkola_core.domain import national_ids
from eszkola_core.domain.claims import PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.hidden import masked
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Problem, StatedId, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue

Pseudonym = Callable[[str], str]
"""Turns a text that names a person into a keyed fingerprint that does not (ID-10)."""

_SHORTEST_ID: Final = 6
"""No register's numbers are shorter, so that a short key need not be tried as one."""

_WRITE: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def roster_key(roster: StatedRoster) -> RosterKey:
    """Return the key of the list that *roster* states."""
    return RosterKey(roster.school, roster.origin, roster.list)


def record_key(
    record: StatedRecord, roster: RosterKey, tenant: Tenant, today: date, pseudonym: Pseudonym
) -> RecordKey | None:
    """
    Return what the record is known by, or None where nothing tells it from others (SYNC-0).

    A source's own key is taken as it is, unless it is a national id itself; then, as where the source has no key, a
    fingerprint stands in: of the first person's national id, else of name and birth date.
    """
    if record.key is not None:
        own = own_key(record.key, tenant, today, pseudonym)
        return RecordKey(roster, own) if own else None
    if not record.people:
        return None
    first = record.people[0]
    for each in first.ids:
        found = parsed_id(each, first, tenant, today)
        if isinstance(found, NationalId):
            return RecordKey(roster, pseudonym(f"{found.scheme}:{found.reveal()}"))
    name = PersonName(first.first_name, first.last_name)
    if first.birth_date is not None and name.is_whole and not any(each.text.strip() for each in first.ids):
        return RecordKey(roster, pseudonym(f"{name.key}:{first.birth_date.isoformat()}"))
    return None


def place_key(person: StatedPerson, own_key: str, record: RecordKey, *, is_first: bool) -> PlaceKey:
    """Return the place of *person* in *record*: by the source's own key of the person, else by name (ID-6b)."""
    if is_first and person.role is not Role.GUARDIAN:
        return PlaceKey(record, person.role)
    if own_key:
        return PlaceKey(record, person.role, f"key {own_key}")
    return PlaceKey(record, person.role, f"name {PersonName(person.first_name, person.last_name).key}")


def canonical(record: StatedRecord) -> bytes:
    """
    Return the bytes that stand for a record's content, however it is read (SYNC-4d).

    File and line are left out: a record that moved in its file has not changed; nor has one whose guardians stand in
    other columns. No text can pass for two, whatever characters it holds.
    """
    people = record.people
    about = 1 if people and people[0].role is not Role.GUARDIAN else 0
    plain = [
        [] if record.key is None else [record.key],
        record.ended,
        _plain_problems(record.problems),
        *map(_plain, people[:about]),
        *sorted(map(_plain, people[about:])),
    ]
    return _WRITE(plain).encode("utf-8", "surrogatepass")


def _plain(person: StatedPerson) -> list[str | list[str] | list[list[str]]]:
    """Return all that is stated of a person, as lists that can be sorted."""
    return [
        person.role.value,
        [] if person.key is None else [person.key],
        person.first_name,
        person.last_name,
        person.email,
        person.phone,
        person.class_name,
        str(person.birth_date or ""),
        str(person.sex or ""),
        str(person.first_day or ""),
        str(person.last_day or ""),
        [[each.scheme, each.document, each.text] for each in person.ids],
        sorted(each.value for each in person.silent),
        _plain_problems(person.problems),
    ]


def _plain_problems(problems: Iterable[Problem]) -> list[list[str]]:
    return [[each.field or "", each.code, each.value] for each in problems]


def parsed_id(stated: StatedId, person: StatedPerson, tenant: Tenant, today: date) -> NationalId | str:
    """Return the id that a person is stated with, or the code of what is wrong with it (ID-1, ID-5, SYNC-7)."""
    schemes = (stated.scheme,) if stated.scheme else tenant.settings.national_id_schemes
    text = stated.text.strip()
    try:
        if stated.document:
            return national_ids.document(stated.scheme, stated.document, text)
        return national_ids.parse(text, schemes=schemes, today=today)
    except InvalidValue as refused:
        found = national_ids.restored(text, schemes=schemes, born=person.birth_date, today=today)
        if found is not None:
            return found
        return "zeros-lost" if national_ids.lost_zeros(text, schemes=schemes) else refused.code


def own_key(key: str, tenant: Tenant, today: date, pseudonym: Pseudonym) -> str:
    """Return a source's own key, or its fingerprint where it is, or was meant to be, a national id (ID-10)."""
    own = key.strip()
    return (
        pseudonym(own)
        if len(own) >= _SHORTEST_ID and _is_national_id(own, tenant.settings.national_id_schemes, today)
        else own
    )


def _is_national_id(text: str, schemes: tuple[str, ...], today: date) -> bool:
    """Return whether a key is a national id itself, or what a mistake or a spreadsheet left of one."""
    if national_ids.looks_like_one(text, schemes=schemes):
        return True
    if not national_ids.may_be_one(text, schemes=schemes):
        return False
    try:
        national_ids.parse(text, schemes=schemes, today=today)
    except InvalidValue:
        return False
    return True


def shown_key(record: StatedRecord, tenant: Tenant, today: date) -> str:
    """Return the record's key as a finding may show it."""
    key = (record.key or "").strip()
    return masked(key) if key and _is_national_id(key, tenant.settings.national_id_schemes, today) else key
