"""For every clause of couriers of text messages one with a lie, which its contract finds out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import define, evolve, field

from eszkola_core.domain.text_messages import SmsOutcome
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.text_messages import SmsCourier
from eszkola_core.testing.contracts.sms_couriers import ArrivedSms, SmsCourierContract
from eszkola_core.testing.gateways import GatewayAnswer, MemoryGateway, MemorySmsCourier

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@define
class World:
    """A gateway in memory, which orders of the contract reach by number, and a courier of the kind under trial."""

    kind: type = MemorySmsCourier
    gateway: MemoryGateway = field(factory=lambda: MemoryGateway(lambda: NOW, deduplicates=True))
    orders: dict[str, GatewayAnswer] = field(factory=dict)
    made: list[Any] = field(factory=list)

    def courier(self):
        """Return a courier whose gateway keeps the orders."""
        world = self

        class Ordered(MemoryGateway):
            def take(self, sms, answer):
                return world.gateway.take(sms, world.orders.get(sms.to.e164, answer))

        gateway = Ordered(lambda: NOW, deduplicates=True, is_closed=self.gateway.is_closed)
        self.made.append(gateway)
        return self.kind(gateway)

    def arrived(self):
        """Return what was taken."""
        return [ArrivedSms(each.sms.to.e164, each.sms.text) for each in self.gateway.billed]

    def refused(self, sms, *, for_good):
        """Refuse whatever goes to that number."""
        self.orders[sms.to.e164] = GatewayAnswer.REFUSES_FOR_GOOD if for_good else GatewayAnswer.REFUSES_FOR_NOW
        return sms

    def unanswered(self, sms):
        """Lose the answer."""
        self.orders[sms.to.e164] = GatewayAnswer.LOSES_THE_ANSWER
        return sms

    def close(self):
        """Be out of reach, whatever courier there is."""
        self.gateway.is_closed = True
        for each in self.made:
            each.is_closed = True


class TestMemorySmsCourier(SmsCourierContract):
    """The courier of the kit tells no lie."""

    @pytest.fixture
    def fresh_gateway(self):
        """Return what opens a gateway of its own each time."""
        return World


class Silent(MemorySmsCourier):
    """Tells of the last message only."""

    def send(self, messages):
        """Send all."""
        yield from list(super().send(messages))[-1:]


class Greedy(MemorySmsCourier):
    """Takes all messages before it sends one."""

    def send(self, messages):
        """Send all."""
        return super().send(list(messages))


class Short(MemorySmsCourier):
    """Sends what one segment holds."""

    def send(self, messages):
        """Send all."""
        return super().send(evolve(each, text=each.text[:70]) for each in messages)


class Nameless(MemorySmsCourier):
    """Does not say what the gateway calls a message."""

    def send(self, messages):
        """Send all."""
        return (evolve(each, gateway_id="") for each in super().send(messages))


class Strict(MemorySmsCourier):
    """Takes every refusal for good."""

    def send(self, messages):
        """Send all."""
        for each in super().send(messages):
            is_now = each.outcome is SmsOutcome.REFUSED_FOR_NOW
            yield evolve(each, outcome=SmsOutcome.REFUSED_FOR_GOOD) if is_now else each


class Sure(MemorySmsCourier):
    """Takes a lost answer for a refusal."""

    def send(self, messages):
        """Send all."""
        for each in super().send(messages):
            is_lost = each.outcome is SmsOutcome.UNKNOWN
            yield evolve(each, outcome=SmsOutcome.REFUSED_FOR_NOW) if is_lost else each


class Sulky(MemorySmsCourier):
    """Gives up after a failure."""

    def send(self, messages):
        """Send until something fails."""
        for each in super().send(messages):
            yield each
            if each.outcome is not SmsOutcome.ACCEPTED:
                raise InvalidValue("that is enough")


class Late(MemorySmsCourier):
    """Finds out that nobody is there with a message in hand."""

    def send(self, messages):
        """Send all."""
        for each in messages:
            yield from super().send([each])


class Deaf(MemorySmsCourier):
    """Says that all was sent, though nobody was there."""

    def send(self, messages):
        """Send all."""
        try:
            yield from super().send(messages)
        except Unavailable:
            return


class Forgetful(MemorySmsCourier):
    """Makes another message of the same."""

    def send(self, messages):
        """Send all."""
        for each in messages:
            for receipt in super().send([evolve(each, reference=f"{each.reference} {id(self)}")]):
                yield evolve(receipt, reference=each.reference)


LIES = [
    ("SC1", Silent),
    ("SC2", Greedy),
    ("SC3", Short),
    ("SC3", Nameless),
    ("SC4", Strict),
    ("SC5", Sure),
    ("SC6", Sulky),
    ("SC7", Late),
    ("SC7", Deaf),
    ("SC8", Forgetful),
]


@pytest.mark.parametrize(("clause", "kind"), LIES, ids=lambda each: getattr(each, "__name__", each))
def test_a_lie_of_a_courier_is_found_out(bench, clause, kind):
    """A courier that breaks one clause turns a test red that cites this very clause."""
    text = "a" * 71
    fixtures = {"fresh_gateway": lambda: World(kind), "text": text}

    assert bench.first_red(SmsCourierContract, clause, fixtures) is not None


def test_no_clause_of_couriers_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {clause for clause, _ in LIES} == set(bench.clauses(SmsCourier))
