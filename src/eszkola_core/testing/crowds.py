"""
Rosters in the words of `notation` in which everything collides: for properties of importing.

There are so few names, ids, keys and addresses that two records hardly ever have nothing to do with each other.
"""

from __future__ import annotations

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.stated import Reading, RosterKind
from eszkola_core.testing.notation import reading

# Very few names, ids, keys and addresses, so that everything collides.
ids = st.sampled_from(["-", "-", "-", "1", "2", "3", "p1", "2+p1"])
mails = st.sampled_from(["-", "~", "x", "x", "y", "z"])
names = st.sampled_from(["Ala", "Jan", "Jan", "Ewa", "Ala_Kot"])
# Whom the source knows by a key of its own states no id here: what ids do beside keys is told in test_recognition.
guardians = st.builds("g {} {} {}".format, names, ids, mails) | st.builds(
    "g={} {} - {}".format, st.sampled_from(["k1", "k2"]), names, mails
)
students = st.builds("s {} {} {}".format, names, ids, mails)
staff = st.builds("{} {} {} {}".format, st.sampled_from("ty"), names, ids, mails) | st.builds(
    "t=k1 {} - {}".format, names, mails
)


@st.composite
def lines(
    draw: st.DrawFn,
    *,
    sizes: SearchStrategy[int] = st.integers(1, 6),  # noqa: B008 - a strategy never changes
    students: SearchStrategy[str] = students,
    guardians: SearchStrategy[str] = guardians,
    staff: SearchStrategy[str] = staff,
) -> tuple[str, ...]:
    """Records of a few people in three schools, one of each key and list."""
    found: dict[tuple[str, str, str], str] = {}
    for _ in range(draw(sizes)):
        if draw(st.integers(0, 3)):
            family = draw(st.lists(guardians, max_size=2, unique_by=lambda each: tuple(each.split()[:2])))
            people = [draw(students), *family]
        else:
            people = [draw(staff)]
        place = (draw(st.sampled_from("ABC")), people[0][0], draw(st.sampled_from("123")))
        found[place] = f"{place[0]}/{place[2]}: {', '.join(people)}"
    return tuple(found.values())


@st.composite
def rosters(draw: st.DrawFn, *, shared_keys: bool = False) -> Reading:
    """What sources state in one run: mostly whole lists, sometimes what changed only, with marks on what is gone."""
    kind = draw(st.sampled_from([RosterKind.BULK] * 3 + [RosterKind.DELTA]))
    stated = reading(*draw(lines()), kind=kind, shared_keys=shared_keys)
    if kind is RosterKind.BULK:
        return stated
    marked = [
        evolve(each, records=tuple(evolve(entry, ended=draw(st.booleans())) for entry in each.records))
        for each in stated.rosters
    ]
    return evolve(stated, rosters=tuple(marked))


def runs(*, min_size: int = 1, max_size: int = 3) -> SearchStrategy[list[Reading]]:
    """Runs one after the other, of a source whose keys of persons hold in one school or in all."""
    return st.booleans().flatmap(
        lambda shared: st.lists(rosters(shared_keys=shared), min_size=min_size, max_size=max_size)
    )
