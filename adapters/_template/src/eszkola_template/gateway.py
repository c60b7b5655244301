"""
The service that this adapter talks to: what is asked, and what may come of it.

Whoever sends something that costs money or must not come twice has to tell three things apart: it was surely not taken
(`Unreachable`, or a refusal), it was taken, and nobody knows (`Lost`).
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue
from eszkola_core.options import check_keys, number, secret, text

OPTIONS: Final = frozenset({"url", "token_env", "token_file", "timeout"})
"""What a table of ``eszkola.toml`` may say of the service."""

_FINE: Final = range(200, 300)
_FOR_NOW: Final = frozenset({408, 425, 429, *range(500, 600)})
_LARGEST: Final = 2**20
_OWN_COMPUTER: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Unreachable(Exception):
    """Nobody answers: nothing was handed over."""


class Lost(Exception):
    """Something was handed over, and no answer came that could be read."""


@frozen
class Answer:
    """What the service said; ``code`` is a slug for monitoring: never its own text, which may quote what was sent."""

    status: int
    id: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether the service has taken what was sent."""
        return self.status in _FINE

    @property
    def is_for_now(self) -> bool:
        """Whether trying again may help."""
        return self.status in _FOR_NOW

    @property
    def code(self) -> str:
        """A slug for monitoring."""
        return "" if self.is_fine else f"http-{self.status}"


@frozen
class Gateway:
    """A service that takes JSON over HTTP."""

    url: str
    token: Secret
    timeout: float = 10.0

    def look(self) -> None:
        """Raise `Unreachable` unless somebody answers there."""
        self._connected().close()

    def post(self, path: str, body: Mapping[str, object], *, key: str) -> Answer:
        """
        Send *body*; the service takes what has the same *key* only once.

        Raises:
            Unreachable: nothing was handed over.
            Lost: it may have been.
        """
        headers = {
            "Authorization": f"Bearer {self.token.reveal()}",
            "Content-Type": "application/json",
            "Idempotency-Key": key.encode("unicode_escape").decode("ascii"),
        }
        connection = self._connected()
        try:
            connection.request("POST", f"{urlsplit(self.url).path}{path}", json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read(_LARGEST)
            return Answer(response.status, _id_in(content) if response.status in _FINE else "")
        except (HTTPException, OSError, ValueError):
            pass  # its text may hold what was sent
        finally:
            connection.close()
        raise Lost

    def _connected(self) -> HTTPConnection:
        parts = urlsplit(self.url)
        host, port = str(parts.hostname), parts.port
        if parts.scheme == "https":
            trust = ssl.create_default_context()
            connection: HTTPConnection = HTTPSConnection(host, port, timeout=self.timeout, context=trust)
        else:
            connection = HTTPConnection(host, port, timeout=self.timeout)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise Unreachable from error
        return connection


def gateway(options: Mapping[str, object], *, base: Path, more: frozenset[str] = frozenset()) -> Gateway:
    """
    Return the service that *options* describe.

    Needed: ``url``; ``token_env`` or ``token_file``. Possible: ``timeout`` in seconds, and whatever is in *more*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    check_keys(options, OPTIONS | more)
    token = secret(options, "token", base=base)
    if token is None:
        raise InvalidValue("token_env or token_file: one of these is needed", code="missing-option")
    return Gateway(_address(text(options, "url")), token, float(number(options, "timeout", 10)))


def _address(url: str) -> str:
    """Return where the service answers. Only this machine may do without TLS, as the token travels there."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and not parts.query and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in ("https", "http"):
        raise InvalidValue("url: an address, such as https://gateway.example/v1/", code="wrong-option")
    if parts.scheme == "http" and parts.hostname not in _OWN_COMPUTER:
        raise InvalidValue("url: begins with https://, as the token travels there", code="wrong-option")
    return url.rstrip("/") + "/"


def _id_in(content: bytes) -> str:
    """Return what the service calls what it took; a ValueError where it says nothing of it."""
    said = json.loads(content)
    if not isinstance(said, dict) or not isinstance(said.get("id"), str) or not said["id"]:
        raise ValueError("an answer has an id")
    return str(said["id"])
