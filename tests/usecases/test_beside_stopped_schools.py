"""What an import does in one school is no matter of what the guard stops in another (SYNC-6a)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

MANY = tuple(f"A/{number}: s Ala{number} {number} a{number}" for number in range(1, 11))
OTHERS = ("C/1: t Eryk 32 e", "D/1: t Uwe 33 u", "E/1: t Adam 34 d")


def dated(stated):
    """Return a reading in which those called Old have a birth date that their ids deny."""

    def denied(record):
        people = (evolve(each, birth_date=date(1970, 1, 1)) if each.first_name == "Old" else each for each in record)
        return tuple(people)

    rosters = (
        evolve(each, records=tuple(evolve(one, people=denied(one.people)) for one in each.records))
        for each in stated.rosters
    )
    return evolve(stated, rosters=tuple(rosters))


@pytest.mark.rule("SYNC-6a")
@pytest.mark.rule("SYNC-9b")
def test_what_ends_the_waiting_in_one_school_ends_it_beside_a_stopped_one():
    """Records with other contents than were taken back do not wait any more; in the stopped school they still do."""
    region = Region()
    region.take(*MANY, *OTHERS)
    region.undo(region.take(*MANY, "A/20: s Iga 60 -", "B/9: s Una 61 -", *OTHERS).run.id)

    plan = region.plan(*MANY[8:], "A/20: s Iga 60 i", "B/9: s Una 61 u", *OTHERS)

    assert plan.stopped_schools == {"A"}
    assert [(each.roster.school, each.key) for each in plan.changes.redone] == [("B", "9")]


@pytest.mark.rule("SYNC-6a")
@pytest.mark.rule("SYNC-4d")
def test_what_is_held_beside_a_stopped_school_is_read_again():
    """Whoever's data contradict themselves is looked at in every run until they are mended."""
    region = Region()
    region.take(*MANY, *OTHERS)
    stated = dated(reading(*MANY[8:], "A/20: s Iga - -, g Old 60 i", "B/9: s Una - -, g Old 61 u", *OTHERS))

    plan = region.importing.plan(stated)

    assert plan.stopped_schools == {"A"}
    assert [(each.key.roster.school, each.key.key, each.unsettled) for each in plan.changes.records] == [
        ("B", "9", True)
    ]


@pytest.mark.rule("MAIL-5d")
@pytest.mark.rule("SYNC-4d")
def test_an_address_that_is_kept_for_its_former_owner_goes_to_whoever_waits_for_it():
    """In the next run after its time, whatever that run is about; nothing stays kept."""
    region = Region()
    region.take("A/1: s Ala 1 x", "B/1: s Iga 2 -")
    region.activate("A/1 s")
    region.take("A/1: s Ala 1 y")
    assert [each.mailbox for each in region.world().reservations] == ["x@example.com"]
    region.take("B/1: s Iga 2 x")
    assert region.central("B/1 s") is None

    region.later(1000)
    region.take("C/1: s Una 3 -")

    assert region.central("B/1 s") == "x"
    assert region.world().reservations == frozenset()


@pytest.mark.rule("SYNC-9b")
def test_of_two_contents_that_were_taken_back_the_other_still_waits():
    """A record that is back ends the waiting of its end, not that of another content."""
    region = Region()
    region.take("A/1: s Ala 1 a", "A/2: s Ola 2 o")
    region.undo(region.take("A/1: s Ala 1 wrong", "A/2: s Ola 2 o").run.id)
    region.take("A/1: s Ala 1 a", "A/2: s Ola 2 o")
    region.undo(region.take("A/2: s Ola 2 o").run.id)
    region.take("A/1: s Ala 1 a", "A/2: s Ola 2 o", "A/3: s Iga 3 i")

    region.take("A/1: s Ala 1 wrong", "A/2: s Ola 2 o", "A/3: s Iga 3 i")

    assert region.central("A/1 s") == "a"
    assert region.take("A/2: s Ola 2 o", "A/3: s Iga 3 i").run is not None
