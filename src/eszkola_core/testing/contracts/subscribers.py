"""What every subscriber of events promises, as tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import ClassVar, Protocol

import pytest
from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.events import EVENT_FIELDS, Event, EventKind
from eszkola_core.errors import Unavailable
from eszkola_core.ports.events import EventSubscriber

_AT = datetime(2026, 9, 1, 6, 30, 15, 123456, tzinfo=UTC)


@frozen(kw_only=True)
class HeardOf:
    """An event as it reached the service."""

    key: str
    kind: str
    data: Mapping[str, str] = field(repr=False)


class Service(Protocol):
    """The service that events are for, as the test of an adapter plays it."""

    def subscriber(self) -> EventSubscriber:
        """Return what hands events to it."""

    def heard(self) -> Sequence[HeardOf]:
        """Return all that it has heard, in any order, also after closing; an event that came twice may stand once."""

    def refused(self, event: Event, *, for_good: bool) -> Event:
        """Make sure that an event like *event* is not taken, for good or for now, and return what to hand over."""

    def close(self) -> None:
        """Be out of reach from now on."""


def an_event(number: int) -> Event:
    """Return a change of an address, with letters that not every coding has."""
    kind = EventKind.ADDRESS_CHANGED
    data = {name: f"{name} {number} żółć\n„koniec”" for name in EVENT_FIELDS[kind]}
    return Event(
        key=f"{kind}:{number}:Ż",
        subscriber="dziennik",
        kind=kind,
        person=PersonId(number),
        data=data,
        happened_at=_AT,
        due_at=_AT,
    )


class EventSubscriberContract:
    """Holds an `EventSubscriber` to every clause of its port."""

    refuses: ClassVar[bool] = True
    """The service may refuse single events; False for one that takes whatever reaches it."""

    @pytest.fixture
    def fresh_service(self) -> Callable[[], Service]:
        """Return a function that makes a service that has heard nothing."""
        pytest.fail("override the fixture `fresh_service`: return a function that makes a `Service` of yours")

    def _only_if_refusing(self) -> None:
        if not self.refuses:
            pytest.skip("this service takes whatever reaches it: `refuses` is False")

    @pytest.mark.clause("ES1")
    def test_each_event_gets_its_receipt_in_order(self, fresh_service: Callable[[], Service]) -> None:
        """As many receipts as events, each with its key; and none for nothing."""
        subscriber = fresh_service().subscriber()
        events = [an_event(number) for number in (2, 1, 3)]

        assert [each.reference for each in subscriber.hear(events)] == [each.key for each in events]
        assert list(subscriber.hear([])) == []

    @pytest.mark.clause("ES2")
    def test_what_is_sent_was_heard_whole(self, fresh_service: Callable[[], Service]) -> None:
        """Key, kind and every letter of the data are there."""
        service = fresh_service()
        events = [an_event(1), an_event(2)]

        outcomes = [each.outcome for each in service.subscriber().hear(events)]

        assert outcomes == [Outcome.SENT, Outcome.SENT]
        expected = {each.key: HeardOf(key=each.key, kind=each.kind.value, data=dict(each.data)) for each in events}
        assert {each.key: each for each in service.heard()} == expected

    @pytest.mark.clause("ES2")
    def test_what_nobody_heard_is_not_sent(self, fresh_service: Callable[[], Service]) -> None:
        """A refused event is a failure of either kind, and was not heard."""
        self._only_if_refusing()
        for for_good in (False, True):
            service = fresh_service()
            (receipt,) = service.subscriber().hear([service.refused(an_event(1), for_good=for_good)])

            assert receipt.outcome is not Outcome.SENT
            assert list(service.heard()) == []

    @pytest.mark.clause("ES3")
    def test_failures_of_hearing_say_whether_trying_again_may_help(self, fresh_service: Callable[[], Service]) -> None:
        """A refusal for now and one for good are told apart, each by a code without a person's data."""
        self._only_if_refusing()
        service = fresh_service()
        events = [service.refused(an_event(1), for_good=False), service.refused(an_event(2), for_good=True)]

        receipts = list(service.subscriber().hear(events))

        assert [each.outcome for each in receipts] == [Outcome.FAILED_FOR_NOW, Outcome.FAILED_FOR_GOOD]
        for receipt in receipts:
            assert receipt.code
            assert " " not in receipt.code

    @pytest.mark.clause("ES4")
    def test_one_refusal_keeps_no_other_event_waiting(self, fresh_service: Callable[[], Service]) -> None:
        """Those before and after it are heard, be it for now or for good."""
        self._only_if_refusing()
        for for_good in (False, True):
            service = fresh_service()
            events = [an_event(1), service.refused(an_event(2), for_good=for_good), an_event(3)]

            outcomes = [each.outcome for each in service.subscriber().hear(events)]

            assert [each is Outcome.SENT for each in outcomes] == [True, False, True]
            assert {each.key for each in service.heard()} == {an_event(1).key, an_event(3).key}

    @pytest.mark.clause("ES5")
    def test_a_service_out_of_reach_is_unavailable(self, fresh_service: Callable[[], Service]) -> None:
        """Nothing is heard, and nothing is said to have failed: the events wait where they are."""
        service = fresh_service()
        subscriber = service.subscriber()
        service.close()
        receipts: list[Receipt] = []
        with pytest.raises(Unavailable):
            _collect(receipts, subscriber.hear([an_event(1), an_event(2)]))

        assert receipts == []
        assert list(service.heard()) == []

    @pytest.mark.clause("ES5")
    def test_what_has_no_receipt_has_not_been_heard(self, fresh_service: Callable[[], Service]) -> None:
        """When the service goes away between two batches, what it heard is what the receipts say."""
        service = fresh_service()
        subscriber = service.subscriber()
        receipts = list(subscriber.hear([an_event(1)]))
        service.close()
        with suppress(Unavailable):
            _collect(receipts, subscriber.hear([an_event(2)]))
        sent = {each.reference for each in receipts if each.outcome is Outcome.SENT}

        assert sent == {each.key for each in service.heard()}


def _collect(receipts: list[Receipt], hearing: Iterable[Receipt]) -> None:
    """Add what is yielded, so that it is known when an error comes."""
    for each in hearing:
        receipts.append(each)  # noqa: PERF402 - `extend` would lose what came before an error
