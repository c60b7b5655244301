"""Text messages and their ledger: the clauses of `SmsLedger`."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.money import Money
from eszkola_core.domain.sms_ledger import ChargeState, SmsEntry
from eszkola_core.domain.text_messages import Delivery
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import HEATS, RUNNERS, Fresh, StorageFixtures, heats, won

ROOM = 5
"""For how many of the samples a cap is made."""


def entry_of(unit: Unit, key: str) -> SmsEntry:
    """Return the entry with *key* as it is kept now."""
    (found,) = unit.sms.known([key])
    return found


def in_doubt(unit: Unit, key: str, **more: Any) -> SmsEntry:  # noqa: ANN401 - whatever an entry has
    """Reserve the entry with *key*, hand it over, and return it."""
    entry = unit.sms.reserve(entry_of(unit, key), a.MONTH, cap=a.cap(1000))
    assert entry is not None
    after = evolve(entry.handed_over(a.NOW, deduplicated=True), **more)
    assert unit.sms.change(entry, after)
    return after


class SmsLedgerClauses(StorageFixtures):
    """No message is lost or paid twice, and no cap is passed."""

    def _with(self, fresh_storage: Fresh, *keys: str) -> Storage:
        storage = fresh_storage()
        with storage.unit() as unit:
            unit.sms.add([a.sms(each) for each in keys])
        return storage

    @pytest.mark.clause("SL1")
    def test_an_entry_is_kept_once_and_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """With number and text, whatever letters they have; the key decides, in one call and in several."""
        storage = fresh_storage()
        first = a.sms("ż", person=PersonId(3), useful_until=a.NOW + a.HOUR, text=Secret("Hasło: {€} 😀"))
        plain = a.sms("b", school="", payer="", cost=Money.parse("12345.678901 PLN"))
        with storage.unit() as unit:
            unit.sms.add([first, plain, evolve(plain, tariff="other")])
            unit.sms.add([evolve(first, tariff="other")])
        with storage.snapshot() as unit:
            kept = unit.sms.known(["ż", "b"])
            assert a.exactly(list(kept), numbered=False) == a.exactly([first, plain], numbered=False)
            assert kept[0].id != kept[1].id
            assert unit.sms.known(["unknown", ""]) == []

    @pytest.mark.clause("SL2")
    def test_what_waits_is_handed_out_when_due_to_one_at_a_time(self, fresh_storage: Fresh) -> None:
        """The longest due first; what is reserved as well; again once the lease ran out."""
        storage = fresh_storage()
        with storage.unit() as unit:
            unit.sms.add([a.sms(key, due_at=a.NOW + hours * a.HOUR) for key, hours in (("c", 0), ("a", -1), ("l", 1))])
            reserved = unit.sms.reserve(entry_of(unit, "c"), a.MONTH, cap=a.cap(1))
        until = a.NOW + a.HOUR
        with storage.unit() as unit:
            (first,) = unit.sms.lease(1, now=a.NOW, until=until)
            (second,) = unit.sms.lease(9, now=a.NOW, until=until)
            assert unit.sms.lease(9, now=a.NOW, until=until) == []
        assert [each.key for each in (first, second)] == ["a", "c"]
        assert second.state is ChargeState.RESERVED
        assert reserved is not None
        assert (second.leased_until, second.revision > reserved.revision) == (until, True)
        with storage.unit() as unit:
            assert [each.key for each in unit.sms.lease(9, now=until, until=until + a.HOUR)] == ["a", "c", "l"]

    @pytest.mark.clause("SL2")
    def test_an_entry_is_in_one_hand_only(self, fresh_storage: Fresh) -> None:
        """Sixteen who ask at once get each entry once, all of them together."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        storage = self._with(fresh_storage, *(str(number) for number in range(HEATS)))

        def warm() -> None:
            with storage.unit() as unit:
                unit.sms.counts()

        def lease(_heat: int, _runner: int) -> SmsEntry | None:
            with storage.unit() as unit:
                return next(iter(unit.sms.lease(1, now=a.NOW, until=a.NOW + a.HOUR)), None)

        got = [entry.key for each in heats(lease, warm=warm) for entry in won(each)]  # type: ignore[attr-defined]
        assert sorted(got) == sorted(str(number) for number in range(HEATS))

    @pytest.mark.clause("SL2")
    @pytest.mark.clause("SL3")
    def test_what_is_in_doubt_is_not_handed_out_by_itself(self, fresh_storage: Fresh) -> None:
        """Only to who asks for such, while its text is there and it was tried fewer times; nor is what is over."""
        storage = self._with(fresh_storage, "d", "w", "c", "r")
        with storage.unit() as unit:
            in_doubt(unit, "d", attempts=3)
            in_doubt(unit, "w", text=None)
            doubtful = in_doubt(unit, "c")
            assert unit.sms.change(doubtful, doubtful.charged_with(None))
            assert unit.sms.change(entry_of(unit, "r"), entry_of(unit, "r").released("x"))
        later = a.NOW + a.HOUR
        for below, keys in ((0, []), (3, []), (4, ["d"]), (4, [])):
            with storage.unit() as unit:
                found = unit.sms.lease(9, now=later, until=later + a.HOUR, doubtful_below=below)
                assert [(each.key, each.state) for each in found] == [(each, ChargeState.IN_DOUBT) for each in keys]

    @pytest.mark.clause("SL4")
    @pytest.mark.clause("SL6")
    def test_a_cost_is_reserved_while_the_cap_has_room(self, fresh_storage: Fresh) -> None:
        """To the last millionth; then no more, until something is released; other payers and months have their own."""
        storage = self._with(fresh_storage, "a", "b", "c")
        cap = a.cap(2)
        with storage.unit() as unit:
            unit.sms.add([a.sms("other", payer="sp2"), a.sms("złoty", cost=Money.parse("9 PLN"))])
            one, two, three = (entry_of(unit, each) for each in "abc")
            got = unit.sms.reserve(one, a.MONTH, cap=cap)
            assert a.exactly(got) == a.exactly(one.reserved(a.MONTH)) == a.exactly(entry_of(unit, "a"))
            assert unit.sms.reserve(one, a.MONTH, cap=cap) is None
            assert unit.sms.reserve(two, a.MONTH, cap=cap) is not None
            assert unit.sms.reserve(three, a.MONTH, cap=cap) is None
            assert a.exactly(entry_of(unit, "c")) == a.exactly(three)
            assert unit.sms.booked("sp1", a.MONTH, "EUR") == cap
            assert unit.sms.reserve(entry_of(unit, "other"), a.MONTH, cap=a.cap(1)) is not None
            assert unit.sms.reserve(entry_of(unit, "złoty"), a.MONTH, cap=cap) is None
            assert got is not None
            assert unit.sms.change(got, got.released("x"))
            assert unit.sms.reserve(three, a.MONTH, cap=cap) is not None
        with storage.snapshot() as unit:
            assert unit.sms.booked("sp1", a.MONTH, "EUR") == cap
            assert unit.sms.booked("sp1", "2026-10", "EUR") == a.cap(0)
            assert unit.sms.booked("sp1", a.MONTH, "PLN") == Money.parse("0 PLN")

    @pytest.mark.clause("SL4")
    def test_of_those_who_reserve_at_once_no_more_succeed_than_the_cap_holds(self, fresh_storage: Fresh) -> None:
        """Sixteen at once for five places in each month: five get one, and the sum says so."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        keys = [f"{heat} {runner}" for heat in range(HEATS) for runner in range(RUNNERS)]
        storage = self._with(fresh_storage, *keys)
        with storage.snapshot() as unit:
            kept = {each.key: each for each in unit.sms.known(keys)}

        def warm() -> None:
            with storage.unit() as unit:
                unit.sms.counts()

        def reserve(heat: int, runner: int) -> SmsEntry | None:
            with storage.unit() as unit:
                return unit.sms.reserve(kept[f"{heat} {runner}"], f"month {heat}", cap=a.cap(ROOM))

        assert [len(won(each)) for each in heats(reserve, warm=warm)] == [ROOM] * HEATS
        with storage.snapshot() as unit:
            assert {unit.sms.booked("sp1", f"month {heat}", "EUR") for heat in range(HEATS)} == {a.cap(ROOM)}

    @pytest.mark.clause("SL5")
    def test_what_somebody_has_changed_since_is_left_alone(self, fresh_storage: Fresh) -> None:
        """Neither written nor reserved nor booked; every field of what is written comes back."""
        storage = self._with(fresh_storage, "a", "b")
        with storage.unit() as unit:
            stale = entry_of(unit, "a")
            (held,) = (each for each in unit.sms.lease(9, now=a.NOW, until=a.NOW + a.HOUR) if each.key == "a")
            assert not unit.sms.change(stale, stale.released("x"))
            assert unit.sms.reserve(stale, a.MONTH, cap=a.cap(9)) is None
            assert a.exactly(entry_of(unit, "a")) == a.exactly(held)
            assert unit.sms.booked("sp1", a.MONTH, "EUR") == a.cap(0)
            assert not unit.sms.change(evolve(held, id=held.id + 99), held.released("x"))
            after = evolve(
                in_doubt(unit, "a"),
                code="timeout",
                gateway_id="g-1",
                delivery=Delivery.DELIVERED,
                due_at=a.NOW + a.HOUR,
            )
            assert unit.sms.change(evolve(after, code=""), evolve(after, revision=after.revision + 1))
        with storage.snapshot() as unit:
            assert a.exactly(entry_of(unit, "a")) == a.exactly(evolve(after, revision=after.revision + 1))

    @pytest.mark.clause("SL6")
    def test_what_is_booked_follows_every_change(self, fresh_storage: Fresh) -> None:
        """Reserved, in doubt, charged with more and with less, released, and charged after all."""
        storage = self._with(fresh_storage, "a", "b", "c")
        with storage.unit() as unit:
            dear, cheap, refused = (in_doubt(unit, each) for each in "abc")
            assert unit.sms.booked("sp1", a.MONTH, "EUR") == a.cap(3)
            more, less = Money.parse("1.000001 EUR"), Money.parse("0.01 EUR")
            assert unit.sms.change(dear, dear.charged_with(more))
            assert unit.sms.change(cheap, cheap.charged_with(less))
            released = refused.released("x")
            assert unit.sms.change(refused, released)
            assert unit.sms.booked("sp1", a.MONTH, "EUR") == more.plus(less)
            assert unit.sms.change(released, released.charged_with(less))
        with storage.snapshot() as unit:
            assert unit.sms.booked("sp1", a.MONTH, "EUR") == more.plus(less).plus(less)

    @pytest.mark.clause("SL7")
    def test_what_is_done_with_holds_neither_number_nor_text(self, fresh_storage: Fresh) -> None:
        """Whatever is written; what waits or is in doubt keeps both."""
        storage = self._with(fresh_storage, "a", "b", "c")
        with storage.unit() as unit:
            charged, released = in_doubt(unit, "a"), entry_of(unit, "b")
            number, text = charged.to, charged.text
            assert unit.sms.change(charged, evolve(charged.charged_with(None), to=number, text=text))
            assert unit.sms.change(released, evolve(released.released("x"), to=number, text=text))
            in_doubt(unit, "c")
        with storage.snapshot() as unit:
            held = {each.key: (each.to, each.text) for each in unit.sms.known(["a", "b", "c"])}
        assert held == {"a": (None, None), "b": (None, None), "c": (number, text)}

    @pytest.mark.clause("SL8")
    def test_entries_are_found_by_name_time_and_month(self, fresh_storage: Fresh) -> None:
        """By key, by the gateway's id, by when they were handed over, by payer and month."""
        storage = self._with(fresh_storage, "a", "b", "c")
        with storage.unit() as unit:
            unit.sms.add([a.sms("d", payer="")])
            for number, key in enumerate("abd"):
                in_doubt(unit, key, gateway_id=f"g{number}" if number else "", handed_at=a.NOW + number * a.HOUR)
            found = unit.sms.known(["c"], ["g1", ""])
            assert [each.key for each in found] == ["b", "c"]
            assert [each.key for each in unit.sms.known(["b"], ["g1"])] == ["b"]
            assert [each.key for each in unit.sms.known([], ["g1", "g2"])] == ["b", "d"]
            assert [each.key for each in unit.sms.handed_between(a.NOW, a.NOW + a.HOUR)] == ["a", "b"]
            assert unit.sms.handed_between(a.NOW + 3 * a.HOUR, a.NOW + 4 * a.HOUR) == []
            assert [each.key for each in unit.sms.of_month("sp1", a.MONTH)] == ["a", "b"]
            assert [each.key for each in unit.sms.of_month("", a.MONTH)] == ["d"]
            assert unit.sms.of_month("sp1", "2026-10") == []

    @pytest.mark.clause("SL9")
    def test_states_are_counted_and_the_oldest_that_waits_is_told(self, fresh_storage: Fresh) -> None:
        """What is in doubt or over does not wait; where nothing waits there is no oldest."""
        storage = fresh_storage()
        with storage.unit() as unit:
            assert (dict(unit.sms.counts()), unit.sms.oldest_waiting()) == ({}, None)
            unit.sms.add([a.sms(key, created_at=a.NOW + at * a.HOUR) for at, key in enumerate("abc")])
            in_doubt(unit, "a")
            assert unit.sms.oldest_waiting() == a.NOW + a.HOUR
            assert dict(unit.sms.counts()) == {ChargeState.QUOTED: 2, ChargeState.IN_DOUBT: 1}
            reserved = unit.sms.reserve(entry_of(unit, "b"), a.MONTH, cap=a.cap(9))
            assert unit.sms.oldest_waiting() == a.NOW + a.HOUR
            assert reserved is not None
            assert unit.sms.change(reserved, reserved.released("x"))
        with storage.snapshot() as unit:
            assert unit.sms.oldest_waiting() == a.NOW + 2 * a.HOUR
            assert dict(unit.sms.counts()) == dict.fromkeys(
                (ChargeState.QUOTED, ChargeState.IN_DOUBT, ChargeState.RELEASED), 1
            )
