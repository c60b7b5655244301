"""
A whole tenant in memory, for tests of what imports and decisions lead to.

Rosters come in the words of `notation`, and people are asked for by the place where they stand: ``A/1 s`` is the
student of school A's record 1, ``A/1 g Jan`` the guardian Jan in it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from attrs import evolve

from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases.import_rosters import Applied, ImportRosters
from eszkola_core._usecases.restrict_links import Lifted, Restricted, RestrictLinks
from eszkola_core._usecases.see_children import SeeChildren
from eszkola_core._usecases.undo_run import Undone, UndoRun
from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.children import Child
from eszkola_core.domain.claims import Decision, DecisionKind, Place, Seeds, World
from eszkola_core.domain.days import day_of
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Actor
from eszkola_core.domain.plans import Plan
from eszkola_core.domain.restrictions import pairs_kept_apart, standing
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import Reading
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import CountingSecrets, FrozenClock
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import ROLES, reading

START: Final = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""The instant at which every region begins."""

CONSOLE: Final = Actor.console("console:test")
"""Who may do everything."""


class Region:
    """One tenant that starts empty, of a profile whose settings may be replaced by name."""

    def __init__(self, profile: str = "open", *, storage: Storage | None = None, **settings: Any) -> None:  # noqa: ANN401
        self.tenant = Tenant(
            key="t",
            name="Test",
            base_url="https://konto.example.org",
            platform_domain="eszkola.example.org",
            settings=evolve(PROFILES[profile], **settings),
        )
        self.clock = FrozenClock(START)
        self.storage = storage if storage is not None else MemoryStorage()

    @property
    def importing(self) -> ImportRosters:
        """The use case, under the settings of the moment."""
        return ImportRosters(self.storage, self.tenant, self.clock, CountingSecrets())

    def choose(self, **settings: Any) -> None:  # noqa: ANN401 - as the settings have it
        """Replace settings by name."""
        self.tenant = evolve(self.tenant, settings=evolve(self.tenant.settings, **settings))

    def plan(self, *lines: str | Reading, removals: Collection[str] | None = frozenset(), **how: Any) -> Plan:  # noqa: ANN401
        """Return what an import would do; the guard stands."""
        return self.importing.plan(_stated(lines, how), allow_removals=removals)

    def take(self, *lines: str | Reading, removals: Collection[str] | None = None, **how: Any) -> Applied:  # noqa: ANN401
        """
        Import and return what was done; the guard lets everything through unless a test asks for it.

        ``again=None`` takes in again what was undone.
        """
        again = how.pop("again", frozenset())
        done = self.importing.apply(_stated(lines, how), actor=CONSOLE, allow_removals=removals, allow_undone=again)
        assert isinstance(done, Applied), "only a saved plan is told that the ground moved, and nobody else imports"
        return done

    @property
    def today(self) -> date:
        """The day in the tenant's zone."""
        return day_of(self.clock.now(), self.tenant.zone)

    @property
    def undoing(self) -> UndoRun:
        """The use case, under the settings of the moment."""
        return UndoRun(self.storage, self.tenant, self.clock, CountingSecrets("undoing"))

    def undo(self, run: int) -> Undone:
        """Undo a run from the console and return what was done; the guard lets everything through."""
        done = self.undoing.apply(CONSOLE, run, reason="wrong file", allow_removals=None)
        assert isinstance(done, Undone), done
        return done

    def later(self, days: int) -> None:
        """Let *days* pass."""
        self.clock.advance(timedelta(days=days))

    def world(self) -> World:
        """Return all present places, and everything that is bound to somebody with an account."""
        with self.storage.snapshot() as unit:
            schools = [each.key for each in unit.rosters.schools()]
            places = {place.key: place for school in schools for place in unit.rosters.places(school)}
            people = frozenset(range(1, unit.rosters.next_person()))
            return World(places) | unit.rosters.gather(Seeds(people=people))  # type: ignore[arg-type]

    def seen(self) -> tuple[Any, ...]:
        """
        Return places, accounts and conflicts, with people named by their places so that numbers do not matter.

        An account that closed and of which nothing is known any more is left out.
        """
        world = self.world()
        named = {
            person: frozenset(key for key, place in world.places.items() if place.person == person)
            for person in world.people
        }
        places = {
            key: (repr(place.accepted), repr(place.pending), place.hold, place.evidence(), place.gone)
            for key, place in world.places.items()
        }
        accounts = {
            named[number]: (person.name, person.ids, person.central, person.phone, person.state)
            for number, person in world.people.items()
            if named[number] or person.state is not State.CLOSED
        }
        return places, accounts, self.conflicts()

    def place(self, at: str) -> Place:
        """
        Return the present place at *at*.

        Raises:
            LookupError: there is none, or more than one.
        """
        where, role, *name = at.split()
        school, _, record = where.partition("/")
        found = [
            place
            for key, place in self.world().places.items()
            if (key.school, key.record.key, key.role) == (school, record, ROLES[role])
            and place.is_present
            and (not name or (place.newest is not None and place.newest.name.key == _name(name[0]).key))
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} places at {at}")
        return found[0]

    def person(self, at: str) -> Person | None:
        """Return whose account the place at *at* is bound to, or None while it is to nobody's."""
        number = self.place(at).person
        return self.world().people[number] if number is not None else None

    def account(self, at: str) -> Person:
        """
        Return the account that the place at *at* is bound to.

        Raises:
            LookupError: there is none.
        """
        person = self.person(at)
        if person is None:
            raise LookupError(f"no account at {at}")
        return person

    def account_named(self, first: str) -> Person:
        """
        Return the one account whose owner has this first name.

        Raises:
            LookupError: there is none, or more than one.
        """
        found = [person for person in self.world().people.values() if person.name.first == first]
        if len(found) != 1:
            raise LookupError(f"{len(found)} accounts of {first}")
        return found[0]

    def central(self, at: str) -> str | None:
        """Return the local part of the central address of the account at *at*, or None."""
        address = self.account(at).central
        return address.spelling.partition("@")[0] if address is not None else None

    def conflicts(self) -> tuple[OpenConflict, ...]:
        """Return the open conflicts."""
        with self.storage.snapshot() as unit:
            return tuple(unit.rosters.conflicts())

    def activate(self, at: str) -> Person:
        """Let the owner of the account at *at* have set an own password."""
        person = self.account(at).changed(state=State.ACTIVE, activated_at=self.clock.now())
        with self.storage.unit() as unit:
            unit.people.save(person)
        return person

    def actor(self, at: str) -> Actor:
        """Return the owner of the account at *at*, as one who acts."""
        return self.actor_of(self.account(at))

    def actor_of(self, person: Person) -> Actor:
        """Return a person as one who acts."""
        return Actor(name=person.login, person=person.id, where="10.0.0.7")

    def children(self, at: str) -> tuple[str, ...]:
        """Return the names of the children whom the guardian at *at* sees."""
        return tuple(str(each.name) for each in self.children_seen_by(self.account(at).id))

    def children_seen_by(self, guardian: PersonId) -> tuple[Child, ...]:
        """Return the children on a guardian's list."""
        return SeeChildren(self.storage, self.tenant, self.clock).of(guardian)

    @property
    def restricting(self) -> RestrictLinks:
        """The use case, under the settings of the moment."""
        return RestrictLinks(self.storage, self.tenant, self.clock, CountingSecrets("restricting"))

    def restrict(self, human: str, child: str) -> None:
        """Keep the owner of one account from the owner of another, from the console."""
        done = self.restricting.restrict(CONSOLE, self.account(human).id, self.account(child).id, reason="court order")
        assert isinstance(done, Restricted), done

    def lift_all(self) -> None:
        """Lift whatever stands between anybody, from the console."""
        for human, child in sorted(pairs_kept_apart(self.world().decisions)):
            if standing(self.world().decisions, human, child):
                done = self.restricting.lift(CONSOLE, human, child, reason="appeal")
                assert isinstance(done, Lifted), done

    def lift(self, human: str, child: str) -> None:
        """Lift that again, from the console."""
        done = self.restricting.lift(CONSOLE, self.account(human).id, self.account(child).id, reason="appeal")
        assert isinstance(done, Lifted), done

    def decide_address(self, at: str, local_part: str) -> Person:
        """Let the owner of the account at *at* choose an address (SYNC-8)."""
        self.choose_address(self.account(at).id, local_part)
        return self.account(at)

    def choose_address(self, number: PersonId, local_part: str) -> None:
        """Let somebody choose an address (SYNC-8)."""
        person = self.world().people[number]
        address = EmailAddress.parse(f"{local_part}@example.com")
        now = self.clock.now()
        with self.storage.unit() as unit:
            unit.people.decide(
                Decision(
                    kind=DecisionKind.ADDRESS_CHOSEN, subject=person.id, address=address, author=person.login, at=now
                )
            )
            Door(self.storage, self.tenant, CountingSecrets("door")).settle(
                unit, [person.id], author=person.login, now=now
            )


def _stated(lines: tuple[str | Reading, ...], how: dict[str, Any]) -> Reading:
    """Return what a test states: a reading as it is, or lines of notation."""
    first = lines[0] if lines else None
    if isinstance(first, Reading):
        return first
    return reading(*(each for each in lines if isinstance(each, str)), **how)


def _name(text: str) -> PersonName:
    """Return the name that notation spells as *text*."""
    first, _, last = text.partition("_")
    return PersonName(first, last or "Lis")
