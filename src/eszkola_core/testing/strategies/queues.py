"""Conflicts as a queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import PlaceKey
from eszkola_core.domain.conflicts import CaseHappening, CaseKind, ConflictCase, Matter, Subject
from eszkola_core.testing.strategies.places import place_keys
from eszkola_core.testing.strategies.times import chosen, instants


@st.composite
def subjects(draw: st.DrawFn, *, places: SearchStrategy[PlaceKey] | None = None) -> Subject:
    """Yield what conflicts are about: places, pairs of them where two may be one, and records."""
    somewhere = chosen(places, place_keys())
    kind, place = draw(st.sampled_from(CaseKind)), draw(somewhere)
    if kind is CaseKind.RECORD_HELD:
        return Subject(kind, place.record)
    other = draw(somewhere) if kind is CaseKind.POSSIBLE_DUPLICATE else None
    return Subject(kind, place, other if other != place else None)


def matters(*, about: SearchStrategy[Subject] | None = None) -> SearchStrategy[Matter]:
    """Yield what is open, with one to three schools that have to do with it."""
    schools = st.frozensets(st.sampled_from(["sp1", "sp2", "lo3"]), min_size=1).map(lambda each: tuple(sorted(each)))
    return st.builds(Matter, chosen(about, subjects()), schools)


@st.composite
def conflict_cases(
    draw: st.DrawFn,
    *,
    about: SearchStrategy[Subject] | None = None,
    opened: SearchStrategy[datetime] | None = None,
) -> ConflictCase:
    """Yield cases as they can have come about: open, assigned, closed for either reason, and back again."""
    matter, at = draw(matters(about=about)), draw(chosen(opened, instants()))
    case = ConflictCase(
        number=draw(st.integers(1, 10_000)), subject=matter.subject, schools=matter.schools, opened_at=at
    )
    for _ in range(draw(st.integers(0, 2))):
        if draw(st.booleans()):
            case = case.assigned(PersonId(draw(st.integers(1, 99))))
        at += draw(st.timedeltas(timedelta(), timedelta(days=30)))
        closing = draw(st.none() | st.sampled_from([CaseHappening.GROUND_GONE, CaseHappening.DECIDED]))
        if closing is None:
            return case
        case = case.closed(closing, at)
        if draw(st.booleans()):
            return case
        case = case.come_back(at, matter.schools)
    return case
