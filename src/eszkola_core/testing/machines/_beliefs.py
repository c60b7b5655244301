"""What a machine believes of everybody's rights, written down beside what is stored (ROLE-6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from attrs import evolve, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.national_ids import PESEL
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import StatedId, StatedPerson
from eszkola_core.testing.notation import pesel

_R: Final = Role
TAUGHT: Final = frozenset({_R.STUDENT, _R.GUARDIAN})
TEACHING: Final = frozenset({_R.TEACHER, _R.HOMEROOM_TEACHER})
_OFFICE: Final = TEACHING | {_R.SECRETARY}
_ORDINARY: Final = TAUGHT | _OFFICE

GIVES: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType(
    {
        _R.SCHOOL_ADMINISTRATOR: _OFFICE,
        _R.DELEGATE: _OFFICE | {_R.SCHOOL_ADMINISTRATOR},
        _R.REGIONAL_ADMINISTRATOR: frozenset({_R.DELEGATE}),
    }
)
"""Who gives what, as the machine believes it; written down a second time, so that a change of the table is noticed."""

ABOVE: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType(
    {
        _R.HOMEROOM_TEACHER: TAUGHT,
        _R.SECRETARY: TAUGHT | TEACHING,
        _R.SCHOOL_ADMINISTRATOR: TAUGHT | _OFFICE,
        _R.DELEGATE: TAUGHT | _OFFICE | {_R.SCHOOL_ADMINISTRATOR},
        _R.REGIONAL_ADMINISTRATOR: TAUGHT | _OFFICE | {_R.SCHOOL_ADMINISTRATOR, _R.DELEGATE},
    }
)
"""Over whose accounts a role has power, as the machine believes it."""

HEADS: Final = frozenset({_R.SCHOOL_ADMINISTRATOR, _R.DELEGATE, _R.REGIONAL_ADMINISTRATOR})
"""Who merges accounts, parts them, calls two distinct, and undoes runs, as the machine believes it."""

PEOPLE: Final = MappingProxyType(
    {"Ala": 1, "Jan": 8, "Ewa": 9, "Zofia": 11, "Iga": 12, "Ola": 13, "Dora": 90, "Rena": 91, "Hela": 92}
)
"""Who has an account with a national id, and which."""

At = tuple[str, str]
"""A record: its school, and its key in the gradebook."""

Lines = tuple[StatedPerson, ...]
"""What a record states, of everybody in it."""


def line(role: Role, name: str, *, last: str = "Lis", address: str = "", whose: str = "") -> StatedPerson:
    """Return what a gradebook states of somebody, with the id of *whose* it is if of anybody's."""
    return StatedPerson(
        role=role,
        first_name=name,
        last_name=last,
        ids=(StatedId(pesel(PEOPLE[whose]), PESEL),) if whose else (),
        email=f"{(address or name).lower()}@example.com",
        class_name="1a" if role in {_R.STUDENT, _R.HOMEROOM_TEACHER} else "",
    )


HONEST: Final[Mapping[At, Lines]] = MappingProxyType(
    {
        ("A", "1"): (line(_R.STUDENT, "Ala", whose="Ala"), line(_R.GUARDIAN, "Jan", whose="Jan")),
        ("A", "z"): (line(_R.SECRETARY, "Zofia", whose="Zofia"),),
        ("A", "e"): (line(_R.TEACHER, "Ewa", whose="Ewa"),),
        ("A", "h"): (line(_R.TEACHER, "Hela", whose="Hela"),),
        ("A", "w"): (line(_R.SECRETARY, "Wera"),),
        ("A", "k"): (line(_R.SECRETARY, "Ida", last="Kot", whose="Ewa"),),
        ("B", "i"): (line(_R.SECRETARY, "Iga", whose="Iga"),),
        ("B", "o"): (line(_R.HOMEROOM_TEACHER, "Ola", whose="Ola"),),
        ("B", "n"): (line(_R.TEACHER, "Nela"),),
        ("B", "2"): (line(_R.STUDENT, "Ada"), line(_R.GUARDIAN, "Jan", address="janek")),
    }
)
"""
What the gradebooks state at first.

Wera, Nela, Ada and the second Jan have no id: they can be anybody's account. Ida is stated with the id of Ewa, and
waits for somebody to say whether she is.
"""


@frozen
class Joined:
    """A merge that stands; ``theirs`` are the roles in records that came by it."""

    survivor: PersonId
    absorbed: PersonId
    theirs: frozenset[tuple[At, Role]]


@frozen
class Taken:
    """An import of one school's gradebook: what each record that it wrote said before, and which import wrote that."""

    run: int
    school: str
    before: Mapping[At, tuple[Lines | None, int]]


class Beliefs:
    """
    Who may hold what.

    Roles come from what gradebooks state of somebody, and from whoever might give them. An account that was merged into
    another holds nothing, and the other what both might; after they were parted each what was theirs.
    """

    def __init__(self, *, trusted: Collection[str]) -> None:
        self.trusted = trusted
        self.books: dict[At, Lines] = dict(HONEST)
        self.runs: list[Taken] = []
        self.given: dict[tuple[PersonId, HeldRole], date] = {}
        self.joined: dict[int, Joined] = {}
        self.distinct: set[frozenset[PersonId]] = set()
        self._kept: dict[At, Lines] = {}
        self._writers: dict[At, int] = {}
        self._stood: defaultdict[tuple[At, Role], set[str]] = defaultdict(set)
        self._called: defaultdict[PersonId, set[str]] = defaultdict(set)
        self._parted: defaultdict[PersonId, set[tuple[At, Role]]] = defaultdict(set)

    def survivor(self, number: PersonId) -> PersonId:
        """Return who an account is read as."""
        into = {each.absorbed: each.survivor for each in self.joined.values()}
        while number in into:
            number = into[number]
        return number

    def members(self, number: PersonId) -> frozenset[PersonId]:
        """Return an account and all that are read as it."""
        return frozenset({number, *(e.absorbed for e in self.joined.values() if self.survivor(e.absorbed) == number)})

    def learn(self, people: Iterable[Person]) -> None:
        """Note what people are called; whoever was called so once may be meant by it ever after."""
        named = {pesel(number): name for name, number in PEOPLE.items()}
        for each in people:
            self._called[each.id] |= {each.name.first, *(named[one.reveal()] for one in each.ids)}

    def take(self, school: str, run: int) -> None:
        """Note that a school's gradebook was imported; a place that was somebody's stays theirs (ID-6b)."""
        now = {at: lines for at, lines in self.books.items() if at[0] == school}
        for at, lines in now.items():
            for each in lines:
                self._stood[at, each.role] |= _who(each)
        changed = [at for at in {*now, *self._kept} if at[0] == school and now.get(at) != self._kept.get(at)]
        before = {at: (self._kept.get(at), self._writers.get(at, 0)) for at in changed}
        self._write({at: now.get(at) for at in changed})
        self._writers |= dict.fromkeys(changed, run)
        if before:
            self.runs.append(Taken(run, school, before))

    def undo(self, taken: Taken) -> None:
        """Note that an import was undone: what it wrote, and no later one, is as it was; so is the gradebook."""
        back = {at: then for at, then in taken.before.items() if self._writers.get(at) == taken.run}
        for at, (lines, _) in back.items():
            self.books.pop(at, None)
            self.books |= {at: lines} if lines is not None else {}
        self._write({at: lines for at, (lines, _) in back.items()})
        self._writers |= {at: run for at, (_, run) in back.items()}
        self.runs.remove(taken)

    def _write(self, records: Mapping[At, Lines | None]) -> None:
        for at, lines in records.items():
            self._kept.pop(at, None)
            self._kept |= {at: lines} if lines is not None else {}
        for roles in self._parted.values():
            roles -= {(at, role) for at, role in roles if at in records}

    def merge(self, decision: int, joined: Joined) -> None:
        """Note that two accounts are one; whatever comes to it from now on stays with the survivor (ID-7f)."""
        self.joined[decision] = joined
        self._called[joined.survivor] |= self._called[joined.absorbed]
        self._parted[joined.survivor] -= joined.theirs

    def part(self, decision: int) -> None:
        """Note that two are two again: the survivor has no longer what came by the merge."""
        joined = self.joined.pop(decision)
        self._parted[joined.survivor] |= joined.theirs

    def allowed(self, number: PersonId, today: date) -> frozenset[HeldRole]:
        """Return what an account may hold, without the classes of students and guardians."""
        if self.survivor(number) != number:
            return frozenset()
        human = self.members(number)
        given = {role for (to, role), last in self.given.items() if to in human and today <= last}
        return frozenset(given | {role for at, role in self._stated(number) if self._may_state(at, role)})

    def works_at(self, number: PersonId, school: str) -> bool:
        """Return whether a gradebook states that the owner of an account works there."""
        return any(at[0] == school and role.role not in TAUGHT for at, role in self._stated(number))

    def _stated(self, number: PersonId) -> Iterable[tuple[At, HeldRole]]:
        """Yield what records may say of an account."""
        names = frozenset().union(*(self._called[each] for each in self.members(number)))
        for at, lines in self.books.items():
            for each in lines:
                if names & self._stood[at, each.role] and (at, each.role) not in self._parted[number]:
                    yield at, plain(HeldRole(at[0], each.role, each.class_name))

    def _may_state(self, at: At, held: HeldRole) -> bool:
        """Return whether a gradebook may give a role (ROLE-2b)."""
        return held.role in _ORDINARY or (at[0] in self.trusted and held.role is not _R.REGIONAL_ADMINISTRATOR)


def plain(role: HeldRole) -> HeldRole:
    """Return a role with its class where the class is what it is about."""
    return role if role.role is _R.HOMEROOM_TEACHER else evolve(role, class_name="")


def _who(stated: StatedPerson) -> frozenset[str]:
    """Return whom a line may be about: by id or by name."""
    ids = {each.text for each in stated.ids}
    return frozenset({stated.first_name} | {name for name, number in PEOPLE.items() if pesel(number) in ids})
