"""Credentials that somebody else makes (CRED-5)."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.initial_credentials import INITIAL_LIFETIME, invent
from eszkola_core.domain.passwords import (
    NIST_800_63B_4,
    OPOLSKA_2018,
    POLICIES,
    Owner,
    PasswordPolicy,
    violations,
)
from eszkola_core.errors import BrokenPromise

shipped = st.sampled_from(list(POLICIES.values()))
# Even, as the real one: Hypothesis would draw its favourites over and over.
randomness = st.integers().map(lambda seed: Random(seed).randrange)  # noqa: S311 - nobody signs in with these
any_policy = st.builds(
    PasswordPolicy,
    name=st.just("some"),
    first_day=st.just(date(2026, 1, 1)),
    min_length=st.integers(1, 64),
    need_upper=st.booleans(),
    need_lower=st.booleans(),
    need_digit_or_special=st.booleans(),
)


@pytest.mark.rule("CRED-5b")
@given(randomness, shipped | any_policy)
def test_an_invented_credential_keeps_every_policy(choose, policy):
    """Those that ship, and any other that can be written down."""
    credential = invent(choose, policy)

    assert violations(credential, policy, owner=Owner(), compromised=False, reused=False) == ()


@pytest.mark.rule("CRED-5b")
@given(randomness, shipped)
def test_an_invented_credential_is_easy_to_read_out_and_type(choose, policy):
    """Groups of four with hyphens, one capital in front, and nothing that looks like something else."""
    text = invent(choose, policy).reveal()

    assert re.fullmatch(r"[A-Z][a-z]{3}(-[2-9a-z][a-z]{3}){4}", text)
    assert not set(text) & set("0Oo1lI|")
    assert text.isascii()


@pytest.mark.rule("CRED-5b")
def test_an_invented_credential_is_chosen_among_2_to_the_62():
    """The choices that are asked of the source multiply to the promised number."""
    asked = []

    def choose(limit):
        asked.append(limit)
        return limit - 1

    invent(choose, OPOLSKA_2018)

    assert math.prod(asked) == 2**62


@pytest.mark.rule("CRED-5b")
def test_every_single_choice_shows_in_the_credential():
    """Twenty choices, each changed alone, give twenty other credentials: none of the bits is lost."""

    def credential(changed=None):
        calls = iter(range(20))
        return invent(lambda _: int(next(calls) == changed), OPOLSKA_2018).reveal()

    assert len({credential(), *map(credential, range(20))}) == 21


@pytest.mark.rule("CRED-5b")
@pytest.mark.parametrize(("length", "groups"), [(24, 5), (25, 6), (29, 6), (64, 13)])
def test_a_policy_that_asks_for_more_gets_as_many_groups_as_it_needs(length, groups):
    """Words and numbered groups go on taking turns, and none is there in vain."""
    policy = PasswordPolicy(name="long", first_day=date(2026, 1, 1), min_length=length)
    text = invent(lambda _: 0, policy).reveal()

    assert text.casefold().split("-") == (["baba", "2bab"] * groups)[:groups]


@pytest.mark.rule("CRED-5b")
def test_no_rude_word_is_handed_to_a_child():
    """A draw that gives one is drawn again."""
    from eszkola_core.domain import initial_credentials as module  # noqa: PLC0415 - its alphabets are its own

    rude = [module._CONSONANTS.index("d"), module._VOWELS.index("u"), module._CONSONANTS.index("p"), 0]  # noqa: SLF001
    script = iter([*rude, *[0] * 16])
    text = invent(lambda _: next(script, 1), OPOLSKA_2018).reveal()

    assert "dupa" not in text.casefold()


@pytest.mark.rule("CRED-6a")
@given(randomness)
def test_an_invented_credential_says_nothing_of_its_owner(choose):
    """A name that comes out by chance is drawn again."""
    once = invent(choose, OPOLSKA_2018).reveal()
    owner = Owner(names=(once[:4],))
    again = invent(choose, OPOLSKA_2018, owner=owner)

    assert violations(again, OPOLSKA_2018, owner=owner, compromised=False, reused=False) == ()


def test_a_source_that_never_changes_its_mind_is_found_out():
    """When a hundred draws name the owner, the source is broken and nothing is handed out."""
    stuck = invent(lambda _: 0, NIST_800_63B_4).reveal()

    with pytest.raises(BrokenPromise) as broken:
        invent(lambda _: 0, NIST_800_63B_4, owner=Owner(login=stuck))

    assert broken.value.code == "not-random"
    assert str(broken.value) == "the source of randomness keeps giving what cannot be used"


@pytest.mark.rule("CRED-5b")
def test_an_initial_credential_lives_thirty_days():
    """Thirty days, unless the tenant sets another number."""
    assert timedelta(days=30) == INITIAL_LIFETIME
