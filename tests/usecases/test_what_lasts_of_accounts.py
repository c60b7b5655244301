"""What settling writes beside the people whom it is about: absorbed accounts, and the platform's own records."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eszkola_core._usecases.grant_roles import Granted, GrantRoles, Withdrawn
from eszkola_core._usecases.merge_people import Merged, MergePeople
from eszkola_core.domain.claims import GIVEN_ROLES, PLATFORM, RosterKey
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.roles import Role
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region


@pytest.mark.rule("ID-7d")
def test_an_absorbed_account_loses_the_address_that_somebody_takes():
    """Once the merge cannot be undone any more; that is one change of the account."""
    region = Region()
    region.take("A/t: t Tom 5 tom", "B/y: t Tomasz - x")
    kept, absorbed = (region.account(at).id for at in ("A/t t", "B/y t"))
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    plan = merging.plan(CONSOLE, kept, absorbed)
    assert isinstance(merging.merge(CONSOLE, kept, absorbed, plan_id=plan.id, reason="one"), Merged)
    region.take("B/y: t Tomasz - tom")
    before = region.world().people[absorbed]
    region.later(1000)

    region.take("C/1: s Iga 7 x")

    after = region.world().people[absorbed]
    assert region.central("C/1 s") == "x"
    assert before.central.spelling == "x@example.com"
    assert (after.central, after.revision) == (None, before.revision + 1)


@pytest.mark.rule("ROLE-2a")
def test_the_record_of_a_role_that_was_given_is_kept_as_long_as_the_role():
    """Withdrawn, the platform states nothing of it any more."""
    region = Region()
    region.take("A/t: t Tom 5 tom")
    granting = GrantRoles(region.storage, region.tenant, region.clock, CountingSecrets("granting"))
    tom, role = region.account("A/t t").id, HeldRole("A", Role.SECRETARY)
    given = RosterKey("A", PLATFORM, GIVEN_ROLES)

    assert isinstance(granting.grant(CONSOLE, tom, role, last_day=region.today + timedelta(days=9)), Granted)
    with region.storage.snapshot() as unit:
        assert [each.people for each in unit.rosters.records(given)] == [1]
    assert isinstance(granting.withdraw(CONSOLE, tom, role), Withdrawn)
    with region.storage.snapshot() as unit:
        assert list(unit.rosters.records(given)) == []


@pytest.mark.rule("SYNC-9b")
def test_an_account_that_closes_unused_has_no_address_and_no_telephone():
    """Nothing of what the undone run gave stays with it."""
    region = Region()
    run = region.take("A/1: s Ala 1 home 601234567, g Jan 8 home").run.id
    ala, jan = (region.account(at) for at in ("A/1 s", "A/1 g Jan"))
    assert ala.phone is not None

    region.undo(run)

    with region.storage.snapshot() as unit:
        closed = unit.people.get_many([ala.id, jan.id]).values()
    assert {(each.phone, each.central) for each in closed} == {(None, None)}
