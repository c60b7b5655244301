"""Which role stands above which, and which gives which (ROLE-2, ROLE-6)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.roles import Role

_R = Role
_PEOPLE: Final = frozenset({_R.STUDENT, _R.GUARDIAN})
_TEACHERS: Final = _PEOPLE | {_R.TEACHER, _R.HOMEROOM_TEACHER}
_SCHOOL: Final = _TEACHERS | {_R.SECRETARY}

POWER_OVER: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType(
    {
        _R.TEACHER: _PEOPLE,
        _R.HOMEROOM_TEACHER: _PEOPLE,
        _R.SECRETARY: _TEACHERS,
        _R.SCHOOL_ADMINISTRATOR: _SCHOOL,
        _R.DELEGATE: _SCHOOL | {_R.SCHOOL_ADMINISTRATOR},
        _R.REGIONAL_ADMINISTRATOR: _SCHOOL | {_R.SCHOOL_ADMINISTRATOR, _R.DELEGATE},
    },
)
"""Over whose accounts a role has power: whoever is not below stays out of reach, whatever the permissions say."""

GRANTS: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType(
    {
        _R.SCHOOL_ADMINISTRATOR: frozenset({_R.TEACHER, _R.HOMEROOM_TEACHER, _R.SECRETARY}),
        _R.DELEGATE: frozenset({_R.TEACHER, _R.HOMEROOM_TEACHER, _R.SECRETARY, _R.SCHOOL_ADMINISTRATOR}),
        _R.REGIONAL_ADMINISTRATOR: frozenset({_R.DELEGATE}),
    },
)
"""Which roles a role may give, in its own scope; student and guardian come from records alone (ROLE-6)."""


def brings(role: Role) -> frozenset[Role]:
    """
    Return the roles that can come from *role*: those that it gives, and those that these give in their turn.

    >>> sorted(brings(Role.SCHOOL_ADMINISTRATOR))
    [<Role.HOMEROOM_TEACHER: 'homeroom-teacher'>, <Role.SECRETARY: 'secretary'>, <Role.TEACHER: 'teacher'>]
    """
    given = GRANTS.get(role, frozenset())
    return given.union(*map(brings, given))
