"""A restriction binds those who were erased and come back, and those who have no account yet (LINK-3d)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases.admit_guardians import AdmitGuardians, Admitted
from eszkola_core._usecases.grant_roles import GrantRoles
from eszkola_core._usecases.restrict_links import Restricted, RestrictionKept, RestrictionRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.claims import DecisionKind, Hold, PlaceKey
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.newcomers import admission
from eszkola_core.domain.permissions import Action, Ground, Permission
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Changes, Run
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.region import CONSOLE, Region

FAMILY = ("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e", "A/y: y Maria 12 m", "B/2: s Ola 2 o, g Ewa 9 e")
TEACHER = "A/t: t Jan 8 j"


def erase(region, *people):
    """Leave of some people what an erasure leaves: a number, and a state; their records are gone before."""
    with region.storage.unit() as unit:
        for person in unit.people.get_many(people).values():
            nobody = person.changed(state=State.ERASED, ids=(), central=None, name=PersonName("", ""))
            unit.people.save(nobody)
        mine = [each for each in region.world().places.values() if each.person in people]
        emptied = [evolve(each, accepted=None, pending=None, person=None, own_key=None) for each in mine]
        run = Run(author="test", at=region.clock.now(), plan=b"erasure")
        unit.rosters.save(run, Changes(after_run=unit.rosters.newest_run(), places=emptied))


def permission(region, person, action, target):
    """Return what decides whether one may do something to another."""
    with region.storage.snapshot() as unit:
        acting = Acting(unit, region.storage, region.tenant, region.clock.now())
        return acting.permission(region.actor_of(person), action, acting.target(target))


@pytest.fixture
def region():
    """Return a region in which Jan is kept from Ala."""
    made = Region()
    made.take(*FAMILY)
    made.restrict("A/1 g Jan", "A/1 s")
    return made


@pytest.mark.rule("LINK-3d")
@pytest.mark.parametrize("gone", [{"Jan"}, {"Ala"}, {"Jan", "Ala"}])
def test_who_is_erased_and_comes_back_is_known_again(region, gone):
    """By the national id: with a new account, as a guardian and as a teacher, for the new account of the child."""
    former = {region.account_named(each).id for each in gone}
    region.take(empty=("A", "B"))
    region.later(40)
    erase(region, *former)

    for _ in range(2):
        region.take(*FAMILY, TEACHER)
        jan, ala = region.account_named("Jan"), region.account_named("Ala")
        assert former.isdisjoint({jan.id, ala.id})
        assert permission(region, jan, Action.VIEW, ala.id).ground is Ground.RESTRICTED
        assert region.children_seen_by(jan.id) == ()
        assert region.children("A/1 g Ewa") == ("Ala Lis", "Ola Lis")


@pytest.mark.rule("LINK-3d")
def test_what_was_made_anew_is_lifted_with_the_former(region):
    """One lifting ends all of it: the next import makes nothing anew."""
    former = region.account_named("Jan").id
    region.take("A/1: s Ala 1 a, g Ewa 9 e")
    erase(region, former)
    region.take(*FAMILY, TEACHER)
    region.take(*FAMILY, TEACHER)
    assert region.children("A/t t") == ()

    region.lift("A/t t", "A/1 s")
    region.take(*FAMILY, TEACHER)

    assert region.account("A/1 g Jan").id == region.account("A/t t").id != former
    assert region.children("A/t t") == ("Ala Lis",)


@pytest.mark.rule("LINK-3a")
def test_who_has_no_account_is_restricted_by_the_place(region):
    """The guardian lasts from then on, and when the account opens it sees the other child alone."""
    region = Region("uonet")
    region.take("A/1: s Ala 1 a, g Jan 8 -", "A/2: s Ola 2 o, g Jan 8 -")
    place = region.place("A/1 g Jan").key
    assert region.person("A/1 g Jan") is None

    done = region.restricting.restrict(CONSOLE, place, region.account("A/1 s").id, reason="court order")
    region.take("A/1: s Ala 1 a, g Jan 8 j", "A/2: s Ola 2 o, g Jan 8 j")

    assert isinstance(done, Restricted)
    assert region.children("A/1 g Jan") == ("Ola Lis",)
    again = region.restricting.restrict(CONSOLE, place, region.account("A/1 s").id, reason="x")
    assert again == RestrictionKept(RestrictionRefused.ALREADY_RESTRICTED)


@pytest.mark.rule("LINK-3a")
def test_a_child_without_an_account_is_kept_from_somebody_too(region):
    """Who may restrict is judged by the child's school and class."""
    region = Region("uonet")
    region.take("A/1: s Ala - -, g Jan 8 j", "A/y: y Maria 12 m", "B/y: y Zofia 13 z")
    child, jan = region.place("A/1 s").key, region.account("A/1 g Jan").id

    assert isinstance(region.restricting.restrict(region.actor("B/y y"), jan, child, reason="order"), NotPermitted)
    assert isinstance(region.restricting.restrict(region.actor("A/y y"), jan, child, reason="order"), Restricted)

    assert region.children("A/1 g Jan") == ()
    with pytest.raises(InvalidValue, match="place"):
        region.restricting.restrict(CONSOLE, jan, PlaceKey(child.record, child.role, "nobody"), reason="x")


@pytest.mark.rule("LINK-3b")
def test_who_proves_to_be_somebody_else_is_admitted(region):
    """By whoever may lift, with a reason; the restriction stands, and under another name the place waits again."""
    news = ("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e, g Adam - d", *FAMILY[1:])
    region.take(*news)
    place = region.place("A/1 g Adam")
    assert place.hold is Hold.RESTRICTION
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, region.restricting.secrets)

    assert isinstance(admitting.admit(region.actor("A/y y"), place.key, reason="seen the passport"), NotPermitted)
    no_reason = RestrictionKept(RestrictionRefused.NO_REASON)
    assert admitting.admit(CONSOLE, place.key, reason=" ") == no_reason
    assert isinstance(admitting.admit(CONSOLE, place.key, reason="seen the passport"), Admitted)

    assert region.children("A/1 g Adam") == ("Ala Lis",)
    assert not region.children_seen_by(region.account_named("Jan").id)
    not_held = RestrictionKept(RestrictionRefused.NOT_HELD)
    assert admitting.admit(CONSOLE, place.key, reason="again") == not_held
    with region.storage.snapshot() as unit:
        deeds = [each.deed for each in unit.audit.entries() if each.deed != "roster-imported"]
    assert deeds == ["link-restricted", "guardian-admitted"]
    region.take("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e, g Adaś - d", *FAMILY[1:])
    assert region.place("A/1 g Adaś").hold is Hold.RESTRICTION


@pytest.mark.rule("LINK-3b")
def test_who_stands_in_a_record_alone_is_kept_from_nobody_in_it():
    """A gradebook that names a guardian without a child: there is nobody to admit them to."""
    region = Region()
    region.take("A/1: g Jan 8 j", "A/2: t Ewa 9 e")
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, region.restricting.secrets)

    for at in ("A/1 g", "A/2 t"):
        kept = admitting.admit(CONSOLE, region.place(at).key, reason="seen the passport")
        assert kept == RestrictionKept(RestrictionRefused.NOT_HELD)


@pytest.mark.rule("LINK-3b")
def test_a_child_is_admitted_to_a_restricted_guardian(region):
    """Jan's new record of a child without an id waits until somebody says that it is not Ala."""
    region.take(*FAMILY, "A/5: s Iga - -, g Jan 8 j")
    held = [region.place("A/5 g Jan"), region.place("A/5 s")]
    waiting = next(each for each in held if each.hold is Hold.RESTRICTION)
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, region.restricting.secrets)

    assert isinstance(admitting.admit(CONSOLE, waiting.key, reason="a sister"), Admitted)

    assert region.children("A/5 g Jan") == ("Iga Lis",)


@pytest.mark.rule("LINK-3b")
def test_a_namesake_who_is_proven_another_keeps_every_guardian(region):
    """By the national id; without one, whoever is new to a child of this name waits."""
    region.take(*FAMILY, "B/7: s Ala 3 -, g Adam - d", "B/8: s Ala - -, g Igor - i")

    assert region.children("B/7 g Adam") == ("Ala Lis",)
    assert region.place("B/8 g Igor").hold is Hold.RESTRICTION


@pytest.mark.rule("LINK-3b")
def test_an_admission_is_decided_about_the_child(region):
    """With the place and the name in it, who said so and why; the journal has the same, and a stranger's place none."""
    region.take("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e, g Adam - d", *FAMILY[1:])
    place, ala = region.place("A/1 g Adam"), region.account("A/1 s").id
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, region.restricting.secrets)

    done = admitting.admit(CONSOLE, place.key, reason=" seen the passport ")

    assert isinstance(done, Admitted)
    decision = done.decision
    assert (decision.kind, decision.subject, decision.object) == (DecisionKind.GUARDIAN_ADMITTED, ala, None)
    assert decision.value == admission(place.key, PersonName("Adam", "Lis"))
    assert (decision.author, decision.reason, decision.at) == ("console:test", "seen the passport", region.clock.now())
    with region.storage.snapshot() as unit:
        entry = list(unit.audit.entries())[-1]
    assert (entry.deed, entry.on, entry.why) == ("guardian-admitted", (ala,), "seen the passport")
    with pytest.raises(InvalidValue) as nobody:
        admitting.admit(CONSOLE, PlaceKey(place.key.record, place.key.role, "nobody"), reason="x")
    assert (str(nobody.value), nobody.value.code) == ("nobody stands in this place", "unknown-place")


@pytest.mark.rule("LINK-3b")
def test_a_child_without_a_number_is_admitted_through_who_stands_beside():
    """The guardian in the record has one: the decision is about the guardian, and nobody gets a number for it."""
    region = Region("uonet")
    region.take(*FAMILY, "A/5: s Iga - -, g Ewa 9 e")
    region.restrict("A/1 g Jan", "A/1 s")
    region.take(*FAMILY, "A/5: s Iga - -, g Ewa 9 e, g Jan 8 j")
    held = [each for each in (region.place("A/5 g Jan"), region.place("A/5 s")) if each.hold is Hold.RESTRICTION]
    assert held
    assert region.place("A/5 s").person is None
    beside = sorted(each.id for each in (region.account("A/5 g Ewa"), region.account("A/1 g Jan")))
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, region.restricting.secrets)

    done = admitting.admit(CONSOLE, held[0].key, reason="a sister")

    assert isinstance(done, Admitted)
    assert done.decision.subject in beside


@pytest.mark.rule("LINK-3a")
@pytest.mark.rule("ROLE-6b")
def test_who_restricts_by_a_place_is_told_what_is_wrong():
    """A place where nobody stands, one that is held, and one whose child the actor is a guardian of."""
    region = Region("uonet")
    region.take(
        "A/1: s Ala - -, g Jan 8 j, g Maria 12 m", "A/y: y Maria 12 m", "A/3: s Ida 1 ida", "A/2: s Ola_Kot 1 ola"
    )
    child, jan, maria = region.place("A/1 s").key, region.account("A/1 g Jan").id, region.account("A/y y").id
    restricting = region.restricting

    assert region.place("A/3 s").hold is not None
    refused = restricting.restrict(region.actor("A/y y"), maria, child, reason="x")
    assert refused == NotPermitted(Permission(allowed=False, ground=Ground.CONCERNS_ACTOR))
    for place, text, code in (
        (PlaceKey(child.record, child.role, "nobody"), "nobody stands in this place", "unknown-place"),
        (region.place("A/3 s").key, "what this record says is held; settle that first", "place-held"),
    ):
        with pytest.raises(InvalidValue) as wrong:
            restricting.restrict(CONSOLE, jan, place, reason="x")
        assert (str(wrong.value), wrong.value.code) == (text, code)


@pytest.mark.rule("LINK-3b")
def test_where_nobody_lasts_yet_the_student_gets_the_number_that_is_decided_about():
    """A namesake of the child without an id, and a guardian who is new: neither had an account."""
    region = Region("uonet")
    region.take(*FAMILY)
    region.restrict("A/1 g Jan", "A/1 s")
    region.take(*FAMILY, "B/8: s Ala - -, g Igor - i")
    waiting = region.place("B/8 g Igor")
    assert (waiting.hold, waiting.person, region.place("B/8 s").person) == (Hold.RESTRICTION, None, None)
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, region.restricting.secrets)

    done = admitting.admit(CONSOLE, waiting.key, reason="another Ala")

    assert isinstance(done, Admitted)
    assert done.decision.subject == region.place("B/8 s").person


@pytest.mark.rule("LINK-3b")
@pytest.mark.rule("LINK-3d")
def test_the_head_of_every_school_of_the_child_may_admit(region):
    """Also in the other school's record: it is about the same child."""
    lines = ("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e, g Adam - d", *FAMILY[1:], "B/3: s Ala 1 a", "B/t: t Iga 13 i")
    region.take(*lines)
    granting = GrantRoles(region.storage, region.tenant, region.clock, region.restricting.secrets)
    head = HeldRole("B", Role.SCHOOL_ADMINISTRATOR)
    granting.grant(CONSOLE, region.account("B/t t").id, head, last_day=region.today + timedelta(days=9))
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, region.restricting.secrets)

    place = region.place("A/1 g Adam")
    assert place.hold is Hold.RESTRICTION
    assert isinstance(admitting.admit(region.actor("B/t t"), place.key, reason="seen the passport"), Admitted)
