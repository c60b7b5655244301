"""A tenant: one system address that several schools share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from eszkola_core.domain import days
from eszkola_core.domain.addresses import ascii_domain
from eszkola_core.domain.events import EventKind
from eszkola_core.domain.money import Money
from eszkola_core.domain.names import fold
from eszkola_core.domain.offices import Contacts
from eszkola_core.domain.policy_timelines import IntroducedPolicy, PolicyTimelines, timelines
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.sms_ledger import OF_TENANT
from eszkola_core.domain.tariffs import TARIFFS, Tariff
from eszkola_core.errors import InvalidValue

LOCALES = ("pl", "sl", "en")
"""The languages that every text exists in."""

_SHORTEST_WORD: Final = 4


@frozen(kw_only=True)
class Tenant:
    """
    Who the platform is for whom, and what this tenant has chosen.

    ``base_url`` is the one address that links in messages are built from (ACCESS-3); ``platform_domain`` is where the
    platform's own mailboxes lie (MAIL-1, MAIL-2); ``time_zone`` decides when a day begins (DAY-1). ``subscriptions``
    are the services that hear what happens, by name, and of what (MAIL-7); ``contacts`` are the offices that hear of a
    disclosed password (LAW-2). ``introduced_policies`` are the password policies that followed the one of the settings,
    or will (CRED-9a). ``tariffs`` are the price lists of text messages by name (SMS-1), ``school_budgets`` what single
    schools may spend on them in a month in the stead of the setting (SMS-4).
    """

    key: str
    name: str
    base_url: str
    platform_domain: str = field(converter=ascii_domain)
    time_zone: str = "Europe/Warsaw"
    locale: str = "pl"
    settings: Settings = field(factory=Settings)
    introduced_policies: tuple[IntroducedPolicy, ...] = ()
    subscriptions: Mapping[str, frozenset[EventKind]] = field(factory=dict)
    contacts: Contacts = field(factory=Contacts)
    tariffs: Mapping[str, Tariff] = field(default=TARIFFS)
    school_budgets: Mapping[str, Money] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        days.zone(self.time_zone)
        if self.locale not in LOCALES:
            raise InvalidValue(f"locale: one of {', '.join(LOCALES)}", code="unknown-locale")
        timelines(self.settings.password_policy, self.introduced_policies)
        if self.settings.sms_tariff not in self.tariffs:
            raise InvalidValue(f"sms_tariff: one of {', '.join(sorted(self.tariffs))}", code="unknown-tariff")
        if not self.base_url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            raise InvalidValue("base_url: begins with https://", code="insecure-base-url")

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return days.zone(self.time_zone)

    @property
    def policies(self) -> PolicyTimelines:
        """Which password policy holds for whom, and from when (CRED-9a)."""
        return timelines(self.settings.password_policy, self.introduced_policies)

    @property
    def words(self) -> frozenset[str]:
        """
        The words that name this platform, folded: whoever guesses passwords tries them first (CRED-6b).

        Such are those of its name, its key and its domain, of four letters or more.
        """
        named = fold(f"{self.name} {self.key} {self.platform_domain}")
        return frozenset(each for each in re.findall(r"[^\W\d_]+", named) if len(each) >= _SHORTEST_WORD)

    @property
    def tariff(self) -> Tariff:
        """By which text messages are paid (SMS-1)."""
        return self.tariffs[self.settings.sms_tariff]

    def sms_budget(self, payer: str) -> Money:
        """Return what a school, or the tenant itself, may spend on text messages in a month (SMS-4)."""
        if payer == OF_TENANT:
            return self.settings.sms_tenant_budget
        return self.school_budgets.get(payer, self.settings.sms_school_budget)

    def link(self, path: str) -> str:
        """Return the address of *path* on the platform."""
        return f"{self.base_url.rstrip('/')}/{path.lstrip('/')}"
