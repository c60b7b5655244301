"""Failures slow down whoever goes on, and an owner gets in all the same (ACCESS-7, LINK-7c)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from eszkola_core.domain.settings import Settings
from eszkola_core.domain.throttling import (
    AttemptKind,
    Attempts,
    Limits,
    Tally,
    failed,
    limits_of,
    place_of,
    seen,
    succeeded,
    taken_back,
    throttled_until,
)
from eszkola_core.testing.strategies import settings_, tallies

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LIMITS = limits_of(AttemptKind.SIGN_IN, Settings())
OWNER, HOME = "owner", "home"
TICK = timedelta(microseconds=1)

spans = st.one_of(
    st.integers(0, 3_000_000).map(lambda micros: timedelta(microseconds=micros)),
    st.integers(0, 1000).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(0, 100).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from([timedelta(hours=5), timedelta(days=40)]),
)
moments = st.integers(0, 4 * 3600).map(lambda seconds: timedelta(seconds=seconds))
limits = st.builds(limits_of, st.sampled_from(AttemptKind), settings_())
attempts = st.builds(
    Attempts, here=st.none() | tallies(), anywhere=st.none() | tallies(), of_place=st.none() | tallies()
)


class Door:
    """A door that keeps tallies in a dictionary, as a storage does."""

    def __init__(self, limits=LIMITS):
        self.limits = limits
        self.kept = {}

    def of(self, account, place):
        """Return what is remembered of an account and a place."""
        here, anywhere, of_place = (self.kept.get(key) for key in _keys(account, place))
        return Attempts(here=here, anywhere=anywhere, of_place=of_place)

    def keep(self, account, place, after):
        """Keep what is remembered from now on."""
        self.kept.update(zip(_keys(account, place), (after.here, after.anywhere, after.of_place), strict=True))

    def fails(self, now, account=OWNER, place=HOME):
        """Try with a wrong password, and return whether it was looked at."""
        return self.tries(now, account, place, right=False)

    def tries(self, now, account=OWNER, place=HOME, *, right=True):
        """Try, and return whether the attempt was looked at."""
        before = self.of(account, place)
        if throttled_until(before, self.limits, now) is not None:
            self.keep(account, place, seen(before, self.limits, now))
            return False
        self.keep(account, place, failed(before, self.limits, now))
        if right:
            self.keep(account, place, succeeded(self.of(account, place), before, self.limits, now))
        return True


def _keys(account, place):
    return ("here", account, place), ("anywhere", account), ("place", place)


@pytest.mark.rule("ACCESS-7a")
def test_failures_up_to_the_number_do_not_matter_and_then_the_wait_doubles():
    """Five wrong passwords are answered at once; then 5, 10, 20 … seconds pass, and never more than 15 minutes."""
    door, now, waits = Door(), NOW, []
    for _ in range(16):
        assert door.fails(now)
        until = throttled_until(door.of(OWNER, HOME), LIMITS, now)
        waits.append(0 if until is None else (until - now).total_seconds())
        now = until or now

    assert waits[:12] == [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640]
    assert max(waits) <= 900


@pytest.mark.rule("ACCESS-7a")
@given(st.lists(st.tuples(spans, st.sampled_from("abc"), st.sampled_from("xyz")), max_size=80), limits)
def test_no_attempt_is_throttled_for_longer_than_the_longest_wait(steps, limits):
    """Whatever was tried before, by whomever: the next attempt is let through after the longest wait at the latest."""
    door, now = Door(limits), NOW
    for pause, account, place in steps:
        now += pause
        door.fails(now, account, place)
        until = throttled_until(door.of(account, place), limits, now)

        assert until is None or now < until <= now + limits.longest_wait


@pytest.mark.rule("ACCESS-7b")
@given(
    attack=st.lists(st.tuples(moments, st.integers(0, 60).map("place {}".format)), max_size=100),
    army=st.sampled_from([0, 10, 40, 120]),
    slips=st.lists(moments, max_size=12),
    first=moments,
    retries=st.lists(st.integers(0, 900).map(lambda seconds: timedelta(seconds=seconds)), max_size=4),
    limits=st.builds(limits_of, st.sampled_from([AttemptKind.SIGN_IN, AttemptKind.CODE]), settings_()),
)
@example(
    attack=[],
    army=120,
    slips=[],
    first=timedelta(hours=2),
    retries=[timedelta(minutes=minute) for minute in range(1, 15)],
    limits=LIMITS,
)
def test_whatever_others_do_the_owner_gets_in_within_the_longest_wait(  # noqa: PLR0913, PLR0917 - each is one fact
    attack, army, slips, first, retries, limits
):
    """
    Any failures from other places, an army that comes before each try of the owner's, and any slips of their own.

    From the first right password on, however often it is repeated, one after the longest wait is let through.
    """
    last = first + limits.longest_wait
    tries = sorted(at for at in {first, *(first + each for each in retries), last} if at <= last)
    soldiers = [(at, 0, f"soldier {number}") for at in (timedelta(), *tries) for number in range(army)]
    others = [(at, 1, place) for at, place in attack if at <= last]
    own = [(at, 2, HOME) for at in slips if at < first] + [(at, 3, HOME) for at in tries]
    door, got_in = Door(limits), False
    for at, who, place in sorted(soldiers + others + own):
        looked_at = door.tries(NOW + at, place=place, right=who == 3)
        got_in |= looked_at and who == 3

    assert got_in


@pytest.mark.rule("ACCESS-7b")
def test_an_attack_of_a_week_is_forgotten_in_two_hours():
    """However long it went on: then a slip of somebody who is new to the account throttles nobody."""
    door = Door()
    for minute in range(7 * 24 * 60):
        door.fails(NOW + timedelta(minutes=minute), place=f"place {minute % 200}")
    later = NOW + timedelta(days=7, hours=2)

    assert door.fails(later, place="new")
    assert door.tries(later, place="newer")


@pytest.mark.rule("ACCESS-7a")
def test_an_account_under_attack_from_everywhere_throttles_newcomers():
    """Each guess from another place: twenty are looked at, and then hardly any; who was there before gets in."""
    door = Door()
    assert door.tries(NOW - timedelta(days=1))
    looked_at = [door.fails(NOW + timedelta(seconds=number), place=f"place {number}") for number in range(600)]

    assert looked_at[:20] == [True] * 20
    assert sum(looked_at) < 32
    assert door.tries(NOW + timedelta(seconds=600))


@pytest.mark.rule("ACCESS-7a")
def test_a_place_that_tries_many_accounts_is_throttled():
    """One guess at each of many accounts: so many as are allowed are looked at, and then hardly any."""
    door, allowed = Door(), Settings().failures_of_place
    instants = [NOW + timedelta(seconds=0.1 * number) for number in range(10 * allowed)]
    looked_at = [door.fails(at, account=f"account {number}") for number, at in enumerate(instants)]

    assert looked_at[:allowed] == [True] * allowed
    assert sum(looked_at) < 1.4 * allowed


@pytest.mark.rule("ACCESS-7a")
def test_all_who_may_wait_for_a_hash_are_nobodys_failures():
    """A school signs in at once from one address: an attempt counts as wrong until it proves right."""
    settings = Settings()

    assert settings.failures_of_place > settings.hashes_at_once + settings.hashes_waiting


@pytest.mark.rule("ACCESS-7b")
def test_a_place_that_is_throttled_lets_in_who_was_there_before_and_types_it_right():
    """In a school from which somebody tries all accounts, those who have signed in there before still do."""
    door = Door()
    assert door.tries(NOW)
    many = Settings().failures_of_place + 100
    for number in range(many):
        door.fails(NOW + timedelta(seconds=number), account=f"account {number}")
    now = NOW + timedelta(seconds=many)
    assert not door.tries(now, account="new there")

    assert door.tries(now)
    assert door.fails(now)
    assert not door.tries(now)


@pytest.mark.rule("ACCESS-7a")
def test_throttled_attempts_do_not_lengthen_the_wait():
    """Whoever hammers at a closed door waits no longer than whoever sits down."""
    door = Door()
    for _ in range(8):
        now = throttled_until(door.of(OWNER, HOME), LIMITS, NOW) or NOW
        door.fails(now)
    until = throttled_until(door.of(OWNER, HOME), LIMITS, now)
    assert until is not None
    while now < until:
        assert not door.fails(now)
        now += timedelta(seconds=1)

    assert door.tries(until)


@pytest.mark.rule("ACCESS-7c")
@given(st.lists(st.tuples(spans, st.integers(0, 60).map("place {}".format)), min_size=1, max_size=80))
def test_of_requests_an_account_has_had_one_within_the_longest_wait(asked):
    """From wherever they come: one that is throttled comes no longer than that after one that was answered."""
    limits = limits_of(AttemptKind.REQUEST, Settings())
    door, now, answered = Door(limits), NOW, None
    for pause, place in asked:
        now += pause
        if door.fails(now, place=place):
            answered = now
        assert answered is not None
        assert now - answered <= limits.longest_wait


@pytest.mark.rule("ACCESS-7c")
def test_a_mailbox_is_not_flooded():
    """Six hours of requests, one a second and each from elsewhere: some tens are answered."""
    door = Door(limits_of(AttemptKind.REQUEST, Settings()))
    answered = [
        second for second in range(6 * 3600) if door.fails(NOW + timedelta(seconds=second), place=f"place {second}")
    ]

    assert len(answered) < 50
    assert all(later - earlier <= 900 for earlier, later in pairwise(answered))


def latest(known):
    """Return the last instant at which one of the tallies was touched."""
    return max((each.touched_at for each in (known.here, known.anywhere, known.of_place) if each), default=NOW)


@pytest.mark.rule("ACCESS-7a")
@given(attempts, limits, spans)
def test_it_does_not_matter_when_old_tallies_are_pruned(known, limits, pause):
    """What was not touched for as long as is remembered decides nothing any more."""
    now = latest(known) + pause

    def pruned(tally):
        return None if tally is None or tally.touched_at <= now - limits.memory else tally

    left = Attempts(here=pruned(known.here), anywhere=pruned(known.anywhere), of_place=pruned(known.of_place))

    assert throttled_until(known, limits, now) == throttled_until(left, limits, now)
    assert failed(known, limits, now) == failed(left, limits, now)
    assert seen(known, limits, now).here == seen(left, limits, now).here


@pytest.mark.rule("ACCESS-7b")
@given(attempts, limits, spans)
def test_what_is_taken_back_is_in_nobodys_way(known, limits, pause):
    """An attempt that came to nothing, for whatever reason, makes no later one wait."""
    now = latest(known) + pause
    before, after = known, taken_back(failed(known, limits, now), known, limits, now)

    assert (throttled_until(after, limits, now) or now) <= (throttled_until(before, limits, now) or now)


@pytest.mark.rule("ACCESS-7a")
@given(attempts, limits, spans)
def test_taking_back_leaves_what_others_did(known, limits, pause):
    """Two tried at once: the one that was right takes back its own failure, and the other's stays."""
    now = latest(known)
    both = failed(failed(known, limits, now), limits, now + pause)

    after = taken_back(both, known, limits, now)

    for mine, ours in ((after.here, both.here), (after.anywhere, both.anywhere), (after.of_place, both.of_place)):
        assert not pause or mine.failed_at == now + pause
        assert (mine.clear_at or now) < (ours.clear_at or now)


@pytest.mark.rule("ACCESS-7b")
@given(limits, st.integers(1, 3))
def test_what_is_taken_back_was_never_there(limits, others):
    """But that somebody came: of failures before and after it neither number nor time changes, nor a success before."""
    clear = [limits.window // allowed for allowed in (limits.here, limits.anywhere, limits.of_place)]

    def tallied(count, **more):
        return [Tally(**{"first_at": NOW, "touched_at": NOW, "clear_at": NOW + count * each, **more}) for each in clear]

    def of(tallies):
        return Attempts(**dict(zip(("here", "anywhere", "of_place"), tallies, strict=True)))

    nothing = of(tallied(0))
    assert taken_back(failed(Attempts(), limits, NOW), Attempts(), limits, NOW) == nothing

    good = of([Tally(first_at=NOW, touched_at=NOW, good_at=NOW)] * 3)
    assert taken_back(failed(good, limits, NOW), good, limits, NOW) == of(tallied(0, good_at=NOW))

    then, both = NOW + TICK, failed(Attempts(), limits, NOW)
    for _ in range(others):
        both = failed(both, limits, then)
    assert taken_back(both, Attempts(), limits, NOW) == of(tallied(others, touched_at=then, failed_at=then))


@pytest.mark.rule("ACCESS-7a")
@given(st.integers(1, 9), st.integers(9, 10**6).map(lambda micros: micros * TICK))
@example(4, 11 * TICK)
def test_as_many_failures_as_do_not_matter_are_forgotten_within_the_window(allowed, window):
    """Also where the window cannot be divided by their number."""
    limits = evolve(LIMITS, here=allowed, anywhere=allowed, of_place=allowed, window=window)
    known = Attempts()
    for count in range(1, allowed + 1):
        before, known = known, failed(known, limits, NOW)
        assert NOW < (known.here.clear_at or NOW) <= NOW + count * window / allowed
        assert known.here == known.anywhere == known.of_place
        assert count == 1 or taken_back(known, before, limits, NOW) == before


@pytest.mark.rule("ACCESS-7a")
def test_what_was_not_touched_for_as_long_as_is_remembered_is_forgotten_then():
    """At the very instant; a moment before it is still known when the place first came."""
    known = failed(Attempts(), LIMITS, NOW)

    assert failed(known, LIMITS, NOW + LIMITS.memory - TICK).here.first_at == NOW
    assert failed(known, LIMITS, NOW + LIMITS.memory).here.first_at == NOW + LIMITS.memory


@pytest.mark.rule("ACCESS-7a")
@pytest.mark.parametrize(
    ("kind", "numbers", "waits_once"),
    [
        (AttemptKind.SIGN_IN, (4, 6, 30), True),
        (AttemptKind.REQUEST, (7, 8, 40), False),
        (AttemptKind.CODE, (9, 50, 9), True),
    ],
)
def test_each_kind_of_attempt_has_the_limits_that_a_tenant_chose(kind, numbers, waits_once):
    """Whoever asks for a message waits as long as everybody: the owner has had one just now."""
    chosen = Settings(
        failures_here=4,
        failures_anywhere=6,
        failures_of_place=30,
        requests_here=7,
        requests_anywhere=8,
        requests_of_place=40,
        wrong_codes_here=9,
        wrong_codes_anywhere=50,
        throttle_window=timedelta(minutes=21),
        throttle_first_wait=timedelta(seconds=12),
        throttle_longest_wait=timedelta(minutes=13),
        throttle_memory=timedelta(days=14),
    )

    assert limits_of(kind, chosen) == Limits(
        here=numbers[0],
        anywhere=numbers[1],
        of_place=numbers[2],
        window=timedelta(minutes=21),
        first_wait=timedelta(seconds=12),
        longest_wait=timedelta(minutes=13),
        memory=timedelta(days=14),
        newcomers_wait_once=waits_once,
    )


@pytest.mark.rule("ACCESS-7b")
def test_a_success_forgets_what_failed_here_and_nothing_else():
    """The owner's own slips are gone; of the account and the place the attempt itself alone is taken back."""
    door = Door()
    for number in range(4):
        door.fails(NOW + timedelta(seconds=number))
    before = door.of(OWNER, HOME)

    assert door.tries(NOW + timedelta(seconds=9))

    after = door.of(OWNER, HOME)
    assert (after.here.failed_at, after.here.clear_at, after.here.good_at) == (None, None, NOW + timedelta(seconds=9))
    assert after.here.first_at == NOW
    assert after.anywhere == evolve(before.anywhere, touched_at=NOW + timedelta(seconds=9))
    assert after.of_place == evolve(before.of_place, touched_at=NOW + timedelta(seconds=9))


@pytest.mark.rule("ACCESS-7a")
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", " 192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("fe80::1%eth0%1", "fe80::2", True),
        ("192.0.2.7%eth0", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("", "192.0.2.7", False),
        ("kiosk 1", "kiosk 2", False),
    ],
)
def test_a_place_is_what_one_subscriber_has(one, other, same):
    """Of IPv4 an address, of IPv6 the first 64 bits, of anything else the text."""
    assert (place_of(one) == place_of(other)) == same


@pytest.mark.rule("ACCESS-7a")
@given(attempts, limits, moments)
def test_an_attempt_that_is_throttled_says_only_that_somebody_came(attempts, limits, after):
    """When a place first came stays, unless it was forgotten; it is remembered for longer, and nothing is counted."""
    now = NOW + after
    found = seen(attempts, limits, now)
    known = attempts.here is not None and attempts.here.touched_at > now - limits.memory
    before = attempts.here if known else Tally(first_at=now, touched_at=now)

    assert found == evolve(attempts, here=evolve(before, touched_at=now))
    assert throttled_until(found, limits, now) == throttled_until(evolve(attempts, here=before), limits, now)
