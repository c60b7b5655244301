"""The journal: the clauses of `Audit`."""

from __future__ import annotations

from contextlib import suppress

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.audit import Head
from eszkola_core.errors import Conflict
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures, heats, won


class AuditClauses(StorageFixtures):
    """What is written down stays written."""

    @pytest.mark.clause("AU1")
    def test_an_entry_comes_back_equal_and_in_order(self, fresh_storage: Fresh) -> None:
        """With its people in their order, its detail, and whether a person or the console did it."""
        entries = [
            a.audit_entry(1, on=(PersonId(3), PersonId(1)), detail={"role": "secretary", "szkoła": "SP 1"}),
            a.audit_entry(2, by=None, console="zofia", on=(), where="", why=""),
            *(a.audit_entry(number) for number in range(3, 12)),
        ]
        storage = fresh_storage()
        for entry in entries:
            with storage.unit() as unit:
                unit.audit.add(entry)
        with storage.snapshot() as unit:
            assert a.exactly(list(unit.audit.entries())) == a.exactly(entries)

    @pytest.mark.clause("AU2")
    def test_the_journal_has_no_gap_and_no_number_twice(self, fresh_storage: Fresh) -> None:
        """An entry that is not the next one is a conflict, and is not kept."""
        storage = fresh_storage()
        with storage.unit() as unit:
            unit.audit.add(a.audit_entry(1))
        for number in (1, 3, 0):
            with pytest.raises(Conflict), storage.unit() as unit:
                unit.audit.add(a.audit_entry(number, why="inny"))
        with storage.snapshot() as unit:
            assert a.exactly(list(unit.audit.entries())) == a.exactly([a.audit_entry(1)])

    @pytest.mark.clause("AU2")
    def test_of_entries_with_one_number_one_is_kept(self, fresh_storage: Fresh) -> None:
        """Sixteen who looked at the same head add at once: one is written, the others must look again."""
        if not self.concurrent:
            pytest.skip("this storage serves one thread at a time: `concurrent` is False")
        storage = fresh_storage()

        def warm() -> None:
            with storage.unit() as unit:
                unit.audit.head()

        def add(heat: int, runner: int) -> int:
            with storage.unit() as unit:
                unit.audit.add(a.audit_entry(heat + 1, why=str(runner)))
            return runner

        winners = [won(outcomes) for outcomes in heats(add, warm=warm)]

        assert [len(each) for each in winners] == [1] * len(winners)
        with storage.snapshot() as unit:
            assert [each.why for each in unit.audit.entries()] == [str(each) for (each,) in winners]

    @pytest.mark.clause("AU3")
    def test_the_head_is_the_newest_entry(self, fresh_storage: Fresh) -> None:
        """Nothing before the first, and nothing of a unit that was left."""
        storage = fresh_storage()
        with storage.unit() as unit:
            assert unit.audit.head() == Head()
            for number in range(1, 13):
                unit.audit.add(a.audit_entry(number))
                assert unit.audit.head() == Head(number, a.digest(str(number)))
        with suppress(LookupError), storage.unit() as unit:
            unit.audit.add(a.audit_entry(13))
            raise LookupError
        with storage.snapshot() as unit:
            assert unit.audit.head() == Head(12, a.digest("12"))

    @pytest.mark.clause("AU4")
    def test_entries_are_found_by_number_and_by_person(self, fresh_storage: Fresh) -> None:
        """Those after a number; those that somebody did or that were done to them, each once."""
        entries = [
            a.audit_entry(1, by=PersonId(1), on=(PersonId(2),)),
            a.audit_entry(2, by=PersonId(2), on=(PersonId(1), PersonId(2))),
            a.audit_entry(3, by=None, on=()),
            a.audit_entry(4, by=PersonId(3), on=(PersonId(2),)),
        ]
        storage = fresh_storage()
        with storage.unit() as unit:
            for entry in entries:
                unit.audit.add(entry)
        with storage.snapshot() as unit:
            assert [each.number for each in unit.audit.entries(after=2)] == [3, 4]
            assert [each.number for each in unit.audit.entries(about=PersonId(1))] == [1, 2]
            assert [each.number for each in unit.audit.entries(about=PersonId(2), after=1)] == [2, 4]
            assert list(unit.audit.entries(about=PersonId(9))) == []

    @pytest.mark.clause("AU3")
    @pytest.mark.clause("AU5")
    def test_a_checkpoint_stands_in_for_the_oldest_entries(self, fresh_storage: Fresh) -> None:
        """What is after it stays as it was and goes on; a newer checkpoint takes the place of the former one."""
        storage = fresh_storage()
        entries = [a.audit_entry(number) for number in range(1, 7)]
        with storage.unit() as unit:
            assert unit.audit.checkpoint() is None
            for entry in entries[:5]:
                unit.audit.add(entry)
            unit.audit.replace_prefix(a.checkpoint(2))
            assert unit.audit.head() == Head(5, a.digest("5"))
        with storage.unit() as unit:
            assert a.exactly(unit.audit.checkpoint()) == a.exactly(a.checkpoint(2))
            assert a.exactly(list(unit.audit.entries())) == a.exactly(entries[2:5])
            assert [each.number for each in unit.audit.entries(about=PersonId(1))] == [3, 4, 5]
            unit.audit.replace_prefix(a.checkpoint(5))
            assert list(unit.audit.entries()) == []
            assert unit.audit.head() == Head(5, a.digest("5"))
            unit.audit.add(entries[5])
        with storage.snapshot() as unit:
            assert a.exactly(unit.audit.checkpoint()) == a.exactly(a.checkpoint(5))
            assert a.exactly(list(unit.audit.entries())) == a.exactly(entries[5:])

    @pytest.mark.clause("AU5")
    def test_a_checkpoint_of_another_history_takes_nothing_away(self, fresh_storage: Fresh) -> None:
        """Neither one with another seal, nor one past the end, nor one that is older than the checkpoint there is."""
        storage = fresh_storage()
        with storage.unit() as unit:
            for number in range(1, 5):
                unit.audit.add(a.audit_entry(number))
            unit.audit.replace_prefix(a.checkpoint(2))
        for wrong in (evolve(a.checkpoint(3), head=Head(3, a.digest("x"))), a.checkpoint(5), a.checkpoint(1)):
            with pytest.raises(Conflict), storage.unit() as unit:
                unit.audit.replace_prefix(wrong)
        with storage.snapshot() as unit:
            assert [each.number for each in unit.audit.entries()] == [3, 4]
            assert a.exactly(unit.audit.checkpoint()) == a.exactly(a.checkpoint(2))
