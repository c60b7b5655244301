"""What the plug-in group ``eszkola.sms`` finds here: couriers made from a configuration."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue
from eszkola_core.options import check_keys, number, optional_text, secret, text
from eszkola_sms.folder import FolderSmsCourier
from eszkola_sms.smpp import SmppCourier
from eszkola_sms.smsapi import DOMAIN, SmsapiCourier

_SMSAPI_OPTIONS: Final = frozenset({"currency", "domain", "sender", "test", "timeout", "token_env", "token_file"})
_SMPP_OPTIONS: Final = frozenset(
    {
        "ca_file", "host", "password_env", "password_file", "port", "quiet", "security", "source", "system_id",
        "system_type", "timeout",
    }
)  # fmt: skip
_PORTS: Final = {"tls": 3550, "none": 2775}
_SENDER: Final = re.compile(r"[A-Za-z0-9 .-]{1,11}")
_SOURCE: Final = re.compile(r"[A-Za-z0-9 .-]{1,11}|\+?\d{3,15}", re.ASCII)


def folder(options: Mapping[str, object], *, base: Path) -> FolderSmsCourier:
    """
    Return a courier that writes text messages into a folder.

    Needed: ``folder``; a relative path starts at *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, {"folder"})
    return FolderSmsCourier(base / text(options, "folder"))


def smsapi(options: Mapping[str, object], *, base: Path) -> SmsapiCourier:
    """
    Return a courier that sends through SMSAPI.

    Needed: ``token_env`` or ``token_file``. Possible: ``sender``, ``currency`` of the points, ``domain``, ``test``,
    ``timeout`` in seconds. Relative paths start at *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, _SMSAPI_OPTIONS)
    sender, currency = optional_text(options, "sender"), optional_text(options, "currency")
    if sender is not None and _SENDER.fullmatch(sender) is None:
        raise InvalidValue("sender: at most 11 letters, digits, spaces, points and dashes", code="wrong-option")
    if currency is not None and re.fullmatch(r"[A-Z]{3}", currency) is None:
        raise InvalidValue("currency: three capital letters, such as PLN", code="wrong-option")
    only_tried = options.get("test", False)
    if not isinstance(only_tried, bool):
        raise InvalidValue("test: true or false, without quotes", code="wrong-option")
    return SmsapiCourier(
        token=_needed(options, "token", base),
        domain=_domain(optional_text(options, "domain") or DOMAIN),
        sender=sender,
        currency=currency,
        timeout=timedelta(seconds=number(options, "timeout", 30)),
        only_tried=only_tried,
    )


def smpp(options: Mapping[str, object], *, base: Path) -> SmppCourier:
    """
    Return a courier that sends through an SMPP gateway.

    Needed: ``host``, ``system_id``, ``password_env`` or ``password_file``. Possible: ``port``, ``security`` (``tls`` or
    ``none``), ``ca_file``, ``source``, ``system_type``, ``timeout`` and ``quiet`` in seconds. Relative paths start at
    *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, _SMPP_OPTIONS)
    security = optional_text(options, "security") or "tls"
    if security not in _PORTS:
        raise InvalidValue("security: tls or none", code="wrong-option")
    port = number(options, "port", _PORTS[security])
    if not isinstance(port, int):
        raise InvalidValue("port: a whole number", code="wrong-option")
    source = optional_text(options, "source") or ""
    if source and _SOURCE.fullmatch(source) is None:
        raise InvalidValue("source: at most 11 letters and digits, or a telephone number", code="wrong-option")
    return SmppCourier(
        host=text(options, "host"),
        port=port,
        system_id=text(options, "system_id"),
        password=_needed(options, "password", base),
        source=source,
        system_type=optional_text(options, "system_type") or "",
        ssl_context=None if security == "none" else _trust(options, base),
        timeout=timedelta(seconds=number(options, "timeout", 30)),
        quiet=timedelta(seconds=number(options, "quiet", 5)),
    )


def _needed(options: Mapping[str, object], key: str, base: Path) -> Secret:
    found = secret(options, key, base=base)
    if found is None:
        raise InvalidValue(f"{key}_env or {key}_file: one of these is needed", code="missing-option")
    return found


def _domain(address: str) -> str:
    """Return where SMSAPI answers; the client puts paths right behind it. Only this machine may do without TLS."""
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and not (parts.query or parts.fragment or re.search(r"\s", address))
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in ("http", "https"):
        raise InvalidValue(f"domain: an address, such as {DOMAIN}", code="wrong-option")
    if parts.scheme == "http" and not _is_loopback(str(parts.hostname)):
        raise InvalidValue("domain: begins with https://, as the token travels there", code="wrong-option")
    return address.rstrip("/") + "/"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _trust(options: Mapping[str, object], base: Path) -> ssl.SSLContext:
    """Return a context that trusts the authority in ``ca_file``, or the system's own."""
    name = optional_text(options, "ca_file")
    try:
        return ssl.create_default_context(cafile=None if name is None else base / name)
    except OSError:
        raise InvalidValue(
            f"ca_file: {base / str(name)} cannot be read as PEM certificates", code="wrong-option"
        ) from None
