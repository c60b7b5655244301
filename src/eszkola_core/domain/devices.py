"""
Mobile devices: how one is paired, and how it ends (DEV-1, DEV-2, DEV-3).

A pairing shows a QR code and a PIN beside each other; whoever has both within five minutes gets a key for the device.
The code holds the token, never the PIN, so that a photograph of the code alone opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.days import is_expired
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue

PIN_DIGITS: Final = 6
_LONGEST_NAME: Final = 60


class DeviceState(StrEnum):
    """What a device is; asleep follows from the account's rest, and is not stored."""

    PAIRING = "pairing"
    PAIRED = "paired"
    ASLEEP = "asleep"
    REVOKED = "revoked"
    DEAD = "dead"


_D = DeviceState

DEVICE_LIFECYCLE: Final[Mapping[DeviceState, frozenset[DeviceState]]] = MappingProxyType(
    {
        _D.PAIRING: frozenset({_D.PAIRED, _D.DEAD}),
        _D.PAIRED: frozenset({_D.ASLEEP, _D.REVOKED}),
        _D.ASLEEP: frozenset({_D.PAIRED, _D.REVOKED}),
        _D.REVOKED: frozenset(),
        _D.DEAD: frozenset(),
    },
)
"""Every transition of a device: a pairing that came to nothing is dead, and what was revoked stays so."""


class DeviceEnd(StrEnum):
    """Why a pairing or a device ended (DEV-3)."""

    REVOKED = "revoked"
    REPLACED = "replaced"
    TOO_MANY_PINS = "too-many-pins"
    ADDRESS_CHANGED = "address-changed"
    PASSWORD_RECOVERED = "password-recovered"  # noqa: S105 - a reason
    PASSWORD_REPLACED = "password-replaced"  # noqa: S105 - a reason
    REPORTED = "reported"
    LOCKED = "locked"
    MERGED = "merged"
    CLOSED = "closed"


@frozen(kw_only=True)
class Device:
    """
    A device of one person, from the first sight of its code on.

    ``digest`` is what it is found by: of the token while it is being paired, of its own key from then on. ``pin`` is a
    keyed fingerprint, and gone once the pairing is over.
    """

    id: int = 0
    person: PersonId
    digest: bytes = field(repr=False)
    pin: bytes | None = field(default=None, repr=False)
    wrong_pins: int = 0
    name: str = ""
    state: DeviceState = DeviceState.PAIRING
    begun_at: datetime
    expires_at: datetime
    paired_at: datetime | None = None
    ended_at: datetime | None = None
    end: DeviceEnd | None = None

    @property
    def is_paired(self) -> bool:
        """Whether the device has a key that has not been revoked."""
        return self.state is DeviceState.PAIRED

    def state_at(self, now: datetime, *, dormant: bool = False) -> DeviceState:
        """Return the state at *now*: a pairing dies at the instant of its end, a device sleeps with its account."""
        if self.state is DeviceState.PAIRING and is_expired(self.expires_at, now):
            return DeviceState.DEAD
        if self.state is DeviceState.PAIRED and dormant:
            return DeviceState.ASLEEP
        return self.state

    def ended(self, end: DeviceEnd, now: datetime) -> Device:
        """
        Return the device as it is after its end: a pairing is dead, a device revoked; neither has a PIN any more.

        Raises:
            InvalidValue: it has ended before.
        """
        after = DeviceState.DEAD if self.state is DeviceState.PAIRING else DeviceState.REVOKED
        if after not in DEVICE_LIFECYCLE[self.state]:
            raise InvalidValue(f"a device that is {self.state} cannot become {after}", code="no-such-transition")
        return evolve(self, state=after, ended_at=now, end=end, pin=None)

    def mistaken(self, settings: Settings, now: datetime) -> Device:
        """Return the pairing after another wrong PIN: dead with the last one that is allowed (DEV-1)."""
        after = evolve(self, wrong_pins=self.wrong_pins + 1)
        return after.ended(DeviceEnd.TOO_MANY_PINS, now) if after.wrong_pins >= settings.pairing_pins else after

    def paired(self, key: Secret, name: str, now: datetime) -> Device:
        """Return the pairing as a device with a *key* of its own."""
        digest = device_digest(key)
        return evolve(self, state=DeviceState.PAIRED, digest=digest, pin=None, name=name, paired_at=now)


def device_digest(text: Secret) -> bytes:
    """Return what a device or pairing is found by."""
    return hashlib.sha256(b"device:" + text.reveal().strip().encode("utf-8", "surrogatepass")).digest()


def new_key(random: bytes) -> Secret:
    """Return the token of a pairing, or the key of a device, made from 32 *random* bytes."""
    return Secret(base64.urlsafe_b64encode(random).rstrip(b"=").decode("ascii"))


def new_pin(number: int) -> Secret:
    """Return the PIN that a random *number* below 10^6 stands for, with its leading zeros."""
    return Secret(f"{number:0{PIN_DIGITS}}")


def qr_text(url: str, token: Secret) -> Secret:
    """
    Return what the QR code of a pairing holds: where the platform is, and the token; never the PIN (DEV-1).

    >>> qr_text("https://konto.example.org", Secret("abc")).reveal()
    'CERT#https://konto.example.org#abc#ENDCERT'
    """
    return Secret(f"CERT#{url}#{token.reveal()}#ENDCERT")


def token_in(scanned: str) -> Secret:
    """
    Return the token in a scanned code, or the text itself where it is a bare token.

    >>> token_in("CERT#https://konto.example.org#abc#ENDCERT") == token_in(" abc ") == Secret("abc")
    True
    """
    text = scanned.strip()
    if text.startswith("CERT#") and text.endswith("#ENDCERT"):
        return Secret(text.removesuffix("#ENDCERT").rpartition("#")[2])
    return Secret(text)


def device_name(text: str) -> str:
    """
    Return a device's name as it is kept: one line of at most sixty characters.

    Raises:
        InvalidValue: nothing is left.
    """
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:_LONGEST_NAME].strip()
    if not name:
        raise InvalidValue("a device needs a name, such as the model of the telephone", code="no-device-name")
    return name
