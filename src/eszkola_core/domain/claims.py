"""
Claims and decisions: what gradebooks say of people, and what people decided here.

A *record* is one entry of a school's gradebook; a *place* is one person named in it; its *claims* are what it says of
that person. A role is a place with days, a link is two places of one record: neither is stored a second time, and
neither is kept under an e-mail address (ID-9).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.days import Days
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId, prove_two
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Sex

PLATFORM: Final = "platform"
"""The origin of what is stated and given here, and by no gradebook."""

GIVEN_ROLES: Final = "roles"
"""The platform's list of the roles that were given here to people whom records name."""


@frozen(order=True, cache_hash=True)
class RosterKey:
    """One list of one school from one gradebook: the unit that a bulk import replaces (SYNC-0)."""

    school: str
    origin: str
    list: str

    @property
    def is_of_platform(self) -> bool:
        """Whether it is no gradebook's list: no import states anything in it, or ends anything by absence."""
        return self.origin == PLATFORM


@frozen(order=True, cache_hash=True)
class RecordKey:
    """One record of a roster."""

    roster: RosterKey
    key: str

    @property
    def order(self) -> tuple[str, ...]:
        """What to sort by: the order that ``<`` gives, many times faster where there are thousands."""
        return (self.roster.school, self.roster.origin, self.roster.list, self.key)


@frozen(order=True, cache_hash=True)
class PlaceKey:
    """
    One person named in one record.

    ``who`` is the source's own key of the person or the name key, never a column's position (ID-6b); it is empty for
    the one whom the record is about.
    """

    record: RecordKey
    role: Role
    who: str = ""

    @property
    def school(self) -> str:
        """The school whose record it is."""
        return self.record.roster.school

    @property
    def order(self) -> tuple[str, ...]:
        """What to sort by: the order that ``<`` gives, many times faster where there are thousands."""
        return (*self.record.order, self.role, self.who)


@frozen(kw_only=True)
class Claims:
    """What one record says of one person, every value checked."""

    name: PersonName
    ids: tuple[NationalId, ...] = ()
    email: EmailAddress | None = None
    phone: PhoneNumber | None = None
    birth_date: date | None = None
    sex: Sex | None = None
    class_name: str = ""
    first_day: date | None = None
    last_day: date | None = None

    @property
    def born(self) -> date | None:
        """The birth date that is stated, or that an id encodes."""
        encoded = (each.birth_date for each in self.ids)
        return self.birth_date or next((day for day in encoded if day is not None), None)

    @cached_property
    def evidence(self) -> frozenset[Evidence]:
        """All by which whoever it is said of could be found."""
        found = set(map(Evidence.of_id, self.ids))
        if self.email is not None:
            found.add(Evidence.of_mailbox(self.email))
        if self.phone is not None:
            found.add(Evidence.of_phone(self.phone))
        return frozenset(found)

    def may_be_of_one_with(self, other: Claims) -> bool:
        """Return whether both may be said of one person: under one name, with nothing that proves them different."""
        if self.name.key != other.name.key or (self.born and other.born and self.born != other.born):
            return False
        return not prove_two(self.ids, other.ids)


class EvidenceKind(StrEnum):
    """What can show that two places are one person's (ID-6)."""

    NATIONAL_ID = "national-id"
    OWN_KEY = "own-key"
    MAILBOX = "mailbox"
    PHONE = "phone"
    NAME = "name"


@frozen(order=True, cache_hash=True)
class Evidence:
    """One such thing; stores find places by it through a keyed blind index, so ``value`` is never shown."""

    kind: EvidenceKind
    value: str = field(repr=False)

    @classmethod
    def of_id(cls, national_id: NationalId) -> Evidence:
        """Return the evidence that a national id is."""
        return cls(EvidenceKind.NATIONAL_ID, f"{national_id.scheme}:{national_id.reveal()}")

    @classmethod
    def of_mailbox(cls, address: EmailAddress) -> Evidence:
        """Return the evidence that an address is."""
        return cls(EvidenceKind.MAILBOX, address.mailbox)

    @classmethod
    def of_name(cls, name: PersonName) -> Evidence:
        """Return the evidence that a name is; it only shows who may be somebody that a decision is about (LINK-3d)."""
        return cls(EvidenceKind.NAME, name.key)

    @classmethod
    def of_phone(cls, phone: PhoneNumber) -> Evidence:
        """Return the evidence that a telephone number is; it shows possible duplicates only (ID-6d)."""
        return cls(EvidenceKind.PHONE, phone.e164)


class Hold(StrEnum):
    """Why the newest state of a place is not applied; its last applied state stands (RULES: held)."""

    AMBIGUOUS = "ambiguous"
    ANOTHERS_ID = "anothers-id"
    ID_CORRECTION = "id-correction"
    IDS_DISAGREE = "ids-disagree"
    NAME_MISMATCH = "name-mismatch"
    RENAMED = "renamed"
    RESTRICTION = "restriction"
    TWICE_IN_RECORD = "twice-in-record"


@frozen(order=True)
class Flaw:
    """A value that a record states and that could not be taken: the field, and the code of the finding about it."""

    field: Field
    code: str


@frozen(kw_only=True)
class Place:
    """
    One person named in one record, with what was applied of it and what is held.

    ``accepted`` is the last applied content; None before the first. ``pending`` is the newest content while it is not
    applied. ``person`` is set once the person lasts, and then stays (ID-6b). ``own_key`` is the source's own key of
    the person, already bounded to where it means one person. ``gone`` is the first day without the record.
    ``email_since`` is the day since which the place states its present address (MAIL-4a). ``flaws`` are what is wrong
    with the newest content: a finding is told once, and whoever asks later still learns why a value is missing (WHY-3).
    """

    key: PlaceKey
    accepted: Claims | None = None
    pending: Claims | None = None
    hold: Hold | None = None
    own_key: str | None = None
    person: PersonId | None = None
    since: date
    gone: date | None = None
    email_since: date | None = None
    flaws: tuple[Flaw, ...] = ()

    @property
    def role(self) -> Role:
        """The role that the place gives."""
        return self.key.role

    @property
    def school(self) -> str:
        """The school that the place is in."""
        return self.key.school

    @property
    def is_given(self) -> bool:
        """Whether it is but a role that was given here: it says nothing of the person, and has no vote (ROLE-2)."""
        roster = self.key.record.roster
        return roster.is_of_platform and roster.list == GIVEN_ROLES

    @property
    def newest(self) -> Claims | None:
        """The newest content, applied or not."""
        return self.pending or self.accepted

    @property
    def stated(self) -> Claims:
        """The newest content of a present place, which every present place has."""
        claims = self.newest
        if claims is None:
            raise AssertionError("a present place states something")
        return claims

    @property
    def stated_ids(self) -> tuple[NationalId, ...]:
        """The ids of the newest content."""
        claims = self.newest
        return claims.ids if claims is not None else ()

    @property
    def is_present(self) -> bool:
        """Whether the record still names the person."""
        return self.gone is None

    @property
    def days(self) -> Days:
        """The days of the role; the day of the import is the first where the source states none."""
        claims = self.accepted
        if claims is None:
            return Days(date.max, date.min)
        return Days(claims.first_day or self.since, claims.last_day, self.gone)

    def is_in_force(self, day: date) -> bool:
        """Return whether the place gives its role on *day*."""
        return self.accepted is not None and self.days.include(day)

    def evidence(self) -> frozenset[Evidence]:
        """Return all by which the place could be found: of what is applied and of what is held."""
        own = (Evidence(EvidenceKind.OWN_KEY, self.own_key),) if self.own_key else ()
        said = [claims.evidence for claims in (self.accepted, self.pending) if claims is not None]
        return said[0] if len(said) == 1 and not own else frozenset(own).union(*said)


class DecisionKind(StrEnum):
    """What people can decide here; an import never undoes one (SYNC-8)."""

    ADDRESS_CHOSEN = "address-chosen"
    CORRECTED = "corrected"
    RESTRICTED = "restricted"
    GUARDIAN_ADMITTED = "guardian-admitted"
    LINK_VERIFIED = "link-verified"
    CONSENTED = "consented"
    ADDRESS_VERIFIED = "address-verified"
    PHONE_CHOSEN = "phone-chosen"
    PHONE_VERIFIED = "phone-verified"
    LEVEL_CHOSEN = "level-chosen"
    MERGED = "merged"
    DISTINCT = "distinct"
    ID_CORRECTED = "id-corrected"
    NAME_CONFIRMED = "name-confirmed"
    NAME_REFUSED = "name-refused"


OWNS_ADDRESS: Final = frozenset({DecisionKind.ADDRESS_CHOSEN, DecisionKind.ADDRESS_VERIFIED})
"""What makes an address its owner's: no import moves it (MAIL-4b, LINK-8d)."""

OWNS_PHONE: Final = frozenset({DecisionKind.PHONE_CHOSEN, DecisionKind.PHONE_VERIFIED})
"""What makes a telephone number its owner's; the number is the decision's value (PHONE-1b)."""


@frozen(kw_only=True)
class Decision:
    """
    Something that a person decided here, about *subject* and, where it joins or parts two people, *object*.

    ``value`` is what was decided where kind and people do not say it, as a text that only its kind can read; it may
    hold a national id, so it is hidden here and sealed at rest. ``author`` names who, as a login or a console user; so
    does ``withdrawn_by``, with the reason in ``withdrawn_why``, where somebody withdrew it.
    """

    id: int = 0
    kind: DecisionKind
    subject: PersonId
    object: PersonId | None = None
    address: EmailAddress | None = None
    value: Secret | None = None
    author: str
    reason: str = ""
    at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""

    @property
    def stands(self) -> bool:
        """Whether it has not been withdrawn."""
        return self.withdrawn_at is None

    @property
    def people(self) -> frozenset[PersonId]:
        """Everybody whom it is about."""
        return frozenset({self.subject, *({self.object} if self.object is not None else ())})


class Side(StrEnum):
    """Which of the two whom a decision names."""

    SUBJECT = "subject"
    OBJECT = "object"


@frozen(order=True)
class Mark:
    """
    By what one side of a decision is known again, although the person may have been erased since (LINK-3d).

    It is kept as a keyed fingerprint: whoever knows the evidence finds the mark, which tells nobody the evidence.
    """

    decision: int
    side: Side
    evidence: Evidence


@frozen(order=True)
class Reservation:
    """An address that an activated account left, kept for it until the instant ``until`` (MAIL-5d)."""

    mailbox: str
    person: PersonId
    until: datetime


@frozen
class Seeds:
    """What to look for: everything that touches one of these is wanted."""

    records: frozenset[RecordKey] = frozenset()
    people: frozenset[PersonId] = frozenset()
    evidence: frozenset[Evidence] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.records or self.people or self.evidence)

    def __or__(self, other: Seeds) -> Seeds:
        return Seeds(self.records | other.records, self.people | other.people, self.evidence | other.evidence)

    def __sub__(self, other: Seeds) -> Seeds:
        return Seeds(self.records - other.records, self.people - other.people, self.evidence - other.evidence)


@frozen
class World:
    """
    A part of all that is known, closed when nothing outside can bear on it: what `recognise` and `settle` stand on.

    Closed means: with a place come its record, its person, and everything that shares evidence with it; with a person
    come all places, the central address, the decisions with whoever they name, and the reservations; with evidence come
    the marks that it made on decisions, and these. ``unusable`` are those of its mailboxes to which nothing is sent.
    """

    places: Mapping[PlaceKey, Place] = field(factory=lambda: MappingProxyType({}))
    people: Mapping[PersonId, Person] = field(factory=lambda: MappingProxyType({}))
    decisions: frozenset[Decision] = frozenset()
    reservations: frozenset[Reservation] = frozenset()
    marks: frozenset[Mark] = frozenset()
    unusable: frozenset[str] = field(default=frozenset(), repr=False)

    def __or__(self, other: World) -> World:
        return World(
            {**self.places, **other.places},
            {**self.people, **other.people},
            self.decisions | other.decisions,
            self.reservations | other.reservations,
            self.marks | other.marks,
            self.unusable | other.unusable,
        )

    def overlaid(self, places: Iterable[Place]) -> World:
        """Return the world with *places* in the stead of their former selves."""
        return evolve(self, places={**self.places, **{place.key: place for place in places}})

    def seeds(self, *, names: bool = False) -> Seeds:
        """
        Return all that a closed world with this in it must have looked for.

        With *names* that includes what students are called: worth the while only where decisions bear marks.
        """
        evidence = {each for place in self.places.values() for each in place.evidence()}
        if names:
            students = (each for each in self.places.values() if each.role is Role.STUDENT and each.is_present)
            evidence.update(Evidence.of_name(each.newest.name) for each in students if each.newest is not None)
        for person in self.people.values():
            evidence.update(map(Evidence.of_id, person.ids))
            if person.central is not None:
                evidence.add(Evidence.of_mailbox(person.central))
        for decision in self.decisions:
            if decision.address is not None:
                evidence.add(Evidence.of_mailbox(decision.address))
        evidence.update(Evidence(EvidenceKind.MAILBOX, each.mailbox) for each in self.reservations)
        people = {place.person for place in self.places.values() if place.person is not None}
        people |= {person for each in self.decisions for person in each.people}
        return Seeds(
            frozenset(key.record for key in self.places),
            frozenset({*people, *self.people, *(each.person for each in self.reservations)}),
            frozenset(evidence),
        )

    def chosen_address(self, person: PersonId) -> EmailAddress | None:
        """Return the address that the owner chose or verified, and has not withdrawn (MAIL-4b, SYNC-8)."""
        latest = self._latest(person, OWNS_ADDRESS)
        return latest.address if latest is not None else None

    def chosen_phone(self, person: PersonId) -> PhoneNumber | None:
        """Return the number that the owner chose or verified, and has not withdrawn (PHONE-1b)."""
        latest = self._latest(person, OWNS_PHONE)
        return PhoneNumber(latest.value.reveal()) if latest is not None and latest.value is not None else None

    def _latest(self, person: PersonId, kinds: Collection[DecisionKind]) -> Decision | None:
        """Return the latest decision about *person* of one of *kinds* that stands."""
        standing = [each for each in self.decisions if each.kind in kinds and each.subject == person and each.stands]
        return max(standing, key=lambda each: (each.at, each.id), default=None)
