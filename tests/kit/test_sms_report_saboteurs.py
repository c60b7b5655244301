"""For every clause of reading and fetching a gateway's reports a liar, whom its contract finds out."""

from __future__ import annotations

import re

import pytest
from attrs import define, evolve, field

from eszkola_core.domain.text_messages import Delivery, SmsReport
from eszkola_core.errors import Unavailable
from eszkola_core.ports.text_messages import SmsReportCollector, SmsReportReader
from eszkola_core.testing.contracts.sms_reports import SmsReportCollectorContract, SmsReportReaderContract

D = Delivery


def written(said):
    """Write a line for each message."""
    return "".join(f"{name} is {delivery}\n" for name, delivery in said.items()).encode()


class Reader:
    """Reads such lines."""

    def reports(self, octets):
        """Return what the lines say."""
        found = re.findall(r"^(\w+) is (\S+)$", octets.decode("utf-8", "replace"), re.MULTILINE)
        return [SmsReport(gateway_id=name, delivery=D(word)) for name, word in found if word in [*D]]


class Hasty(Reader):
    """RR1: the first only."""

    def reports(self, octets):
        """Return the first."""
        return super().reports(octets)[:1]


class Hopeful(Reader):
    """RR2: what is on its way has arrived."""

    def reports(self, octets):
        """Return good news."""
        found = super().reports(octets)
        return [evolve(each, delivery=D.DELIVERED) if each.delivery is D.NOT_KNOWN else each for each in found]


class Fragile(Reader):
    """RR3: falls over noise."""

    def reports(self, octets):
        """Return what the lines say, if they are text."""
        return super().reports(octets.decode().encode())


@define
class Post:
    """A gateway where reports wait, and whoever of *kind* fetches them."""

    kind: type
    waiting: list = field(factory=list)
    is_closed: bool = False

    def collector(self):
        """Return what fetches."""
        return self.kind(self)

    def has(self, gateway_id):
        """Let a report wait."""
        self.waiting.append(SmsReport(gateway_id=gateway_id, delivery=D.DELIVERED))

    def close(self):
        """Be out of reach."""
        self.is_closed = True


@define
class Collector:
    """Fetches one after the other."""

    post: Post

    def collect(self):
        """Yield what waits, and take it away once the next is asked for."""
        if self.post.is_closed:
            raise Unavailable("closed")
        while self.post.waiting:
            yield self.post.waiting[0]
            self.post.waiting.pop(0)


class Quick(Collector):
    """RC1: takes a report away before anybody has it."""

    def collect(self):
        """Yield what waited."""
        while self.post.waiting:
            yield self.post.waiting.pop(0)


class Restless(Collector):
    """RC2: makes up what does not come."""

    def collect(self):
        """Yield what waits, and more."""
        yield from super().collect()
        yield SmsReport(gateway_id="none")


class Mute(Collector):
    """RC3: nobody there, nothing there."""

    def collect(self):
        """Yield what waits, if somebody is there."""
        if not self.post.is_closed:
            yield from super().collect()


READERS = [("RR1", Hasty), ("RR2", Hopeful), ("RR3", Fragile)]
COLLECTORS = [("RC1", Quick), ("RC2", Restless), ("RC3", Mute)]


class TestReader(SmsReportReaderContract):
    """The honest reader passes."""

    @pytest.fixture
    def reader(self):
        """Return it."""
        return Reader()

    @pytest.fixture
    def written(self):
        """Return what writes for it."""
        return written


class TestCollector(SmsReportCollectorContract):
    """The honest collector passes."""

    @pytest.fixture
    def fresh_reports(self):
        """Return what opens a post of its own each time."""
        return lambda: Post(Collector)


@pytest.mark.parametrize(("clause", "kind"), READERS, ids=lambda each: getattr(each, "__name__", each))
def test_a_lie_of_a_reader_is_found_out(bench, clause, kind):
    """A reader that breaks one clause turns a test red that cites this very clause."""
    fixtures = {"reader": kind(), "written": written}
    assert bench.first_red(SmsReportReaderContract, clause, fixtures) is not None


@pytest.mark.parametrize(("clause", "kind"), COLLECTORS, ids=lambda each: getattr(each, "__name__", each))
def test_a_lie_of_a_collector_is_found_out(bench, clause, kind):
    """A collector that breaks one clause turns a test red that cites this very clause."""
    fixtures = {"fresh_reports": lambda: Post(kind)}
    assert bench.first_red(SmsReportCollectorContract, clause, fixtures) is not None


def test_no_clause_of_reports_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {clause for clause, _ in READERS} == set(bench.clauses(SmsReportReader))
    assert {clause for clause, _ in COLLECTORS} == set(bench.clauses(SmsReportCollector))
