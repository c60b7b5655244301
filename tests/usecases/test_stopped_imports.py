"""What an import says and does where the guard lets nothing of a school through (SYNC-6)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from eszkola_core.domain.guard import Stop
from eszkola_core.domain.plans import Counts
from eszkola_core.domain.stated import Reading, StatedSchool
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import CONSOLE, Region

OTHERS = ("B/1: t Tom 31 t", "C/1: t Eryk 32 e", "D/1: t Uwe 33 u", "E/1: t Adam 34 d")
FULL = tuple(f"A/{number}: s Ala{number} {number} a{number}, g Jan{number} - j{number}" for number in range(1, 11))
CUT = (
    FULL[6],
    "A/8: s Maja8 8 a8, g Jan8 - j8",
    "A/9: s Ala9 9 a9",
    "A/10: s Ala10 10 x",
    "A/10: s Ala10 10 y",
    "A/11: s Old 41 -, g Pia - pia",
)


def dated(stated):
    """Return a reading in which those called Old have a birth date that their ids deny."""

    def denied(record):
        people = (
            evolve(each, birth_date=date(1970, 1, 1)) if each.first_name == "Old" else each for each in record.people
        )
        return evolve(record, people=tuple(people))

    return evolve(
        stated, rosters=tuple(evolve(each, records=tuple(map(denied, each.records))) for each in stated.rosters)
    )


def told(plan):
    """Return where a plan's changes are, by school."""
    changes = plan.changes
    return {
        "read": [f"{each.key.roster.school}/{each.key.key}" for each in changes.records],
        "ended": [each.key for each in changes.ended_records],
        "places": sorted({each.school for each in changes.places}),
        "schools": changes.schools,
    }


@pytest.mark.rule("SYNC-6a")
@pytest.mark.rule("SYNC-3a")
def test_of_a_school_that_is_stopped_nothing_is_taken_in():
    """Its claims count as held, whatever was said of them; the other schools of the run are imported as ever."""
    region = Region()
    region.take(*FULL, *OTHERS)
    before = [place for place in region.world().places.values() if place.school == "A"]
    stated = dated(reading(*CUT, "B/1: t Tom 31 t2", *OTHERS[1:]))

    plan = region.importing.plan(stated)

    assert plan.stops == (Stop("A", "guardian", 7, 10), Stop("A", "link", 7, 10), Stop("A", "student", 6, 10))
    assert (plan.stopped_all, plan.stopped_schools, plan.schools) == (False, frozenset({"A"}), ("B", "C", "D", "E"))
    assert told(plan) == {
        "read": ["B/1"],
        "ended": [],
        "places": ["B"],
        "schools": tuple(StatedSchool(key, f"School {key}") for key in "BCDE"),
    }
    assert plan.counts_by_school == {
        "A": Counts(held=8),
        "B": Counts(changed=1),
        **{school: Counts(unchanged=1) for school in "CDE"},
    }
    done = region.importing.apply(stated, actor=CONSOLE)
    assert done.run.schools == ("B", "C", "D", "E")
    assert [place for place in region.world().places.values() if place.school == "A"] == before
    assert region.central("B/1 t") == "t2"


@pytest.mark.rule("SYNC-6b")
def test_where_too_many_schools_are_stopped_nothing_is_taken_in():
    """Not even what the other schools say, nor their names; no run is written."""
    region = Region()
    region.take(*FULL, *OTHERS)
    before = region.seen()
    stated = evolve(dated(reading(*CUT, "B/1: t Tom 31 t2")), schools=(StatedSchool("Z", "New"),))

    plan = region.importing.plan(stated)

    assert (plan.stopped_all, plan.stopped_schools, plan.schools) == (True, frozenset({"A", "B"}), ())
    assert told(plan) == {"read": [], "ended": [], "places": [], "schools": ()}
    assert plan.counts_by_school == {"A": Counts(held=8), "B": Counts(held=1)}
    assert region.importing.apply(stated, actor=CONSOLE).run is None
    assert region.seen() == before
    assert not region.plan(stated, removals={"A"}).stops


@pytest.mark.rule("SYNC-6a")
def test_who_states_nothing_imports_nothing():
    """An empty reading may be given by anybody, and writes nothing."""
    region = Region()
    region.take("A/1: s Ala 1 a")
    nothing = Reading(rosters=())

    assert region.importing.permission(region.actor("A/1 s"), nothing)
    done = region.importing.apply(nothing, actor=region.actor("A/1 s"))
    assert (done.run, done.plan.counts) == (None, Counts())


@pytest.mark.rule("SYNC-6b")
def test_every_claim_of_a_stopped_school_counts_as_held():
    """Read or unchanged, stated twice, without a key, or waiting since an undoing: each person once."""
    region = Region()
    region.take(*FULL, *OTHERS)
    news = ("A/20: s Iga 60 -, g Ewa - e", "A/21: s Una 61 -")
    region.undo(region.take(*FULL, *news, *OTHERS).run.id)
    stated = reading(
        *("A/: s Nemo 51 -", "A/: s Nemo 52 -, g Nobody - n"),
        *(f"A/{number}: s Ala{number} {number} a{number}" for number in range(1, 7)),
        *("A/7: s Ala7 7 x", "A/7: s Ala7 7 y", "A/8: s Ala8 8 x", "A/8: s Ala8 8 y, g Jan8 - j8"),
        *FULL[8:],
        *news,
        *OTHERS,
    )

    plan = region.importing.plan(stated)

    assert {each.kind for each in plan.stops} == {"guardian", "link"}
    assert plan.counts_by_school["A"] == Counts(held=1 + 2 + 6 + 1 + 2 + 4 + 3)
    assert plan.changes.redone == ()


@pytest.mark.rule("SYNC-0a")
def test_no_source_is_called_as_the_platform_is():
    """What people state and give here is not a gradebook's to replace."""
    with pytest.raises(InvalidValue) as refused:
        Region().plan("A/1: s Ala 1 a", origin="platform")
    assert refused.value.code == "reserved-origin"
    assert str(refused.value) == (
        "no gradebook is called 'platform': that is what people state and give here; call it otherwise"
    )


@pytest.mark.rule("SYNC-4d")
def test_text_that_is_no_text_is_digested_like_any_other():
    """A lone surrogate in a name or in a mapping's version makes another digest, and no error."""
    region = Region()
    odd = reading("A/1: s Al\udc80a 1 -")
    odd = evolve(odd, rosters=tuple(evolve(each, version="mapping \udc80") for each in odd.rosters))
    even = evolve(odd, rosters=tuple(evolve(each, version="mapping \udc81") for each in odd.rosters))

    plans = [region.plan(each) for each in (odd, even, odd)]

    assert plans[0].digest == plans[2].digest != plans[1].digest
