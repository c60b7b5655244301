"""The signs of what stands in somebody's way, read from what is kept (WHY-1, WHY-2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from attrs import frozen

from eszkola_core._usecases._gathering import Ground, gather
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._notices import Notices
from eszkola_core._usecases._passwords import expiry_of
from eszkola_core._usecases._sessions import places_of
from eszkola_core._usecases._throttling import Throttle
from eszkola_core.domain.accounts import Person, State
from eszkola_core.domain.causes import Cause, CauseCode, cause
from eszkola_core.domain.children import children_of
from eszkola_core.domain.claims import Place, Seeds
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.days import day_of
from eszkola_core.domain.devices import DeviceState
from eszkola_core.domain.held_roles import kinds_of_roles
from eszkola_core.domain.notices import Notice
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import ConflictKind, Lack, Settled, Settlement
from eszkola_core.domain.signing_in import decide_sign_in, is_dormant
from eszkola_core.domain.stated import Field
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.throttling import AttemptKind
from eszkola_core.domain.tokens import ACKNOWLEDGES, Act
from eszkola_core.ports.storage import Storage, Unit

_SOON: Final = timedelta(days=14)
_LATELY: Final = timedelta(days=90)
_SHUT: Final = {
    State.AWAITING: CauseCode.FIRST_ACCESS_DUE,
    State.LOCKED: CauseCode.LOCKED,
    State.RECOVERY_REQUIRED: CauseCode.RECOVERY_REQUIRED,
    State.CLOSED: CauseCode.CLOSED,
    State.ERASED: CauseCode.ERASED,
    State.MERGED: CauseCode.MERGED,
}
_OF_CONFLICT: Final = {
    ConflictKind.ADDRESS_CONFLICT: CauseCode.ADDRESS_CONFLICT,
    ConflictKind.ADDRESS_TAKEN: CauseCode.ADDRESS_TAKEN,
    ConflictKind.ADDRESS_UNSTATED: CauseCode.ADDRESS_UNSTATED,
}


@frozen
class Signs:
    """What one snapshot shows of somebody's way in."""

    unit: Unit
    storage: Storage
    tenant: Tenant
    notices: tuple[Notice, ...]
    now: datetime

    @property
    def today(self) -> date:
        """The day in the tenant's zone (DAY-1)."""
        return day_of(self.now, self.tenant.zone)

    def of_person(self, person: Person, source: str) -> tuple[Cause, ...]:
        """Return what stands in the way of somebody with an account."""
        person = person.at(self.now)
        ground = gather(self.unit, Seeds(people=frozenset({person.id})))
        settlement = Moment(self.unit, self.tenant, self.now).settled(ground)
        settled = next((each for each in settlement.people if each.who == person.id), None)
        places = places_of(self.unit, person.id)
        causes = [
            *self._of_sign_in(person, places, source),
            *self._of_messages(person, settled, settlement),
            *self._of_children(person, places, ground, settlement),
            *self._of_devices(person),
        ]
        return tuple(sorted(set(causes), key=lambda each: (not each.blocks, causes.index(each))))

    def _of_sign_in(self, person: Person, places: tuple[Place, ...], source: str) -> Iterator[Cause]:
        """Tell what keeps the right password from opening a session, by the very decision that a sign-in makes."""
        yield from self._of_maintenance()
        credential = self.unit.credentials.get(person.id)
        if person.state in _SHUT:
            yield cause(_SHUT[person.state], blocks=True, **self._facts_of_state(person))
        elif credential is None:
            yield cause(CauseCode.FIRST_ACCESS_DUE, blocks=True)
        else:
            yield from self._of_password(person, credential, places)
        if is_dormant(places, self.today):
            yield self._of_rest(places)
        until = Throttle(self.storage, self.tenant, AttemptKind.SIGN_IN).throttled_until(
            self.unit, str(person.id), source, self.now
        )
        if until is not None:
            yield cause(CauseCode.THROTTLED, blocks=True, until=self._clock_of(until))

    def _of_password(self, person: Person, credential: Credential, places: tuple[Place, ...]) -> Iterator[Cause]:
        """Tell what the verdict on the right password asks for."""
        expiry = expiry_of(credential, self.tenant, kinds_of_roles(person.id, places, self.today))
        verdict = decide_sign_in(
            person,
            credential,
            matches=True,
            dormant=False,
            expires_at=expiry,
            unacknowledged=Notices(self.unit, self.tenant, self.notices).demanded_first(person.id, places, self.today),
            now=self.now,
        )
        is_given = credential.kind is CredentialKind.GIVEN
        if not verdict.lets_in:
            since = self._day_of(credential.expires_at or self.now)
            yield cause(CauseCode.CREDENTIAL_EXPIRED, blocks=True, since=since)
        for act in verdict.acts:
            if act is not Act.CHANGE_PASSWORD:
                yield cause(CauseCode.MUST_ACKNOWLEDGE, blocks=True, what=ACKNOWLEDGES[act].value)
            elif is_given:
                yield cause(CauseCode.GIVEN_PASSWORD, blocks=True)
            else:
                yield cause(CauseCode.PASSWORD_EXPIRED, blocks=True, since=self._day_of(expiry or self.now))
        if not is_given and expiry is not None and self.now < expiry <= self.now + _SOON:
            yield cause(CauseCode.PASSWORD_EXPIRES, at=self._day_of(expiry))

    def _facts_of_state(self, person: Person) -> dict[str, str]:
        """Return what is told of an account that is shut."""
        if person.state is not State.LOCKED:
            return {}
        until = person.lock.until if person.lock is not None else None
        return {"until": until.astimezone(self.tenant.zone).strftime("%Y-%m-%d %H:%M") if until is not None else "–"}

    def _of_maintenance(self) -> Iterator[Cause]:
        """Tell that nobody signs in just now, or that a browser may still show the page of then (ACCESS-10)."""
        newest = self.unit.maintenances.newest()
        if newest is not None and newest.is_under_way:
            expected = newest.expected_end_at
            yield cause(CauseCode.MAINTENANCE, blocks=True, until="–" if expected is None else self._clock_of(expected))
        elif newest is not None and newest.ended_at is not None and newest.still_shows(self.now, self.tenant.settings):
            yield cause(CauseCode.MAINTENANCE_OVER, since=self._clock_of(newest.ended_at))

    def _of_rest(self, places: tuple[Place, ...]) -> Cause:
        """Tell since when the account rests, or when it begins."""
        days = [place.days for place in places if place.accepted is not None]
        coming = [
            each.first for each in days if each.first is not None and each.first > self.today and each.gone is None
        ]
        if coming:
            return cause(CauseCode.ROLE_NOT_BEGUN, blocks=True, first_day=min(coming).isoformat())
        ended = [each.end for each in days if each.end is not None]
        return cause(CauseCode.ROLE_ENDED, blocks=True, since=max(ended, default=self.today).isoformat())

    def _of_messages(self, person: Person | None, settled: Settled | None, settlement: Settlement) -> Iterator[Cause]:
        """Tell what is wrong with the address that messages go to."""
        mine = {place.key for place in settled.places} if settled is not None else set()
        for conflict in settlement.conflicts:
            code = _OF_CONFLICT.get(conflict.kind)
            if code is not None and conflict.place in mine:
                central, *stated = conflict.facts
                yield cause(code, central=central, stated=", ".join(stated))
        if person is not None and person.central is None:
            yield cause(CauseCode.NO_ADDRESS)
        yield from self._of_unusable(person, settled)

    def _of_unusable(self, person: Person | None, settled: Settled | None) -> Iterator[Cause]:
        """Tell to which of the addresses that somebody has, or that records state, nothing is sent (MAIL-9a)."""
        claims = [place.newest for place in settled.places] if settled is not None else []
        addresses = {each.email for each in claims if each is not None}
        addresses.add(person.central if person is not None else None)
        unusable = self.unit.unusable.among({each.mailbox for each in addresses if each is not None})
        for _, mark in sorted(unusable.items()):
            yield cause(CauseCode.ADDRESS_UNUSABLE, central=mark.address.masked)

    def _of_children(
        self, person: Person, places: tuple[Place, ...], ground: Ground, settlement: Settlement
    ) -> Iterator[Cause]:
        """Tell whom a guardian does not see, and where else a child may be seen (LINK-1b)."""
        guards = [place for place in places if place.role is Role.GUARDIAN and place.is_present]
        if not guards:
            return
        for place in guards:
            newest = settlement.places.get(place.key, place)
            if newest.hold is not None:
                yield _held(newest)
        if not children_of(person.id, settlement.recognised, ground.kept, self.tenant, self.today):
            yield cause(CauseCode.NO_CHILDREN)
        mine = {place.key for place in places}
        for duplicate in settlement.recognised.duplicates:
            pair = {duplicate.first, duplicate.second}
            if pair & mine:
                (other,) = pair - mine or {duplicate.second}
                yield cause(
                    CauseCode.POSSIBLE_DUPLICATE,
                    school=other.school,
                    record=other.record.key,
                    likeness=duplicate.likeness.value,
                )
        schools = sorted({place.school for place in guards})
        yield cause(CauseCode.CHILD_ELSEWHERE, schools=", ".join(schools))

    def _of_devices(self, person: Person) -> Iterator[Cause]:
        """Tell which devices were lost lately, where none has been paired since."""
        devices = self.unit.devices.of(person.id)
        if any(each.is_paired for each in devices):
            return
        ended = [each for each in devices if each.state is DeviceState.REVOKED and each.ended_at is not None]
        lost = [
            (each.ended_at, each) for each in ended if each.ended_at is not None and each.ended_at > self.now - _LATELY
        ]
        if lost:
            at, latest = max(lost, key=lambda each: each[0])
            reason = latest.end.value if latest.end is not None else ""
            yield cause(CauseCode.DEVICE_ENDED, name=latest.name, at=self._day_of(at), reason=reason)
        elif person.is_activated:
            yield cause(CauseCode.NO_DEVICE)

    def of_places(self, places: Iterable[Place]) -> tuple[Cause, ...]:
        """Return why no account has opened for whoever stands in these places."""
        settlement = Moment(self.unit, self.tenant, self.now).look_at({place.key.record for place in places})
        found: list[Cause] = []
        for place in sorted(places, key=lambda each: each.key.order):
            newest = settlement.places.get(place.key, place)
            group = settlement.recognised.group_of(place.key)
            settled = next((e for e in settlement.people if group is not None and e.who == group.who), None)
            if newest.hold is not None or settled is None:
                found.append(_held(newest))
                continue
            record = {"school": place.school, "record": place.key.record.key}
            found += [cause(_lacking(each, newest), blocks=True, **record) for each in settled.lacks]
            found += self._of_messages(settled.person, settled, settlement)
        if not any(each.blocks for each in found):
            found.append(cause(CauseCode.HELD, blocks=True, school="", record="", reason="not-imported"))
        return tuple(dict.fromkeys(sorted(found, key=lambda each: not each.blocks)))

    def _day_of(self, instant: datetime) -> str:
        return day_of(instant, self.tenant.zone).isoformat()

    def _clock_of(self, instant: datetime) -> str:
        return instant.astimezone(self.tenant.zone).strftime("%Y-%m-%d %H:%M")


def _lacking(lack: Lack, place: Place) -> CauseCode:
    """Return that something is missing, or that it is there and cannot be right."""
    flawed = {each.field for each in place.flaws}
    if lack is Lack.NATIONAL_ID and Field.NATIONAL_ID in flawed:
        return CauseCode.WRONG_NATIONAL_ID
    if lack is Lack.EMAIL and Field.EMAIL in flawed:
        return CauseCode.WRONG_EMAIL
    return CauseCode(f"missing-{lack.value}")


def _held(place: Place) -> Cause:
    """Return that what a record says of somebody waits for a decision; it blocks where nothing was applied before."""
    reason = place.hold.value if place.hold is not None else "not-imported"
    where = {"school": place.school, "record": place.key.record.key}
    return cause(CauseCode.HELD, blocks=place.accepted is None, reason=reason, **where)
