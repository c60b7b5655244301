"""The queue of conflicts in the database: set-based however long, and opened by its migration for what is there."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from eszkola_core.domain.conflicts import CaseKind
from eszkola_core.testing.region import Region
from eszkola_sqlalchemy import migrations

BEFORE = "0025"


def twice_told(many, schools, *, at="x"):
    """Return families whose guardians have another address in each of two schools."""
    return [
        f"{school}/{n}: s Ala_N{n} {n} -, g Jan_N{n} {n + 400} {at if school == schools[1] else 'm'}{n}{schools}"
        for n in range(many, 2 * many)
        for school in schools
    ]


def statements(engine, work):
    """Return how many statements *work* sends."""
    sent = []
    listener = lambda *arguments: sent.append(arguments[2])  # noqa: E731 - to be taken away again
    event.listen(engine, "before_cursor_execute", listener)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    return len(sent)


@pytest.mark.rule("SYNC-3a")
def test_no_conflict_costs_a_statement_of_its_own(admin):
    """Ten times as many open, close and come back by hardly more statements."""
    region, counts = Region(storage=admin.open()), []
    for many, schools in ((15, "AB"), (150, "CD")):
        stated, agreed = twice_told(many, schools), twice_told(many, schools, at="m")
        counts.append(
            [
                statements(admin.database.engine, lambda told=told: region.take(*told))
                for told in (stated, agreed, stated)
            ]
        )
        with region.storage.snapshot() as unit:
            assert [each.reopened for each in unit.cases.listed(list(schools))] == [1] * many

    assert [large - small < 60 for small, large in zip(*counts, strict=True)] == [True] * 3


@pytest.mark.rule("SYNC-3a")
def test_the_migration_opens_a_case_for_whatever_is_open(admin):
    """The same cases as an import of today would have opened, each with the schools of its places."""
    region = Region(storage=admin.open())
    region.take(
        "A/1: s Ala 1 a, g Jan 8 x",
        "B/1: s Ola 2 o, g Jan 8 y",
        "A/2: s Iga 3 i, g Ewa - e",
        "B/2: s Iga 3 i, g Ewa - f",
        "A/3: s Lea 5 l",
        "A/4: s Ida_Sowa 5 -",
        "A/5: s Ina 6 l",
        "C/5: s Ina 6 l",
        "A/6: s Maja 7 q",
        "A/6: s Zoja 9 q",
    )

    def seen():
        with admin.open().snapshot() as unit:
            return {each.subject: (each.number, each.state, each.opened_at) for each in unit.cases.listed()}

    before = seen()
    assert {each.kind for each in before} >= {
        *(CaseKind.ADDRESS_CONFLICT, CaseKind.POSSIBLE_DUPLICATE, CaseKind.NAME_MISMATCH),
        *(CaseKind.ADDRESS_TAKEN, CaseKind.RECORD_HELD),
    }

    migrations.downgrade(admin.database, BEFORE)
    migrations.upgrade(admin.database)

    after = seen()
    assert set(after) == set(before)
    assert sorted(number for number, _, _ in after.values()) == list(range(1, len(before) + 1))
    assert {each[1:] for each in after.values()} == {each[1:] for each in before.values()}
    with admin.open().snapshot() as unit:
        for each in unit.cases.listed():
            named = {key.school if hasattr(key, "school") else key.roster.school for key in each.subject.keys}
            assert set(each.schools) == named
    region = Region(storage=admin.open())
    region.take("A/9: s Ewa 4 x", "A/9: s Adam 4 x")
    assert max(each[0] for each in seen().values()) > len(before)
