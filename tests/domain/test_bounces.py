"""A proof is made with the key alone, says nothing to others, and names one message."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.bounces import proof_of, proofs_in, proved_message
from eszkola_core.testing import strategies as s

NUMBERS = st.integers(0, 2**63 - 1)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def keyed(key, data, context):
    """Return the digest of a storage with that key."""
    return hashlib.blake2b(data, digest_size=16, key=key + context.encode()).digest()


OURS, THEIRS = partial(keyed, b"ours"), partial(keyed, b"theirs")


@pytest.mark.rule("MAIL-9b")
@given(NUMBERS, st.text(max_size=5))
def test_a_proof_is_read_by_whoever_has_the_key_and_by_nobody_else(number, around):
    """Found again in a Message-ID, in whatever case servers spell it; under another key it proves nothing."""
    proof = proof_of(number, OURS)

    assert proof == proof_of(number, OURS)
    assert len(proof) == 39
    assert set(proof) <= set(LETTERS)
    assert proofs_in(f"{around} <{proof}@eszkola.example>, <{proof.upper()}@x>") == (proof,)
    assert proved_message(proof, OURS) == proved_message(proof.upper(), OURS) == number
    assert proved_message(proof, THEIRS) is None


@pytest.mark.rule("MAIL-9b")
@given(NUMBERS, st.integers(0, 38), st.sampled_from(LETTERS))
def test_a_proof_with_one_letter_changed_proves_nothing(number, at, letter):
    """Neither this message nor another: also where the bits of the letter are of no use."""
    proof = proof_of(number, OURS)
    forged = proof[:at] + letter + proof[at + 1 :]

    assert proved_message(forged, OURS) == (number if forged == proof else None)


@pytest.mark.rule("MAIL-9b")
@given(st.text(max_size=60) | st.text(LETTERS, min_size=39, max_size=39))
def test_no_text_that_was_never_made_is_a_proof(text):
    """Whatever stands in a report, of whatever length and letters, raises nothing and proves nothing."""
    assert proved_message(text, OURS) is None


@given(NUMBERS, NUMBERS)
def test_a_proof_does_not_tell_its_number(one, other):
    """Two messages have no letter in common but by chance, however near their numbers are."""
    first, second = proof_of(one, OURS), proof_of(other, OURS)

    assert (first == second) == (one == other)
    assert f"{one:016x}" not in first


@pytest.mark.rule("ID-10a")
@given(s.bounces(), s.unusable_addresses())
def test_neither_address_nor_proof_is_shown(bounce, unusable):
    """They stand in no repr, which a log might hold."""
    assert not any(each in repr(bounce) for each in bounce.proofs)
    assert unusable.address.spelling not in repr(unusable)
    assert unusable.mailbox == unusable.address.mailbox
