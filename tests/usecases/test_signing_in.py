"""Signing in: who gets a session, who must act first, how old encodings are renewed (ACCESS-5, CRED-2, 3a, 8)."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from datetime import timedelta

import bcrypt
import pytest
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st

from eszkola_core._defaults import CHEAPEST_FOR_TESTS, Argon2Hasher
from eszkola_core._usecases.recover_access import Completed
from eszkola_core._usecases.sign_in import MustAct, Refusal, SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.passwords import prepare
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.domain.tokens import Act
from eszkola_core.errors import BrokenPromise, InvalidValue
from eszkola_core.testing.doubles import CountingHasher
from eszkola_core.testing.notation import pesel

_ALA = "A/1: s Ala 1 ala"
_PASSWORD = "Zielony-Dom-7"
_NEW = "Szary-Kamień-9"
_WRONG = SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
_DEAD = SignInRefused(Refusal.TICKET_NOT_LIVE)


@pytest.mark.rule("ACCESS-5a")
@pytest.mark.parametrize(("scheme", "login", "other"), [
    (LoginScheme.ISSUED, "Ala.Lis ", "ala@example.com"),
    (LoginScheme.EMAIL, " ALA@example.com", "ala.lis"),
])  # fmt: skip
def test_people_sign_in_with_what_the_scheme_says(a_region, scheme, login, other):
    """The issued login, or the central address: one of the two, in any case and with blanks around."""
    region = a_region("open", login_scheme=scheme)
    region.take(_ALA)
    region.enters("Ala")

    assert isinstance(region.signing_in.attempt(login, _PASSWORD), SignedIn)
    for unknown in (other, pesel(1), "", "nobody"):
        assert region.signing_in.attempt(unknown, _PASSWORD) == _WRONG


@pytest.mark.rule("ACCESS-5a")
def test_the_new_address_signs_in_from_the_instant_of_change(a_region):
    """In the e-mail scheme the old address stops and the new one begins when the change is confirmed, not before."""
    region = a_region("uonet")
    region.take(_ALA)
    key = region.enters("Ala")
    token = region.asks_to_move(key, "new")
    assert isinstance(region.signing_in.attempt("ala@example.com", _PASSWORD), SignedIn)
    assert region.signing_in.attempt("new@example.com", _PASSWORD) == _WRONG

    region.addresses.confirm(token)

    assert region.signing_in.attempt("ala@example.com", _PASSWORD) == _WRONG
    assert isinstance(region.signing_in.attempt("new@example.com", _PASSWORD), SignedIn)


@pytest.mark.rule("ACCESS-5a")
def test_only_the_central_address_signs_in(a_region):
    """An address that a second school states is none of the account's."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "B/1: s Ola 2 ola, g Jan 8 other")
    region.enters("Jan")

    assert region.signing_in.attempt("other@example.com", _PASSWORD) == _WRONG


@pytest.mark.rule("ACCESS-5a")
@given(state=st.sampled_from(State))
def test_only_an_account_in_use_opens_sessions(a_region, state):
    """The right password opens a session of an active account, and shows nothing of a shut one."""
    region = a_region("open")
    region.take(_ALA)
    key = region.enters("Ala")

    region.become("Ala", state=state)

    usable = state in (State.ACTIVE, State.CHANGE_DUE)
    assert isinstance(region.signing_in.attempt("ala.lis", _PASSWORD), SignedIn if usable else SignInRefused)
    assert usable == (region.signing_in.person_of(key) is not None)


@pytest.mark.rule("ROLE-5b")
def test_an_account_without_a_role_rests(a_region):
    """The last record ends: no sign-in and no session from then on; it returns: the old password works again."""
    region = a_region("open")
    region.take(_ALA)
    key = region.enters("Ala")

    region.take(empty=("A",))
    assert region.signing_in.person_of(key) is None
    assert region.signing_in.attempt("ala.lis", _PASSWORD) == _WRONG

    region.take(_ALA)
    assert isinstance(region.signing_in.attempt("ala.lis", _PASSWORD), SignedIn)


@pytest.mark.rule("ROLE-1")
def test_a_role_is_in_force_on_its_last_day_and_not_on_the_next(a_region):
    """The last day is inside, in the tenant's zone: at midnight in Warsaw the account rests."""
    region = a_region("open")
    region.take_until(_ALA, region.clock.now().date())
    region.enters("Ala")

    region.wait(hours=12, minutes=59)
    assert isinstance(region.signing_in.attempt("ala.lis", _PASSWORD), SignedIn)
    region.wait(minutes=1)
    assert region.signing_in.attempt("ala.lis", _PASSWORD) == _WRONG


@pytest.mark.rule("ROLE-1")
def test_another_role_keeps_the_account_awake(a_region):
    """A teacher whose child leaves the school stays a teacher."""
    region = a_region("open")
    region.take("A/1: s Ala 1 -, g Ewa 9 ewa", "B/k: t Ewa 9 ewa")
    key = region.enters("Ewa")

    region.take(empty=("A",))

    assert region.signing_in.person_of(key) is not None
    assert isinstance(region.signing_in.attempt("ewa.lis", _PASSWORD), SignedIn)


@pytest.mark.rule("ACCESS-5a")
def test_signing_out_ends_that_session_alone(a_region):
    """Whoever signs out on one machine stays signed in on the other."""
    region = a_region("open")
    region.take(_ALA)
    first, second = region.enters("Ala"), region.signs_in("ala.lis")

    region.signing_in.sign_out(first)
    region.signing_in.sign_out("no key at all")

    assert region.signing_in.person_of(first) is None
    assert region.signing_in.person_of(second) == region.person("Ala")


@pytest.mark.rule("CRED-2")
@given(
    core=st.text(st.characters(categories=["L", "M", "N", "P", "S"], max_codepoint=0x2FFF), max_size=40),
    setting=st.sampled_from(["NFC", "NFD"]),
    using=st.sampled_from(["NFC", "NFD"]),
)
@example(core="Zażółć gęślą jaźń", setting="NFD", using="NFC")
def test_a_password_works_however_the_keyboard_composes_it(a_region, core, setting, using):
    """Set on a Mac, typed on Windows: letters with marks may come as one sign or as two."""
    text = f"Xy7-{core}-qZ8w"
    try:
        prepare(text)
    except InvalidValue:
        assume(False)  # noqa: FBT003 - hypothesis' own call
    region = a_region("open")
    region.take("A/1: s Ałła 1 mailbox-of-her-own")
    token = region.token_for(pesel(1))

    done = region.access.complete(token, unicodedata.normalize(setting, text))

    assert isinstance(done, Completed)
    assert isinstance(region.signing_in.attempt(done.login, unicodedata.normalize(using, text)), SignedIn)
    assert region.signing_in.attempt(done.login, unicodedata.normalize(using, f"{text}x")) == _WRONG


@pytest.mark.rule("CRED-2")
@pytest.mark.parametrize("text", ["", "x" * 129, "\t", "Zielony-Dom-7\n", "\ud800", "Zielony-Dom-7\u200b"])
def test_what_cannot_be_a_password_is_a_wrong_one(a_region, text):
    """Signing in with what no password may be is refused like any other, at the price of one comparison."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    work = region.hasher.work

    assert region.signing_in.attempt("ala.lis", text) == _WRONG
    assert region.hasher.work == work + 1


@pytest.mark.rule("CRED-3a")
def test_a_password_must_be_changed_from_the_very_instant_of_its_expiry(a_region):
    """Sixty times 24 hours after it was set, across the change of clocks, a sign-in ends in *must act*."""
    region = a_region("open")
    region.clock.advance(timedelta(days=100))
    region.take(_ALA)
    region.enters("Ala")

    region.clock.advance(timedelta(hours=60 * 24) - timedelta(microseconds=1))
    assert isinstance(region.signing_in.attempt("ala.lis", _PASSWORD), SignedIn)
    region.clock.advance(timedelta(microseconds=1))
    must_act = region.signing_in.attempt("ala.lis", _PASSWORD)

    assert isinstance(must_act, MustAct)
    assert must_act.acts == (Act.CHANGE_PASSWORD,)
    assert region.signing_in.person_of(must_act.ticket.reveal()) is None


@pytest.mark.rule("CRED-3a")
def test_without_rotation_no_password_must_be_changed(a_region):
    """Under the policy of NIST a password of ten years opens a session."""
    region = a_region("open", password_policy="NIST_800_63B_4")
    region.take(_ALA)
    region.enters("Ala", "zielony dom nad jeziorem")

    region.wait(days=3650)

    assert isinstance(region.signing_in.attempt("ala.lis", "zielony dom nad jeziorem"), SignedIn)


@pytest.mark.rule("ACCESS-5b")
@pytest.mark.parametrize("why", ["expired", "given"])
def test_doing_the_act_opens_the_session(a_region, why):
    """The ticket changes the password once, opens a session, and the new password signs in without acts."""
    region = a_region("open")
    region.take(_ALA)
    if why == "given":
        password = region.gives("Ala").password.reveal()
    else:
        region.enters("Ala", password := _PASSWORD)
        region.wait(days=60)
    ticket = region.signing_in.attempt("ala.lis", password).ticket.reveal()

    refused = region.signing_in.change_password(ticket, "za mało")
    opened = region.signing_in.change_password(ticket, _NEW)

    assert refused.reason is Refusal.PASSWORD_NOT_ACCEPTED
    assert region.signing_in.person_of(opened.key.reveal()) == region.person("Ala")
    assert region.signing_in.change_password(ticket, "Biały-Most-3") == _DEAD
    assert isinstance(region.signing_in.attempt("ala.lis", _NEW), SignedIn)
    assert region.signing_in.attempt("ala.lis", password) == _WRONG


@pytest.mark.rule("ACCESS-5b")
def test_a_ticket_lives_for_fifteen_minutes(a_region):
    """A microsecond before it is spent, at the instant it is dead."""
    for short, expected in ((timedelta(microseconds=1), SignedIn), (timedelta(), SignInRefused)):
        region = a_region("open")
        region.take(_ALA)
        given = region.gives("Ala")
        ticket = region.signing_in.attempt("ala.lis", given.password.reveal()).ticket.reveal()

        region.clock.advance(timedelta(minutes=15) - short)

        assert isinstance(region.signing_in.change_password(ticket, _NEW), expected)


@pytest.mark.rule("ACCESS-5b")
def test_a_ticket_is_good_for_nothing_else_and_a_link_is_no_ticket(a_region):
    """A ticket sets no password as a link does, and a link opens no session as a ticket does."""
    region = a_region("open")
    region.take(_ALA)
    given = region.gives("Ala")
    ticket = region.signing_in.attempt("ala.lis", given.password.reveal()).ticket.reveal()
    link = region.token_for(pesel(1))

    assert not isinstance(region.access.complete(ticket, _NEW), Completed)
    assert region.signing_in.change_password(link, _NEW) == _DEAD
    assert isinstance(region.access.complete(link, _NEW), Completed)


@pytest.mark.rule("ACCESS-5b")
def test_a_newer_ticket_replaces_the_older(a_region):
    """Whoever begins twice ends with the second ticket."""
    region = a_region("open")
    region.take(_ALA)
    password = region.gives("Ala").password.reveal()
    first, second = (region.signing_in.attempt("ala.lis", password).ticket.reveal() for _ in range(2))

    assert region.signing_in.change_password(first, _NEW) == _DEAD
    assert isinstance(region.signing_in.change_password(second, _NEW), SignedIn)


def _django(password):
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 1)
    return f"pbkdf2_sha256$1$salt${base64.b64encode(digest).decode()}"


def _bcrypt(password):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def _older_profile(password):
    older = evolve(CHEAPEST_FOR_TESTS, name="OLDER", memory_kib=16, hash_bytes=24)
    return Argon2Hasher(older).hash(Secret(password))


_FOREIGN = pytest.mark.parametrize("encode", [_django, _bcrypt, _older_profile])


def taken_over(a_region, encode):
    """Return a region in which Ala's password came from elsewhere."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    encoded = encode(_PASSWORD)
    region.keep(evolve(region.credential("Ala"), encoded=encoded, history=(encoded,)))
    return region, encoded


@_FOREIGN
@pytest.mark.rule("CRED-8b")
def test_a_foreign_encoding_works_once_and_is_renewed(a_region, encode):
    """The first right sign-in puts today's encoding in its stead, a wrong one does not; the password stays used up."""
    region, encoded = taken_over(a_region, encode)
    assert region.signing_in.attempt("ala.lis", "Niebieski-Most-8") == _WRONG
    assert region.credential("Ala").encoded == encoded

    key = region.signs_in("ala.lis")

    renewed = region.credential("Ala")
    assert renewed.encoded != encoded
    assert not region.hasher.needs_rehash(renewed.encoded)
    assert encoded not in renewed.history
    assert region.passwords.change(key, _PASSWORD, _PASSWORD).violations
    work = region.hasher.work
    region.signs_in("ala.lis")
    assert (region.hasher.work - work, region.credential("Ala")) == (1, renewed)


@_FOREIGN
@pytest.mark.rule("CRED-8a")
def test_renewing_an_encoding_changes_nothing_else(a_region, encode):
    """The day on which the password was set stays, so that it does not live longer by being used."""
    region, _ = taken_over(a_region, encode)
    before = region.credential("Ala")

    region.wait(days=60)
    assert isinstance(region.signing_in.attempt("ala.lis", _PASSWORD), MustAct)

    after = region.credential("Ala")
    assert after == evolve(before, encoded=after.encoded, history=(after.encoded,))
    assert after.encoded != before.encoded


class _Meanwhile(CountingHasher):
    """A hasher that lets something happen while it compares for the first time."""

    def __init__(self, happening):
        super().__init__()
        self._happening = happening

    def verify(self, encoded, prepared):
        """Compare, and let it happen."""
        matches = super().verify(encoded, prepared)
        happening, self._happening = self._happening, None
        if happening is not None:
            happening()
        return matches


@pytest.mark.rule("CRED-8b")
def test_two_simultaneous_sign_ins_with_a_foreign_encoding_both_succeed(a_region):
    """One of them renews the encoding while the other compares: the right password is right for both."""
    region, _ = taken_over(a_region, _django)
    opened = []
    region.hasher = _Meanwhile(lambda: opened.append(region.signing_in.attempt("ala.lis", _PASSWORD)))
    region.wire()

    opened.append(region.signing_in.attempt("ala.lis", _PASSWORD))

    assert [type(each) for each in opened] == [SignedIn, SignedIn]


@pytest.mark.rule("ACCESS-5a")
def test_a_password_that_was_changed_while_it_was_compared_opens_nothing(a_region):
    """The old password is wrong from the instant in which the new one is set, also for whoever is just signing in."""
    region = a_region("open")
    region.take(_ALA)
    key = region.enters("Ala")
    region.hasher = _Meanwhile(lambda: region.passwords.change(key, _PASSWORD, _NEW))
    region.wire()

    assert region.signing_in.attempt("ala.lis", _PASSWORD) == _WRONG


@pytest.mark.rule("CRED-8a")
def test_raising_the_profile_renews_at_the_next_sign_in(a_region):
    """The operator asks for more work: each password is renewed when its owner next signs in."""
    region = a_region("open")
    region.take(_ALA)
    region.enters("Ala")
    before = region.credential("Ala").encoded
    region.hasher = Argon2Hasher(evolve(CHEAPEST_FOR_TESTS, name="RAISED", time_cost=2))
    region.wire()

    region.signs_in("ala.lis")

    after = region.credential("Ala").encoded
    assert before != after
    assert not region.hasher.needs_rehash(after)


@pytest.mark.rule("CRED-8b")
def test_an_encoding_that_nobody_knows_is_somebodys_mistake(a_region):
    """What should never have been kept is no wrong password: it is told to whoever runs the platform."""
    region, _ = taken_over(a_region, lambda _: "md5$of-long-ago")

    with pytest.raises(BrokenPromise):
        region.signing_in.attempt("ala.lis", _PASSWORD)
