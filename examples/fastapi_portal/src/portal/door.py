"""Who asks, from where, and in which language: what operations depend on."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from eszkola_core import LOCALES, Person, Platform
from portal.negotiation import language
from portal.problems import Refused

BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="The key of an open session; where it is only looked, the key of a paired device too.",
)


def _platform(request: Request) -> Platform:
    """Return the one platform of the process."""
    platform: Platform = request.app.state.platform
    return platform


ThePlatform = Annotated[Platform, Depends(_platform)]


def _source(request: Request) -> str:
    """
    Return the address of the network that the request comes from: failures are counted by it (ACCESS-7).

    Behind a proxy this is the proxy's own, and everybody stands in everybody's way, unless the server is told to
    believe the proxy: see the README.
    """
    return request.client.host if request.client is not None else ""


Source = Annotated[str, Depends(_source)]


def _language(platform: ThePlatform, accept_language: Annotated[str, Header(examples=["pl, en;q=0.5"])] = "") -> str:
    """Return the language that the reader wants, or else the tenant's own."""
    return language(accept_language, LOCALES, platform.tenant.locale)


Language = Annotated[str, Depends(_language)]


def _key(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> str:
    """Return the key that was shown, whatever it opens."""
    return credentials.credentials if credentials is not None else ""


Key = Annotated[str, Depends(_key)]


def _session(platform: ThePlatform, key: Key) -> str:
    """Return the key of an open session; the session counts as used."""
    if platform.sign_in.person_of(key) is None:
        raise Refused("no-session")
    return key


Session = Annotated[str, Depends(_session)]


def _reader(platform: ThePlatform, key: Key) -> Person:
    """Return whose open session or paired device it is: a device shows what its owner may see (DEV-2)."""
    person = platform.sign_in.person_of(key) or platform.pair_device.person_of(key)
    if person is None:
        raise Refused("no-key")
    return person


Reader = Annotated[Person, Depends(_reader)]


def takes_nothing_from_the_address(request: Request) -> None:
    """Refuse a query: no operation asks for one, and whoever sends a token there should hear of it at once."""
    if request.url.query:
        raise Refused("query-not-taken")


def takes_json(request: Request) -> None:
    """Refuse a body that is called anything but JSON."""
    sent = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if sent != "application/json":
        raise Refused("not-json")
