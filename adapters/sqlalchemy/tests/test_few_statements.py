"""What is asked all day takes few statements, and few connections."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from eszkola_core._usecases.check_permission import CheckPermission
from eszkola_core._usecases.see_children import SeeChildren
from eszkola_core.domain.permissions import Action
from eszkola_core.testing.region import Region


class Left(Exception):
    """A unit was left in the middle."""


@pytest.fixture
def region(admin):
    """Return a region with one family in it."""
    region = Region(storage=admin.open())
    region.take("A/1: s Ala 1 a, g Jan 8 x")
    return region


@pytest.fixture
def statements(admin):
    """Return what says how many statements some work sends; on SQLite the beginning of a transaction is one."""
    sent = []
    event.listen(admin.database.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))

    def of(work):
        sent.clear()
        assert work()
        return len(sent)

    return of


@pytest.mark.rule("ROLE-4b")
def test_a_remembered_answer_takes_one_look_at_the_versions(region, statements):
    """Beside it stand the beginning of the transaction and the look at the keys; the first time all is read."""
    checking = CheckPermission(region.storage, region.tenant, region.clock)
    asked = region.place("A/1 g").person, Action.VIEW, region.place("A/1 s").person

    assert statements(lambda: checking.may(*asked)) <= 9
    assert statements(lambda: checking.may(*asked)) == 3


def test_the_children_of_somebody_take_few_statements(region, statements):
    """Round after round more is known that bears on them; in each nothing is asked twice."""
    seeing = SeeChildren(region.storage, region.tenant, region.clock)
    guardian = region.place("A/1 g").person

    assert statements(lambda: seeing.of(guardian)) <= 26


def test_a_file_is_opened_once_for_those_who_look_and_once_for_those_who_write(new_sqlite):
    """However many units there are one after the other; a unit that failed opens none either, and all are closed."""
    admin, opened, closed = new_sqlite(), [], []
    storage = admin.open()
    event.listen(admin.database.engine, "connect", lambda *_: opened.append(1))
    event.listen(admin.database.engine, "close", lambda *_: closed.append(1))
    for _ in range(20):
        with storage.snapshot() as unit:
            assert unit.people.get_many([]) == {}
        with storage.unit() as unit:
            unit.people.mark(())
        with pytest.raises(Left), storage.unit():
            raise Left
    admin.close()

    assert len(opened) <= 1, "the first was opened by whoever looked whether the tenant is known"
    assert len(closed) == 2
