"""Listing, naming and revoking devices: by their owner, or by the office (DEV-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._sessions import owner_of_session, places_of
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.days import day_of
from eszkola_core.domain.devices import DEVICE_LIFECYCLE, Device, DeviceEnd, DeviceState, device_name
from eszkola_core.domain.permissions import Action
from eszkola_core.domain.signing_in import is_dormant
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock


@frozen
class ListedDevice:
    """One device as its owner sees it on the list."""

    id: int
    name: str
    state: DeviceState
    paired_at: datetime | None


@frozen
class NoSuchDevice:
    """There is no such device, or its owner is not who asks; nothing was changed."""


@frozen
class ManageDevices:
    """Shows devices and ends them."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def mine(self, session_key: str) -> tuple[ListedDevice, ...] | NoSuchDevice:
        """Return the devices of the session's owner, the oldest first; pairings that came to nothing are left out."""
        with self.storage.snapshot() as unit:
            person = owner_of_session(unit, session_key, self.tenant, self.clock.now())
            return NoSuchDevice() if person is None else self._listed(unit, person.id)

    def rename(self, session_key: str, device: int, name: str) -> ListedDevice | NoSuchDevice:
        """
        Give a device of the session's owner another name.

        Raises:
            InvalidValue: *name* holds nothing to show.
        """
        called = device_name(name)
        with self.storage.unit() as unit:
            found = self._own(unit, session_key, device)
            if found is None or not unit.devices.change(found, evolve(found, name=called)):
                return NoSuchDevice()
            return self._shown(found.person, evolve(found, name=called), unit)

    def revoke(self, session_key: str, device: int) -> ListedDevice | NoSuchDevice:
        """End a device of the session's owner: its key opens nothing from the next call on."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            found = self._own(unit, session_key, device)
            if found is None or not unit.devices.change(found, ended := found.ended(DeviceEnd.REVOKED, now)):
                return NoSuchDevice()
            return self._shown(found.person, ended, unit)

    def of(self, actor: Actor, person: PersonId) -> tuple[ListedDevice, ...] | NotPermitted:
        """Return somebody's devices, for the office."""
        with self.storage.snapshot() as unit:
            refused = self._refused(unit, actor, person)
            return refused or self._listed(unit, person)

    def revoke_all(self, actor: Actor, person: PersonId, *, why: str) -> int | NotPermitted:
        """End all of somebody's devices, as the office does when a telephone is lost; return how many."""
        now = self.clock.now()
        with self.storage.unit() as unit:
            refused = self._refused(unit, actor, person)
            if refused is not None:
                return refused
            ended = unit.devices.end_all(person, end=DeviceEnd.REVOKED, now=now)
            acting = Acting(unit, self.storage, self.tenant, now)
            acting.note(actor, "devices-revoked", on=[person], why=why, detail={"devices": str(ended)})
            return ended

    def _refused(self, unit: Unit, actor: Actor, person: PersonId) -> NotPermitted | None:
        acting = Acting(unit, self.storage, self.tenant, self.clock.now())
        permission = acting.permission(actor, Action.MANAGE_DEVICES, acting.target(person))
        return None if permission else NotPermitted(permission)

    def _own(self, unit: Unit, session_key: str, device: int) -> Device | None:
        person = owner_of_session(unit, session_key, self.tenant, self.clock.now())
        theirs: Sequence[Device] = unit.devices.of(person.id) if person is not None else ()
        return next((each for each in theirs if each.id == device and each.is_paired), None)

    def _listed(self, unit: Unit, person: PersonId) -> tuple[ListedDevice, ...]:
        return tuple(
            self._shown(person, each, unit)
            for each in unit.devices.of(person)
            if each.paired_at is not None or DEVICE_LIFECYCLE[each.state_at(self.clock.now())]
        )

    def _shown(self, person: PersonId, device: Device, unit: Unit) -> ListedDevice:
        now = self.clock.now()
        dormant = is_dormant(places_of(unit, person), day_of(now, self.tenant.zone))
        return ListedDevice(device.id, device.name, device.state_at(now, dormant=dormant), device.paired_at)
