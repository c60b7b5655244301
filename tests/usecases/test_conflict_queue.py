"""Whatever is open is in the queue, for whoever may mend it, and leaves it by itself (MAIL-3, ID-6, ID-8, SYNC-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases import see_conflicts
from eszkola_core._usecases._acting import NotPermitted
from eszkola_core._usecases.assign_conflict import AssignConflict, AssignRefused, ConflictAssigned, ConflictKept
from eszkola_core._usecases.forget_old import ForgetOld
from eszkola_core._usecases.merge_people import Merged, MergePeople
from eszkola_core._usecases.see_conflicts import SeeConflicts
from eszkola_core._usecases.settle_identity import IdentitySettled, SettleIdentity
from eszkola_core._usecases.undo_run import Undone
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.conflicts import CaseKind, CaseState, Subject, subject_of
from eszkola_core.domain.mending import MENDING
from eszkola_core.domain.settings import WhenOfAge
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.crowds import rosters, runs
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

OFFICES = ("A/y: y Zofia 11 z", "A/d: h Hela 14 h", "B/y: y Maria 12 m")
TWICE = ("A/1: s Ala 1 a, g Jan 8 x", "B/1: s Ola 2 o, g Jan 8 y")
"""Jan's address is another in each school."""


def queue(region, actor=CONSOLE, **more):
    """Return what somebody sees."""
    return SeeConflicts(region.storage, region.tenant, region.clock).of(actor, **more)


def find(region, number, actor=CONSOLE):
    """Return one conflict as somebody sees it."""
    return SeeConflicts(region.storage, region.tenant, region.clock).find(actor, number)


def assigning(region):
    """Return the use case."""
    return AssignConflict(region.storage, region.tenant, region.clock)


def identity(region):
    """Return the use case by which people say who somebody is."""
    return SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("identity"))


def cases(region):
    """Return all cases, by subject."""
    with region.storage.snapshot() as unit:
        kept = [*unit.cases.listed(), *unit.cases.listed(closed=True)]
    assert len({each.subject for each in kept}) == len({each.number for each in kept}) == len(kept)
    return {each.subject: each for each in kept}


def open_subjects(region):
    """Return what is open by what is kept of conflicts and places; held records are beside it."""
    held = {
        Subject(CaseKind(place.hold.value), place.key)
        for place in region.world().places.values()
        if place.hold is not None and place.is_present
    }
    return held | {subject_of(each) for each in region.conflicts()}


def in_queue(region):
    """Return what has an open case, but for held records."""
    return {
        each for each, case in cases(region).items() if not case.is_closed and each.kind is not CaseKind.RECORD_HELD
    }


@pytest.mark.rule("SYNC-3a")
@settings(max_examples=60)
@given(stated=runs())
def test_exactly_what_is_open_is_in_the_queue(stated):
    """After any imports, and after each of them was undone; the list has each once, whoever is nobody's."""
    region, done = Region(), []
    for each in stated:
        done.append(region.take(each).run)
        assert in_queue(region) == open_subjects(region)
    listed = queue(region)
    assert [each.case for each in listed] == sorted(
        (each for each in cases(region).values() if not each.is_closed), key=lambda case: case.number
    )
    for run in reversed([each for each in done if each is not None]):
        undone = region.undoing.apply(CONSOLE, run.id, reason="wrong file", allow_removals=None)
        if isinstance(undone, Undone):
            assert in_queue(region) == open_subjects(region)
            closed = [each.state for each in cases(region).values() if each.is_closed]
            assert set(closed) <= {CaseState.CLOSED_BY_GROUND}


@pytest.mark.rule("SYNC-4a")
@settings(max_examples=60)
@given(stated=runs(), last=rosters())
def test_the_same_roster_twice_changes_no_case(stated, last):
    """Not its number, its state, nor since when it is open."""
    region = Region()
    for each in (*stated, last):
        region.take(each)
    before = cases(region)
    region.clock.advance(timedelta(minutes=1))

    region.take(last)

    assert cases(region) == before


@pytest.mark.rule("SYNC-4b")
@settings(max_examples=40)
@given(stated=rosters(), data=st.data())
def test_the_order_of_records_gives_the_cases_no_other_numbers(stated, data):
    """Within a run it never matters which record or file comes first."""
    turned = evolve(
        stated,
        rosters=tuple(
            evolve(each, records=tuple(data.draw(st.permutations(each.records))))
            for each in data.draw(st.permutations(stated.rosters))
        ),
    )
    found = []
    for each in (stated, turned):
        region = Region()
        region.take(each)
        found.append(cases(region))

    assert found[0] == found[1]


@pytest.mark.rule("MAIL-3b")
def test_a_conflict_closes_by_itself_and_comes_back_as_the_same_one():
    """Facts that change leave it as it is; once the gradebooks agree it is over, and again it is the same case."""
    region = Region()
    region.take(*TWICE)
    (first,) = queue(region)
    assert (first.case.subject.kind, first.case.state) == (CaseKind.ADDRESS_CONFLICT, CaseState.OPEN)
    assert first.case.schools == ("A", "B")
    region.later(1)
    region.take("B/1: s Ola 2 o, g Jan 8 w")
    (moved,) = queue(region)
    assert (moved.case, moved.facts != first.facts) == (first.case, True)

    region.take("B/1: s Ola 2 o, g Jan 8 x")
    (over,) = queue(region, closed=True)

    assert queue(region) == ()
    assert (over.case.state, over.case.closed_at) == (CaseState.CLOSED_BY_GROUND, region.clock.now())
    region.later(1)
    region.take(*TWICE[1:])
    (again,) = queue(region)
    assert (again.case.number, again.case.reopened) == (first.case.number, 1)
    assert again.case.opened_at == region.clock.now()


@pytest.mark.rule("ID-6d")
@pytest.mark.rule("ID-8b")
def test_what_somebody_decides_closes_by_decision():
    """Two who are called two, two who are merged, and whoever is said to be the one who is meant."""
    region = Region()
    region.take(
        "A/1: s Ala 1 a, g Jan - x",
        "A/2: s Ola 2 o, g Ewa - e",
        "A/3: s Iga 3 i, g Iza 7 z",
        "B/1: s Ala 1 a, g Jan - y",
        "B/2: s Ola 2 o, g Ewa - f",
    )
    region.take(
        "A/4: s Ida_Sowa 3 -", "A/1: s Ala 1 a, g Jan - x", "A/2: s Ola 2 o, g Ewa - e", "A/3: s Iga 3 i, g Iza 7 z"
    )
    kinds = sorted(each.case.subject.kind for each in queue(region))
    assert kinds == [CaseKind.NAME_MISMATCH, CaseKind.POSSIBLE_DUPLICATE, CaseKind.POSSIBLE_DUPLICATE]
    jan, ewa = (each for each in queue(region) if each.case.subject.kind is CaseKind.POSSIBLE_DUPLICATE)
    (held,) = (each for each in queue(region) if each.held is not None)
    assert held.case.subject.about == region.place("A/4 s").key

    pair = [region.account(f"{school}/1 g Jan").id for school in "AB"]
    assert isinstance(identity(region).distinct(CONSOLE, *pair, reason="two men"), IdentitySettled)
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    both = [region.account(f"{school}/2 g Ewa").id for school in "AB"]
    plan = merging.plan(CONSOLE, *both)
    done = merging.merge(CONSOLE, *both, plan_id=plan.id, reason="one woman")
    assert isinstance(done, Merged)
    answered = identity(region).answer(CONSOLE, held.held.key, is_same=True, reason="document")
    assert isinstance(answered, IdentitySettled)

    states = {each.number: each.state for each in cases(region).values()}
    for each in (jan, ewa, held):
        assert states[each.case.number] is CaseState.CLOSED_BY_DECISION
    merging.undo(CONSOLE, done.plan.survivor, done.decision, reason="two women")
    back = find(region, ewa.case.number)
    assert (back.case.state, back.case.reopened) == (CaseState.OPEN, 1)


@pytest.mark.rule("SYNC-0d")
@pytest.mark.rule("SYNC-7b")
def test_a_record_that_is_not_taken_in_waits_as_a_whole():
    """One key twice is nobody's record; once it is stated once, or is gone, its case is over; a decision leaves it."""
    region = Region()
    twice = (
        "A/1: s Ala 1 a",
        "A/1: s Ola 2 o",
        "A/2: s Iga 3 i, g Jan 8 j",
        "A/3: s Lea 5 l, g Jan 8 k",
        "A/4: s Ida 4 x",
    )
    region.take(*twice)
    (held,) = (each for each in queue(region) if each.case.subject.kind is CaseKind.RECORD_HELD)
    assert (held.case.schools, held.sides[0].record.key, held.sides[0].name) == (("A",), "1", None)
    region.decide_address("A/2 g Jan", "own")
    region.take(*twice)
    assert find(region, held.case.number).case == held.case

    region.take("A/1: s Ala 1 a", *twice[2:])
    assert find(region, held.case.number).case.state is CaseState.CLOSED_BY_GROUND
    done = region.take(*twice)
    assert find(region, held.case.number).case.reopened == 1
    region.undo(done.run.id)  # it was not taken in, so that nothing of it comes back: it is still to be read again
    assert find(region, held.case.number).case.reopened == 1
    region.take(*twice[2:])
    assert find(region, held.case.number).case.is_closed
    done = region.take(*twice[2:], "A/9: s Ewa 9 e", "A/9: s Ina 9 e")
    (new,) = queue(region, kind=CaseKind.RECORD_HELD)
    region.undo(done.run.id)
    assert find(region, new.case.number).case.state is CaseState.CLOSED_BY_GROUND


@pytest.mark.rule("SYNC-3a")
def test_every_kind_that_settling_knows_comes_into_the_queue():
    """Those that tests elsewhere bring about one by one, here at least the common ones, each with its mender."""
    region = Region(links_when_of_age=WhenOfAge.END)
    region.take(*OFFICES, "A/1: s Ala 1 a, g Jan 8 j", "A/2: s Ola - o", "A/3: s Iga 3 i, g Iza 7 z", "A/6: s Maja 6 q")
    region.restrict("A/3 g Iza", "A/3 s")
    region.take(
        "A/1: s Ala 1 a, g Jan 9 j",
        "A/2: s Ola - o",
        "A/3: s Iga 3 i, g Iza 7 z, g Adam - d",
        "A/4: s Ida_Sowa 1 -",
        "A/5: s Lea 5 q",
        "A/6: s Maja 6 q",
    )

    found = {each.case.subject.kind for each in queue(region)}

    assert found == {
        *(CaseKind.ID_CORRECTION, CaseKind.RESTRICTION, CaseKind.NAME_MISMATCH),
        *(CaseKind.ADDRESS_TAKEN, CaseKind.BIRTH_DATE_UNKNOWN),
    }
    assert {each.mending for each in queue(region)} == {MENDING[kind] for kind in found}


@pytest.mark.rule("ROLE-4a")
def test_each_office_sees_what_has_to_do_with_its_school():
    """Of somebody in another school's records the school alone, and what lies elsewhere not at all."""
    region = Region()
    region.take(*OFFICES, "C/y: y Ida 13 c", "A/1: s Ala 1 a, g Jan - x", "B/1: s Ala 1 a, g Jan - y", "C/1: s Lea 5 l")
    (seen,) = queue(region)
    assert [str(each.name) for each in seen.sides] == ["Jan Lis", "Jan Lis"]
    assert all(each.login for each in seen.sides)

    for school, index in (("A", 0), ("B", 1)):
        (theirs,) = queue(region, region.actor(f"{school}/y y"))
        assert theirs.case == seen.case
        assert theirs.sides[index] == seen.sides[index]
        other = theirs.sides[1 - index]
        assert (other.school, other.record, other.name, other.login) == ("BA"[index], None, None, "")
        assert not theirs.may_mend
        assert find(region, seen.case.number, region.actor(f"{school}/y y")) == theirs
    assert queue(region, region.actor("C/y y")) == ()
    assert find(region, seen.case.number, region.actor("C/y y")) is None
    assert find(region, 99) is None
    assert queue(region, school="B") == (seen,)
    assert queue(region, school="C") == queue(region, region.actor("A/y y"), school="B") == ()
    assert queue(region, kind=CaseKind.POSSIBLE_DUPLICATE) == (seen,)
    assert queue(region, kind=CaseKind.RENAMED) == ()
    assert isinstance(queue(region, region.actor("A/1 g Jan")), NotPermitted)
    with pytest.raises(InvalidValue, match="there are: A, B, C"):
        queue(region, school="D")


@pytest.mark.rule("MAIL-3b")
def test_a_school_whose_record_is_not_the_first_sees_it_too():
    """The case names the least place; the office of the other school finds its own record there."""
    region = Region()
    region.take(*OFFICES, *TWICE)

    (seen,) = queue(region, region.actor("B/y y"))

    assert (seen.case.subject.about.school, seen.sides[0].record) == ("A", region.place("B/1 g Jan").key.record)
    assert any("A" in each or "B" in each for each in seen.facts)


@pytest.mark.rule("ROLE-6b")
@settings(max_examples=40)
@given(stated=runs())
def test_nobody_sees_or_is_asked_to_mend_what_concerns_themselves(stated):
    """Whoever of staff may see something is in none of its records, and has no child there."""
    region = Region()
    for each in stated:
        region.take(each)
    world = region.world()
    staff = {place.person for place in world.places.values() if place.role == "secretary" and place.person is not None}
    for number in sorted(staff):
        seen = queue(region, region.actor_of(world.people[number]))
        if isinstance(seen, NotPermitted):
            continue
        for each in seen:
            records = {key.record if hasattr(key, "record") else key for key in each.case.subject.keys}
            there = {place.person for key, place in world.places.items() if key.record in records and place.is_present}
            assert number not in there
    for each in queue(region):
        for number in sorted(staff):
            done = assigning(region).assign(CONSOLE, each.case.number, number)
            if isinstance(done, ConflictAssigned):
                assert each.case.number in {
                    one.case.number for one in queue(region, region.actor_of(world.people[number]))
                }


@pytest.mark.rule("ROLE-4a")
@pytest.mark.rule("LAW-3a")
def test_who_may_mend_it_is_asked_by_who_may_too():
    """It is theirs until it is handed back; whoever has not the right asks nobody and is not asked."""
    region = Region()
    region.take(*OFFICES, *TWICE, "A/k: y Ewa_Kot 15 k")
    (seen,) = queue(region)
    number, zofia, ewa = seen.case.number, region.actor("A/y y"), region.actor("A/k y")
    hela = region.actor("A/d h")

    assert isinstance(assigning(region).assign(region.actor("A/1 g Jan"), number, zofia.person), ConflictKept)
    assert assigning(region).assign(zofia, 99, ewa.person) == ConflictKept(AssignRefused.UNKNOWN)
    assert assigning(region).assign(zofia, number, PersonId(99)) == ConflictKept(AssignRefused.NOBODY)
    assert assigning(region).assign(zofia, number, hela.person) == ConflictKept(AssignRefused.MAY_NOT_MEND)
    assert assigning(region).release(zofia, number) == ConflictKept(AssignRefused.NOT_ASSIGNED)

    done = assigning(region).assign(zofia, number, ewa.person, reason="knows the family")
    assert isinstance(done, ConflictAssigned)
    assert assigning(region).assign(zofia, number, ewa.person) == done

    assert [each.case for each in queue(region, ewa, mine=True)] == [done.case]
    assert queue(region, zofia, mine=True) == queue(region, CONSOLE, mine=True) == ()
    (theirs,) = queue(region, region.actor("B/y y"))
    assert (theirs.assignee.login, theirs.assignee.may_mend, theirs.may_mend) == (ewa.name, True, True)
    released = assigning(region).release(ewa, number)
    assert isinstance(released, ConflictAssigned)
    assert (released.case.state, released.case.assignee) == (CaseState.OPEN, None)
    with region.storage.snapshot() as unit:
        deeds = [(each.deed, each.by, each.on, each.why) for each in unit.audit.entries() if "conflict" in each.deed]
    assert deeds == [
        ("conflict-assigned", zofia.person, (ewa.person,), "knows the family"),
        ("conflict-handed-back", ewa.person, (ewa.person,), ""),
    ]


@pytest.mark.rule("ROLE-4a")
def test_who_loses_the_right_is_named_and_another_may_be_asked():
    """They may still hand it back; what is over is nobody's to give."""
    region = Region()
    region.take(*OFFICES, *TWICE, "A/k: y Ewa_Kot 15 k")
    number, zofia, ewa = queue(region)[0].case.number, region.actor("A/y y"), region.actor("A/k y")
    assigning(region).assign(zofia, number, ewa.person)
    region.take(*OFFICES, *TWICE)
    (seen,) = queue(region)
    assert (seen.assignee.login, seen.assignee.may_mend) == (ewa.name, False)
    assert isinstance(queue(region, ewa), NotPermitted)

    assert isinstance(assigning(region).release(ewa, number), ConflictAssigned)
    assert assigning(region).release(ewa, number) == ConflictKept(AssignRefused.UNKNOWN)
    assigning(region).assign(CONSOLE, number, zofia.person)
    region.take("B/1: s Ola 2 o, g Jan 8 x")

    over = find(region, number)
    assert (over.case.state, over.assignee.login) == (CaseState.CLOSED_BY_GROUND, zofia.name)
    for done in (assigning(region).assign(zofia, number, zofia.person), assigning(region).release(zofia, number)):
        assert done == ConflictKept(AssignRefused.CLOSED)


@pytest.mark.rule("ROLE-6b")
def test_an_own_case_is_neither_seen_nor_taken():
    """A secretary who is a mother there is not asked, and does not ask."""
    region = Region()
    region.take(*OFFICES, "A/k: y Ewa_Kot 15 k", "A/1: s Ala 1 a, g Zofia 11 z, g Jan 8 x", TWICE[1])
    (seen,) = queue(region)
    zofia, ewa = region.actor("A/y y"), region.actor("A/k y")

    assert queue(region, zofia) == ()
    assert assigning(region).assign(zofia, seen.case.number, ewa.person) == ConflictKept(AssignRefused.UNKNOWN)
    done = assigning(region).assign(ewa, seen.case.number, zofia.person)
    assert done == ConflictKept(AssignRefused.MAY_NOT_MEND)


@pytest.mark.rule("ID-7b")
def test_what_an_absorbed_account_was_asked_to_mend_is_the_survivors():
    """The list of the one that is left has it, and they hand it back."""
    region = Region()
    region.take(*OFFICES, *TWICE, "A/k: y Ewa_Kot - k", "B/k: y Ewa_Kot 15 l")
    number = next(e.case.number for e in queue(region) if e.case.subject.kind is CaseKind.ADDRESS_CONFLICT)
    absorbed, survivor = region.account("A/k y").id, region.account("B/k y").id
    assigning(region).assign(CONSOLE, number, absorbed)
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    plan = merging.plan(CONSOLE, absorbed, survivor)
    assert isinstance(merging.merge(CONSOLE, absorbed, survivor, plan_id=plan.id, reason="one woman"), Merged)

    ewa = region.actor("B/k y")

    assert [each.case.number for each in queue(region, ewa, mine=True)] == [number]
    assert isinstance(assigning(region).release(ewa, number), ConflictAssigned)
    done = assigning(region).assign(CONSOLE, number, absorbed)
    assert isinstance(done, ConflictAssigned)
    assert done.case.assignee == ewa.person


@pytest.mark.rule("SYNC-3a")
def test_a_closed_conflict_is_remembered_for_a_while():
    """Then whoever dispatches forgets it; what is open is never forgotten."""
    region = Region()
    region.take(*TWICE, "A/3: s Iga 3 i, g Jan_Kot 9 j", "B/3: s Ina 4 n, g Jan_Kot 9 k")
    region.take("B/1: s Ola 2 o, g Jan 8 x", "B/3: s Ina 4 n, g Jan_Kot 9 k")
    forgetting = ForgetOld(region.storage, region.tenant, region.clock)
    assert len(queue(region, closed=True)) == len(queue(region)) == 1

    region.clock.advance(region.tenant.settings.closed_conflict_memory)
    assert forgetting.run().conflicts == 0
    region.clock.advance(timedelta(microseconds=1))
    assert forgetting.run().conflicts == 1

    assert queue(region, closed=True) == ()
    assert len(queue(region)) == 1


def test_many_cases_are_looked_at_page_by_page(monkeypatch):
    """The list is the same however many cases are looked at together."""
    region = Region()
    region.take(*(f"{school}/{n}: s Ala {n} -, g Jan {n + 50} m{n}{school}" for n in range(1, 6) for school in "AB"))
    whole = queue(region)

    monkeypatch.setattr(see_conflicts, "_PAGE", 2)

    assert len(whole) == 5
    assert queue(region) == whole


def test_only_one_place_saves_runs():
    """No use case writes conflicts past the queue."""
    from pathlib import Path  # noqa: PLC0415

    folder = Path(see_conflicts.__file__).parent
    saving = [each.name for each in sorted(folder.glob("*.py")) if "rosters.save(" in each.read_text(encoding="utf-8")]

    assert saving == ["_keeping.py"]
