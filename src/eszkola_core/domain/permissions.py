"""
Who may do what to whom: one table, and the function that reads it (ROLE-2, ROLE-3, ROLE-4, ROLE-6).

What is not in the table is not allowed. Nobody acts as staff on their own account, link or application, nor on what
concerns a child of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.roles import Role


class Scope(StrEnum):
    """How far a role's permission reaches."""

    SELF = "self"
    CHILD = "own child"
    CLASS = "own class"
    SCHOOL = "own school"
    TENANT = "all schools"


class Action(StrEnum):
    """What somebody may be allowed to do."""

    VIEW = "view"
    VIEW_READINESS = "view-readiness"
    DIAGNOSE = "diagnose"
    ENTER_PERSONAL_DATA = "enter-personal-data"
    CORRECT_PERSONAL_DATA = "correct-personal-data"
    CORRECT_GUARDIAN_DATA = "correct-guardian-data"
    SETTLE_IDENTITY = "settle-identity"
    MERGE = "merge"
    RESTRICT = "restrict"
    LIFT_RESTRICTION = "lift-restriction"
    CONFIRM_APPLICANT = "confirm-applicant"
    DECIDE_APPLICATION = "decide-application"
    ISSUE_CODE = "issue-code"
    GIVE_CREDENTIAL = "give-credential"
    REPLACE_PASSWORD = "replace-password"  # noqa: S105 - the name of an action
    LOCK = "lock"
    UNLOCK = "unlock"
    REPORT_DISCLOSURE = "report-disclosure"
    CLEAR_ADDRESS = "clear-address"
    MANAGE_DEVICES = "manage-devices"
    ASSIGN_LICENCE = "assign-licence"
    MANAGE_LICENCES = "manage-licences"
    GRANT_ROLE = "grant-role"
    IMPORT_ROSTER = "import-roster"
    UNDO_RUN = "undo-run"
    EXPORT_PERSON = "export-person"
    ERASE_PERSON = "erase-person"
    READ_AUDIT = "read-audit"
    MANAGE_SCHOOLS = "manage-schools"
    ANNOUNCE_MAINTENANCE = "announce-maintenance"


_A, _R, _S = Action, Role, Scope
_OFFICE: Final = {_R.SECRETARY: _S.SCHOOL, _R.SCHOOL_ADMINISTRATOR: _S.SCHOOL, _R.DELEGATE: _S.SCHOOL}
_HEADS: Final = {_R.SCHOOL_ADMINISTRATOR: _S.SCHOOL, _R.DELEGATE: _S.SCHOOL}
_CONTROLLER: Final = {_R.DELEGATE: _S.SCHOOL}
_REGION: Final = {_R.REGIONAL_ADMINISTRATOR: _S.TENANT}
_CLASS: Final = {_R.HOMEROOM_TEACHER: _S.CLASS}

PERMISSIONS: Final[Mapping[Action, Mapping[Role, Scope]]] = MappingProxyType(
    {
        _A.VIEW: {
            _R.STUDENT: _S.SELF,
            _R.GUARDIAN: _S.CHILD,
            _R.TEACHER: _S.SCHOOL,
            _R.HOMEROOM_TEACHER: _S.CLASS,
            **_OFFICE,
            **_REGION,
        },
        _A.VIEW_READINESS: {**_CLASS, **_OFFICE, **_REGION},
        _A.DIAGNOSE: {**_CLASS, **_OFFICE, **_REGION},
        _A.ENTER_PERSONAL_DATA: {_R.SECRETARY: _S.SCHOOL},
        _A.CORRECT_PERSONAL_DATA: _HEADS,
        _A.CORRECT_GUARDIAN_DATA: {**_CLASS, **_HEADS},
        _A.SETTLE_IDENTITY: {**_OFFICE, **_REGION},
        _A.MERGE: {**_HEADS, **_REGION},
        _A.RESTRICT: _OFFICE,
        _A.LIFT_RESTRICTION: _HEADS,
        _A.CONFIRM_APPLICANT: {**_CLASS, **_OFFICE},
        _A.DECIDE_APPLICATION: _OFFICE,
        _A.ISSUE_CODE: {**_CLASS, **_OFFICE},
        _A.GIVE_CREDENTIAL: {**_CLASS, **_OFFICE, **_REGION},
        _A.REPLACE_PASSWORD: {**_HEADS, **_REGION},
        _A.LOCK: {**_HEADS, **_REGION},
        _A.UNLOCK: {**_HEADS, **_REGION},
        _A.REPORT_DISCLOSURE: {**_OFFICE, **_REGION},
        _A.CLEAR_ADDRESS: {**_OFFICE, **_REGION},
        _A.MANAGE_DEVICES: {**_HEADS, **_REGION},
        _A.ASSIGN_LICENCE: {**_HEADS, **_REGION},
        _A.MANAGE_LICENCES: _REGION,
        _A.GRANT_ROLE: {**_HEADS, **_REGION},
        _A.IMPORT_ROSTER: {**_OFFICE, **_REGION},
        _A.UNDO_RUN: {**_HEADS, **_REGION},
        _A.EXPORT_PERSON: {**_HEADS, **_REGION},
        _A.ERASE_PERSON: _CONTROLLER,
        _A.READ_AUDIT: {**_CONTROLLER, **_REGION},
        _A.MANAGE_SCHOOLS: _REGION,
        _A.ANNOUNCE_MAINTENANCE: _REGION,
    },
)
"""The table: what each role may do, and how far that reaches (ROLE-2). What is not here is not allowed."""

_PEOPLE: Final = frozenset({_R.STUDENT, _R.GUARDIAN})
_TEACHERS: Final = _PEOPLE | {_R.TEACHER, _R.HOMEROOM_TEACHER}
_SCHOOL: Final = _TEACHERS | {_R.SECRETARY}

POWER_OVER: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType(
    {
        _R.HOMEROOM_TEACHER: _PEOPLE,
        _R.SECRETARY: _TEACHERS,
        _R.SCHOOL_ADMINISTRATOR: _SCHOOL,
        _R.DELEGATE: _SCHOOL | {_R.SCHOOL_ADMINISTRATOR},
        _R.REGIONAL_ADMINISTRATOR: _SCHOOL | {_R.SCHOOL_ADMINISTRATOR, _R.DELEGATE},
    },
)
"""Over whose accounts a role has power: whoever is not below stays out of reach, whatever the table allows."""

GRANTS: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType(
    {
        _R.SCHOOL_ADMINISTRATOR: frozenset({_R.TEACHER, _R.HOMEROOM_TEACHER, _R.SECRETARY}),
        _R.DELEGATE: frozenset({_R.TEACHER, _R.HOMEROOM_TEACHER, _R.SECRETARY, _R.SCHOOL_ADMINISTRATOR}),
        _R.REGIONAL_ADMINISTRATOR: frozenset({_R.DELEGATE}),
    },
)
"""Which roles a role may give, in its own scope; student and guardian come from records alone (ROLE-6)."""

COVERS_EVERY_ROLE: Final = frozenset(
    {
        _A.GIVE_CREDENTIAL,
        _A.REPLACE_PASSWORD,
        _A.LOCK,
        _A.UNLOCK,
        _A.MERGE,
        _A.MANAGE_DEVICES,
        _A.ERASE_PERSON,
    },
)
"""Actions on an account as a whole: the actor's rights must cover every current role of whoever has it (ACCESS-8)."""


class Ground(StrEnum):
    """What decided."""

    CONSOLE = "console"
    ROLE = "role"
    LINK = "link"
    SELF = "self"
    NO_ROLE = "no-role"
    OUT_OF_SCOPE = "out-of-scope"
    CONCERNS_ACTOR = "concerns-actor"
    NOT_COVERED = "not-covered"


@frozen(kw_only=True)
class Actor:
    """
    Who acts, with all that decides what they may.

    ``person`` is None at the console, which may do everything on the embedded store. ``children`` are those whom the
    person sees as a guardian today; ``where`` is where the request comes from, for the journal.
    """

    name: str
    person: PersonId | None = None
    roles: tuple[HeldRole, ...] = ()
    children: frozenset[PersonId] = frozenset()
    where: str = "console"

    @property
    def is_console(self) -> bool:
        """Whether it is the console of an embedded store."""
        return self.person is None


@frozen(kw_only=True)
class Target:
    """
    What an action is about: a person with all current roles, or a school or class; several where all are meant.

    ``concerns`` are others whom it is about too: the guardian and the child of a link, or an applicant.
    """

    person: PersonId | None = None
    roles: tuple[HeldRole, ...] = ()
    concerns: frozenset[PersonId] = frozenset()

    @classmethod
    def of_school(cls, school: str, class_name: str = "") -> Target:
        """Return the students of a school, or of one class in it."""
        return cls(roles=(HeldRole(school, Role.STUDENT, class_name),))

    @property
    def people(self) -> frozenset[PersonId]:
        """Everybody whom it is about."""
        return self.concerns | ({self.person} if self.person is not None else frozenset())


@frozen
class Permission:
    """Whether something is allowed, and the ground and role that decided (ROLE-4)."""

    allowed: bool
    ground: Ground
    role: HeldRole | None = None

    def __bool__(self) -> bool:
        return self.allowed


def may(actor: Actor, action: Action, target: Target) -> Permission:
    """
    Return whether *actor* may do *action* to *target*, and what decided; what no role allows is denied (ROLE-4).

    Who views is allowed by being the one viewed, by a link, or by a role whose scope reaches one of the target's roles.
    Every other action is staff's: it never reaches the actor's own account or children, nor anybody above; actions on a
    whole account ask that every current role of its owner be in reach (ROLE-6, ACCESS-8).
    """
    if actor.is_console:
        return Permission(allowed=True, ground=Ground.CONSOLE)
    if action is Action.VIEW:
        if target.person is not None and target.person == actor.person:
            return Permission(allowed=True, ground=Ground.SELF)
        if target.person in actor.children:
            return Permission(allowed=True, ground=Ground.LINK)
    elif target.people & {actor.person, *actor.children}:
        return Permission(allowed=False, ground=Ground.CONCERNS_ACTOR)
    scopes = PERMISSIONS.get(action, {})
    acting = [role for role in actor.roles if scopes.get(role.role) in _OF_STAFF]
    if not acting:
        return Permission(allowed=False, ground=Ground.NO_ROLE)
    return _by_role(acting, scopes, action, target)


def may_grant(actor: Actor, role: Role, target: Target) -> Permission:
    """Return whether *actor* may give *role* to *target*, whose ``roles`` say in which school and class (ROLE-6)."""
    allowed = may(actor, Action.GRANT_ROLE, target)
    if not allowed or actor.is_console:
        return allowed
    for held in actor.roles:
        scope = PERMISSIONS[Action.GRANT_ROLE].get(held.role)
        if scope and role in GRANTS.get(held.role, ()) and all(_reaches(held, scope, each) for each in target.roles):
            return Permission(allowed=True, ground=Ground.ROLE, role=held)
    return Permission(allowed=False, ground=Ground.NOT_COVERED)


_OF_STAFF: Final = frozenset({Scope.CLASS, Scope.SCHOOL, Scope.TENANT})


def _by_role(acting: Collection[HeldRole], scopes: Mapping[Role, Scope], action: Action, target: Target) -> Permission:
    """Return what the actor's roles allow."""
    reached = {
        each: held
        for each in target.roles
        for held in acting
        if _reaches(held, scopes[held.role], each) and _stands_above(held, each, action)
    }
    if not reached:
        return Permission(allowed=False, ground=Ground.OUT_OF_SCOPE)
    if action in COVERS_EVERY_ROLE and len(reached) < len(set(target.roles)):
        return Permission(allowed=False, ground=Ground.NOT_COVERED)
    return Permission(allowed=True, ground=Ground.ROLE, role=reached[min(reached)])


def _reaches(held: HeldRole, scope: Scope, theirs: HeldRole) -> bool:
    """Return whether a held role's scope reaches a role of somebody's."""
    if scope is Scope.TENANT:
        return True
    if held.school != theirs.school:
        return False
    return scope is Scope.SCHOOL or (bool(held.class_name) and held.class_name == theirs.class_name)


def _stands_above(held: HeldRole, theirs: HeldRole, action: Action) -> bool:
    """Return whether an action on somebody's account may come from a role: those who only look need not be above."""
    if action in _LOOKING:
        return True
    return theirs.role in POWER_OVER.get(held.role, ())


_LOOKING: Final = frozenset(
    {
        _A.VIEW,
        _A.VIEW_READINESS,
        _A.DIAGNOSE,
        _A.GRANT_ROLE,
        _A.IMPORT_ROSTER,
        _A.UNDO_RUN,
        _A.READ_AUDIT,
        _A.MANAGE_SCHOOLS,
        _A.MANAGE_LICENCES,
        _A.ANNOUNCE_MAINTENANCE,
        _A.REPORT_DISCLOSURE,
    },
)
"""Actions that look, or that are about a school and not about somebody's account."""
