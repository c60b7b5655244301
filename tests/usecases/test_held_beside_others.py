"""Of several who are held each question stands for itself: its school, its record, and whom it is about (ID-8b)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.merge_people import Merged, MergePeople
from eszkola_core._usecases.see_held import SeeHeld
from eszkola_core.domain.merging import MergePlan
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region


def held(region, actor=CONSOLE, school=None):
    """Return who is held, as somebody sees it."""
    return SeeHeld(region.storage, region.tenant, region.clock).of(actor, school)


@pytest.mark.rule("ROLE-4a")
def test_one_school_has_only_its_own():
    """A guardian whom two schools know brings nobody of the one into the list of the other."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Ewa 9 e, g Jan 8 j", "B/1: s Ola 2 o, g Ewa 9 e, g Adam 4 d")
    region.take("A/1: s Ala 1 a, g Ewa 9 e, g Jan 6 j", "B/1: s Ola 2 o, g Ewa 9 e, g Adam 3 d")
    here, there = region.place("A/1 g Jan").key, region.place("B/1 g Adam").key

    assert [each.key for each in held(region)] == [here, there]
    assert [each.key for each in held(region, school="A")] == [here]
    assert [each.key for each in held(region, school="B")] == [there]


@pytest.mark.rule("ROLE-6b")
def test_a_child_of_ones_own_hides_its_own_record_only():
    """The secretary sees who is held elsewhere in her school, though her child's record waits too."""
    region = Region()
    office = "A/y: y Zofia 11 z"
    region.take(office, "A/2: s Ola 2 o, g Zofia 11 z, g Jan 8 j", "A/4: s Ala 1 a, g Ewa 9 e")
    region.take(office, "A/2: s Ola 2 o, g Zofia 11 z, g Jan 6 j", "A/4: s Ala 1 a, g Ewa 7 e")

    assert {each.key.record.key for each in held(region)} == {"2", "4"}
    assert [each.key for each in held(region, region.actor("A/y y"))] == [region.place("A/4 g").key]


@pytest.mark.rule("ID-8b")
def test_it_is_another_question_once_somebody_else_is_meant():
    """The record states the same as before; but the account that it is about was merged into another one."""
    region = Region()
    region.take("A/0: t Lea p5 l")
    region.take("A/0: t Lea p5 l", "A/1: s Lea 5 -")
    region.take("A/0: t Lea p5 l", "A/1: s Lea 5 -", "A/4: s Ida_Sowa 5 -")
    region.activate("A/0 t")
    (before,) = held(region)
    kept, other = region.account("A/0 t").id, region.account("A/1 s").id
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    plan = merging.plan(CONSOLE, kept, other)
    assert isinstance(plan, MergePlan)
    done = merging.merge(CONSOLE, kept, other, plan_id=plan.id, reason="one person")
    assert isinstance(done, Merged)

    (after,) = held(region)

    assert (before.key, before.name, before.hold) == (after.key, after.name, after.hold)
    assert before.meant != after.meant
    assert before.reference != after.reference
