"""Whole diagnoses, cause by cause, with every fact in them (WHY-1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases.announce_maintenance import AnnounceMaintenance
from eszkola_core._usecases.diagnose import Diagnosis
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.causes import CauseCode, cause
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.runs import Changes, Run
from eszkola_core.domain.settings import PROFILES, Sharing
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel, reading

CONSOLE = Actor.console("console:test")
C = CauseCode


def causes(region, identifier, **how):
    """Return what stands in somebody's way."""
    return region.diagnosing.of(CONSOLE, identifier, **how).causes


def with_phone(region, key, name):
    """Pair a telephone."""
    begun = region.pairing.begin(key)
    region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), name)


# Somebody with an account


@pytest.mark.rule("WHY-1a")
def test_what_blocks_comes_first_and_then_what_was_found_first(a_region):
    """A guardian before the first access, whom another record may name again: the whole diagnosis."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Ewa - -", "B/1: s Ala 1 ala, g Ewa - inna")
    mine, other = region.place("A/1", "Ewa"), region.place("B/1", "Ewa")
    assert mine.person != other.person

    expected = {
        mine.person: (
            cause(C.FIRST_ACCESS_DUE, blocks=True),
            cause(C.NO_ADDRESS),
            cause(C.POSSIBLE_DUPLICATE, school="B", record="1", likeness="same-name-and-child"),
            cause(C.CHILD_ELSEWHERE, schools="A"),
        ),
        other.person: (
            cause(C.FIRST_ACCESS_DUE, blocks=True),
            cause(C.POSSIBLE_DUPLICATE, school="A", record="1", likeness="same-name-and-child"),
            cause(C.CHILD_ELSEWHERE, schools="B"),
        ),
    }
    for person, found in expected.items():
        assert region.diagnosing.of_person(person) == Diagnosis(person, found)


@pytest.mark.rule("WHY-1a")
def test_an_account_without_any_password_is_told_to_get_one(a_region):
    """Whatever its state says."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.become("ala", state=State.ACTIVE)

    assert causes(region, "ala.lis")[0] == cause(C.FIRST_ACCESS_DUE, blocks=True)


@pytest.mark.rule("WHY-1a")
def test_a_password_is_told_with_the_day_on_which_it_expires_or_did(a_region):
    """From fourteen days before, up to the instant: from then on it has expired."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    soon = cause(C.PASSWORD_EXPIRES, at="2027-01-22")
    region.clock.advance(timedelta(days=46) - timedelta(microseconds=1))
    assert soon not in causes(region, "ala.lis")
    region.clock.advance(timedelta(microseconds=1))
    assert soon in causes(region, "ala.lis")
    region.wait(days=14)

    told = causes(region, "ala.lis")
    assert cause(C.PASSWORD_EXPIRED, blocks=True, since="2027-01-22") in told
    assert C.PASSWORD_EXPIRES not in {each.code for each in told}


@pytest.mark.rule("WHY-1a")
def test_a_spent_credential_and_an_unread_notice_are_told(a_region):
    """Since which day, and what is to be acknowledged."""
    region = a_region(acknowledge_first=frozenset({NoticeKind.SAFETY_RULES}))
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    region.gives("ala")
    region.access.complete(region.token_for("ola@example.com"), "Zielony-Dom-7")
    assert cause(C.MUST_ACKNOWLEDGE, blocks=True, what="safety-rules") in causes(region, "ola.lis")

    region.wait(days=30)

    assert cause(C.CREDENTIAL_EXPIRED, blocks=True, since="2026-12-23") in causes(region, "ala.lis")


@pytest.mark.rule("WHY-1a")
def test_who_tried_too_often_from_nowhere_in_particular_is_told_until_when(a_region):
    """A diagnosis that names no source is about the source that a sign-in without one has."""
    region = a_region(failures_here=3)
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    for _ in range(4):
        region.signing_in.attempt("ala.lis", "zgadywane")

    (throttled, *_) = causes(region, "ala.lis")
    assert (throttled.code, throttled.blocks, set(dict(throttled.facts))) == (C.THROTTLED, True, {"until"})
    assert dict(throttled.facts)["until"].startswith("2026-11-23 11:")
    assert region.diagnosing.of_person(region.person("ala").id).causes[0] == throttled


@pytest.mark.rule("ACCESS-10")
def test_a_maintenance_is_told_with_its_end_where_one_is_expected(a_region):
    """A dash where none is; afterwards the instant at which it was over."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    announcing = AnnounceMaintenance(region.storage, region.tenant, region.clock)
    announcing.begin(CONSOLE)
    assert cause(C.MAINTENANCE, blocks=True, until="–") in causes(region, "ala.lis")
    region.wait(minutes=5)
    announcing.end(CONSOLE)

    assert cause(C.MAINTENANCE_OVER, since="2026-11-23 11:05") in causes(region, "ala.lis")


@pytest.mark.rule("WHY-1b")
def test_a_resting_account_is_told_since_when_or_until_when(a_region):
    """The last day of the role that ended, or the first of the one to come."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    region.enters("ala")
    gone = region.today
    region.take("A/2: s Ola 2 ola")
    region.wait(days=3)
    assert cause(C.ROLE_ENDED, blocks=True, since=gone.isoformat()) in causes(region, "ala.lis")

    stated = reading("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    (roster,) = stated.rosters
    first, *others = roster.records
    begins = region.today + timedelta(days=9)
    later = evolve(first, people=(evolve(first.people[0], first_day=begins),))
    region.take(evolve(stated, rosters=(evolve(roster, records=(later, *others)),)))

    told = [each for each in causes(region, "ala.lis") if each.blocks]
    assert told == [cause(C.ROLE_NOT_BEGUN, blocks=True, first_day=begins.isoformat())]


@pytest.mark.rule("WHY-1a")
def test_every_address_that_the_schools_state_instead_is_told(a_region):
    """Masked, with the school that states it."""
    region = a_region()
    lines = [f"{school}/1: s {name}, g Jan 8 jan" for school, name in (("A", "Ala 1 ala"), ("B", "Ola 2 ola"))]
    region.take(*lines, "C/1: s Iga 3 iga, g Jan 8 jan")
    region.take("A/1: s Ala 1 ala, g Jan 8 nowy", "B/1: s Ola 2 ola, g Jan 8 inny")

    (conflict,) = [each for each in causes(region, "jan.lis") if each.code is C.ADDRESS_CONFLICT]
    assert sorted(dict(conflict.facts)["stated"].split(", ")) == ["i•••@example.com · B", "n•••@example.com · A"]


@pytest.mark.rule("MAIL-9a")
def test_an_address_that_only_the_account_has_is_told_when_it_is_unusable(a_region):
    """No record states it: its owner moved there."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.moves(region.enters("ala"), "nowa")
    region.asks(pesel(1))
    region.comes_back("nowa")

    assert cause(C.ADDRESS_UNUSABLE, central="n•••@example.com") in causes(region, "ala.lis")


@pytest.mark.rule("WHY-1a")
def test_a_held_change_blocks_nothing_for_whom_it_was_applied_before(a_region):
    """Record and reason are named; the guardian goes on signing in."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan")
    region.enters("jan")
    assert C.HELD not in {each.code for each in causes(region, "jan.lis")}
    region.take("A/1: s Ala 1 ala, g Jan 18 jan")

    assert cause(C.HELD, school="A", record="1", reason="id-correction") in causes(region, "jan.lis")


@pytest.mark.rule("WHY-1a")
def test_of_the_devices_that_were_lost_lately_the_last_is_told(a_region):
    """With its name, day and reason, for ninety days; then that there is none."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan")
    for name in ("Stary", "Nowy"):
        with_phone(region, region.enters("jan") if name == "Stary" else region.signs_in("jan.lis"), name)
    region.locking.lock(CONSOLE, region.person("jan").id, why="x")
    region.locking.unlock(CONSOLE, region.person("jan").id)
    (ended,) = [each for each in causes(region, "jan.lis") if each.code is C.DEVICE_ENDED]
    assert dict(ended.facts) | {"name": ""} == {"at": "2026-11-23", "name": "", "reason": "locked"}
    region.wait(days=1)
    with_phone(region, region.signs_in("jan.lis"), "Ostatni")
    region.locking.lock(CONSOLE, region.person("jan").id, why="x")
    region.locking.unlock(CONSOLE, region.person("jan").id)

    last = cause(C.DEVICE_ENDED, at="2026-11-24", name="Ostatni", reason="locked")
    assert last in causes(region, "jan.lis")
    region.clock.advance(timedelta(days=90) - timedelta(microseconds=1))
    assert last in causes(region, "jan.lis")
    region.clock.advance(timedelta(microseconds=1))
    codes = {each.code for each in causes(region, "jan.lis")}
    assert C.NO_DEVICE in codes
    assert C.DEVICE_ENDED not in codes


# Somebody without one


@pytest.mark.rule("WHY-1a")
def test_all_that_a_record_lacks_is_told_of_everybody_in_it(a_region):
    """The student and the guardian who have no account; whoever has one is asked for by name."""
    region = a_region("uonet")
    region.take("A/1: s Ala - -, g Ewa - -, g Jan 8 jan")
    where = {"school": "A", "record": "1"}

    assert region.diagnosing.of(CONSOLE, "A/1") == Diagnosis(
        None, (cause(C.MISSING_EMAIL, blocks=True, **where), cause(C.MISSING_NATIONAL_ID, blocks=True, **where))
    )
    jan = region.person("jan")
    assert region.diagnosing.of(CONSOLE, "jan.lis").person == jan.id


@pytest.mark.rule("WHY-1a")
def test_a_held_record_is_told_and_whoever_else_is_in_it(a_region):
    """The place that waits does not keep the others from being looked at."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala", "A/2: s Ola_Kot 1 ola, g Ewa 9 -, g Jan 8 -")
    where = {"school": "A", "record": "2"}

    assert set(causes(region, "A/2")) == {
        cause(C.HELD, blocks=True, **where, reason="name-mismatch"),
        cause(C.MISSING_EMAIL, blocks=True, **where),
    }


@pytest.mark.rule("WHY-1a")
def test_what_lacks_nothing_and_has_not_opened_waits_for_the_next_import(a_region):
    """The rules were relaxed since the last one."""
    region = a_region("uonet")
    region.take("A/1: s Ala - ala")
    assert causes(region, "A/1") == (cause(C.MISSING_NATIONAL_ID, blocks=True, school="A", record="1"),)
    region.tenant = evolve(region.tenant, settings=PROFILES["open"])
    region.wire()

    assert causes(region, "A/1") == (cause(C.HELD, blocks=True, school="", record="", reason="not-imported"),)


# Who is asked for


@pytest.mark.rule("WHY-1a")
def test_a_record_stands_for_whom_it_is_about(a_region):
    """The student, with or without an account; the first guardian where the record has no student any more."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Jan 8 jan, g Ewa 9 ewa", "A/2: s Ola - -, g Jan 8 jan")

    assert region.diagnosing.of(CONSOLE, "A/1").person == region.person("ala").id
    assert region.diagnosing.of(CONSOLE, "A/2").person is None


@pytest.mark.rule("WHY-1a")
def test_who_has_left_before_an_account_opened_is_unknown(a_region):
    """Only present places count."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 ola")
    assert causes(region, pesel(1)) == (cause(C.MISSING_EMAIL, blocks=True, school="A", record="1"),)
    region.take("A/2: s Ola 2 ola")

    assert causes(region, pesel(1)) == (cause(C.UNKNOWN, blocks=True),)


@pytest.mark.rule("WHY-1a")
def test_a_shared_address_and_a_number_of_nobody_are_refused(a_region):
    """With what to do instead."""
    region = a_region(sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 dom, g Jan 8 dom")

    with pytest.raises(InvalidValue) as shared:
        region.diagnosing.of(CONSOLE, "dom@example.com")
    assert (str(shared.value), shared.value.code) == (
        "several share this address; name one of them by login",
        "shared-address",
    )
    with pytest.raises(InvalidValue) as unknown:
        region.diagnosing.of_person(99)
    assert (str(unknown.value), unknown.value.code) == ("there is no such person", "unknown-person")


@pytest.mark.rule("ROLE-4a")
def test_a_class_teacher_asks_about_the_records_of_the_own_class(a_region):
    """Of children who have no account yet, too; not of another class."""
    region = a_region("uonet")
    stated = reading("A/1: s Ala - -", "A/2: s Ola - -", "A/h: h Ida 95 ida")
    classes = {"1": "1a", "2": "1b", "h": "1a"}
    rosters = tuple(
        evolve(
            roster,
            records=tuple(
                evolve(each, people=(evolve(each.people[0], class_name=classes[each.key]),)) for each in roster.records
            ),
        )
        for roster in stated.rosters
    )
    region.take(evolve(stated, rosters=rosters))
    ida = region.actor("ida")

    assert isinstance(region.diagnosing.of(ida, "A/1"), Diagnosis)
    assert isinstance(region.diagnosing.of(ida, "A/2"), NotPermitted)


@pytest.mark.rule("WHY-1a")
def test_only_who_was_asked_about_is_told_of(a_region):
    """Neither others in the record, nor a likeness between two others."""
    region = a_region("uonet")
    region.take("A/1: s Ala - ala, g Ewa - -")
    assert causes(region, "ala@example.com") == (cause(C.MISSING_NATIONAL_ID, blocks=True, school="A", record="1"),)

    other = a_region()
    other.take("A/1: s Ala 1 ala, g Ewa - ewa, g Jan 8 jan", "B/1: s Ala 1 ala, g Ewa - inna")
    assert C.POSSIBLE_DUPLICATE in {each.code for each in causes(other, "ewa@example.com")}
    assert C.POSSIBLE_DUPLICATE not in {each.code for each in causes(other, "jan.lis")}


@pytest.mark.rule("WHY-1a")
def test_a_held_guardian_does_not_hide_what_the_student_lacks(a_region):
    """Both are told, in whatever order they stand."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Ewa_Kot 8 ewa")
    region.take("A/1: s Ala 1 ala, g Ewa_Kot 8 ewa", "A/2: s Ola - ola, g Jan 8 -")
    where = {"school": "A", "record": "2"}

    assert causes(region, "A/2") == (
        cause(C.HELD, blocks=True, **where, reason="name-mismatch"),
        cause(C.MISSING_NATIONAL_ID, blocks=True, **where),
    )


@pytest.mark.rule("WHY-1a")
def test_a_pairing_that_came_to_nothing_was_no_device(a_region):
    """Nothing was lost with it: no device is paired, and none was."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan")
    region.pairing.begin(region.enters("jan"))
    region.locking.lock(CONSOLE, region.person("jan").id, why="x")
    region.locking.unlock(CONSOLE, region.person("jan").id)

    codes = [each.code for each in causes(region, "jan.lis")]
    assert C.NO_DEVICE in codes
    assert C.DEVICE_ENDED not in codes


@pytest.mark.rule("WHY-1a")
def test_an_account_of_which_no_record_is_left_rests_since_today(a_region):
    """Nothing says when a role of it ended."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    region.take("A/2: s Ola 2 ola")
    ala = region.person("ala").id
    with region.storage.unit() as unit:
        mine = unit.rosters.gather(Seeds(people=frozenset({ala}))).places.values()
        emptied = [evolve(each, accepted=None, pending=None, person=None, own_key=None) for each in mine]
        run = Run(author="test", at=region.clock.now(), plan=b"erasure")
        unit.rosters.save(run, Changes(after_run=unit.rosters.newest_run(), places=emptied))

    told = [each for each in region.diagnosing.of_person(ala).causes if each.blocks]
    assert told == [
        cause(C.FIRST_ACCESS_DUE, blocks=True),
        cause(C.ROLE_ENDED, blocks=True, since=region.today.isoformat()),
    ]


@pytest.mark.rule("WHY-1a")
def test_a_record_without_a_student_stands_for_its_first_guardian(a_region):
    """By the order of the names; the key of a record may have a stroke of its own in it."""
    region = a_region()
    region.take("A/1: g Jan 8 jan, g Ewa 9 ewa", "A/2: g Iza 7 iza", "A/3/b: s Ala 1 ala")

    for at, login in (("A/1", "ewa.lis"), ("A/2", "iza.lis"), ("A/3/b", "ala.lis")):
        assert region.diagnosing.of(CONSOLE, at).person == region.person(login).id
