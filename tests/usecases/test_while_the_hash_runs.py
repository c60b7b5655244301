"""Comparing a password takes a while, and what happens meanwhile counts (CRED-11, MAIL-4c, ACCESS-4)."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core._usecases.change_address import AddressKept, AddressRefused
from eszkola_core._usecases.change_password import ChangeRefused, PasswordKept
from eszkola_core._usecases.recover_access import Completed
from eszkola_core.domain.accounts import State
from eszkola_core.domain.messages import MessageKind

PASSWORD, NEW = "Zielony-Dom-7", "Deszcz-na-dach-7"
ALA = "A/1: s Ala 1 ala"


class SlowHasher:
    """A hasher that lets something happen, once, while it compares."""

    def __init__(self, hasher, meanwhile):
        self._hasher = hasher
        self._meanwhile = [meanwhile]

    def __getattr__(self, name):
        return getattr(self._hasher, name)

    def verify(self, encoded, prepared):
        """Compare, after what happens meanwhile."""
        while self._meanwhile:
            self._meanwhile.pop()()
        return self._hasher.verify(encoded, prepared)


@pytest.fixture
def region(a_region):
    """Return a region in which Ala has signed in."""
    region = a_region("open")
    region.take(ALA)
    return region


def recovered(region):
    """Let the owner set another password by a link."""
    assert isinstance(region.access.complete(region.token_for("ala.lis"), NEW), Completed)


@pytest.mark.rule("MAIL-4c")
def test_whoever_lost_the_session_meanwhile_gets_no_link_to_another_address(region):
    """The owner recovers while a thief's request compares the old password: no confirmation leaves."""
    thief = region.enters("Ala")
    slow = SlowHasher(region.hasher, lambda: recovered(region))

    answer = evolve(region.addresses, hasher=slow).request(thief, PASSWORD, "thief@example.net")

    assert answer == AddressKept(AddressRefused.NO_SESSION)
    assert region.letters(MessageKind.CONFIRM_ADDRESS) == []


@pytest.mark.rule("CRED-11")
def test_whoever_signed_out_meanwhile_changes_no_password(region):
    """The session ends while passwords are compared: the change is refused."""
    key = region.enters("Ala")
    slow = SlowHasher(region.hasher, lambda: region.signing_in.sign_out(key))

    answer = evolve(region.passwords, hasher=slow).change(key, PASSWORD, NEW)

    assert answer == PasswordKept(ChangeRefused.NO_SESSION)


@pytest.mark.rule("MAIL-4c")
def test_an_account_that_was_shut_meanwhile_moves_nowhere(region):
    """A confirmation that was sent before the lock is good for nothing after it."""
    token = region.asks_to_move(region.enters("Ala"), "new")
    region.become("Ala", state=State.LOCKED)

    assert region.addresses.confirm(token) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)


@pytest.mark.rule("ACCESS-4b")
def test_of_ten_requests_one_link_leaves(region):
    """A newer link replaces the older ones, and their letters with them."""
    for _ in range(10):
        region.access.request("ala@example.com")
    region.access.answer_waiting()

    assert len(region.letters(MessageKind.FIRST_ACCESS)) == 1
