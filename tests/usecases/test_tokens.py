"""The life of a token: spent once, replaced, expired, and dead with whatever it stood on (ACCESS-4, ACCESS-6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from eszkola_core._usecases.change_address import AddressChanged, AddressKept, AddressRefused
from eszkola_core._usecases.change_password import PasswordChanged
from eszkola_core._usecases.lock_account import LockAccount, Locked, Unlocked
from eszkola_core._usecases.recover_access import Completed, CompletionRefused, NotCompleted
from eszkola_core._usecases.sign_in import MustAct, Refusal, SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import MessageKind, MessageState
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.tokens import Purpose, digest_of
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE

_ALA = "A/1: s Ala 1 ala"
_OLA = "A/2: s Ola 2 ola"
_NEW = "Szary-Kamień-9"
_NOT_LIVE = NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
_LIFETIMES = {
    Purpose.FIRST_ACCESS: timedelta(days=14),
    Purpose.RECOVERY: timedelta(hours=24),
    Purpose.CONFIRM_ADDRESS: timedelta(days=2),
}


# Mostly the newest: of old links nearly all are dead.
_ages = st.sampled_from([0, 0, 0, 0, 1, 2])


class AccessMachine(RuleBasedStateMachine):
    """One student's links, beside a model of a few lines: what lives, for what, and until when."""

    regions: Any = None

    def __init__(self):
        super().__init__()
        self.region = self.regions("open")
        self.live = {}
        self.sent = []
        self.key = None
        self.signed_in_at = self.now
        self.activated = self.present = self.chose = self.locked = False
        self.moves = self.passwords = 0

    @property
    def line(self):
        """What the school states."""
        return f"A/1: s Ala 1 ala{self.moves}"

    @property
    def is_signed_in(self):
        """Whether the student has a session: nothing ended it, and it was not idle for half a day."""
        return self.key is not None and self.now < self.signed_in_at + timedelta(hours=12)

    @property
    def now(self):
        """The present."""
        return self.region.clock.now()

    @initialize()
    def open(self):
        """The school names the student for the first time."""
        self.comes()

    @rule()
    def ask(self):
        """A link comes, and the former one of its purpose is dead; none comes while the account rests or is locked."""
        self.region.wait(minutes=20)  # who asks all the time is throttled
        letters = self.region.asks(pesel(1))
        if not self.present or self.locked:
            assert letters == []
            return
        purpose = Purpose.RECOVERY if self.activated else Purpose.FIRST_ACCESS
        (letter,) = letters
        self._issued(letter.token, purpose)

    @rule()
    @precondition(lambda self: self.is_signed_in and self.present)
    def ask_to_move(self):
        """A link that confirms an address is no link that sets a password."""
        password = f"Zielony-Dom-{self.passwords}"
        self._issued(self.region.asks_to_move(self.key, f"new{self.now:%d%H}", password), Purpose.CONFIRM_ADDRESS)

    def _issued(self, token, purpose):
        self.live = {each: known for each, known in self.live.items() if known[0] is not purpose}
        self.live[token] = (purpose, self.now + _LIFETIMES[purpose])
        self.sent.insert(0, token)

    def _one(self, age):
        """Return one of the links that were sent, the newest first."""
        return self.sent[age % len(self.sent)]

    def _is_live(self, token, *purposes):
        purpose, until = self.live.get(token, (None, self.now))
        return purpose in purposes and self.now < until

    @rule(age=_ages)
    @precondition(lambda self: self.sent)
    def refuse(self, age):
        """A password that is not accepted spends nothing."""
        token = self._one(age)
        refused = self.region.access.complete(token, "za mało")

        live = self._is_live(token, Purpose.FIRST_ACCESS, Purpose.RECOVERY)
        expected = CompletionRefused.PASSWORD_NOT_ACCEPTED if live else CompletionRefused.TOKEN_NOT_LIVE
        assert refused.reason is expected

    @rule(age=_ages)
    @precondition(lambda self: self.sent)
    def redeem(self, age):
        """Exactly a live link sets a password, and all the others die with it."""
        token = self._one(age)
        self.passwords += 1
        password = f"Zielony-Dom-{self.passwords}"
        done = self.region.access.complete(token, password)

        if not (self.present and not self.locked and self._is_live(token, Purpose.FIRST_ACCESS, Purpose.RECOVERY)):
            self.passwords -= 1
            assert done == _NOT_LIVE
            return
        assert isinstance(done, Completed)
        self.activated = True
        self.live.clear()
        assert self.key is None or not self.region.is_open(self.key)
        self.key, self.signed_in_at = self.region.signs_in(done.login, password), self.now

    @rule(age=_ages)
    @precondition(lambda self: self.sent)
    def confirm(self, age):
        """Exactly a live confirmation moves the address; links and sessions die with the move."""
        token = self._one(age)
        done = self.region.addresses.confirm(token)

        if not self._is_live(token, Purpose.CONFIRM_ADDRESS):
            assert done == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
            return
        assert done == AddressChanged()
        self.chose = True
        self.live.clear()
        self.key = None

    @rule()
    @precondition(lambda self: self.is_signed_in and self.present)
    def change_password(self):
        """An ordinary change kills every link."""
        self.passwords += 1
        old, new = f"Zielony-Dom-{self.passwords - 1}", f"Zielony-Dom-{self.passwords}"
        assert self.region.passwords.change(self.key, old, new) == PasswordChanged()
        self.live.clear()

    @rule()
    @precondition(lambda self: self.present and not self.chose)
    def the_school_states_another_address(self):
        """The account follows its records, and links and sessions die with the move."""
        self.moves += 1
        self.region.take(self.line)
        self.live.clear()
        self.key = None

    @rule()
    @precondition(lambda self: self.present)
    def goes(self):
        """The last record ends: the account rests, and its links and sessions are dead for good."""
        self.region.take(empty=("A",))
        self.present = False
        self.live.clear()
        self.key = None

    @rule()
    @precondition(lambda self: not self.present)
    def comes(self):
        """The record is there, for the first time or again."""
        self.region.take(self.line)
        self.present = True

    @rule()
    @precondition(lambda self: not self.locked)
    def lock(self):
        """Somebody with the right locks the account: links and sessions are dead for good."""
        assert isinstance(self._locking.lock(CONSOLE, self.region.person("Ala").id, why="x"), Locked)
        self.locked = True
        self.live.clear()
        self.key = None

    @rule()
    @precondition(lambda self: self.locked)
    def unlock(self):
        """The lock is lifted: the owner asks for a new link."""
        assert isinstance(self._locking.unlock(CONSOLE, self.region.person("Ala").id, why="x"), Unlocked)
        self.locked = False

    @property
    def _locking(self):
        return LockAccount(self.region.storage, self.region.tenant, self.region.clock)

    @rule(hours=st.sampled_from([1, 1, 1, 23, 24, 24 * 14]))
    def wait(self, hours):
        """Time passes."""
        self.region.wait(hours=hours)


@pytest.mark.rule("ACCESS-4a")
def test_exactly_a_live_link_does_exactly_its_one_thing(a_region):
    """Whatever happens in whatever order: a link works once, for its purpose, until it expires or its ground goes."""
    run_state_machine_as_test(
        type("Machine", (AccessMachine,), {"regions": staticmethod(a_region)}),
        settings=settings(
            max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.rule("ACCESS-4c")
def test_of_sixteen_simultaneous_redemptions_one_wins(a_region):
    """Sixteen people press the button at once: one password is set, the others hear that the link is dead."""
    for _ in range(5):
        region = a_region("open")
        region.take(_ALA)
        token = region.token_for(pesel(1))
        start = Barrier(16)

        def redeem(number, region=region, token=token, start=start):
            start.wait()
            return region.access.complete(token, f"Zielony-Dom-{number}")

        with ThreadPoolExecutor(16) as threads:
            outcomes = list(threads.map(redeem, range(16)))

        (winner,) = [number for number, each in enumerate(outcomes) if isinstance(each, Completed)]
        assert [each for each in outcomes if each == _NOT_LIVE] == [_NOT_LIVE] * 15
        assert region.signs_in("ala.lis", f"Zielony-Dom-{winner}")


@pytest.mark.rule("ACCESS-4c")
def test_of_sixteen_simultaneous_uses_of_a_ticket_one_wins(a_region):
    """A ticket is spent once too: of sixteen uses at once one opens a session."""
    region = a_region("open")
    region.take(_ALA)
    given = region.gives("Ala")
    ticket = region.signing_in.attempt(given.login, given.password.reveal()).ticket.reveal()
    start = Barrier(16)

    def use(number):
        start.wait()
        return region.signing_in.change_password(ticket, f"Zielony-Dom-{number}")

    with ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(use, range(16)))

    assert sum(isinstance(each, SignedIn) for each in outcomes) == 1
    assert outcomes.count(SignInRefused(Refusal.TICKET_NOT_LIVE)) == 15


@pytest.mark.rule("ACCESS-4b")
@pytest.mark.parametrize(
    ("activated", "lifetime"), [(False, timedelta(days=14)), (True, timedelta(hours=24))], ids=["first", "recovery"]
)
def test_a_link_lives_until_the_very_instant(a_region, activated, lifetime):
    """First access 14 days, recovery 24 hours: at that instant it is dead, a microsecond before it is not."""
    for short, expected in ((timedelta(microseconds=1), Completed), (timedelta(), NotCompleted)):
        region = a_region("open")
        region.take(_ALA)
        if activated:
            region.enters("Ala")
        token = region.token_for(pesel(1))

        region.clock.advance(lifetime - short)

        assert isinstance(region.access.complete(token, _NEW), expected)


@pytest.mark.rule("ACCESS-4a")
def test_what_is_kept_of_a_token_is_not_its_text(a_region):
    """A token holds 256 random bits; what is kept is found by the digest of its text, for one account and purpose."""
    region = a_region("open")
    region.take(_ALA, _OLA)
    tokens = {region.token_for(pesel(number)) for number in (1, 2, 1, 2)}

    assert len(tokens) == 4
    assert all(len(token) * 6 >= 256 for token in tokens)
    with region.storage.snapshot() as unit:
        kept = [unit.tokens.peek(digest_of(Secret(token))) for token in tokens]
    assert {each.person for each in kept} == {region.person("Ala").id, region.person("Ola").id}
    assert {each.purpose for each in kept} == {Purpose.FIRST_ACCESS}


@pytest.mark.rule("ACCESS-4d")
def test_one_persons_password_leaves_the_links_of_others_alone(a_region):
    """A link is one account's: what happens to another account does not touch it."""
    region = a_region("open")
    region.take(_ALA, _OLA)
    token = region.token_for(pesel(1))

    region.enters("Ola")

    assert isinstance(region.access.complete(token, _NEW), Completed)


@pytest.mark.rule("ACCESS-4d")
@pytest.mark.parametrize("state", [State.LOCKED, State.CLOSED, State.ERASED, State.MERGED])
def test_a_link_is_dead_while_the_account_is_shut(a_region, state):
    """Of a locked or closed account no link sets a password, and no ticket opens a session."""
    region = a_region("open")
    region.take(_ALA, _OLA)
    token = region.token_for(pesel(1))
    given = region.gives("Ola")
    ticket = region.signing_in.attempt(given.login, given.password.reveal()).ticket.reveal()

    region.become("Ala", state=state)
    region.become("Ola", state=state)

    assert region.access.complete(token, _NEW) == _NOT_LIVE
    assert region.signing_in.change_password(ticket, _NEW) == SignInRefused(Refusal.TICKET_NOT_LIVE)


@pytest.mark.rule("ACCESS-4d")
def test_a_ticket_dies_with_dormancy(a_region):
    """The record ends between the sign-in and the new password: no session opens, also not when it returns."""
    region = a_region("open")
    region.take(_ALA)
    given = region.gives("Ala")
    ticket = region.signing_in.attempt(given.login, given.password.reveal()).ticket.reveal()

    region.take(empty=("A",))
    resting = region.signing_in.change_password(ticket, _NEW)
    region.take(_ALA)

    assert resting == SignInRefused(Refusal.TICKET_NOT_LIVE)
    assert region.signing_in.change_password(ticket, _NEW) == resting


@pytest.mark.rule("ACCESS-4d")
def test_a_link_outlives_one_role_of_several(a_region):
    """A child who leaves one of two schools still has an account, and its link works."""
    region = a_region("open")
    region.take(_ALA, "B/1: s Ala 1 ala")
    token = region.token_for(pesel(1))

    region.take(empty=("B",))

    assert isinstance(region.access.complete(token, _NEW), Completed)


@pytest.mark.rule("ACCESS-4a")
@pytest.mark.parametrize("password", ["za mało", _NEW])
def test_a_token_has_one_purpose(a_region, password):
    """A confirmation or a ticket sets no password, a link is no ticket, and neither tells what is wrong with one."""
    region = a_region("open")
    region.take(_ALA, _OLA)
    confirmation = region.asks_to_move(region.enters("Ala"), "new")
    given = region.gives("Ola")
    ticket = region.signing_in.attempt(given.login, given.password.reveal()).ticket.reveal()
    link = region.token_for(pesel(1))

    for other in (confirmation, ticket):
        assert region.access.complete(other, password) == _NOT_LIVE
    for other in (confirmation, link):
        assert region.signing_in.change_password(other, password) == SignInRefused(Refusal.TICKET_NOT_LIVE)
    for other in (ticket, link):
        assert region.addresses.confirm(other) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)


@pytest.mark.rule("ACCESS-4d")
def test_a_role_whose_last_day_is_over_gives_no_access(a_region):
    """The day after the last one a link is dead, though no import said so; on the last day it works."""
    for days, expected in ((1, Completed), (2, NotCompleted)):
        region = a_region("open")
        region.take_until(_ALA, region.clock.now().date() + timedelta(days=1))
        token = region.token_for(pesel(1))

        region.wait(days=days)

        assert isinstance(region.access.complete(token, _NEW), expected)


@pytest.mark.rule("ACCESS-4d")
def test_a_letter_whose_link_is_dead_is_not_sent(a_region):
    """A queued message is cancelled together with the token that it carries."""
    region = a_region("open")
    region.take(_ALA)
    region.letters()
    region.access.request(pesel(1))
    region.access.answer_waiting()

    region.gives("Ala")

    assert region.letters() == []
    assert region.delivering.status().counts[MessageState.CANCELLED] == 1


@pytest.mark.rule("ACCESS-6")
def test_recovery_ends_sessions_cancels_tokens_and_is_told(a_region):
    """A password set by recovery leaves no session, ticket or link of before, and the owner gets a letter."""
    region = a_region("open")
    region.take(_ALA)
    keys = [region.enters("Ala"), region.signs_in("ala.lis")]
    confirmation = region.asks_to_move(keys[0], "elsewhere")
    token = region.token_for("ala.lis")

    assert region.access.complete(token, _NEW) == Completed("ala.lis")

    assert [region.end_of(key) for key in keys] == [SessionEnd.PASSWORD_CHANGED] * 2
    assert region.addresses.confirm(confirmation) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
    assert region.signing_in.attempt("ala.lis", "Zielony-Dom-7") == SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
    (letter,) = region.letters()
    assert (letter.kind, letter.to, letter.data["login"]) == (MessageKind.PASSWORD_SET, "ala@example.com", "ala.lis")
    assert "token=" not in letter.data["link"]


@pytest.mark.rule("ACCESS-6")
def test_recovery_kills_a_ticket(a_region):
    """Whoever holds a ticket of an expired password loses it when the owner recovers."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    region.wait(days=60)
    must_act = region.signing_in.attempt("ala.lis", "Zielony-Dom-7")
    assert isinstance(must_act, MustAct)

    region.access.complete(region.token_for("ala.lis"), _NEW)

    refused = region.signing_in.change_password(must_act.ticket.reveal(), "Biały-Most-3")
    assert refused == SignInRefused(Refusal.TICKET_NOT_LIVE)


@pytest.mark.rule("ACCESS-6")
@given(forgotten=st.sampled_from(["id", "login", "e-mail"]))
def test_recovery_is_the_procedure_of_first_access(a_region, forgotten):
    """The same request, the same page and the same act; later also by login and e-mail."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    activated = region.person("Ala").activated_at
    region.wait(hours=1)

    (letter,) = region.asks({"id": pesel(1), "login": "ala.lis", "e-mail": "ala@example.com"}[forgotten])

    assert letter.kind is MessageKind.RECOVERY
    assert region.access.complete(letter.token, _NEW) == Completed("ala.lis")
    assert region.person("Ala").state is State.ACTIVE
    assert region.person("Ala").activated_at == activated


@pytest.mark.rule("ACCESS-4a")
@given(text=st.text(max_size=80))
def test_no_text_that_was_never_sent_is_a_token(a_region, text):
    """Whatever is typed in the stead of a token is not live, for whatever use, and raises nothing."""
    region = a_region("open")
    region.take(_ALA)

    assert region.access.complete(text, _NEW) == _NOT_LIVE
    assert region.signing_in.change_password(text, _NEW) == SignInRefused(Refusal.TICKET_NOT_LIVE)
    assert region.addresses.confirm(text) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
    assert region.addresses.dispute(text) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
