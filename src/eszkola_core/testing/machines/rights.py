"""Who gets which rights: grants, hostile gradebooks, resets and corrections by everybody on everybody (ROLE-6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import product
from types import MappingProxyType
from typing import ClassVar, Final

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eszkola_core.domain.accounts import Person, State
from eszkola_core.domain.claims import Claims
from eszkola_core.domain.days import day_of
from eszkola_core.domain.given_roles import EVERY_SCHOOL
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.permissions import Actor
from eszkola_core.domain.replacements import Identity, Proof, Request, Way
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Reading, StatedId, StatedPerson, StatedRecord, StatedRoster, StatedSchool
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import CountingHasher, CountingSecrets
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import ORIGIN, pesel
from eszkola_core.testing.region import CONSOLE, Region
from eszkola_core.usecases.apply_for_access import ApplyForAccess
from eszkola_core.usecases.appoint import Appoint, Appointed
from eszkola_core.usecases.approve_application import ApproveApplication
from eszkola_core.usecases.correct_data import CorrectData, Corrected
from eszkola_core.usecases.decide_applications import DecideApplications
from eszkola_core.usecases.grant_roles import Granted, GrantRoles, Withdrawn
from eszkola_core.usecases.lock_account import LockAccount, Locked, Unlocked
from eszkola_core.usecases.replace_password import CredentialHandedOver, LinkSent, ReplacePassword
from eszkola_core.usecases.restrict_links import Lifted, Restricted
from eszkola_core.usecases.see_roles import SeeRoles

_R: Final = Role
_TAUGHT: Final = frozenset({_R.STUDENT, _R.GUARDIAN})
_TEACHING: Final = frozenset({_R.TEACHER, _R.HOMEROOM_TEACHER})
_OFFICE: Final = _TEACHING | {_R.SECRETARY}

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
        _R.HOMEROOM_TEACHER: _TAUGHT,
        _R.SECRETARY: _TAUGHT | _TEACHING,
        _R.SCHOOL_ADMINISTRATOR: _TAUGHT | _OFFICE,
        _R.DELEGATE: _TAUGHT | _OFFICE | {_R.SCHOOL_ADMINISTRATOR},
        _R.REGIONAL_ADMINISTRATOR: _TAUGHT | _OFFICE | {_R.SCHOOL_ADMINISTRATOR, _R.DELEGATE},
    }
)
"""Over whose accounts a role has power, as the machine believes it."""

_ORDINARY: Final = _TAUGHT | _OFFICE
_PEOPLE: Final = MappingProxyType(
    {"Ala": 1, "Jan": 8, "Ewa": 9, "Zofia": 11, "Iga": 12, "Ola": 13, "Dora": 90, "Rena": 91, "Hela": 92}
)
_HONEST: Final = (
    ("A", "1", ((_R.STUDENT, "Ala"), (_R.GUARDIAN, "Jan"))),
    ("A", "z", ((_R.SECRETARY, "Zofia"),)),
    ("A", "e", ((_R.TEACHER, "Ewa"),)),
    ("A", "h", ((_R.TEACHER, "Hela"),)),
    ("B", "i", ((_R.SECRETARY, "Iga"),)),
    ("B", "o", ((_R.HOMEROOM_TEACHER, "Ola"),)),
)

_names = st.sampled_from(sorted(_PEOPLE))
_actors = _names | st.sampled_from(["Dora", "Hela", "Zofia", "Rena"])
_schools = st.sampled_from("AB")
_roles = st.sampled_from(_R)


class RightsMachine(RuleBasedStateMachine):
    """
    Two schools whose people try whatever they like on each other, and whose gradebooks may state whatever they like.

    School A's data controller named Dora as delegate, and the region's Rena, from the console; the delegate named Hela
    administrator. After each step nobody holds a role that neither a gradebook may give, nor somebody gave who might
    (ROLE-6a); and whatever somebody does to an account as staff is done by whose rights are above all that its owner
    holds, never to themselves or to their child (ROLE-6b). Nobody's address moves who stands above a homeroom teacher
    (MAIL-4e).
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage

    @initialize(trusted=st.booleans())
    def begin(self, *, trusted: bool) -> None:
        """Open a tenant with the staff and one family of two schools, and name the first delegates."""
        sources = frozenset({f"B/{ORIGIN}"} if trusted else ())
        self.region = Region("open", storage=type(self).fresh_storage(), trusted_sources=sources)
        self.trusted = {"B"} if trusted else set()
        world = (self.region.storage, self.region.tenant, self.region.clock)
        secrets = CountingSecrets("rights")
        self.granting, self.appointing = GrantRoles(*world, secrets), Appoint(*world, secrets)
        self.roles, self.locking = SeeRoles(*world), LockAccount(*world)
        self.replacing = ReplacePassword(*world, secrets, CountingHasher())
        self.correcting = CorrectData(*world, secrets)
        self.applying, self.deciding = ApplyForAccess(*world), DecideApplications(*world)
        self.approving = ApproveApplication(*world, secrets)
        self.books = {(school, key): _stated(people) for school, key, people in _HONEST}
        self.stood: defaultdict[tuple[str, str, Role], set[str]] = defaultdict(set)
        self.given: dict[tuple[str, HeldRole], date] = {}
        self.sync()
        for name, role in (("Dora", HeldRole("A", _R.DELEGATE)), ("Rena", HeldRole("", _R.REGIONAL_ADMINISTRATOR))):
            assert isinstance(self.appoint(CONSOLE, name, role), Appointed)
        hela = HeldRole("A", _R.SCHOOL_ADMINISTRATOR)
        assert isinstance(self.granting.grant(CONSOLE, self.person("Hela").id, hela, last_day=self.last_day), Granted)
        self.given["Hela", hela] = self.last_day
        self.addresses = self.settled_addresses()

    # what there is

    @property
    def today(self) -> date:
        """The day in the tenant's zone."""
        return day_of(self.region.clock.now(), self.region.tenant.zone)

    @property
    def last_day(self) -> date:
        """The last day that a role may be given for."""
        return self.today + self.region.tenant.settings.given_role_lifetime

    def everybody(self) -> dict[str, Person]:
        """Return who has an account, by first name."""
        people = sorted(self.region.world().people.values(), key=lambda each: -each.id)
        named = {pesel(number): name for name, number in _PEOPLE.items()}
        return {named[each.ids[0].reveal()]: each for each in people if each.ids}

    def person(self, name: str) -> Person:
        """Return somebody's account."""
        return self.everybody()[name]

    def actor(self, name: str) -> Actor:
        """Return somebody who acts."""
        person = self.person(name)
        return Actor(name=person.login, person=person.id, where="10.0.0.7")

    def held(self, name: str) -> frozenset[HeldRole]:
        """Return what somebody holds today, without the classes of students and guardians."""
        return frozenset(map(_plain, self.roles.of(self.person(name).id)))

    def allowed(self, name: str) -> frozenset[HeldRole]:
        """Return what somebody may hold today, by what gradebooks state and by what was given."""
        stated = {
            HeldRole(school, each.role, each.class_name if each.role is _R.HOMEROOM_TEACHER else "")
            for (school, key), people in self.books.items()
            for each in people
            if name in self.stood[school, key, each.role]
            and (each.role in _ORDINARY or (school in self.trusted and each.role is not _R.REGIONAL_ADMINISTRATOR))
        }
        return frozenset(
            stated | {role for (to, role), last in self.given.items() if to == name and self.today <= last}
        )

    def is_above(self, by: str, to: str) -> bool:
        """Return whether somebody's rights are above every right of another, in the school where it is held."""
        return by != to and all(
            any(
                theirs.role in ABOVE.get(mine.role, ())
                and (mine.role is _R.REGIONAL_ADMINISTRATOR or mine.school == theirs.school)
                for mine in self.held(by)
            )
            for theirs in self.held(to)
        )

    def sync(self) -> None:
        """Import what the gradebooks state now; a place that was somebody's stays theirs, whatever it says (ID-6b)."""
        for (school, key), people in self.books.items():
            for each in people:
                self.stood[school, key, each.role] |= _who(each)
        self.region.take(_reading(self.books))

    def appoint(self, by: Actor, name: str, role: HeldRole) -> object:
        """Let somebody name a newcomer, and remember it where it was done."""
        done = self.appointing.appoint(
            by,
            role,
            first_name=name,
            last_name="Lis",
            national_id=pesel(_PEOPLE[name]),
            email=f"{name.lower()}@example.com",
            last_day=self.last_day,
        )
        if isinstance(done, Appointed):
            self.given[name, role] = self.last_day
        return done

    # the steps

    @rule(
        school=_schools,
        role=_roles,
        name=_names,
        by_id=st.booleans(),
        address=_names,
        record=st.sampled_from(["x", "y"]),
    )
    def state_in_a_gradebook(  # noqa: PLR0913 - all that a hostile line says
        self, school: str, role: Role, name: str, address: str, record: str, *, by_id: bool
    ) -> None:
        """Let a gradebook state somebody in any role, with an address that may be another's."""
        self.books[school, record] = (_line(role, name, address=address, by_id=by_id),)
        self.sync()

    @rule(which=st.sampled_from([*((school, key) for school, key, _ in _HONEST), *product("AB", "xy")]))
    def take_out(self, which: tuple[str, str]) -> None:
        """Take a record out of a gradebook, or put an honest one back."""
        if self.books.pop(which, None) is None:
            self.books |= {(school, key): _stated(people) for school, key, people in _HONEST if (school, key) == which}
        self.sync()

    @rule(by=_actors, to=_names, role=_roles, school=st.sampled_from(["A", "B", EVERY_SCHOOL]))
    def grant(self, by: str, to: str, role: Role, school: str) -> None:
        """Let anybody try to give anybody any role: only who may give it does, and nobody to themselves."""
        given = HeldRole(school, role, "1a" if role is _R.HOMEROOM_TEACHER else "")
        mine = self.held(by)
        done = self.granting.grant(self.actor(by), self.person(to).id, given, last_day=self.last_day)
        if isinstance(done, Granted):
            assert by != to, f"{by} raises themselves to {role}"
            assert any(
                role in GIVES.get(each.role, ()) and (each.role is _R.REGIONAL_ADMINISTRATOR or each.school == school)
                for each in mine
            ), f"{by} gives {role} at {school!r}, holding {sorted(mine)}"
            self.given[to, given] = self.last_day

    @rule(by=_actors, to=_names, role=_roles, school=_schools)
    def withdraw(self, by: str, to: str, role: Role, school: str) -> None:
        """Let anybody try to take any role from anybody."""
        given = HeldRole(school, role, "1a" if role is _R.HOMEROOM_TEACHER else "")
        done = self.granting.withdraw(self.actor(by), self.person(to).id, given)
        if isinstance(done, Withdrawn):
            assert by != to, f"{by} changes an own role"
            del self.given[to, given]

    @rule(by=_actors, name=_names, role=_roles, school=st.sampled_from(["A", "B", EVERY_SCHOOL]))
    def name_a_newcomer(self, by: str, name: str, role: Role, school: str) -> None:
        """Let anybody try to appoint anybody: somebody who is known comes by no second door."""
        mine = self.held(by)
        if isinstance(self.appoint(self.actor(by), name, HeldRole(school, role)), Appointed):
            assert any(role in GIVES.get(each.role, ()) for each in mine), f"{by} appoints, holding {sorted(mine)}"

    @rule(by=_actors, to=_names)
    def reset(self, by: str, to: str) -> None:
        """Let anybody try to replace a password."""
        at, above = self.region.clock.now(), self.is_above(by, to)
        request, identity = Request(at=at, way=Way.IN_PERSON), Identity(proof=Proof.KNOWN_IN_PERSON)
        if self.person(to).state is State.AWAITING:
            with self.region.storage.unit() as unit:
                unit.people.save(self.person(to).changed(state=State.ACTIVE, activated_at=at))
        done = self.replacing.replace(self.actor(by), self.person(to).id, request, identity)
        assert not isinstance(done, LinkSent | CredentialHandedOver) or above, f"{by} resets {to}"

    @rule(by=_actors, to=_names, locks=st.booleans())
    def lock(self, by: str, to: str, *, locks: bool) -> None:
        """Let anybody try to lock an account, or to unlock it."""
        above = self.is_above(by, to)
        actor, number = self.actor(by), self.person(to).id
        done = self.locking.lock(actor, number, why="a doubt") if locks else self.locking.unlock(actor, number)
        assert not isinstance(done, Locked | Unlocked) or above, f"{by} locks or unlocks {to}"

    @rule(by=_actors, to=_names, address=_names, field=st.sampled_from([Field.EMAIL, Field.NATIONAL_ID]))
    def correct(self, by: str, to: str, address: str, field: Field) -> None:
        """Let anybody try to move somebody to another's address, or to give them another's id."""
        number, before = self.person(to).id, self.person(to).central
        text = f"{address.lower()}@example.com" if field is Field.EMAIL else pesel(_PEOPLE[address])
        above = self.is_above(by, to)
        for place in self.region.world().places.values():
            if place.person == number and place.is_present:
                done = self.correcting.correct(self.actor(by), place.key, field, text, reason="asked for")
                assert not isinstance(done, Corrected) or by != to, f"{by} corrects themselves"
        assert above or self.person(to).central == before, f"{by} moves {to} to {address}"

    @rule(by=_actors, human=_names, lifts=st.booleans())
    def restrict(self, by: str, human: str, *, lifts: bool) -> None:
        """Let anybody try to keep somebody from the child, or to lift that."""
        act = self.region.restricting.lift if lifts else self.region.restricting.restrict
        done = act(self.actor(by), self.person(human).id, self.person("Ala").id, reason="an order")
        if isinstance(done, Restricted | Lifted):
            assert by not in {human, "Ala"}, f"{by} decides what concerns themselves"
            assert by not in self.guardians(), f"{by} decides on an own child"

    @rule(by=_actors, then=_actors, name=_names)
    def apply(self, by: str, then: str, name: str) -> None:
        """Let anybody try to take through an application, for themselves too."""
        ids = (NationalId(PESEL, pesel(_PEOPLE[name])),)
        stated = Claims(name=PersonName(name, "Lis"), ids=ids)
        moved = self.applying.hand_in(self.actor(by), "A", "1", stated)
        number = getattr(getattr(moved, "application", None), "id", None)
        if number is None:
            return
        assert by != name, f"{by} handles an own application"
        self.deciding.confirm(self.actor(by), number, how="an identity card")
        if hasattr(self.approving.approve(self.actor(then), number), "application"):
            assert then != name, f"{then} lets themselves in"
            self.given[name, HeldRole("A", _R.GUARDIAN)] = date.max

    @rule(days=st.sampled_from([1, 8, 200]))
    def wait(self, days: int) -> None:
        """Let days pass: what was given ends by itself."""
        self.region.later(days)
        self.addresses = self.settled_addresses()

    # what holds

    @invariant()
    def nobody_holds_what_nobody_gave_who_might(self) -> None:
        """Whatever was tried (ROLE-6a)."""
        for name in self.everybody() if hasattr(self, "addresses") else ():
            found = self.held(name) - self.allowed(name)
            assert not found, f"{name} holds {sorted(found)}"

    @invariant()
    def what_was_given_holds_only_beside_a_gradebooks_role(self) -> None:
        """But for the two that stand alone (ROLE-2c)."""
        for name in self.everybody() if hasattr(self, "addresses") else ():
            for role in self.held(name):
                alone = role.role in {_R.DELEGATE, _R.REGIONAL_ADMINISTRATOR} or role.role in _TAUGHT
                assert alone or any(
                    (school, key) in self.books and name in names and school == role.school and listed not in _TAUGHT
                    for (school, key, listed), names in self.stood.items()
                ), f"{name} is {role} without working there"

    @invariant()
    def no_gradebook_and_no_staff_moves_the_mighty(self) -> None:
        """The central address of one who stands above a homeroom teacher moves by themselves alone (MAIL-4e)."""
        if not hasattr(self, "addresses"):
            return
        after = self.settled_addresses()
        for name, address in self.addresses.items():
            assert name not in after or after[name] == address, f"{name} was moved to {after[name]}"
        self.addresses = after

    def settled_addresses(self) -> dict[str, object]:
        """Return the central addresses of those who stand above a homeroom teacher."""
        return {
            name: person.central
            for name, person in self.everybody().items()
            if person.central is not None and any(each.role not in _TAUGHT | _TEACHING for each in self.held(name))
        }

    def guardians(self) -> frozenset[str]:
        """Return who sees the child as a guardian."""
        child = self.person("Ala").id
        return frozenset(
            name
            for name, person in self.everybody().items()
            if child in {each.person for each in self.region.children_seen_by(person.id)}
        )


def _plain(role: HeldRole) -> HeldRole:
    """Return a role with its class where the class is what it is about."""
    return role if role.role is _R.HOMEROOM_TEACHER else evolve(role, class_name="")


def _line(role: Role, name: str, *, address: str = "", by_id: bool = True) -> StatedPerson:
    """Return what a gradebook states of somebody."""
    return StatedPerson(
        role=role,
        first_name=name,
        last_name="Lis",
        ids=(StatedId(pesel(_PEOPLE[name]), PESEL),) if by_id else (),
        email=f"{(address or name).lower()}@example.com",
        class_name="1a" if role in {_R.STUDENT, _R.HOMEROOM_TEACHER} else "",
    )


def _stated(people: Iterable[tuple[Role, str]]) -> tuple[StatedPerson, ...]:
    return tuple(_line(role, name) for role, name in people)


def _who(stated: StatedPerson) -> frozenset[str]:
    """Return whom a line may be about: by id or by name."""
    ids = {each.text for each in stated.ids}
    return frozenset({stated.first_name} | {name for name, number in _PEOPLE.items() if pesel(number) in ids})


def _reading(books: Mapping[tuple[str, str], tuple[StatedPerson, ...]]) -> Reading:
    """Return the gradebooks: of each school a list of families, and one of staff in whatever roles."""
    rosters = []
    for school in "AB":
        for listed in ("students", "staff"):
            records = tuple(
                StatedRecord(key=key, people=people, source=f"{school}.csv", line=1)
                for (at, key), people in sorted(books.items(), key=lambda each: each[0])
                if at == school and (people[0].role in _TAUGHT) == (listed == "students")
            )
            rosters.append(StatedRoster(school=school, origin=ORIGIN, list=listed, records=records))
    return Reading(rosters=tuple(rosters), schools=tuple(StatedSchool(each, f"School {each}") for each in "AB"))
