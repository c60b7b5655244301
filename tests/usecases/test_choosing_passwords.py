"""Choosing a password: what is refused, what follows, and when its owner is warned (CRED-3b, 4, 5, 6, 7, 11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from eszkola_core._usecases import remind_of_expiry
from eszkola_core._usecases.change_address import AddressKept, AddressRefused
from eszkola_core._usecases.change_password import ChangeRefused, PasswordChanged, PasswordKept
from eszkola_core._usecases.give_initial_credential import GivingRefused, NotGiven
from eszkola_core._usecases.recover_access import Completed, CompletionRefused, NotCompleted
from eszkola_core._usecases.sign_in import MustAct, Refusal, SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.password_history import PasswordHistory
from eszkola_core.domain.passwords import OPOLSKA_2018, Owner, Violation, ViolationCode, prepare, violations
from eszkola_core.testing.notation import pesel

_ALA = "A/1: s Ala 1 ala"
_PASSWORD = "Zielony-Dom-7"
_NEW = "Szary-Kamień-9"
_DAY = timedelta(days=1)
_REUSED = Violation(ViolationCode.REUSED, (("history", 4),))


def codes(outcome):
    """Return the codes of what is wrong, in order."""
    return [each.code for each in outcome.violations]


class HistoryMachine(RuleBasedStateMachine):
    """An account whose password is changed, recovered and given; beside it a list of all that it ever had."""

    regions: Any = None

    def __init__(self):
        super().__init__()
        self.region = self.regions("open")
        self.own = []
        self.given = []
        self.key = None

    @initialize(given=st.integers(0, 2))
    def open(self, given):
        """The account opens, and the school gives it up to two initial credentials."""
        self.region.take(_ALA)
        for _ in range(given):
            self.region.wait(days=1)
            self.given.append(self.region.gives("Ala").password.reveal())

    def candidate(self, number):
        """Return a password of a small stock, or one that was given."""
        stock = [f"Zielony-Dom-{index}" for index in range(6)] + self.given
        return stock[number % len(stock)]

    def is_free(self, text):
        """Return whether the rule lets the account have it."""
        return text not in self.own[:4] and text not in self.given

    def took(self, text):
        """Note that *text* is the password, and sign in with it."""
        self.own.insert(0, text)
        self.key = self.region.signs_in("ala.lis", text)

    @rule(number=st.integers(0, 7))
    def recover(self, number):
        """A link sets any password that is free, and no other."""
        text = self.candidate(number)
        done = self.region.access.complete(self.region.token_for(pesel(1)), text)

        assert self.is_free(text) == isinstance(done, Completed)
        if isinstance(done, Completed):
            self.took(text)
        else:
            assert done == NotCompleted(CompletionRefused.PASSWORD_NOT_ACCEPTED, (_REUSED,))

    @rule(number=st.integers(0, 7))
    @precondition(lambda self: self.key is not None)
    def change(self, number):
        """An owner changes to any password that is free, and to no other."""
        text = self.candidate(number)
        done = self.region.passwords.change(self.key, self.own[0], text)

        if self.is_free(text):
            assert done == PasswordChanged()
            self.took(text)
        else:
            assert done == PasswordKept(ChangeRefused.PASSWORD_NOT_ACCEPTED, (_REUSED,))

    @rule(number=st.integers(0, 7))
    def act(self, number):
        """Whoever must act gets in with any password that is free, and with no other."""
        if self.own:
            self.region.wait(days=60)
            current = self.own[0]
        elif self.given:
            current = self.given[-1]
        else:
            return
        text = self.candidate(number)
        ticket = self.region.signing_in.attempt("ala.lis", current).ticket.reveal()
        done = self.region.signing_in.change_password(ticket, text)

        assert self.is_free(text) == isinstance(done, SignedIn)
        if self.is_free(text):
            self.took(text)
        else:
            assert done.violations == (_REUSED,)
            self.took(self.fresh())

    def fresh(self):
        """Set a password that nobody had before, by a link, and return it."""
        text = f"Biały-Most-{len(self.own) + 10}"
        assert isinstance(self.region.access.complete(self.region.token_for(pesel(1)), text), Completed)
        return text


@pytest.mark.rule("CRED-4a")
@pytest.mark.rule("CRED-4b")
def test_none_of_the_last_four_and_none_that_was_given_is_ever_accepted(a_region):
    """Whatever ways lead to a new password, in whatever order: the same history forbids the same."""
    run_state_machine_as_test(
        type("Machine", (HistoryMachine,), {"regions": staticmethod(a_region)}),
        settings=settings(
            max_examples=100, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.rule("CRED-4a")
def test_the_fifth_last_password_may_return(a_region):
    """The current one counts among the four: after four others the first may be had again."""
    region = a_region("open")
    region.take(_ALA)
    key = region.enters("Ala", "Zielony-Dom-0")
    for number in range(1, 4):
        assert region.passwords.change(key, f"Zielony-Dom-{number - 1}", f"Zielony-Dom-{number}") == PasswordChanged()
    assert codes(region.passwords.change(key, "Zielony-Dom-3", "Zielony-Dom-0")) == [ViolationCode.REUSED]

    assert region.passwords.change(key, "Zielony-Dom-3", "Zielony-Dom-4") == PasswordChanged()
    assert region.passwords.change(key, "Zielony-Dom-4", "Zielony-Dom-0") == PasswordChanged()


@pytest.mark.rule("CRED-5a")
@given(
    name=st.sampled_from(["Ala", "Kamila", "Basia_Dubaniewicz"]),
    policy=st.sampled_from(["OPOLSKA_2018", "NIST_800_63B_4"]),
)
def test_an_initial_credential_must_be_changed_at_the_first_sign_in(a_region, name, policy):
    """It keeps the policy, opens no session by itself, and is gone once its owner chose a password."""
    region = a_region("open", password_policy=policy)
    region.take(f"A/1: s {name} 1 box")
    (person,) = region.people().values()
    given = region.giving.to(person.id)
    text = given.password.reveal()

    assert set("01lIO").isdisjoint(text)
    assert isinstance(region.signing_in.attempt(given.login, text), MustAct)
    ticket = region.signing_in.attempt(given.login, text).ticket.reveal()
    assert codes(region.signing_in.change_password(ticket, text)) == [ViolationCode.REUSED]
    chosen = "Zielony-Dom-nad-Jeziorem-7"
    assert isinstance(region.signing_in.change_password(ticket, chosen), SignedIn)
    (person,) = region.people().values()
    assert person.state is State.ACTIVE
    assert region.signing_in.attempt(given.login, text) == SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)


@pytest.mark.rule("CRED-5b")
def test_an_initial_credential_expires_after_thirty_days(a_region):
    """A microsecond before it asks for a change, at the instant it is as good as a wrong one; a link still works."""
    region = a_region("open")
    region.take(_ALA)
    text = region.gives("Ala").password.reveal()

    region.clock.advance(30 * _DAY - timedelta(microseconds=1))
    assert isinstance(region.signing_in.attempt("ala.lis", text), MustAct)
    region.clock.advance(timedelta(microseconds=1))

    assert region.signing_in.attempt("ala.lis", text) == SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
    assert isinstance(region.access.complete(region.token_for(pesel(1)), _PASSWORD), Completed)


@pytest.mark.rule("CRED-5a")
def test_a_new_initial_credential_stops_the_former(a_region):
    """A re-print is another one; the slip that was lost opens nothing."""
    region = a_region("open")
    region.take(_ALA)
    first, second = (region.gives("Ala").password.reveal() for _ in range(2))

    assert first != second
    assert region.signing_in.attempt("ala.lis", first) == SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
    assert isinstance(region.signing_in.attempt("ala.lis", second), MustAct)


@pytest.mark.rule("INIT-1")
def test_nobody_gives_a_credential_to_an_owner_who_has_a_password(a_region):
    """Once an own password was set only recovery replaces it; a person who is not there gets none either."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    before = region.credential("Ala")

    assert region.giving.to(region.person("Ala").id) == NotGiven(GivingRefused.HAS_OWN_PASSWORD)
    assert region.giving.to(4711) == NotGiven(GivingRefused.NO_SUCH_PERSON)
    assert region.credential("Ala") == before


@pytest.mark.rule("CRED-5a")
def test_the_text_of_a_given_credential_is_gone_with_it(a_region):
    """While it may have to be printed again it is sealed; once the owner chose another nothing is left of it."""
    region = a_region("open")
    region.take(_ALA)
    text = region.gives("Ala").password
    given = region.credential("Ala")
    assert (given.kind, given.sealed) == (CredentialKind.GIVEN, text)

    region.enters("Ala")

    own = region.credential("Ala")
    assert (own.kind, own.sealed, own.expires_at) == (CredentialKind.OWN, None, None)


_OWNERS = [
    ("Aaa-aleksandra.wrona-7", {ViolationCode.CONTAINS_LOGIN, ViolationCode.CONTAINS_NAME}),
    ("Xx-POCZTA.Oli-9", {ViolationCode.CONTAINS_EMAIL}),
    ("Xx-poczta.oli@example.com", {ViolationCode.CONTAINS_EMAIL}),
    (f"Xx-{pesel(1)}", {ViolationCode.CONTAINS_NATIONAL_ID}),
    (f"Xx-{pesel(1)[:6]} {pesel(1)[6:]}", {ViolationCode.CONTAINS_NATIONAL_ID}),
    ("Mała-WRÓNA-77", {ViolationCode.CONTAINS_NAME}),
]


@pytest.mark.rule("CRED-6a")
@pytest.mark.parametrize("way", ["link", "ticket", "change"])
@pytest.mark.parametrize(("text", "expected"), _OWNERS)
def test_nothing_of_the_owners_may_stand_in_the_password(a_region, way, text, expected):
    """Login, local part of the address, national id and longer names are found by every way to a new password."""
    region = a_region("open")
    region.take("A/1: s Aleksandra_Wrona 1 poczta.oli")
    person = region.person("aleksandra.wrona")
    if way == "link":
        done = region.access.complete(region.token_for(pesel(1)), text)
    elif way == "ticket":
        given = region.giving.to(person.id)
        ticket = region.signing_in.attempt(given.login, given.password.reveal()).ticket.reveal()
        done = region.signing_in.change_password(ticket, text)
    else:
        done = region.passwords.change(region.enters(person.login), _PASSWORD, text)

    assert set(codes(done)) == expected


@pytest.mark.rule("CRED-6b")
def test_a_password_that_everybody_tries_first_is_refused(a_region):
    """The blocklist is asked by every way to a new password, under policies that have one."""
    region = a_region("open", common=[_NEW, "Żółty-Ptak-5"])
    region.take(_ALA)
    key = region.enters("Ala")

    assert codes(region.passwords.change(key, _PASSWORD, _NEW)) == [ViolationCode.TOO_COMMON]
    assert codes(region.access.complete(region.token_for("ala.lis"), "zolty-PTAK-5")) == [ViolationCode.TOO_COMMON]


@pytest.mark.rule("CRED-7")
@given(text=st.text(st.sampled_from("aB7-lis @"), max_size=12))
def test_all_that_is_wrong_is_told_at_once(a_region, text):
    """Every violation that the rules know comes back from one try, each with its code and numbers."""
    region = a_region("open")
    region.take("A/1: s Ala 1 lis")
    token = region.token_for(pesel(1))

    done = region.access.complete(token, text)

    if text:
        owner = Owner(login="ala.lis", emails=("lis@example.com",), names=("Ala", "Lis"))
        expected = violations(prepare(text), OPOLSKA_2018, owner=owner, compromised=False, reused=False)
    else:
        expected = (Violation(ViolationCode.EMPTY),)
    assert expected == (() if isinstance(done, Completed) else done.violations)


@pytest.mark.rule("CRED-7")
def test_a_form_gets_every_code_and_number(a_region):
    """An example: too short, no capital, the login in it, and too common, all in one answer."""
    region = a_region("open", common=["ala.lis"])
    region.take(_ALA)

    refused = region.access.complete(region.token_for(pesel(1)), "ala.lis")

    assert refused.violations == (
        Violation(ViolationCode.TOO_SHORT, (("min", 8),)),
        Violation(ViolationCode.NO_UPPER),
        Violation(ViolationCode.CONTAINS_LOGIN),
        Violation(ViolationCode.CONTAINS_EMAIL),
        Violation(ViolationCode.TOO_COMMON),
    )


@pytest.mark.rule("CRED-11")
def test_an_ordinary_change_keeps_this_session_and_ends_the_rest(a_region):
    """Other sessions end, links are dead, the owner is told, and the session in which it was done goes on."""
    region = a_region("open")
    region.take(_ALA)
    here, there = region.enters("Ala"), region.signs_in("ala.lis")
    confirmation = region.asks_to_move(here, "elsewhere")
    link = region.token_for("ala.lis")

    assert region.passwords.change(here, _PASSWORD, _NEW) == PasswordChanged()

    assert (region.is_open(here), region.is_open(there)) == (True, False)
    assert region.addresses.confirm(confirmation) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
    assert region.access.complete(link, "Biały-Most-3") == NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
    (letter,) = region.letters()
    assert (letter.kind, letter.to) == (MessageKind.PASSWORD_SET, "ala@example.com")


@pytest.mark.rule("CRED-11")
def test_an_ordinary_change_asks_for_the_current_password(a_region):
    """Without a session, or without the current password, nothing changes, ends or is sent."""
    region = a_region("open")
    region.take(_ALA)
    here, there = region.enters("Ala"), region.signs_in("ala.lis")
    before = region.credential("Ala")

    for key, current, reason in (
        (here, "Niebieski-Most-8", ChangeRefused.WRONG_PASSWORD),
        (here, "", ChangeRefused.WRONG_PASSWORD),
        ("no key", _PASSWORD, ChangeRefused.NO_SESSION),
        ("", _PASSWORD, ChangeRefused.NO_SESSION),
    ):
        assert region.passwords.change(key, current, _NEW) == PasswordKept(reason)
    region.signing_in.sign_out(there)
    assert region.passwords.change(there, _PASSWORD, _NEW) == PasswordKept(ChangeRefused.NO_SESSION)
    assert codes(region.passwords.change(here, _PASSWORD, "za mało"))

    assert region.credential("Ala") == before
    assert region.is_open(here)
    assert region.letters() == []


def warnings_of(region, days):
    """Let days pass, reminding every six hours, and return the numbers of days that were told, in order."""
    told = []
    for _ in range(days * 4):
        region.reminding.run()
        told += [letter.data["days"] for letter in region.letters(MessageKind.PASSWORD_EXPIRES)]
        region.wait(hours=6)
    return told


@pytest.mark.rule("CRED-3b")
def test_each_warning_comes_once(a_region):
    """14, 7, 3 and 1 days before, however often the reminder runs, and none after the expiry."""
    region = a_region("open")
    region.take(_ALA, "A/2: s Ola 2 ola")
    region.enters("Ala")

    assert warnings_of(region, 70) == ["14", "7", "3", "1"]


@pytest.mark.rule("CRED-3b")
@pytest.mark.parametrize("days", [14, 7, 3, 1])
def test_a_warning_is_due_at_its_very_instant(a_region, days):
    """A microsecond earlier nothing is sent."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    earlier = {14: 15, 7: 14, 3: 7, 1: 3}[days]
    region.clock.advance((60 - earlier) * _DAY)
    region.reminding.run()
    region.clock.advance((earlier - days) * _DAY - timedelta(microseconds=1))

    assert region.reminding.run() == 0
    region.clock.advance(timedelta(microseconds=1))
    assert region.reminding.run() == 1


@pytest.mark.rule("CRED-3b")
def test_a_new_password_is_warned_of_anew(a_region):
    """Whoever changes after the first warning hears nothing until the new password nears its end."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    assert warnings_of(region, 50) == ["14"]

    region.passwords.change(region.signs_in("ala.lis"), _PASSWORD, _NEW)

    assert warnings_of(region, 45) == []
    assert warnings_of(region, 20) == ["14", "7", "3", "1"]


@pytest.mark.rule("CRED-3b")
def test_a_warning_says_who_and_where(a_region):
    """It names the login and leads to where a password is set; of missed warnings only the latest comes."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    region.wait(days=58)

    assert region.reminding.run() == 1
    (letter,) = region.letters()

    assert (letter.to, letter.data["login"], letter.data["days"]) == ("ala@example.com", "ala.lis", "3")
    assert letter.data["link"] == "https://konto.example.org/eszkola/access"


@pytest.mark.rule("CRED-3b")
@pytest.mark.parametrize(("page", "people"), [(1, 3), (2, 4), (3, 4), (500, 4)])
def test_everybody_is_warned_whatever_the_size_of_a_page(a_region, monkeypatch, page, people):
    """Those on the last page hear of it too, and nobody twice."""
    monkeypatch.setattr(remind_of_expiry, "_PAGE", page)
    region = a_region("open")
    names = ["Ala", "Ewa", "Ola", "Jan"][:people]
    region.take(*(f"A/{number}: s {name} {number} {name}" for number, name in enumerate(names, 1)))
    for name in names:
        region.enters(name)
    region.wait(days=50)

    assert [region.reminding.run(), region.reminding.run()] == [people, 0]
    assert sorted(letter.to for letter in region.letters()) == sorted(f"{name}@example.com" for name in names)


@pytest.mark.rule("CRED-3b")
def test_nobody_is_warned_who_has_no_password_that_expires(a_region):
    """No warning for a shut account, for a given credential, without an address, or where passwords do not expire."""
    region = a_region("open")
    region.take(_ALA, "A/2: s Ola 2 ola", "A/3: s Ewa 3 ewa")
    region.enters("Ala")
    region.gives("Ola")
    region.become("Ala", state=State.LOCKED)
    eternal = a_region("open", password_policy="NIST_800_63B_4")
    eternal.take(_ALA)
    eternal.enters("Ala", "zielony dom nad jeziorem")

    assert warnings_of(region, 61) == []
    assert warnings_of(eternal, 61) == []


@pytest.mark.rule("CRED-4a")
def test_the_history_never_shows_itself(a_region):
    """What is kept of former passwords is hidden even from a log of the record."""
    region = a_region("open")
    region.take(_ALA)
    key = region.enters("Ala")
    region.passwords.change(key, _PASSWORD, _NEW)
    credential = region.credential("Ala")

    assert len(credential.history) == 2
    assert not any(each in repr(credential) for each in credential.history)
    assert "argon2" not in repr(PasswordHistory(credential.history, credential.spent))
