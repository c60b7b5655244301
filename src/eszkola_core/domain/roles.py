"""The roles that people hold in schools (ROLE-1)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A role in one school; the regional administrator's is in all schools of the tenant (ROLE-1)."""

    STUDENT = "student"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    HOMEROOM_TEACHER = "homeroom-teacher"
    SECRETARY = "secretary"
    SCHOOL_ADMINISTRATOR = "school-administrator"
    DELEGATE = "data-controllers-delegate"
    REGIONAL_ADMINISTRATOR = "regional-administrator"


STAFF: Final = frozenset(Role) - {Role.STUDENT, Role.GUARDIAN}
"""Everybody who works for a school."""

ABOVE_HOMEROOM_TEACHER: Final = STAFF - {Role.TEACHER, Role.HOMEROOM_TEACHER}
"""Those whose private address only they themselves may change (MAIL-4e)."""

IMPORTABLE: Final = frozenset(
    {Role.STUDENT, Role.GUARDIAN, Role.TEACHER, Role.HOMEROOM_TEACHER, Role.SECRETARY},
)
"""What a gradebook may give; more needs a source that the data controller named as trusted (ROLE-2)."""


OF_TRUSTED_SOURCES: Final = IMPORTABLE | {Role.SCHOOL_ADMINISTRATOR, Role.DELEGATE}
"""What a source may give that the data controller of its school named as trusted: all but the region's (ROLE-2)."""


def precedence(role: Role) -> int:
    """Return whose claim comes first, lowest first: staff, then guardians, then students (MAIL-4d, MAIL-5c)."""
    match role:
        case Role.STUDENT:
            return 2
        case Role.GUARDIAN:
            return 1
        case _:
            return 0
