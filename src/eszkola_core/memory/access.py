"""Credentials, tokens and sessions in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.sessions import Session, SessionEnd
from eszkola_core.domain.tokens import REPLACED_BY_NEWER, Purpose, Token, TokenState
from eszkola_core.memory.state import State


@define
class MemoryCredentials:
    """Keeps `Credentials` in a dictionary."""

    _state: State

    def get(self, person: PersonId) -> Credential | None:
        return self._state.credentials.get(person)

    def get_many(self, people: Collection[PersonId]) -> Mapping[PersonId, Credential]:
        return {each: self._state.credentials[each] for each in people if each in self._state.credentials}

    def put(self, credential: Credential) -> None:
        self._state.credentials[credential.person] = credential

    def set_before(self, instant: datetime, *, limit: int, after: PersonId | None = None) -> Sequence[Credential]:
        found = [
            each
            for number, each in sorted(self._state.credentials.items())
            if each.kind is CredentialKind.OWN and each.set_at < instant and (after is None or number > after)
        ]
        return found[:limit]

    def wipe_expired(self, now: datetime) -> int:
        kept = self._state.credentials
        over = [
            each
            for each in kept.values()
            if each.sealed is not None and each.expires_at is not None and is_expired(each.expires_at, now)
        ]
        kept.update({each.person: evolve(each, sealed=None) for each in over})
        return len(over)


@define
class MemoryTokens:
    """Keeps `Tokens` in a dictionary."""

    _state: State

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
class MemorySessions:
    """Keeps `Sessions` in a dictionary."""

    _state: State

    def add(self, session: Session) -> None:
        self._state.sessions[session.digest] = session

    def get(self, digest: bytes) -> Session | None:
        return self._state.sessions.get(digest)

    def end(self, digest: bytes, *, end: SessionEnd, now: datetime) -> None:
        session = self._state.sessions.get(digest)
        if session is not None and session.ended_at is None:
            self._state.sessions[digest] = evolve(session, ended_at=now, end=end)

    def end_all(self, person: PersonId, *, end: SessionEnd, now: datetime, except_for: bytes | None = None) -> int:
        open_ones = [
            each.digest
            for each in self._state.sessions.values()
            if each.person == person and each.ended_at is None and each.digest != except_for
        ]
        for digest in open_ones:
            self.end(digest, end=end, now=now)
        return len(open_ones)

    def touch(self, digest: bytes, *, seen_after: datetime, now: datetime) -> None:
        session = self._state.sessions.get(digest)
        if session is not None and session.ended_at is None and seen_after < session.seen_at < now:
            self._state.sessions[digest] = evolve(session, seen_at=now)

    def of(self, person: PersonId) -> Sequence[Session]:
        theirs = [each for each in self._state.sessions.values() if each.person == person and each.ended_at is None]
        return sorted(theirs, key=lambda each: (each.opened_at, each.digest))

    def prune(self, before: datetime) -> int:
        old = [digest for digest, each in self._state.sessions.items() if each.opened_at < before]
        for digest in old:
            del self._state.sessions[digest]
        return len(old)
