"""The world of the machine of rights: two schools, who works and learns there, and every use case that gives power."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import ClassVar, Final

from attrs import evolve
from hypothesis.stateful import RuleBasedStateMachine

from eszkola_core._usecases.apply_for_access import ApplyForAccess
from eszkola_core._usecases.appoint import Appoint, Appointed
from eszkola_core._usecases.approve_application import ApproveApplication
from eszkola_core._usecases.change_settings import ChangeSettings
from eszkola_core._usecases.correct_data import CorrectData
from eszkola_core._usecases.decide_applications import DecideApplications
from eszkola_core._usecases.grant_roles import Granted, GrantRoles
from eszkola_core._usecases.lock_account import LockAccount
from eszkola_core._usecases.merge_people import MergePeople
from eszkola_core._usecases.replace_password import ReplacePassword
from eszkola_core._usecases.see_roles import SeeRoles
from eszkola_core._usecases.settle_identity import SettleIdentity
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.days import day_of
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.permissions import Actor
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import LoginScheme, Sharing
from eszkola_core.domain.stated import Reading, StatedRecord, StatedRoster, StatedSchool
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import CountingHasher, CountingSecrets
from eszkola_core.testing.machines._beliefs import ABOVE, HEADS, PEOPLE, TAUGHT, TEACHING, At, Beliefs, Lines, plain
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import ORIGIN, pesel
from eszkola_core.testing.region import CONSOLE, Region

Who = str | int
"""One of `PEOPLE` by first name, or any other account by its place among the others."""

_LOW: Final = TAUGHT | TEACHING
_DELEGATE: Final = HeldRole("A", Role.DELEGATE)
_REGION: Final = HeldRole("", Role.REGIONAL_ADMINISTRATOR)
_ADMINISTRATOR: Final = HeldRole("A", Role.SCHOOL_ADMINISTRATOR)


class TwoSchools(RuleBasedStateMachine):
    """
    A tenant of two schools, and what is believed of it.

    School A's data controller named Dora as delegate, and the region's Rena, from the console; the delegate named Hela
    administrator.
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage

    def open(self, *, trusted: bool) -> None:
        """Open the tenant with the staff and the families of both schools, and name the first delegates."""
        sources = frozenset({f"B/{ORIGIN}"} if trusted else ())
        self.region = Region("open", storage=type(self).fresh_storage(), trusted_sources=sources)
        self.beliefs = Beliefs(trusted={"B"} if trusted else ())
        self.wire()
        self.changing(Sharing.FORBID, LoginScheme.ISSUED).check()
        for school in "AB":
            self.sync(school)
        self.beliefs.runs.clear()  # what everybody stands on is not undone
        for name, role in (("Dora", _DELEGATE), ("Rena", _REGION)):
            assert isinstance(self.appoint(CONSOLE, name, role), Appointed)
        named = {pesel(number): name for name, number in PEOPLE.items()}
        self.mains = {named[each.ids[0].reveal()]: each.id for each in self.everybody().values() if each.ids}
        self.beliefs.given |= {(self.mains["Dora"], _DELEGATE): self.last_day}
        self.beliefs.given |= {(self.mains["Rena"], _REGION): self.last_day}
        done = self.granting.grant(CONSOLE, self.mains["Hela"], _ADMINISTRATOR, last_day=self.last_day)
        assert isinstance(done, Granted)
        self.beliefs.given[self.mains["Hela"], _ADMINISTRATOR] = self.last_day

    def wire(self) -> None:
        """Put the use cases together, under the settings of the moment."""
        world = (self.region.storage, self.region.tenant, self.region.clock)
        secrets = CountingSecrets(f"rights {self.region.tenant.settings.sharing}")
        self.granting, self.appointing = GrantRoles(*world, secrets), Appoint(*world, secrets)
        self.roles, self.locking = SeeRoles(*world), LockAccount(*world)
        self.replacing = ReplacePassword(*world, secrets, CountingHasher())
        self.correcting = CorrectData(*world, secrets)
        self.applying, self.deciding = ApplyForAccess(*world), DecideApplications(*world)
        self.approving = ApproveApplication(*world, secrets)
        self.merging, self.settling = MergePeople(*world, secrets), SettleIdentity(*world, secrets)

    def changing(self, sharing: Sharing, scheme: LoginScheme) -> ChangeSettings:
        """Return the use case that lets other settings be in force."""
        settings = evolve(self.region.tenant.settings, sharing=sharing, login_scheme=scheme)
        tenant = evolve(self.region.tenant, settings=settings)
        return ChangeSettings(self.region.storage, tenant, self.region.clock, CountingSecrets("settings"))

    # what there is

    @property
    def today(self) -> date:
        """The day in the tenant's zone."""
        return day_of(self.region.clock.now(), self.region.tenant.zone)

    @property
    def last_day(self) -> date:
        """The last day that a role may be given for."""
        return self.today + self.region.tenant.settings.given_role_lifetime

    def everybody(self) -> Mapping[PersonId, Person]:
        """Return all accounts, those that were merged into others too."""
        with self.region.storage.snapshot() as unit:
            return unit.people.get_many([PersonId(number) for number in range(1, unit.rosters.next_person())])

    def number(self, who: Who) -> PersonId:
        """Return the number of somebody's account."""
        if isinstance(who, str):
            return self.mains[who]
        others = sorted(self.everybody().keys() - self.mains.values())
        return others[who % len(others)]

    def person(self, who: Who) -> Person:
        """Return somebody's account."""
        number = self.number(who)
        with self.region.storage.snapshot() as unit:
            return unit.people.get_many([number])[number]

    def actor(self, who: Who) -> Actor:
        """Return somebody who acts."""
        return self.region.actor_of(self.person(who))

    def look(self) -> None:
        """Take down what each account holds, without the classes of students and guardians."""
        self.rights = {number: frozenset(map(plain, self.roles.of(number))) for number in self.everybody()}

    def held(self, who: Who) -> frozenset[HeldRole]:
        """Return what somebody held before the step."""
        return self.rights[self.number(who)]

    def is_above(self, by: PersonId, to: PersonId, rights: Collection[Role] = tuple(ABOVE)) -> bool:
        """Return whether one of *rights* that somebody held is above every role of another, where that was held."""
        mine = [each for each in self.rights[by] if each.role in rights]
        return bool(mine) and by != to and all(any(_stands(each, its) for each in mine) for its in self.rights[to])

    def is_above_some(self, by: PersonId, to: PersonId) -> bool:
        """Return whether somebody worked in an office, and there above a role of another who held any."""
        mine = [each for each in self.rights[by] if each.role in HEADS | {Role.SECRETARY}]
        theirs = self.rights[to]
        return bool(mine) and by != to and (not theirs or any(_stands(each, its) for each in mine for its in theirs))

    def children_of(self, number: PersonId) -> frozenset[PersonId | None]:
        """Return whom an account sees as a guardian."""
        return frozenset(each.person for each in self.region.children_seen_by(number))

    def settled_addresses(self) -> Mapping[PersonId, object]:
        """Return the central addresses of those who stand above a homeroom teacher."""
        people = self.everybody()
        mighty = [number for number, held in self.rights.items() if any(each.role not in _LOW for each in held)]
        return {each: people[each].central for each in mighty if people[each].central is not None}

    def look_again(self) -> None:
        """Look at rights and addresses after what may move the mighty."""
        self.look()
        self.addresses = self.settled_addresses()

    # what happens

    def sync(self, school: str) -> None:
        """Import what a school's gradebook states now, even where that was undone before."""
        done = self.region.take(_reading(school, self.beliefs.books), again=None)
        self.beliefs.take(school, done.run.id if done.run is not None else 0)

    def appoint(self, by: Actor, name: str, role: HeldRole) -> object:
        """Let somebody name a newcomer."""
        return self.appointing.appoint(
            by,
            role,
            first_name=name,
            last_name="Lis",
            national_id=pesel(PEOPLE[name]),
            email=f"{name.lower()}@example.com",
            last_day=self.last_day,
        )


def _stands(mine: HeldRole, theirs: HeldRole) -> bool:
    """Return whether one role is above another, where that is held."""
    here = mine.role is Role.REGIONAL_ADMINISTRATOR or mine.school == theirs.school
    return here and theirs.role in ABOVE.get(mine.role, ())


def _reading(school: str, books: Mapping[At, Lines]) -> Reading:
    """Return a school's gradebook: a list of families, and one of staff in whatever roles."""
    rosters = []
    for listed in ("students", "staff"):
        records = tuple(
            StatedRecord(key=key, people=people, source=f"{school}.csv", line=1)
            for (at, key), people in sorted(books.items(), key=lambda each: each[0])
            if at == school and (people[0].role in TAUGHT) == (listed == "students")
        )
        rosters.append(StatedRoster(school=school, origin=ORIGIN, list=listed, records=records))
    return Reading(rosters=tuple(rosters), schools=(StatedSchool(school, f"School {school}"),))
