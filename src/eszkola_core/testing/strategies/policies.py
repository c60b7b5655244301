"""For whom password policies are introduced."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.passwords import PasswordPolicy
from eszkola_core.domain.policy_timelines import IntroducedPolicy
from eszkola_core.domain.roles import Role
from eszkola_core.testing.strategies.passwords import password_policies
from eszkola_core.testing.strategies.times import chosen


def introduced_policies(
    *, policies: SearchStrategy[PasswordPolicy] | None = None, roles: SearchStrategy[frozenset[Role]] | None = None
) -> SearchStrategy[IntroducedPolicy]:
    """Yield *policies* for everybody, or for *roles*."""
    return st.builds(
        IntroducedPolicy,
        policy=chosen(policies, password_policies()),
        roles=chosen(roles, st.frozensets(st.sampled_from(Role), max_size=3)),
    )
