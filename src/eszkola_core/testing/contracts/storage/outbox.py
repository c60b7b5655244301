"""Messages that wait to leave: the clauses of `Outbox`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import Message, MessageKind, MessageState
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

UNTIL = a.NOW + a.HOUR


def queue(storage: Storage, *messages: Message) -> None:
    """Queue *messages* in a unit of their own."""
    with storage.unit() as unit:
        unit.outbox.add(messages)


def lease_all(unit: Unit, *, hours: int = 0) -> list[Message]:
    """Return all that is handed out so many hours from `NOW`."""
    now = a.NOW + hours * a.HOUR
    return list(unit.outbox.lease(100, now=now, until=now + a.HOUR))


class OutboxClauses(StorageFixtures):
    """Each message is handed to one dispatcher at a time, and done with once."""

    @pytest.mark.clause("OU1")
    def test_a_message_is_queued_once(self, fresh_storage: Fresh) -> None:
        """The same key is left alone, whatever else differs: within one call, later, and after it was done with."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        first = a.message("m", person=PersonId(1), tokens=(a.digest("t"),))
        queue(storage, first, a.message("m", secret="inny"), a.message("n"))  # noqa: S106 - invented
        queue(storage, a.message("m", kind=MessageKind.USE_NATIONAL_ID))
        with storage.unit() as unit:
            found = unit.outbox.peek("m")
            assert found is not None
            assert a.exactly(a.unnumbered([found])) == a.exactly([first])
            assert unit.outbox.peek("o") is None
            assert unit.outbox.counts() == {MessageState.QUEUED: 2}
            for each in lease_all(unit):
                unit.outbox.settle(each.moved(MessageState.SENT), held_until=UNTIL)
        queue(storage, first)
        with storage.unit() as unit:
            assert lease_all(unit, hours=9) == []
            assert unit.outbox.counts() == {MessageState.SENT: 2}

    @pytest.mark.clause("OU2")
    def test_what_is_due_is_handed_out_the_longest_due_first(self, fresh_storage: Fresh) -> None:
        """In the order of due instants, no more than the limit, with an attempt counted and the lease noted."""
        storage = fresh_storage()
        dues = {"later": 1, "third": 0, "first": -9, "second": -8}
        queue(
            storage,
            *(a.message(key, due_at=a.NOW + hours * a.HOUR, tokens=(a.digest(key),)) for key, hours in dues.items()),
        )
        with storage.unit() as unit:
            two = list(unit.outbox.lease(2, now=a.NOW, until=UNTIL))
        with storage.unit() as unit:
            rest = lease_all(unit)
        expected = evolve(
            a.message("first", due_at=a.NOW - 9 * a.HOUR, tokens=(a.digest("first"),)),
            state=MessageState.LEASED,
            attempts=1,
            leased_until=UNTIL,
        )
        assert a.exactly(a.unnumbered(two)[0]) == a.exactly(expected)
        assert [each.key for each in two] == ["first", "second"]
        assert [each.key for each in rest] == ["third"]

    @pytest.mark.clause("OU2")
    def test_what_is_in_somebodys_hands_is_not_handed_out(self, fresh_storage: Fresh) -> None:
        """Until the very last moment of the lease."""
        storage = fresh_storage()
        queue(storage, a.message("m"))
        with storage.unit() as unit:
            assert len(lease_all(unit)) == 1
        with storage.unit() as unit:
            just_before = UNTIL - timedelta(microseconds=1)
            assert list(unit.outbox.lease(9, now=just_before, until=UNTIL + a.HOUR)) == []

    @pytest.mark.clause("OU3")
    def test_a_lease_that_ran_out_is_handed_out_again(self, fresh_storage: Fresh) -> None:
        """At its very instant, with one more attempt and the new lease."""
        storage = fresh_storage()
        queue(storage, a.message("m"))
        with storage.unit() as unit:
            lease_all(unit)
        with storage.unit() as unit:
            again = lease_all(unit, hours=1)
        assert [(each.key, each.attempts, each.leased_until) for each in again] == [("m", 2, UNTIL + a.HOUR)]

    @pytest.mark.clause("OU4")
    def test_what_became_of_a_message_is_written(self, fresh_storage: Fresh) -> None:
        """One that failed for now is handed out again when it is due, and one that was sent never."""
        storage = fresh_storage()
        queue(storage, a.message("fails"), a.message("goes"))
        with storage.unit() as unit:
            fails, goes = lease_all(unit)
        waiting = evolve(fails.moved(MessageState.FAILED_FOR_NOW), due_at=a.NOW + 5 * a.HOUR)
        with storage.unit() as unit:
            unit.outbox.settle(waiting, held_until=UNTIL)
            unit.outbox.settle(goes.moved(MessageState.SENT), held_until=UNTIL)
        with storage.unit() as unit:
            assert a.exactly(unit.outbox.peek("fails")) == a.exactly(waiting)
            assert unit.outbox.counts() == {MessageState.FAILED_FOR_NOW: 1, MessageState.SENT: 1}
            assert lease_all(unit, hours=4) == []
            assert [each.key for each in lease_all(unit, hours=5)] == ["fails"]

    @pytest.mark.clause("OU4")
    def test_who_lost_the_lease_settles_nothing(self, fresh_storage: Fresh) -> None:
        """Once somebody else has leased a message, or settled it, the late answer of the first is left alone."""
        storage = fresh_storage()
        queue(storage, a.message("m"))
        with storage.unit() as unit:
            (first,) = lease_all(unit)
        with storage.unit() as unit:
            (second,) = lease_all(unit, hours=2)
        with storage.unit() as unit:
            unit.outbox.settle(first.moved(MessageState.ABANDONED), held_until=UNTIL)
            assert a.exactly(unit.outbox.peek("m")) == a.exactly(second)
            unit.outbox.settle(second.moved(MessageState.SENT), held_until=second.leased_until)
            unit.outbox.settle(first.moved(MessageState.FAILED_FOR_NOW), held_until=UNTIL)
            unit.outbox.settle(second.moved(MessageState.ABANDONED), held_until=second.leased_until)
        with storage.snapshot() as unit:
            assert unit.outbox.counts() == {MessageState.SENT: 1}

    @pytest.mark.clause("OU5")
    def test_a_message_that_is_done_with_holds_no_data(self, fresh_storage: Fresh) -> None:
        """Sent, abandoned or cancelled: what its text was made from is gone; of one that waits it is all there."""
        storage = fresh_storage()
        keys = ("sent", "abandoned", "cancelled", "waits")
        queue(storage, *(a.message(key, tokens=(a.digest(key),)) for key in keys))
        with storage.unit() as unit:
            leased = {each.key: each for each in lease_all(unit)}
            for state in (MessageState.SENT, MessageState.ABANDONED):
                unit.outbox.settle(leased[state.value].moved(state), held_until=UNTIL)
            unit.outbox.cancel([a.digest("cancelled")])
        with storage.snapshot() as unit:
            found = {key: unit.outbox.peek(key) for key in keys}
        data = {key: each.data for key, each in found.items() if each is not None}
        assert data == {"sent": {}, "abandoned": {}, "cancelled": {}, "waits": a.message("waits").data}

    @pytest.mark.clause("OU6")
    def test_cancelling_a_token_ends_the_messages_that_carry_it(self, fresh_storage: Fresh) -> None:
        """Queued, failed and leased ones are counted and never handed out again; all others stay as they are."""
        storage = fresh_storage()
        dead, live = a.digest("dead"), a.digest("live")
        queue(storage, *(a.message(key, tokens=(dead,)) for key in ("failed", "sent")))
        with storage.unit() as unit:
            failed, sent = lease_all(unit)
            unit.outbox.settle(failed.moved(MessageState.FAILED_FOR_NOW), held_until=UNTIL)
            unit.outbox.settle(sent.moved(MessageState.SENT), held_until=UNTIL)
        queue(storage, a.message("leased", tokens=(dead,), due_at=a.NOW - a.HOUR), a.message("other", tokens=(live,)))
        with storage.unit() as unit:
            (leased,) = unit.outbox.lease(1, now=a.NOW - a.HOUR, until=UNTIL)
        queue(storage, a.message("queued", tokens=(a.digest("another"), dead)), a.message("none"))
        with storage.unit() as unit:
            assert unit.outbox.cancel([dead, a.digest("unknown")]) == 3  # noqa: PLR2004 - failed, leased, queued
            assert unit.outbox.cancel([dead]) == 0
            assert unit.outbox.cancel([]) == 0
        with storage.unit() as unit:
            unit.outbox.settle(leased.moved(MessageState.FAILED_FOR_NOW), held_until=UNTIL)
            assert unit.outbox.counts() == {
                MessageState.CANCELLED: 3,
                MessageState.SENT: 1,
                MessageState.QUEUED: 2,
            }
            assert {each.key for each in lease_all(unit, hours=99)} == {"other", "none"}

    @pytest.mark.clause("OU9")
    def test_what_was_sent_bounces_once(self, fresh_storage: Fresh) -> None:
        """It is returned as it is by then; what waits, failed, was abandoned or does not exist comes back never."""
        storage = fresh_storage()
        keys = ("abandoned", "failed", "sent")
        queue(storage, *(a.message(key, tokens=(a.digest(key),)) for key in keys))
        with storage.unit() as unit:
            abandoned, failed, sent = lease_all(unit)
            assert unit.outbox.bounce(sent.id) is None
            unit.outbox.settle(sent.moved(MessageState.SENT), held_until=UNTIL)
            unit.outbox.settle(failed.moved(MessageState.FAILED_FOR_NOW), held_until=UNTIL)
            unit.outbox.settle(abandoned.moved(MessageState.ABANDONED), held_until=UNTIL)
        with storage.unit() as unit:
            assert [unit.outbox.bounce(each) for each in (failed.id, abandoned.id, 10**9, 2**70)] == [None] * 4
            bounced = unit.outbox.bounce(sent.id)
            assert unit.outbox.bounce(sent.id) is None
        assert a.exactly(bounced) == a.exactly(sent.moved(MessageState.SENT).moved(MessageState.BOUNCED))
        with storage.unit() as unit:
            assert unit.outbox.bounce(sent.id) is None
            assert a.exactly(unit.outbox.peek("sent")) == a.exactly(bounced)
            assert [each.key for each in lease_all(unit, hours=99)] == ["failed"]

    @pytest.mark.clause("OU7")
    def test_what_waits_is_counted_and_the_oldest_known(self, fresh_storage: Fresh) -> None:
        """Since its making, also while it is leased or failed; what is done with waits no more."""
        storage = fresh_storage()
        with storage.snapshot() as unit:
            assert unit.outbox.counts() == {}
            assert unit.outbox.oldest_waiting() is None
        ages = {"old": 3, "middle": 2, "young": 1}
        queue(storage, *(a.message(key, created_at=a.NOW - age * a.HOUR) for key, age in ages.items()))
        with storage.unit() as unit:
            leased = {each.key: each for each in lease_all(unit)}
            assert unit.outbox.counts() == {MessageState.LEASED: 3}
            assert unit.outbox.oldest_waiting() == a.NOW - 3 * a.HOUR
            unit.outbox.settle(leased["old"].moved(MessageState.SENT), held_until=UNTIL)
            unit.outbox.settle(leased["middle"].moved(MessageState.FAILED_FOR_NOW), held_until=UNTIL)
        with storage.snapshot() as unit:
            assert unit.outbox.oldest_waiting() == a.NOW - 2 * a.HOUR
            assert unit.outbox.counts() == {
                MessageState.SENT: 1,
                MessageState.FAILED_FOR_NOW: 1,
                MessageState.LEASED: 1,
            }

    @pytest.mark.clause("OU8")
    def test_a_request_that_was_taken_is_gone(self, fresh_storage: Fresh) -> None:
        """Requests come in the order in which they were made, what was typed unchanged; the same may come twice."""
        storage = fresh_storage()
        texts = ["Zofia.Lis", "152301", "Zofia.Lis", "ż@example.com"]
        with storage.unit() as unit:
            for text in texts:
                unit.outbox.ask(a.request(text))
        with storage.unit() as unit:
            first = unit.outbox.take_requests(3)
        with storage.unit() as unit:
            rest = unit.outbox.take_requests(3)
            assert list(unit.outbox.take_requests(3)) == []
        taken = [*first, *rest]
        assert [each.identifier for each in taken] == list(map(Secret, texts))
        assert a.exactly([evolve(each, id=0) for each in taken]) == a.exactly(list(map(a.request, texts)))
        assert len({each.id for each in taken}) == len(texts)
