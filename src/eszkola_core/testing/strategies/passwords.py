"""Password policies, and passwords that keep one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.passwords import OPOLSKA_2018, Owner, PasswordPolicy, prepare, violations
from eszkola_core.testing.strategies.times import chosen


@st.composite
def password_policies(draw: st.DrawFn) -> PasswordPolicy:
    """Yield whatever policy can be written down."""
    lifetime = draw(st.none() | st.integers(1, 400).map(lambda days: timedelta(days=days)))
    most = 400 if lifetime is None else lifetime.days - 1
    return PasswordPolicy(
        name=draw(st.text(min_size=1, max_size=20)),
        first_day=draw(st.dates(date(2000, 1, 1), date(2100, 1, 1))),
        min_length=draw(st.integers(1, 64)),
        min_length_beside_second_factor=draw(st.none() | st.integers(1, 64)),
        need_upper=draw(st.booleans()),
        need_lower=draw(st.booleans()),
        need_digit_or_special=draw(st.booleans()),
        blocklist=draw(st.booleans()),
        lifetime=lifetime,
        warn_days=tuple(draw(st.lists(st.integers(0, most), max_size=4, unique=True))),
        history=draw(st.integers(0, 24)),
        grace=draw(st.integers(14, 60).map(lambda days: timedelta(days=days))),
    )


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
