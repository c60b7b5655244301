"""
Storage in memory: small enough to read, and held to the same contract as the real ones.

It is what tests of rules run on, and what other adapters are compared with.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from threading import RLock
from typing import Any

from attrs import define, evolve, field, fields_dict

from eszkola_core.domain import guard
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import (
    Decision,
    Evidence,
    EvidenceKind,
    Place,
    PlaceKey,
    RecordKey,
    Reservation,
    RosterKey,
    Seeds,
    World,
)
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.logins import Login
from eszkola_core.domain.messages import FINAL, Message, MessageState
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import Session, SessionEnd
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.domain.tokens import REPLACED_BY_NEWER, Purpose, Token, TokenState
from eszkola_core.errors import Conflict, InvalidValue
from eszkola_core.ports.storage import AccessRequest, Changes, Credential, CredentialKind, RecordState, Run, Unit

_WAITING = frozenset({MessageState.QUEUED, MessageState.FAILED_FOR_NOW, MessageState.LEASED})


@define
class _State:
    """Everything that is kept. Values are frozen, so that a copy of the dictionaries is a copy of the state."""

    records: dict[RecordKey, RecordState] = field(factory=dict)
    places: dict[PlaceKey, Place] = field(factory=dict)
    found: dict[Evidence, frozenset[PlaceKey]] = field(factory=dict)
    people: dict[PersonId, Person] = field(factory=dict)
    logins: dict[str, PersonId] = field(factory=dict)
    numbers: dict[str, int] = field(factory=dict)
    decisions: dict[int, Decision] = field(factory=dict)
    reservations: frozenset[Reservation] = frozenset()
    conflicts: frozenset[OpenConflict] = frozenset()
    schools: dict[str, StatedSchool] = field(factory=dict)
    runs: dict[int, Run] = field(factory=dict)
    credentials: dict[PersonId, Credential] = field(factory=dict)
    tokens: dict[bytes, Token] = field(factory=dict)
    sessions: dict[bytes, Session] = field(factory=dict)
    messages: dict[int, Message] = field(factory=dict)
    requests: dict[int, AccessRequest] = field(factory=dict)
    counted: dict[str, int] = field(factory=dict)

    def copied(self) -> _State:
        """Return a state that can be changed without changing this one."""
        return _State(**{name: copy(getattr(self, name)) for name in fields_dict(_State)})

    def take_over(self, draft: _State) -> None:
        """Become what *draft* is."""
        for name in fields_dict(_State):
            setattr(self, name, getattr(draft, name))

    def next(self, what: str) -> int:
        """Return the next number of its kind."""
        self.counted[what] = self.counted.get(what, 0) + 1
        return self.counted[what]

    def central(self, mailbox: str) -> Person | None:
        """Return whose central address a mailbox is."""
        return next((each for each in self.people.values() if each.central and each.central.mailbox == mailbox), None)


class MemoryStorage:
    """A `Storage` that forgets everything when the process ends; one thread writes at a time."""

    def __init__(self, tenant: str = "memory") -> None:
        self._tenant = tenant.encode()
        self._state = _State()
        self._turn = RLock()

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit that writes."""
        with self._turn:
            draft = self._state.copied()
            yield MemoryUnit(draft)
            self._state = draft

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """Open a unit that only looks."""
        yield MemoryUnit(self._state.copied())

    def fingerprint(self, data: bytes, *, context: str) -> bytes:
        """Return a keyed digest; the key is the tenant's name, which is enough for a memory that nobody shares."""
        return hashlib.blake2b(data, digest_size=16, key=self._key(context)).digest()

    def seal(self, data: bytes, *, context: str) -> bytes:
        """Return *data* behind a seal; whoever reads the sources can break it, but nothing leaves the memory."""
        mac = hmac.digest(self._key(context), data, "sha256")
        return mac + self._masked(data, mac, context)

    def opened(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed."""
        mac, data = sealed[:32], self._masked(sealed[32:], sealed[:32], context)
        if not hmac.compare_digest(mac, hmac.digest(self._key(context), data, "sha256")):
            raise InvalidValue("this was not sealed here, or for another purpose", code="wrong-seal")
        return data

    def _masked(self, data: bytes, mac: bytes, context: str) -> bytes:
        stream = hashlib.shake_256(self._key(context) + mac).digest(len(data))
        return bytes(a ^ b for a, b in zip(data, stream, strict=True))

    def _key(self, context: str) -> bytes:
        return hashlib.sha256(self._tenant + b"\x00" + context.encode()).digest()


class MemoryUnit:
    """One unit over one state."""

    def __init__(self, state: _State) -> None:
        self.rosters = _Rosters(state)
        self.people = _People(state)
        self.credentials = _Credentials(state)
        self.tokens = _Tokens(state)
        self.sessions = _Sessions(state)
        self.outbox = _Outbox(state)


@define
class _Rosters:
    _state: _State

    def records(self, roster: RosterKey) -> Iterable[RecordState]:
        found = [each for key, each in self._state.records.items() if key.roster == roster]
        return sorted(found, key=lambda each: each.key)

    def states(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, RecordState]:
        return {key: self._state.records[key] for key in keys if key in self._state.records}

    def gather(self, seeds: Seeds) -> World:
        state = self._state
        keys = {key for each in seeds.evidence for key in state.found.get(each, ())}
        keys |= {key for key in state.places if key.record in seeds.records}
        keys |= {key for key, place in state.places.items() if place.person in seeds.people}
        mailboxes = {each.value for each in seeds.evidence if each.kind is EvidenceKind.MAILBOX}
        reservations = frozenset(
            each for each in state.reservations if each.mailbox in mailboxes or each.person in seeds.people
        )
        people = seeds.people | {each.person for each in reservations}
        found = {
            person.id: person
            for person in state.people.values()
            if person.id in people
            or (person.central is not None and person.central.mailbox in mailboxes)
            or any(Evidence.of_id(each) in seeds.evidence for each in person.ids)
        }
        decisions = frozenset(each for each in state.decisions.values() if each.subject in seeds.people)
        return World({key: state.places[key] for key in keys}, found, decisions, reservations)

    def census(self, schools: Collection[str], today: date) -> Mapping[tuple[str, str], int]:
        return guard.census((each for each in self._state.places.values() if each.school in schools), today)

    def next_person(self) -> PersonId:
        return PersonId(self._state.counted.get("person", 0) + 1)

    def login_numbers(self, stems: Collection[str]) -> Mapping[str, int]:
        return {stem: self._state.numbers[stem] for stem in stems if stem in self._state.numbers}

    def unsettled(self) -> frozenset[RecordKey]:
        return frozenset(key for key, each in self._state.records.items() if each.unsettled)

    def newest_run(self) -> int:
        return max(self._state.runs, default=0)

    def applied(self, plan: bytes) -> Run | None:
        return next((each for each in self._state.runs.values() if each.plan == plan), None)

    def save(self, run: Run, changes: Changes) -> Run:
        draft = self._state.copied()
        run = _Rosters(draft)._written(run, changes)  # noqa: SLF001 - another of this very class
        self._state.take_over(draft)
        return run

    def _written(self, run: Run, changes: Changes) -> Run:
        state = self._state
        if changes.after_run != self.newest_run():
            raise Conflict("another import was applied in the meantime", code="another-run")
        run = evolve(run, id=state.next("run"))
        state.runs[run.id] = run
        self.add_schools(changes.schools)
        state.records.update({each.key: each for each in changes.records})
        for key in changes.ended_records:
            state.records.pop(key, None)
        for opening in changes.openings:
            self._open(opening.person, opening.login)
        _change_people(state, changes.people)
        _check_unique(state)
        for place in changes.places:
            self._put(place)
        kept = {each for each in state.conflicts if not {each.place, each.other} & changes.conflicts_about}
        state.conflicts = frozenset({*kept, *changes.conflicts})
        others = {each for each in state.reservations if each.mailbox not in changes.reservations_about}
        state.reservations = frozenset({*others, *changes.reservations})
        return run

    def _open(self, person: Person, login: Login) -> None:
        state = self._state
        if person.id in state.people or person.login.casefold() in state.logins:
            raise Conflict("the login was issued in the meantime", code="login-taken")
        state.counted["person"] = max(state.counted.get("person", 0), person.id)
        state.numbers[login.stem] = max(state.numbers.get(login.stem, 0), login.number)
        state.logins[person.login.casefold()] = person.id
        state.people[person.id] = person

    def _put(self, place: Place) -> None:
        before = self._state.places.get(place.key)
        for each in before.evidence() if before is not None else ():
            self._state.found[each] -= {place.key}
        for each in place.evidence():
            self._state.found[each] = self._state.found.get(each, frozenset()) | {place.key}
        self._state.places[place.key] = place

    def conflicts(self, schools: Collection[str] | None = None) -> Iterable[OpenConflict]:
        found = [each for each in self._state.conflicts if schools is None or _schools(each) & set(schools)]
        return sorted(found, key=_order)

    def places(self, school: str, class_name: str | None = None) -> Iterable[Place]:
        present = [each for each in self._state.places.values() if each.school == school and each.is_present]
        if class_name is not None:
            records = {
                each.key.record
                for each in present
                if each.role is Role.STUDENT and each.newest is not None and each.newest.class_name == class_name
            }
            present = [each for each in present if each.key.record in records]
        return sorted(present, key=lambda each: each.key)

    def schools(self) -> Sequence[StatedSchool]:
        return [self._state.schools[key] for key in sorted(self._state.schools)]

    def add_schools(self, schools: Sequence[StatedSchool]) -> None:
        for each in schools:
            if each.name or each.key not in self._state.schools:
                self._state.schools[each.key] = each


def _schools(conflict: OpenConflict) -> set[str]:
    """Return the schools that a conflict is about."""
    return {each.school for each in (conflict.place, conflict.other) if each is not None}


def _order(conflict: OpenConflict) -> tuple[object, ...]:
    """Return what conflicts are ordered by; one with no other place comes first."""
    return conflict.kind, conflict.place, () if conflict.other is None else (conflict.other,), conflict.facts


def _change_people(state: _State, people: Collection[Person]) -> None:
    """Write changed people, all at once, so that addresses may be swapped."""
    for person in people:
        stored = state.people.get(person.id)
        if stored is None or stored.revision != person.revision - 1:
            raise Conflict("the account was changed in the meantime", code="stale-revision")
    state.people.update({each.id: each for each in people})


def _check_unique(state: _State) -> None:
    """Raise Conflict where two people have one national id or one central address."""
    owners: dict[Evidence, PersonId] = {}
    for person in state.people.values():
        for each in map(Evidence.of_id, person.ids):
            if owners.setdefault(each, person.id) != person.id:
                raise Conflict("the national id is another account's", code="national-id-taken")
        address = Evidence.of_mailbox(person.central) if person.central is not None else None
        if address is not None and owners.setdefault(address, person.id) != person.id:
            raise Conflict("the address is another account's", code="address-taken")


@define
class _People:
    _state: _State

    def get_many(self, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
        return {each: self._state.people[each] for each in ids if each in self._state.people}

    def by_login(self, login: str) -> Person | None:
        number = self._state.logins.get(login.casefold())
        return self._state.people[number] if number is not None else None

    def by_central(self, mailbox: str) -> Person | None:
        return self._state.central(mailbox)

    def by_national_id(self, national_id: NationalId) -> Person | None:
        return next((each for each in self._state.people.values() if national_id in each.ids), None)

    def save(self, person: Person) -> None:
        draft = self._state.copied()
        _change_people(draft, [person])
        _check_unique(draft)
        self._state.take_over(draft)

    def decide(self, decision: Decision) -> Decision:
        decision = evolve(decision, id=self._state.next("decision"))
        self._state.decisions[decision.id] = decision
        return decision

    def decisions(self, person: PersonId) -> Sequence[Decision]:
        return [each for _, each in sorted(self._state.decisions.items()) if each.subject == person]

    def withdraw(self, decision: int, at: datetime) -> None:
        self._state.decisions[decision] = evolve(self._state.decisions[decision], withdrawn_at=at)

    def reserve(self, reservation: Reservation) -> None:
        others = {each for each in self._state.reservations if each.mailbox != reservation.mailbox}
        self._state.reservations = frozenset({*others, reservation})

    def reserved(self, mailbox: str, now: datetime) -> PersonId | None:
        return next(
            (e.person for e in self._state.reservations if e.mailbox == mailbox and not is_expired(e.until, now)), None
        )


@define
class _Credentials:
    _state: _State

    def get(self, person: PersonId) -> Credential | None:
        return self._state.credentials.get(person)

    def put(self, credential: Credential) -> None:
        self._state.credentials[credential.person] = credential

    def set_before(self, instant: datetime, *, limit: int, after: PersonId | None = None) -> Sequence[Credential]:
        found = [
            each
            for number, each in sorted(self._state.credentials.items())
            if each.kind is CredentialKind.OWN and each.set_at < instant and (after is None or number > after)
        ]
        return found[:limit]


@define
class _Tokens:
    _state: _State

    def add(self, token: Token) -> frozenset[bytes]:
        former = [each for each in self._live(token.person) if each.purpose is token.purpose]
        replaced = former if token.purpose in REPLACED_BY_NEWER else []
        for each in replaced:
            self._state.tokens[each.digest] = each.ended(TokenState.REPLACED)
        self._state.tokens[token.digest] = token
        return frozenset(each.digest for each in replaced)

    def peek(self, digest: bytes) -> Token | None:
        return self._state.tokens.get(digest)

    def spend(self, digest: bytes, *, purposes: Collection[Purpose], now: datetime) -> Token | None:
        token = self._state.tokens.get(digest)
        if token is None or token.purpose not in purposes or not token.is_live(now):
            return None
        self._state.tokens[digest] = token.ended(TokenState.SPENT)
        return self._state.tokens[digest]

    def cancel(
        self, person: PersonId, *, purposes: Collection[Purpose] | None = None, since: datetime | None = None
    ) -> frozenset[bytes]:
        ended = [
            each
            for each in self._live(person)
            if (purposes is None or each.purpose in purposes) and (since is None or each.issued_at >= since)
        ]
        for each in ended:
            self._state.tokens[each.digest] = each.ended(TokenState.CANCELLED)
        return frozenset(each.digest for each in ended)

    def _live(self, person: PersonId) -> Iterable[Token]:
        return [e for e in self._state.tokens.values() if e.person == person and e.state is TokenState.LIVE]


@define
class _Sessions:
    _state: _State

    def add(self, session: Session) -> None:
        self._state.sessions[session.digest] = session

    def get(self, digest: bytes) -> Session | None:
        return self._state.sessions.get(digest)

    def end(self, digest: bytes, *, end: SessionEnd, now: datetime) -> None:
        session = self._state.sessions.get(digest)
        if session is not None and session.is_open:
            self._state.sessions[digest] = evolve(session, ended_at=now, end=end)

    def end_all(self, person: PersonId, *, end: SessionEnd, now: datetime, except_for: bytes | None = None) -> int:
        open_ones = [
            each.digest
            for each in self._state.sessions.values()
            if each.person == person and each.is_open and each.digest != except_for
        ]
        for digest in open_ones:
            self.end(digest, end=end, now=now)
        return len(open_ones)


@define
class _Outbox:
    _state: _State

    def add(self, messages: Sequence[Message]) -> None:
        known = {each.key for each in self._state.messages.values()}
        for message in messages:
            if message.key not in known:
                known.add(message.key)
                queued = evolve(message, id=self._state.next("message"))
                self._state.messages[queued.id] = queued

    def lease(self, limit: int, *, now: datetime, until: datetime) -> Sequence[Message]:
        due = [each for each in self._state.messages.values() if each.state in _WAITING and self._is_free(each, now)]
        taken = sorted(due, key=lambda each: (each.due_at, each.id))[:limit]
        held = [
            evolve(each.moved(MessageState.LEASED), attempts=each.attempts + 1, leased_until=until) for each in taken
        ]
        self._state.messages.update({each.id: each for each in held})
        return held

    @staticmethod
    def _is_free(message: Message, now: datetime) -> bool:
        lease = message.leased_until
        return message.due_at <= now and (lease is None or is_expired(lease, now))

    def settle(self, message: Message, *, held_until: datetime | None) -> None:
        stored = self._state.messages[message.id]
        if stored.state is MessageState.LEASED and stored.leased_until == held_until:
            self._state.messages[message.id] = message

    def peek(self, key: str) -> Message | None:
        return next((each for each in self._state.messages.values() if each.key == key), None)

    def cancel(self, tokens: Collection[bytes]) -> int:
        ended = [e for e in self._state.messages.values() if e.token in tokens and e.token and e.state not in FINAL]
        for each in ended:
            self._state.messages[each.id] = each.moved(MessageState.CANCELLED)
        return len(ended)

    def counts(self) -> Mapping[MessageState, int]:
        states = [each.state for each in self._state.messages.values()]
        return {state: states.count(state) for state in MessageState if state in states}

    def oldest_waiting(self) -> datetime | None:
        return min((e.created_at for e in self._state.messages.values() if e.state in _WAITING), default=None)

    def ask(self, request: AccessRequest) -> None:
        number = self._state.next("request")
        self._state.requests[number] = evolve(request, id=number)

    def take_requests(self, limit: int) -> Sequence[AccessRequest]:
        return [self._state.requests.pop(number) for number in sorted(self._state.requests)[:limit]]


def _kept() -> tuple[type[Any], ...]:
    """Let mypy judge that the ports are kept."""
    from eszkola_core.ports.storage import Storage  # noqa: PLC0415

    kept: type[Storage] = MemoryStorage
    return (kept,)
