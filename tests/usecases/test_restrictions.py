"""A restriction between a human and a child: who makes it, who lifts it, and what it denies (LINK-3)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases.restrict_links import Lifted, Restricted, RestrictionKept, RestrictionRefused
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.permissions import Action, Ground
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.region import CONSOLE, Region

FAMILY = (
    "A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e",
    "A/2: s Ola 2 o, g Jan 8 j",
    "A/t1: t Jan 8 j",
    "A/y1: y Zofia 11 z",
    "A/y2: y Ewa 9 e",
    "B/y3: y Maria 12 m",
)


@pytest.fixture
def region():
    """Return a region with a family, and with staff of two schools: the father teaches, the mother is a secretary."""
    made = Region()
    made.take(*FAMILY)
    return made


def may(region, actor, action, at, *, concerns=()):
    """Return what decides whether somebody may do something to the person at a place."""
    with region.storage.snapshot() as unit:
        acting = Acting(unit, region.storage, region.tenant, region.clock.now())
        return acting.permission(actor, action, acting.target(region.account(at).id, concerns=concerns))


@pytest.mark.rule("LINK-3a")
def test_a_restricted_guardian_does_not_see_the_child(region):
    """From the next call on, neither by the link nor as the child's teacher; other children and guardians stay."""
    father = region.actor("A/1 g Jan")
    assert may(region, father, Action.VIEW, "A/1 s").ground is Ground.LINK

    region.restrict("A/1 g Jan", "A/1 s")

    assert region.children("A/1 g Jan") == ("Ola Lis",)
    assert region.children("A/1 g Ewa") == ("Ala Lis",)
    for action in Action:
        assert may(region, father, action, "A/1 s").ground is Ground.RESTRICTED
    assert may(region, father, Action.VIEW, "A/2 s").ground is Ground.LINK
    assert may(region, region.actor("A/1 g Ewa"), Action.VIEW, "A/1 s").ground is Ground.LINK


@pytest.mark.rule("LINK-3a")
def test_what_was_lifted_is_as_the_records_say(region):
    """The link is there again, and the decision says who ended it and why."""
    region.restrict("A/1 g Jan", "A/1 s")

    region.lift("A/1 g Jan", "A/1 s")

    assert region.children("A/1 g Jan") == ("Ala Lis", "Ola Lis")
    with region.storage.snapshot() as unit:
        (decision,) = unit.people.decisions(region.account("A/1 s").id)
    assert (decision.author, decision.reason) == ("console:test", "court order")
    assert (decision.withdrawn_by, decision.withdrawn_why) == ("console:test", "appeal")


@pytest.mark.rule("LINK-3a")
def test_two_accounts_that_may_be_one_humans_are_both_kept_away():
    """They have the name and the child in common, and no id proves them different; another guardian stays."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan - j, g Ewa 9 e", "B/1: s Ala 1 a, g Jan - k")
    jan, double = region.account("A/1 g Jan"), region.account("B/1 g Jan")
    assert jan.id != double.id

    done = region.restricting.restrict(CONSOLE, jan.id, region.account("A/1 s").id, reason="order")

    assert [each.subject for each in done.also] == [double.id]
    assert region.children("A/1 g Jan") == region.children("B/1 g Jan") == ()
    assert region.children("A/1 g Ewa") == ("Ala Lis",)


@pytest.mark.rule("LINK-3a")
def test_two_accounts_that_may_be_one_childs_are_both_out_of_reach():
    """One record has her id and the other has not; a sister who is proven another stays on the list."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j", "A/2: s Ala - -, g Jan 8 j", "A/3: s Ola 2 o, g Jan 8 j")
    assert region.children("A/1 g Jan") == ("Ala Lis", "Ala Lis", "Ola Lis")

    region.restrict("A/1 g Jan", "A/2 s")

    assert region.children("A/1 g Jan") == ("Ola Lis",)


@pytest.mark.rule("LINK-3d")
def test_the_secretary_restricts_and_the_heads_lift(region):
    """In their own school; a secretary does not lift, a teacher neither restricts nor lifts."""
    human, child = region.account("A/1 g Ewa").id, region.account("A/1 s").id
    restricting = region.restricting

    for at in ("A/t1 t", "B/y3 y"):
        assert isinstance(restricting.restrict(region.actor(at), human, child, reason="order"), NotPermitted)
    assert isinstance(restricting.restrict(region.actor("A/y1 y"), human, child, reason="order"), Restricted)
    for at in ("A/t1 t", "A/y1 y", "B/y3 y", "A/1 g Ewa", "A/1 s"):
        assert isinstance(restricting.lift(region.actor(at), human, child, reason="please"), NotPermitted)
    assert isinstance(restricting.lift(CONSOLE, human, child, reason="appeal"), Lifted)


@pytest.mark.rule("LINK-3d")
@pytest.mark.rule("ROLE-6b")
def test_nobody_decides_on_what_concerns_themselves(region):
    """A secretary who is the child's mother, the one to be restricted, or restricted already, restricts nobody."""
    mother, father = region.actor("A/1 g Ewa"), region.account("A/1 g Jan").id
    child, other = region.account("A/1 s").id, region.account("A/2 s").id
    restricting = region.restricting

    assert restricting.restrict(mother, father, child, reason="quarrel") == NotPermitted(
        may(region, mother, Action.RESTRICT, "A/1 s")
    )
    assert isinstance(restricting.restrict(mother, mother.person, other, reason="quarrel"), NotPermitted)
    region.restrict("A/1 g Ewa", "A/2 s")
    assert isinstance(restricting.lift(mother, mother.person, other, reason="quarrel"), NotPermitted)


@pytest.mark.rule("LINK-3a")
def test_a_restriction_says_why_and_between_whom(region):
    """Without a reason, of oneself, a second time or where there is none, nothing happens; nor about nobody."""
    human, child = region.account("A/1 g Jan").id, region.account("A/1 s").id
    restricting = region.restricting

    assert restricting.restrict(CONSOLE, human, child, reason=" ") == RestrictionKept(RestrictionRefused.NO_REASON)
    assert restricting.restrict(CONSOLE, child, child, reason="x") == RestrictionKept(RestrictionRefused.SAME_PERSON)
    assert restricting.lift(CONSOLE, human, child, reason="x") == RestrictionKept(RestrictionRefused.NOT_RESTRICTED)
    region.restrict("A/1 g Jan", "A/1 s")
    again = restricting.restrict(CONSOLE, human, child, reason="x")
    assert again == RestrictionKept(RestrictionRefused.ALREADY_RESTRICTED)
    with pytest.raises(InvalidValue, match="nobody"):
        restricting.restrict(CONSOLE, PersonId(99), child, reason="x")


@pytest.mark.rule("LINK-3d")
@pytest.mark.rule("LAW-3a")
def test_both_acts_are_in_the_journal(region):
    """Who, on whom, why; a refused one is not."""
    human, child = region.account("A/1 g Ewa").id, region.account("A/1 s").id
    secretary = region.actor("A/y1 y")

    region.restricting.restrict(secretary, human, child, reason="order 7/26")
    region.restricting.lift(secretary, human, child, reason="please")
    region.lift("A/1 g Ewa", "A/1 s")

    with region.storage.snapshot() as unit:
        entries = [each for each in unit.audit.entries() if each.deed != "roster-imported"]
    assert [(each.deed, each.by, each.console, each.on, each.why) for each in entries] == [
        ("link-restricted", secretary.person, "", (human, child), "order 7/26"),
        ("link-restriction-lifted", None, "console:test", (human, child), "appeal"),
    ]
