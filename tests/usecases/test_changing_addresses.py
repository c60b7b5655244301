"""How the central address moves, what dies with a move, and how its owner takes one back (MAIL-1 to MAIL-6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.change_address import AddressChanged, AddressKept, AddressRefused, ConfirmationSent
from eszkola_core._usecases.recover_access import Completed, CompletionRefused, NotCompleted
from eszkola_core._usecases.sign_in import Refusal, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.messages import MessageKind, MessageState
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.testing.notation import pesel

_ALA = "A/1: s Ala 1 ala"
_OLA = "A/2: s Ola 2 ola"
_PASSWORD = "Zielony-Dom-7"
_NEW = "Szary-Kamień-9"
_DEAD = AddressKept(AddressRefused.TOKEN_NOT_LIVE)


def central(region, login):
    """Return somebody's central address, without what all addresses here end in."""
    address = region.person(login).central
    return address.spelling.removesuffix("@example.com") if address is not None else None


def dispute_of(letters):
    """Return the token of the one letter by which a move can be taken back."""
    (token,) = [letter.token for letter in letters if letter.kind is MessageKind.ADDRESS_LEFT]
    return token


def with_ala(a_region, profile="open", **settings):
    """Return a region in which Ala has signed in, and the session's key."""
    region = a_region(profile, **settings)
    region.take(_ALA)
    return region, region.enters("Ala")


# an owner moves


@pytest.mark.rule("MAIL-4c")
def test_an_owner_moves_by_session_password_and_new_mailbox(a_region):
    """Nothing changes before the new mailbox confirms; then the address is central and stands against every import."""
    region, key = with_ala(a_region)
    token = region.asks_to_move(key, "new")
    assert central(region, "Ala") == "ala"

    assert region.addresses.confirm(token) == AddressChanged()

    region.take("A/1: s Ala 1 third")
    region.take(_ALA, "B/1: s Ala 1 ala")
    assert central(region, "Ala") == "new"


@pytest.mark.rule("MAIL-4c")
def test_who_lacks_session_or_password_moves_nothing(a_region):
    """No letter leaves and no address moves; the answer says what was missing."""
    region, key = with_ala(a_region)
    over = region.signs_in("ala.lis")
    region.signing_in.sign_out(over)

    for session, password, new, reason in (
        ("no key", _PASSWORD, "new@example.com", AddressRefused.NO_SESSION),
        (over, _PASSWORD, "new@example.com", AddressRefused.NO_SESSION),
        (key, "Niebieski-Most-8", "new@example.com", AddressRefused.WRONG_PASSWORD),
        (key, _PASSWORD, "not an address", AddressRefused.NOT_AN_ADDRESS),
    ):
        assert region.addresses.request(session, password, new) == AddressKept(reason)
    assert region.letters() == []
    assert central(region, "Ala") == "ala"


@pytest.mark.rule("MAIL-2")
@pytest.mark.parametrize("domain", ["eszkola.example.org", "mail.ESZKOLA.example.org"])
def test_no_private_address_lies_on_the_platform(a_region, domain):
    """Neither an owner nor a gradebook makes an address of the platform or below it the private one."""
    region, key = with_ala(a_region)

    refused = region.addresses.request(key, _PASSWORD, f"ala@{domain}")
    region.take(f"A/1: s Ala 1 ala@{domain}", f"A/2: s Ola 2 ola@{domain}")

    assert refused == AddressKept(AddressRefused.PLATFORM_ADDRESS)
    assert (central(region, "Ala"), central(region, "Ola")) == ("ala", None)


@pytest.mark.rule("MAIL-1")
@pytest.mark.rule("MAIL-3a")
@given(moves=st.lists(st.sampled_from(["new", "third", "ala"]), min_size=1, max_size=4))
def test_there_is_one_central_address_and_all_messages_go_to_it(a_region, moves):
    """However often it moves, recovery goes to the latest address alone; the platform address stays what it was."""
    region, key = with_ala(a_region)
    mailbox = region.person("Ala").platform_address
    for each in moves:
        region.addresses.confirm(region.asks_to_move(key, each))
        region.letters()
        key = region.signs_in("ala.lis")

    (letter,) = region.asks("ala.lis")
    assert letter.to == f"{moves[-1]}@example.com"
    assert region.person("Ala").platform_address == mailbox == "ala.lis@eszkola.example.org"


@pytest.mark.rule("MAIL-4c")
def test_asking_does_not_tell_that_an_address_is_somebodys(a_region):
    """The answer is the same for a free address and a taken one; to the taken one no letter goes."""
    region, key = with_ala(a_region)
    region.take(_ALA, _OLA)
    region.letters()

    assert region.addresses.request(key, _PASSWORD, "ola@example.com") == ConfirmationSent()
    assert region.letters() == []
    assert region.addresses.request(key, _PASSWORD, "free@example.com") == ConfirmationSent()
    assert [each.to for each in region.letters()] == ["free@example.com"]


@pytest.mark.rule("MAIL-4c")
def test_an_address_that_was_taken_in_the_meantime_is_not_confirmed(a_region):
    """Between asking and confirming the gradebook gives it to somebody else: the owner keeps the old one."""
    region, key = with_ala(a_region)
    token = region.asks_to_move(key, "ola")

    region.take(_ALA, _OLA)

    assert region.addresses.confirm(token) == AddressKept(AddressRefused.ADDRESS_TAKEN)
    assert (central(region, "Ala"), central(region, "Ola")) == ("ala", "ola")


@pytest.mark.rule("SYNC-8")
def test_of_several_choices_the_latest_stands_alone(a_region):
    """Each choice takes the former one's stead; both are kept, with who made them and until when they stood."""
    region, key = with_ala(a_region)
    region.moves(key, "new")
    region.wait(days=1)
    region.moves(region.signs_in("ala.lis"), "newer")

    with region.storage.snapshot() as unit:
        decisions = unit.people.decisions(region.person("Ala").id)

    assert [each.address.spelling for each in decisions] == ["new@example.com", "newer@example.com"]
    assert [each.withdrawn_at for each in decisions] == [region.clock.now(), None]
    assert {each.author for each in decisions} == {"ala.lis"}


@pytest.mark.rule("MAIL-4c")
def test_a_confirmation_lives_for_two_days(a_region):
    """At the instant it is dead, a microsecond before it is not; a newer request replaces it."""
    for short, expected in ((timedelta(microseconds=1), AddressChanged()), (timedelta(), _DEAD)):
        region, key = with_ala(a_region)
        older, token = region.asks_to_move(key, "old"), region.asks_to_move(key, "new")

        region.clock.advance(timedelta(days=2) - short)

        assert region.addresses.confirm(older) == _DEAD
        assert region.addresses.confirm(token) == expected


# the gradebook states another


@pytest.mark.rule("MAIL-4b")
def test_a_chosen_address_is_moved_by_its_owner_alone(a_region):
    """Every record states another address: one letter asks the new mailbox, and only its yes moves the address."""
    region, key = with_ala(a_region)
    region.moves(key, "chosen")

    region.take("A/1: s Ala 1 third")
    letters = region.letters(MessageKind.CONFIRM_ADDRESS)
    region.take("A/1: s Ala 1 third")
    region.take("A/1: s Ala 1 third", _OLA)

    assert [each.to for each in letters] == ["third@example.com"]
    assert region.letters(MessageKind.CONFIRM_ADDRESS) == []
    assert central(region, "Ala") == "chosen"
    assert region.addresses.confirm(letters[0].token) == AddressChanged()
    assert central(region, "Ala") == "third"


@pytest.mark.rule("MAIL-4b")
def test_records_that_differ_ask_nobody(a_region):
    """Only what every claim states is worth a question to a mailbox."""
    region, key = with_ala(a_region)
    region.moves(key, "chosen")

    region.take("A/1: s Ala 1 third", "B/1: s Ala 1 fourth")

    assert region.letters(MessageKind.CONFIRM_ADDRESS) == []
    assert central(region, "Ala") == "chosen"


@pytest.mark.rule("MAIL-4e")
def test_a_secretarys_address_is_moved_by_its_owner_alone(a_region):
    """Above homeroom teacher no import moves the address, nor asks for it; a teacher's follows the gradebook."""
    region = a_region("open")
    region.take("A/k: y Ewa 9 ewa", "A/l: h Jan 8 jan", "A/m: t Iza 7 iza")
    key = region.enters("Ewa")

    region.take("A/k: y Ewa 9 other", "A/l: h Jan 8 other-jan", "A/m: t Iza 7 other-iza")

    assert [central(region, name) for name in ("Ewa", "Jan", "Iza")] == ["ewa", "other-jan", "other-iza"]
    assert region.letters(MessageKind.CONFIRM_ADDRESS) == []
    region.moves(key, "other")
    assert central(region, "Ewa") == "other"


# what a move does


def moved_by_owner(region, key):
    """Let Ala move to *new*."""
    return region.addresses.confirm(region.asks_to_move(key, "new"))


def moved_by_gradebook(region, key):  # noqa: ARG001 - the school needs none
    """Let the school state *new*."""
    return region.take("A/1: s Ala 1 new")


_MOVES = pytest.mark.parametrize("move", [moved_by_owner, moved_by_gradebook])


@_MOVES
@pytest.mark.rule("MAIL-6b")
def test_a_move_kills_links_and_the_letters_that_carry_them(a_region, move):
    """A link that went to the old mailbox is dead, and one that still waits there is not sent."""
    region, key = with_ala(a_region)
    link = region.token_for("ala.lis")
    move(region, key)
    assert region.access.complete(link, _NEW) == NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)

    region, key = with_ala(a_region)
    token = region.asks_to_move(key, "new")
    region.access.request("ala.lis")
    region.access.answer_waiting()
    if move is moved_by_owner:
        region.addresses.confirm(token)
    else:
        move(region, key)
    assert region.letters(MessageKind.RECOVERY) == []
    assert region.delivering.status().counts[MessageState.CANCELLED] == 1


@_MOVES
@pytest.mark.rule("MAIL-6c")
def test_a_move_ends_sessions(a_region, move):
    """Whoever is signed in anywhere signs in again; somebody else's session goes on."""
    region, key = with_ala(a_region)
    region.take(_ALA, _OLA)
    keys, other = [key, region.signs_in("ala.lis")], region.enters("Ola")

    move(region, key)

    assert [region.end_of(key) for key in keys] == [SessionEnd.ADDRESS_CHANGED] * 2
    if move is moved_by_owner:
        assert region.end_of(other) is None
    assert region.signs_in("ala.lis")


@_MOVES
@pytest.mark.rule("MAIL-6d")
def test_a_move_is_told_to_both_mailboxes(a_region, move):
    """The new one sees the old masked, the old one the new masked, with a link that says *this was not me*."""
    region, key = with_ala(a_region)
    move(region, key)

    letters = {each.to: each for each in region.letters() if each.kind is not MessageKind.CONFIRM_ADDRESS}

    assert {to: each.kind for to, each in letters.items()} == {
        "new@example.com": MessageKind.ADDRESS_CHANGED,
        "ala@example.com": MessageKind.ADDRESS_LEFT,
    }
    assert letters["new@example.com"].data["old"] == "a•••@example.com"
    assert letters["ala@example.com"].data["new"] == "n•••@example.com"
    assert letters["ala@example.com"].token
    assert "token=" not in letters["new@example.com"].data["link"]


@pytest.mark.rule("MAIL-6d")
def test_confirming_the_present_address_is_no_move(a_region):
    """Nobody is signed out or told of a move that is none; but from now on the choice is the owner's."""
    region, key = with_ala(a_region)

    assert region.moves(key, "ala") == []

    assert region.is_open(key)
    region.take("A/1: s Ala 1 third")
    assert central(region, "Ala") == "ala"


# this was not me


@_MOVES
@pytest.mark.rule("MAIL-6d")
def test_the_old_mailbox_takes_a_move_back(a_region, move):
    """The old address is central again, sessions and links are dead, and only a link to it sets a new password."""
    region, key = with_ala(a_region)
    move(region, key)
    dispute = dispute_of(region.letters())
    session, link = region.signs_in("ala.lis"), region.token_for("ala.lis")

    assert region.addresses.dispute(dispute) == AddressChanged()

    assert (central(region, "Ala"), region.person("Ala").state) == ("ala", State.RECOVERY_REQUIRED)
    assert region.end_of(session) is SessionEnd.REPORTED
    assert region.access.complete(link, _NEW) == NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
    assert region.signing_in.attempt("ala.lis", _PASSWORD) == SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
    assert isinstance(region.access.complete(region.token_for("ala.lis"), _NEW), Completed)
    assert region.signs_in("ala.lis", _NEW)


@pytest.mark.rule("MAIL-6d")
def test_a_restored_address_stands_against_the_gradebook(a_region):
    """The school still states the address that was disputed: it does not move there again by itself."""
    region, key = with_ala(a_region)
    moved_by_gradebook(region, key)
    region.addresses.dispute(dispute_of(region.letters()))

    region.take("A/1: s Ala 1 new")
    region.take("A/1: s Ala 1 new", "B/1: s Ala 1 new")

    assert central(region, "Ala") == "ala"


@pytest.mark.rule("MAIL-6d")
def test_a_dispute_lives_for_seven_days_and_once(a_region):
    """At the instant it is dead, a microsecond before it is not; what was disputed once is not disputed twice."""
    for short, expected in ((timedelta(microseconds=1), AddressChanged()), (timedelta(), _DEAD)):
        region, key = with_ala(a_region)
        moved_by_owner(region, key)
        dispute = dispute_of(region.letters())

        region.clock.advance(timedelta(days=7) - short)

        assert region.addresses.dispute(dispute) == expected
        assert region.addresses.dispute(dispute) == _DEAD


def hijacked(a_region):
    """Let an attacker with Ala's session move her address twice; return the region and both disputes."""
    region, key = with_ala(a_region)
    owners = dispute_of(region.moves(key, "attacker"))
    region.wait(hours=1)
    attackers = dispute_of(region.moves(region.signs_in("ala.lis"), "attacker2"))
    region.wait(hours=1)
    return region, owners, attackers


@pytest.mark.rule("MAIL-6d")
def test_moving_once_more_does_not_silence_the_owner(a_region):
    """An attacker moves twice, sets another password, and the owner's link of the first move still restores."""
    region, owners, attackers = hijacked(a_region)
    region.access.complete(region.token_for("ala.lis"), _NEW)

    assert region.addresses.dispute(owners) == AddressChanged()

    assert central(region, "Ala") == "ala"
    assert region.addresses.dispute(attackers) == _DEAD
    assert (central(region, "Ala"), region.person("Ala").state) == ("ala", State.RECOVERY_REQUIRED)


@pytest.mark.rule("MAIL-6d")
def test_an_attackers_own_dispute_does_not_silence_the_owner(a_region):
    """An attacker who takes a later move back kills later links only: the owner's goes back further, and restores."""
    region, owners, attackers = hijacked(a_region)

    assert region.addresses.dispute(attackers) == AddressChanged()
    assert central(region, "Ala") == "attacker"

    assert region.addresses.dispute(owners) == AddressChanged()
    assert central(region, "Ala") == "ala"


@pytest.mark.rule("MAIL-6d")
def test_where_the_old_address_was_taken_all_the_rest_is_done(a_region):
    """Somebody else has the address by now: the thief's goes all the same, with sessions, links, the password."""
    region = a_region("open", freed_address_reserved=timedelta(days=1))
    region.take(_ALA, _OLA)
    moving = region.enters("Ala")
    dispute = dispute_of(region.moves(moving, "new"))
    region.wait(days=2)
    region.moves(region.enters("Ola"), "ala")
    session = region.signs_in("ala.lis")

    assert region.addresses.dispute(dispute) == AddressKept(AddressRefused.ADDRESS_TAKEN)

    assert (central(region, "Ala"), central(region, "Ola")) == (None, "ala")
    assert region.end_of(session) is SessionEnd.REPORTED
    assert region.person("Ala").state is State.RECOVERY_REQUIRED
    assert region.signing_in.attempt("ala.lis", _PASSWORD) == SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)


@pytest.mark.rule("MAIL-6d")
def test_whoever_takes_a_move_back_is_told_and_the_disputed_mailbox_gets_no_link(a_region):
    """The restored mailbox hears of it; the one that is left cannot dispute the dispute."""
    region, key = with_ala(a_region)
    dispute = dispute_of(region.moves(key, "new"))

    region.addresses.dispute(dispute)

    assert {(each.kind, each.to) for each in region.letters()} == {
        (MessageKind.ADDRESS_CHANGED, "ala@example.com"),
        (MessageKind.PASSWORD_DISABLED, "ala@example.com"),
    }


@pytest.mark.rule("MAIL-6d")
def test_an_account_without_a_password_can_dispute_too(a_region):
    """The gradebook moves the address of an account that nobody entered yet: first access goes to the old again."""
    region = a_region("open")
    region.take(_ALA)
    region.letters()
    region.take("A/1: s Ala 1 new")

    assert region.addresses.dispute(dispute_of(region.letters())) == AddressChanged()

    assert region.person("Ala").state is State.AWAITING
    assert [each.to for each in region.asks(pesel(1))] == ["ala@example.com"]


# an address that was left


@pytest.mark.rule("MAIL-5d")
def test_an_address_that_was_left_is_kept_for_seven_days_and_then_taken_by_itself(a_region):
    """A claim on it waits until the very instant; then the next import of anything gives it."""
    region, key = with_ala(a_region)
    moved_by_owner(region, key)
    both = (_ALA, "A/2: s Ola 2 ala")
    region.take(*both)
    assert central(region, "Ola") is None

    region.clock.advance(timedelta(days=7) - timedelta(microseconds=1))
    region.take("B/k: t Ewa 9 ewa")
    assert central(region, "Ola") is None
    region.clock.advance(timedelta(microseconds=1))
    region.take("B/k: t Ewa 9 ewa")

    assert (central(region, "Ala"), central(region, "Ola")) == ("new", "ala")


@pytest.mark.rule("MAIL-5d")
def test_nobody_else_can_choose_an_address_that_is_kept(a_region):
    """Another owner asks for it: no letter goes there until it is free; the one it is kept for may return."""
    region, key = with_ala(a_region)
    region.take(_ALA, _OLA)
    moved_by_owner(region, key)
    other = region.enters("Ola")

    assert region.addresses.request(other, _PASSWORD, "ala@example.com") == ConfirmationSent()
    assert region.letters(MessageKind.CONFIRM_ADDRESS) == []
    region.moves(region.signs_in("ala.lis"), "ala")
    assert central(region, "Ala") == "ala"


@pytest.mark.rule("MAIL-5d")
def test_an_address_that_nobody_used_is_free_at_once(a_region):
    """Only an account that was activated has an address kept for it."""
    region = a_region("open")
    region.take(_ALA)
    region.take("A/1: s Ala 1 new", "A/2: s Ola 2 ala")

    assert (central(region, "Ala"), central(region, "Ola")) == ("new", "ala")


@pytest.mark.rule("SYNC-1")
@pytest.mark.rule("MAIL-5d")
def test_an_account_that_opens_through_somebodys_move_is_announced(a_region):
    """Two records state one address; its holder has left it, and at the holder's next move the other account opens."""
    region = a_region("uonet", login_scheme=LoginScheme.ISSUED)
    region.take("A/1: s Ala 1 box", "A/2: s Ola 2 box")
    key = region.enters("Ala")
    region.moves(key, "new")
    region.wait(days=7)
    assert "ola.lis" not in region.people()

    letters = region.moves(region.signs_in("ala.lis"), "newer")

    assert region.person("Ola").central.spelling == "box@example.com"
    assert [each.data["login"] for each in letters if each.kind is MessageKind.ACCOUNT_OPENED] == ["ola.lis"]


@pytest.mark.rule("MAIL-5c")
def test_a_claim_that_waited_longer_goes_before_a_new_choice(a_region):
    """Whose records state a freed address gets it; who only chose it keeps the old one, and is told so."""
    region = a_region("open")
    region.take(_ALA, _OLA, "A/3: s Ewa 3 ewa")
    ala = region.enters("Ala")
    region.enters("Ewa")
    region.enters("Ola")
    region.moves(ala, "new")
    region.take(_ALA, "A/2: s Ola 2 ala", "A/3: s Ewa 3 ewa")
    region.wait(days=7)

    ewa = region.signs_in("ewa.lis")
    answer = region.addresses.confirm(region.asks_to_move(ewa, "ala"))

    assert answer == AddressKept(AddressRefused.ADDRESS_TAKEN)
    assert region.is_open(ewa)
    region.take(empty=("B",))
    assert [central(region, name) for name in ("Ola", "Ewa")] == ["ala", "ewa"]
