"""Security codes, their receipts, and contact data that are their owners' own."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.contacts import OwnContacts
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.security_codes import CodeChannel, CodeHandOver, CodeState, SecurityCode, invent_code
from eszkola_core.testing.strategies.times import chosen, instants

_PEOPLE = st.integers(1, 99).map(PersonId)
_WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


def typed_codes() -> SearchStrategy[Secret]:
    """Yield codes as they are printed, those with leading zeros among them; each checks itself."""
    return st.lists(st.integers(0, 9), min_size=11, max_size=11).map(_invented)


def hand_overs(*, channels: SearchStrategy[CodeChannel] | None = None) -> SearchStrategy[CodeHandOver]:
    """Yield receipts that say all that their channel asks."""
    return st.builds(
        CodeHandOver,
        channel=chosen(channels, st.sampled_from(CodeChannel)),
        at=instants(),
        by=st.none() | _PEOPLE,
        name=_WORDS,
        collected_by=_WORDS,
        document=_WORDS,
        authority=_WORDS,
        known_by=_WORDS,
    )


@st.composite
def security_codes(
    draw: st.DrawFn,
    *,
    guardians: SearchStrategy[PersonId] | None = None,
    states: SearchStrategy[CodeState] | None = None,
) -> SecurityCode:
    """Yield codes of *guardians* in every state that is stored; a redeemed one says since when."""
    issued_at = draw(instants())
    state = draw(chosen(states, st.sampled_from([each for each in CodeState if each is not CodeState.EXPIRED])))
    is_redeemed = state is CodeState.REDEEMED
    return SecurityCode(
        digest=draw(st.binary(min_size=16, max_size=16)),
        guardian=draw(chosen(guardians, _PEOPLE)),
        school=draw(_WORDS),
        issued_at=issued_at,
        expires_at=issued_at + timedelta(days=draw(st.integers(1, 90))),
        state=state,
        wrong_dates=draw(st.integers(0, 2)),
        redeemed_at=issued_at + timedelta(hours=draw(st.integers(0, 23))) if is_redeemed else None,
        hand_overs=tuple(draw(st.lists(hand_overs(), max_size=2))),
    )


@st.composite
def own_contacts(draw: st.DrawFn, *, people: SearchStrategy[PersonId] | None = None) -> OwnContacts:
    """Yield contact data that *people* own, and are asked about after they last confirmed them."""
    since = draw(instants())
    confirmed_at = since + timedelta(days=draw(st.integers(0, 999)))
    ask_at = confirmed_at + timedelta(days=draw(st.integers(90, 730)))
    return OwnContacts(person=draw(chosen(people, _PEOPLE)), since=since, confirmed_at=confirmed_at, ask_at=ask_at)


def _invented(digits: list[int]) -> Secret:
    drawn = iter(digits)
    return invent_code(lambda _below: next(drawn))
