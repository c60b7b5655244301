"""
The configuration file `eszkola.toml`: every key checked at start, every mistake named with its remedy.

`[tenant]` says whom the platform serves, `[settings]` overrides single settings of the profile, and the other tables name
the adapters with their options.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from attrs import evolve, field, frozen

from eszkola_core.domain.settings import PROFILES, SETTINGS, Settings
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue

FILE: Final = "eszkola.toml"
_TABLES: Final = frozenset({"tenant", "settings", "storage", "email", "texts", "gradebook"})
_TENANT_KEYS: Final = ("key", "name", "profile", "base_url", "platform_domain", "time_zone", "locale")
_SPAN: Final = re.compile(r"(?P<number>\d+)\s*(?P<unit>minute|hour|day|second)s?")


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
    gradebook: Adapter


def find(where: Path) -> Path:
    """
    Return the configuration file at *where*: the file itself, or the one in that folder.

    Raises:
        InvalidValue: there is none.
    """
    path = where / FILE if where.is_dir() else where
    if not path.is_file():
        raise InvalidValue(
            f"there is no {FILE} at {where}; make one with 'eszkola init {where}', or name it with --config",
            code="config-missing",
        )
    return path


def load(path: Path) -> Config:
    """
    Return what the file at *path* says.

    Raises:
        InvalidValue: it is no TOML, or a key is unknown, missing, or has a value that cannot be right; the text names it.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise InvalidValue(f"{path}: this is not TOML: {broken}", code="config-broken") from None
    except OSError as gone:
        raise InvalidValue(f"{path}: cannot be read ({gone.strerror})", code="config-missing") from None
    try:
        return _config(content, path.parent)
    except InvalidValue as wrong:
        raise InvalidValue(f"{path}: {wrong}", code=wrong.code) from None


def _config(content: Mapping[str, Any], base: Path) -> Config:
    unknown = sorted(set(content) - _TABLES)
    if unknown:
        raise InvalidValue(f"[{unknown[0]}]: there is no such table; there are {_listed(_TABLES)}", code="unknown-key")
    email = dict(_table(content, "email"))
    tenant = _tenant(_table(content, "tenant"), _table(content, "settings"))
    return Config(
        base=base,
        tenant=tenant,
        sender=str(email.pop("sender", f"{tenant.name} <noreply@{tenant.platform_domain}>")),
        storage=_adapter(_table(content, "storage"), "sqlalchemy"),
        email=_adapter(email or {"folder": "outbox"}, "folder"),
        texts=_adapter(_table(content, "texts"), "jinja"),
        gradebook=_adapter(_table(content, "gradebook"), "files"),
    )


def _table(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise InvalidValue(f"{name}: write it as a table, [{name}]", code="wrong-key")
    return table


def _adapter(table: Mapping[str, Any], usual: str) -> Adapter:
    options = {key: value for key, value in table.items() if key != "adapter"}
    return Adapter(str(table.get("adapter", usual)), options)


def _tenant(table: Mapping[str, Any], settings: Mapping[str, Any]) -> Tenant:
    for key in table:
        if key not in _TENANT_KEYS:
            raise InvalidValue(f"tenant.{key}: there is no such key; there are {_listed(_TENANT_KEYS)}", code="unknown-key")
        if not isinstance(table[key], str):
            raise InvalidValue(f"tenant.{key}: write a text in quotation marks", code="wrong-key")
    for key in ("key", "name", "base_url", "platform_domain"):
        if not table.get(key):
            raise InvalidValue(f"tenant.{key}: it is missing", code="missing-key")
    profile = table.get("profile", "opolska")
    if profile not in PROFILES:
        raise InvalidValue(f"tenant.profile: one of {_listed(PROFILES)}", code="unknown-profile")
    known = {key: table[key] for key in _TENANT_KEYS if key in table and key != "profile"}
    return Tenant(**known, settings=_settings(PROFILES[profile], settings))


def _settings(profile: Settings, table: Mapping[str, Any]) -> Settings:
    chosen: dict[str, Any] = {}
    for key, value in table.items():
        if key not in SETTINGS:
            raise InvalidValue(f"settings.{key}: there is no such setting", code="unknown-key")
        chosen[key] = _value(key, value, getattr(profile, key))
    return evolve(profile, **chosen)


def _value(key: str, value: Any, like: Any) -> Any:  # noqa: ANN401 - TOML's values
    """Return a TOML value as the setting's own kind."""
    where = f"settings.{key}"
    if isinstance(like, timedelta):
        return _span(where, value)
    if isinstance(like, StrEnum):
        return _choice(where, value, type(like))
    if isinstance(like, tuple | frozenset):
        if not isinstance(value, list):
            raise InvalidValue(f"{where}: write a list, such as [\"…\"]", code="wrong-key")
        kind = _ITEM_KINDS.get(key)
        return type(like)(_choice(where, each, kind) if kind else str(each) for each in value)
    if type(value) is not type(like):
        raise InvalidValue(f"{where}: write a {'number' if isinstance(like, int) else 'text'}", code="wrong-key")
    return value


_ITEM_KINDS: Final[Mapping[str, type[StrEnum]]] = {
    name: type(next(iter(items)))
    for name, items in (
        (each.name, sorted(each.default)) for each in SETTINGS.values() if isinstance(each.default, frozenset)
    )
    if items and isinstance(items[0], StrEnum)
}


def _span(where: str, value: object) -> timedelta:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidValue(f"{where}: write a span, such as \"7 days\", \"24 hours\" or \"15 minutes\"", code="wrong-key")
    return timedelta(**{f"{found['unit']}s": int(found["number"])})


def _choice(where: str, value: object, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(str(value))
    except ValueError:
        raise InvalidValue(f"{where}: one of {_listed(kind)}", code="wrong-key") from None


def _listed(names: Any) -> str:  # noqa: ANN401 - any names
    return ", ".join(sorted(str(each) for each in names))
