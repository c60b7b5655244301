"""
The reference page about permissions, written from the tables themselves.

::

    python -m eszkola_core.testing.permissions_page > docs/reference/permissions.md
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from typing import Final

from eszkola_core.domain.permissions import COVERS_EVERY_ROLE, NEEDS_NO_POWER, OF_ONESELF, PERMISSIONS, Action
from eszkola_core.domain.role_powers import GRANTS, POWER_OVER
from eszkola_core.domain.roles import Role

_INTRODUCTION: Final = """\
# Who may do what

This page is written by `python -m eszkola_core.testing.permissions_page` from the tables in
`eszkola_core.domain.permissions` and `eszkola_core.domain.role_powers`. What is not in a table is not allowed.

- Rights are computed at the moment of acting, from the roles of that very day; none is kept.
- Nobody acts as staff on their own account, link or application, nor on what concerns a child of theirs.
- A restriction between a person and a child comes before everything else: nothing reaches that child, whatever roles
  the person has.
- The console may do everything on an embedded store, and is named in the journal like everybody else.

## The actions

How far each role reaches: *self* is the own account, *own child* each child on the guardian's list, *own class* the
students and guardians of the class that is looked after, *own school* and *all schools* everybody there. A role that
may do an action marked **s** may do it to the own account too. An action marked **p** may only be done to somebody over
whose role the actor's role has power. One marked **c** is done to an account as a whole: every current role of its
owner must be in reach.
"""
_ROLES: Final = tuple(Role)


def page() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *_actions(), *_powers(), *_grants()]) + "\n"


def _actions() -> Iterator[str]:
    yield _row(["action", "", *map(_words, _ROLES)])
    yield _row(["---"] * (len(_ROLES) + 2))
    for action in Action:
        scopes = PERMISSIONS.get(action, {})
        yield _row([_words(action), _marks(action), *(str(scopes.get(role, "–")) for role in _ROLES)])


def _marks(action: Action) -> str:
    marks = {"s": action in OF_ONESELF, "p": action not in NEEDS_NO_POWER, "c": action in COVERS_EVERY_ROLE}
    return " ".join(mark for mark, holds in marks.items() if holds)


def _powers() -> Iterator[str]:
    yield "\n## Power over others\n"
    yield _row(["role", "has power over"])
    yield _row(["---", "---"])
    for role in _ROLES:
        yield _row([_words(role), _listed(POWER_OVER.get(role, ()))])


def _grants() -> Iterator[str]:
    yield "\n## Who gives which role\n"
    yield "Student and guardian come from records alone. The regional administrator's role is given at the console.\n"
    yield _row(["role", "gives and takes, in its own scope"])
    yield _row(["---", "---"])
    for role in _ROLES:
        yield _row([_words(role), _listed(GRANTS.get(role, ()))])


def _listed(roles: Collection[Role]) -> str:
    return ", ".join(_words(role) for role in _ROLES if role in roles) or "–"


def _words(slug: str) -> str:
    return slug.replace("-", " ").replace("controllers", "controller's")


def _row(cells: Collection[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
