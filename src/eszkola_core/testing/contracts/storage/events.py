"""Events that wait to be heard: the clauses of `Events`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.events import Event, EventState
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import HEATS, Fresh, StorageFixtures, heats

UNTIL = a.NOW + a.HOUR
A_FEW = 6


def lease_all(unit: Unit, subscriber: str = "dziennik", *, hours: int = 0) -> list[Event]:
    """Return all that is handed out to a subscriber so many hours from `NOW`."""
    now = a.NOW + hours * a.HOUR
    return list(unit.events.lease(subscriber, 100, now=now, until=now + a.HOUR))


class EventClauses(StorageFixtures):
    """Each event is handed to one dispatcher at a time, and heard by each subscriber."""

    def _happened(self, fresh_storage: Fresh, *events: Event) -> Storage:
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            unit.events.add(events)
        return storage

    @pytest.mark.clause("EV1")
    def test_an_event_is_queued_once_for_each_subscriber(self, fresh_storage: Fresh) -> None:
        """The same key is left alone, at once, later, and after it was heard; another subscriber has its own."""
        first, other = a.event("e"), a.event("e", subscriber="Poczta Ł")
        storage = self._happened(fresh_storage, first, a.event("e", secret="inny"), other, a.event("f"))  # noqa: S106 - invented
        with storage.unit() as unit:
            unit.events.add([a.event("e", person=2)])
            found = [unit.events.peek("dziennik", "e"), unit.events.peek("Poczta Ł", "e")]
            assert [a.exactly(each, numbered=False) for each in found] == [
                a.exactly(each, numbered=False) for each in (first, other)
            ]
            assert unit.events.peek("Poczta Ł", "f") is None
            for each in lease_all(unit):
                unit.events.settle(each.moved(EventState.DELIVERED), held_until=UNTIL)
        with storage.unit() as unit:
            unit.events.add([first])
            assert lease_all(unit, hours=9) == []
            assert [each.key for each in lease_all(unit, "Poczta Ł")] == ["e"]

    @pytest.mark.clause("EV2")
    def test_events_that_are_due_come_the_longest_due_first(self, fresh_storage: Fresh) -> None:
        """One subscriber's only, no more than the limit, with an attempt counted and the lease noted."""
        dues = {"later": 1, "third": 0, "first": -9, "second": -8}
        events = [a.event(key, due_at=a.NOW + hours * a.HOUR) for key, hours in dues.items()]
        storage = self._happened(fresh_storage, *events, a.event("first", subscriber="inny", due_at=a.NOW - a.HOUR))
        with storage.unit() as unit:
            two = list(unit.events.lease("dziennik", 2, now=a.NOW, until=UNTIL))
        with storage.unit() as unit:
            rest = lease_all(unit)
            assert list(unit.events.lease("nikt", 9, now=a.NOW, until=UNTIL)) == []
        held = {"state": EventState.LEASED, "attempts": 1, "leased_until": UNTIL}
        expected = evolve(a.event("first", due_at=a.NOW - 9 * a.HOUR), **held)  # type: ignore[arg-type]
        assert a.exactly(two[0], numbered=False) == a.exactly(expected, numbered=False)
        assert [each.key for each in (*two, *rest)] == ["first", "second", "third"]
        assert len({each.id for each in (*two, *rest)}) == len((*two, *rest))

    @pytest.mark.clause("EV2")
    def test_each_event_is_handed_to_one_dispatcher(self, fresh_storage: Fresh) -> None:
        """Sixteen dispatchers ask at once: all that is due is handed out, and nothing twice."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        events = [
            a.event(f"{heat}/{number}", due_at=a.NOW + heat * a.HOUR)
            for heat in range(HEATS)
            for number in range(A_FEW)
        ]
        storage = self._happened(fresh_storage, *events)

        def warm() -> None:
            with storage.unit() as unit:
                unit.events.counts()

        def lease(heat: int, _runner: int) -> list[str]:
            now = a.NOW + heat * a.HOUR
            with storage.unit() as unit:
                return [each.key for each in unit.events.lease("dziennik", 2, now=now, until=now + 1000 * a.HOUR)]

        for heat, outcomes in enumerate(heats(lease, warm=warm)):
            handed = [key for each in outcomes if isinstance(each, list) for key in each]
            assert sorted(handed) == [f"{heat}/{number}" for number in range(A_FEW)]

    @pytest.mark.clause("EV3")
    def test_an_event_whose_lease_ran_out_is_handed_out_again(self, fresh_storage: Fresh) -> None:
        """Not a moment before, and at its very instant, with one more attempt and the new lease."""
        storage = self._happened(fresh_storage, a.event("e"))
        with storage.unit() as unit:
            lease_all(unit)
        with storage.unit() as unit:
            just_before = UNTIL - timedelta(microseconds=1)
            assert list(unit.events.lease("dziennik", 9, now=just_before, until=UNTIL + a.HOUR)) == []
            again = lease_all(unit, hours=1)
        assert [(each.key, each.attempts, each.leased_until) for each in again] == [("e", 2, UNTIL + a.HOUR)]

    @pytest.mark.clause("EV4")
    def test_what_became_of_an_event_is_written(self, fresh_storage: Fresh) -> None:
        """One that failed for now is handed out again when it is due, and one that was heard never."""
        storage = self._happened(fresh_storage, a.event("fails"), a.event("goes"))
        with storage.unit() as unit:
            fails, goes = lease_all(unit)
        waiting = evolve(fails.moved(EventState.FAILED_FOR_NOW), due_at=a.NOW + 5 * a.HOUR)
        with storage.unit() as unit:
            unit.events.settle(waiting, held_until=UNTIL)
            unit.events.settle(goes.moved(EventState.DELIVERED), held_until=UNTIL)
        with storage.unit() as unit:
            assert a.exactly(unit.events.peek("dziennik", "fails")) == a.exactly(waiting)
            assert lease_all(unit, hours=4) == []
            assert [each.key for each in lease_all(unit, hours=5)] == ["fails"]

    @pytest.mark.clause("EV4")
    def test_who_lost_the_lease_of_an_event_settles_nothing(self, fresh_storage: Fresh) -> None:
        """Once somebody else has leased it, or settled it, the late answer of the first is left alone."""
        storage = self._happened(fresh_storage, a.event("e"))
        with storage.unit() as unit:
            (first,) = lease_all(unit)
        with storage.unit() as unit:
            (second,) = lease_all(unit, hours=2)
        with storage.unit() as unit:
            unit.events.settle(first.moved(EventState.ABANDONED), held_until=UNTIL)
            assert a.exactly(unit.events.peek("dziennik", "e")) == a.exactly(second)
            unit.events.settle(second.moved(EventState.DELIVERED), held_until=second.leased_until)
            unit.events.settle(first.moved(EventState.FAILED_FOR_NOW), held_until=UNTIL)
        with storage.snapshot() as unit:
            assert unit.events.counts() == {"dziennik": {EventState.DELIVERED: 1}}

    @pytest.mark.clause("EV5")
    def test_an_event_that_is_done_with_holds_no_data(self, fresh_storage: Fresh) -> None:
        """Heard or abandoned: what it told is gone; of one that waits it is all there."""
        storage = self._happened(fresh_storage, *map(a.event, ("delivered", "abandoned", "waits")))
        with storage.unit() as unit:
            leased = {each.key: each for each in lease_all(unit)}
            for state in (EventState.DELIVERED, EventState.ABANDONED):
                unit.events.settle(leased[state.value].moved(state), held_until=UNTIL)
        with storage.snapshot() as unit:
            found = {key: unit.events.peek("dziennik", key) for key in ("delivered", "abandoned", "waits")}
        data = {key: each.data for key, each in found.items() if each is not None}
        assert data == {"delivered": {}, "abandoned": {}, "waits": a.event("waits").data}

    @pytest.mark.clause("EV6")
    def test_events_are_counted_by_subscriber_and_state(self, fresh_storage: Fresh) -> None:
        """Those in nobody's hands, in somebody's, and done with; a subscriber without any is not named."""
        storage = self._happened(fresh_storage, a.event("e"), a.event("f"), a.event("e", subscriber="inny"))
        with storage.unit() as unit:
            one, _ = lease_all(unit)
            unit.events.settle(one.moved(EventState.DELIVERED), held_until=UNTIL)
        with storage.snapshot() as unit:
            assert unit.events.counts() == {
                "dziennik": {EventState.DELIVERED: 1, EventState.LEASED: 1},
                "inny": {EventState.QUEUED: 1},
            }
        with fresh_storage().snapshot() as unit:
            assert unit.events.counts() == {}
