"""Accounts in every state that their table leads to, and what opens them: credentials, tokens, sessions."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Lock, Person, PersonId
from eszkola_core.domain.claims import Claims
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.roles import STAFF
from eszkola_core.domain.sessions import Session, SessionEnd
from eszkola_core.domain.tokens import Act, Purpose, Token, TokenState
from eszkola_core.testing.strategies.identities import email_addresses
from eszkola_core.testing.strategies.places import claims
from eszkola_core.testing.strategies.times import chosen, instants

_PEOPLE = st.integers(1, 99).map(PersonId)
_WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
_DIGESTS = st.binary(min_size=32, max_size=32)
_SPANS = st.timedeltas(timedelta(minutes=1), timedelta(days=60))
_LOGINS = st.from_regex(r"[a-z]{1,12}\.[a-z]{1,12}[0-9]{0,3}", fullmatch=True)


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    """Yield locks by staff and by the console, for a while or until somebody lifts them."""
    at, by = draw(instants()), draw(st.none() | _PEOPLE)
    return Lock(
        by=by,
        name=draw(_LOGINS),
        right=draw(st.sampled_from(sorted(STAFF))) if by is not None else None,
        why=draw(_WORDS),
        at=at,
        until=draw(st.none() | _SPANS.map(lambda span: at + span)),
    )


@st.composite
def people(
    draw: st.DrawFn,
    *,
    happenings: SearchStrategy[Happening] | None = None,
    stated: SearchStrategy[Claims] | None = None,
) -> Person:
    """
    Yield people with the accounts that *happenings* lead to: each was opened, then lived as its table allows.

    Name, ids and addresses are those of *stated* claims.
    """
    said, login, opened = draw(chosen(stated, claims())), draw(_LOGINS), draw(instants())
    person = Person(
        id=draw(_PEOPLE),
        name=said.name,
        ids=said.ids,
        login=login,
        platform_address=f"{login}@uczen.example",
        central=said.email,
        phone=said.phone,
        opened_at=opened,
    )
    for each in draw(st.lists(chosen(happenings, st.sampled_from(Happening)), max_size=6)):
        if each not in LIFECYCLE[person.state]:
            continue
        person = person.locked(draw(locks())) if each is Happening.LOCKED else person.after(each)
        if each is Happening.PASSWORD_SET:
            person = evolve(person, activated_at=person.activated_at or opened)
    return person


@st.composite
def credentials(draw: st.DrawFn, *, kinds: SearchStrategy[CredentialKind] | None = None) -> Credential:
    """Yield credentials: those somebody else made expire and are sealed until then, those of one's own are neither."""
    kind, encoded, set_at = draw(chosen(kinds, st.sampled_from(CredentialKind))), draw(_WORDS), draw(instants())
    former = tuple(draw(st.lists(_WORDS, max_size=3)))
    is_own = kind is CredentialKind.OWN
    return Credential(
        person=draw(_PEOPLE),
        kind=kind,
        encoded=encoded,
        set_at=set_at,
        expires_at=None if is_own else set_at + draw(_SPANS),
        history=(encoded, *former) if is_own else former,
        spent=() if is_own else (encoded,),
        sealed=None if is_own else Secret(draw(_WORDS)),
        warned_at=draw(st.none() | _SPANS.map(lambda span: set_at + span)) if is_own else None,
    )


@st.composite
def tokens(
    draw: st.DrawFn,
    *,
    purposes: SearchStrategy[Purpose] | None = None,
    states: SearchStrategy[TokenState] | None = None,
) -> Token:
    """Yield tokens in every state that is stored; the acts are those of a ticket, and all others have an address."""
    purpose, issued_at = draw(chosen(purposes, st.sampled_from(Purpose))), draw(instants())
    stored = [each for each in TokenState if each is not TokenState.EXPIRED]
    acts = draw(st.sets(st.sampled_from(Act), min_size=1))
    is_ticket = purpose is Purpose.MUST_ACT
    return Token(
        digest=draw(_DIGESTS),
        purpose=purpose,
        person=draw(_PEOPLE),
        issued_at=issued_at,
        expires_at=issued_at + draw(_SPANS),
        state=draw(chosen(states, st.sampled_from(stored))),
        address=None if is_ticket else draw(email_addresses()),
        acts=tuple(each for each in Act if each in acts) if is_ticket else (),
    )


@st.composite
def sessions(draw: st.DrawFn, *, ends: SearchStrategy[SessionEnd | None] | None = None) -> Session:
    """Yield sessions that were seen after they opened, and ended after they were seen or not yet."""
    opened_at = draw(instants())
    seen_at = opened_at + draw(st.timedeltas(timedelta(), timedelta(days=30)))
    end = draw(chosen(ends, st.none() | st.sampled_from(SessionEnd)))
    return Session(
        digest=draw(_DIGESTS),
        person=draw(_PEOPLE),
        opened_at=opened_at,
        seen_at=seen_at,
        ended_at=seen_at + draw(_SPANS) if end is not None else None,
        end=end,
    )
