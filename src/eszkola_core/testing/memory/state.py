"""Everything that a storage in memory keeps, and the rules that a database would hold by constraints."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from copy import copy

from attrs import define, evolve, field, fields_dict

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.applications import Application
from eszkola_core.domain.audit import AuditEntry, Checkpoint
from eszkola_core.domain.bounces import BounceFate, UnusableAddress
from eszkola_core.domain.choices import Choice
from eszkola_core.domain.claims import (
    Decision,
    Evidence,
    Place,
    PlaceKey,
    RecordKey,
    Reservation,
    RosterKey,
    Side,
)
from eszkola_core.domain.conflicts import ConflictCase
from eszkola_core.domain.contacts import OwnContacts
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.devices import Device
from eszkola_core.domain.events import Event
from eszkola_core.domain.leases import Lease, Work
from eszkola_core.domain.licences import Licence, Pool
from eszkola_core.domain.maintenance import Maintenance
from eszkola_core.domain.messages import Message, MessageState
from eszkola_core.domain.notices import Acknowledgement, Notice
from eszkola_core.domain.reports import Report
from eszkola_core.domain.runs import RecordState, Run, Stamped, Undone
from eszkola_core.domain.security_codes import SecurityCode
from eszkola_core.domain.sessions import Session
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.sms_ledger import SmsEntry
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.domain.throttling import Tally
from eszkola_core.domain.tokens import Token
from eszkola_core.errors import Conflict

Key = RecordKey | PlaceKey | PersonId
Kept = RecordState | Place | Person

WAITING = frozenset({MessageState.QUEUED, MessageState.FAILED_FOR_NOW, MessageState.LEASED})


@define
class State:
    """Everything that is kept. Values are frozen, so that a copy of the dictionaries is a copy of the state."""

    records: dict[RecordKey, RecordState] = field(factory=dict)
    places: dict[PlaceKey, Place] = field(factory=dict)
    found: dict[Evidence, frozenset[PlaceKey]] = field(factory=dict)
    people: dict[PersonId, Person] = field(factory=dict)
    logins: dict[str, PersonId] = field(factory=dict)
    numbers: dict[str, int] = field(factory=dict)
    versions: dict[PersonId, int] = field(factory=dict)
    decisions: dict[int, Decision] = field(factory=dict)
    aliases: Aliases = field(factory=lambda: Aliases(()))
    reservations: frozenset[Reservation] = frozenset()
    marks: frozenset[tuple[int, Side, bytes]] = frozenset()
    conflicts: frozenset[OpenConflict] = frozenset()
    cases: dict[int, ConflictCase] = field(factory=dict)
    schools: dict[str, StatedSchool] = field(factory=dict)
    runs: dict[int, Run] = field(factory=dict)
    writers: dict[Key, int] = field(factory=dict)
    images: dict[tuple[int, Key], tuple[Kept, int]] = field(factory=dict)
    undone: frozenset[Undone] = frozenset()
    stamps: dict[RosterKey, Stamped] = field(factory=dict)
    credentials: dict[PersonId, Credential] = field(factory=dict)
    tokens: dict[bytes, Token] = field(factory=dict)
    sessions: dict[bytes, Session] = field(factory=dict)
    messages: dict[int, Message] = field(factory=dict)
    events: dict[int, Event] = field(factory=dict)
    choice: dict[str, Choice] = field(factory=dict)
    requests: dict[int, AccessRequest] = field(factory=dict)
    audit: dict[int, AuditEntry] = field(factory=dict)
    checkpoints: tuple[Checkpoint, ...] = ()
    notices: dict[int, Notice] = field(factory=dict)
    reports: dict[int, Report] = field(factory=dict)
    acknowledgements: dict[tuple[PersonId, bytes], Acknowledgement] = field(factory=dict)
    attempts: dict[bytes, Tally] = field(factory=dict)
    maintenances: dict[int, Maintenance] = field(factory=dict)
    devices: dict[int, Device] = field(factory=dict)
    pools: dict[str, Pool] = field(factory=dict)
    licences: dict[int, Licence] = field(factory=dict)
    applications: dict[int, Application] = field(factory=dict)
    leases: dict[Work, Lease] = field(factory=dict)
    codes: dict[bytes, SecurityCode] = field(factory=dict)
    contacts: dict[PersonId, OwnContacts] = field(factory=dict)
    unusable: dict[str, UnusableAddress] = field(factory=dict)
    bounces: dict[BounceFate, int] = field(factory=dict)
    sms: dict[int, SmsEntry] = field(factory=dict)
    counted: dict[str, int] = field(factory=dict)

    def copied(self) -> State:
        """Return a state that can be changed without changing this one."""
        return State(**{name: copy(getattr(self, name)) for name in fields_dict(State)})

    def take_over(self, draft: State) -> None:
        """Become what *draft* is."""
        for name in fields_dict(State):
            setattr(self, name, getattr(draft, name))

    def next(self, what: str) -> int:
        """Return the next number of its kind."""
        self.counted[what] = self.counted.get(what, 0) + 1
        return self.counted[what]

    def as_read(self, place: Place) -> Place:
        """Return a place as merges make it read: its survivor's."""
        if place.person is None:
            return place
        return evolve(place, person=self.aliases.survivor(place.person))

    def touch(self, people: Iterable[PersonId | None]) -> None:
        """Note that something that bears on *people*, or on those whom they are read as, has changed."""
        aliases = self.aliases
        named = {person for person in people if person is not None}
        for person in named | {aliases.survivor(each) for each in named}:
            self.versions[person] = self.versions.get(person, 0) + 1


def fingerprint(evidence: Evidence) -> bytes:
    """Return what stands for evidence where it may not be kept itself."""
    return hashlib.blake2b(
        f"{evidence.kind} {evidence.value}".encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


def change_people(state: State, people: Collection[Person]) -> None:
    """Write changed people, all at once, so that addresses may be swapped."""
    for person in people:
        stored = state.people.get(person.id)
        if stored is None or stored.revision != person.revision - 1:
            raise Conflict("the account was changed in the meantime", code="stale-revision")
    state.people.update({each.id: each for each in people})


def check_unique(state: State) -> None:
    """Raise Conflict where two people have one national id or one central address."""
    owners: dict[Evidence, PersonId] = {}
    holders: dict[str, list[Person]] = {}
    for person in state.people.values():
        for each in map(Evidence.of_id, person.ids):
            if owners.setdefault(each, person.id) != person.id:
                raise Conflict("the national id is another account's", code="national-id-taken")
        if person.central is not None:
            holders.setdefault(person.central.mailbox, []).append(person)
    if any(len(together) > 1 and not all(each.sharing for each in together) for together in holders.values()):
        raise Conflict("the address is another account's", code="address-taken")
