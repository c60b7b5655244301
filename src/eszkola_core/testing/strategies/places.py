"""What records claim: keys, claims, places, worlds."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Claims, Flaw, Place, PlaceKey, RecordKey, RosterKey, World
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import IMPORTABLE, Role
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.testing.strategies.identities import (
    birth_dates,
    email_addresses,
    emsos,
    person_names,
    pesels,
    phone_numbers,
)
from eszkola_core.testing.strategies.times import TODAY, chosen, days

_KEY_TEXTS: Final = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12)


_FLAWS: Final = st.sampled_from([(), (), (Flaw(Field.NATIONAL_ID, "wrong-checksum"),)])

_CLASS_NAMES: Final = st.sampled_from(["", "1a", "3 B", "VIIIc", "Ż"])


def roster_keys(*, schools: SearchStrategy[str] | None = None) -> SearchStrategy[RosterKey]:
    """Yield lists of schools: students, and each kind of staff that a gradebook may name."""
    lists = ["students", *sorted(role.value for role in IMPORTABLE - {Role.STUDENT, Role.GUARDIAN})]
    return st.builds(RosterKey, chosen(schools, _KEY_TEXTS), _KEY_TEXTS, st.sampled_from(lists))


def record_keys(*, rosters: SearchStrategy[RosterKey] | None = None) -> SearchStrategy[RecordKey]:
    """Yield records of *rosters*."""
    return st.builds(RecordKey, chosen(rosters, roster_keys()), _KEY_TEXTS)


@st.composite
def place_keys(draw: st.DrawFn, *, records: SearchStrategy[RecordKey] | None = None) -> PlaceKey:
    """Yield places that *records* can have: a student and guardians, or one of staff."""
    record = draw(chosen(records, record_keys()))
    if record.roster.list != "students":
        return PlaceKey(record, Role(record.roster.list))
    role = draw(st.sampled_from([Role.STUDENT, Role.GUARDIAN]))
    return PlaceKey(record, role, "" if role is Role.STUDENT else draw(_KEY_TEXTS))


@st.composite
def claims(
    draw: st.DrawFn,
    *,
    names: SearchStrategy[PersonName] | None = None,
    ids: SearchStrategy[NationalId] | None = None,
    emails: SearchStrategy[EmailAddress] | None = None,
    phones: SearchStrategy[PhoneNumber] | None = None,
) -> Claims:
    """Yield what a record can say of a person, an id of each kind at most, and a birth date that agrees with them."""
    born, sex = draw(birth_dates()), draw(st.sampled_from(Sex))
    agreeing = pesels(born=st.just(born), sexes=st.just(sex)) | emsos(born=st.just(born), sexes=st.just(sex))
    drawn = draw(st.lists(chosen(ids, agreeing), max_size=2, unique_by=lambda each: each.kind))
    first, last = sorted(draw(st.tuples(st.dates(), st.dates())))
    return Claims(
        name=draw(chosen(names, person_names())),
        ids=tuple(drawn),
        email=draw(st.none() | (chosen(emails, email_addresses()))),
        phone=draw(st.none() | (chosen(phones, phone_numbers()))),
        birth_date=draw(st.sampled_from([None, born])) if ids is None else None,
        sex=draw(st.sampled_from([None, sex])) if ids is None else None,
        class_name=draw(_CLASS_NAMES),
        first_day=draw(st.sampled_from([None, first])),
        last_day=draw(st.sampled_from([None, last])),
    )


@st.composite
def places(
    draw: st.DrawFn,
    *,
    keys: SearchStrategy[PlaceKey] | None = None,
    contents: SearchStrategy[Claims] | None = None,
) -> Place:
    """Yield places as an import leaves them before recognition: nobody is bound, the newest content may be pending."""
    content = chosen(contents, claims())
    accepted = draw(st.none() | content)
    pending = draw(content if accepted is None else st.none() | content)
    since, gone = sorted(draw(st.tuples(days(last=TODAY), days(last=TODAY))))
    return Place(
        key=draw(chosen(keys, place_keys())),
        accepted=accepted,
        pending=pending,
        own_key=draw(st.none() | _KEY_TEXTS),
        since=since,
        gone=draw(st.sampled_from([None, gone])),
        email_since=draw(st.none() | days(last=TODAY)),
        flaws=draw(_FLAWS),
    )


def worlds(*, places: SearchStrategy[Place] | None = None, size: int = 8) -> SearchStrategy[World]:
    """Yield worlds of up to *size* places in which nobody has an account yet: all is there, so each is closed."""
    drawn = st.lists(chosen(places, _some_places()), max_size=size, unique_by=lambda each: each.key)
    return drawn.map(lambda found: World({each.key: each for each in found}))


def _some_places() -> SearchStrategy[Place]:
    """Yield places that often share a name, an id or an address: strangers have nothing to be recognised by."""
    return st.shared(
        st.tuples(
            st.lists(person_names(), min_size=1, max_size=3),
            st.lists(pesels(), min_size=1, max_size=3),
            st.lists(email_addresses(), min_size=1, max_size=3),
        ),
        key="what the places of a world share",
    ).flatmap(
        lambda pool: places(
            contents=claims(
                names=st.sampled_from(pool[0]),
                ids=st.sampled_from(pool[1]),
                emails=st.sampled_from(pool[2]),
            )
        )
    )
