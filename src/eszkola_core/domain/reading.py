"""
From what a record states to claims: every value is checked (ID-1, ID-3, MAIL-2, MAIL-8, PHONE-1a, SYNC-7).

Nothing is known here of other records: that is `recognise`. A value that cannot be applied leaves the last applied one
standing; a record that contradicts itself is held whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import PLATFORM, Claims, Flaw, PlaceKey, RecordKey
from eszkola_core.domain.findings import Finding
from eszkola_core.domain.hidden import masked, without_numbers
from eszkola_core.domain.names import PersonName, parts
from eszkola_core.domain.national_ids import NationalId, prove_two
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.record_keys import Pseudonym, own_key, parsed_id, place_key, record_key, roster_key, shown_key
from eszkola_core.domain.roles import IMPORTABLE, OF_TRUSTED_SOURCES, Role
from eszkola_core.domain.stated import Field, Problem, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue

RULES_VERSION: Final = 4
"""Raised when this module reads the same record differently, so that unchanged records are read again (SYNC-4d)."""


_KEYLESS: Final = "record-key-missing"
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
    "invalid-phone": "nobody can have this number: correct it in the gradebook, a foreign one with + and the country",
    "phone-with-more": "write one telephone number, without letters or an extension",
    "document-not-accepted": "this tenant accepts a document in place of a national id for other roles only",
    "wrong-country": "write the issuing country with two letters, such as UA",
    "wrong-document-type": "write the document's type as a word, such as passport: a number is in its column",
    "name-missing": "state both first and last name",
    "last-before-first": "the last day lies before the first: correct the dates in the gradebook",
    "role-not-importable": "such a role is given on the platform, or by a source that trusted_sources names",
    "same-person-twice": "two people in this record have one name but different data: give one a key or second name",
    _KEYLESS: "give the record a key, a valid national id, or a name with a birth date",
    "undone": "this was taken back by undoing a run, and waits; take it in again with --redo",
    "key-twice": "two records have this key and differ: remove one in the gradebook",
}


def hint(code: str) -> str:
    """Return the remedy that goes with *code*, or an empty text."""
    return _HINTS.get(code, "")


@frozen
class ReadRecord:
    """
    What became of one stated record.

    ``places`` holds the claims of each person in it, with the source's own key of the person where there is one, and
    what was wrong with values that could not be taken.
    ``silent`` are the fields of a place in which the last applied value stands: the source says nothing there, or
    nothing that can be taken. ``held`` says that none of the record may be applied. ``people`` counts the
    person-claims, however it went. ``key`` is None where the record cannot be told from others.
    """

    key: RecordKey | None
    places: Mapping[PlaceKey, Claims] = field(factory=dict)
    own_keys: Mapping[PlaceKey, str] = field(factory=dict)
    flaws: Mapping[PlaceKey, tuple[Flaw, ...]] = field(factory=dict)
    silent: Mapping[PlaceKey, frozenset[Field]] = field(factory=dict)
    held_places: frozenset[PlaceKey] = frozenset()
    held: bool = False
    people: int = 0
    findings: tuple[Finding, ...] = ()


def read(  # noqa: PLR0913 - what reading one record stands on
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
    # An empty group of columns is nobody; but a record is always about somebody, and emptied cells end no role.
    people = tuple(person for at, person in enumerate(record.people) if at == 0 or not _is_blank(person))
    note = _Notes(record, tenant, today)
    for problem in record.problems:
        note.problem(problem)
    if key is None:
        note.keyless()
        return ReadRecord(None, held=True, people=max(len(people), 1), findings=note.taken())

    places: dict[PlaceKey, Claims] = {}
    own_keys: dict[PlaceKey, str] = {}
    flaws: dict[PlaceKey, tuple[Flaw, ...]] = {}
    silent: dict[PlaceKey, frozenset[Field]] = {}
    nameless: set[PlaceKey] = set()
    contradicts = any(problem.field is None for problem in record.problems)
    counted = 0
    for person in people:
        if person.role not in _stateable(roster, tenant):
            note.finding("role", "role-not-importable", person.role)
            continue
        known_by = own_key(person.key or "", tenant, today, pseudonym)
        place = place_key(person, known_by, key, is_first=person is people[0])
        told = note.many
        claims, kept, sound = _claims(person, place, before.get(place), note)
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
        silent[place] = kept
        flaws[place] = note.flaws(told, kept)
        if known_by:
            own_keys[place] = f"{roster.origin}/{'' if roster.shared_keys else roster.school}/{known_by}"
    return ReadRecord(
        key,
        places,
        own_keys,
        flaws,
        silent,
        held_places=frozenset(nameless),
        held=contradicts,
        people=max(counted, 1) if contradicts else counted,
        findings=note.taken(),
    )


def _stateable(roster: StatedRoster, tenant: Tenant) -> frozenset[Role]:
    """Return the roles that *roster* may state: more than a gradebook's where the data controller said so (ROLE-2)."""
    if roster.origin == PLATFORM:
        return frozenset(Role)
    is_trusted = f"{roster.school}/{roster.origin}" in tenant.settings.trusted_sources
    return OF_TRUSTED_SOURCES if is_trusted else IMPORTABLE


class _Notes:
    """Collects the findings of one record, which is read under a tenant's rules on a day."""

    def __init__(self, record: StatedRecord, tenant: Tenant, today: date) -> None:
        self.tenant = tenant
        self.today = today
        self._record = record
        self._shown_key = shown_key(record, tenant, today)
        self._findings: list[Finding] = []

    def finding(self, where: str, code: str, value: str = "", remedy: str = "") -> None:
        """Take down one finding."""
        place = (self._record.source, self._record.line, self._shown_key)
        self._findings.append(Finding(*place, str(where), code, value, remedy or hint(code)))

    def problem(self, problem: Problem) -> None:
        """Take down what the source could not translate."""
        self.finding(problem.field or "", problem.code, problem.value, problem.hint)

    def keyless(self) -> None:
        """Take down that the record has no key, once: its source may have said so itself."""
        if not any(problem.code == _KEYLESS for problem in self._record.problems):
            self.finding("", _KEYLESS)

    def taken(self) -> tuple[Finding, ...]:
        """Return all, in order."""
        return tuple(self._findings)

    @property
    def many(self) -> int:
        """How many there are."""
        return len(self._findings)

    def flaws(self, behind: int, lost: Collection[Field]) -> tuple[Flaw, ...]:
        """Return what was found *behind* the first so many about values that are *lost*."""
        found = self._findings[behind:]
        if not found:
            return ()
        return tuple(sorted({Flaw(about, each.code) for about in lost for each in found if each.field == about.value}))


def _claims(
    person: StatedPerson, place: PlaceKey, before: Claims | None, note: _Notes
) -> tuple[Claims, frozenset[Field], bool]:
    """Return the claims of one person, the fields that say nothing now, and whether the record is sound (ID-3)."""
    kept = set(person.silent)
    for problem in person.problems:
        note.problem(problem)
        if problem.field is not None:
            kept.add(problem.field)

    ids, email, phone = _ids(person, place, note), _email(person, note), _phone(person, note)
    unusable = {Field.NATIONAL_ID: ids is None, Field.EMAIL: email is _UNUSABLE, Field.PHONE: phone is _UNUSABLE}
    kept |= {name for name, cannot_be in unusable.items() if cannot_be}
    if before is not None and _is_anothers(person, ids or (), before):
        before = None
    birth_date = person.birth_date
    if birth_date is not None and birth_date > note.today:
        note.finding(Field.BIRTH_DATE, "future-birth-date", birth_date.isoformat())
        birth_date = None
        kept.add(Field.BIRTH_DATE)
    if person.first_day and person.last_day and person.last_day < person.first_day:
        note.finding(Field.DAYS, "last-before-first", f"{person.first_day}…{person.last_day}")
        kept.add(Field.DAYS)

    claims = Claims(
        name=PersonName(" ".join(person.first_name.split()), " ".join(person.last_name.split())),
        ids=ids or (),
        email=email if isinstance(email, EmailAddress) else None,
        phone=phone if isinstance(phone, PhoneNumber) else None,
        birth_date=birth_date,
        sex=person.sex,
        class_name=person.class_name,
        first_day=person.first_day,
        last_day=person.last_day,
    )
    claims = _with_kept(claims, before, kept)
    return claims, frozenset(kept), _agrees(claims, note)


def _is_anothers(person: StatedPerson, ids: Collection[NationalId], before: Claims) -> bool:
    """Return whether a place states somebody else by now: what the source is silent about was never theirs."""
    name = PersonName(person.first_name, person.last_name)
    return prove_two(ids, before.ids) and name.differs_wholly_from(before.name)


def _with_kept(claims: Claims, before: Claims | None, kept: set[Field]) -> Claims:
    """Return *claims* with the last applied value of every field that says nothing now."""
    if before is None:
        silenced: dict[str, object] = {"ids": ()} if Field.NATIONAL_ID in kept and claims.ids else {}
        silenced |= {"email": None} if Field.EMAIL in kept and claims.email else {}
        silenced |= {"phone": None} if Field.PHONE in kept and claims.phone else {}
        silenced |= {"first_day": None, "last_day": None} if Field.DAYS in kept else {}
        return evolve(claims, **silenced) if silenced else claims  # type: ignore[arg-type]
    values: dict[str, object] = {}
    if Field.NATIONAL_ID in kept:
        values["ids"] = before.ids
    if Field.EMAIL in kept:
        values["email"] = before.email
    if Field.PHONE in kept:
        values["phone"] = before.phone
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
    if prove_two(claims.ids, claims.ids):
        note.finding(Field.NATIONAL_ID, "ids-disagree")
        sound = False
    return sound


def _ids(person: StatedPerson, place: PlaceKey, note: _Notes) -> tuple[NationalId, ...] | None:
    """Return the ids that are stated, or None where one that is stated cannot be taken."""
    found: set[NationalId] = set()
    unusable = False
    for stated in person.ids:
        if not stated.text.strip():
            continue
        if stated.document and place.role not in note.tenant.settings.documents_for:
            note.finding(Field.NATIONAL_ID, "document-not-accepted", masked(stated.text))
            unusable = True
            continue
        outcome = parsed_id(stated, person, note.tenant, note.today)
        if isinstance(outcome, NationalId):
            found.add(outcome)
            if not stated.document and len(outcome.reveal()) > len(stated.text.strip()):
                note.finding(Field.NATIONAL_ID, "zeros-restored", outcome.masked)
        else:
            note.finding(Field.NATIONAL_ID, outcome, masked(stated.text))
            unusable = True
    return None if unusable else tuple(sorted(found))


class _Unusable:
    """Marks an address or number that is stated but cannot be used."""


_UNUSABLE: Final = _Unusable()


def _email(person: StatedPerson, note: _Notes) -> EmailAddress | _Unusable | None:
    """Return the address that is stated, None for none, or the mark of one that cannot be used (MAIL-2, MAIL-8)."""
    if not person.email.strip():
        return None
    try:
        address = EmailAddress.parse(person.email)
    except InvalidValue as refused:
        note.finding(Field.EMAIL, refused.code, _masked_address(person.email))
        return _UNUSABLE
    if address.lies_in(note.tenant.platform_domain):
        note.finding(Field.EMAIL, "platform-address", address.masked)
        return _UNUSABLE
    return address


def _phone(person: StatedPerson, note: _Notes) -> PhoneNumber | _Unusable | None:
    """Return the number that is stated, None for none, or the mark of one that cannot be used (PHONE-1a)."""
    if not person.phone.strip():
        return None
    try:
        return PhoneNumber.parse(person.phone, country=note.tenant.settings.phone_country)
    except InvalidValue as refused:
        note.finding(Field.PHONE, refused.code, masked(person.phone))
        return _UNUSABLE


def _masked_address(text: str) -> str:
    """Return a text that should have been an address as a report may show it: no number behind the @ either (ID-10)."""
    local, at, domain = text.strip().rpartition("@")
    return f"{local[:1]}•••@{without_numbers(domain)}" if at else masked(text)


def _is_blank(person: StatedPerson) -> bool:
    """Return whether nothing at all is stated of a person: an empty group of columns."""
    texts = (person.key or "", person.first_name, person.last_name, person.email, person.phone)
    ids = (each.text for each in person.ids)
    return not any(text.strip() for text in (*texts, *ids)) and not person.problems
