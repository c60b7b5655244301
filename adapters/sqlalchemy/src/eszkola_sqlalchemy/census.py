"""How many people have each role, and how many links there are: counted where they lie (SYNC-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from eszkola_core.domain.claims import GIVEN_ROLES, PLATFORM
from eszkola_core.domain.guard import LINK
from eszkola_core.domain.roles import Role
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.merged import Merged, is_merged
from eszkola_sqlalchemy.values import chunks

Count = tuple[tuple[str, str], int]
"""A school and a kind, and how many."""


def census(desk: Desk, schools: Collection[str], today: date) -> Mapping[tuple[str, str], int]:
    """Return what `domain.guard.census` counts over all places of *schools*."""
    counts: dict[tuple[str, str], int] = {}
    for chunk in chunks(sorted(set(schools))):
        counts.update(_roles(desk, chunk, today))
        counts.update(_links(desk, chunk, today))
    return counts


def _roles(desk: Desk, schools: Sequence[str], today: date) -> Iterator[Count]:
    place, roster = tables.place, tables.roster
    statement = (
        select(roster.c.school, place.c.role, func.count(_whom(desk, place).distinct()).label("many"))
        .join(roster, roster.c.id == place.c.roster)
        .where(roster.c.tenant == desk.tenant, roster.c.school.in_(schools), _in_force(place, today))
        .where((roster.c.origin != PLATFORM) | (roster.c.list != GIVEN_ROLES))
        .group_by(roster.c.school, place.c.role)
    )
    yield from (((row.school, row.role), row.many) for row in desk.rows(statement))


def _links(desk: Desk, schools: Sequence[str], today: date) -> Iterator[Count]:
    guardian, student, roster = tables.place.alias(), tables.place.alias(), tables.roster
    pairs = (
        select(roster.c.school, _whom(desk, guardian).label("guardian"), _whom(desk, student).label("student"))
        .distinct()
        .select_from(guardian)
        .join(student, (student.c.roster == guardian.c.roster) & (student.c.record == guardian.c.record))
        .join(roster, roster.c.id == guardian.c.roster)
        .where(roster.c.tenant == desk.tenant, roster.c.school.in_(schools))
        .where(guardian.c.role == Role.GUARDIAN.value, student.c.role == Role.STUDENT.value)
        .where(_in_force(guardian, today), _in_force(student, today))
        .subquery()
    )
    statement = select(pairs.c.school, func.count().label("many")).group_by(pairs.c.school)
    yield from (((row.school, LINK), row.many) for row in desk.rows(statement))


def _in_force(place: Any, today: date) -> Any:  # noqa: ANN401 - a table or its alias, and a condition
    """Return the condition under which a place gives its role (DAY-1, SYNC-9)."""
    day = today.isoformat()
    return (
        place.c.first.is_not(None)
        & (func.coalesce(place.c.first_day, place.c.since) <= day)
        & (place.c.last_day.is_(None) | (place.c.last_day >= day))
        & (place.c.gone.is_(None) | (place.c.gone > day))
    )


def _whom(desk: Desk, place: Any) -> Any:  # noqa: ANN401 - a table or its alias, and an expression
    """Return whom a place is about: the person, or the place itself, as a number that no person has."""
    person = place.c.person
    if Merged(desk).any:
        survivor = select(tables.merged.c.survivor).where(is_merged(place)).scalar_subquery()
        person = func.coalesce(survivor, place.c.person)
    return case((place.c.person.is_(None), -place.c.id), else_=person)
