"""Who may do what: the table against a model that was written from the rules and not from the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.permissions import (
    COVERS_EVERY_ROLE,
    PERMISSIONS,
    Action,
    Ground,
    Permission,
    Scope,
    may,
    may_grant,
)
from eszkola_core.domain.role_powers import GRANTS, POWER_OVER, brings
from eszkola_core.domain.roles import IMPORTABLE, STAFF, Role
from eszkola_core.testing import strategies as s
from eszkola_core.testing.permissions_page import page

PAGE = Path(__file__).parents[2] / "docs/reference/permissions.md"

# Columns: student, guardian, teacher, homeroom teacher, secretary, school administrator, delegate, region.
# . nothing, o the own account, k the own children, c the own class, s the own school, a all schools.
# Marks: p needs power over the other's role, w must cover every role of the other, o may be done to the own account.
MODEL = """
    view                   okscsssa  p o
    view-readiness         ...csssa
    diagnose               okocsssa  o
    enter-personal-data    ...csss.  p
    correct-personal-data  .....ss.  p
    correct-guardian-data  ...csss.  p
    set-address            ...csssa  p w
    settle-identity        ....sssa  p
    merge                  .....ssa  p w
    restrict               ....sss.  p
    lift-restriction       .....ss.  p
    take-application       ...csss.  p
    confirm-applicant      ...csss.  p
    decide-application     ....sss.  p
    issue-code             ...csss.  p
    give-credential        ...csssa  p w
    replace-password       .....ssa  p w
    lock                   .....ssa  p w
    unlock                 .....ssa  p w
    report-disclosure      ....sssa
    publish-notice         ......sa
    record-acknowledgement ...csssa  p
    clear-address          ....sssa  p
    manage-devices         .....ssa  p w
    assign-licence         .....ssa  p
    manage-licences        .......a
    grant-role             .....ssa
    import-roster          ....sssa
    undo-run               .....ssa
    export-person          okooossa  p w o
    erase-person           ......sa  p w
    read-audit             ......sa
    shorten-audit          .......a
    manage-schools         .......a
    announce-maintenance   .......a
    read-sms-statement     ....sssa
    reconcile-sms          .......a
    change-settings        .......a
    rotate-keys            .......a
"""
ROLES = [
    Role.STUDENT,
    Role.GUARDIAN,
    Role.TEACHER,
    Role.HOMEROOM_TEACHER,
    Role.SECRETARY,
    Role.SCHOOL_ADMINISTRATOR,
    Role.DELEGATE,
    Role.REGIONAL_ADMINISTRATOR,
]
ROWS = {words[0]: (words[1], set(words[2:])) for words in (line.split() for line in MODEL.strip().splitlines())}
RANK = {Role.STUDENT: 0, Role.GUARDIAN: 0} | {role: at for at, role in enumerate(ROLES) if at > 1}
"""Who stands above whom: each above all before, but for teachers, who are above students and guardians alike."""

ME, CHILD, OTHER = PersonId(1), PersonId(2), PersonId(3)


def is_above(mine, theirs):
    """Return whether one role has power over another."""
    teachers = {Role.TEACHER, Role.HOMEROOM_TEACHER}
    return RANK[mine] > RANK[theirs] and not {mine, theirs} <= teachers


def letter(action, role):
    """Return how far a role reaches in an action."""
    return ROWS[action][0][ROLES.index(role)]


def expected(actor, action, target):
    """Return what the rules say, computed the long way round."""
    if actor.is_console:
        return True
    about = {target.person, *target.concerns} - {None}
    if about & actor.kept_from:
        return False
    marks = ROWS[action][1]
    letters = {letter(action, held.role) for held in actor.roles} - {"."}
    if actor.person in about or about & actor.children:
        alone = about == {target.person}
        mine = target.person == actor.person and ("o" in letters or ("o" in marks and letters))
        childs = target.person in actor.children and "k" in letters
        return bool(alone and (mine or childs))
    covered = []
    for theirs in target.roles:
        ways = []
        for held in actor.roles:
            reach = letter(action, held.role)
            near = (
                reach == "a"
                or (reach == "s" and held.school == theirs.school)
                or (
                    reach == "c"
                    and held.class_name
                    and held.class_name == theirs.class_name
                    and held.school == theirs.school
                )
            )
            ways.append(near and ("p" not in marks or is_above(held.role, theirs.role)))
        covered.append(any(ways))
    return any(covered) and (all(covered) or "w" not in marks)


@pytest.mark.rule("ROLE-2a")
def test_the_model_knows_every_action():
    """An action that is added is thought over twice: here, and in the table."""
    assert set(ROWS) == set(Action)
    assert all(len(reach) == len(ROLES) for reach, _ in ROWS.values())


@pytest.mark.rule("ROLE-2a")
@pytest.mark.rule("ROLE-4a")
@settings(max_examples=500)
@given(actor=s.actors(), action=st.sampled_from(Action), target=s.targets())
def test_what_is_allowed_is_what_the_rules_say(actor, action, target):
    """For everybody with any roles, and whoever it is done to, table and function answer as the model does."""
    assert bool(may(actor, action, target)) == bool(expected(actor, action, target))


@pytest.mark.rule("ROLE-2a")
@pytest.mark.parametrize("mine", Role)
@pytest.mark.parametrize("action", Action)
def test_each_action_role_and_scope(action, mine):
    """Of one actor with one role to one target with one role, near and far, nothing is left to chance."""
    actor = Actor(name="a", person=ME, roles=(HeldRole("sp1", mine, "1a"),))
    for theirs in Role:
        for school, class_name in (("sp1", "1a"), ("sp1", "1b"), ("sp1", ""), ("sp2", "1a")):
            target = Target(person=OTHER, roles=(HeldRole(school, theirs, class_name),))
            assert bool(may(actor, action, target)) == bool(expected(actor, action, target)), (theirs, school)


@pytest.mark.rule("ROLE-4a")
@given(st.sampled_from(Action), s.targets())
def test_without_a_role_nothing_is_allowed(action, target):
    """Deny by default: neither a stranger nor somebody who is not known at all may do anything."""
    for actor in (Actor(name="anna.lis", person=ME), Actor(name="", person=None)):
        outcome = may(actor, action, target)
        assert not outcome
        assert outcome.ground is Ground.NO_ROLE


@pytest.mark.rule("ROLE-4a")
@given(s.actors(), st.sampled_from(Action), s.targets())
def test_the_role_that_decided_is_one_that_the_actor_holds(actor, action, target):
    """The answer names what allowed it, and a refusal names no role."""
    outcome = may(actor, action, target)
    if outcome and not actor.is_console:
        assert outcome.role in actor.roles
        assert outcome.role.role in PERMISSIONS[action]
    else:
        assert outcome.role is None


@pytest.mark.rule("ROLE-6b")
@given(s.actors(), st.sampled_from(sorted(set(Action) - {Action.VIEW, Action.DIAGNOSE, Action.EXPORT_PERSON})))
def test_nobody_acts_as_staff_on_themselves_or_on_their_child(actor, action):
    """Whatever roles they hold, and also where it is about somebody else beside."""
    assume(not actor.is_console)
    actor = evolve(actor, kept_from=frozenset())
    for person in {actor.person, *actor.children}:
        for roles in (actor.roles, (HeldRole("sp1", Role.STUDENT, "1a"),)):
            assert not may(actor, action, Target(person=person, roles=roles))
            assert not may(actor, action, Target(person=OTHER, roles=roles, concerns=frozenset({person})))


@pytest.mark.rule("LINK-3a")
@given(s.actors(), st.sampled_from(Action), s.targets())
def test_no_role_reaches_a_child_from_whom_a_restriction_keeps_the_actor(actor, action, target):
    """Neither as a guardian nor as staff, nor by way of somebody whom it is about too."""
    assume(not actor.is_console and target.people)
    outcome = may(evolve(actor, kept_from=frozenset({min(target.people)})), action, target)

    assert not outcome
    assert outcome.ground is Ground.RESTRICTED


@pytest.mark.rule("ACCESS-8")
@given(s.actors(), st.sampled_from(sorted(COVERS_EVERY_ROLE - {Action.EXPORT_PERSON})), s.targets(), s.held_roles())
def test_one_role_out_of_reach_is_enough_to_refuse(actor, action, target, more):
    """Who may act on an account may act on each of its roles alone; a further role never makes it easier."""
    assume(not actor.is_console and target.roles)
    wider = evolve(target, roles=tuple(sorted({*target.roles, more})))

    assert bool(may(actor, action, target)) == all(
        may(actor, action, evolve(target, roles=(each,))) for each in target.roles
    )
    assert not may(actor, action, wider) or may(actor, action, target)


@pytest.mark.rule("ACCESS-8")
def test_the_administrator_of_one_school_does_not_touch_the_secretary_of_another():
    """The source's administrator changes a password only where every role of its owner is his to look after."""
    administrator = Actor(name="a", person=ME, roles=(HeldRole("sp1", Role.SCHOOL_ADMINISTRATOR),))
    guardian = HeldRole("sp1", Role.GUARDIAN, "1a")
    both = Target(person=OTHER, roles=(guardian, HeldRole("sp2", Role.SECRETARY)))

    assert may(administrator, Action.REPLACE_PASSWORD, evolve(both, roles=(guardian,)))
    assert may(administrator, Action.REPLACE_PASSWORD, both).ground is Ground.NOT_COVERED


@pytest.mark.rule("ROLE-3a")
def test_a_homeroom_teacher_reaches_their_own_class_only():
    """Missing data and guardians' data there; nothing that is already entered about a student, and no other class."""
    teacher = Actor(name="a", person=ME, roles=(HeldRole("sp1", Role.HOMEROOM_TEACHER, "1a"),))
    student, guardian, elsewhere = (
        Target(person=OTHER, roles=(HeldRole("sp1", role, class_name),))
        for role, class_name in ((Role.STUDENT, "1a"), (Role.GUARDIAN, "1a"), (Role.GUARDIAN, "1b"))
    )

    assert may(teacher, Action.ENTER_PERSONAL_DATA, student)
    assert may(teacher, Action.CORRECT_GUARDIAN_DATA, guardian)
    assert not may(teacher, Action.CORRECT_PERSONAL_DATA, student)
    assert not may(teacher, Action.CORRECT_GUARDIAN_DATA, elsewhere)
    assert not may(teacher, Action.ENTER_PERSONAL_DATA, elsewhere)


@pytest.mark.rule("ROLE-6a")
@given(s.actors(), s.held_roles())
def test_a_role_is_given_only_by_whom_the_table_names(actor, given_role):
    """In the giver's own school, or anywhere by the region; never to oneself, a child, or beyond the own power."""
    outcome = may_grant(actor, given_role, OTHER)
    givers = [
        held
        for held in actor.roles
        if given_role.role in GRANTS.get(held.role, ())
        and (held.role is Role.REGIONAL_ADMINISTRATOR or held.school == given_role.school)
    ]
    concerned = OTHER in {actor.person, *actor.children, *actor.kept_from}

    assert bool(outcome) == (actor.is_console or (bool(givers) and not concerned))
    if not actor.is_console:
        assert outcome.role in givers if outcome else outcome.role is None
        assert not may_grant(actor, given_role, actor.person)


@pytest.mark.rule("ROLE-4a")
def test_what_decided_on_the_own_account_or_child_is_told_with_the_role():
    """The account by oneself, the child by the link; what is about somebody beside is not one's own."""
    held = HeldRole("sp1", Role.GUARDIAN, "1a")
    mother = Actor(name="a", person=ME, roles=(held,), children=frozenset({OTHER}))
    child = Target(person=OTHER, roles=(HeldRole("sp1", Role.STUDENT, "1a"),))

    assert may(mother, Action.VIEW, child) == Permission(allowed=True, ground=Ground.LINK, role=held)
    assert may(mother, Action.VIEW, Target(person=ME, roles=(held,))) == Permission(
        allowed=True, ground=Ground.SELF, role=held
    )
    for concerned in (ME, PersonId(99)):
        beside = evolve(child, concerns=frozenset({concerned}))
        assert may(mother, Action.VIEW, beside) == Permission(allowed=False, ground=Ground.CONCERNS_ACTOR)


@pytest.mark.rule("ROLE-4a")
def test_a_school_or_a_class_is_meant_by_its_students():
    """All of a school where no class is named."""
    assert Target.of_school("sp1", "1a") == Target(roles=(HeldRole("sp1", Role.STUDENT, "1a"),))
    assert Target.of_school("sp1") == Target(roles=(HeldRole("sp1", Role.STUDENT, ""),))


@pytest.mark.rule("ROLE-4a")
@given(st.sampled_from(Action), s.targets())
def test_the_platform_itself_may_nothing(action, target):
    """It only stands in the journal, from nowhere, where nobody did anything."""
    platform = Actor.platform()

    assert may(platform, action, target).ground is Ground.NO_ROLE
    assert (platform.name, platform.where, platform.is_console) == ("", "", False)


@pytest.mark.rule("ROLE-6a")
def test_nobody_gives_what_is_not_below_them():
    """Power and giving agree: what a role gives it has power over, so nobody can make a peer or a superior."""
    for role in Role:
        assert GRANTS.get(role, frozenset()) <= POWER_OVER.get(role, frozenset())
        assert brings(role) <= POWER_OVER.get(role, frozenset())
        assert role not in brings(role)
        assert not GRANTS.get(role, frozenset()) & {Role.STUDENT, Role.GUARDIAN, Role.REGIONAL_ADMINISTRATOR}


@pytest.mark.rule("ROLE-2a")
def test_what_the_shape_of_the_table_promises():
    """Every action has a row; students reach themselves, guardians their children, the region all schools."""
    assert set(PERMISSIONS) == set(Action)
    for scopes in PERMISSIONS.values():
        assert scopes.get(Role.STUDENT, Scope.SELF) is Scope.SELF
        assert scopes.get(Role.GUARDIAN, Scope.CHILD) is Scope.CHILD
        assert all(scope is Scope.TENANT for role, scope in scopes.items() if role is Role.REGIONAL_ADMINISTRATOR)
    assert {Role.STUDENT, Role.GUARDIAN, Role.TEACHER, Role.HOMEROOM_TEACHER, Role.SECRETARY} == IMPORTABLE
    assert set(POWER_OVER) == STAFF


@pytest.mark.rule("ROLE-2a")
def test_the_page_is_printed_from_the_tables():
    """Write it anew when this fails."""
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run: python -m eszkola_core.testing.permissions_page > docs/reference/permissions.md"
    )
