"""What a configuration says of a OneRoster service: where it is, who asks, and how much at once."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue

PREFIX: Final = "service:"
"""What stands before a service's name where else the path of a file would stand."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.IGNORECASE)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TEXTS: Final = ("url", "token_url", "client_id", "client_secret_file", "client_secret_env", "ca_file")
_NUMBERS: Final = {"timeout": (1, 600), "page_size": (2, 10_000), "changed_hours": (1, 24 * 366)}
_FLAGS: Final = ("demographics", "bare")
_MOST_SECRET: Final = 4096


@frozen(kw_only=True)
class Service:
    """
    One service by name. It holds no secret, only where that is kept.

    ``changed_hours`` asks for what was changed in that time, and makes a delta; without it all is read. ``bare`` asks
    for no choice of fields and no order, for a service that knows neither.
    """

    name: str
    url: str
    token_url: str
    client_id: str
    client_secret_file: Path | None = None
    client_secret_env: str | None = None
    ca_file: Path | None = None
    timeout: int = 60
    page_size: int = 1000
    changed_hours: int | None = None
    demographics: bool = False
    bare: bool = False

    def secret(self) -> Secret:
        """
        Return the client's secret.

        Raises:
            InvalidValue: it is not there, or others than its owner may read the file.
        """
        if self.client_secret_env is not None:
            found = os.environ.get(self.client_secret_env, "")
            where = f"the environment has no {self.client_secret_env}"
        else:
            found = _in_file(self.client_secret_file or Path())
            where = f"{self.client_secret_file} is empty"
        if not found:
            raise InvalidValue(f"service {self.name}: {where}", code="missing-secret")
        return Secret(found)


def service(name: str, options: object, *, base: Path) -> Service:
    """
    Return the service that *options* describe; relative paths start at *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    where = f"services.{name}"
    if _NAME.fullmatch(name) is None:
        raise InvalidValue("services: a name is letters, digits, dots and hyphens", code="wrong-option")
    if not isinstance(options, Mapping):
        raise InvalidValue(f"{where}: write it as a table, [gradebook.{where}]", code="wrong-option")
    for key, value in options.items():
        _check(where, key, value)
    for key in ("url", "token_url", "client_id"):
        if key not in options:
            raise InvalidValue(f"{where}.{key}: this option is needed", code="missing-option")
    if ("client_secret_file" in options) == ("client_secret_env" in options):
        raise InvalidValue(f"{where}: give one of client_secret_file and client_secret_env", code="wrong-option")
    values = dict(options)
    for key in ("url", "token_url"):
        values[key] = _address(f"{where}.{key}", values[key])
    for key in ("client_secret_file", "ca_file"):
        if key in values:
            values[key] = base / values[key]
    return Service(name=name, **values)


def _check(where: str, key: str, value: object) -> None:
    if key in _TEXTS:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise InvalidValue(f"{where}.{key}: a text in quotation marks, not empty", code="wrong-option")
    elif key in _NUMBERS:
        least, most = _NUMBERS[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InvalidValue(f"{where}.{key}: a whole number from {least} to {most}", code="wrong-option")
    elif key in _FLAGS:
        if not isinstance(value, bool):
            raise InvalidValue(f"{where}.{key}: true or false", code="wrong-option")
    else:
        known = ", ".join(sorted((*_TEXTS, *_NUMBERS, *_FLAGS)))
        raise InvalidValue(f"{where}.{key}: no such option; there are {known}", code="unknown-option")


def _address(where: str, text: str) -> str:
    """Return an address that a secret may be sent to: encrypted, unless it is on this computer (ID-10)."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise InvalidValue(
            f"{where}: write an address, such as https://sis.example.org/…", code="wrong-option"
        ) from None
    bare = not (parts.query or parts.fragment or parts.username or parts.password or re.search(r"\s", text))
    if not parts.hostname or not bare or port == 0:
        raise InvalidValue(
            f"{where}: write an address without name, password, ? and #, such as https://sis.example.org/…",
            code="wrong-option",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise InvalidValue(f"{where}: it begins with https://, as a secret travels there", code="insecure-address")
    return text.rstrip("/")


def _in_file(path: Path) -> str:
    """Return what stands in a file that only its owner may read, without one final line end."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise InvalidValue(f"client_secret_file: {path} is no file", code="missing-secret")
        if os.name == "posix" and mode & 0o077:
            raise InvalidValue(
                f"client_secret_file: others may read {path}; take that away with: chmod 600 {path}",
                code="secret-unguarded",
            )
        with path.open("rb") as opened:
            content = opened.read(_MOST_SECRET).decode()
    except (OSError, UnicodeDecodeError):
        raise InvalidValue(f"client_secret_file: {path} cannot be read as text", code="missing-secret") from None
    return content.removesuffix("\n").removesuffix("\r")
