"""What stands in the way of giving a role here, whoever gives it and whoever gets it (ROLE-2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from eszkola_core.domain.given_roles import EVERY_SCHOOL, GIVABLE
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import Settings


class GrantRefused(StrEnum):
    """Why a role is not given, or not taken back."""

    NOT_GIVEN_HERE = "not-given-here"
    WRONG_CLASS = "wrong-class"
    NO_SUCH_SCHOOL = "no-such-school"
    LAST_DAY_PAST = "last-day-past"
    LAST_DAY_TOO_FAR = "last-day-too-far"
    NO_SUCH_PERSON = "no-such-person"
    ACCOUNT_SHUT = "account-shut"
    NOT_EMPLOYED_THERE = "not-employed-there"
    NOT_HELD = "not-held"
    DATA_REFUSED = "data-refused"
    PERSON_KNOWN = "person-known"
    ACCOUNT_STAYS_SHUT = "account-stays-shut"
    ADDRESS_TAKEN = "address-taken"


def doubt_about(
    role: HeldRole, last_day: date, *, today: date, schools: Collection[str], settings: Settings
) -> GrantRefused | None:
    """
    Return why nobody can be given *role* until *last_day*, or None.

    Homeroom teachers are given with their class, all others without one; the region's role is held in no single school.
    """
    if role.role not in GIVABLE:
        return GrantRefused.NOT_GIVEN_HERE
    if (role.role is Role.HOMEROOM_TEACHER) != bool(role.class_name):
        return GrantRefused.WRONG_CLASS
    if role.school not in ({EVERY_SCHOOL} if role.role is Role.REGIONAL_ADMINISTRATOR else schools):
        return GrantRefused.NO_SUCH_SCHOOL
    if last_day < today:
        return GrantRefused.LAST_DAY_PAST
    if last_day > today + settings.given_role_lifetime:
        return GrantRefused.LAST_DAY_TOO_FAR
    return None
