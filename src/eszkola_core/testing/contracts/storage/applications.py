"""Access applications: the clauses of `Applications`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import Application, ApplicationState, ApplicationStep
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.stated import Sex
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures, heats, won


def _added(storage: Storage, *applications: Application) -> list[Application]:
    """Keep applications, each in a unit of its own, and return them with their numbers."""
    kept = []
    for each in applications:
        with storage.unit() as unit:
            kept.append(unit.applications.add(each))
    return kept


class ApplicationClauses(StorageFixtures):
    """What somebody asked a school for, and what was done about it, stays as it was written."""

    @pytest.mark.clause("AP1")
    def test_an_application_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """With all that the applicant states, every step in order, and the people whom it joined; or with the least."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        full = a.application(
            revision=2,
            applicant=a.claims(
                ids=(a.national_id(1),), email=a.address("Ola@Example.com"), birth_date=a.TODAY, sex=Sex.FEMALE
            ),
            applied_by=PersonId(1),
            state=ApplicationState.APPROVED,
            history=(
                a.step_taken(ApplicationStep.SUBMIT, by=PersonId(1)),
                a.step_taken(ApplicationStep.CONFIRM, name="console:zofia", reason="dowód osobisty"),
                a.step_taken(ApplicationStep.APPROVE, by=PersonId(2), at=a.NOW + timedelta(microseconds=1)),
            ),
            guardian=PersonId(1),
            child=PersonId(2),
        )
        least = a.application(student=a.place(key=a.record("Ż 2")).key)
        kept = _added(storage, full, least)

        assert a.exactly([evolve(each, id=0) for each in kept]) == a.exactly([full, least])
        assert len({each.id for each in kept}) == len(kept)
        with storage.snapshot() as unit:
            assert a.exactly([unit.applications.get(each.id) for each in kept]) == a.exactly(kept)
            assert unit.applications.get(max(each.id for each in kept) + 1) is None

    @pytest.mark.clause("AP1")
    def test_a_changed_application_comes_back_changed(self, fresh_storage: Fresh) -> None:
        """Whatever changed: the applicant's data, the state with its steps, the people."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        (before,) = _added(storage, a.application())
        after = evolve(
            before.amended(a.claims(name=PersonName("王", "小明"), ids=(a.national_id(2),))),
            applied_by=PersonId(2),
            guardian=PersonId(2),
            child=PersonId(1),
        )
        with storage.unit() as unit:
            unit.applications.save(after)
            unit.applications.save(after.taken(a.step_taken(ApplicationStep.WITHDRAW, reason="nie chcę")))
        with storage.snapshot() as unit:
            assert a.exactly(unit.applications.get(before.id)) == a.exactly(
                after.taken(a.step_taken(ApplicationStep.WITHDRAW, reason="nie chcę"))
            )

    @pytest.mark.clause("AP2")
    def test_only_the_next_revision_is_written(self, fresh_storage: Fresh) -> None:
        """The same one again, one that skips, and one of an application that is not there are conflicts."""
        storage = fresh_storage()
        (kept,) = _added(storage, a.application(revision=4))
        for revision in (3, 4, 6):
            with pytest.raises(Conflict), storage.unit() as unit:
                unit.applications.save(evolve(kept, revision=revision, state=ApplicationState.WITHDRAWN))
        with pytest.raises(Conflict), storage.unit() as unit:
            unit.applications.save(evolve(kept, id=kept.id + 1, revision=5))
        with storage.snapshot() as unit:
            assert a.exactly(unit.applications.get(kept.id)) == a.exactly(kept)

    @pytest.mark.clause("AP2")
    def test_of_those_who_decide_at_once_one_does(self, fresh_storage: Fresh) -> None:
        """Sixteen who looked at the same application save at once: one is written, the others must look again."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        storage = fresh_storage()
        kept = _added(storage, *(a.application() for _ in range(20)))

        def warm() -> None:
            with storage.unit() as unit:
                unit.applications.get(kept[0].id)

        def save(heat: int, runner: int) -> int:
            with storage.unit() as unit:
                unit.applications.save(evolve(kept[heat], revision=1, state=a.APPLICATION_STATES[runner % 8]))
            return runner

        winners = [won(outcomes) for outcomes in heats(save, warm=warm)]

        assert [len(each) for each in winners] == [1] * len(winners)

    @pytest.mark.clause("AP3")
    def test_a_schools_applications_come_in_order(self, fresh_storage: Fresh) -> None:
        """Those of other schools are left out, and those in other states where states are named."""
        storage = fresh_storage()
        elsewhere = a.place(key=a.record(roster=evolve(a.STUDENTS, school="sp2"))).key
        kept = _added(
            storage,
            *(a.application(state=each) for each in (ApplicationState.SUBMITTED, ApplicationState.DRAFT)),
            a.application(student=elsewhere, state=ApplicationState.SUBMITTED),
            *(a.application(state=ApplicationState.SUBMITTED) for _ in range(9)),
        )
        here = [each for each in kept if each.school == "sp1"]
        with storage.snapshot() as unit:
            assert list(unit.applications.of_school("sp1")) == here
            submitted = unit.applications.of_school("sp1", states={ApplicationState.SUBMITTED})
            assert list(submitted) == [each for each in here if each.state is ApplicationState.SUBMITTED]
            assert list(unit.applications.of_school("sp1", states=())) == []
            assert list(unit.applications.of_school("sp9")) == []

    @pytest.mark.clause("AP4")
    def test_what_nobody_touches_is_found(self, fresh_storage: Fresh) -> None:
        """The undecided ones only, the instant itself included, those that wait longest first, up to the limit."""
        storage = fresh_storage()
        waiting = [ApplicationState.CONFIRMED, ApplicationState.DRAFT, ApplicationState.RETURNED]
        kept = _added(
            storage,
            *(a.application(begun_at=a.NOW - hours * a.HOUR, state=each) for hours, each in enumerate(waiting)),
            a.application(begun_at=a.NOW - 9 * a.HOUR, state=ApplicationState.REJECTED),
            a.application(begun_at=a.NOW - 9 * a.HOUR, history=(a.step_taken(ApplicationStep.SUBMIT),)),
        )
        first, second, third, _, moved = kept
        with storage.snapshot() as unit:
            assert list(unit.applications.unmoved(a.NOW - a.HOUR, limit=9)) == [third, second]
            assert list(unit.applications.unmoved(a.NOW - a.HOUR, limit=1)) == [third]
            assert list(unit.applications.unmoved(a.NOW, limit=9)) == [third, second, first, moved]

    @pytest.mark.clause("AP5")
    def test_applications_are_found_by_the_people_in_them(self, fresh_storage: Fresh) -> None:
        """Whoever applied, the guardian and the child, each once and in order."""
        storage = fresh_storage()
        a.open_accounts(storage, *(a.opening(number) for number in (1, 2, 3)))
        one, two, three = map(PersonId, (1, 2, 3))
        kept = _added(
            storage,
            a.application(applied_by=one),
            a.application(guardian=one, child=two, applied_by=one),
            a.application(),
            a.application(guardian=three, child=one),
        )
        with storage.snapshot() as unit:
            found = {who: [each.id for each in unit.applications.about(who)] for who in (one, two, three)}
        numbers = [each.id for each in kept]
        assert found == {one: [numbers[0], numbers[1], numbers[3]], two: [numbers[1]], three: [numbers[3]]}
