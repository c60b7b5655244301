"""Services hear of changes, at least once, and of nothing that did not happen (MAIL-7)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._subscribers import Callback
from eszkola_core._usecases.deliver_events import DeliverEvents, Heard
from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.events import (
    EVENT_FIELDS,
    EVENT_FINAL,
    EVENT_LIFECYCLE,
    EventKind,
    EventState,
)
from eszkola_core.domain.messages import MessageKind
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.testing.contracts.subscribers import an_event
from eszkola_core.testing.doubles import RecordingStorage

ALL = frozenset(EventKind)


class Crash(Exception):
    """The machine goes down."""


class Killed(RecordingStorage):
    """A storage whose machine goes down at one of the calls of its parts."""

    trace: Any

    def __init__(self, storage):
        super().__init__(storage)
        self.lives = None
        self.trace = self

    def append(self, _call):
        """Count a call down."""
        if self.lives is not None:
            self.lives -= 1
            if self.lives < 0:
                raise Crash


def subscribed(a_region, **subscriptions):
    """Return a region with these subscriptions in which Ala has an account, and what each service heard."""
    region = a_region("open")
    region.tenant = evolve(region.tenant, subscriptions=subscriptions or {"messenger": ALL})
    region.storage = Killed(region.storage._storage)  # noqa: SLF001 - the memory behind the double
    region.wire()
    region.take("A/1: s Ala 1 ala")
    heard: dict[str, list[Any]] = {name: [] for name in region.tenant.subscriptions}
    subscribers = {name: Callback(told.append) for name, told in heard.items()}
    region.events = DeliverEvents(region.storage, region.tenant, region.clock, subscribers)
    return region, heard


def with_short_reservations(tenant):
    """Return the tenant with addresses that are kept for a day only."""
    return evolve(tenant, settings=evolve(tenant.settings, freed_address_reserved=timedelta(days=1)))


def addresses(events):
    """Return from where to where each event says that an address moved."""
    return [(each.data["old"].partition("@")[0], each.data["new"].partition("@")[0]) for each in events]


@pytest.mark.rule("MAIL-7")
def test_a_change_of_address_is_heard_by_those_who_subscribed(a_region):
    """By each of them once, with both addresses as they are sent to, and who it is; by nobody else."""
    region, heard = subscribed(a_region, messenger=ALL, library=ALL, deaf=frozenset())
    region.take("A/1: s Ala 1 New@Example.com")

    assert region.events.next_batch() == Heard(delivered=2)
    assert region.events.next_batch() == Heard()

    (event,) = heard["messenger"]
    assert heard["library"][0].data == event.data
    assert heard["deaf"] == []
    assert (event.kind, event.person) == (EventKind.ADDRESS_CHANGED, region.person("Ala").id)
    assert dict(event.data) == {
        "old": "ala@example.com",
        "new": "New@Example.com",
        "login": "ala.lis",
        "platform_address": "ala.lis@eszkola.example.org",
        "revision": str(region.person("Ala").revision),
    }
    assert "New@Example.com" not in repr(event)


@pytest.mark.rule("MAIL-7")
def test_opening_an_account_or_keeping_an_address_is_no_change(a_region):
    """Nothing hung on an address before there was one, and nothing must be rebound where it stays."""
    region, heard = subscribed(a_region)
    region.take("A/1: s Ala_Kot 1 ala")
    region.moves(region.enters("Ala"), "ala")

    region.events.next_batch()

    assert heard["messenger"] == []


@pytest.mark.rule("MAIL-7")
def test_every_way_of_moving_is_heard_of_in_order(a_region):
    """By its owner, and back by whoever says that it was not them; a newer one has a higher number."""
    region, heard = subscribed(a_region)
    key = region.enters("Ala")
    region.moves(key, "chosen")
    region.wait(hours=1)
    region.moves(region.signs_in("ala.lis"), "later")
    (dispute,) = [each for each in region.courier.sent if each.to == "chosen@example.com" and "dispute" in each.text]
    region.addresses.dispute(dispute.text.partition("token=")[2].split()[0])

    region.events.next_batch()

    assert addresses(heard["messenger"]) == [("ala", "chosen"), ("chosen", "later"), ("later", "chosen")]
    revisions = [int(each.data["revision"]) for each in heard["messenger"]]
    assert revisions == sorted(set(revisions))


def by_gradebook(region):
    """Let the school state another address."""
    region.take("A/1: s Ala 1 new")


def by_owner(region, token):
    """Let Ala confirm another address."""
    region.addresses.confirm(token)


@pytest.mark.rule("MAIL-7")
@pytest.mark.parametrize("way", ["gradebook", "owner"])
def test_an_event_leaves_if_and_only_if_what_it_tells_happened(a_region, way):
    """The machine goes down at every call in turn: what services hear is what the accounts show."""
    for lives in count():
        region, heard = subscribed(a_region)
        key = region.enters("Ala")
        token = region.asks_to_move(key, "new") if way == "owner" else None
        region.storage.lives = lives
        crashed = True
        with suppress(Crash):
            by_gradebook(region) if way == "gradebook" else by_owner(region, token)
            crashed = False
        region.storage.lives = None

        while region.events.next_batch().total:
            pass

        moved = region.person("Ala").central.spelling == "new@example.com"
        assert addresses(heard["messenger"]) == ([("ala", "new")] if moved else [])
        if not crashed:
            assert moved
            return
        region.wait(minutes=10)
        by_gradebook(region) if way == "gradebook" else by_owner(region, token)
        region.events.next_batch()
        assert addresses(heard["messenger"]) == [("ala", "new")]


@pytest.mark.rule("MAIL-7")
def test_what_was_heard_and_not_written_down_is_heard_again_under_the_same_key(a_region):
    """The dispatcher dies at every call in turn: in the end each event was heard, and under one key."""
    for lives in count():
        region, heard = subscribed(a_region)
        region.take("A/1: s Ala 1 new")
        region.storage.lives = lives
        crashed = True
        with suppress(Crash):
            region.events.next_batch()
            crashed = False
        region.storage.lives = None
        region.wait(minutes=10)
        region.events.next_batch()

        assert {each.key for each in heard["messenger"]} == {f"address-changed:1:{region.person('Ala').revision}"}
        assert len(heard["messenger"]) in (1, 2)
        if not crashed:
            return


@pytest.mark.rule("MAIL-6d")
@pytest.mark.rule("MAIL-7")
def test_an_address_that_is_taken_from_a_thief_is_heard_of(a_region):
    """The old one is another's by now: nothing may stay bound to the thief's mailbox all the same."""
    region, heard = subscribed(a_region)
    region.tenant = evolve(
        region.tenant, settings=evolve(region.tenant.settings, freed_address_reserved=timedelta(days=1))
    )
    region.wire()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    moved = region.moves(region.enters("Ala"), "thief")
    (dispute,) = [each.token for each in moved if each.kind is MessageKind.ADDRESS_LEFT]
    region.wait(days=2)
    region.moves(region.enters("Ola"), "ala")

    region.addresses.dispute(dispute)

    region.events.next_batch()
    assert addresses(heard["messenger"])[-1] == ("thief", "")


class Weak:
    """A service that answers what it is told to."""

    def __init__(self, *fates, asked=timedelta(minutes=5)):
        self.fates = list(fates)
        self.asked = asked
        self.heard = []

    def hear(self, events):
        """Yield the next fates."""
        for event in events:
            fate = self.fates.pop(0) if self.fates else Outcome.SENT
            if fate is None:
                raise Unavailable("the service is away", retry_after=self.asked)
            self.heard += [event] if fate is Outcome.SENT else []
            yield Receipt(event.key, fate)


@pytest.mark.rule("MAIL-7")
@pytest.mark.parametrize(("asked", "waits"), [(timedelta(minutes=5), 5), (None, 1)], ids=["asked", "not asked"])
def test_a_service_that_is_away_keeps_no_other_waiting(a_region, asked, waits):
    """Its events wait as long as it says, else a first time, and no attempt is counted; the other hears at once."""
    region, heard = subscribed(a_region, away=ALL, messenger=ALL)
    region.events.subscribers["away"] = away = Weak(None, asked=asked)
    region.take("A/1: s Ala 1 new")

    done = region.events.next_batch()
    assert (done.delivered, done.failed_for_now, done.trouble) == (1, 1, "the service is away")
    assert len(heard["messenger"]) == 1
    assert region.events.next_batch() == Heard()
    region.wait(minutes=waits)
    assert region.events.next_batch() == Heard(delivered=1)
    assert [each.attempts for each in away.heard] == [1]


@pytest.mark.rule("MAIL-7")
@given(fates=st.lists(st.sampled_from([None, Outcome.FAILED_FOR_NOW, Outcome.FAILED_FOR_GOOD]), max_size=12))
def test_what_a_service_refuses_is_tried_again_until_it_is_given_up(a_region, fates):
    """For good at once, for now after the last attempt; in the end nothing waits, and nothing is kept of it."""
    region, _ = subscribed(a_region)
    region.events.subscribers["messenger"] = service = Weak(*fates)
    region.take("A/1: s Ala 1 new")

    for _ in range(30):
        region.events.next_batch()
        region.wait(days=1)

    (counts,) = region.events.status().values()
    most = region.tenant.settings.message_attempts
    given_up = Outcome.FAILED_FOR_GOOD in fates or fates.count(Outcome.FAILED_FOR_NOW) >= most
    assert counts == {EventState.ABANDONED if given_up else EventState.DELIVERED: 1}
    assert len(service.heard) == (0 if given_up else 1)
    with region.storage.snapshot() as unit:
        assert unit.events.peek("messenger", f"address-changed:1:{region.person('Ala').revision}").data == {}


class Silent:
    """A service that takes events and says nothing of them."""

    def hear(self, events):
        """Give no receipt."""
        assert events
        return ()


class Curious(Weak):
    """A service that looks, while it hears, whether another dispatcher gets the same events."""

    another: DeliverEvents

    def hear(self, events):
        """Let another dispatcher run first."""
        self.meanwhile = self.another.next_batch()
        yield from super().hear(events)


def with_two_changes(a_region, service):
    """Return a region in which two addresses have changed, and the service will hear of both."""
    region, _ = subscribed(a_region)
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    region.take("A/1: s Ala 1 new", "A/2: s Ola 2 other")
    region.events.subscribers.clear()
    if service is not None:
        region.events.subscribers["messenger"] = service
    return region


@pytest.mark.rule("MAIL-7")
@pytest.mark.parametrize(
    ("made", "done"),
    [
        (lambda: None, Heard(abandoned=2)),
        (lambda: Weak(Outcome.SENT, Outcome.SENT), Heard(delivered=2)),
        (lambda: Weak(Outcome.FAILED_FOR_GOOD, Outcome.FAILED_FOR_GOOD), Heard(abandoned=2)),
        (lambda: Weak(Outcome.SENT, None), Heard(delivered=1, failed_for_now=1, trouble="the service is away")),
        (lambda: Weak(None), Heard(failed_for_now=2, trouble="the service is away")),
        (Silent, Heard(failed_for_now=2)),
    ],
)
def test_a_batch_says_of_every_event_what_became_of_it(a_region, made, done):
    """Each is counted once, whether it was heard, refused, not answered, or there is nobody to hear it."""
    region = with_two_changes(a_region, made())

    assert region.events.next_batch() == done
    assert done.total == 2
    assert region.events.next_batch() == Heard()


@pytest.mark.rule("MAIL-7")
def test_events_that_are_in_hand_are_nobody_elses(a_region):
    """A second dispatcher that runs meanwhile gets nothing."""
    service = Curious()
    region = with_two_changes(a_region, service)
    service.another = region.events

    assert region.events.next_batch() == Heard(delivered=2)
    assert service.meanwhile == Heard()


@pytest.mark.rule("MAIL-7")
def test_the_last_attempt_is_one_still(a_region):
    """Whoever hears it then has heard it; before that it was put off each time."""
    region, _ = subscribed(a_region)
    most = region.tenant.settings.message_attempts
    region.events.subscribers["messenger"] = Weak(*[Outcome.FAILED_FOR_NOW] * (most - 1))
    region.take("A/1: s Ala 1 new")

    done = []
    for _ in range(most):
        done.append(region.events.next_batch())
        region.wait(days=1)

    assert done == [*[Heard(failed_for_now=1)] * (most - 1), Heard(delivered=1)]


@pytest.mark.rule("MAIL-7")
def test_what_waits_for_somebody_who_subscribes_no_more_is_given_up(a_region):
    """Personal data do not lie about for a service that nobody knows."""
    region, _ = subscribed(a_region)
    region.take("A/1: s Ala 1 new")
    region.events.subscribers.clear()

    assert region.events.next_batch() == Heard(abandoned=1)
    assert region.events.status() == {"messenger": {EventState.ABANDONED: 1}}


@pytest.mark.parametrize("state", EventState)
def test_the_life_of_an_event_is_its_table(state):
    """Every transition that the table has is made, and no other; whatever is final holds nothing."""
    event = evolve(an_event(1), state=state, data={} if state in EVENT_FINAL else an_event(1).data)
    for following in EventState:
        if following in EVENT_LIFECYCLE[state]:
            moved = event.moved(following)
            assert moved.state is following
            assert (moved.data == {}) == (following in EVENT_FINAL)
        else:
            with pytest.raises(InvalidValue):
                event.moved(following)


@pytest.mark.parametrize("kind", EventKind)
def test_an_event_has_the_data_of_its_kind(kind):
    """No more, no less."""
    fields = sorted(EVENT_FIELDS[kind])
    for data in (dict.fromkeys(fields[1:], "x"), dict.fromkeys([*fields, "more"], "x"))[not fields :]:
        with pytest.raises(InvalidValue):
            evolve(an_event(1), kind=kind, data=data)


def test_letters_still_say_what_events_say(a_region):
    """Where nobody subscribed there is no event, and the two mailboxes are told as ever."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala")
    region.letters()
    region.take("A/1: s Ala 1 new")

    with region.storage.snapshot() as unit:
        assert unit.events.counts() == {}
    assert {each.kind for each in region.letters()} == {MessageKind.ADDRESS_CHANGED, MessageKind.ADDRESS_LEFT}
