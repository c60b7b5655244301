"""What an import takes of a record that is read, and by which name a report calls it (SYNC-0, SYNC-4d, ID-10)."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.hidden import masked
from eszkola_core.domain.plans import Counts
from eszkola_core.domain.stated import Problem
from eszkola_core.testing.notation import pesel, reading
from eszkola_core.testing.region import Region


def changed(stated, how):
    """Return a reading whose records are as *how* makes them."""
    return evolve(stated, rosters=tuple(evolve(each, records=tuple(how(each.records))) for each in stated.rosters))


def nameless(record):
    """Return a record whose first person has no first name."""
    first, *others = record.people
    return evolve(record, people=(evolve(first, first_name=""), *others))


def found(plan):
    """Return what a plan found, and of which records."""
    return [(each.record, each.code) for each in plan.findings]


@pytest.mark.rule("SYNC-7a")
def test_whoever_stands_beside_a_person_without_a_name_is_taken_in():
    """The student is held, who comes first in the record; the guardian gets an account."""
    region = Region()
    stated = changed(reading("A/1: s Ala 1 a, g Jan 8 j"), lambda records: map(nameless, records))

    done = region.take(stated)

    assert done.plan.counts == Counts(created=1, held=1, opened=1)
    assert region.central("A/1 g Jan") == "j"


@pytest.mark.rule("SYNC-6a")
@pytest.mark.rule("SYNC-4d")
def test_whoever_is_held_is_looked_at_in_every_run_though_another_school_is_stopped():
    """Somebody in B has no name, and it is said again the night after, when the same is stated."""
    region = Region()
    others = [f"{school}/1: t {school}ela {number} -" for number, school in enumerate("BCDE", 31)]
    region.take(*(f"A/{number}: s Ala{number} {number} -" for number in range(1, 11)), *others)
    stated = changed(
        reading("A/1: s Ala1 1 -", *others, "B/2: t Ida 40 i"),
        lambda records: [nameless(each) if each.key == "2" else each for each in records],
    )

    first = region.take(stated, removals=frozenset())
    again = region.take(stated, removals=frozenset())

    assert first.plan.stopped_schools == again.plan.stopped_schools == {"A"}
    assert ("2", "name-missing") in found(first.plan)
    assert ("2", "name-missing") in found(again.plan)


@pytest.mark.rule("ID-6b")
def test_the_sources_own_key_of_somebody_is_remembered():
    """A later list leaves the column out; a third one knows the same teacher by that key in another school."""
    region = Region()
    region.take("A/2: t=k1 Jan - y", shared_keys=True)
    region.take("A/2: t Jan - z", shared_keys=True)

    region.take("A/2: t Jan - z", "B/7: t=k1 Jan - -", shared_keys=True)

    assert region.account("B/7 t").id == region.account("A/2 t").id


@pytest.mark.rule("SYNC-0a")
def test_two_rows_of_one_key_count_as_one_person_though_they_name_nobody():
    """A source could not translate one of them: the record is held, and is about somebody all the same."""
    region = Region()
    stated = changed(
        reading("A/1:", "A/1:"),
        lambda records: (records[0], evolve(records[1], problems=(Problem(None, "unreadable"),))),
    )

    plan = region.plan(stated)

    assert (found(plan), plan.counts) == ([("1", "key-twice")] * 2, Counts(held=1))


@pytest.mark.rule("ID-10b")
@pytest.mark.parametrize(
    ("key", "shown"), [("SP-17", "SP-17"), (pesel(1), masked(pesel(1))), (None, "")], ids=["plain", "id", "none"]
)
def test_two_rows_of_one_key_are_called_by_it_as_far_as_it_may_be_shown(key, shown):
    """A key that is a national id is covered, and where the source has none there is nothing to be called by."""
    stated = reading("A/1: s Ala 1 a", "A/1: s Ala 1 b")

    plan = Region().plan(changed(stated, lambda records: [evolve(each, key=key) for each in records]))

    assert found(plan) == [(shown, "key-twice")] * 2


class AsWrittenElsewhere(frozenset):
    """A set as another process may write it: the same members in another order."""

    def __repr__(self):
        return f"frozenset({{{', '.join(map(repr, reversed(list(self))))}}})"


@pytest.mark.rule("SYNC-4d")
def test_the_order_of_a_set_of_settings_reads_nothing_again():
    """Every process writes a set in another order: an unchanged record costs a digest, whoever imports."""
    region = Region()
    region.take("A/1: s Ala 1 a")
    here = region.tenant.settings.documents_for
    elsewhere = AsWrittenElsewhere(here)
    assert (elsewhere, repr(elsewhere) != repr(here)) == (here, True)

    region.choose(documents_for=elsewhere)

    assert region.take("A/1: s Ala 1 a").plan.changes.records == ()
