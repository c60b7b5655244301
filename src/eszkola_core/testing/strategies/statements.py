"""What gradebooks state, before any rule has looked at it."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.national_ids import EMSO, PESEL, NationalId
from eszkola_core.domain.roles import IMPORTABLE, Role
from eszkola_core.domain.stated import (
    Field,
    Reading,
    RosterKind,
    Sex,
    StatedId,
    StatedPerson,
    StatedRecord,
    StatedRoster,
    StatedSchool,
)
from eszkola_core.testing.strategies.identities import _name_texts, email_addresses, national_ids, phone_numbers
from eszkola_core.testing.strategies.places import _CLASS_NAMES, _KEY_TEXTS, roster_keys
from eszkola_core.testing.strategies.times import chosen

_CELLS: Final = st.text(st.characters(exclude_categories=["C"]), max_size=12).map(str.strip)


def stated_people(*, roles: SearchStrategy[Role] | None = None) -> SearchStrategy[StatedPerson]:
    """Yield what a gradebook can state of a person, right and wrong values alike."""
    stated_ids = st.builds(
        StatedId,
        national_ids().map(NationalId.reveal) | _CELLS,
        st.sampled_from(["", PESEL, EMSO]),
    )
    return st.builds(
        StatedPerson,
        role=chosen(roles, st.sampled_from(sorted(IMPORTABLE))),
        key=st.none() | _KEY_TEXTS,
        first_name=_name_texts() | _CELLS,
        last_name=_name_texts() | _CELLS,
        ids=st.lists(stated_ids, max_size=2).map(tuple),
        email=email_addresses().map(lambda address: address.spelling) | _CELLS,
        phone=phone_numbers().map(lambda phone: phone.e164) | _CELLS,
        birth_date=st.none() | st.dates(),
        sex=st.none() | st.sampled_from(Sex),
        class_name=_CLASS_NAMES,
        first_day=st.none() | st.dates(),
        last_day=st.none() | st.dates(),
        silent=st.frozensets(st.sampled_from(Field)),
    )


def stated_records() -> SearchStrategy[StatedRecord]:
    """Yield entries of students with up to two guardians, and entries of staff."""
    guardians = st.lists(stated_people(roles=st.just(Role.GUARDIAN)), max_size=2)
    families = st.tuples(stated_people(roles=st.just(Role.STUDENT)), guardians).map(lambda each: (each[0], *each[1]))
    staff = stated_people(roles=st.sampled_from(sorted(IMPORTABLE - {Role.STUDENT, Role.GUARDIAN})))
    return st.builds(
        StatedRecord,
        key=st.none() | _KEY_TEXTS,
        people=families | staff.map(lambda each: (each,)),
        source=st.just("roster.csv"),
        line=st.integers(1, 10**6),
        ended=st.booleans(),
    )


def stated_rosters(*, records: SearchStrategy[StatedRecord] | None = None) -> SearchStrategy[StatedRoster]:
    """Yield lists of schools; each holds entries of its own kind only."""
    return roster_keys().flatmap(
        lambda key: st.builds(
            StatedRoster,
            school=st.just(key.school),
            origin=st.just(key.origin),
            list=st.just(key.list),
            records=st.lists(
                (chosen(records, stated_records())).filter(lambda each: _is_of(each, key.list)), max_size=4
            ).map(tuple),
            kind=st.sampled_from(RosterKind),
            complete=st.booleans(),
            shared_keys=st.booleans(),
        )
    )


@st.composite
def readings(draw: st.DrawFn, *, rosters: SearchStrategy[StatedRoster] | None = None) -> Reading:
    """Yield what a source reads to: rosters, each list of a school once, and the schools by name."""
    found = draw(
        st.lists(
            chosen(rosters, stated_rosters()), max_size=3, unique_by=lambda each: (each.school, each.origin, each.list)
        )
    )
    schools = sorted({each.school for each in found})
    return Reading(rosters=tuple(found), schools=tuple(StatedSchool(each, f"School {each}") for each in schools))


def _is_of(record: StatedRecord, listed: str) -> bool:
    role = record.people[0].role.value if record.people else listed
    return role == ("student" if listed == "students" else listed)
