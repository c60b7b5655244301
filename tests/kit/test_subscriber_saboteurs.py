"""For every clause of subscribers one with a lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import define, field

from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.errors import Unavailable
from eszkola_core.ports.events import EventSubscriber
from eszkola_core.testing.contracts.subscribers import EventSubscriberContract, HeardOf


@define
class Messenger:
    """A service in memory, and whoever hands events to it."""

    kind: type
    told: list[HeardOf] = field(factory=list)
    refusals: dict[str, Outcome] = field(factory=dict)
    is_closed: bool = False

    def subscriber(self):
        """Return a subscriber of the kind under trial."""
        return self.kind(self)

    def heard(self):
        """Return what it heard."""
        return self.told

    def refused(self, event, *, for_good):
        """Refuse whatever has that key."""
        self.refusals[event.key] = Outcome.FAILED_FOR_GOOD if for_good else Outcome.FAILED_FOR_NOW
        return event

    def close(self):
        """Be out of reach."""
        self.is_closed = True

    def take(self, event, data=None):
        """Take an event in, unless it is refused, and say what became of it."""
        if self.is_closed:
            raise Unavailable("the service is closed")
        outcome = self.refusals.get(event.key, Outcome.SENT)
        if outcome is Outcome.SENT:
            self.told.append(
                HeardOf(key=event.key, kind=event.kind.value, data=dict(event.data if data is None else data))
            )
        return outcome


@define
class Honest:
    """Hands over one event after the other."""

    service: Messenger

    def hear(self, events):
        """Yield each fate as it comes."""
        for event in events:
            yield self.receipt(event, self.service.take(event))

    def receipt(self, event, outcome):
        """Return what is told."""
        return Receipt(event.key, outcome, "" if outcome is Outcome.SENT else "refused")


class Backwards(Honest):
    """ES1: receipts in another order."""

    def hear(self, events):
        """Begin at the end."""
        return super().hear(events[::-1])


class Hopeful(Honest):
    """ES2: what was handed over counts as heard."""

    def receipt(self, event, outcome):  # noqa: ARG002 - the lie
        """Return what one would like to hear."""
        return Receipt(event.key, Outcome.SENT)


class Clipping(Honest):
    """ES2: line ends are left out."""

    def hear(self, events):
        """Cut texts at the first line."""
        for event in events:
            data = {name: text.partition("\n")[0] for name, text in event.data.items()}
            yield self.receipt(event, self.service.take(event, data))


class Resigned(Honest):
    """ES3: every failure is for good."""

    def receipt(self, event, outcome):
        """Return no hope."""
        return super().receipt(event, Outcome.SENT if outcome is Outcome.SENT else Outcome.FAILED_FOR_GOOD)


class Offended(Honest):
    """ES4: after one failure nothing is tried."""

    def hear(self, events):
        """Stop trying."""
        failed = False
        for event in events:
            outcome = Outcome.FAILED_FOR_NOW if failed else self.service.take(event)
            failed = failed or outcome is not Outcome.SENT
            yield self.receipt(event, outcome)


class Calm(Honest):
    """ES5: a service out of reach is a failure like any other."""

    def hear(self, events):
        """Never raise."""
        for event in events:
            try:
                outcome = self.service.take(event)
            except Unavailable:
                outcome = Outcome.FAILED_FOR_GOOD
            yield self.receipt(event, outcome)


class Silent(Honest):
    """ES5: what goes wrong on the way was sent all the same."""

    def hear(self, events):
        """Raise once all is said to be well."""
        for event in events:
            yield Receipt(event.key, Outcome.SENT)
        for event in events:
            self.service.take(event)


SABOTEURS = [
    ("ES1", Backwards),
    ("ES2", Hopeful),
    ("ES2", Clipping),
    ("ES3", Resigned),
    ("ES4", Offended),
    ("ES5", Calm),
    ("ES5", Silent),
]


class TestHonestSubscriber(EventSubscriberContract):
    """A subscriber without a lie passes."""

    @pytest.fixture
    def fresh_service(self):
        """Return what makes its service."""
        return lambda: Messenger(Honest)


@pytest.mark.parametrize(("clause", "kind"), SABOTEURS)
def test_a_lie_of_a_subscriber_is_found_out(bench, clause, kind):
    """A subscriber that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(EventSubscriberContract, clause, {"fresh_service": lambda: Messenger(kind)}) is not None


def test_no_clause_of_subscribers_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in SABOTEURS} == set(bench.clauses(EventSubscriber))
