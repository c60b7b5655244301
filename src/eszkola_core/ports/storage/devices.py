"""Mobile devices as they are kept: by digest, never by key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.devices import Device, DeviceEnd


class Devices(Protocol):
    """
    Keeps pairings and devices.

    DE1. `add` gives a pairing its number and keeps it; the number is nobody else's, and what was kept comes back equal.
    DE2. `find` finds a pairing by the digest of its token and a device by that of its key, in whatever state; what a
         pairing was found by finds nothing once it is paired.
    DE3. `change` writes a device over the one of its number that it was made from, and is False where that is not there
         as it was: of two who change it at once one loses.
    DE4. `of` returns the devices of a person, the oldest first.
    DE5. `end_all` ends the pairings and devices of a person that have not ended, and returns how many.
    DE6. What is an account's that was merged into another is read as the survivor's, and stays whose it was.
    """

    def add(self, device: Device) -> Device:
        """Keep a new pairing, and return it with its number (DE1)."""

    def find(self, digest: bytes) -> Device | None:
        """Return the device or pairing with *digest* (DE2)."""

    def change(self, before: Device, after: Device) -> bool:
        """Write *after* in the stead of *before*, if that is still there (DE3)."""

    def of(self, person: PersonId) -> Sequence[Device]:
        """Return the devices of *person* (DE4)."""

    def end_all(self, person: PersonId, *, end: DeviceEnd, now: datetime) -> int:
        """End all devices of *person* (DE5)."""
