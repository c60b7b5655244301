"""Roles that people hold, and the two sides of a permission."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.roles import Role
from eszkola_core.testing.strategies.times import chosen

_SCHOOLS: Final = st.sampled_from(["sp1", "sp2", "lo1"])
_CLASSES: Final = st.sampled_from(["", "1a", "1b"])
_PEOPLE: Final = st.integers(1, 5).map(PersonId)


def held_roles(
    *, roles: SearchStrategy[Role] | None = None, schools: SearchStrategy[str] | None = None
) -> SearchStrategy[HeldRole]:
    """Yield roles in a few schools and classes, so that those of two people often meet."""
    return st.builds(HeldRole, chosen(schools, _SCHOOLS), chosen(roles, st.sampled_from(Role)), _CLASSES)


def actors(*, roles: SearchStrategy[HeldRole] | None = None) -> SearchStrategy[Actor]:
    """Yield people with any roles and children, some of them kept from somebody; and the console."""
    people = st.builds(
        Actor,
        name=st.just("anna.lis"),
        person=_PEOPLE,
        roles=_sorted(chosen(roles, held_roles())),
        children=st.frozensets(_PEOPLE, max_size=2),
        kept_from=st.frozensets(_PEOPLE, max_size=1),
        where=st.sampled_from(["console", "2001:db8::7"]),
    )
    return people | st.just(Actor.console("console:zofia"))


def targets(*, roles: SearchStrategy[HeldRole] | None = None) -> SearchStrategy[Target]:
    """Yield people with any roles, some together with others whom it concerns, and schools and classes."""
    people = st.builds(
        Target,
        person=_PEOPLE,
        roles=_sorted(chosen(roles, held_roles())),
        concerns=st.just(frozenset()) | st.frozensets(_PEOPLE, max_size=2),
    )
    return people | st.builds(Target.of_school, _SCHOOLS, _CLASSES)


def _sorted(roles: SearchStrategy[HeldRole]) -> SearchStrategy[tuple[HeldRole, ...]]:
    return st.frozensets(roles, max_size=4).map(lambda found: tuple(sorted(found)))
