"""The life of an account is a table, and nothing else happens to it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person, PersonId, State
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
        following = set(LIFECYCLE[asked.pop()].values()) - found
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
    following = LIFECYCLE[state].get(happening)
    if following is not None:
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
        if Happening.DISCLOSED in following:
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
