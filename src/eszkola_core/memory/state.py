"""Everything that a tenant in memory keeps, and the rules that a database would hold by constraints."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, MutableMapping, ValuesView
from copy import copy
from typing import TypeVar

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


K = TypeVar("K")
V = TypeVar("V")


class Sheet(MutableMapping[K, V]):
    """A table as a draft has it: what lies under it stays as it is; what was ``put`` and is ``gone`` stands here."""

    def __init__(self, under: Mapping[K, V]) -> None:
        self.under = under
        self.put: dict[K, V] = {}
        self.gone: set[K] = set()

    def __getitem__(self, key: K) -> V:
        if key in self.put:
            return self.put[key]
        if key in self.gone:
            raise KeyError(key)
        return self.under[key]

    def __setitem__(self, key: K, value: V) -> None:
        self.put[key] = value
        self.gone.discard(key)

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self.put.pop(key, None)
        if key in self.under:
            self.gone.add(key)

    def __contains__(self, key: object) -> bool:
        return key in self.put or (key not in self.gone and key in self.under)

    def __iter__(self) -> Iterator[K]:
        hidden = self.put.keys() | self.gone
        yield from (key for key in self.under if key not in hidden)
        yield from tuple(self.put)

    def __len__(self) -> int:
        return len(self.under) - len(self.gone) + sum(key not in self.under for key in self.put)

    def items(self) -> ItemsView[K, V]:
        """Return what there is; at once where nothing was done here."""
        return super().items() if self.put or self.gone else self.under.items()

    def values(self) -> ValuesView[V]:
        """Return the values of what there is; at once where nothing was done here."""
        return super().values() if self.put or self.gone else self.under.values()

    def lay_over(self, table: MutableMapping[K, V]) -> None:
        """Do to *table* what was done here."""
        for key in self.gone:
            table.pop(key, None)
        table.update(self.put)


@define
class State:
    """Everything that is kept. Values are frozen, so that a copy of the tables is a copy of the state."""

    records: MutableMapping[RecordKey, RecordState] = field(factory=dict)
    places: MutableMapping[PlaceKey, Place] = field(factory=dict)
    found: MutableMapping[Evidence, frozenset[PlaceKey]] = field(factory=dict)
    people: MutableMapping[PersonId, Person] = field(factory=dict)
    logins: MutableMapping[str, PersonId] = field(factory=dict)
    numbers: MutableMapping[str, int] = field(factory=dict)
    versions: MutableMapping[PersonId, int] = field(factory=dict)
    decisions: MutableMapping[int, Decision] = field(factory=dict)
    aliases: Aliases = field(factory=lambda: Aliases(()))
    reservations: frozenset[Reservation] = frozenset()
    marks: frozenset[tuple[int, Side, bytes]] = frozenset()
    conflicts: frozenset[OpenConflict] = frozenset()
    cases: MutableMapping[int, ConflictCase] = field(factory=dict)
    schools: MutableMapping[str, StatedSchool] = field(factory=dict)
    runs: MutableMapping[int, Run] = field(factory=dict)
    writers: MutableMapping[Key, int] = field(factory=dict)
    images: MutableMapping[tuple[int, Key], tuple[Kept, int]] = field(factory=dict)
    undone: frozenset[Undone] = frozenset()
    stamps: MutableMapping[RosterKey, Stamped] = field(factory=dict)
    credentials: MutableMapping[PersonId, Credential] = field(factory=dict)
    tokens: MutableMapping[bytes, Token] = field(factory=dict)
    sessions: MutableMapping[bytes, Session] = field(factory=dict)
    messages: MutableMapping[int, Message] = field(factory=dict)
    events: MutableMapping[int, Event] = field(factory=dict)
    choice: MutableMapping[str, Choice] = field(factory=dict)
    requests: MutableMapping[int, AccessRequest] = field(factory=dict)
    audit: MutableMapping[int, AuditEntry] = field(factory=dict)
    checkpoints: tuple[Checkpoint, ...] = ()
    notices: MutableMapping[int, Notice] = field(factory=dict)
    reports: MutableMapping[int, Report] = field(factory=dict)
    acknowledgements: MutableMapping[tuple[PersonId, bytes], Acknowledgement] = field(factory=dict)
    attempts: MutableMapping[bytes, Tally] = field(factory=dict)
    maintenances: MutableMapping[int, Maintenance] = field(factory=dict)
    devices: MutableMapping[int, Device] = field(factory=dict)
    pools: MutableMapping[str, Pool] = field(factory=dict)
    licences: MutableMapping[int, Licence] = field(factory=dict)
    applications: MutableMapping[int, Application] = field(factory=dict)
    leases: MutableMapping[Work, Lease] = field(factory=dict)
    codes: MutableMapping[bytes, SecurityCode] = field(factory=dict)
    contacts: MutableMapping[PersonId, OwnContacts] = field(factory=dict)
    unusable: MutableMapping[str, UnusableAddress] = field(factory=dict)
    bounces: MutableMapping[BounceFate, int] = field(factory=dict)
    sms: MutableMapping[int, SmsEntry] = field(factory=dict)
    counted: MutableMapping[str, int] = field(factory=dict)

    def copied(self) -> State:
        """Return a state that can be changed without changing this one."""
        return State(**{name: copy(getattr(self, name)) for name in fields_dict(State)})

    def draft(self) -> State:
        """Return a state of sheets over the tables of this one: what is done to it changes nothing until it is kept."""
        draft = copy(self)
        for name in fields_dict(State):
            kept = getattr(self, name)
            if isinstance(kept, Mapping):
                setattr(draft, name, Sheet(kept))
        return draft

    def take_over(self, draft: State) -> None:
        """Become what *draft*, which was made of this state, is by now."""
        for name in fields_dict(State):
            drafted = getattr(draft, name)
            if isinstance(drafted, Sheet):
                drafted.lay_over(getattr(self, name))
            else:
                setattr(self, name, drafted)

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


def check_unique(state: State, changed: Collection[Person]) -> None:
    """Raise Conflict where one of those who *changed* has a national id or a central address of somebody else."""
    ids = {each for person in changed for each in person.ids}
    mailboxes = {person.central.mailbox for person in changed if person.central is not None}
    alike = [
        person
        for person in state.people.values()
        if not ids.isdisjoint(person.ids) or (person.central is not None and person.central.mailbox in mailboxes)
    ]
    owners: dict[Evidence, PersonId] = {}
    holders: dict[str, list[Person]] = {}
    for person in alike:
        for each in map(Evidence.of_id, person.ids):
            if owners.setdefault(each, person.id) != person.id:
                raise Conflict("the national id is another account's", code="national-id-taken")
        if person.central is not None:
            holders.setdefault(person.central.mailbox, []).append(person)
    if any(len(together) > 1 and not all(each.sharing for each in together) for together in holders.values()):
        raise Conflict("the address is another account's", code="address-taken")
