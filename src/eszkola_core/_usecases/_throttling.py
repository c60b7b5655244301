"""Counting attempts at the door, by pseudonyms of what is tried and where from (ACCESS-7, LINK-7c)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.throttling import (
    AttemptKind,
    Attempts,
    Limits,
    failed,
    limits_of,
    place_of,
    seen,
    succeeded,
    taken_back,
    throttled_until,
)
from eszkola_core.ports.storage import Storage, Unit


@frozen
class Attempt:
    """One attempt that was counted, or throttled; ``before`` is what was remembered until then."""

    keys: tuple[bytes, bytes, bytes]
    before: Attempts
    at: datetime
    is_throttled: bool


@frozen
class Throttle:
    """
    Counts attempts of one kind at what a tenant guards.

    An attempt is counted as failed before it is looked at, in a unit of its own: a thousand at once are a thousand. One
    that is right is told so, and then counts for its place. One that is throttled must be answered as if it were wrong.
    Whoever it is, and whether it is throttled, the calls are the same (ACCESS-2).
    """

    storage: Storage
    tenant: Tenant
    kind: AttemptKind

    @property
    def limits(self) -> Limits:
        """What the tenant allows."""
        return limits_of(self.kind, self.tenant.settings)

    def place(self, source: str) -> bytes:
        """Return what stands for the place that *source* is, which is all that is kept of it."""
        return self._mark(place_of(source))

    def begin(self, unit: Unit, what: str, place: bytes, at: datetime) -> Attempt:
        """Count an attempt on *what* from a place, unless it is throttled; an empty *what* is the tenant as a whole."""
        keys = self._keys(what, place)
        before = _of(unit, keys)
        is_throttled = throttled_until(before, self.limits, at) is not None
        after = seen(before, self.limits, at) if is_throttled else failed(before, self.limits, at)
        _put(unit, keys, after)
        return Attempt(keys, before, at, is_throttled)

    def throttled_until(self, unit: Unit, what: str, source: str, at: datetime) -> datetime | None:
        """Return until when attempts on *what* from *source* are throttled, or None; looking counts nothing."""
        return throttled_until(_of(unit, self._keys(what, self.place(source))), self.limits, at)

    def succeed(self, unit: Unit, attempt: Attempt) -> None:
        """Say that an attempt was right: its place is the owner's from now on."""
        _put(unit, attempt.keys, succeeded(_of(unit, attempt.keys), attempt.before, self.limits, attempt.at))

    def take_back(self, unit: Unit, attempt: Attempt) -> None:
        """Say that an attempt came to nothing for no fault of its maker."""
        known = _of(unit, attempt.keys)
        back = known if attempt.is_throttled else taken_back(known, attempt.before, self.limits, attempt.at)
        _put(unit, attempt.keys, back)

    def _keys(self, what: str, place: bytes) -> tuple[bytes, bytes, bytes]:
        """Return what attempts are counted under: of the account from the place, of the account, of the place."""
        account = self._mark(f"{self.kind}|{what}")
        own = self._mark(f"{self.kind}{place.hex()}")
        return self._mark((account + own).hex()), account, own

    def _mark(self, text: str) -> bytes:
        """Return what stands for a text whatever keys are changed: nobody gets more attempts by that."""
        return bytes.fromhex(self.storage.pseudonym(f"attempt {text}"))


def _of(unit: Unit, keys: tuple[bytes, bytes, bytes]) -> Attempts:
    here, anywhere, of_place = map(unit.attempts.tallies(keys).get, keys)
    return Attempts(here=here, anywhere=anywhere, of_place=of_place)


def _put(unit: Unit, keys: tuple[bytes, bytes, bytes], attempts: Attempts) -> None:
    tallies = zip(keys, (attempts.here, attempts.anywhere, attempts.of_place), strict=True)
    unit.attempts.put({key: each for key, each in tallies if each is not None})
