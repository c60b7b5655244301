"""Who gets which rights: grants, hostile gradebooks, resets, merges and more, by everybody on everybody (ROLE-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from eszkola_core._usecases.appoint import Appointed
from eszkola_core._usecases.change_settings import SettingsChanged, SettingsPlan
from eszkola_core._usecases.correct_data import Corrected
from eszkola_core._usecases.grant_roles import Granted, Withdrawn
from eszkola_core._usecases.lock_account import Locked, Unlocked
from eszkola_core._usecases.merge_people import Merged, Parted
from eszkola_core._usecases.replace_password import CredentialHandedOver, LinkSent
from eszkola_core._usecases.restrict_links import Lifted, Restricted
from eszkola_core._usecases.settle_identity import IdentitySettled
from eszkola_core._usecases.undo_run import Undone
from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.choices import Choice
from eszkola_core.domain.claims import Claims
from eszkola_core.domain.given_roles import EVERY_SCHOOL, STANDS_ALONE
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.merging import MergePlan
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.replacements import Identity, Proof, Request, Way
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import LoginScheme, Sharing
from eszkola_core.domain.stated import Field
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.machines._beliefs import GIVES, HEADS, HONEST, PEOPLE, TAUGHT, Joined, line
from eszkola_core.testing.machines._two_schools import TwoSchools, Who
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE

_names: Final = st.sampled_from(sorted(PEOPLE))
_others: Final[st.SearchStrategy[Who]] = st.sampled_from(range(6))
_accounts: Final[st.SearchStrategy[Who]] = st.sampled_from([*sorted(PEOPLE), *range(4)])
_actors: Final = _accounts | st.sampled_from(["Dora", "Hela", "Zofia", "Rena"])
_mergeable: Final[st.SearchStrategy[Who]] = st.sampled_from(["Ewa", "Jan", "Zofia", "Hela", *range(6)])
_schools: Final = st.sampled_from("AB")
_roles: Final = st.sampled_from(Role)


class RightsMachine(TwoSchools):
    """
    Two schools whose people try whatever they like on each other, and whose gradebooks may state whatever they like.

    After each step nobody holds a role that neither a gradebook may give, nor somebody gave who might, nor came by a
    merge that somebody made who might (ROLE-6a); and whatever somebody does to an account as staff is done by whose
    rights are above all that its owner holds, never to themselves or to their child (ROLE-6b). Nobody's address moves
    who stands above a homeroom teacher (MAIL-4e).
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage

    @initialize(trusted=st.booleans(), other=_others)
    def begin(self, *, trusted: bool, other: Who) -> None:
        """Open the world: school B's gradebook may be one that is trusted, and Ewa has had two accounts."""
        self.open(trusted=trusted)
        self.look()
        self.merge("Rena", "Ewa", other)
        self.look_again()

    # what gradebooks state

    @rule(
        school=_schools,
        role=_roles,
        name=_names,
        last=st.sampled_from(["Lis", "Lis", "Kot"]),
        whose=st.sampled_from(["", "own"]) | _names,
        address=_names,
        record=st.sampled_from(["x", "y"]),
    )
    def state_in_a_gradebook(  # noqa: PLR0913, PLR0917 - all that a hostile line says
        self, school: str, role: Role, name: str, last: str, whose: str, address: str, record: str
    ) -> None:
        """Let a gradebook state somebody in any role, with an id, if any, and an address that may be another's."""
        key = record if role in TAUGHT else f"{record} staff"
        whose = name if whose == "own" else whose
        self.beliefs.books[school, key] = (line(role, name, last=last, address=address, whose=whose),)
        self.sync(school)

    @rule(by=_actors, which=st.integers(0, 2), is_same=st.booleans())
    def answer(self, by: Who, which: int, *, is_same: bool) -> None:
        """Let anybody try to say whether who stands in a doubtful record is who recognition thinks of."""
        held = sorted(key for key, place in self.region.world().places.items() if place.hold is not None)
        if not held:
            return
        mine, place = self.number(by), held[which % len(held)]
        done = self.settling.answer(self.actor(by), place, is_same=is_same, reason="seen the card")
        if isinstance(done, IdentitySettled):
            meant = done.decision.subject
            assert self.is_above_some(mine, meant), f"{by} says who {place} is, who may be {meant}"
            assert meant not in self.children_of(mine), f"{by} says who an own child is"

    @rule(address=st.sampled_from(["ola.nowa", "ola.inna"]))
    def move_and_name(self, address: str) -> None:
        """Let school B's gradebook move Ola to a free address, and the region then name her the school's delegate."""
        self.beliefs.books["B", "o"] = (line(Role.HOMEROOM_TEACHER, "Ola", address=address, whose="Ola"),)
        self.sync("B")
        self.grant("Rena", "Ola", Role.DELEGATE, "B")

    @rule(which=st.sampled_from([*HONEST, *product("AB", ["x", "y", "x staff", "y staff"])]))
    def take_out(self, which: tuple[str, str]) -> None:
        """Take a record out of a gradebook, or put an honest one back."""
        if self.beliefs.books.pop(which, None) is None and which in HONEST:
            self.beliefs.books[which] = HONEST[which]
        self.sync(which[0])

    @precondition(lambda self: self.beliefs.runs)
    @rule(by=st.sampled_from(["Rena", "Dora", "Hela"]) | _actors, which=st.integers(1, 3))
    def undo(self, by: Who, which: int) -> None:
        """Let anybody try to undo one of the newest imports: only who may in its school does."""
        taken = self.beliefs.runs[-min(which, len(self.beliefs.runs))]
        mine = self.held(by)
        done = self.region.undoing.apply(self.actor(by), taken.run, reason="a wrong file", allow_removals=None)
        if isinstance(done, Undone):
            assert any(
                each.role is Role.REGIONAL_ADMINISTRATOR or (each.role in HEADS and each.school == taken.school)
                for each in mine
            ), f"{by} undoes an import of {taken.school}, holding {sorted(mine)}"
            self.beliefs.undo(taken)

    # what is given

    @rule(by=_actors, to=_accounts, role=_roles, school=st.sampled_from(["A", "B", EVERY_SCHOOL]))
    def grant(self, by: Who, to: Who, role: Role, school: str) -> None:
        """Let anybody try to give anybody any role: only who may give it does, and nobody to themselves."""
        given = HeldRole(school, role, "1a" if role is Role.HOMEROOM_TEACHER else "")
        mine, number = self.held(by), self.number(to)
        done = self.granting.grant(self.actor(by), number, given, last_day=self.last_day)
        if isinstance(done, Granted):
            assert self.number(by) != number, f"{by} raises themselves to {role}"
            assert any(
                role in GIVES.get(each.role, ()) and (each.role is Role.REGIONAL_ADMINISTRATOR or each.school == school)
                for each in mine
            ), f"{by} gives {role} at {school!r}, holding {sorted(mine)}"
            self.beliefs.given[number, given] = self.last_day

    @rule(by=_actors, to=_accounts, role=_roles, school=_schools)
    def withdraw(self, by: Who, to: Who, role: Role, school: str) -> None:
        """Let anybody try to take any role from anybody; of two accounts that are one both lose it."""
        given = HeldRole(school, role, "1a" if role is Role.HOMEROOM_TEACHER else "")
        number = self.number(to)
        done = self.granting.withdraw(self.actor(by), number, given)
        if isinstance(done, Withdrawn):
            assert self.number(by) != number, f"{by} changes an own role"
            for each in self.beliefs.members(number):
                self.beliefs.given.pop((each, given), None)

    @rule(by=_actors, name=_names, role=_roles, school=st.sampled_from(["A", "B", EVERY_SCHOOL]))
    def name_a_newcomer(self, by: Who, name: str, role: Role, school: str) -> None:
        """Let anybody try to appoint anybody: somebody who is known comes by no second door."""
        done = self.appoint(self.actor(by), name, HeldRole(school, role))
        assert not isinstance(done, Appointed), f"{by} appoints {name} anew"

    @rule(by=_actors, then=_actors, name=_names)
    def apply(self, by: Who, then: Who, name: str) -> None:
        """Let anybody try to take through an application, for themselves too."""
        ids = (NationalId(PESEL, pesel(PEOPLE[name])),)
        stated = Claims(name=PersonName(name, "Lis"), ids=ids)
        moved = self.applying.hand_in(self.actor(by), "A", "1", stated)
        number = getattr(getattr(moved, "application", None), "id", None)
        if number is None:
            return
        assert by != name, f"{by} handles an own application"
        self.deciding.confirm(self.actor(by), number, how="an identity card")
        if hasattr(self.approving.approve(self.actor(then), number), "application"):
            assert then != name, f"{then} lets themselves in"
            self.beliefs.given[self.mains[name], HeldRole("A", Role.GUARDIAN)] = date.max

    # what is done to accounts

    @rule(by=_actors, to=_accounts)
    def reset(self, by: Who, to: Who) -> None:
        """Let anybody try to replace a password."""
        at, above = self.region.clock.now(), self.is_above(self.number(by), self.number(to))
        request, identity = Request(at=at, way=Way.IN_PERSON), Identity(proof=Proof.KNOWN_IN_PERSON)
        if self.person(to).state is State.AWAITING:
            with self.region.storage.unit() as unit:
                unit.people.save(self.person(to).changed(state=State.ACTIVE, activated_at=at))
        done = self.replacing.replace(self.actor(by), self.number(to), request, identity)
        assert not isinstance(done, LinkSent | CredentialHandedOver) or above, f"{by} resets {to}"

    @rule(by=_actors, to=_accounts, locks=st.booleans())
    def lock(self, by: Who, to: Who, *, locks: bool) -> None:
        """Let anybody try to lock an account, or to unlock it."""
        actor, number = self.actor(by), self.number(to)
        above = self.is_above(self.number(by), number)
        done = self.locking.lock(actor, number, why="a doubt") if locks else self.locking.unlock(actor, number)
        assert not isinstance(done, Locked | Unlocked) or above, f"{by} locks or unlocks {to}"

    @rule(by=_actors, to=_accounts, address=_names, what=st.sampled_from(["free", "address", "id"]))
    def correct(self, by: Who, to: Who, address: str, what: str) -> None:
        """Let anybody try to move somebody to a free address or another's, or to give them another's id."""
        number, before = self.number(to), self.person(to).central
        text = {"free": "nowy@example.com", "address": f"{address.lower()}@example.com", "id": pesel(PEOPLE[address])}
        field = Field.NATIONAL_ID if what == "id" else Field.EMAIL
        above = self.is_above(self.number(by), number)
        for place in self.region.world().places.values():
            if place.person == number and place.is_present:
                done = self.correcting.correct(self.actor(by), place.key, field, text[what], reason="asked for")
                assert not isinstance(done, Corrected) or self.number(by) != number, f"{by} corrects themselves"
        assert above or self.person(to).central == before, f"{by} moves {to} to {text[what]}"

    @rule(by=_actors, human=_accounts, lifts=st.booleans())
    def restrict(self, by: Who, human: Who, *, lifts: bool) -> None:
        """Let anybody try to keep somebody from the child, or to lift that."""
        act = self.region.restricting.lift if lifts else self.region.restricting.restrict
        mine, child = self.number(by), self.mains["Ala"]
        done = act(self.actor(by), self.number(human), child, reason="an order")
        if isinstance(done, Restricted | Lifted):
            assert mine not in {self.number(human), child}, f"{by} decides what concerns themselves"
            assert child not in self.children_of(mine), f"{by} decides on an own child"

    # who is one

    @rule(by=_actors, one=_mergeable, other=_others)
    def merge(self, by: Who, one: Who, other: Who) -> None:
        """Let anybody try to make two accounts one, by a plan of their own or one that they have seen."""
        actor, pair = self.actor(by), (self.number(one), self.number(other))
        planned = self.merging.plan(CONSOLE, *pair)
        if not isinstance(planned, MergePlan):
            return
        might = self.may_merge(self.number(by), *pair)
        assert might or not isinstance(self.merging.plan(actor, *pair), MergePlan), f"{by} plans to merge {pair}"
        places = self.region.world().places
        done = self.merging.merge(actor, *pair, plan_id=planned.id, reason="one person")
        if not isinstance(done, Merged):
            return
        assert might, f"{by} merges {pair}"
        survivor, absorbed = done.plan.survivor, done.plan.absorbed
        two = [self.beliefs.members(each) for each in (survivor, absorbed)]
        assert not any(frozenset(each) in self.beliefs.distinct for each in product(*two)), f"{pair} are distinct"
        theirs = frozenset(
            ((key.school, key.record.key), key.role)
            for key, place in places.items()
            if place.person == absorbed and place.is_present and not place.is_given
        )
        self.beliefs.merge(done.decision, Joined(survivor, absorbed, theirs))

    @precondition(lambda self: self.beliefs.joined)
    @rule(by=_actors, which=st.integers(1, 2))
    def part(self, by: Who, which: int) -> None:
        """Let anybody try to make two of those who were merged."""
        decision = sorted(self.beliefs.joined)[-min(which, len(self.beliefs.joined))]
        survivor = self.beliefs.joined[decision].survivor
        might = self.is_above(self.number(by), survivor, HEADS)
        done = self.merging.undo(self.actor(by), survivor, decision, reason="two people")
        if isinstance(done, Parted):
            assert might, f"{by} parts {survivor}"
            self.beliefs.part(decision)

    @rule(by=_actors, one=_mergeable, other=_others)
    def call_distinct(self, by: Who, one: Who, other: Who) -> None:
        """Let anybody try to say that two accounts are two people's."""
        pair = [self.beliefs.survivor(self.number(each)) for each in (one, other)]
        might = self.may_merge(self.number(by), *pair)
        done = self.settling.distinct(self.actor(by), *pair, reason="two people")
        if isinstance(done, IdentitySettled):
            assert might, f"{by} says that {pair} are distinct"
            self.beliefs.distinct.add(frozenset(pair))

    def may_merge(self, by: PersonId, first: PersonId, second: PersonId) -> bool:
        """Return whether somebody's rights are above both accounts, and neither is their own or their child's."""
        pair = [self.beliefs.survivor(each) for each in (first, second)]
        return all(self.is_above(by, each, HEADS) for each in pair) and self.children_of(by).isdisjoint(pair)

    # what is in force

    @rule(by=_actors, sharing=st.sampled_from(Sharing), scheme=st.sampled_from(LoginScheme))
    def configure(self, by: Who, sharing: Sharing, scheme: LoginScheme) -> None:
        """Let anybody try to put settings in force by which addresses are shared, or open the door."""
        sharing = Sharing.FORBID if scheme is LoginScheme.EMAIL else sharing
        changing, mine = self.changing(sharing, scheme), self.held(by)
        plan = changing.plan(CONSOLE)
        assert isinstance(plan, SettingsPlan)
        done = changing.apply(self.actor(by), plan.id)
        if isinstance(done, SettingsChanged):
            assert any(each.role is Role.REGIONAL_ADMINISTRATOR for each in mine), f"{by} changes settings"
            self.region.choose(sharing=sharing, login_scheme=scheme)
            self.wire()
            self.look_again()  # whoever loses an address by it stood in the plan (MAIL-5f)

    @rule(days=st.sampled_from([1, 8, 200]))
    def wait(self, days: int) -> None:
        """Let days pass: what was given ends by itself."""
        self.region.later(days)
        self.look_again()

    # what holds

    @invariant()
    def nobody_holds_what_nobody_gave_who_might(self) -> None:
        """Whatever was tried (ROLE-6a); what was given holds only beside a gradebook's role (ROLE-2c)."""
        self.look()
        self.beliefs.learn(self.everybody().values())
        for number, held in self.rights.items():
            found = held - self.beliefs.allowed(number, self.today)
            assert not found, f"{number} holds {sorted(found)}"
            for role in held:
                alone = role.role in STANDS_ALONE | TAUGHT
                assert alone or self.beliefs.works_at(number, role.school), f"{number} is {role} without working there"
        self.nobody_was_moved()

    def nobody_was_moved(self) -> None:
        """The central address of one who stands above a homeroom teacher moves by themselves alone (MAIL-4e)."""
        after = self.settled_addresses()
        for number, address in self.addresses.items():
            assert number not in after or after[number] == address, f"{number} was moved to {after[number]}"
        self.addresses = after

    @invariant()
    def nobody_chose_what_is_in_force_but_who_might(self) -> None:
        """Settings that take something from people are those that were planned and applied (MAIL-5f)."""
        with self.region.storage.snapshot() as unit:
            assert unit.choices.current() == Choice.of(self.region.tenant.settings)
