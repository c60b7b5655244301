"""What becomes of an account whose last role ended (ROLE-5)."""

from __future__ import annotations

from datetime import date

import pytest

from eszkola_core._usecases.close_dormant import Rested
from eszkola_core._usecases.sign_in import MustAct, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import SessionEnd

PASSWORD = "Zielony-Dom-7"
OTHERS = ("A/2: s Ola 2 ola", "A/3: s Iga 3 iga")
ALL = ("A/1: s Ala 1 ala", *OTHERS)


@pytest.fixture
def region(a_region):
    """Return a region with three students, the first of whom has signed in."""
    region = a_region()
    region.take(*ALL)
    return region


@pytest.mark.rule("ROLE-5a")
def test_a_role_ends_here_on_the_day_on_which_it_ends_in_the_gradebook(region):
    """By absence at once, by its last day on the day after."""
    region.take_until("A/1: s Ala 1 ala", date(2026, 11, 25), Role.STUDENT)
    key = region.enters("ala")
    for _ in range(2):
        assert region.held("ala")
        region.wait(days=1)
    assert region.held("ala")
    region.wait(days=1)
    assert region.held("ala") == ()
    assert not region.is_open(key)
    region.take("A/3: s Iga 3 iga")
    assert region.held("ola") == ()


@pytest.mark.rule("ROLE-5b")
def test_who_comes_back_in_time_finds_the_account_as_it_was(region):
    """The password works and nothing is activated anew; the old session is over, and stays over."""
    key = region.enters("ala")
    region.take(*OTHERS)
    assert region.end_of(key) is SessionEnd.ROLE_ENDED
    region.wait(days=364)
    assert region.closing.run() == Rested(resting=1, closed=0)
    before = region.person("ala")
    region.take(*ALL)

    assert region.person("ala") == before
    # The password is as old as it is, and right.
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), MustAct)
    assert not region.is_open(key)
    assert MessageKind.ACCOUNT_OPENED not in {each.kind for each in region.letters()}
    assert region.closing.run() == Rested()


@pytest.mark.rule("ROLE-5b")
def test_an_account_without_a_role_closes_after_the_retention(region):
    """On that very day, once, and the journal says so; its login is nobody else's."""
    region.enters("ala")
    region.take(*OTHERS)
    region.wait(days=364)
    region.closing.run()
    assert region.person("ala").state is State.ACTIVE
    region.wait(days=1)
    assert region.closing.run() == Rested(resting=1, closed=1)
    assert region.closing.run() == Rested(resting=1, closed=0)

    ala = region.person("ala")
    assert ala.state is State.CLOSED
    assert [(each.by, each.console, each.on) for each in region.journal("account-closed")] == [(None, "", (ala.id,))]
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)
    region.take("A/9: s Ala 99 ala2", *OTHERS)
    assert region.place("A/9").person != ala.id
    assert {"ala.lis", "ala.lis2"} <= set(region.people())


@pytest.mark.rule("ROLE-5b")
def test_who_comes_back_later_gets_first_access_to_the_same_account(region):
    """The old password is good for nothing; login and number are the same, and the owner is told."""
    region.enters("ala")
    region.take(*OTHERS)
    region.wait(days=365)
    region.closing.run()
    before = region.person("ala")
    region.letters()
    region.take(*ALL)

    ala = region.person("ala")
    assert (ala.id, ala.login, ala.state) == (before.id, before.login, State.AWAITING)
    assert [(each.kind, each.data["login"]) for each in region.letters(to="ala")] == [
        (MessageKind.ACCOUNT_OPENED, "ala.lis")
    ]
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)
    (letter,) = region.asks(ala.ids[0].reveal())
    assert letter.kind is MessageKind.FIRST_ACCESS
    assert region.is_open(region.enters("ala", "Nowy-Dom-123"))
    assert region.take(*ALL).plan.is_empty


@pytest.mark.rule("ROLE-5b")
def test_what_is_open_of_an_account_that_rests_ends(region):
    """Also where the last day passed without any import: links and sessions do not wake with a role that returns."""
    region.take_until("A/1: s Ala 1 ala", date(2026, 11, 25), Role.STUDENT)
    key = region.enters("ala")
    token = region.token_for("ala@example.com")
    region.wait(days=3)
    assert region.end_of(key) is None
    assert region.closing.run() == Rested(resting=3)
    assert region.end_of(key) is SessionEnd.ROLE_ENDED
    region.take(*ALL)

    assert not region.is_open(key)
    assert region.access.complete(token, "Nowy-Dom-123").reason == "token-not-live"


@pytest.mark.rule("ROLE-5b")
def test_others_are_left_alone(region):
    """Whoever has a role, never opened, or is locked and still here keeps what there is."""
    region.become("ola", state=State.LOCKED)
    region.wait(days=400)
    key = region.enters("ala")
    assert region.closing.run() == Rested()
    assert region.person("ola").state is State.LOCKED
    assert region.is_open(key)


def test_pages_end_where_the_people_do(a_region):
    """A region of more than a page is gone through to the last."""
    region = a_region()
    lines = [f"A/{number}: s Ala_Lis{number} - ala{number}" for number in range(1, 1003)]
    region.take(*lines)
    region.take(lines[0])
    region.wait(days=365)
    assert region.closing.run() == Rested(resting=1001, closed=1001)
