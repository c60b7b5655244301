"""Reports are kept: the clauses of `Reports`."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.reports import ReportedBy
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures


class ReportClauses(StorageFixtures):
    """What was reported can be shown years later."""

    @pytest.mark.clause("RP1")
    def test_a_report_gets_a_number_and_is_kept(self, fresh_storage: Fresh) -> None:
        """With or without who took it down, what was said, and who was told; later ones have higher numbers."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1))
        bare = a.report(1, by=None, words="", told=(), untold=("region",), way=ReportedBy.LINK)
        with storage.unit() as unit:
            first = unit.reports.add(a.report(1))
        with storage.unit() as unit:
            second = unit.reports.add(bare)
        assert a.exactly([evolve(first, id=0), evolve(second, id=0)]) == a.exactly([a.report(1), bare])
        assert 0 < first.id < second.id
        with storage.snapshot() as unit:
            assert a.exactly(unit.reports.entries()) == a.exactly([first, second])

    @pytest.mark.clause("RP2")
    def test_reports_are_found_by_number_and_by_person(self, fresh_storage: Fresh) -> None:
        """Those after a number, those about somebody, and both at once; the oldest first, whatever their instants."""
        storage = fresh_storage()
        a.open_accounts(storage, a.opening(1), a.opening(2))
        with storage.unit() as unit:
            kept = [unit.reports.add(a.report(who, at=a.NOW - who * a.HOUR)) for who in (1, 2, 1, 2, 1)]
        with storage.snapshot() as unit:
            assert a.exactly(unit.reports.entries(after=kept[1].id)) == a.exactly(kept[2:])
            assert a.exactly(unit.reports.entries(about=PersonId(1))) == a.exactly(kept[::2])
            assert a.exactly(unit.reports.entries(after=kept[0].id, about=PersonId(1))) == a.exactly(kept[2::2])
            assert list(unit.reports.entries(about=PersonId(9))) == []
