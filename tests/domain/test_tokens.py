"""Tokens: long, short-lived, and dead once they end (ACCESS-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.tokens import (
    RANDOM_BYTES,
    TOKEN_LIFECYCLE,
    Purpose,
    TokenState,
    digest_of,
    issue,
    lifetime,
)
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import instants, settings_

purposes = st.sampled_from(Purpose)
randoms = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


def issued(random=bytes(RANDOM_BYTES), *, purpose=Purpose.RECOVERY, settings=None, now=None):
    """Return a token and its text."""
    return issue(purpose, PersonId(1), random=random, settings=settings or Settings(), now=now)


@pytest.mark.rule("ACCESS-4a")
@given(randoms, randoms, instants())
def test_a_token_holds_all_of_its_randomness_and_keeps_none_of_it(one, other, now):
    """Its text is found by its digest, and differs when a bit does; text and digest stand in no repr."""
    token, text = issued(one, now=now)
    _, another = issued(other, now=now)

    assert (text == another) == (one == other)
    assert len(text.reveal()) == 43
    assert token.digest == digest_of(text) == digest_of(Secret(f" {text.reveal()}\n"))
    assert text.reveal() not in repr((token, text))
    assert token.digest.hex() not in repr(token)
    assert repr(token.digest) not in repr(token)


@pytest.mark.rule("ACCESS-4b")
@given(purposes, settings_(), instants())
def test_a_token_dies_at_the_instant_of_its_end(purpose, settings, now):
    """It lives as long as the settings say for its purpose, and not a moment longer."""
    token, _ = issued(purpose=purpose, settings=settings, now=now)
    end = now + lifetime(purpose, settings)

    assert token.expires_at == end
    assert token.is_live(end - timedelta(microseconds=1))
    assert not token.is_live(end)
    assert token.state_at(end) is TokenState.EXPIRED


@pytest.mark.rule("ACCESS-4b")
def test_recovery_lasts_a_day_and_first_access_a_fortnight():
    """So the rules say, where nothing else is set."""
    assert lifetime(Purpose.RECOVERY, Settings()) == timedelta(hours=24)
    assert lifetime(Purpose.FIRST_ACCESS, Settings()) == timedelta(days=14)
    assert lifetime(Purpose.MUST_ACT, Settings()) == timedelta(minutes=15)


@pytest.mark.rule("ACCESS-4a")
@given(instants(), st.sampled_from(TokenState), st.sampled_from(TokenState))
def test_a_spent_token_stays_spent(now, first, second):
    """From no state but live does any way lead, whatever is tried and whenever it is looked at."""
    token, _ = issued(now=now)
    if first is TokenState.LIVE:
        with pytest.raises(InvalidValue):
            token.ended(first)
        return
    ended = token.ended(first)
    with pytest.raises(InvalidValue) as refused:
        ended.ended(second)

    assert refused.value.code == "no-such-transition"
    assert ended.state_at(now + timedelta(days=999)) is first
    assert not ended.is_live(now)


def test_every_state_of_a_token_is_reached_and_all_but_live_are_final():
    """The table names each state, and each follows from live."""
    assert set(TOKEN_LIFECYCLE) == set(TokenState)
    assert TOKEN_LIFECYCLE[TokenState.LIVE] == set(TokenState) - {TokenState.LIVE}
    assert all(not following for state, following in TOKEN_LIFECYCLE.items() if state is not TokenState.LIVE)


@pytest.mark.rule("ACCESS-4a")
@given(st.binary(max_size=RANDOM_BYTES - 1), instants())
def test_too_little_randomness_is_refused(random, now):
    """A token that could be guessed is none."""
    with pytest.raises(InvalidValue) as refused:
        issued(random, now=now)
    assert (refused.value.code, str(refused.value)) == ("too-little-randomness", "a token needs 32 random bytes")


@pytest.mark.rule("ACCESS-4a")
def test_whatever_somebody_types_is_no_token_and_no_error():
    """Half of a surrogate pair too is looked up, and found to be none."""
    assert len({digest_of(Secret(text)) for text in ("", "ż", "\ud800", "\ud801")}) == 4
