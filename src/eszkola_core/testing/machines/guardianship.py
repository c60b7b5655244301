"""Restrictions that somebody tries to walk round (LINK-3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eszkola_core._usecases.check_permission import CheckPermission
from eszkola_core._usecases.restrict_links import Restricted
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.kept_apart import barred_mailboxes, kept_apart
from eszkola_core.domain.links import bound_to
from eszkola_core.domain.permissions import Action, Ground
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.roles import Role
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.region import CONSOLE, Region

_PLACES = ("A/1", "A/2", "B/1")
_ADDRESSES = "xyz-"
_DAUGHTER = ("s Ala 1", "s Ala -")
_SISTER = ("s Ola 2", "s Ola -")
_FATHER = ("g Jan 8", "g Jan -", "g Janusz -", "g Janusz 8", "g Adam_Kot -")
_MOTHER = ("g Ewa 9", "g Ewa -")


class GuardianshipMachine(RuleBasedStateMachine):
    """
    A family whose records change in every way, while the father is kept from one of the daughters.

    The father is spelled in several ways, and none of them ever sees Ala: neither the account that was restricted, nor
    one that came since and may be his. She never has an address that he reads. A record with neither her name nor her
    id in it may be any child's, so she is always called Ala.
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage
    pair: tuple[PersonId, PersonId] | None = None

    @initialize(profile=st.sampled_from(["open", "uonet"]))
    def begin(self, profile: str) -> None:
        """Open a tenant, with nobody in it."""
        self.region = Region(profile, storage=type(self).fresh_storage())
        self.checking = CheckPermission(self.region.storage, self.region.tenant, self.region.clock)
        self.records: dict[str, str] = {}
        self.before: frozenset[PersonId] = frozenset()

    @rule(
        at=st.sampled_from(_PLACES),
        child=st.sampled_from(_DAUGHTER + _SISTER),
        father=st.none() | st.sampled_from(_FATHER),
        mother=st.none() | st.sampled_from(_MOTHER),
        addresses=st.tuples(*[st.sampled_from(_ADDRESSES)] * 3),
    )
    def enter(
        self, at: str, child: str, father: str | None, mother: str | None, addresses: tuple[str, str, str]
    ) -> None:
        """Enter a record in a gradebook, or change one."""
        stated = zip((child, father, mother), addresses, strict=True)
        self.records[at] = f"{at}: {', '.join(f'{who} {address}' for who, address in stated if who)}"
        self.sync()

    @rule(at=st.sampled_from(_PLACES))
    def take_out(self, at: str) -> None:
        """Take a record out of a gradebook."""
        if self.records.pop(at, None) is not None:
            self.sync()

    @rule(days=st.sampled_from([1, 31]))
    def wait(self, days: int) -> None:
        """Let days pass, within the grace of what was removed, or beyond."""
        self.region.later(days)
        self.sync()

    @rule(number=st.integers(1, 6), address=st.sampled_from("xyzw"))
    def choose(self, number: int, address: str) -> None:
        """Let somebody choose an address."""
        place = next((each for each in self.region.world().places.values() if each.person == number), None)
        if place is not None and place.is_present:
            self.region.choose_address(PersonId(number), address)

    @precondition(lambda self: self.pair is None)
    @rule(at=st.sampled_from(_PLACES))
    def restrict(self, at: str) -> None:
        """Keep the father in a record from the daughter in it."""
        beside = {
            (place.role, place.accepted.name.first): bound_to(place)
            for place in self.region.world().places.values()
            if f"{place.school}/{place.key.record.key}" == at and place.is_present and place.accepted is not None
        }
        child = next((who for (role, name), who in beside.items() if role is Role.STUDENT and name == "Ala"), None)
        father = next((who for (role, name), who in beside.items() if role is Role.GUARDIAN and name != "Ewa"), None)
        if child is None or father is None:
            return
        done = self.region.restricting.restrict(CONSOLE, father, child, reason="court order")
        assert isinstance(done, Restricted), done
        self.pair = done.decision.subject, done.decision.object or PersonId(0)
        kept = {done.decision.subject, *(each.subject for each in done.also)}
        self.before = frozenset(self.watchers() - kept)

    @precondition(lambda self: self.pair is not None)
    @rule()
    def lift(self) -> None:
        """Lift whatever stands: then the records say who sees whom."""
        self.region.lift_all()
        self.pair = None

    def sync(self) -> None:
        """Import both schools as their gradebooks are now."""
        empty = tuple(each for each in "AB" if not any(key.startswith(each) for key in self.records))
        self.region.take(*self.records.values(), empty=empty)

    def watchers(self) -> set[PersonId]:
        """Return everybody who has a daughter of that name, or the very daughter, on the list."""
        daughter = self.pair[1] if self.pair is not None else None
        return {
            person
            for person in self.region.world().people
            for child in self.region.children_seen_by(person)
            if child.name.first == "Ala" or (child.person is not None and child.person == daughter)
        }

    @invariant()
    def the_father_has_no_access(self) -> None:
        """Not by the list of children, and not by any other way."""
        if self.pair is not None:
            human, child = self.pair
            assert human not in self.watchers()
            assert self.checking.may(human, Action.VIEW, child).ground is Ground.RESTRICTED

    @invariant()
    def nobody_new_sees_the_daughter_who_may_be_the_father(self) -> None:
        """Only those who did before, or whose national id is another."""
        if self.pair is not None:
            people = self.region.world().people
            fathers = people[self.pair[0]].ids
            for each in self.watchers() - self.before:
                assert any(not mine.agrees_with(his) for mine in people[each].ids for his in fathers), people[each]

    @invariant()
    def the_daughter_has_no_address_that_the_father_reads(self) -> None:
        """Whatever the records state, and whoever chooses what."""
        if self.pair is not None:
            world = self.region.world()
            groups = recognise(world, self.region.today).groups
            barred = barred_mailboxes(world, groups, kept_apart(world, groups)).get(self.pair[1], frozenset())
            central = world.people[self.pair[1]].central
            assert central is None or central.mailbox not in barred
