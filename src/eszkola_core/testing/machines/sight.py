"""Who may see whom: guardians, restrictions, security codes and applications, in any order (LINK-1, LINK-3, WHY-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from eszkola_core._usecases.admit_guardians import AdmitGuardians, Admitted
from eszkola_core._usecases.apply_for_access import ApplyForAccess
from eszkola_core._usecases.approve_application import ApproveApplication
from eszkola_core._usecases.check_permission import CheckPermission
from eszkola_core._usecases.correct_data import CorrectData
from eszkola_core._usecases.decide_applications import DecideApplications
from eszkola_core._usecases.grant_roles import Granted, GrantRoles
from eszkola_core._usecases.issue_codes import CodeIssued, IssueCodes
from eszkola_core._usecases.redeem_code import RedeemCode, Redeemed
from eszkola_core._usecases.restrict_links import Lifted, Restricted
from eszkola_core._usecases.who_sees import Viewer, WhoSees
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.applications import ApplicationMoved
from eszkola_core.domain.claims import Claims, Hold, Place, PlaceKey
from eszkola_core.domain.communication import Level
from eszkola_core.domain.days import day_of
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.permissions import Action, Actor, Ground
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import GuardiansOpenBy, Sharing
from eszkola_core.domain.stated import Field
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE, Region

_STAFF: Final = ("A/z: y Zofia 90 zofia", "A/h: t Hela 91 hela", "A/t: t Jan 8 jan", "B/e: y Ewa 9 ewa")
_NUMBERS: Final = {"Ala": 1, "Ola": 2, "Iga": 3}
_RECORDS: Final = {"A/1": "Ala", "A/2": "Ola", "B/3": "Iga", "B/7": "Ala"}
_GUARDIANS: Final = (
    "Jan 8 jan",
    "Jan - jan",
    "Jan 8 inny",
    "Janusz - jan",
    "Adam_Kot - adam",
    "Ewa 9 ewa",
    "Ewa - jan",
    "Iza 7 iza",
)
_ADDRESSES: Final = ("own", "jan", "ewa", "-")
_ACTORS: Final = ("Zofia", "Hela", "Jan", "Ewa", "Ala", "Ola")
_OFFICES: Final = {
    "Ala": frozenset({"Zofia", "Hela", "Ewa"}),
    "Ola": frozenset({"Zofia", "Hela"}),
    "Iga": frozenset({"Ewa"}),
}
_HEADS: Final = frozenset({"Hela"})

_children = st.sampled_from(sorted(_NUMBERS))
_records = st.sampled_from(sorted(_RECORDS))
_actors = st.sampled_from(_ACTORS)


class SightMachine(RuleBasedStateMachine):
    """
    Two schools, three children, and grown-ups who are written down in every way that a gradebook can write them.

    Among them is a father who teaches at the school of his children, and a mother who is the other school's secretary.
    After each step: a guardian sees the children in whose record they stand, and no others (LINK-1); who sees a child
    is who may view it (WHY-4); and from whom a restriction keeps a human, nothing that anybody does brings back but
    lifting, by one who may (LINK-3).
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage
    codes = Bundle("codes")

    @initialize(sharing=st.sampled_from(Sharing), opening=st.sampled_from(GuardiansOpenBy))
    def begin(self, sharing: Sharing, opening: GuardiansOpenBy) -> None:
        """Open a tenant with the staff of two schools and two families."""
        self.region = Region("open", storage=type(self).fresh_storage(), sharing=sharing, guardians_open_by=opening)
        self.region.choose(wrong_codes_here=100, wrong_codes_anywhere=10_000)
        world = (self.region.storage, self.region.tenant, self.region.clock)
        secrets = CountingSecrets("guardianship")
        self.checking, self.asking = CheckPermission(*world), WhoSees(*world)
        self.issuing, self.redeeming = IssueCodes(*world, secrets), RedeemCode(*world, secrets)
        self.admitting = AdmitGuardians(*world, secrets)
        self.applying, self.deciding = ApplyForAccess(*world), DecideApplications(*world)
        self.approving, self.correcting = ApproveApplication(*world, secrets), CorrectData(*world, secrets)
        self.lines = {
            "A/1": "A/1: s Ala 1 ala, g Jan 8 jan, g Ewa 9 ewa",
            "A/2": "A/2: s Ola 2 ola, g Jan 8 jan",
            "B/3": "B/3: s Iga 3 iga, g Iza 7 iza",
        }
        self.apart: dict[tuple[PersonId, PersonId], frozenset[PlaceKey]] = {}
        self.redeemed: set[str] = set()
        self.sync()
        last = (
            day_of(self.region.clock.now(), self.region.tenant.zone) + self.region.tenant.settings.given_role_lifetime
        )
        head = HeldRole("A", Role.SCHOOL_ADMINISTRATOR)
        granting = GrantRoles(*world, secrets)
        assert isinstance(granting.grant(CONSOLE, self.named("Hela").id, head, last_day=last), Granted)

    def sync(self) -> None:
        """Import both schools as their gradebooks are now."""
        self.region.take(*_STAFF, *self.lines.values(), empty=("A", "B"))

    def named(self, first: str) -> Person:
        """Return the account of somebody who has had one from the beginning: those come first."""
        people = sorted(self.region.world().people.values(), key=lambda each: each.id)
        return next(each for each in people if each.name.first == first)

    def actor(self, first: str) -> Actor:
        """Return somebody who acts."""
        person = self.named(first)
        return Actor(name=person.login, person=person.id, where="10.0.0.7")

    # the steps

    @rule(
        record=_records,
        number=st.booleans(),
        address=st.sampled_from(_ADDRESSES),
        guardians=st.lists(st.sampled_from(_GUARDIANS), max_size=3, unique_by=lambda each: each.split()[0]),
    )
    def enter(self, record: str, address: str, guardians: list[str], *, number: bool) -> None:
        """Write a record anew, in a friendly way or a hostile one."""
        child = _RECORDS[record]
        student = f"s {child} {_NUMBERS[child] if number else '-'} {child.lower() if address == 'own' else address}"
        self.lines[record] = f"{record}: {', '.join([student, *(f'g {each}' for each in guardians)])}"
        self.sync()

    @rule(record=_records)
    def take_out(self, record: str) -> None:
        """Take a record out of its gradebook."""
        self.lines.pop(record, None)
        self.sync()

    @rule(days=st.sampled_from([1, 8, 31]))
    def wait(self, days: int) -> None:
        """Let days pass: an address that was left is free again, what was removed is gone for good."""
        self.region.later(days)

    @rule(by=st.none() | _actors, human=st.sampled_from(["Jan", "Ewa", "Zofia"]), child=_children)
    def restrict(self, by: str | None, human: str, child: str) -> None:
        """Let anybody try to keep somebody from a child: the office of the child's school may, on others."""
        pair = self.named(human).id, self.named(child).id
        done = self.region.restricting.restrict(self.actor(by) if by else CONSOLE, *pair, reason="an order")
        if isinstance(done, Restricted):
            assert by is None or by in _OFFICES[child] - {human}, f"{by} keeps {human} from {child}"
            for each in (done.decision, *done.also):
                child_too = each.object or pair[1]
                self.apart[each.subject, child_too] = self.grown_ups_of(child_too)

    @precondition(lambda self: self.apart)
    @rule(by=st.none() | _actors, which=st.integers(0, 8))
    def lift(self, by: str | None, which: int) -> None:
        """Let anybody try to lift a restriction: only a head of the child's school may, on others."""
        pair = sorted(self.apart)[which % len(self.apart)]
        done = self.region.restricting.lift(self.actor(by) if by else CONSOLE, *pair, reason="an appeal")
        if isinstance(done, Lifted):
            assert by is None or (by in _HEADS and self.named(by).id not in pair), f"{by} lifts a restriction"
            for each in done.decisions:
                self.apart.pop((each.subject, each.object or pair[1]), None)

    @precondition(lambda self: self.apart)
    @rule(by=st.none() | _actors, which=st.integers(0, 8))
    def admit(self, by: str | None, which: int) -> None:
        """Let anybody try to say of somebody who waits that it is another: only who might lift may."""
        held = [each for each in self.region.world().places.values() if each.hold is Hold.RESTRICTION]
        if held:
            place = sorted(held, key=lambda each: each.key.order)[which % len(held)]
            done = self.admitting.admit(self.actor(by) if by else CONSOLE, place.key, reason="known to the office")
            if isinstance(done, Admitted):
                assert by is None or by in _HEADS, f"{by} admits somebody"
                self.apart = {pair: before | {place.key} for pair, before in self.apart.items()}

    @rule(target=codes, by=st.none() | _actors, record=_records, guardian=st.sampled_from(["Jan", "Ewa", "Iza"]))
    def issue_code(self, by: str | None, record: str, guardian: str) -> object:
        """Let anybody try to print a security code for a guardian."""
        school, _, key = record.partition("/")
        issued = self.issuing.issue(self.actor(by) if by else CONSOLE, school, key, f"{guardian} Lis")
        if not isinstance(issued, CodeIssued):
            return multiple()
        assert by in {None, *({"Zofia", "Hela"} if school == "A" else {"Ewa"} - {guardian})}
        return issued.code.reveal(), issued.guardian

    @rule(code=codes, child=_children)
    def redeem(self, code: tuple[str, PersonId], child: str) -> None:
        """Type a code with the birth date of some child: it names those whom the guardian sees, and works once."""
        text, guardian = code
        sees = {str(each.name) for each in self.region.children_seen_by(guardian)}
        born = NationalId(PESEL, pesel(_NUMBERS[child])).birth_date
        assert born is not None
        done = self.redeeming.redeem(text, born, own=Level.FULL)
        if isinstance(done, Redeemed):
            assert text not in self.redeemed, "a code was redeemed twice"
            assert self.region.tenant.settings.guardians_open_by is GuardiansOpenBy.APPLICATION or sees >= {
                *done.children
            }
            assert (guardian, self.named(child).id) not in self.apart, "a code opened what is restricted"
            self.redeemed.add(text)

    @rule(
        by=st.none() | _actors,
        then=st.none() | _actors,
        record=_records,
        who=st.sampled_from([("Jan", 8), ("Jan", 0), ("Ewa", 9), ("Adam", 0), ("Iza", 7)]),
    )
    def apply(self, by: str | None, then: str | None, record: str, who: tuple[str, int]) -> None:
        """Hand an application in, confirm and approve it: by whom ever, some of them the applicant."""
        first, number = who
        ids = (NationalId(PESEL, pesel(number)),) if number else ()
        desk, head = (self.actor(each) if each else CONSOLE for each in (by, then))
        school, _, key = record.partition("/")
        moved = self.applying.hand_in(desk, school, key, Claims(name=PersonName(first, "Lis"), ids=ids))
        if isinstance(moved, ApplicationMoved):
            assert first != by, f"{by} handles an own application"
            self.deciding.confirm(desk, moved.application.id, how="an identity card")
            approved = self.approving.approve(head, moved.application.id)
            assert not isinstance(approved, ApplicationMoved) or first != then, f"{then} lets themselves in"

    @rule(by=st.none() | _actors, child=_children, address=st.sampled_from(["jan", "ewa", "inny", "nowy"]))
    def correct_address(self, by: str | None, child: str, address: str) -> None:
        """Let anybody try to correct a child's address, to one that a grown-up reads too."""
        for place in self.places():
            if place.role is Role.STUDENT and place.person == self.named(child).id:
                actor = self.actor(by) if by else CONSOLE
                self.correcting.correct(actor, place.key, Field.EMAIL, f"{address}@example.com", reason="asked for")

    # what there is

    @property
    def today(self) -> date:
        """The day in the tenant's zone."""
        return day_of(self.region.clock.now(), self.region.tenant.zone)

    def places(self) -> Iterator[Place]:
        """Yield the places that say something today."""
        for place in self.region.world().places.values():
            if place.accepted is not None and place.is_in_force(self.today):
                yield place

    def pairs(self) -> set[tuple[PersonId, PersonId]]:
        """Return who stands as a guardian in a record of whom."""
        places = list(self.places())
        return {
            (one.person, other.person)
            for one in places
            for other in places
            if one.key.record == other.key.record and (one.role, other.role) == (Role.GUARDIAN, Role.STUDENT)
            if one.person is not None and other.person is not None
        }

    def grown_ups_of(self, child: PersonId) -> frozenset[PlaceKey]:
        """Return every place of a guardian in a record of a child, with an account or without, present or gone."""
        places = self.region.world().places.values()
        records = {each.key.record for each in places if each.person == child}
        return frozenset(each.key for each in places if each.key.record in records and each.role is Role.GUARDIAN)

    def viewers_of(self, child: PersonId) -> tuple[Viewer, ...]:
        """Return who sees a child, as the console is told."""
        found = self.asking.of(CONSOLE, child)
        assert isinstance(found, tuple)
        return found

    # what holds

    @invariant()
    def guardians_see_the_children_of_their_records(self) -> None:
        """All of them but the restricted ones, and nobody else (LINK-1)."""
        if not hasattr(self, "apart"):
            return
        stand = self.pairs() - self.apart.keys()
        sees = {
            (guardian, child.person)
            for guardian in self.region.world().people
            for child in self.region.children_seen_by(guardian)
            if child.person is not None
        }
        assert sees == stand, f"seen {sorted(sees - stand)} too many, {sorted(stand - sees)} too few"

    @invariant()
    def who_sees_a_child_is_who_may_view_it(self) -> None:
        """With a remembered answer as with a fresh one (ROLE-4b, WHY-4)."""
        for child in self.children():
            people = self.region.world().people
            may = {each for each in people if self.checking.may(each, Action.VIEW, child)}
            assert {each.person for each in self.viewers_of(child)} == may

    @invariant()
    def whoever_is_kept_from_a_child_has_no_access(self) -> None:
        """By no action, role, link, or second record of the child (LINK-3)."""
        for human, child in getattr(self, "apart", ()):
            name = self.region.world().people[child].name
            assert name.key not in {each.name.key for each in self.region.children_seen_by(human)}
            for action in Action:
                assert self.checking.may(human, action, child).ground is Ground.RESTRICTED, action

    @invariant()
    def newcomers_wait_who_may_be_the_one(self) -> None:
        """A guardian new to the child sees it only where both ids prove them different (LINK-3)."""
        for (human, child), before in getattr(self, "apart", {}).items():
            world = self.region.world()
            there = {place.person for key, place in world.places.items() if key in before}
            for viewer in self.viewers_of(child):
                known = world.people[viewer.person].ids, world.people[human].ids
                new = viewer.permission.ground is Ground.LINK and viewer.person not in there
                assert not new or (all(known) and not set(known[0]) & set(known[1])), viewer.name

    @invariant()
    def a_child_has_no_address_that_its_restricted_guardian_reads(self) -> None:
        """Neither their own, nor one that a record states for them (LINK-3)."""
        for human, child in getattr(self, "apart", ()):
            world = self.region.world()
            stated = {each.accepted.email for each in self.places() if each.person == human and each.accepted}
            reads = {each.mailbox for each in {*stated, world.people[human].central} if each is not None}
            central = world.people[child].central
            assert central is None or central.mailbox not in reads

    def children(self) -> Iterator[PersonId]:
        """Yield the children who have accounts."""
        if hasattr(self, "apart"):
            for first in _NUMBERS:
                yield self.named(first).id
