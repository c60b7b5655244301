"""A message's life: a table, attempts that wait ever longer, and nothing left of it at the end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.messages import (
    FIELDS,
    FINAL,
    MESSAGE_LIFECYCLE,
    Message,
    MessageKind,
    MessageState,
    backoff,
    spread_of,
)
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import settings_

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
SECRET = "zeton-kanarek"


def queued(kind=MessageKind.RECOVERY, **more):
    """Return a message that waits."""
    data = dict.fromkeys(FIELDS[kind] | {"name"}, SECRET)
    known = {"key": "k", "to": EmailAddress.parse("ola@example.com"), "locale": "pl", "created_at": NOW, "due_at": NOW}
    return Message(**{"kind": kind, "data": data, **known, **more})


def in_state(state):
    """Return a message in *state*."""
    return evolve(queued(), state=state, data={} if state in FINAL else queued().data)


def test_every_state_is_reached_and_the_final_ones_are_final():
    """From waiting to sent, abandoned or cancelled; nothing follows those, but that what was sent comes back."""
    reached = {MessageState.QUEUED} | {each for following in MESSAGE_LIFECYCLE.values() for each in following}

    assert set(MESSAGE_LIFECYCLE) == reached == set(MessageState)
    assert {MessageState.SENT, MessageState.BOUNCED, MessageState.ABANDONED, MessageState.CANCELLED} == FINAL
    assert {each for state in FINAL for each in MESSAGE_LIFECYCLE[state]} == {MessageState.BOUNCED}
    assert all(MessageState.CANCELLED in MESSAGE_LIFECYCLE[state] for state in set(MessageState) - FINAL)


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("following", MessageState)
def test_a_message_moves_by_the_table_alone(state, following):
    """What stands there moves it; what does not is refused, and the error names both states."""
    message = in_state(state)
    if following in MESSAGE_LIFECYCLE[state]:
        moved = message.moved(following)

        assert moved.state is following
        assert moved.leased_until is None
        assert moved.data == ({} if following in FINAL else message.data)
        return
    with pytest.raises(InvalidValue) as refused:
        message.moved(following)

    assert refused.value.code == "no-such-transition"
    assert SECRET not in str(refused.value)


@pytest.mark.rule("ID-10a")
def test_a_message_shows_neither_data_nor_address_nor_token():
    """Its repr holds key, kind and state, and what may be told."""
    shown = repr(queued(tokens=(b"\x17" * 32,)))

    assert SECRET not in shown
    assert "ola@" not in shown
    assert "\\x17" not in shown


@pytest.mark.parametrize("kind", MessageKind)
def test_a_message_has_the_data_of_its_kind(kind):
    """No field is missing and none is one too many, as long as it waits."""
    assert queued(kind).data.keys() == FIELDS[kind] | {"name"}
    for data in ({}, {**queued(kind).data, "pesel": "x"}, dict.fromkeys(FIELDS[kind], "x")):
        with pytest.raises(InvalidValue) as refused:
            queued(kind, data=data)
        assert refused.value.code == "wrong-message-data"


@given(settings_(), st.integers(0, 60))
def test_each_wait_is_twice_the_last_up_to_a_day(settings, attempts):
    """The first is the setting's; none is shorter than the one before, and none longer than a day."""
    assert backoff(1, settings) == settings.message_backoff
    assert backoff(attempts, settings) <= backoff(attempts + 1, settings) <= timedelta(days=1)
    if backoff(attempts + 1, settings) < timedelta(days=1) and attempts:
        assert backoff(attempts + 1, settings) == 2 * backoff(attempts, settings)


@given(settings_(), st.integers(0, 60), st.floats(0, 1))
def test_a_wait_is_up_to_a_quarter_longer(settings, attempts, spread):
    """It is never shorter than the plain one, never longer than a day, and never longer than the next one."""
    plain, longer = backoff(attempts, settings), backoff(attempts, settings, spread=spread)

    assert plain <= longer <= min(plain * 1.25, timedelta(days=1))
    assert longer <= backoff(attempts + 1, settings) or attempts == 0


@given(st.text(), st.integers(0, 60))
def test_what_spreads_the_waits_follows_from_key_and_attempt_alone(key, attempts):
    """From 0 to 1, and the same whenever it is asked for."""
    assert 0 <= spread_of(key, attempts) == spread_of(key, attempts) <= 1


def test_those_who_failed_together_do_not_come_back_together():
    """Of a thousand messages that failed at once no tenth of the quarter has more than twice its share."""
    for attempts in (1, 2, 7):
        shares = Counter(int(spread_of(f"first-access:{number}", attempts) * 10) for number in range(1000))

        assert max(shares.values()) < 200
        assert set(range(10)) <= set(shares)
    assert spread_of("a", 1) != spread_of("a", 2)


@given(settings_(), st.integers(1, 5), st.lists(st.sampled_from([False, False, False, True]), min_size=5, max_size=9))
def test_a_message_is_tried_so_often_and_then_abandoned(settings, most, for_good):
    """A failure for good ends it at once, one for now after as many attempts as the setting says."""
    settings = evolve(settings, message_attempts=most)
    message, now = queued(), NOW
    for at_once in for_good:
        if message.state in FINAL:
            break
        held = message.leased(now, settings)
        message = held.failed(now, settings, for_good=at_once)

        assert held.attempts <= settings.message_attempts
        assert held.leased_until == now + settings.message_lease
        last = at_once or held.attempts == settings.message_attempts
        assert message.state is (MessageState.ABANDONED if last else MessageState.FAILED_FOR_NOW)
        if not last:
            wait = backoff(held.attempts, settings, spread=spread_of(message.key, held.attempts))
            assert message.due_at == now + wait
            now = message.due_at


def test_a_lease_can_be_taken_again():
    """When it ran out: with one more attempt."""
    first = queued().leased(NOW, Settings())
    again = first.leased(NOW + timedelta(days=1), Settings())

    assert (first.attempts, again.attempts) == (1, 2)
    assert again.leased_until == NOW + timedelta(days=1) + Settings().message_lease


def test_what_nobody_could_try_counts_no_attempt():
    """It is due again when somebody may be there."""
    held = evolve(queued(), attempts=2).leased(NOW, Settings())
    later = NOW + timedelta(minutes=5)

    assert held.put_back(later) == evolve(queued(), state=MessageState.FAILED_FOR_NOW, attempts=2, due_at=later)


@pytest.mark.parametrize("following", sorted(MESSAGE_LIFECYCLE[MessageState.LEASED]))
def test_whatever_becomes_of_a_leased_message_its_lease_is_over(following):
    """Sent or put back: nobody has it in hand any more."""
    leased = queued().leased(NOW, Settings())

    assert leased.leased_until is not None
    assert leased.moved(following).leased_until is None
