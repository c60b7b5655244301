"""Everything that a token dies with, in one table: dead at once, and dead for good (ACCESS-4b, ACCESS-4d)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from eszkola_core._usecases.change_address import AddressChanged, AddressKept, AddressRefused
from eszkola_core._usecases.change_password import PasswordChanged
from eszkola_core._usecases.lock_account import LockAccount, Locked, Unlocked
from eszkola_core._usecases.recover_access import Completed, CompletionRefused, NotCompleted
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core._usecases.sign_in import MustAct, Refusal, SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.tokens import OF_ACCESS, Purpose, TokenState, digest_of
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE

FAMILY: Final = ("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola")
PASSWORD, NEW = "Zielony-Dom-7", "Szary-Kamień-9"


class Student:
    """A student with an account in use, a session, and the letters that came to her."""

    def __init__(self, a_region):
        self.region = a_region("open")
        self.region.take(*FAMILY)
        self.key = self.region.enters("Ala")
        self.moves = 0

    def receives(self, purpose):
        """Return a live token of a purpose that is the student's."""
        return _ISSUE[purpose](self)

    def state_of(self, token):
        """Return what became of a token."""
        with self.region.storage.snapshot() as unit:
            return unit.tokens.peek(digest_of(Secret(token))).state_at(self.region.clock.now())

    def is_refused(self, purpose, token):
        """Return whether redeeming a token is refused as dead."""
        if purpose is Purpose.MUST_ACT:
            done = self.region.signing_in.change_password(token, "Biały-Most-3")
            return done == SignInRefused(Refusal.TICKET_NOT_LIVE)
        if purpose is Purpose.CONFIRM_ADDRESS:
            return self.region.addresses.confirm(token) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
        if purpose is Purpose.DISPUTE_ADDRESS:
            return self.region.addresses.dispute(token) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
        done = self.region.access.complete(token, "Biały-Most-3")
        return done == NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)


def _recovery(student):
    return student.region.token_for(pesel(1))


def _first_access(student):
    student.region.become("Ala", state=State.AWAITING, activated_at=None)
    return student.region.token_for(pesel(1))


def _confirmation(student):
    return student.region.asks_to_move(student.key, "nowa")


def _ticket(student):
    old = student.region.credential("Ala")
    student.region.keep(evolve(old, set_at=old.set_at - timedelta(days=60)))
    must = student.region.signing_in.attempt("ala.lis", PASSWORD)
    assert isinstance(must, MustAct)
    student.region.keep(old)
    return must.ticket.reveal()


def _dispute(student):
    student.moves += 1
    told = student.region.moves(student.key, f"inna{student.moves}")
    (letter,) = [each for each in told if each.kind is MessageKind.ADDRESS_LEFT]
    student.key = student.region.signs_in("ala.lis")
    return letter.token


_ISSUE: Final[dict[Purpose, Callable[[Student], Any]]] = {
    Purpose.FIRST_ACCESS: _first_access,
    Purpose.RECOVERY: _recovery,
    Purpose.CONFIRM_ADDRESS: _confirmation,
    Purpose.MUST_ACT: _ticket,
    Purpose.DISPUTE_ADDRESS: _dispute,
}


def _changes(student):
    """The owner changes the password in a session."""
    assert student.region.passwords.change(student.key, PASSWORD, NEW) == PasswordChanged()


def _moves(student):
    """The owner moves to another address."""
    assert student.region.addresses.confirm(student.region.asks_to_move(student.key, "druga")) == AddressChanged()


def _is_stated_elsewhere(student):
    """All records come to state another address."""
    student.region.take(FAMILY[0].replace(" ala,", " zapisana,"), FAMILY[1])


def _reports(student):
    """Whoever had the address says that the change was none of theirs."""
    student.region.addresses.dispute(_dispute(student))


def _is_locked(student):
    """Somebody with the right locks the account, and lifts the lock again."""
    locking = LockAccount(student.region.storage, student.region.tenant, student.region.clock)
    ala = student.region.person("Ala").id
    assert isinstance(locking.lock(CONSOLE, ala, why="x"), Locked)
    assert isinstance(locking.unlock(CONSOLE, ala, why="x"), Unlocked)


def _is_kept_from_a_reader(student):
    """The guardian comes to read the student's mailbox, and is kept from the student."""
    region = student.region
    own = region.person("Ala").central.spelling.partition("@")[0]
    region.take(FAMILY[0].replace(" jan", f" {own}"), FAMILY[1])
    use = RestrictLinks(region.storage, region.tenant, region.clock, region.secrets)
    use.restrict(CONSOLE, region.person("Jan").id, region.person("Ala").id, reason="x")


def _rests(student):
    """The last record ends, and returns."""
    student.region.take(FAMILY[1])
    student.region.take(*FAMILY)


DEATHS: Final[dict[str, Callable[[Student], None]]] = {
    "a password is changed": _changes,
    "the owner moves": _moves,
    "the records state another address": _is_stated_elsewhere,
    "a change is reported": _reports,
    "the account is locked": _is_locked,
    "a reader of the mailbox is kept away": _is_kept_from_a_reader,
    "the account rests": _rests,
}
"""What happens to an account or its address, whoever does it; each leaves the account to be recovered or in use."""

NEEDS_A_SESSION: Final = frozenset({"a password is changed", "the owner moves", "a change is reported"})
"""What does not happen to whoever has no password yet."""

OUTLIVES: Final = frozenset(
    {
        "a password is changed",
        "the owner moves",
        "the records state another address",
        "a change is reported",
        "the account is locked",
        "the account rests",
    }
)
"""
What the link *this was not me* outlives: else whoever has the account could silence the one it was taken from.

A report of a later move leaves it too, as it goes back further.
"""


@pytest.mark.rule("ACCESS-4d")
@pytest.mark.parametrize(
    ("purpose", "death"),
    [
        (purpose, death)
        for purpose in sorted(OF_ACCESS)
        for death in DEATHS
        if purpose is not Purpose.FIRST_ACCESS or death not in NEEDS_A_SESSION
    ],
)
def test_a_token_dies_with_what_befalls_the_account(a_region, purpose, death):
    """Of whatever purpose: it is no longer live, does nothing, and nothing that happens later revives it."""
    student = Student(a_region)
    token = student.receives(purpose)
    assert student.state_of(token) is TokenState.LIVE

    DEATHS[death](student)

    assert student.state_of(token) in (TokenState.CANCELLED, TokenState.REPLACED)
    assert student.is_refused(purpose, token)


@pytest.mark.rule("ACCESS-4d")
@pytest.mark.rule("MAIL-6d")
@pytest.mark.parametrize("death", DEATHS)
def test_a_dispute_outlives_what_a_thief_could_bring_about(a_region, death):
    """It dies with its own use, its end, and where somebody is kept from the student who reads the mailbox."""
    student = Student(a_region)
    token = student.receives(Purpose.DISPUTE_ADDRESS)
    student.region.wait(minutes=1)

    DEATHS[death](student)

    assert (student.state_of(token) is TokenState.LIVE) == (death in OUTLIVES)
    assert student.is_refused(Purpose.DISPUTE_ADDRESS, token) == (death not in OUTLIVES)


@pytest.mark.rule("ACCESS-4a")
@pytest.mark.rule("ACCESS-4b")
@pytest.mark.parametrize("purpose", sorted(OF_ACCESS))
def test_a_newer_token_of_its_purpose_ends_a_token(a_region, purpose):
    """The older one is replaced, and the newer one lives."""
    student = Student(a_region)
    older, newer = student.receives(purpose), student.receives(purpose)

    assert student.state_of(older) is TokenState.REPLACED
    assert student.is_refused(purpose, older)
    assert student.state_of(newer) is TokenState.LIVE


@pytest.mark.rule("ACCESS-4a")
@pytest.mark.parametrize("purpose", sorted(OF_ACCESS))
def test_a_used_token_is_spent(a_region, purpose):
    """It does its one thing once."""
    student = Student(a_region)
    token = student.receives(purpose)

    assert not student.is_refused(purpose, token)
    assert student.state_of(token) is TokenState.SPENT
    assert student.is_refused(purpose, token)


@pytest.mark.rule("ACCESS-4d")
@pytest.mark.parametrize("purpose", [Purpose.CONFIRM_ADDRESS, Purpose.MUST_ACT])
def test_setting_a_password_by_a_link_ends_the_others(a_region, purpose):
    """Recovery leaves neither a confirmation nor a ticket that somebody else may have."""
    student = Student(a_region)
    token = student.receives(purpose)

    assert isinstance(student.region.access.complete(_recovery(student), NEW), Completed)

    assert student.state_of(token) is TokenState.CANCELLED
    assert student.is_refused(purpose, token)


@pytest.mark.rule("ACCESS-4d")
@pytest.mark.parametrize("purpose", [Purpose.CONFIRM_ADDRESS, Purpose.RECOVERY])
def test_setting_a_password_by_a_ticket_ends_the_others(a_region, purpose):
    """Whoever acts as the sign-in asked leaves no link of before."""
    student = Student(a_region)
    ticket = student.receives(Purpose.MUST_ACT)
    token = student.receives(purpose)

    assert isinstance(student.region.signing_in.change_password(ticket, NEW), SignedIn)

    assert student.state_of(token) is TokenState.CANCELLED
    assert student.is_refused(purpose, token)


@pytest.mark.rule("ACCESS-4d")
@pytest.mark.parametrize("death", DEATHS)
def test_what_befalls_one_account_leaves_the_tokens_of_others_alone(a_region, death):
    """A link of another student works as before."""
    student = Student(a_region)
    others = student.region.token_for(pesel(2))

    DEATHS[death](student)

    assert isinstance(student.region.access.complete(others, NEW), Completed)
