"""Pairing a mobile device, and what it may do afterwards (DEV-1, DEV-2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

from attrs import frozen

from eszkola_core._usecases._sessions import owner_of_session, places_of
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.days import day_of
from eszkola_core.domain.devices import (
    Device,
    DeviceEnd,
    DeviceState,
    device_digest,
    device_name,
    new_key,
    new_pin,
    qr_text,
    token_in,
)
from eszkola_core.domain.hidden import Fingerprint, Secret
from eszkola_core.domain.signing_in import may_sign_in
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import RANDOM_BYTES
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock, Secrets

_PINS = 10**6


class PairingRefused(StrEnum):
    """Why no device was paired; whoever tries learns no more than this."""

    NO_SESSION = "no-session"
    NOT_PAIRED = "not-paired"


@frozen
class PairingShown:
    """What a signed-in user sees for five minutes, once: the QR code's content and, beside it, the PIN."""

    qr: Secret
    pin: Secret
    expires_at: datetime


@frozen
class Paired:
    """The device is paired; ``key`` is what it shows from now on, and is told once."""

    device: int
    key: Secret


@frozen
class NotPaired:
    """No device was paired."""

    reason: PairingRefused


@frozen
class PairDevice:
    """Gives devices keys of their own, so that none holds its owner's password."""

    storage: Storage
    tenant: Tenant
    clock: Clock
    secrets: Secrets

    def begin(self, session_key: str) -> PairingShown | NotPaired:
        """Begin a pairing for the session's owner; one that was begun before and not finished is over (DEV-1)."""
        now = self.clock.now()
        token, pin = new_key(self.secrets.token_bytes(RANDOM_BYTES)), new_pin(self.secrets.below(_PINS))
        expires_at = now + self.tenant.settings.pairing_lifetime
        with self.storage.unit() as unit:
            person = owner_of_session(unit, session_key, self.tenant, now)
            if person is None:
                return NotPaired(PairingRefused.NO_SESSION)
            for each in unit.devices.of(person.id):
                if each.state is DeviceState.PAIRING:
                    unit.devices.change(each, each.ended(DeviceEnd.REPLACED, now))
            digest = device_digest(token)
            kept = _sealed(pin, digest, self.storage.fingerprints[0])
            unit.devices.add(Device(person=person.id, digest=digest, pin=kept, begun_at=now, expires_at=expires_at))
        return PairingShown(qr_text(self.tenant.link("mobile"), token), pin, expires_at)

    def complete(self, scanned: str, pin: str, name: str) -> Paired | NotPaired:
        """
        Pair the device that scanned the code and was told the PIN.

        A wrong PIN is counted, and the third one ends the pairing; of simultaneous tries at most one succeeds (DEV-1).

        Raises:
            InvalidValue: *name* holds nothing to show; nothing was counted.
        """
        now, called, digest = self.clock.now(), device_name(name), device_digest(token_in(scanned))
        key = new_key(self.secrets.token_bytes(RANDOM_BYTES))
        refused = NotPaired(PairingRefused.NOT_PAIRED)
        with self.storage.unit() as unit:
            found = unit.devices.find(digest)
            if found is None or found.state_at(now) is not DeviceState.PAIRING or found.pin is None:
                return refused
            if not self._may_use(unit, found.person, now):
                return refused
            if not self._is_pin(found.pin, Secret(pin.strip()), digest):
                unit.devices.change(found, found.mistaken(self.tenant.settings, now))
                return refused
            if not unit.devices.change(found, found.paired(key, called, now)):
                return refused
        return Paired(found.id, key)

    def person_of(self, key: str | None) -> Person | None:
        """
        Return whose paired device shows *key*, or None: there is none, it was revoked, or the account rests or is shut.

        A device opens no more than a session would (DEV-2).
        """
        if key is None:
            return None
        now = self.clock.now()
        with self.storage.snapshot() as unit:
            device = unit.devices.find(device_digest(Secret(key)))
            if device is None or not device.is_paired or not self._may_use(unit, device.person, now):
                return None
            return unit.people.get_many([device.person])[device.person]

    def _may_use(self, unit: Unit, number: PersonId, now: datetime) -> bool:
        """Return whether the account opens sessions now: a device never sees more than one (DEV-2)."""
        person = unit.people.get_many([number])[number]
        return may_sign_in(person, places_of(unit, number), day_of(now, self.tenant.zone))

    def _is_pin(self, kept: bytes, pin: Secret, digest: bytes) -> bool:
        """Return whether that is the PIN that was kept, whichever key was in use then (LAW-5b)."""
        return any(compare_digest(kept, _sealed(pin, digest, by)) for by in self.storage.fingerprints)


def _sealed(pin: Secret, digest: bytes, fingerprint: Fingerprint) -> bytes:
    """Return a PIN as it is kept: six digits can be guessed by whoever has the file, unless they are keyed."""
    return fingerprint(digest + pin.reveal().encode("utf-8", "surrogatepass"), "pairing pin")
