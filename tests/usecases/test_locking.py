"""A lock: what it shuts, when it ends, and who may lift it (ACCESS-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.lock_account import Locked, LockingRefused, NotChanged, Unlocked
from eszkola_core._usecases.recover_access import Completed, NotCompleted
from eszkola_core._usecases.sign_in import MustAct, SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.role_powers import POWER_OVER
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel

CONSOLE = Actor.console("console:test")
PASSWORD = "Zielony-Dom-7"
HEADS = (Role.SCHOOL_ADMINISTRATOR, Role.DELEGATE, Role.REGIONAL_ADMINISTRATOR)
_FAMILY = ("A/1: s Ala 1 ala, g Jan 8 jan", "A/t: t Ewa 9 ewa")


@pytest.fixture
def region(a_region):
    """Return a region with a student, a guardian and a teacher."""
    region = a_region("open")
    region.take(*_FAMILY)
    return region


def lock(region, actor=CONSOLE, login="Ala", **how):
    """Lock somebody's account."""
    return region.locking.lock(actor, region.person(login).id, **{"why": "asked for", **how})


def unlock(region, actor=CONSOLE, login="Ala"):
    """Unlock it."""
    return region.locking.unlock(actor, region.person(login).id, why="done")


def paired(region, key, number):
    """Pair a telephone in a session, and return its key."""
    begun = region.pairing.begin(key)
    return region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), f"Telefon {number}").key.reveal()


def devices(region, login):
    """Return what became of somebody's devices."""
    with region.storage.snapshot() as unit:
        return [each.end for each in unit.devices.of(region.person(login).id)]


@pytest.mark.rule("ACCESS-9a")
@pytest.mark.rule("DEV-3")
@pytest.mark.rule("ACCESS-4b")
def test_a_lock_ends_sessions_and_links_and_shuts_every_way_in(region):
    """No session, no link, no sign-in, no recovery, no initial credential; the owner is told whom to ask."""
    key = region.enters("Ala")
    second = region.signs_in("ala.lis")
    device, begun = paired(region, key, 1), region.pairing.begin(key)
    token = region.token_for(pesel(1))
    confirming = region.asks_to_move(key, "new")

    assert isinstance(lock(region), Locked)

    assert [region.end_of(each) for each in (key, second)] == [SessionEnd.LOCKED] * 2
    assert region.pairing.person_of(device) is None
    assert not hasattr(region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "x"), "key")
    assert set(devices(region, "Ala")) == {DeviceEnd.LOCKED}
    assert isinstance(region.access.complete(token, "Szary-Kamień-9"), NotCompleted)
    assert region.addresses.confirm(confirming).reason == "token-not-live"
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)
    assert [each.kind for each in region.letters()] == [MessageKind.ACCOUNT_LOCKED]
    assert region.asks(pesel(1)) == []
    assert region.giving.to(region.person("Ala").id).reason == "has-own-password"
    (line,) = [each for each in region.readiness.of(CONSOLE, "A").rows if each.name == "Ala Lis"]
    assert line.standing == "shut"


@pytest.mark.rule("ACCESS-9b")
@given(begun=st.sampled_from(["awaiting", "given", "active"]), times=st.integers(1, 2))
def test_an_unlocked_account_goes_on_where_it_was(a_region, begun, times):
    """The password is the same and no recovery is needed; what had ended stays ended."""
    region = a_region("open")
    region.take(*_FAMILY)
    password, key = PASSWORD, None
    if begun == "given":
        password = region.gives("Ala").password.reveal()
    elif begun == "active":
        key = region.enters("Ala")
    before = region.person("Ala")
    for _ in range(times):
        lock(region)

    done = unlock(region)

    assert done == Unlocked(before.state)
    outcome = region.signing_in.attempt("ala.lis", password)
    assert isinstance(outcome, {"awaiting": SignInRefused, "given": MustAct, "active": SignedIn}[begun])
    assert key is None or not region.is_open(key)
    assert isinstance(region.access.complete(region.token_for(pesel(1)), "Szary-Kamień-9"), Completed)


@pytest.mark.rule("ACCESS-9b")
def test_a_lock_runs_out_by_itself(region):
    """Before its instant nothing goes, at the instant everything does, whatever is tried first."""
    region.enters("Ala")
    until = region.clock.now() + timedelta(days=3)
    lock(region, until=until)

    region.wait(days=2, hours=23)
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)
    assert unlock(region, region.appoint("Ewa", Role.SCHOOL_ADMINISTRATOR)).reason is (
        LockingRefused.LOCKED_BY_A_HIGHER_RIGHT
    )
    region.wait(hours=1)

    key = region.signs_in("ala.lis")
    assert region.is_open(key)
    assert unlock(region) == NotChanged(LockingRefused.NOT_LOCKED)
    token = region.token_for(pesel(1))
    assert isinstance(region.access.complete(token, "Szary-Kamień-9"), Completed)
    assert (region.person("Ala").state, region.person("Ala").lock) == (State.ACTIVE, None)


@pytest.mark.rule("ACCESS-9b")
@given(st.sampled_from(HEADS), st.sampled_from(HEADS))
def test_the_same_right_or_a_higher_one_lifts_a_lock(a_region, locking, lifting):
    """Whoever has the role that set it, or one above that, lifts and replaces it; nobody below does."""
    region = a_region("open")
    region.take(*_FAMILY, "A/t2: t Olga 7 olga")
    locker, lifter = region.appoint("Ewa", locking), region.appoint("Olga", lifting)
    assert isinstance(lock(region, locker), Locked)
    kept = region.person("Ala").lock
    assert (kept.by, kept.right, kept.why) == (locker.person, locking, "asked for")

    mine = locking is lifting or locking in POWER_OVER[lifting]
    again, done = lock(region, lifter, why="another"), unlock(region, lifter)

    assert isinstance(again, Locked if mine else NotChanged)
    assert isinstance(done, Unlocked if mine else NotChanged)
    assert (region.person("Ala").state is State.LOCKED) == (not mine)
    assert [each.deed for each in region.done_to("Ala", "account-locked")] == ["account-locked"] * (1 + mine)
    assert isinstance(unlock(region), Unlocked if not mine else NotChanged)


@pytest.mark.rule("ACCESS-9b")
def test_what_the_console_locked_only_the_console_unlocks(region):
    """No role stands above it."""
    lock(region)

    for role in HEADS:
        assert unlock(region, region.appoint("Ewa", role)).reason is LockingRefused.LOCKED_BY_A_HIGHER_RIGHT
    assert isinstance(unlock(region), Unlocked)


@pytest.mark.rule("ROLE-6a")
def test_nobody_locks_above_or_beside_themselves(region):
    """A guardian locks nobody; a head locks neither themselves nor their child, nor somebody of two schools."""
    head = region.appoint("Ewa", Role.SCHOOL_ADMINISTRATOR)
    region.take("B/1: s Ala 1 ala, g Ewa 9 ewa")

    denied = {
        "guardian": lock(region, region.actor("Jan"), "Ewa"),
        "oneself": lock(region, head, "Ewa"),
        "own child": lock(region, head),
    }
    assert {name: each.permission.ground for name, each in denied.items()} == {
        "guardian": "no-role",
        "oneself": "concerns-actor",
        "own child": "concerns-actor",
    }
    region.take("B/2: s Jan 8 jan")
    assert lock(region, head, "Jan").permission.ground == "not-covered"
    assert isinstance(lock(region, region.appoint("Ewa", Role.REGIONAL_ADMINISTRATOR), "Jan"), Locked)


def test_a_lock_has_a_reason_and_an_end_that_lies_ahead(region):
    """What makes no sense is refused as such; an account that is no more is told apart from one that is not locked."""
    reason, end = ("say why the account is locked", "reason-missing"), ("a lock ends in the future", "lock-in-the-past")
    now = region.clock.now()
    for how, said in (({"why": " "}, reason), ({"until": now}, end), ({"until": now - timedelta(days=1)}, end)):
        with pytest.raises(InvalidValue) as refused:
            lock(region, **how)
        assert (str(refused.value), refused.value.code) == said
    region.become("Ala", state=State.CLOSED)
    assert lock(region).reason is LockingRefused.ACCOUNT_SHUT
    assert unlock(region, login="Jan").reason is LockingRefused.NOT_LOCKED
    assert region.locking.lock(CONSOLE, 99, why="x").reason is LockingRefused.NO_SUCH_PERSON
    assert not isinstance(unlock(region), NotPermitted)


@pytest.mark.rule("ACCESS-9b")
def test_an_import_leaves_a_lock_alone(region):
    """Records that change, go and come back neither lift it nor forget by whom it is."""
    region.enters("Ala")
    lock(region, until=region.clock.now() + timedelta(days=9))
    kept = region.person("Ala").lock

    for lines in (("A/1: s Ala 1 other, g Jan 8 jan",), (), _FAMILY[:1]):
        region.take(*lines, empty=() if lines else ("A",))
        assert (region.person("Ala").state, region.person("Ala").lock) == (State.LOCKED, kept)


@pytest.mark.rule("WHY-1a")
def test_whoever_asks_is_told_until_when(region):
    """The lock and its end in the tenant's zone, and nothing of it once it has run out."""
    region.enters("Ala")
    person = region.person("Ala").id
    lock(region, until=region.clock.now() + timedelta(hours=2))

    (cause,) = [each for each in region.diagnosing.of_person(person).causes if each.blocks]
    region.wait(hours=2)

    assert (cause.code, dict(cause.facts)) == ("locked", {"until": "2026-11-23 13:00"})
    assert not region.diagnosing.of_person(person).blocks


@pytest.mark.rule("ACCESS-9b")
@pytest.mark.rule("LAW-3a")
def test_the_journal_tells_of_a_lock_and_of_its_end(region):
    """Whose account, why, and until when, where an end was set."""
    ala, until = region.person("Ala").id, region.clock.now() + timedelta(days=3)
    lock(region, until=until)
    lock(region)
    unlock(region)
    lock(region)
    region.locking.unlock(CONSOLE, ala)

    assert [(each.deed, each.on, each.why, each.detail) for each in region.journal() if "locked" in each.deed] == [
        ("account-locked", (ala,), "asked for", {"until": until.isoformat()}),
        ("account-locked", (ala,), "asked for", {}),
        ("account-unlocked", (ala,), "done", {}),
        ("account-locked", (ala,), "asked for", {}),
        ("account-unlocked", (ala,), "", {}),
    ]
