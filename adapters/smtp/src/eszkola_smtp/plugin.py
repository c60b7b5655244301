"""What the plug-in group ``eszkola.email`` finds here: couriers made from a configuration."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from eszkola_core.errors import InvalidValue
from eszkola_core.options import check_keys, number, optional_text, secret, text
from eszkola_smtp.folder import FolderCourier
from eszkola_smtp.server import Security, SmtpCourier, parse_security

_PORTS: Final[Mapping[Security, int]] = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_SMTP_OPTIONS: Final = frozenset(
    {"ca_file", "host", "hostname", "password_env", "password_file", "port", "security", "timeout", "username"},
)


def smtp(options: Mapping[str, object], *, base: Path, sender: str) -> SmtpCourier:
    """
    Return a courier that sends through the mail server that *options* name.

    Needed: ``host``. Possible: ``security`` (``starttls``, ``tls``, ``none``), ``port``, ``username`` with
    ``password_env`` or ``password_file``, ``ca_file``, ``timeout`` in seconds, ``hostname``. Relative paths start at
    *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, _SMTP_OPTIONS)
    security = parse_security(optional_text(options, "security") or Security.STARTTLS)
    port = number(options, "port", _PORTS[security])
    if not isinstance(port, int):
        raise InvalidValue("port: a whole number", code="wrong-option")
    return SmtpCourier(
        text(options, "host"),
        port,
        sender=sender,
        security=security,
        username=optional_text(options, "username"),
        password=secret(options, "password", base=base),
        timeout=timedelta(seconds=number(options, "timeout", 30)),
        ssl_context=_trust(options, base),
        hostname=optional_text(options, "hostname"),
    )


def folder(options: Mapping[str, object], *, base: Path, sender: str) -> FolderCourier:
    """
    Return a courier that writes e-mails into a folder.

    Needed: ``folder``; a relative path starts at *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, {"folder"})
    return FolderCourier(base / text(options, "folder"), sender=sender)


def _trust(options: Mapping[str, object], base: Path) -> ssl.SSLContext | None:
    """Return a context that trusts the authority in ``ca_file``, or None for the system's own."""
    name = optional_text(options, "ca_file")
    if name is None:
        return None
    try:
        return ssl.create_default_context(cafile=base / name)
    except OSError:
        raise InvalidValue(f"ca_file: {base / name} cannot be read as PEM certificates", code="wrong-option") from None
