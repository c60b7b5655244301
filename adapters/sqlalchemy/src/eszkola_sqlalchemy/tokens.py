"""Tokens, by digest: the text itself is never here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, UpdateBase, bindparam, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.tokens import REPLACED_BY_NEWER, Act, Purpose, Token, TokenState
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.values import address_of, dumped, instant_of, loaded, micros, parts_of, written

_T: Final = tables.token
_LIVE: Final = _T.c.state == TokenState.LIVE.value
_THEIRS: Final = (_T.c.tenant == bindparam(OURS)) & (_T.c.person == bindparam("of_person")) & _LIVE
_REPLACE: Final = (
    update(_T)
    .where(_THEIRS, _T.c.purpose == bindparam("good_for"))
    .values(state=TokenState.REPLACED.value)
    .returning(_T.c.digest)
)
_ONE: Final = select(_T).where(_T.c.tenant == bindparam(OURS), _T.c.digest == bindparam("which"))


class SqlTokens:
    """Keeps `Tokens` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, token: Token) -> frozenset[bytes]:
        """Keep *token*, and return the digests of those that it replaced (TO1, TO2)."""
        desk = self._desk
        row = (
            *(desk.tenant, token.digest, token.purpose.value, token.person, micros(token.issued_at)),
            *(micros(token.expires_at), token.state.value, *parts_of(token.address), dumped(token.acts)),
        )
        replaced: frozenset[bytes] = frozenset()
        with desk.together():
            if token.purpose in REPLACED_BY_NEWER:
                former = {OURS: desk.tenant, "of_person": token.person, "good_for": token.purpose.value}
                replaced = frozenset(each.digest for each in desk.rows(_REPLACE, **former))
            desk.insert(_T, [row])
        return replaced

    def peek(self, digest: bytes) -> Token | None:
        """Return the token with *digest*, in whatever state (TO1)."""
        return _token(self._desk.first(_ONE, **{OURS: self._desk.tenant, "which": digest}))

    def spend(self, digest: bytes, *, purposes: Collection[Purpose], now: datetime) -> Token | None:
        """
        Spend and return the live token with *digest* and one of *purposes* (TO3, TO4).

        One guarded statement looks and spends: nobody comes in between.
        """
        good_for = _T.c.purpose.in_([each.value for each in purposes])
        spendable = (_T.c.digest == digest) & _LIVE & (_T.c.expires_at > micros(now)) & good_for
        statement = update(_T).where(_T.c.tenant == self._desk.tenant, spendable).values(state=TokenState.SPENT.value)
        return _token(self._desk.first(statement.returning(_T)))

    def cancel(
        self, person: PersonId, *, purposes: Collection[Purpose] | None = None, since: datetime | None = None
    ) -> frozenset[bytes]:
        """End the person's live tokens and return their digests (TO5)."""
        if purposes is not None and not purposes:
            return frozenset()
        statement = _cancelling(None if purposes is None else frozenset(purposes), is_since=since is not None)
        issued = {} if since is None else {"since": micros(since)}
        rows = self._desk.rows(statement, **{OURS: self._desk.tenant, "of_person": person, **issued})
        return frozenset(row.digest for row in rows)


@cache
def _cancelling(purposes: frozenset[Purpose] | None, *, is_since: bool) -> UpdateBase:
    """Return the statement that ends live tokens of a person."""
    ending = update(_T).where(_THEIRS)
    if purposes is not None:
        ending = ending.where(_T.c.purpose.in_(written(sorted(each.value for each in purposes))))
    if is_since:
        ending = ending.where(_T.c.issued_at >= bindparam("since"))
    return ending.values(state=TokenState.CANCELLED.value).returning(_T.c.digest)


def _token(row: Row[Any] | None) -> Token | None:
    return None if row is None else token_of(row)


def token_of(row: Row[Any]) -> Token:
    """Return the token that a row holds."""
    return Token(
        digest=row.digest,
        purpose=Purpose(row.purpose),
        person=PersonId(row.person),
        issued_at=instant_of(row.issued_at),
        expires_at=instant_of(row.expires_at),
        state=TokenState(row.state),
        address=address_of(row.address_spelling, row.address_mailbox),
        acts=tuple(map(Act, loaded(row.acts))),
    )
