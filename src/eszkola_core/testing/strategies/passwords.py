"""Passwords that keep a policy."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.passwords import OPOLSKA_2018, Owner, PasswordPolicy, prepare, violations
from eszkola_core.testing.strategies.times import chosen


def passwords(*, policies: SearchStrategy[PasswordPolicy] | None = None) -> SearchStrategy[Secret]:
    """Yield prepared passwords that keep *policies*, whoever owns them and whatever is on a list."""
    return (chosen(policies, st.just(OPOLSKA_2018))).flatmap(_passwords_for)


def _passwords_for(policy: PasswordPolicy) -> SearchStrategy[Secret]:
    typed = st.text(
        st.characters(
            min_codepoint=32, max_codepoint=0x17F, categories=["Lu", "Ll", "Nd", "P", "S", "Zs"], exclude_characters="·"
        ),
        min_size=max(policy.min_length - 3, 1),
        max_size=60,
    )
    every_kind = st.tuples(_one_of("ABCŁŻ"), typed, _one_of("abcłż"), _one_of("0123456789!?"))
    return every_kind.map("".join).map(prepare).filter(lambda made: _keeps(made, policy))


def _one_of(letters: str) -> SearchStrategy[str]:
    return st.sampled_from(letters)


def _keeps(password: Secret, policy: PasswordPolicy) -> bool:
    return not violations(password, policy, owner=Owner(), compromised=False, reused=False)
