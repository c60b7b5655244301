"""What is sealed opens where it belongs, and nowhere else; what is indexed can be found, and not guessed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.keys import KeyKind
from eszkola_core.errors import InvalidValue
from eszkola_stores.keyring import Keyring
from eszkola_stores.vault import Uses, Vault


def keyring(letter, *, data=(1,)):
    """Return keys that are the same for the same letter."""
    keys = {number: letter.encode() * 31 + bytes([number]) for number in data}
    return Keyring(data=keys, index={1: letter.upper().encode() * 32}, digest={1: b"d" * 31 + letter.encode()})


VAULT = Vault(keyring("a"), "opolskie")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
texts = st.text()


@given(data=st.binary(), context=texts)
@pytest.mark.rule("ID-10b")
def test_what_was_sealed_opens_for_the_same_purpose(data, context):
    """The bytes come back, whatever they are, and a long one does not stand in the seal."""
    sealed = VAULT.seal(data, context)

    assert VAULT.opened(sealed, context) == data
    assert len(data) < 4 or data not in sealed


@given(data=st.binary(), context=texts, other=texts)
@pytest.mark.rule("ID-10b")
def test_a_seal_opens_for_no_other_purpose(data, context, other):
    """A value that was moved to another row or column does not open."""
    sealed = VAULT.seal(data, context)

    if context != other:
        with pytest.raises(InvalidValue) as refused:
            VAULT.opened(sealed, other)
        assert refused.value.code == "wrong-seal"


@given(junk=st.binary())
def test_what_was_never_sealed_does_not_open(junk):
    """Any bytes at all are refused as a value that cannot be right."""
    with pytest.raises(InvalidValue):
        VAULT.opened(junk, "x")


def test_the_same_text_is_sealed_differently_each_time():
    """Equal values cannot be told from their seals."""
    assert VAULT.seal(b"x", "c") != VAULT.seal(b"x", "c")


def test_another_tenant_opens_and_finds_nothing():
    """The same keyring gives every tenant keys of its own."""
    other = Vault(keyring("a"), "wielkopolskie")

    assert other.index("mailbox", "a@b.pl") != VAULT.index("mailbox", "a@b.pl")
    assert other.fingerprint(b"x", "c") != VAULT.fingerprint(b"x", "c")
    with pytest.raises(InvalidValue):
        other.opened(VAULT.seal(b"x", "c"), "c")


@given(kind=texts, value=texts, other_kind=texts, other_value=texts)
def test_a_blind_index_tells_kinds_and_values_apart(kind, value, other_kind, other_value):
    """Two indexes are equal when kind and value are, however the two run together."""
    same = VAULT.index(kind, value) == VAULT.index(other_kind, other_value)

    assert same == ((kind, value) == (other_kind, other_value))
    assert len(VAULT.index(kind, value)) == 16


def test_an_index_and_a_fingerprint_of_the_same_text_differ():
    """Each use has a key of its own."""
    assert VAULT.index("c", "x") != VAULT.fingerprint(b"x", "c")


def test_a_new_data_key_opens_what_the_former_sealed():
    """Turning the keys loses nothing: the highest number seals, all open."""
    before, after = Vault(keyring("a"), "t"), Vault(keyring("a", data=(1, 2)), "t")
    sealed = before.seal(b"x", "c")

    assert after.opened(sealed, "c") == b"x"
    with pytest.raises(InvalidValue):
        before.opened(after.seal(b"x", "c"), "c")


@pytest.mark.parametrize("field", ["data", "index", "digest"])
def test_a_proof_shows_that_one_key_is_another(field):
    """Whichever key was exchanged, it is noticed."""
    right, wrong = keyring("a"), keyring("b")
    mixed = Keyring(**{name: getattr(wrong if name == field else right, name) for name in ("data", "index", "digest")})
    proof = Vault(right, "t").proof()

    assert Vault.proved(right, "t", proof)
    for other, tenant in ((mixed, "t"), (right, "another")):
        with pytest.raises(InvalidValue) as refused:
            Vault.proved(other, tenant, proof)
        assert refused.value.code == "wrong-keyring"


@pytest.mark.rule("LAW-5b")
def test_a_pseudonym_outlives_every_key():
    """Whatever comes into use, and whatever is forgotten then: the secret goes on from proof to proof."""
    vault = Vault(keyring("a"), "t")
    name = vault.pseudonym("44051401359")
    grown = keyring("a")
    for number, kind in enumerate(KeyKind, start=2):
        grown = grown.with_new(KeyKind.DATA, NOW).with_new(KeyKind.INDEX, NOW).with_new(KeyKind.DIGEST, NOW)
        vault = Vault.proved(grown, "t", vault.turned(grown, kind, number).proof())
        assert vault.uses.number(kind) == number
        assert vault.pseudonym("44051401359") == name
    left = grown.without(KeyKind.DATA, 1).without(KeyKind.INDEX, 1).without(KeyKind.DIGEST, 1)
    assert Vault.proved(left, "t", vault.proof()).pseudonym("44051401359") == name
    assert Vault(keyring("a"), "t").pseudonym("44051401359") != name, "a tenant begun anew has a secret of its own"


@pytest.mark.rule("LAW-5b")
def test_a_tenant_from_before_there_were_secrets_keeps_its_pseudonyms():
    """They were made with its first digest key, which becomes its secret."""
    first = Vault(keyring("a"), "t")
    proof = first._shown() + first.seal(b"eszkola", "proof")  # noqa: SLF001 - as it was made then
    then = Vault.proved(keyring("a"), "t", proof)
    name = first.fingerprint(b"44051401359", "record key").hex()

    assert then.uses == Uses()
    assert then.pseudonym("44051401359") == name
    newer = keyring("a").with_new(KeyKind.DIGEST, NOW)
    later = Vault.proved(newer, "t", then.turned(newer, KeyKind.DIGEST, 2).proof())
    assert later.pseudonym("44051401359") == name
    assert later.fingerprint(b"44051401359", "record key").hex() != name


def test_keys_never_show_themselves():
    """Neither the vault nor the keyring prints a key."""
    shown = repr(VAULT) + repr(keyring("a"))

    assert "aaa" not in shown
    assert "AAA" not in shown
    assert "ddd" not in shown
