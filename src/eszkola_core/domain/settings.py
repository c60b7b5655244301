"""
Every number and choice of the rules, with its bounds and who may change it: one table.

`Settings` is what the rules read. `SETTINGS` is the table itself, which the configuration file is checked against and
the documentation is printed from. `PROFILES` are the four sets of choices that ship.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import attrs
from attrs import evolve, field, frozen

from eszkola_core.domain.national_ids import EMSO, PESEL, check_scheme
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.passwords import POLICIES
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.errors import InvalidValue


class Need(StrEnum):
    """What an account may need beside first and last name before it opens (ID-4)."""

    NATIONAL_ID = "national-id"
    EMAIL = "e-mail"


class LoginScheme(StrEnum):
    """What people sign in with (ACCESS-5)."""

    ISSUED = "issued"
    EMAIL = "e-mail"


class GuardiansOpenBy(StrEnum):
    """What opens a guardian's account (LINK-5)."""

    APPLICATION = "application"
    GRADEBOOK = "gradebook"


class FirstAccessBy(StrEnum):
    """What first access takes (ACCESS-1)."""

    NATIONAL_ID = "national-id"
    NATIONAL_ID_OR_EMAIL = "national-id-or-e-mail"


class Changer(StrEnum):
    """Who may change a setting."""

    DELEGATE = "the data controller's delegate"
    REGION = "the regional administrator"
    OPERATOR = "the operator of the installation"


@frozen
class Setting:
    """One row of the table."""

    name: str
    rule: str
    says: str
    changer: Changer
    default: object
    floor: Any = None
    ceiling: Any = None

    def check(self, value: Any) -> None:  # noqa: ANN401 - a value of whatever kind the setting is
        """
        Raise InvalidValue when *value* lies outside the bounds.

        >>> SETTINGS["password_reset_lifetime"].check(timedelta(days=400))
        Traceback (most recent call last):
        eszkola_core.errors.InvalidValue: password_reset_lifetime: at most 3 days, 0:00:00 (ACCESS-4)
        """
        if self.floor is not None and value < self.floor:
            raise InvalidValue(f"{self.name}: at least {self.floor} ({self.rule})", code="setting-too-small")
        if self.ceiling is not None and value > self.ceiling:
            raise InvalidValue(f"{self.name}: at most {self.ceiling} ({self.rule})", code="setting-too-large")


def _setting(  # noqa: PLR0913 - the columns of the table
    default: object,
    rule: str,
    says: str,
    *,
    floor: object = None,
    ceiling: object = None,
    by: Changer = Changer.REGION,
) -> Any:  # noqa: ANN401 - the field takes the kind that it is annotated with
    """Declare one setting: a field of `Settings` and a row of the table."""
    row = {"rule": rule, "says": says, "floor": floor, "ceiling": ceiling, "changer": by}
    return field(default=default, metadata=row, kw_only=True)


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def _hours(number: int) -> timedelta:
    return timedelta(hours=number)


def _days(number: int) -> timedelta:
    return timedelta(days=number)


_NOTHING: Final[frozenset[Need]] = frozenset()


@frozen
class Settings:
    """What one tenant has chosen; each field is a row of `SETTINGS`."""

    # who a person is
    national_id_schemes: tuple[str, ...] = _setting(
        (PESEL, EMSO),
        "ID-1",
        "the registers whose numbers count as a national id, tried in this order",
        by=Changer.DELEGATE,
    )
    documents_for: frozenset[Role] = _setting(
        frozenset({Role.STUDENT, Role.GUARDIAN}),
        "ID-5",
        "roles in which another document may stand in for the national id",
        by=Changer.DELEGATE,
    )
    students_need: frozenset[Need] = _setting(
        frozenset(Need),
        "ID-4",
        "what a student's account needs beside first and last name",
        by=Changer.DELEGATE,
    )
    guardians_need: frozenset[Need] = _setting(
        frozenset({Need.EMAIL}),
        "ID-4",
        "what a guardian's account needs beside first and last name",
        by=Changer.DELEGATE,
    )
    staff_need: frozenset[Need] = _setting(
        frozenset(Need),
        "ID-4",
        "what a staff member's account needs beside first and last name",
        by=Changer.DELEGATE,
    )
    guardian_national_id_schools: frozenset[str] = _setting(
        frozenset(),
        "ID-4",
        "schools that ask for a guardian's national id as well",
        by=Changer.DELEGATE,
    )
    guardians_open_by: GuardiansOpenBy = _setting(
        GuardiansOpenBy.APPLICATION,
        "LINK-5",
        "what opens a guardian's account",
        by=Changer.DELEGATE,
    )

    # addresses and logins
    login_scheme: LoginScheme = _setting(LoginScheme.ISSUED, "ACCESS-5", "what people sign in with")
    freed_address_reserved: timedelta = _setting(
        _days(7),
        "MAIL-5d",
        "how long an address that an activated account left stays reserved for it",
        floor=_days(1),
        ceiling=_days(30),
    )
    dispute_lifetime: timedelta = _setting(
        _days(7),
        "MAIL-6d",
        "how long the link 'this was not me' works",
        floor=_days(1),
        ceiling=_days(30),
    )
    address_confirmation_lifetime: timedelta = _setting(
        _days(2),
        "MAIL-4c",
        "how long a new address may be confirmed",
        floor=_hours(1),
        ceiling=_days(14),
    )

    # passwords and access
    password_policy: str = _setting(
        "OPOLSKA_2018",
        "CRED-9",
        "the name of the password policy",
        by=Changer.DELEGATE,
    )
    first_access_by: FirstAccessBy = _setting(
        FirstAccessBy.NATIONAL_ID,
        "ACCESS-1",
        "what first access takes",
        by=Changer.DELEGATE,
    )
    first_access_lifetime: timedelta = _setting(
        _days(14),
        "ACCESS-4",
        "how long a first-access link works",
        floor=_hours(1),
        ceiling=_days(30),
    )
    password_reset_lifetime: timedelta = _setting(
        _hours(24),
        "ACCESS-4",
        "how long a recovery link works",
        floor=_minutes(10),
        ceiling=_days(3),
    )
    ticket_lifetime: timedelta = _setting(
        _minutes(15),
        "ACCESS-5",
        "how long a sign-in that must act first may take",
        floor=_minutes(5),
        ceiling=_hours(1),
    )
    initial_credential_lifetime: timedelta = _setting(
        _days(30),
        "CRED-5",
        "how long a credential that somebody else made works",
        floor=_days(1),
        ceiling=_days(90),
    )

    acknowledge_first: frozenset[NoticeKind] = _setting(
        frozenset(),
        "LAW-1",
        "what must be acknowledged before a session opens",
        by=Changer.DELEGATE,
    )

    # the gradebook import
    removal_grace: timedelta = _setting(
        _days(30),
        "SYNC-9",
        "how long what a removed record gave is kept for its return",
        floor=_days(7),
        ceiling=_days(365),
    )
    guard_least: int = _setting(
        5,
        "SYNC-6",
        "endings of one kind in one school below which the share is not looked at",
        floor=1,
        ceiling=50,
    )
    guard_share: int = _setting(
        20,
        "SYNC-6",
        "per cent of one kind in one school, and of schools, above which the guard stops",
        floor=1,
        ceiling=100,
    )
    guard_all_of: int = _setting(
        3,
        "SYNC-6",
        "size of a kind in one school from which ending all of it stops",
        floor=2,
        ceiling=50,
    )
    plan_lifetime: timedelta = _setting(
        _days(7),
        "SYNC-3",
        "how long a saved plan may be applied",
        floor=_hours(1),
        ceiling=_days(30),
    )

    # messages
    message_attempts: int = _setting(
        8,
        "DESIGN: outbox",
        "how often a message is tried before it is abandoned",
        floor=1,
        ceiling=50,
        by=Changer.OPERATOR,
    )
    message_lease: timedelta = _setting(
        _minutes(10),
        "DESIGN: outbox",
        "how long a dispatcher may hold a message",
        floor=_minutes(1),
        ceiling=_hours(2),
        by=Changer.OPERATOR,
    )
    message_backoff: timedelta = _setting(
        _minutes(1),
        "DESIGN: outbox",
        "the first wait after a failure; each further one is twice as long",
        floor=timedelta(seconds=1),
        ceiling=_hours(1),
        by=Changer.OPERATOR,
    )

    def __attrs_post_init__(self) -> None:
        for name, row in SETTINGS.items():
            row.check(getattr(self, name))
        for scheme in self.national_id_schemes:
            if scheme not in (PESEL, EMSO):
                check_scheme(scheme)
        if self.password_policy not in POLICIES:
            raise InvalidValue(f"password_policy: one of {', '.join(sorted(POLICIES))}", code="unknown-password-policy")

    def needs(self, role: Role, school: str) -> frozenset[Need]:
        """Return what an account opened by *role* in *school* needs: a school may only ask for more (ID-4)."""
        if role is Role.STUDENT:
            return self.students_need
        if role in STAFF:
            return self.staff_need
        more = frozenset({Need.NATIONAL_ID}) if school in self.guardian_national_id_schools else _NOTHING
        return self.guardians_need | more


SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType(
    {each.name: Setting(name=each.name, default=each.default, **each.metadata) for each in attrs.fields(Settings)},
)
"""The table: every setting with its default, bounds, rule and who may change it."""

_OPOLSKA: Final = Settings()
_UONET: Final = evolve(
    _OPOLSKA,
    guardians_open_by=GuardiansOpenBy.GRADEBOOK,
    login_scheme=LoginScheme.EMAIL,
    first_access_by=FirstAccessBy.NATIONAL_ID_OR_EMAIL,
)
_EASISTENT: Final = evolve(
    _OPOLSKA,
    national_id_schemes=(EMSO, PESEL),
    students_need=_NOTHING,
    guardians_need=_NOTHING,
    staff_need=_NOTHING,
    guardians_open_by=GuardiansOpenBy.GRADEBOOK,
    first_access_by=FirstAccessBy.NATIONAL_ID_OR_EMAIL,
)

PROFILES: Final[Mapping[str, Settings]] = MappingProxyType(
    {
        "opolska": _OPOLSKA,
        "uonet": _UONET,
        "easistent": _EASISTENT,
        "open": evolve(_EASISTENT, national_id_schemes=(PESEL, EMSO), documents_for=frozenset(Role)),
    },
)
"""Shipped sets of choices: the Opolska eSzkoła, plain UONET+, eAsistent, and one that asks for as little as can be."""
