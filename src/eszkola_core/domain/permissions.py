"""
Who may do what to whom: one table, and the function that reads it (ROLE-2, ROLE-3, ROLE-4, ROLE-6).

What is not in the table is not allowed. Nobody acts as staff on their own account, link or application, nor on what
concerns a child of theirs; and nothing at all reaches from a person to a child from whom a restriction keeps them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.role_powers import GRANTS, POWER_OVER
from eszkola_core.domain.roles import Role

__all__ = [
    "COVERS_EVERY_ROLE",
    "NEEDS_NO_POWER",
    "OF_ONESELF",
    "PERMISSIONS",
    "Action",
    "Actor",
    "Ground",
    "NotPermitted",
    "Permission",
    "Scope",
    "Target",
    "may",
    "may_grant",
]


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
    SET_ADDRESS = "set-address"
    SETTLE_IDENTITY = "settle-identity"
    MERGE = "merge"
    RESTRICT = "restrict"
    LIFT_RESTRICTION = "lift-restriction"
    TAKE_APPLICATION = "take-application"
    CONFIRM_APPLICANT = "confirm-applicant"
    DECIDE_APPLICATION = "decide-application"
    ISSUE_CODE = "issue-code"
    GIVE_CREDENTIAL = "give-credential"
    REPLACE_PASSWORD = "replace-password"  # noqa: S105 - the name of an action
    LOCK = "lock"
    UNLOCK = "unlock"
    REPORT_DISCLOSURE = "report-disclosure"
    PUBLISH_NOTICE = "publish-notice"
    RECORD_ACKNOWLEDGEMENT = "record-acknowledgement"
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
    SHORTEN_AUDIT = "shorten-audit"
    MANAGE_SCHOOLS = "manage-schools"
    ANNOUNCE_MAINTENANCE = "announce-maintenance"
    READ_SMS_STATEMENT = "read-sms-statement"
    RECONCILE_SMS = "reconcile-sms"
    CHANGE_SETTINGS = "change-settings"
    ROTATE_KEYS = "rotate-keys"


_A, _R, _S = Action, Role, Scope
_OFFICE: Final = {_R.SECRETARY: _S.SCHOOL, _R.SCHOOL_ADMINISTRATOR: _S.SCHOOL, _R.DELEGATE: _S.SCHOOL}
_HEADS: Final = {_R.SCHOOL_ADMINISTRATOR: _S.SCHOOL, _R.DELEGATE: _S.SCHOOL}
_CONTROLLER: Final = {_R.DELEGATE: _S.SCHOOL}
_EVERYBODY: Final = {
    _R.STUDENT: _S.SELF,
    _R.GUARDIAN: _S.CHILD,
    _R.TEACHER: _S.SELF,
    _R.HOMEROOM_TEACHER: _S.SELF,
    _R.SECRETARY: _S.SELF,
}
_REGION: Final = {_R.REGIONAL_ADMINISTRATOR: _S.TENANT}
_CLASS: Final = {_R.HOMEROOM_TEACHER: _S.CLASS}

PERMISSIONS: Final[Mapping[Action, Mapping[Role, Scope]]] = MappingProxyType(
    {
        _A.VIEW: {**_EVERYBODY, _R.TEACHER: _S.SCHOOL, **_CLASS, **_OFFICE, **_REGION},
        _A.VIEW_READINESS: {**_CLASS, **_OFFICE, **_REGION},
        _A.DIAGNOSE: {**_EVERYBODY, **_CLASS, **_OFFICE, **_REGION},
        _A.ENTER_PERSONAL_DATA: {**_CLASS, **_OFFICE},
        _A.CORRECT_PERSONAL_DATA: _HEADS,
        _A.CORRECT_GUARDIAN_DATA: {**_CLASS, **_OFFICE},
        _A.SET_ADDRESS: {**_CLASS, **_OFFICE, **_REGION},
        _A.SETTLE_IDENTITY: {**_OFFICE, **_REGION},
        _A.MERGE: {**_HEADS, **_REGION},
        _A.RESTRICT: _OFFICE,
        _A.LIFT_RESTRICTION: _HEADS,
        _A.TAKE_APPLICATION: {**_CLASS, **_OFFICE},
        _A.CONFIRM_APPLICANT: {**_CLASS, **_OFFICE},
        _A.DECIDE_APPLICATION: _OFFICE,
        _A.ISSUE_CODE: {**_CLASS, **_OFFICE},
        _A.GIVE_CREDENTIAL: {**_CLASS, **_OFFICE, **_REGION},
        _A.REPLACE_PASSWORD: {**_HEADS, **_REGION},
        _A.LOCK: {**_HEADS, **_REGION},
        _A.UNLOCK: {**_HEADS, **_REGION},
        _A.REPORT_DISCLOSURE: {**_OFFICE, **_REGION},
        _A.PUBLISH_NOTICE: {**_CONTROLLER, **_REGION},
        _A.RECORD_ACKNOWLEDGEMENT: {**_CLASS, **_OFFICE, **_REGION},
        _A.CLEAR_ADDRESS: {**_OFFICE, **_REGION},
        _A.MANAGE_DEVICES: {**_HEADS, **_REGION},
        _A.ASSIGN_LICENCE: {**_HEADS, **_REGION},
        _A.MANAGE_LICENCES: _REGION,
        _A.GRANT_ROLE: {**_HEADS, **_REGION},
        _A.IMPORT_ROSTER: {**_OFFICE, **_REGION},
        _A.UNDO_RUN: {**_HEADS, **_REGION},
        _A.EXPORT_PERSON: {**_EVERYBODY, **_HEADS, **_REGION},
        _A.ERASE_PERSON: {**_CONTROLLER, **_REGION},
        _A.READ_AUDIT: {**_CONTROLLER, **_REGION},
        _A.SHORTEN_AUDIT: _REGION,
        _A.MANAGE_SCHOOLS: _REGION,
        _A.ANNOUNCE_MAINTENANCE: _REGION,
        _A.READ_SMS_STATEMENT: {**_OFFICE, **_REGION},
        _A.RECONCILE_SMS: _REGION,
        _A.CHANGE_SETTINGS: _REGION,
        _A.ROTATE_KEYS: _REGION,
    },
)
"""The table: what each role may do, and how far that reaches (ROLE-2). What is not here is not allowed."""

COVERS_EVERY_ROLE: Final = frozenset(
    {
        _A.SET_ADDRESS,
        _A.GIVE_CREDENTIAL,
        _A.REPLACE_PASSWORD,
        _A.LOCK,
        _A.UNLOCK,
        _A.MERGE,
        _A.MANAGE_DEVICES,
        _A.EXPORT_PERSON,
        _A.ERASE_PERSON,
    },
)
"""Actions on an account as a whole: the actor's rights must cover every current role of whoever has it (ACCESS-8)."""

NEEDS_NO_POWER: Final = frozenset(
    {
        _A.VIEW_READINESS,
        _A.DIAGNOSE,
        _A.GRANT_ROLE,
        _A.IMPORT_ROSTER,
        _A.UNDO_RUN,
        _A.READ_AUDIT,
        _A.SHORTEN_AUDIT,
        _A.MANAGE_SCHOOLS,
        _A.MANAGE_LICENCES,
        _A.ANNOUNCE_MAINTENANCE,
        _A.READ_SMS_STATEMENT,
        _A.RECONCILE_SMS,
        _A.CHANGE_SETTINGS,
        _A.ROTATE_KEYS,
        _A.REPORT_DISCLOSURE,
        _A.PUBLISH_NOTICE,
    },
)
"""Actions that only look, protect, or are about a school: for all others the actor's role stands above the target's."""

OF_ONESELF: Final = frozenset({_A.VIEW, _A.DIAGNOSE, _A.EXPORT_PERSON})
"""Actions that whoever has a role in their row may also do to the own account, how far that role reaches apart."""


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
    RESTRICTED = "restricted"


@frozen
class Permission:
    """Whether something is allowed, and the ground and role that decided (ROLE-4)."""

    allowed: bool
    ground: Ground
    role: HeldRole | None = None

    def __bool__(self) -> bool:
        return self.allowed


@frozen
class NotPermitted:
    """The answer of a use case whose actor may not do this; ``permission`` says what decided. Nothing was changed."""

    permission: Permission


def may(actor: Actor, action: Action, target: Target) -> Permission:
    """
    Return whether *actor* may do *action* to *target*, and what decided; what no role allows is denied (ROLE-4).

    A restriction comes before everything else (LINK-3). Then come the own account and the own children. Whatever else a
    role allows it allows as staff: that never reaches the actor's own account or children, and outside what only looks
    or is about a school nobody who is not below; actions on a whole account ask that every current role of its owner be
    in reach (ROLE-6, ACCESS-8).
    """
    if actor.is_console:
        return Permission(allowed=True, ground=Ground.CONSOLE)
    if target.people & actor.kept_from:
        return Permission(allowed=False, ground=Ground.RESTRICTED)
    scopes = PERMISSIONS.get(action, {})
    acting = [held for held in actor.roles if held.role in scopes]
    if not acting:
        return Permission(allowed=False, ground=Ground.NO_ROLE)
    if target.people & {actor.person, *actor.children}:
        return _of_their_own(actor, acting, scopes, action, target)
    return _as_staff(acting, scopes, action, target)


def holds_right(actor: Actor, action: Action, right: Role | None) -> bool:
    """
    Return whether *actor* may do *action* by *right* itself, or by a role above it (ACCESS-9).

    No role stands for the console, which is above all others.
    """
    if actor.is_console:
        return True
    acting = {held.role for held in actor.roles} & PERMISSIONS.get(action, {}).keys()
    return right is not None and any(role is right or right in POWER_OVER.get(role, ()) for role in acting)


def may_grant(actor: Actor, given: HeldRole, to: PersonId | None = None) -> Permission:
    """Return whether *actor* may give the role *given*, in its school and class, to a person, and take it (ROLE-6)."""
    target = Target(person=to, roles=(given,))
    allowed = may(actor, Action.GRANT_ROLE, target)
    if not allowed or actor.is_console:
        return allowed
    scopes = PERMISSIONS[Action.GRANT_ROLE]
    for held in actor.roles:
        if held.role in scopes and given.role in GRANTS.get(held.role, ()) and _reaches(held, scopes[held.role], given):
            return Permission(allowed=True, ground=Ground.ROLE, role=held)
    return Permission(allowed=False, ground=Ground.NOT_COVERED)


def _of_their_own(
    actor: Actor, acting: Collection[HeldRole], scopes: Mapping[Role, Scope], action: Action, target: Target
) -> Permission:
    """Return what the actor may do to their own account or a child's, if it is about nobody beside."""
    for held in acting if target.people == {target.person} else ():
        scope = scopes[held.role]
        if target.person == actor.person and (scope is Scope.SELF or action in OF_ONESELF):
            return Permission(allowed=True, ground=Ground.SELF, role=held)
        if target.person in actor.children and scope is Scope.CHILD:
            return Permission(allowed=True, ground=Ground.LINK, role=held)
    return Permission(allowed=False, ground=Ground.CONCERNS_ACTOR)


def _as_staff(acting: Collection[HeldRole], scopes: Mapping[Role, Scope], action: Action, target: Target) -> Permission:
    """Return what the actor's roles allow on others."""
    reached = {
        theirs: held
        for theirs in target.roles
        for held in acting
        if _reaches(held, scopes[held.role], theirs) and _stands_above(held, theirs, action)
    }
    if not reached:
        return Permission(allowed=False, ground=Ground.OUT_OF_SCOPE)
    if action in COVERS_EVERY_ROLE and len(reached) < len(set(target.roles)):
        return Permission(allowed=False, ground=Ground.NOT_COVERED)
    return Permission(allowed=True, ground=Ground.ROLE, role=reached[min(reached)])


def _reaches(held: HeldRole, scope: Scope, theirs: HeldRole) -> bool:
    """Return whether a held role's scope reaches a role of somebody's."""
    match scope:
        case Scope.TENANT:
            return True
        case Scope.SCHOOL:
            return held.school == theirs.school
        case Scope.CLASS:
            return bool(held.class_name) and (held.school, held.class_name) == (theirs.school, theirs.class_name)
        case Scope.SELF | Scope.CHILD:
            return False


def _stands_above(held: HeldRole, theirs: HeldRole, action: Action) -> bool:
    """Return whether the action may come from that role to somebody with theirs."""
    return action in NEEDS_NO_POWER or theirs.role in POWER_OVER.get(held.role, ())
