"""Values that stand in one column as a whole: the texts that are sealed, and the keys of places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from eszkola_core.domain.accounts import Lock, PersonId, State
from eszkola_core.domain.claims import Claims, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Sex
from eszkola_sqlalchemy.values import address_of, dumped, instant_of, loaded, maybe, micros, parts_of

Columns = tuple[str | None, ...]


def text_of_ids(ids: Sequence[NationalId]) -> Secret:
    """Return national ids as the text that is sealed."""
    return Secret(dumped([[each.scheme, each.reveal()] for each in ids]))


def ids_of(text: Secret) -> tuple[NationalId, ...]:
    """Return the national ids of `text_of_ids`."""
    return tuple(NationalId(scheme, number) for scheme, number in loaded(text.reveal()))


def columns_of(claims: Claims) -> Columns:
    """Return what claims say but for the ids, in the order of the columns of a place."""
    return (
        *(claims.name.first, claims.name.last, *parts_of(claims.email), maybe(date.isoformat, claims.birth_date)),
        *(maybe(lambda sex: sex.value, claims.sex), claims.class_name),
        *(maybe(date.isoformat, claims.first_day), maybe(date.isoformat, claims.last_day)),
        maybe(lambda phone: phone.e164, claims.phone),
    )


def claims_of(columns: Sequence[str | None], ids: tuple[NationalId, ...]) -> Claims:
    """Return the claims of `columns_of`."""
    first, last, spelling, mailbox, birth_date, sex, class_name, first_day, last_day, *more = columns
    phone = more[0] if more else None  # claims that were held before there were numbers
    return Claims(
        name=PersonName(first or "", last or ""),
        ids=ids,
        email=address_of(spelling, mailbox),
        phone=maybe(PhoneNumber, phone),
        birth_date=maybe(date.fromisoformat, birth_date),
        sex=maybe(Sex, sex),
        class_name=class_name or "",
        first_day=maybe(date.fromisoformat, first_day),
        last_day=maybe(date.fromisoformat, last_day),
    )


def text_of_claims(claims: Claims) -> Secret:
    """Return claims, ids included, as the text that is sealed while they are held."""
    return Secret(dumped([columns_of(claims), text_of_ids(claims.ids).reveal()]))


def held_claims(text: Secret) -> Claims:
    """Return the claims of `text_of_claims`."""
    columns, ids = loaded(text.reveal())
    return claims_of(columns, ids_of(Secret(ids)))


def text_of_lock(lock: Lock) -> Secret:
    """Return by whom, why and until when an account is locked, as the text that is sealed."""
    right = maybe(lambda role: role.value, lock.right)
    times = micros(lock.at), maybe(micros, lock.until)
    return Secret(dumped([lock.by, lock.name, right, lock.why, *times, lock.former.value]))


def lock_of(text: Secret) -> Lock:
    """Return the lock of `text_of_lock`."""
    by, name, right, why, at, until, former = loaded(text.reveal())
    return Lock(
        by=maybe(PersonId, by),
        name=name,
        right=maybe(Role, right),
        why=why,
        at=instant_of(at),
        until=maybe(instant_of, until),
        former=State(former),
    )


def text_of_key(key: PlaceKey | None) -> str:
    """Return a place's key, or an empty text for none."""
    if key is None:
        return ""
    roster = key.record.roster
    return dumped([roster.school, roster.origin, roster.list, key.record.key, key.role.value, key.who])


def key_of(text: str) -> PlaceKey:
    """Return the place key of `text_of_key`."""
    school, origin, name, record, role, who = loaded(text)
    return PlaceKey(RecordKey(RosterKey(school, origin, name), record), Role(role), who)
