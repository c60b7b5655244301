"""Whoever acts: what they may is computed on the spot, and what they did is written down with it."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from eszkola_core._usecases._acting import Acting
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.audit import broken
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.permissions import Action, Ground
from eszkola_core.domain.roles import Role
from eszkola_core.testing.notation import pesel, reading


def classes(stated, **of_record):
    """Return *stated* with the class of whoever a record is about."""

    def record(each):
        first, *others = each.people
        return evolve(each, people=(evolve(first, class_name=of_record.get(each.key, "")), *others))

    rosters = (evolve(each, records=tuple(map(record, each.records))) for each in stated.rosters)
    return evolve(stated, rosters=tuple(rosters))


@pytest.fixture
def region(a_region):
    """Return a region with a class, its homeroom teacher who is a mother too, and a family in two classes."""
    region = a_region()
    region.take(
        classes(
            reading(
                "A/1: s Ala 1 ala, g Jan 8 jan, g Ewa 9 ewa",
                "A/2: s Ola 2 ola, g Jan 8 jan",
                "A/3: s Iga 3 iga, g Ida 7 ida",
                "A/h1: h Ida 7 ida",
                "A/y1: y Zofia 6 zofia",
            ),
            **{"1": "1a", "2": "1b", "3": "1a", "h1": "1a"},
        )
    )
    return region


@pytest.fixture
def acting(region):
    """Return what does something in a unit: ``acting(lambda acting: …)``."""

    def act(does):
        with region.storage.unit() as unit:
            return does(Acting(unit, region.storage, region.tenant, region.clock.now()))

    return act


def actor_of(region, login):
    """Return somebody who acts, of whom the caller knows nothing but who it is."""
    person = region.person(login)
    return Actor(name=person.login, person=person.id)


@pytest.mark.rule("ROLE-4a")
def test_roles_and_children_are_looked_up_when_somebody_acts(region, acting):
    """Whatever the caller believes of them: what was handed in is replaced by what is so today."""
    ida = actor_of(region, "ida")
    liar = evolve(ida, roles=(HeldRole("A", Role.REGIONAL_ADMINISTRATOR),), children=frozenset({PersonId(99)}))
    known = acting(lambda each: each.known(liar))

    assert known.roles == (HeldRole("A", Role.GUARDIAN, "1a"), HeldRole("A", Role.HOMEROOM_TEACHER, "1a"))
    assert known.children == {region.person("iga").id}
    assert acting(lambda each: each.known(Actor(name="nobody", roles=liar.roles))).roles == ()


@pytest.mark.rule("ROLE-5a")
def test_a_role_that_ended_allows_nothing_from_that_day_on(region, acting):
    """The last day is inside; on the day after it the same actor is refused."""
    region.take_until("A/y1: y Zofia 6 zofia", date(2026, 11, 23))
    zofia, ala = actor_of(region, "zofia"), region.person("ala").id

    def ask(each):
        return each.permission(zofia, Action.RESTRICT, each.target(ala))

    assert acting(ask)
    region.wait(days=1)
    assert acting(ask).ground is Ground.NO_ROLE


@pytest.mark.rule("ROLE-3a")
def test_a_guardian_is_in_the_classes_of_the_children(region, acting):
    """So the homeroom teacher reaches the guardians of the own class, and the account as a whole only of those."""
    ida = actor_of(region, "ida")
    jan, ewa = (acting(lambda each, login=login: each.target(region.person(login).id)) for login in ("jan", "ewa"))

    assert {each.class_name for each in jan.roles} == {"1a", "1b"}
    assert acting(lambda each: each.permission(ida, Action.CORRECT_GUARDIAN_DATA, jan))
    assert acting(lambda each: each.permission(ida, Action.GIVE_CREDENTIAL, ewa))
    assert acting(lambda each: each.permission(ida, Action.GIVE_CREDENTIAL, jan)).ground is Ground.NOT_COVERED


@pytest.mark.rule("ACCESS-8")
def test_who_has_no_role_any_more_stays_in_reach_of_whoever_had_power_over_them(region, acting):
    """Else nobody could wind up an account after the last role ended."""
    ewa = region.person("ewa").id
    region.take("A/1: s Ala 1 ala, g Jan 8 jan")
    target = acting(lambda each: each.target(ewa))

    assert target.roles == (HeldRole("A", Role.GUARDIAN),)
    assert acting(lambda each: each.permission(actor_of(region, "zofia"), Action.GIVE_CREDENTIAL, target))


@pytest.mark.rule("LAW-3a")
def test_what_was_done_is_in_the_journal_if_and_only_if_it_happened(region, acting):
    """An entry stands in the same unit as the deed: it is gone with it, and numbered after the one before."""
    zofia, ala = actor_of(region, "zofia"), region.person("ala").id
    with region.storage.snapshot() as unit:
        before = unit.audit.head().count

    def fails(each):
        each.note(zofia, "role-granted", on=[ala])
        raise LookupError

    with pytest.raises(LookupError):
        acting(fails)
    acting(lambda each: each.note(evolve(zofia, where="2001:db8::7"), "role-granted", on=[ala, ala], why="zastępstwo"))
    acting(lambda each: each.note(Actor.console("console:root"), "school-added", detail={"school": "A"}))

    with region.storage.snapshot() as unit:
        role, school = unit.audit.entries(after=before)
        assert broken(unit.audit.entries(), region.storage.fingerprints) == ()
    assert (role.by, role.console, role.on, role.where, role.why) == (
        zofia.person,
        "",
        (ala,),
        "2001:db8::7",
        "zastępstwo",
    )
    assert (school.by, school.console, school.on, school.detail) == (None, "console:root", (), {"school": "A"})


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("number", [pesel(1), f"{pesel(1)[:6]} {pesel(1)[6:]}", "48123456789", "123456"])
def test_a_number_that_somebody_typed_as_a_reason_is_masked(region, acting, number):
    """The journal is kept for years and read by many: a national id has no place in it."""
    acting(
        lambda each: each.note(Actor.console("console:root"), "restricted", why=f"wyrok z 2026-09-01, PESEL {number}")
    )

    with region.storage.snapshot() as unit:
        *_, entry = unit.audit.entries()
    assert "wyrok z 2026-09-01" in entry.why
    assert number not in entry.why
