"""The machines of the kit run in memory, and find a storage that lies and a use case that forgets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve, frozen
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import eszkola_core.testing.machines as kit
from eszkola_core._usecases import (
    _acting,
    change_settings,
    correct_data,
    grant_roles,
    lock_account,
    merge_people,
    settle_identity,
    undo_run,
)
from eszkola_core.domain import recognition, settlement
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.owners_addresses import OwnersAddresses
from eszkola_core.domain.permissions import Action, Ground, Permission
from eszkola_core.domain.sms_ledger import SmsEntry
from eszkola_core.domain.text_messages import SmsOutcome
from eszkola_core.testing.machines import (
    AccountMachine,
    GuardianshipMachine,
    RecoveryMachine,
    RightsMachine,
    SightMachine,
    SmsLedgerMachine,
    SyncMachine,
)
from eszkola_core.testing.saboteurs import Lie, state

MACHINES = [
    AccountMachine,
    GuardianshipMachine,
    RecoveryMachine,
    RightsMachine,
    SightMachine,
    SmsLedgerMachine,
    SyncMachine,
]
A_FEW = settings(max_examples=10, stateful_step_count=12, deadline=None)
UNTIL_FOUND = settings(
    max_examples=400, stateful_step_count=30, deadline=None, database=None, derandomize=True, phases=[Phase.generate]
)


def test_every_machine_is_tried():
    """None that is offered was forgotten here."""
    assert {each.__name__ for each in MACHINES} == set(kit.__all__)


@pytest.mark.rule("SYNC-4a")
@pytest.mark.rule("ACCESS-4c")
@pytest.mark.rule("LINK-3a")
@pytest.mark.rule("LINK-3b")
@pytest.mark.rule("LINK-3c")
@pytest.mark.rule("LINK-3d")
@pytest.mark.rule("WHY-4")
@pytest.mark.rule("ROLE-6a")
@pytest.mark.rule("ROLE-6b")
@pytest.mark.rule("SMS-4")
@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_runs_in_memory(machine):
    """Whatever is done in whatever order."""
    run_state_machine_as_test(machine, settings=A_FEW)


# What a storage may forget.


def keep_older(real, token):
    """Keep a token, and whatever was there before."""
    before = dict(state(real).tokens)
    real(token)
    state(real).tokens.update(before)
    return frozenset()


def forget(world):
    """Find nobody by an id or address."""
    return evolve(world, people={})


def forget_the_lock(real, person):
    """Keep an account, but not that it is locked."""
    before = person.lock.former if person.lock is not None else person.state
    return real(evolve(person, state=before if person.state is State.LOCKED else person.state))


def without_restrictions(decisions):
    """Return decisions as if nobody were kept from anybody."""
    return tuple(each for each in decisions if each.kind is not DecisionKind.RESTRICTED)


def gather_without_restrictions(real, seeds):
    """Gather all but what keeps people apart."""
    world = real(seeds)
    return evolve(world, decisions=without_restrictions(world.decisions))


def without_news(_real, people):
    """Say of everybody that nothing has changed."""
    return dict.fromkeys(people, 0)


def do_nothing(_real, *_args, **_named):
    """Leave undone what was asked for."""
    return 0


def past_the_cap(real, entry, month, *, cap):
    """Reserve as if the budget were larger."""
    return real(entry, month, cap=cap.times(9))


LIES = [
    (AccountMachine, Lie("RO5", "a lock is forgotten", "people", {"save": forget_the_lock})),
    (AccountMachine, Lie("SS2", "no session ends", "sessions", {"end_all": do_nothing})),
    (AccountMachine, Lie("CR1", "the first password stays", "credentials", {"put": do_nothing})),
    (SightMachine, Lie("RO4", "restrictions are not found", "rosters", {"gather": gather_without_restrictions})),
    (SightMachine, Lie("PE5", "what was lifted stands", "people", {"withdraw": do_nothing})),
    (SightMachine, Lie("PE7", "nothing ever changes", "people", {"versions": without_news})),
    (RightsMachine, Lie("PE5", "nothing is withdrawn", "people", {"withdraw": do_nothing})),
    (SmsLedgerMachine, Lie("SL4", "past the cap", "sms", {"reserve": past_the_cap})),
    (SmsLedgerMachine, Lie("SL5", "a doubt is forgotten", "sms", {"change": lambda *_: True})),
    (RecoveryMachine, Lie("TO2", "the older stays", "tokens", {"add": keep_older})),
    (SyncMachine, Lie("RO2", "nobody is found again", "rosters", {"gather": lambda real, seeds: forget(real(seeds))})),
]


@pytest.mark.parametrize(("machine", "lie"), LIES, ids=str)
def test_a_machine_finds_a_storage_that_lies(machine, lie):
    """A storage with one lie does not live through it."""
    sabotaged = type("Sabotaged", (machine,), {"fresh_storage": staticmethod(lie.storage)})

    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the lie makes of the next step
        run_state_machine_as_test(sabotaged, settings=UNTIL_FOUND)


# What a use case may forget.


def allowed(*_args: object, **_named: object) -> Permission:
    """Allow whatever is asked."""
    return Permission(allowed=True, ground=Ground.CONSOLE)


def allowed_to_lift(real, acting: object, actor: Actor, action: Action, target: Target) -> Permission:
    """Allow lifting to everybody."""
    return allowed() if action is Action.LIFT_RESTRICTION else real(acting, actor, action, target)


def asking(is_asked: Callable[[Action, Target], bool]) -> Callable[..., object]:
    """Return what stands in the stead of `Acting`, and allows whatever *is_asked* about without a look."""

    class Forgetful(_acting.Acting):
        def permission(self, actor: Actor, action: Action, target: Target) -> Permission:
            return allowed() if is_asked(action, target) else super().permission(actor, action, target)

    return lambda _real, *args: Forgetful(*args)


def to_the_younger_of_two(_action: Action, target: Target) -> bool:
    """Whether it is asked about the younger of two accounts."""
    return target.person is not None and any(target.person > each for each in target.concerns)


def to_call_distinct(action: Action, _target: Target) -> bool:
    """Whether it is asked about two who are two."""
    return action is Action.MERGE


def to_answer(action: Action, _target: Target) -> bool:
    """Whether it is asked about who somebody is."""
    return action is Action.SETTLE_IDENTITY


@frozen
class Slip:
    """One thing that the code of the platform could forget, and the machine that must find it."""

    machine: type
    says: str
    where: object
    name: str
    instead: Callable[..., object]

    def __str__(self) -> str:
        return self.says


def refused_at_once(real, entry, receipt, *others):
    """Take a lost answer for a refusal."""
    is_lost = receipt.outcome is SmsOutcome.UNKNOWN
    return real(entry, evolve(receipt, outcome=SmsOutcome.REFUSED_FOR_GOOD) if is_lost else receipt, *others)


SLIPS = [
    Slip(AccountMachine, "a lock ends no session", lock_account, "end_everything", do_nothing),
    Slip(SightMachine, "everybody lifts", _acting.Acting, "permission", allowed_to_lift),
    Slip(GuardianshipMachine, "newcomers do not wait", recognition, "newcomers", lambda _real, *_: frozenset()),
    Slip(GuardianshipMachine, "a child stays at its address", settlement, "barred_mailboxes", lambda _real, *_: {}),
    Slip(SmsLedgerMachine, "a lost answer is a refusal", SmsEntry, "settled", refused_at_once),
    Slip(RightsMachine, "everybody gives", grant_roles, "may_grant", lambda _real, *_: allowed()),
    Slip(RightsMachine, "everybody resets", _acting.Acting, "permission", lambda _real, *_: allowed()),
    Slip(RightsMachine, "everybody corrects", correct_data, "may", lambda _real, *_: allowed()),
    Slip(RightsMachine, "everybody merges", merge_people, "Acting", asking(lambda _, target: bool(target.concerns))),
    Slip(RightsMachine, "one of two is looked at", merge_people, "Acting", asking(to_the_younger_of_two)),
    Slip(RightsMachine, "everybody parts", merge_people, "Acting", asking(lambda _, target: not target.concerns)),
    Slip(RightsMachine, "everybody calls distinct", settle_identity, "Acting", asking(to_call_distinct)),
    Slip(RightsMachine, "everybody knows who it is", settle_identity, "Acting", asking(to_answer)),
    Slip(RightsMachine, "everybody undoes", undo_run, "Acting", asking(lambda *_: True)),
    Slip(RightsMachine, "undoing moves everybody", OwnersAddresses, "stays", lambda _real, *_: False),
    Slip(RightsMachine, "everybody changes settings", change_settings, "Acting", asking(lambda *_: True)),
]


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_machine_finds_a_use_case_that_forgets(monkeypatch, slip):
    """The code with one slip does not live through it."""
    real = getattr(slip.where, slip.name)
    monkeypatch.setattr(slip.where, slip.name, lambda *args, **named: slip.instead(real, *args, **named))

    with pytest.raises(AssertionError):
        run_state_machine_as_test(slip.machine, settings=UNTIL_FOUND)
