"""
From what a record states to claims: every value is checked, held or refused here (ID-1, ID-3, MAIL-2, MAIL-8, SYNC-7).

Nothing is known here of other records: that is `recognise`. A value that cannot be applied leaves the last applied one
standing; a record that contradicts itself is held whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from json import JSONEncoder
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain import national_ids
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Claims, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.hidden import masked
from eszkola_core.domain.names import PersonName, parts
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.roles import IMPORTABLE, Role
from eszkola_core.domain.stated import Field, Problem, StatedId, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue

RULES_VERSION: Final = 1
"""Raised when this module reads the same record differently, so that unchanged records are read again (SYNC-4d)."""

Pseudonym = Callable[[str], str]
"""Turns a text that names a person into a keyed fingerprint that does not (ID-10)."""

_SHORTEST_ID: Final = 6
"""No register's numbers are shorter, so that a short key need not be tried as one."""

_WRITE: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_NUMBER: Final = re.compile(r"\d{6,}")
"""So many digits in a row may be a person's number, or a good part of it."""

_HINTS: Final[Mapping[str, str]] = {
    "wrong-length": "correct the number of digits in the gradebook",
    "wrong-checksum": "one digit is mistyped: compare it with the document and correct it in the gradebook",
    "not-a-date": "the date inside the number is impossible: correct it in the gradebook",
    "wrong-format": "write the number with its digits only",
    "future-birth-date": "the birth date is still to come: correct it in the gradebook",
    "zeros-lost": "a spreadsheet ate the leading zeros: format the column as text, or state the birth date beside it",
    "zeros-restored": "leading zeros were put back, as the birth date confirms; format the column as text",
    "disagrees-with-id": "the national id says otherwise: correct whichever is wrong in the gradebook",
    "ids-disagree": "two ids of one person encode different birth dates or sexes: correct the wrong one",
    "invalid-email": "correct the address in the gradebook",
    "undeliverable-email": "ask for an address without such letters before the @",
    "platform-address": "state a private address outside the platform",
    "document-not-accepted": "this tenant accepts a document in place of a national id for other roles only",
    "wrong-country": "write the issuing country with two letters, such as UA",
    "name-missing": "state both first and last name",
    "last-before-first": "the last day lies before the first: correct the dates in the gradebook",
    "role-not-importable": "such a role is given on the platform by the data controller's delegate",
    "same-person-twice": "two people in this record have the same name but different data: give one a key or a second name",
    "record-key-missing": "give the record a key, a valid national id, or a name with a birth date",
    "key-twice": "two records have this key and differ: remove one in the gradebook",
}


@frozen
class ReadRecord:
    """
    What became of one stated record.

    ``places`` holds the claims of each person in it, with the source's own key of the person where there is one.
    ``held`` says that none of it may be applied. ``people`` counts the person-claims, however it went. ``key`` is None
    where the record cannot be told from others.
    """

    key: RecordKey | None
    places: Mapping[PlaceKey, Claims] = field(factory=dict)
    own_keys: Mapping[PlaceKey, str] = field(factory=dict)
    held_places: frozenset[PlaceKey] = frozenset()
    held: bool = False
    people: int = 0
    findings: tuple[Finding, ...] = ()


def roster_key(roster: StatedRoster) -> RosterKey:
    """Return the key of the list that *roster* states."""
    return RosterKey(roster.school, roster.origin, roster.list)


def hint(code: str) -> str:
    """Return the remedy that goes with *code*, or an empty text."""
    return _HINTS.get(code, "")


def record_key(record: StatedRecord, roster: RosterKey, tenant: Tenant, today: date, pseudonym: Pseudonym) -> RecordKey | None:
    """
    Return what the record is known by, or None where nothing tells it from others (SYNC-0).

    A source's own key is taken as it is, unless it is a national id itself; then, as where the source has no key, a
    fingerprint stands in: of the first person's national id, else of name and birth date.
    """
    if record.key is not None:
        own = _unrevealing(record.key, tenant, today, pseudonym)
        return RecordKey(roster, own) if own else None
    if not record.people:
        return None
    first = record.people[0]
    for each in first.ids:
        found = _parsed_id(each, first, tenant, today)
        if isinstance(found, NationalId):
            return RecordKey(roster, pseudonym(f"{found.scheme}:{found.reveal()}"))
    name = PersonName(first.first_name, first.last_name)
    if first.birth_date is not None and name.is_whole and not any(each.text.strip() for each in first.ids):
        return RecordKey(roster, pseudonym(f"{name.key}:{first.birth_date.isoformat()}"))
    return None


def read(
    record: StatedRecord,
    roster: StatedRoster,
    *,
    before: Mapping[PlaceKey, Claims],
    tenant: Tenant,
    today: date,
    pseudonym: Pseudonym,
) -> ReadRecord:
    """
    Return the claims that *record* makes, with a finding for each value that could not be taken as it stands.

    Args:
        record: one record as its source states it.
        roster: the list that it stands in.
        before: the last applied claims of the record's places.
        tenant: whose rules hold.
        today: the day in the tenant's zone.
        pseudonym: the keyed fingerprint of a text.
    """
    key = record_key(record, roster_key(roster), tenant, today, pseudonym)
    people = tuple(person for person in record.people if not _is_blank(person))
    note = _Notes(record, _shown_key(record, tenant, today))
    for problem in record.problems:
        note.problem(problem)
    if key is None:
        note.finding("", "record-key-missing")
        return ReadRecord(None, held=True, people=max(len(people), 1), findings=note.taken())

    places: dict[PlaceKey, Claims] = {}
    own_keys: dict[PlaceKey, str] = {}
    nameless: set[PlaceKey] = set()
    contradicts = any(problem.field is None for problem in record.problems)
    counted = 0
    for person in people:
        if person.role not in IMPORTABLE:
            note.finding("role", "role-not-importable", person.role)
            continue
        own_key = _unrevealing(person.key or "", tenant, today, pseudonym)
        place = place_key(person, own_key, key, is_first=person is people[0])
        claims, sound = _claims(person, place, before.get(place), tenant, today, note)
        if place in places:
            if places[place] != claims:
                note.finding(Field.LAST_NAME, "same-person-twice")
                contradicts = True
            continue
        counted += 1
        contradicts |= not sound
        if not claims.name.is_whole:
            note.finding(Field.LAST_NAME if parts(claims.name.first) else Field.FIRST_NAME, "name-missing")
            nameless.add(place)
        places[place] = claims
        if own_key:
            own_keys[place] = f"{roster.origin}/{'' if roster.shared_keys else roster.school}/{own_key}"
    return ReadRecord(
        key,
        places,
        own_keys,
        held_places=frozenset(nameless),
        held=contradicts,
        people=max(counted, 1) if contradicts else counted,
        findings=note.taken(),
    )


def place_key(person: StatedPerson, own_key: str, record: RecordKey, *, is_first: bool) -> PlaceKey:
    """Return the place of *person* in *record*: by the source's own key of the person, else by name (ID-6b)."""
    if is_first and person.role is not Role.GUARDIAN:
        return PlaceKey(record, person.role)
    if own_key:
        return PlaceKey(record, person.role, f"key {own_key}")
    return PlaceKey(record, person.role, f"name {PersonName(person.first_name, person.last_name).key}")


def canonical(record: StatedRecord, version: str) -> bytes:
    """
    Return the bytes that a record's digest is made of: its content and the version it is read under (SYNC-4d).

    File and line are left out: a record that moved in its file has not changed; nor has one whose guardians stand in
    other columns. No text can pass for two, whatever characters it holds.
    """
    people = record.people
    about = 1 if people and people[0].role is not Role.GUARDIAN else 0
    plain = [
        version,
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


class _Notes:
    """Collects the findings of one record."""

    def __init__(self, record: StatedRecord, shown_key: str) -> None:
        self._record = record
        self._shown_key = shown_key
        self._findings: list[Finding] = []

    def finding(self, where: str, code: str, value: str = "", remedy: str = "") -> None:
        """Take down one finding."""
        place = (self._record.source, self._record.line, self._shown_key)
        self._findings.append(Finding(*place, str(where), code, value, remedy or hint(code)))

    def problem(self, problem: Problem) -> None:
        """Take down what the source could not translate."""
        self.finding(problem.field or "", problem.code, problem.value, problem.hint)

    def taken(self) -> tuple[Finding, ...]:
        """Return all, in order."""
        return tuple(self._findings)


def _claims(  # noqa: PLR0913 - what one value may depend on
    person: StatedPerson,
    place: PlaceKey,
    before: Claims | None,
    tenant: Tenant,
    today: date,
    note: _Notes,
) -> tuple[Claims, bool]:
    """Return the claims of one person, and whether the record agrees with itself about them (ID-3)."""
    kept = set(person.silent)
    for problem in person.problems:
        note.problem(problem)
        if problem.field is not None:
            kept.add(problem.field)

    ids = _ids(person, place, tenant, today, note)
    if ids is None or Field.NATIONAL_ID in kept:
        ids = before.ids if before is not None else ()
    email = _email(person, tenant, note)
    if email is _UNUSABLE or Field.EMAIL in kept:
        email = before.email if before is not None else None
    birth_date = person.birth_date
    if birth_date is not None and birth_date > today:
        note.finding(Field.BIRTH_DATE, "future-birth-date", birth_date.isoformat())
        birth_date = None
        kept.add(Field.BIRTH_DATE)
    if person.first_day and person.last_day and person.last_day < person.first_day:
        note.finding(Field.DAYS, "last-before-first", f"{person.first_day}…{person.last_day}")
        kept.add(Field.DAYS)

    claims = Claims(
        name=PersonName(" ".join(person.first_name.split()), " ".join(person.last_name.split())),
        ids=ids,
        email=email if isinstance(email, EmailAddress) else None,
        birth_date=birth_date,
        sex=person.sex,
        class_name=person.class_name,
        first_day=person.first_day,
        last_day=person.last_day,
    )
    claims = _with_kept(claims, before, kept)
    return claims, _agrees(claims, note)


def _with_kept(claims: Claims, before: Claims | None, kept: set[Field]) -> Claims:
    """Return *claims* with the last applied value of every field that says nothing now."""
    if before is None:
        if Field.DAYS in kept:
            claims = evolve(claims, first_day=None, last_day=None)
        return claims
    values: dict[str, object] = {}
    if Field.FIRST_NAME in kept or Field.LAST_NAME in kept:
        values["name"] = PersonName(
            before.name.first if Field.FIRST_NAME in kept else claims.name.first,
            before.name.last if Field.LAST_NAME in kept else claims.name.last,
        )
    if Field.BIRTH_DATE in kept:
        values["birth_date"] = before.birth_date
    if Field.SEX in kept:
        values["sex"] = before.sex
    if Field.CLASS in kept:
        values["class_name"] = before.class_name
    if Field.DAYS in kept:
        values |= {"first_day": before.first_day, "last_day": before.last_day}
    return evolve(claims, **values) if values else claims  # type: ignore[arg-type]


def _agrees(claims: Claims, note: _Notes) -> bool:
    """Return whether the ids agree with birth date, sex, and each other; a finding for each that does not (ID-3)."""
    sound = True
    for each in claims.ids:
        if claims.birth_date is not None and each.birth_date is not None and claims.birth_date != each.birth_date:
            note.finding(Field.BIRTH_DATE, "disagrees-with-id", claims.birth_date.isoformat())
            sound = False
        if claims.sex is not None and each.sex is not None and claims.sex != each.sex:
            note.finding(Field.SEX, "disagrees-with-id", claims.sex)
            sound = False
    pairs = [(a, b) for index, a in enumerate(claims.ids) for b in claims.ids[index + 1 :]]
    if any(not a.agrees_with(b) for a, b in pairs):
        note.finding(Field.NATIONAL_ID, "ids-disagree")
        sound = False
    return sound


def _ids(person: StatedPerson, place: PlaceKey, tenant: Tenant, today: date, note: _Notes) -> tuple[NationalId, ...] | None:
    """Return the ids that are stated, or None where one that is stated cannot be taken."""
    found: set[NationalId] = set()
    unusable = False
    for stated in person.ids:
        if not stated.text.strip():
            continue
        if stated.document and place.role not in tenant.settings.documents_for:
            note.finding(Field.NATIONAL_ID, "document-not-accepted", masked(stated.text))
            unusable = True
            continue
        outcome = _parsed_id(stated, person, tenant, today)
        if isinstance(outcome, NationalId):
            found.add(outcome)
            if not stated.document and len(outcome.reveal()) > len(stated.text.strip()):
                note.finding(Field.NATIONAL_ID, "zeros-restored", outcome.masked)
        else:
            note.finding(Field.NATIONAL_ID, outcome, masked(stated.text))
            unusable = True
    return None if unusable else tuple(sorted(found))


def _parsed_id(stated: StatedId, person: StatedPerson, tenant: Tenant, today: date) -> NationalId | str:
    """Return the id, or the code of what is wrong with it."""
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


class _Unusable:
    """Marks an address that is stated but cannot be used."""


_UNUSABLE: Final = _Unusable()


def _email(person: StatedPerson, tenant: Tenant, note: _Notes) -> EmailAddress | _Unusable | None:
    """Return the address that is stated, None for none, or the mark of one that cannot be used (MAIL-2, MAIL-8)."""
    if not person.email.strip():
        return None
    try:
        address = EmailAddress.parse(person.email)
    except InvalidValue as refused:
        note.finding(Field.EMAIL, refused.code, _masked_address(person.email))
        return _UNUSABLE
    if address.lies_in(tenant.platform_domain):
        note.finding(Field.EMAIL, "platform-address", address.masked)
        return _UNUSABLE
    return address


def _masked_address(text: str) -> str:
    """Return a text that should have been an address as a report may show it: no number behind the @ either (ID-10)."""
    local, at, domain = text.strip().rpartition("@")
    return f"{local[:1]}•••@{_NUMBER.sub(lambda run: masked(run[0]), domain)}" if at else masked(text)


def _is_blank(person: StatedPerson) -> bool:
    """Return whether nothing at all is stated of a person: an empty group of columns."""
    texts = (person.key or "", person.first_name, person.last_name, person.email, *(each.text for each in person.ids))
    return not any(text.strip() for text in texts) and not person.problems


def _unrevealing(key: str, tenant: Tenant, today: date, pseudonym: Pseudonym) -> str:
    """Return a source's own key, or its fingerprint where it is a national id itself (ID-10)."""
    own = key.strip()
    return pseudonym(own) if len(own) >= _SHORTEST_ID and _is_national_id(own, tenant.settings.national_id_schemes, today) else own


def _is_national_id(text: str, schemes: tuple[str, ...], today: date) -> bool:
    """Return whether a record's key is a national id itself."""
    if not national_ids.may_be_one(text, schemes=schemes):
        return False
    try:
        national_ids.parse(text, schemes=schemes, today=today)
    except InvalidValue:
        return False
    return True


def _shown_key(record: StatedRecord, tenant: Tenant, today: date) -> str:
    """Return the record's key as a finding may show it."""
    key = (record.key or "").strip()
    return masked(key) if key and _is_national_id(key, tenant.settings.national_id_schemes, today) else key

