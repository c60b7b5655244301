"""
The configuration file `eszkola.toml`: every key checked at start, every mistake named with its remedy.

`[tenant]` says whom the platform serves, `[settings]` overrides single settings of the profile, `[contacts]` are the
offices that hear of a disclosed password, and the other tables name the adapters with their options.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from eszkola_core.configuration import _tariffs
from eszkola_core.configuration._policies import TABLE, introduced
from eszkola_core.configuration._settings import alike, chosen, listed
from eszkola_core.domain import days
from eszkola_core.domain.addresses import EmailAddress, ascii_domain
from eszkola_core.domain.events import EventKind
from eszkola_core.domain.offices import Contacts
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.tariffs import Tariff
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_core.errors import InvalidValue

FILE: Final = "eszkola.toml"
TABLES: Final = frozenset(
    {"tenant", "settings", TABLE, "contacts", "storage", "email", "texts", "letters", "gradebook", "events", "sms"}
    | {_tariffs.TABLE, _tariffs.BUDGETS}
)
TENANT_KEYS: Final = ("key", "name", "profile", "base_url", "platform_domain", "time_zone", "locale")
CONTACT_KEYS: Final = ("region", "data_protection_officer", "schools")
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_OWN_COMPUTER: Final = ("localhost", "127.0.0.1", "::1")


@frozen
class Adapter:
    """One adapter by name, with its own options."""

    name: str
    options: Mapping[str, object] = field(factory=dict)


@frozen(kw_only=True)
class Config:
    """What a configuration file says; ``base`` is its folder, which relative paths start from."""

    base: Path
    tenant: Tenant
    sender: str
    storage: Adapter
    email: Adapter
    texts: Adapter
    letters: Adapter
    gradebook: Adapter
    sms: Adapter
    events: Mapping[str, Adapter] = field(factory=dict)


def find(where: Path) -> Path:
    """
    Return the configuration file at *where*: the file itself, or the one in that folder.

    Raises:
        InvalidValue: there is none.
    """
    path = where / FILE if where.is_dir() else where
    if not path.is_file():
        raise InvalidValue(
            f"there is no {FILE} at {where}; make one with 'eszkola init {where}'",
            code="config-missing",
        )
    return path


def load(path: Path) -> Config:
    """
    Return what the file at *path* says.

    Raises:
        InvalidValue: it is no TOML, or a key is unknown, missing, or has a value that cannot be right: the text names
            the key.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise InvalidValue(f"{path}: this is not TOML: {broken}", code="config-broken") from None
    except OSError as gone:
        raise InvalidValue(f"{path}: cannot be read ({gone.strerror})", code="config-missing") from None
    try:
        return _config(content, path.parent)
    except InvalidValue as wrong:
        raise InvalidValue(f"{path}: {wrong}", code=wrong.code) from None


def _config(content: Mapping[str, Any], base: Path) -> Config:
    unknown = sorted(set(content) - TABLES)
    if unknown:
        raise InvalidValue(
            f"[{unknown[0]}]: there is no such table{alike(unknown[0], TABLES)}; there are {listed(TABLES)}",
            code="unknown-key",
        )
    email = dict(_table(content, "email"))
    services = {name: _service(name, table) for name, table in _table(content, "events").items()}
    prices = _tariffs.tariffs(_table(content, _tariffs.TABLE))
    tenant = _tenant(_table(content, "tenant"), _table(content, "settings"), prices)
    tenant = evolve(
        tenant,
        school_budgets=_tariffs.budgets(_table(content, _tariffs.BUDGETS)),
        contacts=_contacts(_table(content, "contacts")),
        subscriptions={name: kinds for name, (kinds, _) in services.items()},
        introduced_policies=introduced(content.get(TABLE, [])),
    )
    return Config(
        base=base,
        tenant=tenant,
        sender=_text("email.sender", email.pop("sender", _sender(tenant))),
        storage=_adapter("storage", _table(content, "storage"), "sqlalchemy"),
        email=_adapter("email", email or {"folder": "outbox"}, "folder"),
        texts=_adapter("texts", _table(content, "texts"), "jinja"),
        letters=_adapter("letters", _table(content, "letters"), "typst"),
        gradebook=_adapter("gradebook", _table(content, "gradebook"), "files"),
        sms=_adapter("sms", _table(content, "sms") or {"folder": "outbox-sms"}, "folder"),
        events={name: adapter for name, (_, adapter) in services.items()},
    )


def _table(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise InvalidValue(f"{name}: write it as a table, [{name}]", code="wrong-key")
    return table


def _adapter(where: str, table: Mapping[str, Any], usual: str) -> Adapter:
    options = {key: value for key, value in table.items() if key != "adapter"}
    return Adapter(_text(f"{where}.adapter", table.get("adapter", usual)), options)


def _service(name: str, table: object) -> tuple[frozenset[EventKind], Adapter]:
    """Return of what a service wants to hear, and what hands it over (MAIL-7)."""
    where = f"events.{name}"
    if not isinstance(table, dict):
        raise InvalidValue(f"{where}: write it as a table, [{where}]", code="wrong-key")
    options = dict(table)
    kinds = options.pop("kinds", [each.value for each in EventKind])
    if not isinstance(kinds, list) or not all(each in [*EventKind] for each in kinds):
        raise InvalidValue(f"{where}.kinds: a list of {listed(EventKind)}", code="wrong-key")
    return frozenset(map(EventKind, kinds)), _adapter(where, options, "folder")


def _text(where: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidValue(f"{where}: write a text in quotation marks", code="wrong-key")
    return value


def _sender(tenant: Tenant) -> str:
    """Return who sends where the file does not say it; signs that mean something in a sender are left out."""
    name = re.sub(r'[<>"\\\s]+', " ", tenant.name).strip()
    return f'"{name}" <noreply@{tenant.platform_domain}>'


def _tenant(table: Mapping[str, Any], settings: Mapping[str, Any], prices: Mapping[str, Tariff]) -> Tenant:
    for key in table:
        if key not in TENANT_KEYS:
            raise InvalidValue(
                f"tenant.{key}: there is no such key{alike(key, TENANT_KEYS)}; there are {listed(TENANT_KEYS)}",
                code="unknown-key",
            )
        if not isinstance(table[key], str):
            raise InvalidValue(f"tenant.{key}: write a text in quotation marks", code="wrong-key")
    for key in ("key", "name", "base_url", "platform_domain"):
        if not table.get(key, "").strip():
            raise InvalidValue(f"tenant.{key}: it is missing", code="missing-key")
    profile = table.get("profile", "opolska")
    if profile not in PROFILES:
        raise InvalidValue(f"tenant.profile: one of {listed(PROFILES)}", code="unknown-profile")
    if table.get("locale", "pl") not in LOCALES:
        raise InvalidValue(f"tenant.locale: one of {listed(LOCALES)}", code="unknown-locale")
    _check("tenant.time_zone", days.zone, table.get("time_zone", "Europe/Warsaw"))
    _check("tenant.platform_domain", _check_domain, table["platform_domain"])
    _check_address(table["base_url"])
    known = {key: table[key] for key in TENANT_KEYS if key in table and key != "profile"}
    picked = chosen(PROFILES[profile], settings)
    if picked.sms_tariff not in prices:
        raise InvalidValue(f"settings.sms_tariff: one of {listed(prices)}", code="unknown-tariff")
    return Tenant(**known, settings=picked, tariffs=prices)


def _contacts(table: Mapping[str, Any]) -> Contacts:
    """Return the offices that hear of a disclosed password."""
    for key in table:
        if key not in CONTACT_KEYS:
            raise InvalidValue(
                f"contacts.{key}: there is no such key{alike(key, CONTACT_KEYS)}; there are {listed(CONTACT_KEYS)}",
                code="unknown-key",
            )
    offices = {key: _address(f"contacts.{key}", text) for key, text in table.items() if key != "schools"}
    schools = table.get("schools", {})
    if not isinstance(schools, dict):
        raise InvalidValue("contacts.schools: write it as a table, [contacts.schools]", code="wrong-key")
    return Contacts(
        **offices, schools={key: _address(f"contacts.schools.{key}", text) for key, text in schools.items()}
    )


def _address(where: str, value: object) -> EmailAddress:
    try:
        return EmailAddress.parse(_text(where, value))
    except InvalidValue:
        raise InvalidValue(f"{where}: write an e-mail address", code="wrong-key") from None


def _check(where: str, check: Callable[[str], object], value: str) -> None:
    """Let *check* look at a value, and name the key where it complains."""
    try:
        check(value)
    except InvalidValue as wrong:
        raise InvalidValue(f"{where}: {wrong}", code=wrong.code) from None


def _check_domain(domain: str) -> None:
    if _DOMAIN.fullmatch(ascii_domain(domain)) is None:
        raise InvalidValue("write a domain name, such as eszkola.example.org", code="invalid-domain")


def _check_address(text: str) -> None:
    """Raise InvalidValue unless links can be built from *text*: only its own computer may do without encryption."""
    try:
        parts = urlsplit(text)
        whole = bool(parts.hostname) and not (parts.query or parts.fragment or re.search(r"\s", text))
    except ValueError:
        whole = False
    if not whole:
        raise InvalidValue("tenant.base_url: write an address, such as https://konto.example.org", code="wrong-key")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _OWN_COMPUTER):
        raise InvalidValue(
            "tenant.base_url: it begins with https://, as passwords travel there", code="insecure-base-url"
        )
