"""Nothing is lost and nothing is sent twice on the way out: the outbox and its dispatchers."""

from __future__ import annotations

import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from eszkola_core._usecases.deliver_messages import Delivered, DeliverMessages
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.emails import Outcome, Receipt
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
from eszkola_core.domain.tokens import Purpose, issue
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.testing.doubles import FailingCourier, FrozenClock, MemoryCourier, PlainRenderer
from eszkola_core.testing.memory import MemoryStorage

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
_ATTEMPTS = 3


class Crash(BaseException):
    """The machine stops in the middle of a batch."""


class WeakCourier:
    """A courier that sends what it is told to, and crashes where it is told to: before a receipt or after it."""

    def __init__(self):
        self.sent: Counter[str] = Counter()
        self.fates = {}
        self.crash_after = None
        self.crash_at = None

    def send(self, emails):
        """Send one after the other."""
        for number, email in enumerate(emails):
            fate = self.fates.get(email.reference, Outcome.SENT)
            if fate is Outcome.SENT:
                self.sent[email.reference] += 1
            if number == self.crash_after or self.crash_at == sum(self.sent.values()):
                raise Crash
            yield Receipt(email.reference, fate, "as-ordered")


class Desk:
    """An outbox and those who empty it."""

    def __init__(self, tenant, courier, **chosen):
        self.tenant = evolve(tenant, settings=evolve(tenant.settings, **chosen))
        self.clock = FrozenClock(NOW)
        self.storage = MemoryStorage()
        self.courier = courier
        self.deliver = DeliverMessages(self.storage, self.tenant, self.clock, PlainRenderer(), courier)

    def message(self, key, **values):
        """Return a message to queue."""
        return Message(
            key=key,
            kind=MessageKind.USE_NATIONAL_ID,
            to=EmailAddress.parse(f"{key}@example.com"),
            locale="pl",
            data=dict.fromkeys([*FIELDS[MessageKind.USE_NATIONAL_ID], "name"], "secret"),
            created_at=self.clock.now(),
            due_at=self.clock.now(),
            **values,
        )

    def queue(self, *keys, **values):
        """Queue messages."""
        with self.storage.unit() as unit:
            unit.outbox.add([self.message(key, **values) for key in keys])

    def peek(self, key):
        """Return what is kept of a message."""
        with self.storage.snapshot() as unit:
            return unit.outbox.peek(key)


@pytest.fixture(scope="session")
def a_desk(a_region):
    """Return the maker of desks."""
    tenant = a_region("open").tenant
    return lambda courier=None, **chosen: Desk(tenant, courier or MemoryCourier(), **chosen)


class OutboxMachine(RuleBasedStateMachine):
    """Messages are queued, sent, refused, lost with a machine, cancelled; beside them what may have become of each."""

    messages = Bundle("messages")

    desks: Any = None

    def __init__(self):
        super().__init__()
        self.courier = WeakCourier()
        self.desk = self.desks(self.courier, message_attempts=_ATTEMPTS)
        self.known = {}
        self.cancelled = set()
        self.crashes = 0

    @rule(target=messages, again=st.booleans())
    def queue(self, again):
        """A message is queued, perhaps twice under one key."""
        key = f"m{len(self.known)}"
        token, _ = issue(
            Purpose.RECOVERY,
            PersonId(1),
            random=len(self.known).to_bytes(32),
            settings=self.desk.tenant.settings,
            now=NOW,
        )
        self.known[key] = token.digest
        for _ in range(1 + again):
            self.desk.queue(key, tokens=(token.digest,))
        return key

    @rule(key=messages, fate=st.sampled_from(Outcome))
    def order(self, key, fate):
        """The world begins to accept or refuse a message."""
        self.courier.fates[key] = fate

    @rule(limit=st.integers(1, 4))
    def dispatch(self, limit):
        """A dispatcher takes a batch."""
        self.courier.crash_after = None
        self.desk.deliver.next_batch(limit=limit)

    @rule(limit=st.integers(1, 4), after=st.integers(0, 2))
    def crash(self, limit, after):
        """A dispatcher dies in the middle of a batch: one message at most left it without a word."""
        self.courier.crash_after = after
        before = sum(self.courier.sent.values())
        try:
            self.desk.deliver.next_batch(limit=limit)
        except Crash:
            self.crashes += sum(self.courier.sent.values()) > before
        self.courier.crash_after = None

    @rule(key=messages)
    def cancel(self, key):
        """The token in a message dies, and the message with it."""
        with self.desk.storage.unit() as unit:
            if unit.outbox.cancel([self.known[key]]):
                self.cancelled.add(key)

    @rule(minutes=st.sampled_from([1, 5, 10, 60]))
    def wait(self, minutes):
        """Time passes: leases run out, and messages fall due again."""
        self.desk.clock.advance(timedelta(minutes=minutes))

    def teardown(self):
        """In the end the world accepts all: everything has left, was cancelled, or was given up for a reason."""
        refused = {key for key, fate in self.courier.fates.items() if fate is not Outcome.SENT}
        self.courier.fates.clear()
        for _ in range(_ATTEMPTS + 2):
            self.desk.clock.advance(timedelta(days=1))
            while self.desk.deliver.next_batch().total:
                pass
        kept = {key: self.desk.peek(key) for key in self.known}
        assert {key for key, each in kept.items() if each.state not in FINAL} == set()
        for key, message in kept.items():
            if message.state is MessageState.SENT:
                assert self.courier.sent[key] >= 1
            elif message.state is MessageState.CANCELLED:
                assert key in self.cancelled
            else:
                assert message.state is MessageState.ABANDONED
                assert message.attempts >= 1
                # What left each time and was never settled, as its dispatcher died, is given up in the end.
                assert refused or self.courier.sent[key] <= self.crashes
            assert not message.data
        twice = sum(count - 1 for count in self.courier.sent.values() if count > 1)
        assert twice <= self.crashes


def test_whatever_happens_nothing_is_lost_and_only_a_crash_repeats_a_message(a_desk):
    """Crashes, refusals, cancellations and expired leases in any order: each message has one end."""
    run_state_machine_as_test(
        type("Machine", (OutboxMachine,), {"desks": staticmethod(a_desk)}),
        settings=settings(
            max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_sixteen_dispatchers_send_each_message_once(a_desk):
    """However many work at once, no message is in two pairs of hands."""
    desk = a_desk()
    keys = [f"m{number}" for number in range(100)]
    desk.queue(*keys)
    start = Barrier(16)

    def work(_):
        start.wait()
        while desk.deliver.next_batch(limit=3).total:
            pass

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(16)))

    assert Counter(email.reference for email in desk.courier.sent) == Counter(keys)


def test_one_bad_message_holds_nobody_up(a_desk):
    """Refused for good it is abandoned, refused for now it waits; the others leave with the same batch."""
    courier = FailingCourier({"bad@example.com": Outcome.FAILED_FOR_GOOD, "late@example.com": Outcome.FAILED_FOR_NOW})
    desk = a_desk(courier)
    desk.queue("bad", "late", "good", "fine")

    assert desk.deliver.next_batch() == Delivered(sent=2, failed_for_now=1, abandoned=1)

    assert {key: desk.peek(key).state for key in ("bad", "late", "good")} == {
        "bad": MessageState.ABANDONED,
        "late": MessageState.FAILED_FOR_NOW,
        "good": MessageState.SENT,
    }


def test_a_message_that_cannot_be_worded_holds_nobody_up(a_desk):
    """A text that a tenant has spoilt fails like a letter that bounces, and the others leave."""

    class Spoilt(PlainRenderer):
        def email(self, message, tenant):
            if message.key == "bad":
                raise InvalidValue("the template is broken", code="bad-template")
            return super().email(message, tenant)

    desk = a_desk()
    deliver = evolve(desk.deliver, renderer=Spoilt())
    desk.queue("bad", "good")

    assert deliver.next_batch() == Delivered(sent=1, failed_for_now=1)
    assert [email.reference for email in desk.courier.sent] == ["good"]


@pytest.mark.parametrize("sent", [0, 1, 2])
def test_a_courier_out_of_reach_costs_no_message(a_desk, sent):
    """What left before is sent; the rest waits as long as it takes, and none of it is given up for that."""
    courier = FailingCourier(unavailable=True, after=sent)
    desk = a_desk(courier, message_attempts=2)
    desk.queue("a", "b", "c")

    done = desk.deliver.next_batch()
    for _ in range(5):
        desk.clock.advance(timedelta(days=1))
        courier.after = 0
        desk.deliver.next_batch()
    courier.unavailable = False
    desk.clock.advance(timedelta(days=1))
    desk.deliver.next_batch()

    assert done.sent == sent
    assert sorted(email.reference for email in courier.sent) == ["a", "b", "c"]


@given(attempts=st.integers(1, 6))
def test_a_message_is_tried_as_often_as_is_set_and_ever_more_seldom(a_desk, attempts):
    """The wait doubles from try to try, a little spread; after the last the message is abandoned and wiped."""
    desk = a_desk(FailingCourier({"m@example.com": Outcome.FAILED_FOR_NOW}), message_attempts=attempts)
    desk.queue("m")
    for number in range(1, attempts):
        assert desk.deliver.next_batch() == Delivered(failed_for_now=1)
        wait = timedelta(minutes=2 ** (number - 1)) * (1 + spread_of("m", number) / 4)
        desk.clock.advance(wait - timedelta(microseconds=1))
        assert desk.deliver.next_batch() == Delivered()
        desk.clock.advance(timedelta(microseconds=1))

    assert desk.deliver.next_batch() == Delivered(abandoned=1)
    desk.clock.advance(timedelta(days=30))
    assert desk.deliver.next_batch() == Delivered()
    assert (desk.peek("m").state, dict(desk.peek("m").data)) == (MessageState.ABANDONED, {})


@given(attempts=st.integers(0, 10_000), first=st.integers(1, 3600))
def test_no_wait_is_longer_than_a_day(attempts, first):
    """However often it failed, a message is tried daily; a later wait is never shorter."""
    chosen = Settings(message_backoff=timedelta(seconds=first))

    assert timedelta(seconds=first) <= backoff(attempts, chosen) <= backoff(attempts + 1, chosen) <= timedelta(days=1)


def test_a_lease_that_ran_out_is_taken_over_and_its_late_word_is_not_heard(a_desk):
    """A dispatcher that slept through its lease cannot undo what the next one did."""
    desk = a_desk()
    desk.queue("m")
    with desk.storage.unit() as unit:
        (slow,) = unit.outbox.lease(1, now=desk.clock.now(), until=desk.clock.now() + timedelta(minutes=10))
    assert desk.deliver.next_batch() == Delivered()

    desk.clock.advance(timedelta(minutes=10))
    assert desk.deliver.next_batch() == Delivered(sent=1)
    with desk.storage.unit() as unit:
        unit.outbox.settle(slow.moved(MessageState.ABANDONED), held_until=slow.leased_until)

    assert desk.peek("m").state is MessageState.SENT


@pytest.mark.parametrize("minutes", [0, 1, 4, 5, 9, 30])
def test_so_slow_a_world_gets_no_message_twice(a_desk, minutes):
    """A dispatcher stops when half of its lease is over, so that nobody takes over what it still sends."""
    desk = a_desk(MemoryCourier())
    keys = [f"m{number}" for number in range(20)]
    desk.queue(*keys)

    class Slow(MemoryCourier):
        def send(self, emails):
            for receipt in super().send(emails):
                desk.clock.advance(timedelta(minutes=minutes))
                yield receipt
                desk.deliver.next_batch(limit=1)  # somebody else, who is quick

    slow = Slow(desk.courier.sent)
    while evolve(desk.deliver, courier=slow).next_batch(limit=10).total:
        pass

    assert Counter(email.reference for email in desk.courier.sent) == Counter(keys)
    assert {desk.peek(key).attempts for key in keys} == {1}


@pytest.mark.parametrize("at", [0, 1, 7, 39])
def test_a_message_that_its_dispatchers_die_of_holds_nobody_up(a_desk, at):
    """However often they die, at whatever place it stands: it alone is given up, and nobody waits for it."""

    class Deadly(MemoryCourier):
        def send(self, emails):
            for email in emails:
                if email.reference == keys[at]:
                    raise Crash
                yield from super().send([email])

    desk = a_desk(Deadly(), message_attempts=3)
    keys = [f"m{number}" for number in range(40)]
    desk.queue(*keys)
    for _ in range(3):
        for _ in range(20):
            try:
                desk.deliver.all_due(limit=100)
            except Crash:
                continue
            break
        desk.clock.advance(timedelta(minutes=10))
    assert [desk.deliver.all_due() for _ in range(2)] == [Delivered(abandoned=1), Delivered()]

    assert sorted(email.reference for email in desk.courier.sent) == sorted(set(keys) - {keys[at]})


@given(lives=st.lists(st.integers(0, 30), min_size=20, max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_message_is_given_up_because_dispatchers_die(a_desk, lives):
    """Each life sends so many and dies; what was only in its hands is sent by a later one, and never abandoned."""
    courier = WeakCourier()
    desk = a_desk(courier, message_attempts=8)
    keys = [f"m{number}" for number in range(200)]
    desk.queue(*keys)
    for life in lives:
        courier.crash_at = sum(courier.sent.values()) + life + 2
        with contextlib.suppress(Crash):
            desk.deliver.all_due()
        desk.clock.advance(timedelta(minutes=10))
    courier.crash_at = None
    desk.deliver.all_due()

    assert {desk.peek(key).state for key in keys} == {MessageState.SENT}


def test_what_goes_wrong_in_no_foreseen_way_holds_nobody_up(a_desk):
    """A renderer or courier that breaks its promises is told of; one message is blamed, and the others leave."""

    class Broken(PlainRenderer):
        def email(self, message, tenant):
            if message.key == "unworded":
                raise KeyError("template")
            return super().email(message, tenant)

    class Breaking(MemoryCourier):
        def send(self, emails):
            for email in emails:
                if email.reference == "unsent":
                    raise RuntimeError("a bug")
                yield from super().send([email])

    desk = a_desk(Breaking(), message_attempts=3)
    deliver = evolve(desk.deliver, renderer=Broken())
    desk.queue("a", "unworded", "b", "unsent", "c", "d")

    with pytest.raises(RuntimeError):
        deliver.next_batch()
    assert deliver.next_batch() == Delivered(sent=2)
    for _ in range(2):
        desk.clock.advance(timedelta(days=1))
        with pytest.raises((RuntimeError, KeyError)):
            deliver.next_batch()
    desk.clock.advance(timedelta(days=1))
    deliver.next_batch()

    assert [email.reference for email in desk.courier.sent] == ["a", "b", "c", "d"]
    assert {key: desk.peek(key).state for key in ("unworded", "unsent")} == dict.fromkeys(
        ("unworded", "unsent"), MessageState.ABANDONED
    )


@pytest.mark.parametrize(("failures", "sent"), [(1, 1), (2, 2)])
def test_what_has_left_does_not_leave_again_because_the_database_was_busy(a_desk, failures, sent):
    """What became of it is written at the second try; where that fails too, the dispatcher stops."""

    class Busy:
        def __init__(self, storage):
            self.storage, self.units = storage, 0

        def __getattr__(self, name):
            return getattr(self.storage, name)

        def unit(self):
            self.units += 1
            if 1 < self.units <= 1 + failures:
                raise Unavailable("busy", code="database-busy")
            return self.storage.unit()

    desk = a_desk()
    desk.queue("a")
    deliver = evolve(desk.deliver, storage=Busy(desk.storage))
    if failures == 1:
        assert deliver.next_batch() == Delivered(sent=1)
    else:
        with pytest.raises(Unavailable, match="busy"):
            deliver.next_batch()
    desk.clock.advance(timedelta(hours=1))
    while deliver.next_batch().total:
        pass

    assert [email.reference for email in desk.courier.sent] == ["a"] * sent


def test_a_message_is_the_same_whenever_it_leaves(a_desk):
    """What was sent and never told of is sent again with the same words, proof and date."""
    sent = []

    class Silent:
        def send(self, emails):
            sent.extend(emails)
            return iter(())

    desk = a_desk(Silent())
    desk.queue("m")
    for _ in range(3):
        desk.deliver.next_batch()
        desk.clock.advance(timedelta(hours=1))

    assert sent == [sent[0]] * 3
    assert sent[0].written_at == NOW


def test_a_courier_that_forgets_a_receipt_loses_no_message(a_desk):
    """Where nothing was said of a message it is tried again."""

    class Forgetful(MemoryCourier):
        def send(self, emails):
            yield from list(super().send(emails))[1:]

    desk = a_desk(Forgetful())
    desk.queue("a", "b")

    assert desk.deliver.next_batch() == Delivered(sent=1, failed_for_now=1)
    assert desk.peek("a").state is MessageState.FAILED_FOR_NOW


def test_the_status_says_what_waits_and_since_when(a_desk):
    """Monitoring sees how many are in each state, and the age of the oldest that has not left."""
    desk = a_desk(FailingCourier({"late@example.com": Outcome.FAILED_FOR_NOW}))
    desk.queue("late", "good")
    desk.clock.advance(timedelta(hours=1))
    desk.deliver.next_batch()
    desk.queue("new")

    status = desk.deliver.status()

    assert status.counts == {MessageState.FAILED_FOR_NOW: 1, MessageState.SENT: 1, MessageState.QUEUED: 1}
    assert (status.oldest_waiting_at, status.oldest_age) == (NOW, timedelta(hours=1))
    nothing = a_desk().deliver.status()
    assert (nothing.oldest_waiting_at, nothing.oldest_age) == (None, None)


@given(path=st.lists(st.sampled_from(MessageState), max_size=6))
def test_a_message_moves_by_its_table_alone(a_desk, path):
    """Every step that the table has is taken, every other is refused; an end is an end and holds no data."""
    message = a_desk().message("m")
    for state in path:
        if state in MESSAGE_LIFECYCLE[message.state]:
            message = message.moved(state)
            assert bool(message.data) == (message.state not in FINAL)
        else:
            with pytest.raises(InvalidValue):
                message.moved(state)


def test_what_a_unit_that_failed_had_queued_is_not_sent(a_desk):
    """A message leaves only with what it tells of: undone together, they never were."""
    desk = a_desk()

    def fail():
        with desk.storage.unit() as unit:
            unit.outbox.add([desk.message("m")])
            raise Crash

    with pytest.raises(Crash):
        fail()

    assert desk.deliver.next_batch() == Delivered()


def test_what_became_of_several_batches_is_their_sum():
    """The newest trouble is told, and an older one where the newest batch met with none."""
    first, second = Delivered(1, 2, 3, 4, "gone"), Delivered(10, 20, 30, 40)

    assert first.and_then(second) == Delivered(11, 22, 33, 44, "gone")
    assert second.and_then(first) == Delivered(11, 22, 33, 44, "gone")
    assert first.and_then(Delivered(trouble="asleep")).trouble == "asleep"


def test_what_its_dispatchers_never_came_back_to_tell_is_given_up_at_last(a_desk):
    """As often as is set it is tried; the others of the batch leave all the same."""
    desk = a_desk(message_attempts=2)
    desk.queue("a", "b", "c")
    lost = desk.tenant.settings.message_lease
    for _ in range(2):
        with desk.storage.unit() as unit:
            unit.outbox.lease(2, now=desk.clock.now(), until=desk.clock.now() + lost)
        desk.clock.advance(lost)

    done = desk.deliver.next_batch()

    assert done == Delivered(sent=1, abandoned=2)
    assert [email.reference for email in desk.courier.sent] == ["c"]


def test_the_last_try_is_one(a_desk):
    """A message whose last but one dispatcher never came back is sent by the last."""
    desk = a_desk(message_attempts=2)
    desk.queue("m")
    with desk.storage.unit() as unit:
        unit.outbox.lease(1, now=NOW, until=NOW + timedelta(minutes=10))
    desk.clock.advance(timedelta(minutes=10))

    assert desk.deliver.next_batch() == Delivered(sent=1)


def test_every_message_of_a_batch_is_counted(a_desk):
    """Those that nothing was said of, and those that waited for a courier out of reach, with what was the matter."""

    class Silent(MemoryCourier):
        def send(self, emails):
            yield from list(super().send(emails))[:0]

    silent, far = a_desk(Silent()), a_desk(FailingCourier(unavailable=True, after=1))
    for desk in (silent, far):
        desk.queue("a", "b", "c")

    assert silent.deliver.next_batch() == Delivered(failed_for_now=3)
    done = far.deliver.next_batch()
    assert (done.sent, done.failed_for_now, bool(done.trouble)) == (1, 2, True)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [(timedelta(minutes=9), timedelta(minutes=9)), (None, timedelta(minutes=1))],
    ids=["asked", "not asked"],
)
def test_what_a_courier_out_of_reach_did_not_take_waits(a_desk, asked, waits):
    """As long as the courier asks for, or as the first wait after a failure is; and it is said what the matter was."""

    class Gone(MemoryCourier):
        def send(self, emails):
            raise Unavailable(f"no line for {len([*emails])}", retry_after=asked)

    desk = a_desk(Gone())
    desk.queue("m")

    assert desk.deliver.next_batch() == Delivered(failed_for_now=1, trouble="no line for 1")

    assert desk.peek("m").due_at == NOW + waits
    desk.clock.advance(waits - timedelta(seconds=1))
    assert desk.deliver.next_batch() == Delivered()


def test_a_courier_is_not_asked_to_send_nothing(a_desk):
    """Where no message is due, or none can be worded, no connection is made."""

    class Closed(MemoryCourier):
        def send(self, emails):
            raise AssertionError(f"nobody is to knock here with {emails}")

    class Spoilt(PlainRenderer):
        def email(self, message, tenant):
            raise InvalidValue(f"no words of {tenant.key} for {message.key}", code="bad-template")

    desk = a_desk(Closed())
    deliver = evolve(desk.deliver, renderer=Spoilt())
    assert deliver.next_batch() == Delivered()
    desk.queue("a", "b")
    assert deliver.next_batch() == Delivered(failed_for_now=2)
