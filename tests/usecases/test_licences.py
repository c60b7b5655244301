"""Licences are given to those who are entitled, never oversold, and taken back in time."""

from __future__ import annotations

import pytest

from eszkola_core._usecases import assign_licences
from eszkola_core._usecases._acting import NotPermitted
from eszkola_core._usecases.assign_licences import LicenceRefused, NoLicence, PoolUse, Reviewed
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.licences import Entitling, Licence, LicenceState, Pool
from eszkola_core.domain.roles import Role
from eszkola_core.errors import Conflict, InvalidValue

CONSOLE = Actor.console("console:test")
POOL = Pool(key="office", product="Biuro", seats=2)
ROSTER = ("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola", "A/3: s Iga p5 iga", "A/t: t Ewa 9 ewa")


@pytest.fixture
def region(a_region):
    """Return a school with a pool of two seats."""
    region = a_region()
    region.take(*ROSTER)
    region.licences.keep_pool(CONSOLE, POOL)
    return region


def assign(region, who, actor=CONSOLE):
    """Assign a licence to whoever has the first name."""
    return region.licences.assign(actor, region.person(who).id, "office")


def state(region, who):
    """Return the state of somebody's newest licence."""
    with region.storage.snapshot() as unit:
        return unit.licences.of(region.person(who).id)[-1].state


@pytest.mark.rule("LIC-1a")
def test_who_is_entitled_gets_a_licence(region):
    """A student does; a guardian, and a student with a passport in the stead of the id, do not."""
    assert isinstance(assign(region, "ala"), Licence)
    assert assign(region, "jan") == NoLicence(LicenceRefused.NO_ENTITLING_ROLE)
    assert assign(region, "iga") == NoLicence(LicenceRefused.NO_NATIONAL_ID)
    assert region.licences.pools(CONSOLE) == (PoolUse(POOL, 1),)


@pytest.mark.rule("LIC-1a")
def test_a_pool_names_the_kinds_of_roles(region):
    """A pool for teachers gives a student none."""
    region.licences.keep_pool(CONSOLE, Pool(key="t", product="T", seats=5, roles=frozenset({Entitling.TEACHER})))

    assert region.licences.assign(CONSOLE, region.person("ala").id, "t") == NoLicence(LicenceRefused.NO_ENTITLING_ROLE)
    assert isinstance(region.licences.assign(CONSOLE, region.person("ewa").id, "t"), Licence)


@pytest.mark.rule("LIC-2a")
def test_no_more_licences_are_given_than_there_are_seats(region):
    """The third gets none, nobody gets two, and a pool keeps the seats that are taken."""
    assert isinstance(assign(region, "ala"), Licence)
    assert assign(region, "ala") == NoLicence(LicenceRefused.NO_SEAT_OR_HAS_ONE)
    assert isinstance(assign(region, "ewa"), Licence)
    assert assign(region, "ola") == NoLicence(LicenceRefused.NO_SEAT_OR_HAS_ONE)
    with pytest.raises(Conflict):
        region.licences.keep_pool(CONSOLE, Pool(key="office", product="Biuro", seats=1))


@pytest.mark.rule("LIC-2b")
def test_a_licence_is_withdrawn_after_the_grace(region):
    """The role ends: the seat is kept for thirty days, and is free at the instant they are over."""
    assign(region, "ala")
    region.take(*ROSTER[1:3])
    assert region.licences.review() == Reviewed(into_grace=1)
    assert region.licences.review() == Reviewed()
    assert state(region, "ala") is LicenceState.GRACE
    region.wait(days=30)

    assert region.licences.review() == Reviewed(withdrawn=1)
    assert state(region, "ala") is LicenceState.WITHDRAWN
    assert region.licences.pools(CONSOLE) == (PoolUse(POOL, 0),)


@pytest.mark.rule("LIC-2b")
def test_who_returns_within_the_grace_keeps_the_licence(region):
    """The record is back the day before: nothing has happened, and no new grace is begun by looking."""
    assign(region, "ala")
    region.take(*ROSTER[1:3])
    region.licences.review()
    region.wait(days=29)
    region.take(*ROSTER[:3])

    assert region.licences.review() == Reviewed(restored=1)
    assert state(region, "ala") is LicenceState.ASSIGNED


@pytest.mark.rule("LIC-2a")
def test_a_licence_that_is_withdrawn_frees_its_seat(region):
    """At once, with the reason in the journal; there is nothing to withdraw a second time."""
    assign(region, "ala")

    done = region.licences.withdraw(CONSOLE, region.person("ala").id, "office", why="nie korzysta")

    assert isinstance(done, Licence)
    assert region.licences.pools(CONSOLE) == (PoolUse(POOL, 0),)
    again = region.licences.withdraw(CONSOLE, region.person("ala").id, "office", why="nie korzysta")
    assert again == NoLicence(LicenceRefused.HAS_NONE)
    with region.storage.snapshot() as unit:
        deeds = [(each.deed, each.why) for each in unit.audit.entries(about=region.person("ala").id)]
    assert ("licence-withdrawn", "nie korzysta") in deeds


@pytest.mark.rule("LIC-1a")
def test_only_who_may_gives_licences_and_keeps_pools(region):
    """A teacher may neither, and nothing is changed."""
    ewa = Actor(name="ewa.lis", person=region.person("ewa").id)

    assert isinstance(assign(region, "ala", ewa), NotPermitted)
    assert isinstance(region.licences.keep_pool(ewa, Pool(key="office", product="X", seats=9)), NotPermitted)
    assert isinstance(region.licences.export(ewa, "office"), NotPermitted)
    assert isinstance(region.licences.withdraw(ewa, region.person("ala").id, "office", why="x"), NotPermitted)
    assert isinstance(region.licences.pools(ewa), NotPermitted)
    assert region.licences.pools(CONSOLE) == (PoolUse(POOL, 0),)


@pytest.mark.rule("LIC-1a")
def test_the_head_of_a_school_sees_the_pools_and_the_region_keeps_them(region):
    """Whoever assigns sees what is left; making a pool is for the regional administrator."""
    region.grants("ewa", Role.DELEGATE)
    region.appoints("Rena")
    more = Pool(key="office", product="Biuro", seats=3)
    assert region.licences.pools(region.actor("ewa")) == (PoolUse(POOL, 0),)
    assert isinstance(region.licences.keep_pool(region.actor("ewa"), more), NotPermitted)
    assert region.licences.keep_pool(region.actor("rena"), more) == PoolUse(more, 0)
    assert region.licences.pools(region.actor("rena")) == (PoolUse(more, 0),)
    assert not isinstance(region.licences.export(region.actor("rena"), "office"), NotPermitted)


@pytest.mark.rule("LIC-1b")
def test_the_export_names_those_who_have_a_licence(region):
    """With their logins, schools and roles; nobody else, no national id, no private address."""
    assign(region, "ala")
    assign(region, "ewa")

    files = region.licences.export(CONSOLE, "office")

    everything = "".join(files.values())
    assert files["users.csv"].count("\r\n") == 3
    assert "ala.lis" in everything
    assert "ola.lis" not in everything
    assert "@" not in everything
    assert region.person("ala").ids[0].reveal() not in everything
    assert ",A,teacher\r\n" in files["roles.csv"]


def test_a_pool_that_is_not_there_is_named(a_region, region):
    """With those that are, if there are any."""
    region.licences.keep_pool(CONSOLE, Pool(key="t", product="T", seats=5))
    with pytest.raises(InvalidValue) as refused:
        region.licences.assign(CONSOLE, region.person("ala").id, "ofice")
    assert str(refused.value) == "there is no pool 'ofice' of licences; there are: office, t"
    assert refused.value.code == "unknown-pool"
    with pytest.raises(InvalidValue) as refused:
        a_region().licences.export(CONSOLE, "office")
    assert str(refused.value) == "there is no pool 'office' of licences; there are: none yet"


@pytest.mark.rule("LAW-3a")
def test_the_journal_tells_every_change_of_licences(region):
    """Which pool and of how many seats, whose licence and why it was taken back, and how many an export named."""
    ala = region.person("ala").id
    assign(region, "ala")
    region.licences.export(CONSOLE, "office")
    region.licences.withdraw(CONSOLE, ala, "office", why="nie korzysta")

    assert [(each.deed, each.on, each.why, each.detail) for each in region.journal() if "licence" in each.deed] == [
        ("licence-pool-kept", (), "", {"pool": "office", "seats": "2"}),
        ("licence-assigned", (ala,), "", {"pool": "office"}),
        ("licences-exported", (), "", {"pool": "office", "people": "1"}),
        ("licence-withdrawn", (ala,), "nie korzysta", {"pool": "office"}),
    ]


@pytest.mark.rule("LIC-2b")
@pytest.mark.parametrize("page", [1, 2, 500])
def test_a_review_counts_everybody_in_pages_of_any_length(region, monkeypatch, page):
    """Two lose their roles, return, lose them again and come to the end of the grace: each time it is two."""
    monkeypatch.setattr(assign_licences, "_PAGE", page)
    assign(region, "ala")
    assign(region, "ola")
    region.take(ROSTER[2])
    assert region.licences.review() == Reviewed(into_grace=2)
    region.take(*ROSTER)
    assert region.licences.review() == Reviewed(restored=2)
    region.take(ROSTER[2])
    assert region.licences.review() == Reviewed(into_grace=2)
    region.wait(days=30)

    before = len(region.storage.trace)
    assert region.licences.review() == Reviewed(withdrawn=2)
    assert region.storage.trace[before:].count(("storage", "unit")) == (2 if page == 1 else 1)
