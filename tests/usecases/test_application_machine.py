"""Whatever anybody does in whatever order: no account and no link without the whole way of an application (LINK-5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from eszkola_core._usecases.apply_for_access import ApplyForAccess
from eszkola_core._usecases.approve_application import ApproveApplication
from eszkola_core._usecases.decide_applications import DecideApplications
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.applications import ApplicationMoved, ApplicationState, ApplicationStep
from eszkola_core.domain.claims import Claims
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.permissions import Actor
from eszkola_core.testing.notation import pesel

STAFF = ("A/y1: y Zofia 90 zofia", "A/y2: y Teresa 91 teresa", "B/y3: y Obca 92 obca", "A/t: t Ewa 93 ewa")
CHILDREN = {
    "1": ("Ala", "A/1: s Ala 1 ala, g Jan 8 jan"),
    "2": ("Ola", "A/2: s Ola 2 ola, g Zofia 90 zofia, g Iza 9 -"),
}
GUARDIANS = ("Jan", "Iza")
ACTORS = ("Zofia", "Teresa", "Obca", "Ewa", "Ala", "Jan")
LIFETIME = timedelta(days=30)
MOST = 5


def applicant(name, number, mail):
    """Return what somebody states who applies."""
    return Claims(
        name=PersonName(name, "Lis"),
        ids=(NationalId(PESEL, pesel(number)),) if number else (),
        email=EmailAddress.parse(f"{mail}@example.com") if mail else None,
    )


APPLICANTS = (
    applicant("Jan", 8, "jan"),
    applicant("Jan", 0, "jan"),
    applicant("Iza", 9, "iza"),
    applicant("Iza", 0, ""),
    applicant("Teresa", 91, "t2"),
)


class ApplicationMachine(RuleBasedStateMachine):
    """Hostile and careless people at a school's desk, with a model that knows nothing but who did what and when."""

    a_region: type

    def __init__(self):
        super().__init__()
        self.region = self.a_region("opolska", applications_four_eyes=True)
        world = {"storage": self.region.storage, "tenant": self.region.tenant, "clock": self.region.clock}
        self.applying, self.deciding = ApplyForAccess(**world), DecideApplications(**world)
        self.approving = ApproveApplication(**world, secrets=self.region.secrets)
        self.region.take(*STAFF, *(line for _, line in CHILDREN.values()))
        self.there = set(CHILDREN)
        self.of: dict[int, tuple[str, str]] = {}
        self.done = defaultdict(list)

    def actor(self, name):
        """Return who acts, if they have an account yet."""
        found = self.region.people().get(f"{name.lower()}.lis")
        return None if found is None else Actor(name=found.login, person=found.id)

    def note(self, moved, step, name):
        """Remember a step that was taken."""
        if isinstance(moved, ApplicationMoved):
            self.done[moved.application.id].append((step, name, self.region.clock.now()))

    def may_handle(self, name, number):
        """Return whether somebody may handle an application, by what a person would say."""
        child, who = self.of[number]
        return name == "Teresa" if child == "Ola" else name in {"Zofia", "Teresa"} - {who}

    @precondition(lambda self: len(self.of) < MOST)
    @rule(name=st.sampled_from(ACTORS), record=st.sampled_from([*CHILDREN, "7"]), stated=st.sampled_from(APPLICANTS))
    def hand_in(self, name, record, stated):
        """Somebody takes an application in."""
        actor = self.actor(name)
        if actor is None:
            return
        moved = self.applying.hand_in(actor, "A", record, stated)
        if isinstance(moved, ApplicationMoved):
            self.of[moved.application.id] = (CHILDREN[record][0], stated.name.first)
            assert self.may_handle(name, moved.application.id)
            self.note(moved, ApplicationStep.SUBMIT, name)

    @precondition(lambda self: len(self.of) < MOST)
    @rule(name=st.sampled_from(ACTORS), record=st.sampled_from([*CHILDREN]))
    def apply(self, name, record):
        """Somebody applies from their own account."""
        actor = self.actor(name)
        if actor is None:
            return
        moved = self.applying.apply(actor, "A", record)
        if isinstance(moved, ApplicationMoved):
            self.of[moved.application.id] = (CHILDREN[record][0], name)
            self.note(moved, ApplicationStep.SUBMIT, name)

    @precondition(lambda self: self.of)
    @rule(
        data=st.data(),
        name=st.sampled_from(ACTORS),
        step=st.sampled_from([*ApplicationStep, ApplicationStep.APPROVE]),
    )
    def handle(self, data, name, step):
        """Somebody tries a step on some application; what is taken was allowed to whoever took it."""
        actor, number = self.actor(name), data.draw(st.sampled_from(sorted(self.of)))
        if actor is None:
            return
        steps = {
            ApplicationStep.SUBMIT: lambda: self.applying.submit(actor, number),
            ApplicationStep.WITHDRAW: lambda: self.applying.withdraw(actor, number, reason="na prośbę"),
            ApplicationStep.CONFIRM: lambda: self.deciding.confirm(actor, number, how="dowód"),
            ApplicationStep.RETURN: lambda: self.deciding.hand_back(actor, number, reason="brak"),
            ApplicationStep.REJECT: lambda: self.deciding.reject(actor, number, reason="nie"),
            ApplicationStep.APPROVE: lambda: self.approving.approve(actor, number),
        }
        if step is ApplicationStep.LAPSE:
            self.deciding.lapse()
        else:
            self.judge(steps[step](), step, name, number)

    @precondition(lambda self: self.of)
    @rule(data=st.data(), name=st.sampled_from(["Zofia", "Teresa"]))
    def go_on(self, data, name):
        """Staff of the school take the step that comes next on some application."""
        actor, number = self.actor(name), data.draw(st.sampled_from(sorted(self.of)))
        if self.done[number][-1][0] is ApplicationStep.CONFIRM:
            self.judge(self.approving.approve(actor, number), ApplicationStep.APPROVE, name, number)
        else:
            self.judge(self.deciding.confirm(actor, number, how="dowód"), ApplicationStep.CONFIRM, name, number)

    def judge(self, moved, step, name, number):
        """Hold a step that was taken against what a person would say of it."""
        if isinstance(moved, ApplicationMoved):
            own = name == self.of[number][1] and step in {ApplicationStep.SUBMIT, ApplicationStep.WITHDRAW}
            assert own or self.may_handle(name, number), (name, step, self.of[number])
        self.note(moved, step, name)

    @rule(days=st.sampled_from([1, 10, 29, 30]))
    def wait(self, days):
        """Time passes."""
        self.region.wait(days=days)

    @rule(record=st.sampled_from([*CHILDREN]))
    def import_again(self, record):
        """A student's record goes, or comes back."""
        self.there ^= {record}
        self.region.take(*STAFF, *(CHILDREN[each][1] for each in sorted(self.there)), empty=("A",))

    @invariant()
    def nobody_is_let_in_without_the_whole_way(self):
        """
        Every guardian's account stands on one application that went all of it, in time, by different people.

        So does every child on the list whose record does not name the guardian; and none is there without its record.
        """
        for name in GUARDIANS:
            person = self.region.people().get(f"{name.lower()}.lis")
            if person is None or not person.is_opened:
                continue
            asked = {child for number, (child, who) in self.of.items() if who == name and self.is_whole(number)}
            assert asked, f"{name} has an account that no application opened"
            seen = {each.name.first for each in self.region.children.of(person.id)}
            named = {child for record, (child, line) in CHILDREN.items() if f"g {name} " in line}
            assert seen <= (asked | named) & {CHILDREN[record][0] for record in self.there}
            assert seen >= {child for child in asked & named if self.record_of(child) in self.there}

    @staticmethod
    def record_of(child):
        """Return the key of a child's record."""
        return next(record for record, (name, _) in CHILDREN.items() if name == child)

    def is_whole(self, number):
        """Return whether an application went the whole way."""
        with self.region.storage.snapshot() as unit:
            if unit.applications.get(number).state is not ApplicationState.APPROVED:
                return False
        (submit, _, at0), (confirm, by1, at1), (approve, by2, at2) = self.done[number][-3:]
        return (
            (submit, confirm, approve) == (ApplicationStep.SUBMIT, ApplicationStep.CONFIRM, ApplicationStep.APPROVE)
            and by1 != by2
            and self.may_handle(by1, number)
            and self.may_handle(by2, number)
            and at1 - at0 < LIFETIME
            and at2 - at1 < LIFETIME
        )

    @invariant()
    def what_is_kept_is_what_was_done(self):
        """The steps of every application are those that were taken, and nothing else."""
        with self.region.storage.snapshot() as unit:
            for number in self.of:
                kept = [each.step for each in unit.applications.get(number).history]
                assert [each for each in kept if each is not ApplicationStep.LAPSE] == [
                    step for step, _, _ in self.done[number]
                ]


@pytest.mark.rule("LINK-5a")
@pytest.mark.rule("LINK-5b")
@pytest.mark.rule("LINK-5c")
def test_nobody_is_let_in_without_the_whole_way(a_region):
    """Random steps by random actors, permitted and not, with imports and time between."""
    machine = type("Machine", (ApplicationMachine,), {"a_region": a_region})
    run_state_machine_as_test(machine)
