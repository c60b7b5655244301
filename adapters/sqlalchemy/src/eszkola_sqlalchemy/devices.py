"""Pairings and devices in their table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Row, bindparam, select, update

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.devices import DEVICE_LIFECYCLE, Device, DeviceEnd, DeviceState
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.values import instant_of, maybe, micros, storable

_T: Final = tables.device
_COLUMNS: Final = tuple(each.name for each in _T.c)
_OURS: Final = select(_T).where(_T.c.tenant == bindparam(OURS))


class SqlDevices:
    """Keeps `Devices` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._merged = Merged(desk)

    def add(self, device: Device) -> Device:
        """Keep a new pairing, and return it with its number (DE1)."""
        kept = evolve(device, id=self._desk.highest(_T.c.id, _T.c.tenant == self._desk.tenant) + 1)
        self._desk.insert(_T, [self._values(kept)])
        return kept

    def find(self, digest: bytes) -> Device | None:
        """Return the device or pairing with *digest* (DE2)."""
        return maybe(self._device, self._desk.first(select(_T).where(self._mine, _T.c.digest == digest)))

    def change(self, before: Device, after: Device) -> bool:
        """
        Write *after* in the stead of *before*, if that is still there (DE3).

        One guarded statement compares and writes: nobody comes in between.
        """
        as_it_was = [_T.c[name].is_not_distinct_from(value) for name, value in self._named(before).items()]
        theirs = update(_T).where(self._mine, _T.c.id == before.id)  # as an index finds it
        written = theirs.where(*as_it_was).values(self._named(evolve(after, id=before.id)))
        return self._desk.write(written) == 1

    def of(self, person: PersonId) -> Sequence[Device]:
        """Return the devices of *person* (DE4)."""
        theirs = self._desk.among(_OURS, _T.c.person, storable(self._merged.members([person])))
        return [self._device(row) for row in sorted(theirs, key=lambda row: row.id)]

    def end_all(self, person: PersonId, *, end: DeviceEnd, now: datetime) -> int:
        """End all devices of *person* (DE5)."""
        standing = [each for each in self.of(person) if DEVICE_LIFECYCLE[each.state]]
        return sum(self.change(each, each.ended(end, now)) for each in standing)

    @property
    def _mine(self) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        return _T.c.tenant == self._desk.tenant

    def _named(self, device: Device) -> dict[str, object]:
        """Return the columns that a change may meet; whose it is stays as it was, whoever that is read as."""
        return {name: value for name, value in zip(_COLUMNS, self._values(device), strict=True) if name != "person"}

    def _values(self, device: Device) -> tuple[object, ...]:
        return (
            *(self._desk.tenant, device.id, device.person, device.digest, device.pin, device.wrong_pins, device.name),
            *(device.state.value, micros(device.begun_at), micros(device.expires_at), maybe(micros, device.paired_at)),
            *(maybe(micros, device.ended_at), maybe(lambda end: end.value, device.end)),
        )

    def _device(self, row: Row[Any]) -> Device:
        return Device(
            id=row.id,
            person=self._merged.survivor(PersonId(row.person)),
            digest=row.digest,
            pin=row.pin,
            wrong_pins=row.wrong_pins,
            name=row.name,
            state=DeviceState(row.state),
            begun_at=instant_of(row.begun_at),
            expires_at=instant_of(row.expires_at),
            paired_at=maybe(instant_of, row.paired_at),
            ended_at=maybe(instant_of, row.ended_at),
            end=maybe(DeviceEnd, row.ended_by),
        )
