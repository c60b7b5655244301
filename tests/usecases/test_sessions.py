"""Sessions: over by hand, by idleness, by age, and all of them with what befalls the account (ACCESS-9a)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from eszkola_core._usecases.change_address import AddressChanged
from eszkola_core._usecases.change_password import PasswordChanged
from eszkola_core._usecases.forget_old import ForgetOld
from eszkola_core._usecases.look_after_sessions import LookAfterSessions
from eszkola_core._usecases.recover_access import Completed
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.sessions import SESSION_LIFECYCLE, SessionEnd, SessionState, session_digest
from eszkola_core.testing.notation import pesel

ALA, OLA = "A/1: s Ala 1 ala", "A/2: s Ola 2 ola"
PASSWORD, NEW = "Zielony-Dom-7", "Szary-Kamień-9"
IDLE, LIMIT, TICK = timedelta(minutes=30), timedelta(hours=12), timedelta(microseconds=1)


@pytest.fixture
def region(a_region):
    """Return a region of the usual spans, in which Ala and Ola can sign in."""
    region = a_region("open", session_idle=IDLE, session_limit=LIMIT)
    region.take(ALA, OLA)
    region.enters("Ala")
    region.enters("Ola")
    return region


def looking(region):
    """Return the use case by which people see their sessions."""
    return LookAfterSessions(region.storage, region.tenant, region.clock)


def of(region, key):
    """Return what is kept of a session."""
    with region.storage.snapshot() as unit:
        return unit.sessions.get(session_digest(Secret(key)))


@pytest.mark.rule("ACCESS-9a")
def test_a_session_without_use_is_over_after_the_idle_time(region):
    """At that very instant, and a microsecond before it is not; who looks once more makes nothing of it."""
    for short, is_open in ((TICK, True), (timedelta(), False)):
        key = region.signs_in("ala.lis")
        region.clock.advance(IDLE - short)

        assert region.is_open(key) == is_open
        assert region.is_open(key) == is_open


@pytest.mark.rule("ACCESS-9a")
def test_a_session_in_use_is_over_after_the_limit(region):
    """However often it is used: at the limit's very instant, and not a microsecond before."""
    key = region.signs_in("ala.lis")
    for _ in range(47):
        region.wait(minutes=15)
        assert region.is_open(key)
    region.clock.advance(timedelta(minutes=15) - TICK)
    assert region.is_open(key)

    region.clock.advance(TICK)

    assert not region.is_open(key)
    assert of(region, key).state_at(region.clock.now(), region.tenant.settings) is SessionState.LIMIT


@pytest.mark.rule("ACCESS-9a")
@given(st.lists(st.integers(0, 45 * 60).map(lambda seconds: timedelta(seconds=seconds)), max_size=40))
def test_a_session_lives_as_its_use_says_and_writes_little(a_region, pauses):
    """
    Used again within the idle time it lives, up to the limit; once it is over it stays so.

    Its use is written once a minute at most, so that it may be over by so much earlier, and never later.
    """
    region = a_region("open", session_idle=IDLE, session_limit=LIMIT)
    region.take(ALA)
    region.enters("Ala")
    key = region.signs_in("ala.lis")
    opened = used = region.clock.now()
    alive, writes, exactly = True, 0, region.tenant.settings.session_seen_every
    for pause in pauses:
        now = region.clock.advance(pause)
        region.storage.trace.clear()
        is_open = region.is_open(key)
        writes += ("storage", "unit") in region.storage.trace

        assert not is_open or (alive and now < used + IDLE and now < opened + LIMIT)
        assert is_open or not alive or now >= used + IDLE - exactly or now >= opened + LIMIT
        alive = is_open
        used = now if is_open else used
    assert writes <= 1 + (used - opened) // exactly


@pytest.mark.rule("ACCESS-9a")
def test_checking_a_session_twice_in_a_minute_writes_nothing(region):
    """A page that asks ten times costs ten looks."""
    key = region.signs_in("ala.lis")
    region.wait(seconds=59)
    region.storage.trace.clear()
    for _ in range(10):
        assert region.is_open(key)

    assert ("storage", "unit") not in region.storage.trace


def _changed(region):
    key = region.signs_in("ala.lis")
    assert region.passwords.change(key, PASSWORD, NEW) == PasswordChanged()


def _recovered(region):
    assert isinstance(region.access.complete(region.token_for(pesel(1)), NEW), Completed)


def _moved(region):
    key = region.signs_in("ala.lis")
    assert region.addresses.confirm(region.asks_to_move(key, "new")) == AddressChanged()


def _stated_elsewhere(region):
    region.take("A/1: s Ala 1 another", OLA)


def _disputed(region):
    _moved(region)
    region.signs_in("ala.lis")
    (letter,) = [each for each in region.letters() if "token=" in each.data["link"]]
    region.addresses.dispute(letter.token)


ENDINGS = {
    "password changed": (_changed, SessionEnd.PASSWORD_CHANGED),
    "recovered": (_recovered, SessionEnd.PASSWORD_CHANGED),
    "address moved": (_moved, SessionEnd.ADDRESS_CHANGED),
    "address stated": (_stated_elsewhere, SessionEnd.ADDRESS_CHANGED),
    "reported": (_disputed, SessionEnd.ADDRESS_CHANGED),
}


@pytest.mark.rule("ACCESS-9a")
@pytest.mark.parametrize("what", ENDINGS)
def test_all_sessions_end_with_what_befalls_the_account(region, what):
    """Every session of the owner's, and nobody else's."""
    happening, end = ENDINGS[what]
    keys = [region.signs_in("ala.lis") for _ in range(3)]
    other = region.signs_in("ola.lis")

    happening(region)

    assert [region.end_of(key) for key in keys] == [end] * 3
    assert not any(map(region.is_open, keys))
    assert region.is_open(other)


@pytest.mark.rule("ACCESS-9a")
def test_an_owner_sees_where_they_are_signed_in(region):
    """The oldest first, each with when it was opened and last seen; the one that asks is marked; no key is told."""
    first = region.signs_in("ala.lis")
    region.signs_in("ola.lis")
    opened = region.clock.now()
    region.wait(minutes=5)
    second = region.signs_in("ala.lis")
    region.wait(minutes=5)
    assert region.is_open(first)

    found = looking(region).list(second)

    assert [each.is_this for each in found[-2:]] == [False, True]
    assert (found[-2].opened_at, found[-2].seen_at) == (opened, region.clock.now())
    assert found[-1].seen_at == found[-1].opened_at
    for key in (first, second):
        assert key not in repr(found)
    assert len({each.name for each in found}) == len(found)


@pytest.mark.rule("ACCESS-9a")
def test_an_owner_ends_any_session_of_their_own(region):
    """By its name: it is over at once; nobody ends another's, and no key is needed but one's own."""
    here, elsewhere, other = region.signs_in("ala.lis"), region.signs_in("ala.lis"), region.signs_in("ola.lis")
    names = {key: of(region, key).name for key in (here, elsewhere, other)}

    assert looking(region).end(here, names[other]) is False
    assert looking(region).end(here, "no such name") is False
    assert looking(region).end(here, names[elsewhere]) is True

    assert [region.is_open(key) for key in (here, elsewhere, other)] == [True, False, True]
    assert region.end_of(elsewhere) is SessionEnd.ENDED_ELSEWHERE
    assert looking(region).end(elsewhere, names[here]) is False
    assert looking(region).end(here, names[here]) is True
    assert looking(region).list(here) == ()


@pytest.mark.rule("ACCESS-9a")
def test_an_owner_ends_all_other_sessions_at_once(region):
    """The one in use stays; whose own is over ends none."""
    here, *elsewhere = (region.signs_in("ala.lis") for _ in range(4))
    over = elsewhere[0]
    region.signing_in.sign_out(over)
    assert looking(region).end_others(over) == 0

    ended = looking(region).end_others(here)

    assert ended == 2 + 1  # the two left, and the one of when she came
    assert region.is_open(here)
    assert not any(map(region.is_open, elsewhere))


@pytest.mark.rule("ACCESS-9a")
def test_whoever_rests_sees_and_ends_nothing(region):
    """The session of an account without a role is worth nothing."""
    key = region.signs_in("ala.lis")
    region.take(OLA)

    assert looking(region).list(key) == ()
    assert looking(region).end_others(key) == 0


@pytest.mark.rule("ACCESS-9a")
def test_old_sessions_are_forgotten(region):
    """After three months nothing is left of one; it opens nothing before and after."""
    key = region.signs_in("ala.lis")
    region.clock.advance(region.tenant.settings.session_memory)
    assert ForgetOld(region.storage, region.tenant, region.clock).run().sessions == 0

    region.clock.advance(TICK)

    assert ForgetOld(region.storage, region.tenant, region.clock).run().sessions == 3
    assert not region.is_open(key)
    assert of(region, key) is None


class SessionMachine(RuleBasedStateMachine):
    """One session from its opening: whatever happens in whatever order, it goes as its table of states says."""

    regions: Any = None

    @initialize()
    def open(self):
        """Somebody signs in."""
        self.region = self.regions("open", session_idle=IDLE, session_limit=timedelta(hours=2))
        self.region.take(ALA)
        self.region.enters("Ala")
        self.key = self.region.signs_in("ala.lis")
        self.state = SessionState.OPEN

    def _look(self):
        """See the state, which follows from the last one by the table."""
        state = of(self.region, self.key).state_at(self.region.clock.now(), self.region.tenant.settings)
        assert state is self.state or state in SESSION_LIFECYCLE[self.state]
        self.state = state

    @rule(minutes=st.sampled_from([1, 15, 29, 30, 60]))
    def wait(self, minutes):
        """Time passes."""
        self.region.wait(minutes=minutes)
        self._look()

    @rule()
    def use(self):
        """Whoever has the key is let in exactly while the session is open."""
        assert self.region.is_open(self.key) == (self.state is SessionState.OPEN)
        self._look()

    @rule()
    def sign_out(self):
        """Its user ends it."""
        self.region.signing_in.sign_out(self.key)
        self._look()
        assert self.state is not SessionState.OPEN

    @rule()
    @precondition(lambda self: self.state is SessionState.OPEN)
    def recover(self):
        """A password is set, and the session ends with it."""
        self.region.wait(minutes=20)
        self._look()
        if self.state is SessionState.OPEN:
            password = f"Zielony-Dom-{self.region.clock.now():%d%H%M}"
            assert isinstance(self.region.access.complete(self.region.token_for(pesel(1)), password), Completed)
            self._look()
            assert self.state is not SessionState.OPEN


@pytest.mark.rule("ACCESS-9a")
def test_a_session_goes_as_its_table_says(a_region):
    """What is over never opens again, and each end is the one that came first."""
    run_state_machine_as_test(
        type("Machine", (SessionMachine,), {"regions": staticmethod(a_region)}),
        settings=settings(
            max_examples=100, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
