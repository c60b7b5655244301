"""Races, run hot: 16 threads over warm connections, 20 heats."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.leases import Lease
from eszkola_core.domain.logins import Login
from eszkola_core.domain.runs import Changes, Opening
from eszkola_core.domain.tokens import Purpose
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import HEATS, RUNNERS, Fresh, StorageFixtures, heats, won

A_FEW = 5


class Races(StorageFixtures):
    """Of any number of simultaneous attempts at the same thing at most one succeeds."""

    def _warm(self, storage: Storage) -> None:
        with storage.unit() as unit:
            unit.rosters.newest_run()

    def _concurrent_storage(self, fresh_storage: Fresh) -> Storage:
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in range(1, RUNNERS + 1)))
        return storage

    @pytest.mark.clause("ST3")
    def test_units_that_write_take_turns(self, fresh_storage: Fresh) -> None:
        """Whoever looks and writes in one unit is never overtaken: every change counts, and none meets a conflict."""
        storage = self._concurrent_storage(fresh_storage)

        def change(_heat: int, _runner: int) -> int:
            with storage.unit() as unit:
                person = unit.people.get_many([PersonId(1)])[PersonId(1)]
                unit.people.save(person.changed())
            return person.revision

        outcomes = heats(change, warm=lambda: self._warm(storage))

        seen = [each for heat in outcomes for each in heat]
        assert not [each for each in seen if isinstance(each, Conflict)]
        assert sorted(each for each in seen if isinstance(each, int)) == list(range(HEATS * RUNNERS))

    @pytest.mark.clause("TO4")
    def test_of_simultaneous_spends_one_wins(self, fresh_storage: Fresh) -> None:
        """Sixteen open the same link at once, and one gets in."""
        storage = self._concurrent_storage(fresh_storage)
        with storage.unit() as unit:
            for heat in range(HEATS):
                unit.tokens.add(evolve(a.token(str(heat)), person=PersonId(1 + heat % RUNNERS), purpose=_purpose(heat)))

        def spend(heat: int, _runner: int) -> object:
            with storage.unit() as unit:
                return unit.tokens.spend(a.digest(str(heat)), purposes={_purpose(heat)}, now=a.NOW)

        for outcomes in heats(spend, warm=lambda: self._warm(storage)):
            assert len(won(outcomes)) == 1

    @pytest.mark.clause("OU2")
    def test_each_message_is_handed_to_one_dispatcher(self, fresh_storage: Fresh) -> None:
        """Sixteen dispatchers ask at once: all that is due is handed out, and nothing twice."""
        storage = self._concurrent_storage(fresh_storage)
        with storage.unit() as unit:
            for heat in range(HEATS):
                due = a.NOW + heat * a.HOUR
                unit.outbox.add([a.message(f"{heat}/{number}", due_at=due) for number in range(A_FEW)])

        def lease(heat: int, _runner: int) -> list[str]:
            now = a.NOW + heat * a.HOUR
            with storage.unit() as unit:
                return [each.key for each in unit.outbox.lease(2, now=now, until=now + 1000 * a.HOUR)]

        for heat, outcomes in enumerate(heats(lease, warm=lambda: self._warm(storage))):
            handed = [key for each in outcomes if isinstance(each, list) for key in each]
            assert sorted(handed) == [f"{heat}/{number}" for number in range(A_FEW)]

    @pytest.mark.clause("OU8")
    def test_each_request_is_handed_to_one_taker(self, fresh_storage: Fresh) -> None:
        """Sixteen take requests at once: every one is taken, and none twice."""
        storage = self._concurrent_storage(fresh_storage)
        asked = HEATS * A_FEW
        with storage.unit() as unit:
            for number in range(asked):
                unit.outbox.ask(a.request(str(number)))

        def take(_heat: int, _runner: int) -> list[str]:
            with storage.unit() as unit:
                return [each.identifier.reveal() for each in unit.outbox.take_requests(1)]

        outcomes = heats(take, warm=lambda: self._warm(storage))

        taken = [text for heat in outcomes for each in heat if isinstance(each, list) for text in each]
        assert sorted(taken) == sorted(map(str, range(asked)))

    @pytest.mark.clause("LE2")
    def test_of_those_who_take_the_work_at_once_one_gets_it(self, fresh_storage: Fresh) -> None:
        """Sixteen begin an import at once, the first of all and whenever the last holder is dead: one runs it."""
        storage = self._concurrent_storage(fresh_storage)

        def take(heat: int, runner: int) -> Lease | None:
            with storage.unit() as unit:
                return a.lease(unit, str(runner), now=a.NOW + heat * a.HOUR)

        fences = []
        for outcomes in heats(take, warm=lambda: self._warm(storage)):
            (winner,) = won(outcomes)
            assert isinstance(winner, Lease)
            fences.append(winner.fence)
        assert fences == sorted(set(fences))

    @pytest.mark.clause("PE4")
    @pytest.mark.clause("RO7")
    def test_an_address_has_one_first_holder(self, fresh_storage: Fresh) -> None:
        """Sixteen people take the same free address at once, by an import or by themselves: one gets it."""
        storage = self._concurrent_storage(fresh_storage)

        def take(heat: int, runner: int) -> PersonId:
            number = PersonId(runner + 1)
            with storage.unit() as unit:
                person = unit.people.get_many([number])[number]
                changed = person.changed(central=a.address(f"wolny{heat}@example.com"))
                if runner % 2:
                    unit.people.save(changed)
                else:
                    unit.rosters.save(
                        a.run(f"{heat} {runner}"),
                        Changes(after_run=unit.rosters.newest_run(), people=[changed]),
                    )
            return number

        for heat, outcomes in enumerate(heats(take, warm=lambda: self._warm(storage))):
            winners = won(outcomes)
            assert len(winners) == 1
            if heat == HEATS - 1:
                with storage.snapshot() as unit:
                    holder = unit.people.by_central(f"wolny{heat}@example.com")
                assert [each.id for each in holder] == winners

    @pytest.mark.clause("RO7")
    def test_a_login_is_given_once(self, fresh_storage: Fresh) -> None:
        """Sixteen accounts are opened under the same login at once, in whatever case: one is there afterwards."""
        storage = self._concurrent_storage(fresh_storage)

        def open_one(heat: int, runner: int) -> PersonId:
            number = PersonId(100 + RUNNERS * heat + runner)
            login = "Jan.Kot" if runner % 2 else "jan.kot"
            person = a.person(number, login=f"{login}{heat + 1}", platform_address=f"{number}@uczen.example")
            with storage.unit() as unit:
                a.save(unit, openings=[Opening(person=person, login=Login("jan.kot", heat + 1))])
            return number

        for heat, outcomes in enumerate(heats(open_one, warm=lambda: self._warm(storage))):
            (winner,) = won(outcomes)
            with storage.snapshot() as unit:
                found = unit.people.by_login(f"jan.kot{heat + 1}")
            assert found is not None
            assert found.id == winner

    @pytest.mark.clause("RO7")
    def test_of_runs_on_the_same_ground_one_is_saved(self, fresh_storage: Fresh) -> None:
        """Sixteen imports that were planned after the same run are saved at once: the ground of the others moved."""
        storage = self._concurrent_storage(fresh_storage)
        with storage.snapshot() as unit:
            newest = unit.rosters.newest_run()

        def apply(heat: int, runner: int) -> int:
            changes = Changes(after_run=newest + heat, records=[a.record_state(a.record(f"{heat} {runner}"))])
            with storage.unit() as unit:
                return unit.rosters.save(a.run(f"{heat} {runner}"), changes).id

        outcomes = heats(apply, warm=lambda: self._warm(storage))
        assert [won(each) for each in outcomes] == [[newest + heat + 1] for heat in range(HEATS)]

    @pytest.mark.clause("ST3")
    @pytest.mark.clause("AT1")
    def test_every_attempt_counts(self, fresh_storage: Fresh) -> None:
        """Sixteen fail at the same door at once: none overwrites what another has written."""
        storage, key = self._concurrent_storage(fresh_storage), a.digest("door")
        with storage.unit() as unit:
            unit.attempts.put({key: a.tally()})

        def fail(_heat: int, _runner: int) -> bool:
            with storage.unit() as unit:
                tally = unit.attempts.tallies([key])[key]
                unit.attempts.put({key: evolve(tally, touched_at=tally.touched_at + timedelta(seconds=1))})
            return True

        assert {len(won(each)) for each in heats(fail, warm=lambda: self._warm(storage))} == {RUNNERS}
        with storage.snapshot() as unit:
            assert unit.attempts.tallies([key])[key].touched_at == a.NOW + timedelta(seconds=HEATS * RUNNERS)


def _purpose(heat: int) -> Purpose:
    """Return a purpose such that no token of a race replaces another."""
    return Purpose.RECOVERY if heat < RUNNERS else Purpose.FIRST_ACCESS
