"""A tenant: one system address that several schools share."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from attrs import field, frozen

from eszkola_core.domain import days
from eszkola_core.domain.addresses import ascii_domain
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue

LOCALES = ("pl", "sl", "en")
"""The languages that every text exists in."""


@frozen(kw_only=True)
class Tenant:
    """
    Who the platform is for whom, and what this tenant has chosen.

    ``base_url`` is the one address that links in messages are built from (ACCESS-3); ``platform_domain`` is where the
    platform's own mailboxes lie (MAIL-1, MAIL-2); ``time_zone`` decides when a day begins (DAY-1).
    """

    key: str
    name: str
    base_url: str
    platform_domain: str = field(converter=ascii_domain)
    time_zone: str = "Europe/Warsaw"
    locale: str = "pl"
    settings: Settings = field(factory=Settings)

    def __attrs_post_init__(self) -> None:
        days.zone(self.time_zone)
        if self.locale not in LOCALES:
            raise InvalidValue(f"locale: one of {', '.join(LOCALES)}", code="unknown-locale")
        if not self.base_url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            raise InvalidValue("base_url: begins with https://", code="insecure-base-url")

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return days.zone(self.time_zone)

    def link(self, path: str) -> str:
        """Return the address of *path* on the platform."""
        return f"{self.base_url.rstrip('/')}/{path.lstrip('/')}"
