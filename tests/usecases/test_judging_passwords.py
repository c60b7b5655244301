"""What a form says of a password before anybody sets it (CRED-7, CRED-9a)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.judge_password import JudgePassword
from eszkola_core._usecases.recover_access import NotCompleted
from eszkola_core.domain.passwords import ViolationCode
from eszkola_core.domain.policy_timelines import IntroducedPolicy, own_policy
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel

ALA = "A/1: s Ala 1 lis"


def judge_of(region):
    """Return the use case of a region."""
    return JudgePassword(region.storage, region.tenant, region.clock, region.passwords.compromised)


def codes(found):
    """Return the codes of what is wrong."""
    return {each.code for each in found}


@pytest.mark.rule("CRED-7")
@given(text=st.text(st.sampled_from("aB7-lis @\t"), max_size=12))
def test_what_is_told_before_is_what_setting_it_tells(a_region, text):
    """Word for word: a form that asks first never says less, or anything else, than what sets the password."""
    region = a_region("open")
    region.take(ALA)
    token = region.token_for(pesel(1))

    told = judge_of(region).of(text, region.person("Ala").id)
    done = region.access.complete(token, text)

    assert told == (done.violations if isinstance(done, NotCompleted) else ())


@pytest.mark.rule("CRED-7")
def test_of_somebody_unknown_what_every_policy_asks_is_told(a_region):
    """Before anybody is known, the strictest length counts and no name is looked for; then it is the owner's own."""
    region = a_region("open", common=["Zielony-Dom-7"])
    teachers = IntroducedPolicy(own_policy("NIST_800_63B_4", date(2026, 1, 1)), frozenset({Role.TEACHER}))
    region.tenant = evolve(region.tenant, introduced_policies=(teachers,))
    region.take(ALA)
    judge, ala = judge_of(region), region.person("Ala").id

    assert judge.policy().min_length > judge.policy(ala).min_length
    assert codes(judge.of("Zielony-Dom-7")) == {ViolationCode.TOO_SHORT, ViolationCode.TOO_COMMON}
    assert codes(judge.of("Ala.Lis-7")) == {ViolationCode.TOO_SHORT}
    assert codes(judge.of("Ala.Lis-7", ala)) == {ViolationCode.CONTAINS_LOGIN, ViolationCode.CONTAINS_EMAIL}


@pytest.mark.rule("CRED-4a")
def test_it_tells_nobody_what_a_password_was(a_region):
    """The password that somebody has is judged like any other: only whoever sets one hears that it was used."""
    region = a_region("open")
    region.take(ALA)
    region.enters("Ala", "Zielony-Dom-7")

    assert judge_of(region).of("Zielony-Dom-7", region.person("Ala").id) == ()


def test_nobody_has_no_password(a_region):
    """A number that is nobody's is said to be, and not taken for somebody without a name."""
    with pytest.raises(InvalidValue, match="nobody"):
        judge_of(a_region("open")).of("Zielony-Dom-7", 77)
