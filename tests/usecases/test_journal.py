"""The journal as it is read, verified and shortened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases.read_journal import JournalPages, ReadJournal, Verified
from eszkola_core._usecases.shorten_journal import NothingOldEnough, NotWhole, Shortened, ShortenJournal
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.audit import Damage, Head
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.roles import Role

CONSOLE = Actor.console("console:root")


@pytest.fixture
def region(a_region):
    """Return a region with two schools, a delegate in each, an administrator in one, and the region's own."""
    region = a_region()
    region.take("A/e: t Ewa 1 ewa", "A/z: y Zofia 2 zofia", "A/i: t Iga 3 iga", "B/o: t Ola 4 ola", "B/u: t Ula 5 ula")
    region.appoints("Rena")
    region.grants("ewa", Role.DELEGATE, by="rena")
    region.grants("ola", Role.DELEGATE, "B", by="rena")
    region.grants("zofia", Role.SCHOOL_ADMINISTRATOR, by="ewa")
    region.grants("ula", Role.SECRETARY, "B", by="ola")
    return region


@pytest.fixture
def reading(region):
    """Return the use case that reads."""
    return ReadJournal(region.storage, region.tenant, region.clock)


@pytest.fixture
def shortening(region):
    """Return the use case that shortens."""
    return ShortenJournal(region.storage, region.tenant, region.clock)


def note(region, deed, **more):
    """Write something down."""
    with region.storage.unit() as unit:
        Acting(unit, region.storage, region.tenant, region.clock.now()).note(CONSOLE, deed, **more)


def kept(unit):
    """Return what is kept of the journal, as whoever can write into the database reaches it."""
    return unit.audit._state.audit  # noqa: SLF001 - behind everybody's back


def meddle(region, number, **change):
    """Change an entry."""
    with region.storage.unit() as unit:
        kept(unit)[number] = evolve(kept(unit)[number], **change)


@pytest.mark.rule("LAW-3b")
def test_the_journal_is_verified_by_any_reader(region, reading):
    """The head that it tells is what is worth writing down; with it a tail that was cut off is found."""
    before = reading.verify(CONSOLE)
    assert isinstance(before, Verified)
    assert before.is_whole
    note(region, "something")
    head = reading.verify(CONSOLE).head
    assert head.count == before.head.count + 1
    assert reading.verify(region.actor("ewa"), head=Head.parse(str(head))).is_whole

    with region.storage.unit() as unit:
        del kept(unit)[head.count]
    assert reading.verify(region.actor("rena")).is_whole
    assert [each.reason for each in reading.verify(CONSOLE, head=head).broken] == [Damage.CUT]


@pytest.mark.rule("LAW-3b")
def test_a_changed_entry_is_told_with_its_number(region, reading):
    """Wherever it is."""
    meddle(region, 3, why="nothing happened")

    assert [(each.number, each.reason) for each in reading.verify(CONSOLE).broken] == [(3, Damage.CHANGED)]


@pytest.mark.rule("ROLE-4a")
@pytest.mark.parametrize("login", ["zofia", "iga", "ula"])
def test_only_readers_read(region, reading, shortening, login):
    """Neither an administrator nor a secretary is one; nor does a delegate shorten the journal."""
    assert isinstance(reading.show(region.actor(login)), NotPermitted)
    assert isinstance(reading.verify(region.actor(login)), NotPermitted)
    assert isinstance(shortening.run(region.actor("ewa")), NotPermitted)


@pytest.mark.rule("LAW-3a")
def test_a_delegate_reads_what_concerns_the_own_school(region, reading):
    """What somebody of the school did, and what was done to somebody of it; the region and the console read all."""
    note(region, "school-added", detail={"school": "C"})
    ewa, ola = (region.person(each).id for each in ("ewa", "ola"))
    everything = reading.show(CONSOLE)
    assert isinstance(everything, JournalPages)
    assert everything == reading.show(region.actor("rena"))
    assert everything.logins[ewa] == "ewa.lis"
    assert [each.deed for each in everything.entries if not each.on] == ["roster-imported", "school-added"]

    of_a = reading.show(region.actor("ewa")).entries
    zofia = region.person("zofia").id
    assert [each.on for each in of_a if each.deed == "role-granted"] == [(zofia,)]
    assert all(ola not in (each.by, *each.on) for each in of_a)
    assert "school-added" not in {each.deed for each in of_a}


@pytest.mark.rule("LAW-3a")
def test_entries_are_found_by_person_and_by_time(region, reading):
    """About one of those whom they name; and from an instant on, that instant inside."""
    zofia = region.person("zofia").id
    (only,) = reading.show(CONSOLE, about=zofia).entries
    assert (only.deed, only.on) == ("role-granted", (zofia,))
    region.wait(hours=1)
    note(region, "later")
    assert [each.deed for each in reading.show(CONSOLE, since=region.clock.now()).entries] == ["later"]
    assert reading.show(CONSOLE, since=region.clock.now() + timedelta(seconds=1)).entries == ()


@pytest.mark.rule("LAW-3a")
def test_what_was_kept_long_enough_is_replaced_by_a_checkpoint(region, reading, shortening):
    """Nothing younger than the retention goes; what is left is verified from there, and the journal says who did it."""
    retention = region.tenant.settings.audit_retention
    old = reading.verify(CONSOLE).head
    assert shortening.run(CONSOLE) == NothingOldEnough()
    region.wait(days=1)
    note(region, "younger")
    region.clock.advance(retention - timedelta(days=1))
    assert shortening.run(CONSOLE) == NothingOldEnough()
    region.clock.advance(timedelta(seconds=1))
    done = shortening.run(CONSOLE)

    assert isinstance(done, Shortened)
    assert (done.checkpoint.head, done.taken) == (old, old.count)
    after = reading.verify(CONSOLE, head=old)
    assert after.is_whole
    assert after.checkpoint == done.checkpoint
    assert [each.deed for each in reading.show(CONSOLE).entries] == ["younger", "journal-shortened"]
    region.clock.advance(retention + timedelta(days=2))
    again = shortening.run(CONSOLE)
    assert isinstance(again, Shortened)
    assert again.taken == 2
    assert reading.verify(CONSOLE).is_whole
    assert [each.reason for each in reading.verify(CONSOLE, head=old).broken] == [Damage.OLDER_THAN_CHECKPOINT]


@pytest.mark.rule("LAW-3b")
@given(data=st.data())
def test_no_checkpoint_covers_damage_up(a_region, data):
    """A chain that does not hold is not shortened, wherever the damage is; everything stays to be looked at."""
    region = a_region()
    for number in range(4):
        note(region, f"deed-{number}")
        region.wait(days=400)
    shortening = ShortenJournal(region.storage, region.tenant, region.clock)
    meddle(region, data.draw(st.integers(1, 4)), why="nothing happened")
    with region.storage.snapshot() as unit:
        before = list(unit.audit.entries())

    assert isinstance(shortening.run(CONSOLE), NotWhole)
    with region.storage.snapshot() as unit:
        assert list(unit.audit.entries()) == before
        assert unit.audit.checkpoint() is None
