"""
Where everything is kept.

A `Storage` is one tenant's; nothing of another tenant can be reached through it. Work is done in a *unit*: what happens
in it happens together or not at all. The parts of a unit are small ports of their own; each promise has a number, and
the contracts in `eszkola_core.testing` hold adapters to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Decision, Place, RecordKey, Reservation, RosterKey, Seeds, World
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.messages import Message, MessageState
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.runs import Changes, Opening, RecordState, Run, RunKind
from eszkola_core.domain.sessions import Session, SessionEnd
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.domain.tokens import Purpose, Token


class Rosters(Protocol):
    """
    What gradebooks state and what followed.

    RO1. `records` yields the state of every record of a roster, ascending by key; an ended record is none.
    RO2. `gather` finds every place in a record of the seeds, bound to a person of them, or with evidence of them,
         applied or held; present and gone alike.
    RO3. `gather` finds every person of the seeds, every owner of an id among the evidence, every holder of a central
         address among it, and everybody whom a reservation of such an address is for.
    RO4. With each person found by number come the decisions about that person and the reservations for them.
    RO5. What was saved comes back equal: places, people, reservations, conflicts.
    RO6. `save` writes all of the changes or nothing.
    RO7. `save` raises `Conflict` when a person is not at the expected revision, when another run was saved since
         ``after_run``, or when a national id, a login or a central address is another person's.
    RO8. `census` counts people in force as `domain.guard.census` does over all places of the schools.
    RO9. `next_person` is a number that no person of the tenant has had; `login_numbers` gives the highest number ever
         issued for each stem, stems without one left out.
    RO10. `conflicts` yields the open conflicts by kind, place, other place (none first) and facts; where schools are
         named, those with either place in one of them.
    RO11. `unsettled` yields the records with something held, and those whose people wait for an address, in any roster.
    RO12. `applied` is the run that applied a plan, or None; `newest_run` is 0 before the first.
    RO13. `places` yields all places of a school that are present, in the order of their keys.
    RO14. Identical evidence in another tenant is never found.
    """

    def records(self, roster: RosterKey) -> Iterable[RecordState]:
        """Yield what is kept of the records of *roster* (RO1)."""

    def states(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, RecordState]:
        """Return what is kept of the records named, unknown ones left out (RO1)."""

    def gather(self, seeds: Seeds) -> World:
        """Return everything that touches one of *seeds* (RO2, RO3, RO4)."""

    def census(self, schools: Collection[str], today: date) -> Mapping[tuple[str, str], int]:
        """Return how many have each role, and how many links there are, by school and kind (RO8)."""

    def next_person(self) -> PersonId:
        """Return the number of the next person (RO9)."""

    def login_numbers(self, stems: Collection[str]) -> Mapping[str, int]:
        """Return the highest number ever issued for each of *stems* (RO9)."""

    def unsettled(self) -> frozenset[RecordKey]:
        """Return the records that must be looked at again in every run (RO11)."""

    def newest_run(self) -> int:
        """Return the number of the newest run (RO12)."""

    def applied(self, plan: bytes) -> Run | None:
        """Return the run that applied *plan* (RO12)."""

    def save(self, run: Run, changes: Changes) -> Run:
        """Write *changes* and return the run with its number (RO6, RO7)."""

    def conflicts(self, schools: Collection[str] | None = None) -> Iterable[OpenConflict]:
        """Yield the open conflicts (RO10)."""

    def places(self, school: str, class_name: str | None = None) -> Iterable[Place]:
        """Yield the present places of *school*, or those in records of students of one class (RO13)."""

    def schools(self) -> Sequence[StatedSchool]:
        """Return the schools, in the order of their keys."""

    def add_schools(self, schools: Sequence[StatedSchool]) -> None:
        """Keep *schools*; one that is known gets the newest name that is not empty."""


class People(Protocol):
    """
    Accounts and what people decided.

    PE1. `get_many` leaves out numbers that nobody has.
    PE2. `by_login` compares without case; `by_central` compares mailboxes; `by_national_id` finds by any id.
    PE3. `save` raises `Conflict` unless the stored revision is one less than the one given.
    PE4. `save` raises `Conflict` when the central address is another's.
    PE5. `decide` gives the decision its number and keeps it; `withdraw` ends the one with that number.
    PE6. A reservation can be added; an address that is reserved for another cannot be found to be free.
    """

    def get_many(self, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
        """Return the people with these numbers (PE1)."""

    def by_login(self, login: str) -> Person | None:
        """Return whose issued login this is (PE2)."""

    def by_central(self, mailbox: str) -> Person | None:
        """Return whose central address this is (PE2)."""

    def by_national_id(self, national_id: NationalId) -> Person | None:
        """Return whose national id this is (PE2)."""

    def save(self, person: Person) -> None:
        """Write a changed person (PE3, PE4)."""

    def decide(self, decision: Decision) -> Decision:
        """Keep a decision and return it with its number (PE5)."""

    def decisions(self, person: PersonId) -> Sequence[Decision]:
        """Return what was decided about *person*, oldest first."""

    def withdraw(self, decision: int, at: datetime) -> None:
        """End the decision with this number (PE5)."""

    def reserve(self, reservation: Reservation) -> None:
        """Keep an address for whoever left it (PE6)."""

    def reserved(self, mailbox: str, now: datetime) -> PersonId | None:
        """Return for whom an address is kept (PE6)."""


class Credentials(Protocol):
    """
    Passwords, one person each.

    CR1. What was put comes back equal; the next put replaces it.
    CR2. `set_before` yields the credentials of their owners' own making that were set before an instant, in the order
         of the persons' numbers, from the one after ``after`` on, and no more than the limit.
    """

    def get(self, person: PersonId) -> Credential | None:
        """Return the person's credential (CR1)."""

    def put(self, credential: Credential) -> None:
        """Keep a credential in the stead of the former one (CR1)."""

    def set_before(self, instant: datetime, *, limit: int, after: PersonId | None = None) -> Sequence[Credential]:
        """Return own credentials that were set before *instant*, by person number, from the one after *after* (CR2)."""


class Tokens(Protocol):
    """
    Tokens, by digest.

    TO1. What was added comes back equal.
    TO2. `add` replaces the live tokens of the same person and purpose, where the purpose is in `REPLACED_BY_NEWER`, and
         returns their digests.
    TO3. `spend` returns a live token once, and None ever after; an expired one never.
    TO4. Of any number of simultaneous spends at most one wins.
    TO5. `cancel` ends the live tokens of a person, of the given purposes only where some are given, and none that was
         issued before ``since``.
    """

    def add(self, token: Token) -> frozenset[bytes]:
        """Keep *token*, and return the digests of those that it replaced (TO1, TO2)."""

    def peek(self, digest: bytes) -> Token | None:
        """Return the token with *digest*, in whatever state (TO1)."""

    def spend(self, digest: bytes, *, purposes: Collection[Purpose], now: datetime) -> Token | None:
        """Spend the live token with *digest* and one of *purposes*, and return it spent (TO3, TO4)."""

    def cancel(
        self, person: PersonId, *, purposes: Collection[Purpose] | None = None, since: datetime | None = None
    ) -> frozenset[bytes]:
        """End the person's live tokens and return their digests (TO5)."""


class Sessions(Protocol):
    """
    Sessions, by the digest of their key.

    SS1. What was added comes back equal.
    SS2. `end_all` ends every open session of a person but the one excepted.
    SS3. An ended session stays ended.
    """

    def add(self, session: Session) -> None:
        """Keep a session (SS1)."""

    def get(self, digest: bytes) -> Session | None:
        """Return the session with *digest* (SS1)."""

    def end(self, digest: bytes, *, end: SessionEnd, now: datetime) -> None:
        """End one session (SS3)."""

    def end_all(self, person: PersonId, *, end: SessionEnd, now: datetime, except_for: bytes | None = None) -> int:
        """End the open sessions of a person and return how many (SS2)."""


class Outbox(Protocol):
    """
    Messages that wait to leave, and requests that wait to be looked up.

    OU1. A message whose key is known is not queued again.
    OU2. `lease` hands out messages that are due and in nobody's hands, the longest due first, each to one dispatcher
         only.
    OU3. A lease that ran out is handed out again.
    OU4. `settle` writes a message's state; one that somebody else has leased since is left alone.
    OU5. A message done with holds no data.
    OU6. `cancel` ends the waiting messages that carry one of the tokens; none is sent afterwards.
    OU7. `counts` says how many are in each state, and `oldest_waiting` since when the oldest waits.
    OU8. A request that was taken is gone; it is handed to one taker only.
    """

    def add(self, messages: Sequence[Message]) -> None:
        """Queue messages (OU1)."""

    def lease(self, limit: int, *, now: datetime, until: datetime) -> Sequence[Message]:
        """Take up to *limit* messages in hand until *until* (OU2, OU3)."""

    def settle(self, message: Message, *, held_until: datetime | None) -> None:
        """Write what became of a message that was leased until *held_until* (OU4, OU5)."""

    def peek(self, key: str) -> Message | None:
        """Return the message with *key*, in whatever state (OU1, OU5)."""

    def cancel(self, tokens: Collection[bytes]) -> int:
        """End the waiting messages that carry one of *tokens* (OU6)."""

    def counts(self) -> Mapping[MessageState, int]:
        """Return how many messages are in each state (OU7)."""

    def oldest_waiting(self) -> datetime | None:
        """Return since when the oldest waiting message waits (OU7)."""

    def ask(self, request: AccessRequest) -> None:
        """Keep a request for access (OU8)."""

    def take_requests(self, limit: int) -> Sequence[AccessRequest]:
        """Take up to *limit* requests, oldest first (OU8)."""


class Unit(Protocol):
    """What happens together. Its parts may be used inside the ``with`` block only."""

    @property
    def rosters(self) -> Rosters:
        """What gradebooks state."""

    @property
    def people(self) -> People:
        """Accounts."""

    @property
    def credentials(self) -> Credentials:
        """Passwords."""

    @property
    def tokens(self) -> Tokens:
        """Tokens."""

    @property
    def sessions(self) -> Sessions:
        """Sessions."""

    @property
    def outbox(self) -> Outbox:
        """Messages that wait to leave."""


class Storage(Protocol):
    """
    Everything of one tenant.

    ST1. What happened in a unit that was left without an exception is there for every later unit, in any process.
    ST2. What happened in a unit that was left by an exception has not happened.
    ST3. Units that write happen one after the other, as far as anybody can tell.
    ST4. `snapshot` sees one moment for as long as it lasts, and does not keep others from writing.
    ST5. `fingerprint` and `seal` are keyed, by tenant: the same text under another tenant gives something else.
    ST6. `opened` gives back what was sealed in the same context, and raises `InvalidValue` for anything else.
    ST7. A world that cannot be reached raises `Unavailable`, within a bounded time.
    ST8. No national id, token or sealed text stands anywhere in what is kept, but encrypted.
    """

    def unit(self) -> AbstractContextManager[Unit]:
        """Open a unit that writes (ST1, ST2, ST3)."""

    def snapshot(self) -> AbstractContextManager[Unit]:
        """Open a unit that only looks (ST4)."""

    def fingerprint(self, data: bytes, *, context: str) -> bytes:
        """Return 16 bytes that stand for *data* in *context*, and that nobody without the key can make (ST5)."""

    def seal(self, data: bytes, *, context: str) -> bytes:
        """Return *data* encrypted for *context* (ST5)."""

    def opened(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed for *context* (ST6)."""


__all__ = [
    "AccessRequest",
    "Changes",
    "Credential",
    "CredentialKind",
    "Credentials",
    "Opening",
    "Outbox",
    "People",
    "RecordState",
    "Rosters",
    "Run",
    "RunKind",
    "Sessions",
    "Storage",
    "Tokens",
    "Unit",
]
