"""Licences: the clauses of `Licences`."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.licences import Entitling, LicenceState, withdrawn
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import HEATS, RUNNERS, Fresh, StorageFixtures, heats, won

SEATS = 5


class LicenceClauses(StorageFixtures):
    """No seat is given twice."""

    def _with_pool(self, fresh_storage: Fresh, *, people: int = 3, seats: int = 2) -> Storage:
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in range(1, people + 1)))
        with storage.unit() as unit:
            unit.licences.put_pool(a.pool(seats=seats))
        return storage

    @pytest.mark.clause("LI1")
    def test_a_pool_comes_back_equal_and_is_replaced(self, fresh_storage: Fresh) -> None:
        """In the order of the keys; the next one of a key takes the place of the former."""
        storage = fresh_storage()
        with storage.unit() as unit:
            unit.licences.put_pool(a.pool("ż", roles=frozenset({Entitling.TEACHER})))
            unit.licences.put_pool(a.pool("a", seats=7))
            unit.licences.put_pool(a.pool("ż", seats=9, product="Inny", roles=frozenset({Entitling.STUDENT})))
        with storage.snapshot() as unit:
            assert list(unit.licences.pools()) == [
                a.pool("a", seats=7),
                a.pool("ż", seats=9, product="Inny", roles=frozenset({Entitling.STUDENT})),
            ]

    @pytest.mark.clause("LI1")
    def test_a_pool_keeps_as_many_seats_as_are_taken(self, fresh_storage: Fresh) -> None:
        """Fewer is a conflict and changes nothing; exactly as many is enough."""
        storage = self._with_pool(fresh_storage)
        with storage.unit() as unit:
            unit.licences.assign(a.licence(1))
            unit.licences.assign(a.licence(2))
        with pytest.raises(Conflict), storage.unit() as unit:
            unit.licences.put_pool(a.pool(seats=1))
        with storage.unit() as unit:
            assert list(unit.licences.pools()) == [a.pool(seats=2)]
            unit.licences.put_pool(a.pool(seats=2, product="Nowy"))

    @pytest.mark.clause("LI2")
    def test_a_licence_is_kept_while_there_is_a_seat(self, fresh_storage: Fresh) -> None:
        """With its number; where no seat is left, the pool is unknown, or the person has one, there is none."""
        storage = self._with_pool(fresh_storage)
        with storage.unit() as unit:
            first = unit.licences.assign(a.licence(1))
            assert first is not None
            assert first.id > 0
            assert a.exactly(evolve(first, id=0)) == a.exactly(a.licence(1))
            assert unit.licences.assign(a.licence(1)) is None
            assert unit.licences.assign(a.licence(2, pool="unknown")) is None
            second = unit.licences.assign(a.licence(2))
            assert unit.licences.assign(a.licence(3)) is None
        with storage.snapshot() as unit:
            assert a.exactly(list(unit.licences.held("office"))) == a.exactly([first, second])

    @pytest.mark.clause("LI3")
    def test_of_simultaneous_assignments_as_many_win_as_there_are_seats(self, fresh_storage: Fresh) -> None:
        """Sixteen ask at once for five seats of each pool: five get one."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        storage = self._with_pool(fresh_storage, people=RUNNERS)
        with storage.unit() as unit:
            for heat in range(HEATS):
                unit.licences.put_pool(a.pool(str(heat), seats=SEATS))

        def warm() -> None:
            with storage.unit() as unit:
                unit.licences.pools()

        def assign(heat: int, runner: int) -> object:
            with storage.unit() as unit:
                return unit.licences.assign(a.licence(runner + 1, pool=str(heat)))

        assert [len(won(each)) for each in heats(assign, warm=warm)] == [SEATS] * HEATS
        with storage.snapshot() as unit:
            assert [len(unit.licences.held(str(heat))) for heat in range(HEATS)] == [SEATS] * HEATS

    @pytest.mark.clause("LI4")
    def test_a_licence_that_is_withdrawn_frees_its_seat(self, fresh_storage: Fresh) -> None:
        """In grace it keeps the seat; withdrawn it frees it once, and never holds it again."""
        storage = self._with_pool(fresh_storage, seats=1)
        with storage.unit() as unit:
            licence = unit.licences.assign(a.licence(1))
            assert licence is not None
            grace = evolve(licence, state=LicenceState.GRACE, grace_until=a.NOW + a.HOUR)
            assert unit.licences.change(licence, grace)
            assert not unit.licences.change(licence, withdrawn(licence))
            assert unit.licences.assign(a.licence(2)) is None
            assert unit.licences.change(grace, ended := withdrawn(grace))
            assert not unit.licences.change(grace, ended)
            other = unit.licences.assign(a.licence(2))
            assert other is not None
            assert not unit.licences.change(ended, evolve(ended, state=LicenceState.ASSIGNED))
        with storage.snapshot() as unit:
            assert a.exactly(list(unit.licences.held("office"))) == a.exactly([other])
            assert a.exactly(list(unit.licences.of(PersonId(1)))) == a.exactly([ended])

    @pytest.mark.clause("LI5")
    def test_licences_are_found_by_person_and_by_pool(self, fresh_storage: Fresh) -> None:
        """Those of a person in every pool and state; those of a pool that take a seat; each the oldest first."""
        storage = self._with_pool(fresh_storage, seats=9)
        with storage.unit() as unit:
            unit.licences.put_pool(a.pool("b", seats=9))
            first = unit.licences.assign(a.licence(2))
            second = unit.licences.assign(a.licence(1))
            third = unit.licences.assign(a.licence(2, pool="b"))
            former = unit.licences.assign(a.licence(1, pool="b"))
            assert former is not None
            assert unit.licences.change(former, withdrawn(former))
        with storage.snapshot() as unit:
            assert a.exactly(list(unit.licences.of(PersonId(2)))) == a.exactly([first, third])
            assert a.exactly(list(unit.licences.held("office"))) == a.exactly([first, second])
            assert a.exactly(list(unit.licences.held("b"))) == a.exactly([third])
            assert a.exactly(list(unit.licences.of(PersonId(1)))) == a.exactly([second, withdrawn(former)])
            assert list(unit.licences.held("unknown")) == []
            assert list(unit.licences.of(PersonId(3))) == []
