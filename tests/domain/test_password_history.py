"""Which passwords come back and which do not (CRED-4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.password_history import PasswordHistory
from eszkola_core.domain.passwords import NIST_800_63B_4, OPOLSKA_2018

steps = st.lists(st.tuples(st.sampled_from(["own", "given"]), st.sampled_from("abcdefgh")), max_size=30)


@pytest.mark.rule("CRED-4a")
@pytest.mark.rule("CRED-4b")
@given(steps, st.sampled_from("abcdefgh"))
def test_a_new_password_differs_from_the_four_last_and_from_every_given_one(changes, wanted):
    """The current one counts among the four; what somebody else made takes no place there and never comes back."""
    history = PasswordHistory()
    for who, password in changes:
        history = history.after_own(password, OPOLSKA_2018) if who == "own" else history.after_given(password)
    own = [password for who, password in changes if who == "own"]
    given_ones = [password for who, password in changes if who == "given"]

    assert (wanted in history.forbidden(OPOLSKA_2018)) == (wanted in own[-4:] or wanted in given_ones)


@pytest.mark.rule("CRED-4a")
def test_the_current_password_is_remembered_by_a_policy_without_history():
    """When history begins later, the current password counts at once."""
    history = PasswordHistory().after_own("old", NIST_800_63B_4).after_own("current", NIST_800_63B_4)

    assert history.forbidden(NIST_800_63B_4) == ()
    assert history.forbidden(OPOLSKA_2018) == ("current",)


@pytest.mark.rule("CRED-8a")
def test_a_rehashed_password_is_remembered_in_its_new_encoding():
    """The same password is not checked twice, and no weak encoding stays behind."""
    history = PasswordHistory(own=("weak", "other"), given=("weak", "another")).after_rehash("weak", "strong")

    assert history == PasswordHistory(own=("strong", "other"), given=("strong", "another"))


@pytest.mark.rule("LAW-2a")
def test_what_was_disclosed_is_remembered_once_among_the_given():
    """However often it is reported: nobody chooses it again, and the history grows no further."""
    history = PasswordHistory(own=("known", "other"), given=("slip",))

    once = history.after_disclosure("known")

    assert once == PasswordHistory(own=("known", "other"), given=("known", "slip"))
    assert once.after_disclosure("known") == once
    assert "known" in once.forbidden(NIST_800_63B_4)


def test_a_history_does_not_show_its_encodings():
    """Its repr is empty."""
    assert repr(PasswordHistory(own=("$argon2id$1",), given=("$argon2id$2",))) == "PasswordHistory()"
