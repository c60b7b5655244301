"""
Corrections: what staff entered or mended here of what a record says of somebody (ROLE-3, SYNC-8).

A correction is a decision about the person, of one field at one place. It stands against the source until the source
says the same, and is a conflict for the secretary meanwhile. It is laid over what the place states before anybody is
recognised or settled, so that imports and people's decisions see one and the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs
from attrs import evolve, frozen

from eszkola_core.domain import national_ids
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Claims, Decision, DecisionKind, Place, PlaceKey, RecordKey, RosterKey, World
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue

CAN_BE_EMPTY: Final = frozenset({Field.EMAIL, Field.PHONE})
"""What can be taken away; everything else can only be entered or mended."""


@frozen
class Correction:
    """
    One field at one place, with the text that it is to have, in the one form that is kept.

    ``was`` is what the source said of a name when it was corrected first: by it a record that becomes another human's
    is told from one whose source has not mended the name yet.
    """

    place: PlaceKey
    field: Field
    text: str = attrs.field(repr=False)
    was: str = attrs.field(default="", repr=False)

    def written(self) -> Secret:
        """Return the value of the decision."""
        key, roster = self.place, self.place.record.roster
        place = [roster.school, roster.origin, roster.list, key.record.key, key.role, key.who]
        plain = [*place, self.field, self.text, self.was]
        return Secret(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))

    @classmethod
    def of(cls, decision: Decision) -> Correction:
        """Return what a decision of this kind says."""
        if decision.value is None:
            raise AssertionError("a correction has a value")
        school, origin, listed, record, role, who, name, text, was = json.loads(decision.value.reveal())
        place = PlaceKey(RecordKey(RosterKey(school, origin, listed), record), Role(role), who)
        return cls(place, Field(name), text, was)

    def applied_to(self, claims: Claims) -> Claims:
        """Return *claims* with the field as it was corrected."""
        return _FIELDS[self.field].put(claims, self.text)

    def agrees_with(self, claims: Claims) -> bool:
        """Return whether *claims* say the same in the field."""
        return self.applied_to(claims) == claims


def corrections(world: World) -> Mapping[PlaceKey, tuple[tuple[Decision, Correction], ...]]:
    """
    Return the corrections that stand, by their places.

    One counts as long as its place is about whom it was decided: not where the record is somebody else's by now.
    """
    found: dict[PlaceKey, list[tuple[Decision, Correction]]] = {}
    for decision in world.decisions:
        if decision.kind is DecisionKind.CORRECTED and decision.stands:
            correction = Correction.of(decision)
            place = world.places.get(correction.place)
            if place is not None and _is_bound_to(place, decision.subject, world):
                found.setdefault(correction.place, []).append((decision, correction))
    return {
        place: tuple(sorted(made, key=lambda one: one[0].id))
        for place, made in found.items()
        if not _is_anothers(world.places[place], [correction for _, correction in made])
    }


def corrected(world: World) -> World:
    """
    Return *world* with its corrections laid over what its present places newly state.

    Doing it again changes nothing, nor does it where the newest content came by a correction already.
    """
    return world.overlaid(
        _with(world.places[place], (correction for _, correction in made))
        for place, made in corrections(world).items()
        if world.places[place].is_present
    )


def agreed(
    world: World, stated: Mapping[PlaceKey, Place], silent: Mapping[PlaceKey, frozenset[Field]]
) -> frozenset[Decision]:
    """
    Return the corrections of *world* that the sources say too by now, as *stated* in this run.

    A source that is *silent* in a field, or that cannot be read there, agrees to nothing.
    """
    return frozenset(
        decision
        for place, made in corrections(world.overlaid(stated.values())).items()
        if place in stated and stated[place].is_present
        for decision, correction in made
        if correction.field not in silent.get(place, ()) and correction.agrees_with(stated[place].stated)
    )


def states(claims: Claims, name: Field) -> bool:
    """Return whether *claims* say anything in a field that can be corrected."""
    return bool(_FIELDS[name].states(claims))


def canonical(name: Field, text: str, tenant: Tenant, today: date) -> str:
    """
    Return *text* in the one form in which a correction of the field keeps it.

    Raises:
        InvalidValue: it cannot be right, or the field is none that is corrected here.
    """
    if name not in _FIELDS:
        raise InvalidValue(f"{name}: it is corrected in the gradebook only", code="not-corrected-here")
    bare = " ".join(text.split())
    if not bare:
        if name in CAN_BE_EMPTY:
            return ""
        raise InvalidValue(f"{name}: it cannot be empty", code="empty")
    return _FIELDS[name].read(bare, tenant, today)


def contradiction(claims: Claims) -> Field | None:
    """Return the field in which *claims* contradict the national ids in them, or None (ID-3)."""
    for each in claims.ids:
        if claims.birth_date is not None and each.birth_date is not None and claims.birth_date != each.birth_date:
            return Field.BIRTH_DATE
        if claims.sex is not None and each.sex is not None and claims.sex != each.sex:
            return Field.SEX
    return None


def name_in(claims: Claims, name: Field) -> str:
    """Return a part of the name as *claims* state it, or nothing for any other field."""
    return {Field.FIRST_NAME: claims.name.first, Field.LAST_NAME: claims.name.last}.get(name, "")


def _is_bound_to(place: Place, person: PersonId, world: World) -> bool:
    """Return whether a place is a person's, or of whomever that account was merged into."""
    if place.person is None or place.person == person:
        return place.person == person
    return person in world.people and world.people[person].state is State.MERGED


def _is_anothers(place: Place, made: Iterable[Correction]) -> bool:
    """Return whether the newest content names another human than the one whose name was corrected (ID-6e)."""
    before, newest = place.accepted, place.pending
    if before is None or newest is None or not {*before.ids}.isdisjoint(newest.ids):
        return False
    was = {each.field: each.was for each in made if each.was}
    source = PersonName(was.get(Field.FIRST_NAME, before.name.first), was.get(Field.LAST_NAME, before.name.last))
    return newest.name.differs_wholly_from(source)


def _with(place: Place, made: Iterable[Correction]) -> Place:
    claims = place.stated
    for each in made:
        claims = each.applied_to(claims)
    if claims == place.accepted:
        return evolve(place, pending=None, hold=None)
    return evolve(place, pending=claims)


@frozen
class _Correctable:
    """How one field is read, put into claims, and found in them."""

    read: Callable[[str, Tenant, date], str]
    put: Callable[[Claims, str], Claims]
    states: Callable[[Claims], object]


def _as_typed(text: str, _: Tenant, __: date) -> str:
    return text


def _day(text: str, _: Tenant, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("birth_date: write it as 2012-03-01", code="invalid-date") from None
    if day > today:
        raise InvalidValue("birth_date: it is still to come", code="future-birth-date")
    return day.isoformat()


def _sex(text: str, _: Tenant, __: date) -> str:
    try:
        return Sex(text).value
    except ValueError:
        raise InvalidValue("sex: female or male", code="invalid-sex") from None


def _email(text: str, tenant: Tenant, _: date) -> str:
    address = EmailAddress.parse(text)
    if address.lies_in(tenant.platform_domain):
        raise InvalidValue("email: a private address lies outside the platform", code="platform-address")
    return address.spelling


def _phone(text: str, tenant: Tenant, _: date) -> str:
    return PhoneNumber.parse(text, country=tenant.settings.phone_country).e164


def _id(text: str, tenant: Tenant, today: date) -> str:
    found = national_ids.parse(text, schemes=tenant.settings.national_id_schemes, today=today)
    return f"{found.scheme}:{found.reveal()}"


def _put_id(claims: Claims, text: str) -> Claims:
    scheme, _, number = text.partition(":")
    return evolve(claims, ids=tuple(sorted({*claims.ids, NationalId(scheme, number)})))


_FIELDS: Final[Mapping[Field, _Correctable]] = MappingProxyType(
    {
        Field.FIRST_NAME: _Correctable(
            _as_typed,
            lambda claims, text: evolve(claims, name=PersonName(text, claims.name.last)),
            lambda claims: claims.name.first,
        ),
        Field.LAST_NAME: _Correctable(
            _as_typed,
            lambda claims, text: evolve(claims, name=PersonName(claims.name.first, text)),
            lambda claims: claims.name.last,
        ),
        Field.NATIONAL_ID: _Correctable(_id, _put_id, lambda claims: claims.ids),
        Field.EMAIL: _Correctable(
            _email,
            lambda claims, text: evolve(claims, email=EmailAddress.parse(text) if text else None),
            lambda claims: claims.email,
        ),
        Field.PHONE: _Correctable(
            _phone,
            lambda claims, text: evolve(claims, phone=PhoneNumber(text) if text else None),
            lambda claims: claims.phone,
        ),
        Field.BIRTH_DATE: _Correctable(
            _day,
            lambda claims, text: evolve(claims, birth_date=date.fromisoformat(text)),
            lambda claims: claims.birth_date,
        ),
        Field.SEX: _Correctable(_sex, lambda claims, text: evolve(claims, sex=Sex(text)), lambda claims: claims.sex),
    }
)
"""The fields that are entered and mended here; class and days are the gradebook's alone."""
