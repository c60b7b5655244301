"""One round of everything that waits: what it does, what it tells, and what it needs no adapter for."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core import Callback, Dispatched, Event, EventKind, Observation, Platform, Unavailable
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.text_messages import SmsReport, SmsRequest
from eszkola_core.testing.doubles import CountingHasher, FailingCourier, MemoryCourier, PlainRenderer
from eszkola_core.testing.gateways import MemoryGateway, MemorySmsCourier
from eszkola_core.testing.region import Region

TO = PhoneNumber("+48601234567")


class Collecting(MemorySmsCourier):
    """A courier that can be asked what became of messages, and answers what a test says."""

    reports: tuple[SmsReport, ...] = ()
    is_away = False

    def collect(self):
        """Return the reports."""
        if self.is_away:
            raise Unavailable("nobody answers at the gateway", code="away")
        return self.reports


class House:
    """A platform around a region in which Ala has an account, and all that it sends."""

    def __init__(self, **adapters):
        self.region = Region("open")
        self.region.tenant = evolve(self.region.tenant, subscriptions={"portal": frozenset(EventKind)})
        self.region.take("A/1: s Ala 1 ala")
        self.courier, self.heard, self.seen = MemoryCourier(), list[Event](), list[Observation]()
        self.gateway = MemoryGateway(self.region.clock.now)
        self.texting = Collecting(self.gateway)
        given = {"email": self.courier, "sms": self.texting, "renderer": PlainRenderer()}
        self.platform = Platform(
            self.region.tenant,
            storage=self.region.storage,
            clock=self.region.clock,
            hasher=CountingHasher(),
            subscribers={"portal": Callback(self.heard.append)},
            observer=self.seen.append,
            **{**given, **adapters},
        )

    def let_wait(self, texts=1):
        """Let one of each kind wait: a request, an event, and text messages."""
        self.platform.recover_access.request("ala@example.com")
        self.region.take("A/1: s Ala 1 new")
        for number in range(texts):
            request = SmsRequest(key=f"{number}", school="A", to=TO, text="Hasło: żółw")
            self.platform.deliver_sms.queue(request)


def test_one_round_does_all_of_it():
    """Requests are answered before messages leave; e-mails, text messages and events are gone, and each is counted."""
    house = House()
    house.let_wait()

    done = house.platform.dispatch()

    assert (done.answered, done.texts.charged, done.events.delivered) == (1, 1, 1)
    assert done.emails.sent == len(house.courier.sent) > 1
    assert done.total == done.emails.sent + 2
    assert (done.troubles, done.is_stuck) == ((), False)
    assert [each.kind for each in house.heard] == [EventKind.ADDRESS_CHANGED]
    assert len(house.gateway.billed) == 1


def test_a_second_round_finds_nothing_to_do():
    """Everything leaves once."""
    house = House()
    house.let_wait()
    house.platform.dispatch()

    assert house.platform.dispatch() == Dispatched()


@given(st.integers(1, 5), st.integers(1, 12))
def test_the_size_of_batches_changes_nothing(limit, texts):
    """However few are taken at once, one round empties the outbox."""
    house = House()
    house.let_wait(texts)

    done = house.platform.dispatch(limit=limit)

    assert (done.answered, done.texts.charged, done.events.delivered) == (1, texts, 1)
    assert house.platform.dispatch() == Dispatched()


def test_an_observer_hears_of_each_part_and_of_no_part_twice():
    """A round is no operation of its own: what is watched is what was watched before there was one."""
    house = House()
    house.let_wait()
    house.seen.clear()
    house.platform.dispatch()
    told = [f"{each.use_case}.{each.operation}" for each in house.seen]

    assert told.count("deliver_messages.all_due") == told.count("forget_old.run") == 1
    assert told.index("recover_access.answer_waiting") < told.index("deliver_messages.all_due")
    assert "platform.dispatch" not in told


def test_nobody_needs_a_gateway_who_sends_no_text_messages():
    """As the store knows of none, none is asked for."""
    house = House(sms=None)
    house.platform.recover_access.request("ala@example.com")

    assert house.platform.dispatch().emails.sent > 0


def test_a_courier_that_is_away_holds_up_nobody_else():
    """It is told, what it was to take is tried again, and whatever can leave leaves."""
    house = House(email=FailingCourier(unavailable=True))
    house.let_wait()

    done = house.platform.dispatch()

    assert done.emails.sent == 0
    assert (done.texts.charged, done.events.delivered) == (1, 1)
    assert done.troubles == (done.emails.trouble,)
    assert not done.is_stuck


def test_a_round_is_stuck_when_something_waits_and_nothing_leaves():
    """That is what ends `eszkola outbox dispatch` with 3."""
    house = House(email=FailingCourier(unavailable=True))

    assert house.platform.dispatch().is_stuck


def test_what_a_gateway_reports_comes_in():
    """And one that cannot be asked is a trouble, while what was sent stays sent."""
    house = House()
    house.let_wait()
    house.texting.is_away = True

    done = house.platform.dispatch()

    assert done.texts.charged == 1
    assert done.troubles == ("nobody answers at the gateway",)


def test_whoever_stops_it_waits_for_the_batch_in_hand():
    """No further batch is begun, of nothing."""
    house = House()
    house.let_wait()

    done = house.platform.dispatch(limit=1, may_go_on=lambda: False)

    assert done.emails.total == 1
    assert done.texts.total == done.events.total == 0
    assert house.platform.dispatch().events.delivered == 1
