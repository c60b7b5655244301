"""The life of an account is a table, and nothing else happens to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import FORMER, LIFECYCLE, Happening, Lock, Person, PersonId, State
from eszkola_core.domain.names import PersonName
from eszkola_core.errors import InvalidValue

OPENED = Person(
    id=PersonId(1),
    name=PersonName("Ola", "Lis"),
    login="ola.lis",
    platform_address="ola.lis@uczen.example",
    opened_at=datetime(2026, 9, 1, tzinfo=UTC),
)
FINAL = {State.ERASED}


def reachable(start):
    """Return every state that can be reached from *start*."""
    found, asked = {start}, [start]
    while asked:
        following = {each for each in LIFECYCLE[asked.pop()].values() if each is not FORMER} - found
        found |= following
        asked += following
    return found


def test_every_state_is_reached_from_the_first():
    """The table has a row for each state, and each row can be come to."""
    assert set(LIFECYCLE) == set(State)
    assert reachable(State.UNOPENED) == set(State)
    assert {state for state, following in LIFECYCLE.items() if State.UNOPENED in following.values()} == {State.MERGED}


def test_only_an_erased_account_is_final():
    """From every other state something follows, and a closed one can be erased at last."""
    assert {state for state, following in LIFECYCLE.items() if not following} == FINAL
    assert all(State.ERASED in reachable(state) for state in State)


def test_every_happening_is_named_in_the_table():
    """What can happen does somewhere, and is a sentence's end for the error."""
    assert {each for following in LIFECYCLE.values() for each in following} == set(Happening)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("happening", Happening)
def test_an_account_moves_by_the_table_alone(state, happening):
    """What stands there moves it and counts a revision; what does not is refused and names both, and no person."""
    person = evolve(OPENED, state=state, revision=5)
    if happening in LIFECYCLE[state]:
        following = LIFECYCLE[state][happening] or State.RECOVERY_REQUIRED
        assert person.after(happening) == evolve(person, state=following, revision=6)
        return
    with pytest.raises(InvalidValue) as refused:
        person.after(happening)

    assert refused.value.code == "no-such-transition"
    assert state in str(refused.value)
    assert happening in str(refused.value)
    assert "ola" not in str(refused.value).lower()


@pytest.mark.rule("LAW-2a")
def test_a_disclosed_password_waits_for_recovery():
    """Whoever had a password gets a new one by recovery, or by somebody who gives one; signing in is no way out."""
    for state, following in LIFECYCLE.items():
        if Happening.DISCLOSED in following and state is not State.LOCKED:
            assert following[Happening.DISCLOSED] is State.RECOVERY_REQUIRED
            assert state in {State.ACTIVE, State.CHANGE_DUE}
    assert State.RECOVERY_REQUIRED not in LIFECYCLE[State.RECOVERY_REQUIRED].values()


@given(st.lists(st.sampled_from(Happening), max_size=12))
def test_revisions_count_what_happened(happenings):
    """One for each thing that could happen, none for what could not; the rest of the person stays."""
    person, count = OPENED, 0
    for each in happenings:
        if each in LIFECYCLE[person.state]:
            person, count = person.after(each), count + 1

    assert person == evolve(OPENED, state=person.state, revision=count)


def test_a_change_replaces_values_and_counts():
    """Whatever is changed, the next revision tells."""
    changed = OPENED.changed(name=PersonName("Ola", "Kot"), central=None)

    assert changed == evolve(OPENED, name=PersonName("Ola", "Kot"), revision=1)


@pytest.mark.rule("INIT-1")
def test_activated_and_signed_in_are_read_from_their_instants():
    """Whoever has set an own password once is activated, and stays so."""
    now = datetime(2026, 9, 2, tzinfo=UTC)

    assert not OPENED.is_activated
    assert not OPENED.has_signed_in
    assert evolve(OPENED, activated_at=now).is_activated
    assert evolve(OPENED, first_signed_in_at=now).has_signed_in


NOW = datetime(2026, 9, 2, tzinfo=UTC)
LOCK = Lock(name="console:test", why="asked for", at=NOW)
LOCKABLE = [state for state, following in LIFECYCLE.items() if Happening.LOCKED in following]


@pytest.mark.rule("ACCESS-9b")
@given(state=st.sampled_from([each for each in LOCKABLE if each is not State.LOCKED]), times=st.integers(1, 3))
def test_an_unlocked_account_is_what_it_was(state, times):
    """However often it was locked anew: the lock says by whom, and takes nothing of the account."""
    person = evolve(OPENED, state=state)
    locked = person
    for number in range(times):
        locked = locked.locked(evolve(LOCK, why=f"reason {number}"))

    assert (locked.state, locked.lock) == (State.LOCKED, evolve(LOCK, why=f"reason {times - 1}", former=state))
    assert locked.after(Happening.UNLOCKED) == evolve(person, revision=times + 1)


@pytest.mark.rule("ACCESS-9b")
@given(state=st.sampled_from(LOCKABLE), way=st.sampled_from([Happening.CLOSED, Happening.MERGED]))
def test_a_lock_outlives_closing_and_merging(state, way):
    """An account that comes back is locked again; what it is below the lock is what the table makes of its return."""
    back = {Happening.CLOSED: Happening.RESTORED, Happening.MERGED: Happening.UNMERGED}[way]
    returned = evolve(OPENED, state=state).locked(LOCK).after(way).after(back)

    assert returned.state is State.LOCKED
    assert returned.after(Happening.UNLOCKED).state is LIFECYCLE[evolve(OPENED, state=state).after(way).state][back]


@pytest.mark.rule("ACCESS-9b")
@pytest.mark.parametrize("state", [State.LOCKED, State.CLOSED, State.MERGED])
def test_a_lock_ends_by_itself_at_its_very_instant(state):
    """A microsecond before it stands, at the instant it is gone, wherever the account has come to; else it stays."""
    until = NOW + timedelta(hours=1)
    lock = evolve(LOCK, until=until, former=State.ACTIVE)
    person = evolve(OPENED, state=state, lock=lock)
    after = evolve(OPENED, state=State.ACTIVE if state is State.LOCKED else state)

    assert person.at(until - timedelta(microseconds=1)) == person
    assert person.at(until) == after
    forever = evolve(person, lock=evolve(lock, until=None))
    assert forever.at(NOW + timedelta(days=9999)) == forever


@pytest.mark.rule("LAW-2a")
@pytest.mark.parametrize("state", LOCKABLE)
def test_a_password_disclosed_while_locked_waits_for_recovery_afterwards(state):
    """A report is not undone by lifting a lock."""
    locked = evolve(OPENED, state=state).locked(LOCK)

    disclosed = locked.after(Happening.DISCLOSED)

    assert (disclosed.state, disclosed.lock) == (State.LOCKED, evolve(LOCK, former=State.RECOVERY_REQUIRED))
    assert disclosed.after(Happening.UNLOCKED).state is State.RECOVERY_REQUIRED


def test_an_erased_account_has_no_lock():
    """Who locked it and why is a fact about a person that is no more."""
    erased = evolve(OPENED, state=State.ACTIVE).locked(LOCK).after(Happening.CLOSED).after(Happening.ERASED)

    assert (erased.state, erased.lock) == (State.ERASED, None)
