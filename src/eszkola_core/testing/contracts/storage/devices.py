"""Mobile devices: the clauses of `Devices`."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.hidden import Secret
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import HEATS, Fresh, StorageFixtures, heats, won

KEY = Secret("klucz-urządzenia")


class DeviceClauses(StorageFixtures):
    """A device is found by what it shows, and changes hands once."""

    def _with_two(self, fresh_storage: Fresh) -> Storage:
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        return storage

    @pytest.mark.clause("DE1")
    def test_a_pairing_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """Each with a number of its own, whatever is set of it."""
        storage = self._with_two(fresh_storage)
        with storage.unit() as unit:
            named = a.device("b", name="Telefon Żanety", pin=None, wrong_pins=2)
            first, second = unit.devices.add(a.device("a")), unit.devices.add(named)
        assert 0 < first.id < second.id
        assert a.exactly([evolve(each, id=0) for each in (first, second)]) == a.exactly([a.device("a"), named])
        with storage.snapshot() as unit:
            assert a.exactly(unit.devices.find(a.digest("a"))) == a.exactly(first)
            assert a.exactly(unit.devices.find(a.digest("b"))) == a.exactly(second)

    @pytest.mark.clause("DE2")
    def test_a_device_is_found_by_its_key_and_no_more_by_its_token(self, fresh_storage: Fresh) -> None:
        """Once it is paired the code that was shown leads nowhere; what has ended is found all the same."""
        storage = self._with_two(fresh_storage)
        with storage.unit() as unit:
            pairing = unit.devices.add(a.device("a"))
            paired = pairing.paired(KEY, "Telefon", a.NOW)
            assert unit.devices.change(pairing, paired)
            assert unit.devices.find(a.digest("a")) is None
            assert unit.devices.find(a.digest("unknown")) is None
            assert a.exactly(unit.devices.find(paired.digest)) == a.exactly(paired)
            ended = paired.ended(DeviceEnd.REVOKED, a.NOW + a.HOUR)
            assert unit.devices.change(paired, ended)
        with storage.snapshot() as unit:
            assert a.exactly(unit.devices.find(paired.digest)) == a.exactly(ended)

    @pytest.mark.clause("DE3")
    def test_a_device_that_has_changed_is_not_written_over(self, fresh_storage: Fresh) -> None:
        """Whoever looked before somebody changed it changes nothing, and neither does who made one up."""
        storage = self._with_two(fresh_storage)
        with storage.unit() as unit:
            seen = unit.devices.add(a.device("a"))
            once = evolve(seen, wrong_pins=1)
            assert unit.devices.change(seen, once)
            assert not unit.devices.change(seen, evolve(seen, wrong_pins=7))
            assert not unit.devices.change(evolve(once, id=99), once)
            assert a.exactly(unit.devices.find(a.digest("a"))) == a.exactly(once)

    @pytest.mark.clause("DE3")
    def test_of_simultaneous_pairings_one_wins(self, fresh_storage: Fresh) -> None:
        """Sixteen scan the same code at once: one of them is paired."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        storage = self._with_two(fresh_storage)
        with storage.unit() as unit:
            seen = [unit.devices.add(a.device(str(heat))) for heat in range(HEATS)]

        def warm() -> None:
            with storage.unit() as unit:
                unit.devices.of(PersonId(1))

        def pair(heat: int, runner: int) -> bool | None:
            after = seen[heat].paired(Secret(f"{heat}/{runner}"), "Telefon", a.NOW)
            with storage.unit() as unit:
                return unit.devices.change(seen[heat], after) or None

        assert [len(won(each)) for each in heats(pair, warm=warm)] == [1] * HEATS

    @pytest.mark.clause("DE4")
    def test_the_devices_of_a_person_come_the_oldest_first(self, fresh_storage: Fresh) -> None:
        """Their own, and no one else's."""
        storage = self._with_two(fresh_storage)
        with storage.unit() as unit:
            mine = [unit.devices.add(a.device(str(number))) for number in range(12)]
            unit.devices.add(a.device("x", 2))
        with storage.snapshot() as unit:
            assert a.exactly(list(unit.devices.of(PersonId(1)))) == a.exactly(mine)
            assert list(unit.devices.of(PersonId(3))) == []

    @pytest.mark.clause("DE5")
    def test_all_devices_of_a_person_end(self, fresh_storage: Fresh) -> None:
        """Pairings are dead, devices revoked; what ended before keeps its end, and others' go on."""
        storage = self._with_two(fresh_storage)
        later = a.NOW + a.HOUR
        with storage.unit() as unit:
            pairing = unit.devices.add(a.device("a"))
            device = unit.devices.add(a.device("b"))
            paired = device.paired(KEY, "Telefon", a.NOW)
            unit.devices.change(device, paired)
            before = unit.devices.add(a.device("c"))
            dead = before.ended(DeviceEnd.TOO_MANY_PINS, a.NOW)
            unit.devices.change(before, dead)
            other = unit.devices.add(a.device("d", 2))
            counts = [
                unit.devices.end_all(PersonId(1), end=DeviceEnd(end), now=later) for end in ("locked", "reported")
            ]
        assert counts == [len([pairing, paired]), 0]
        with storage.snapshot() as unit:
            ended = [pairing.ended(DeviceEnd.LOCKED, later), paired.ended(DeviceEnd.LOCKED, later), dead]
            assert a.exactly(list(unit.devices.of(PersonId(1)))) == a.exactly(ended)
            assert a.exactly(list(unit.devices.of(PersonId(2)))) == a.exactly([other])
