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

from eszkola_core.domain.money import Money
from eszkola_core.domain.national_ids import EMSO, PESEL, check_scheme
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.passwords import POLICIES
from eszkola_core.domain.phones import check_country
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


class Sharing(StrEnum):
    """Who may share one private address (MAIL-5)."""

    FORBID = "forbid"
    FAMILY = "family"


class GuardiansOpenBy(StrEnum):
    """What opens a guardian's account (LINK-5)."""

    APPLICATION = "application"
    GRADEBOOK = "gradebook"


class WhenOfAge(StrEnum):
    """What becomes of the links to a student who comes of age (LINK-4)."""

    STAY = "stay"
    NEED_CONSENT = "need-consent"
    END = "end"


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
    return field(default=default, metadata=row)


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def _hours(number: int) -> timedelta:
    return timedelta(hours=number)


def _days(number: int) -> timedelta:
    return timedelta(days=number)


_NOTHING: Final[frozenset[Need]] = frozenset()
_COUNTRIES: Final = frozenset({"PL", "SI"})
"""Countries that are known without asking the library, which takes its time to load."""


@frozen(kw_only=True)
class Settings:
    """What one tenant has chosen; each field is a row of `SETTINGS`."""

    # who a person is
    national_id_schemes: tuple[str, ...] = _setting(
        (PESEL, EMSO),
        "ID-1",
        "the registers whose numbers count as a national id, tried in this order",
        by=Changer.DELEGATE,
    )
    merge_undo: timedelta = _setting(
        _days(30),
        "ID-7",
        "how long a merge of two accounts can be undone",
        floor=_days(1),
        ceiling=_days(90),
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
    links_when_of_age: WhenOfAge = _setting(
        WhenOfAge.STAY,
        "LINK-4",
        "what becomes of guardians' links when a student comes of age",
        by=Changer.DELEGATE,
    )
    guardians_open_by: GuardiansOpenBy = _setting(
        GuardiansOpenBy.APPLICATION,
        "LINK-5",
        "what opens a guardian's account",
        by=Changer.DELEGATE,
    )
    application_lifetime: timedelta = _setting(
        _days(30),
        "LINK-5",
        "how long an application may lie undecided before it lapses",
        floor=_days(7),
        ceiling=_days(365),
        by=Changer.DELEGATE,
    )
    code_lifetime: timedelta = _setting(
        _days(30),
        "LINK-7b",
        "how long a guardian's security code may be redeemed",
        floor=_days(1),
        ceiling=_days(90),
        by=Changer.DELEGATE,
    )
    code_wrong_dates: int = _setting(
        3,
        "LINK-7c",
        "wrong birth dates with a right code that kill it",
        floor=1,
        ceiling=5,
        by=Changer.DELEGATE,
    )
    confirm_contacts_every: timedelta = _setting(
        _days(365),
        "LINK-8d",
        "how often those who own their contact data are asked whether they are right",
        floor=_days(90),
        ceiling=_days(730),
        by=Changer.DELEGATE,
    )
    applications_four_eyes: bool = _setting(
        default=False,
        rule="LINK-5",
        says="whether whoever confirmed an applicant's identity may not approve the application too",
        by=Changer.DELEGATE,
    )

    # roles
    trusted_sources: frozenset[str] = _setting(
        frozenset(),
        "ROLE-2",
        "gradebooks that may also name school administrators and delegates, as school/origin",
        by=Changer.DELEGATE,
    )
    given_role_lifetime: timedelta = _setting(
        _days(365),
        "ROLE-2",
        "how long a role that is given on the platform may last",
        floor=_days(1),
        ceiling=_days(366),
    )

    dormant_retention: timedelta = _setting(
        _days(365),
        "ROLE-5",
        "how long an account without a role rests before it is closed; no shorter than removal_grace",
        floor=_days(30),
        ceiling=_days(1827),
        by=Changer.DELEGATE,
    )

    # addresses and logins
    login_scheme: LoginScheme = _setting(LoginScheme.ISSUED, "ACCESS-5", "what people sign in with")
    sharing: Sharing = _setting(
        Sharing.FORBID,
        "MAIL-5",
        "who may share one private address: nobody, or a household",
        by=Changer.DELEGATE,
    )
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

    phone_country: str = _setting(
        "PL", "PHONE-1a", "the country of telephone numbers that state none", by=Changer.DELEGATE
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
    session_idle: timedelta = _setting(
        _minutes(30),
        "ACCESS-9a",
        "after what time without use a session is over",
        floor=_minutes(5),
        ceiling=_hours(12),
    )
    session_limit: timedelta = _setting(
        _hours(12),
        "ACCESS-9a",
        "after what time a session is over however much it is used",
        floor=_hours(1),
        ceiling=_days(30),
    )
    session_seen_every: timedelta = _setting(
        _minutes(1),
        "ACCESS-9a",
        "how exactly the last use of a session is kept; a session may be idle by so much earlier",
        floor=timedelta(seconds=1),
        ceiling=_minutes(2),
        by=Changer.OPERATOR,
    )
    session_memory: timedelta = _setting(
        _days(90),
        "ACCESS-9a",
        "how long a session is remembered after it was opened",
        floor=_days(30),
        ceiling=_days(730),
        by=Changer.OPERATOR,
    )
    closed_conflict_memory: timedelta = _setting(
        _days(365),
        "SYNC-3a",
        "how long a conflict is remembered after it closed, and is the same one if it comes back",
        floor=_days(30),
        ceiling=_days(730),
        by=Changer.OPERATOR,
    )
    initial_credential_lifetime: timedelta = _setting(
        _days(30),
        "CRED-5",
        "how long a credential that somebody else made works",
        floor=_days(1),
        ceiling=_days(90),
    )

    letter_price: Money = _setting(
        Money.parse("1.00 EUR"), "INIT-5", "what a letter costs a school: paper, envelope and postage"
    )
    call_price: Money = _setting(
        Money.parse("0.50 EUR"), "INIT-5", "what it costs a school to read a credential out by telephone"
    )

    acknowledge_first: frozenset[NoticeKind] = _setting(
        frozenset(),
        "LAW-1",
        "what must be acknowledged before a session opens",
        by=Changer.DELEGATE,
    )

    # attempts and their throttling
    throttle_window: timedelta = _setting(
        _hours(1),
        "ACCESS-7",
        "the time in which failures up to a number do not matter",
        floor=_minutes(15),
        ceiling=_days(1),
    )
    throttle_first_wait: timedelta = _setting(
        timedelta(seconds=5),
        "ACCESS-7",
        "how long an attempt is throttled at first; each further failure doubles it",
        floor=timedelta(seconds=1),
        ceiling=_minutes(1),
    )
    throttle_longest_wait: timedelta = _setting(
        _minutes(15),
        "ACCESS-7",
        "how long an attempt is throttled at most",
        floor=_minutes(1),
        ceiling=_minutes(15),
    )
    throttle_memory: timedelta = _setting(
        _days(30),
        "ACCESS-7",
        "how long it is remembered that an account was tried, or used, from a place",
        floor=_days(1),
        ceiling=_days(365),
    )
    failures_here: int = _setting(
        5,
        "ACCESS-7",
        "wrong passwords of one account from one place that do not matter in a window",
        floor=3,
        ceiling=20,
    )
    failures_anywhere: int = _setting(
        20,
        "ACCESS-7",
        "wrong passwords of one account that do not matter in a window",
        floor=5,
        ceiling=100,
    )
    failures_of_place: int = _setting(
        300,  # more than may wait for a hash at once: an attempt counts as wrong until it proves right
        "ACCESS-7",
        "wrong passwords from one place, such as a school, that do not matter in a window",
        floor=20,
        ceiling=10000,
    )
    requests_here: int = _setting(
        3,
        "ACCESS-7",
        "requests for messages to one account from one place that are answered in a window",
        floor=1,
        ceiling=20,
    )
    requests_anywhere: int = _setting(
        5,
        "ACCESS-7",
        "requests for messages to one account that are answered in a window",
        floor=2,
        ceiling=50,
    )
    requests_of_place: int = _setting(
        100,
        "ACCESS-7",
        "requests for messages from one place that are answered in a window",
        floor=20,
        ceiling=10000,
    )
    wrong_codes_here: int = _setting(
        5,
        "LINK-7c",
        "wrong codes from one place that do not matter in a window",
        floor=3,
        ceiling=100,
    )
    wrong_codes_anywhere: int = _setting(
        100,
        "LINK-7c",
        "wrong codes in the whole tenant that do not matter in a window",
        floor=10,
        ceiling=10000,
    )

    hashes_at_once: int = _setting(
        4,
        "CRED-10",
        "passwords that one process hashes at the same time; each takes 46 MiB meanwhile",
        floor=1,
        ceiling=256,
        by=Changer.OPERATOR,
    )
    hashes_waiting: int = _setting(
        200,
        "CRED-10",
        "how many may wait for a hash before the platform says that it is busy",
        floor=1,
        ceiling=10000,
        by=Changer.OPERATOR,
    )
    busy_pause: timedelta = _setting(
        timedelta(seconds=5),
        "CRED-10",
        "after what time whoever heard that the platform is busy should try again",
        floor=timedelta(seconds=1),
        ceiling=_minutes(1),
        by=Changer.OPERATOR,
    )

    # devices and licences
    pairing_lifetime: timedelta = _setting(
        _minutes(5),
        "DEV-1",
        "how long a device may be paired by a code",
        floor=_minutes(1),
        ceiling=_minutes(15),
    )
    pairing_pins: int = _setting(
        3,
        "DEV-1",
        "wrong PINs that end a pairing",
        floor=1,
        ceiling=5,
    )
    licence_grace: timedelta = _setting(
        _days(30),
        "LIC-2",
        "how long a licence is kept for whoever is not entitled any more",
        floor=_days(1),
        ceiling=_days(180),
    )

    maintenance_aftermath: timedelta = _setting(
        _days(7),
        "ACCESS-10",
        "how long after a maintenance a browser may still show the page of then",
        floor=_days(1),
        ceiling=_days(30),
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
    guard_known: int = _setting(
        20,
        "SYNC-6",
        "per cent of the records of its whole lists that a school must know, where it knows any, or the guard stops",
        floor=1,
        ceiling=100,
    )
    import_lease: timedelta = _setting(
        _minutes(5),
        "SYNC-2",
        "how long an import may give no sign of life before another one takes over",
        floor=_minutes(1),
        ceiling=_hours(1),
        by=Changer.OPERATOR,
    )
    undo_grace: timedelta = _setting(
        _days(30),
        "SYNC-9",
        "how long a run can be undone, and what it found is kept for that",
        floor=_days(1),
        ceiling=_days(90),
    )
    plan_lifetime: timedelta = _setting(
        _days(7),
        "SYNC-3",
        "how long a saved plan may be applied",
        floor=_hours(1),
        ceiling=_days(30),
    )

    # the journal
    audit_retention: timedelta = _setting(
        _days(731),
        "LAW-3",
        "how long entries of the journal are kept before a checkpoint may stand in for them",
        floor=_days(731),
        ceiling=_days(3660),
        by=Changer.DELEGATE,
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
        "the first wait after a failure; each further one is twice as long, and any up to a quarter longer",
        floor=timedelta(seconds=1),
        ceiling=_hours(1),
        by=Changer.OPERATOR,
    )

    # text messages and their cost
    sms_tariff: str = _setting("literal", "SMS-1", "the name of the tariff by which text messages are paid")
    sms_school_budget: Money = _setting(
        Money.parse("20 EUR"), "SMS-4", "what a school may spend on text messages in a month"
    )
    sms_tenant_budget: Money = _setting(
        Money.parse("50 EUR"), "SMS-4", "what may be spent in a month on text messages that people asked for"
    )
    sms_warning_share: int = _setting(
        80,
        "SMS-4",
        "per cent of a month's budget from which on a warning is shown",
        floor=1,
        ceiling=100,
    )
    sms_budget_pause: timedelta = _setting(
        _hours(1),
        "SMS-4",
        "after what time a text message that the budget did not reach for is looked at again",
        floor=_minutes(1),
        ceiling=_days(1),
        by=Changer.OPERATOR,
    )

    def __attrs_post_init__(self) -> None:
        for name, row in SETTINGS.items():
            row.check(getattr(self, name))
        for scheme in self.national_id_schemes:
            if scheme not in (PESEL, EMSO):
                check_scheme(scheme)
        if self.login_scheme is LoginScheme.EMAIL and self.sharing is not Sharing.FORBID:
            raise InvalidValue(
                "sharing: forbid where people sign in with their address (MAIL-5f)", code="address-is-login"
            )
        if min(self.letter_price.amount, self.call_price.amount) < 0:
            raise InvalidValue("letter_price, call_price: not below zero (INIT-5)", code="invalid-price")
        if self.phone_country not in _COUNTRIES:
            check_country(self.phone_country)
        for budget in (self.sms_school_budget, self.sms_tenant_budget):
            if budget.amount < 0:
                raise InvalidValue("a budget for text messages is not below zero (SMS-4)", code="invalid-budget")
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
    phone_country="SI",
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
        "open": evolve(
            _EASISTENT, national_id_schemes=(PESEL, EMSO), phone_country="PL", documents_for=frozenset(Role)
        ),
    },
)
"""Shipped sets of choices: the Opolska eSzkoła, plain UONET+, eAsistent, and one that asks for as little as can be."""
