"""Locks: by whom, why, until when; what dies with one, and who lifts it (ACCESS-9, ACCESS-4d)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import LIFECYCLE, Happening, PersonId, State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Claims, RecordKey, RosterKey
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.locks import Lock, locks
from eszkola_core.domain.permissions import PERMISSIONS, Action, Ground
from eszkola_core.domain.role_powers import POWER_OVER
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE
from eszkola_core.usecases._acting import NotPermitted
from eszkola_core.usecases.lock_account import LockAccount, Locked, LockKept, LockRefused, Unlocked
from eszkola_core.usecases.recover_access import Completed, NotCompleted
from eszkola_core.usecases.sign_in import Refusal, SignedIn, SignInRefused

HEADS = {
    "head": HeldRole("A", Role.SCHOOL_ADMINISTRATOR),
    "delegate": HeldRole("A", Role.DELEGATE),
    "region": HeldRole("A", Role.REGIONAL_ADMINISTRATOR),
    "elsewhere": HeldRole("B", Role.DELEGATE),
}
WRONG = SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
PASSWORD, NEW = "Zielony-Dom-7", "Szary-Kamień-9"
TICK = timedelta(microseconds=1)


class School:
    """A school with a student, a secretary, and people of every higher rank."""

    def __init__(self, region):
        self.region = region
        region.take(
            "A/1: s Ala 1 ala",
            "A/y: y Zofia 2 zofia",
            *(f"A/{name}: t {name} {number} {name}" for number, name in enumerate(HEADS, 3)),
        )
        region.enters("Ala")
        region.wait(days=1)
        for name, role in HEADS.items():
            self.appoint(name, role)
        self.locking = LockAccount(region.storage, region.tenant, region.clock)

    def appoint(self, name, role):
        """Give somebody a role beside the one that the gradebook states."""
        person = self.region.person(name)
        record = RecordKey(RosterKey(role.school, "test", role.role.value), name)
        place = a.place(
            key=record,
            role=role.role,
            accepted=Claims(name=person.name),
            person=person.id,
            since=self.region.clock.now().date(),
        )
        with self.region.storage.unit() as unit:
            a.save(unit, places=[place], records=[a.record_state(record)])

    def actor(self, name):
        """Return somebody who acts."""
        if name == "console":
            return CONSOLE
        person = self.region.person(name)
        return Actor(name=person.login, person=person.id)

    def locks(self, by, whom="Ala", **how):
        """Lock somebody's account."""
        return self.locking.lock(self.actor(by), self.region.person(whom).id, **{"why": "zgubiony laptop", **how})

    def unlocks(self, by, whom="Ala", why="odnaleziony"):
        """Lift the locks of somebody's account."""
        return self.locking.unlock(self.actor(by), self.region.person(whom).id, why=why)

    def standing(self, whom="Ala"):
        """Return the locks that stand."""
        with self.region.storage.snapshot() as unit:
            return locks(unit.people.decisions(self.region.person(whom).id))

    def journal(self):
        """Return what was written down about locks."""
        with self.region.storage.snapshot() as unit:
            return [each for each in unit.audit.entries() if each.deed in ("account-locked", "account-unlocked")]


@pytest.fixture
def school(a_region):
    """Return a school."""
    return School(a_region("open"))


@pytest.mark.rule("ACCESS-9a")
@pytest.mark.rule("ACCESS-4d")
def test_a_lock_ends_sessions_and_kills_links_and_the_password(school):
    """Nothing that was open or sent before it is good for anything, during the lock and after it."""
    region = school.region
    keys = [region.signs_in("ala.lis") for _ in range(2)]
    other = region.enters("Zofia")
    token = region.token_for(pesel(1))
    region.access.request("ala.lis")
    region.access.answer_waiting()

    assert school.locks("head") == Locked(None)

    assert region.letters() == []
    assert [region.end_of(key) for key in keys] == [SessionEnd.LOCKED] * 2
    assert region.is_open(other)
    for _ in ("locked", "lifted"):
        assert isinstance(region.access.complete(token, NEW), NotCompleted)
        assert region.signing_in.attempt("ala.lis", PASSWORD) == WRONG
        school.unlocks("head")


@pytest.mark.rule("ACCESS-9b")
def test_a_locked_account_gets_no_link_and_an_unlocked_one_recovers(school):
    """The owner chooses another password by a new link, and is in."""
    region = school.region
    school.locks("head")
    assert region.asks("ala.lis") == []

    assert school.unlocks("head") == Unlocked()

    assert region.person("Ala").state is State.RECOVERY_REQUIRED
    assert isinstance(region.access.complete(region.token_for("ala.lis"), NEW), Completed)
    assert isinstance(region.signing_in.attempt("ala.lis", NEW), SignedIn)


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_says_by_whom_why_and_until_when(school):
    """Of each lock, and in the journal too, in which no name stands."""
    until = school.region.clock.now() + timedelta(days=3)
    school.locks("head", why=" zgubiony laptop ", until=until)
    school.locks("delegate", why="drugi powód")

    first, second = school.standing()

    assert (first.author, first.reason, first.role, first.until) == (
        "head.lis",
        "zgubiony laptop",
        Role.SCHOOL_ADMINISTRATOR,
        until,
    )
    assert (second.author, second.reason, second.role, second.until) == (
        "delegate.lis",
        "drugi powód",
        Role.DELEGATE,
        None,
    )
    assert [(each.by, each.on, each.why, dict(each.detail)) for each in school.journal()] == [
        (
            school.actor("head").person,
            (school.region.person("Ala").id,),
            "zgubiony laptop",
            {"until": until.isoformat()},
        ),
        (school.actor("delegate").person, (school.region.person("Ala").id,), "drugi powód", {}),
    ]


RANKS = ["head", "delegate", "region", "console"]


@pytest.mark.rule("ACCESS-9b")
@pytest.mark.parametrize("locking", RANKS)
@pytest.mark.parametrize("lifting", RANKS)
def test_a_lock_is_lifted_by_the_same_right_or_a_higher_one(school, locking, lifting):
    """A school administrator's by each of them, the console's by the console alone."""
    assert isinstance(school.locks(locking), Locked)

    lifted = school.unlocks(lifting)

    if RANKS.index(lifting) >= RANKS.index(locking):
        assert lifted == Unlocked()
        assert school.standing() == ()
    else:
        assert lifted == LockKept(LockRefused.HIGHER_RIGHT)
        assert len(school.standing()) == 1
        assert school.region.person("Ala").state is State.LOCKED


@pytest.mark.rule("ACCESS-9b")
def test_of_two_locks_the_higher_decides(school):
    """Whoever may lift one of them lifts none, and whoever may lift both lifts both."""
    school.locks("head")
    school.locks("region")

    assert school.unlocks("delegate") == LockKept(LockRefused.HIGHER_RIGHT)
    assert len(school.standing()) == 2
    assert school.unlocks("region") == Unlocked()
    assert school.unlocks("region") == LockKept(LockRefused.NOT_LOCKED)
    assert [(each.deed, each.by) for each in school.journal()][-1] == (
        "account-unlocked",
        school.actor("region").person,
    )


@pytest.mark.rule("ACCESS-9b")
@pytest.mark.parametrize("by", ["Zofia", "elsewhere", "Ala"])
def test_whoever_has_no_right_neither_locks_nor_unlocks(school, by):
    """A secretary, the delegate of another school, the owner: nothing happens, and nothing is written down."""
    assert isinstance(school.locks(by), NotPermitted)
    school.locks("head")

    assert isinstance(school.unlocks(by), NotPermitted)
    assert school.region.person("Ala").state is State.LOCKED
    assert len(school.journal()) == 1


@pytest.mark.rule("ACCESS-9b")
def test_nobody_locks_whoever_stands_above_or_also_works_elsewhere(school):
    """The head does not lock the delegate, nor themselves, nor an account that another school has a share in."""
    for whom, ground in (
        ("delegate", Ground.NOT_COVERED),
        ("head", Ground.CONCERNS_ACTOR),
        ("elsewhere", Ground.NOT_COVERED),
    ):
        refused = school.locks("head", whom)
        assert isinstance(refused, NotPermitted)
        assert refused.permission.ground is ground


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_ends_by_itself_at_its_instant(school):
    """A microsecond before it no link comes; at the instant one does, and nobody had to lift anything."""
    region = school.region
    school.locks("head", until=region.clock.now() + timedelta(hours=2))
    region.clock.advance(timedelta(hours=2) - TICK)
    assert region.asks("ala.lis") == []

    region.clock.advance(TICK)

    assert isinstance(region.access.complete(region.token_for("ala.lis"), NEW), Completed)
    assert school.standing() == ()


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_without_end_outlasts_one_with(school):
    """While one of the locks is not over the account stays shut."""
    region = school.region
    school.locks("head", until=region.clock.now() + timedelta(hours=2))
    school.locks("head")
    region.wait(hours=3)

    assert region.asks("ala.lis") == []
    assert len(school.standing()) == 2


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_that_is_over_yields_to_anybody_who_may_unlock(school):
    """Its right has ended with it."""
    school.locks("region", until=school.region.clock.now() + timedelta(hours=2))
    school.region.wait(hours=2)

    assert school.unlocks("head") == Unlocked()


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_needs_a_reason_and_a_future(school):
    """Without either nothing happens; nor is an account locked that is shut already, or one that is nobody's."""
    now = school.region.clock.now()
    assert school.locks("head", why="  ") == LockKept(LockRefused.NO_REASON)
    assert school.locks("head", until=now) == LockKept(LockRefused.OVER_ALREADY)
    school.locks("head")
    assert school.unlocks("head", why=" ") == LockKept(LockRefused.NO_REASON)
    school.region.become("Ala", state=State.CLOSED)
    assert school.locks("head") == LockKept(LockRefused.ACCOUNT_SHUT)
    with pytest.raises(InvalidValue):
        school.locking.lock(CONSOLE, PersonId(99), why="x")
    with pytest.raises(InvalidValue):
        school.locking.unlock(CONSOLE, PersonId(99), why="x")


@pytest.mark.rule("ACCESS-9b")
@given(
    st.sampled_from([None, *PERMISSIONS[Action.UNLOCK]]),
    st.lists(st.sampled_from(Role), max_size=3),
)
def test_what_a_lock_yields_to(locked_by, held):
    """The console always; else somebody who may unlock, with the role that locked or one that has power over it."""
    lock = Lock(decision=1, author="x", reason="y", at=a.NOW, role=locked_by)
    actor = Actor(name="z", person=PersonId(1), roles=tuple(HeldRole("A", role) for role in held))
    unlocking = [role for role in held if role in PERMISSIONS[Action.UNLOCK]]

    assert lock.yields_to(CONSOLE)
    assert lock.yields_to(actor) == any(
        locked_by is not None and (role is locked_by or locked_by in POWER_OVER[role]) for role in unlocking
    )


def test_what_a_lock_does_stands_in_the_table_of_accounts():
    """Every account that somebody uses can be locked, and a lock ends in recovery."""
    assert LIFECYCLE[State.LOCKED][Happening.UNLOCKED] is State.RECOVERY_REQUIRED
