"""Conflicts as a queue: the clauses of `Cases`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import RosterKey
from eszkola_core.domain.conflicts import CaseHappening, CaseKind, ConflictCase, Subject
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

_ELSEWHERE: Final = a.record("Ł-1", roster=RosterKey("Ż", "uonet", "students"))
_STUDENT: Final = a.place().key
_GUARDIAN: Final = a.place("Đorđe ćwiek").key
_OTHER: Final = a.place("Đorđe ćwiek", key=_ELSEWHERE).key
_MANY: Final = 3_001


class CaseClauses(StorageFixtures):
    """Each subject has one case, which is found by what it is about, and changed by whoever saw it last."""

    @pytest.mark.clause("CC1")
    def test_a_subject_has_one_case_under_a_number_of_its_own(self, fresh_storage: Fresh) -> None:
        """Numbers ascend in the order given, also after all were forgotten; of a second case nothing is kept."""
        storage = fresh_storage()
        with storage.unit() as unit:
            assert list(unit.cases.add([])) == []
            first = unit.cases.add([a.case(_STUDENT), a.case(_GUARDIAN), a.case(a.record())])
        assert [each.number for each in first] == sorted({each.number for each in first})
        with storage.unit() as unit:
            with pytest.raises(Conflict):
                unit.cases.add([a.case(_OTHER), a.case(_GUARDIAN, schools=("sp2",))])
            with pytest.raises(Conflict):
                unit.cases.add([a.case(_OTHER), a.case(_OTHER)])
            assert list(unit.cases.listed()) == list(first)
            kinds = unit.cases.add([a.case(_GUARDIAN, kind=each) for each in (CaseKind.RENAMED, CaseKind.AMBIGUOUS)])
            pair = unit.cases.add([a.case(_GUARDIAN, other=_OTHER)])
            known = [*first, *kinds, *pair]
            unit.cases.change([_over(each) for each in known])
        with storage.unit() as unit:
            assert unit.cases.forget(a.NOW + 2 * a.HOUR) == len(known)
            again = unit.cases.add([a.case(_STUDENT)])
        assert min(each.number for each in again) > max(each.number for each in known)

    @pytest.mark.clause("CC2")
    def test_what_was_kept_comes_back_equal(self, fresh_storage: Fresh) -> None:
        """New, asked to be mended, over for either reason, and back; about a place, a pair or a record."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        with storage.unit() as unit:
            kept = list(unit.cases.add([a.case(_STUDENT), a.case(_GUARDIAN, other=_OTHER), a.case(a.record())]))
        schools = ("sp1", "sp2", "Ż")
        steps: tuple[Callable[[ConflictCase], ConflictCase], ...] = (
            lambda case: case.assigned(PersonId(1)),
            lambda case: case.concerning(schools),
            lambda case: case.closed(CaseHappening.DECIDED, a.NOW + a.HOUR),
            lambda case: case.come_back(a.NOW + 2 * a.HOUR, ("sp1",)),
            lambda case: case.closed(CaseHappening.GROUND_GONE, a.NOW + 3 * a.HOUR),
        )
        for step in steps:
            assert _seen(storage, kept) == [a.exactly(each) for each in kept]
            with storage.unit() as unit:
                kept = [step(each) for each in kept]
                unit.cases.change(kept)
                assert a.exactly([unit.cases.get(each.number) for each in kept]) == a.exactly(kept)
        assert _seen(storage, kept) == [a.exactly(each) for each in kept]
        with storage.snapshot() as looked:
            assert looked.cases.get(max(each.number for each in kept) + 1) is None
            assert list(looked.cases.about([each for case in kept[::-1] for each in case.subject.keys])) == kept

    @pytest.mark.clause("CC3")
    def test_a_case_is_found_by_either_place_and_by_no_other(self, fresh_storage: Fresh) -> None:
        """Whether few keys are asked for or thousands; a record is no place in it, and one elsewhere is another."""
        storage = fresh_storage()
        strangers = [a.place(key=a.record(f"{each}")).key for each in range(_MANY)]
        with storage.unit() as unit:
            student, pair, record, over = unit.cases.add(
                [a.case(_STUDENT), a.case(_GUARDIAN, other=_OTHER), a.case(_STUDENT.record), a.case(_OTHER)]
            )
            over = _over(over)
            unit.cases.change([over])
        with storage.snapshot() as looked:
            for keys, found in (
                ([], []),
                ([_STUDENT], [student]),
                ([_GUARDIAN], [pair]),
                ([_OTHER], [pair, over]),
                ([_STUDENT.record], [record]),
                ([_ELSEWHERE], []),
                ([a.place("g").key], []),
            ):
                assert list(looked.cases.about(keys)) == found
                assert list(looked.cases.about([*strangers, *keys])) == found

    @pytest.mark.clause("CC4")
    def test_whoever_saw_an_older_case_changes_none(self, fresh_storage: Fresh) -> None:
        """Not the one that is late, not those beside it, and nothing that is not there."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            unit.cases.change([])
            first, second = unit.cases.add([a.case(_STUDENT), a.case(_GUARDIAN)])
            unit.cases.change([first.assigned(PersonId(1))])
        late = first.assigned(PersonId(2))
        for changed in ([late], [_over(second), late], [evolve(_over(second), number=second.number + 1)]):
            with storage.unit() as unit, pytest.raises(Conflict):
                unit.cases.change(changed)
        with storage.snapshot() as looked:
            assert list(looked.cases.listed()) == [first.assigned(PersonId(1)), second]

    @pytest.mark.clause("CC5")
    def test_open_cases_are_listed_apart_from_closed_ones(self, fresh_storage: Fresh) -> None:
        """Of all schools or of some, each once, in the order of numbers; other schools see nothing of them."""
        storage = fresh_storage()
        with storage.unit() as unit:
            both, one, over, other = unit.cases.add(
                [
                    a.case(_GUARDIAN, other=_OTHER, schools=("sp1", "Ż")),
                    a.case(_STUDENT, schools=("sp1",)),
                    a.case(_STUDENT, kind=CaseKind.NAME_CONFLICT, schools=("sp1",)),
                    a.case(_OTHER, schools=("Ż",)),
                ]
            )
            over = _over(over)
            unit.cases.change([over, one.concerning(("sp2",))])
            one = one.concerning(("sp2",))
        with storage.snapshot() as looked:
            assert list(looked.cases.listed()) == [both, one, other]
            assert list(looked.cases.listed(["Ż", "sp1"])) == [both, other]
            assert list(looked.cases.listed(["sp2"])) == [one]
            assert list(looked.cases.listed([])) == list(looked.cases.listed(["sp3"])) == []
            assert list(looked.cases.listed(closed=True)) == list(looked.cases.listed(["sp1"], closed=True)) == [over]
            assert list(looked.cases.listed(["Ż"], closed=True)) == []

    @pytest.mark.clause("CC6")
    def test_what_closed_long_ago_is_forgotten(self, fresh_storage: Fresh) -> None:
        """Not what closed at the instant itself, nor what is open, however old; its subject may have a case again."""
        storage = fresh_storage()
        with storage.unit() as unit:
            old, now, still = unit.cases.add([a.case(_STUDENT), a.case(_GUARDIAN), a.case(_OTHER)])
            closed = CaseHappening.GROUND_GONE
            unit.cases.change([old.closed(closed, a.NOW), now.closed(closed, a.NOW + a.HOUR)])
        with storage.unit() as unit:
            assert unit.cases.forget(a.NOW + a.HOUR) == 1
            assert unit.cases.forget(a.NOW + a.HOUR) == 0
            assert unit.cases.get(old.number) is None
            assert [each.number for each in unit.cases.listed(closed=True)] == [now.number]
            assert list(unit.cases.listed()) == [still]
            assert [each.subject for each in unit.cases.add([a.case(_STUDENT)])] == [Subject(a.CASE, _STUDENT)]


def _over(case: ConflictCase) -> ConflictCase:
    return case.closed(CaseHappening.GROUND_GONE, a.NOW + a.HOUR)


def _seen(storage: Storage, cases: Iterable[ConflictCase]) -> list[object]:
    """Return *cases* as a later look finds them."""
    with storage.snapshot() as looked:
        found = (looked.cases.get(each.number) for each in cases)
        return [a.exactly(each) for each in found if each is not None]
