"""What an operator writes: the configuration with all its tables, postal addresses, notices, texts of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from eszkola_cli.address_table import read_addresses
from eszkola_cli.notices import _read
from eszkola_core.configuration import Config, load
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.settings import SETTINGS
from eszkola_gradebook import plugin as gradebook_options
from eszkola_jinja import files as emails
from eszkola_letters import files as letters
from eszkola_sms import plugin as sms_options
from eszkola_smtp import plugin as email_options
from fuzz.held import refusing, require
from fuzz.parts import flagged, grown, toml
from fuzz.reading import folder

WORDS: Final = (
    "tenant", "key", "name", "profile", "opolska", "easistent", "base_url", "https://konto.example.org",
    "http://localhost:8000", "platform_domain", "eszkola.example.org", "time_zone", "Europe/Warsaw", "locale", "pl",
    "settings", "contacts", "region", "data_protection_officer", "schools", "sp1", "rodo@example.org", "storage",
    "adapter", "email", "sender", "folder", "smtp", "host", "port", "security", "starttls", "timeout", "password_env",
    "HOME", "password_file", "ca_file", "texts", "letters", "gradebook", "formats", "services", "unpacked_mib", "url",
    "token_url", "client_id", "client_secret_env", "page_size", "bare", "events", "kinds", "sms", "smsapi", "smpp",
    "token_env", "currency", "PLN", "tariffs", "counting", "literal", "by-segment", "prices", "price", "0.05 EUR",
    "prefix", "+48", "first_day", "2027-01-01", "budgets", "password_policies", "policy", "OPOLSKA_2018",
    "NIST_800_63B_4", "roles", "student", "min_length", "need_upper", "lifetime", "never", "60 days", "warn_days",
    "history", "grace", "99999999999 days", "[tenant]", "[[password_policies]]", "quiet", "system_id", "source",
    "domain", "record;street;postal code;city", "kartoteka;ulica;kod;miejscowosc", *SETTINGS,
)  # fmt: skip
_OPENED: Final[Mapping[tuple[str, str], Callable[..., object]]] = {
    ("email", "smtp"): lambda options, base: email_options.smtp(options, base=base, sender="a@example.org"),
    ("email", "folder"): lambda options, base: email_options.folder(options, base=base, sender="a@example.org"),
    ("sms", "folder"): lambda options, base: sms_options.folder(options, base=base),
    ("sms", "smsapi"): lambda options, base: sms_options.smsapi(options, base=base),
    ("sms", "smpp"): lambda options, base: sms_options.smpp(options, base=base),
    ("gradebook", "files"): lambda options, base: gradebook_options.source(options, base=base),
}
_TENANT: Final[Mapping[str, Any]] = {
    "key": "opole",
    "name": "Region",
    "base_url": "https://konto.example.org",
    "platform_domain": "eszkola.example.org",
}


def check(data: bytes) -> None:
    """Read one file; the first byte says what it is. A configuration is as it is written, or as it grows."""
    flag, content = flagged(data)
    with folder() as place, refusing(quotes=True):
        path = place / "pl.toml"
        path.write_bytes(content)
        match flag % 8:
            case 3:
                read_addresses(path)
            case 4:
                _read(path, NoticeKind.SAFETY_RULES, "sp1")
            case 5:
                emails.entries("pl", [place])
            case 6:
                letters.entries("pl", [place])
            case 1 | 2 as kind:
                table = grown(content, WORDS)
                # Whatever else is in it, half of them have a tenant, so that the rest is looked at.
                _load(place, toml(table | ({"tenant": dict(_TENANT)} if kind == 1 else {})).encode())
            case _:
                _load(place, content)


def _load(place: Path, content: bytes) -> None:
    path = place / "eszkola.toml"
    path.write_bytes(content)
    config = load(path)
    require(repr(config) == repr(load(path)), "the same file is another configuration")
    _open(config, place)


def _open(config: Config, base: Path) -> None:
    """Make what the options describe; none of it does anything before it is asked."""
    for part, adapter in (("email", config.email), ("sms", config.sms), ("gradebook", config.gradebook)):
        make = _OPENED.get((part, adapter.name))
        if make is not None:
            with refusing(quotes=True):
                make(adapter.options, base)
