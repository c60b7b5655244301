"""Devices in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.devices import DEVICE_LIFECYCLE, Device, DeviceEnd
from eszkola_core.memory.state import State


@define
class MemoryDevices:
    """Keeps `Devices` in a dictionary."""

    _state: State

    def add(self, device: Device) -> Device:
        kept = evolve(device, id=self._state.next("device"))
        self._state.devices[kept.id] = kept
        return kept

    def find(self, digest: bytes) -> Device | None:
        return next((self._as_read(each) for each in self._state.devices.values() if each.digest == digest), None)

    def change(self, before: Device, after: Device) -> bool:
        kept = self._state.devices.get(before.id)
        if kept is None or self._as_read(kept) != before:
            return False
        self._state.devices[before.id] = evolve(after, id=before.id, person=kept.person)
        return True

    def of(self, person: PersonId) -> Sequence[Device]:
        members = self._state.aliases.members(person)
        return [self._as_read(each) for _, each in sorted(self._state.devices.items()) if each.person in members]

    def end_all(self, person: PersonId, *, end: DeviceEnd, now: datetime) -> int:
        standing = [each for each in self.of(person) if DEVICE_LIFECYCLE[each.state]]
        return sum(self.change(each, each.ended(end, now)) for each in standing)

    def _as_read(self, device: Device) -> Device:
        """Return a device as its survivor's."""
        return evolve(device, person=self._state.aliases.survivor(device.person))
