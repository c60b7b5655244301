"""Who acts, and on what: the two sides of every permission (ROLE-4, ROLE-6)."""

from __future__ import annotations

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue


@frozen(kw_only=True)
class Actor:
    """
    Who acts, with all that decides what they may.

    One without a person may nothing, unless it is the console, which may do everything on the embedded store.
    ``children`` are those whom the person sees as a guardian today; ``kept_from`` are those to whom a restriction
    denies all access, whatever the person's roles (LINK-3). ``where`` is where the request comes from, for the journal.
    """

    name: str
    person: PersonId | None = None
    roles: tuple[HeldRole, ...] = ()
    children: frozenset[PersonId] = frozenset()
    kept_from: frozenset[PersonId] = frozenset()
    where: str = "console"
    is_console: bool = False

    @classmethod
    def console(cls, name: str) -> Actor:
        """
        Return the console of an embedded store, whose user *name* names.

        Raises:
            InvalidValue: the journal would name nobody.
        """
        if not name.strip():
            raise InvalidValue("say who sits at the console: the journal names them", code="nameless")
        return cls(name=name, is_console=True)

    @classmethod
    def platform(cls) -> Actor:
        """Return the platform itself, as the journal names it where nobody did anything: no permission is its."""
        return cls(name="", where="")


@frozen(kw_only=True)
class Target:
    """
    What an action is about: a person with all current roles, or a school or class; several where all are meant.

    ``concerns`` are others whom it is about too: the guardian and the child of a link, or an applicant.
    """

    person: PersonId | None = None
    roles: tuple[HeldRole, ...] = ()
    concerns: frozenset[PersonId] = frozenset()

    @classmethod
    def of_school(cls, school: str, class_name: str = "") -> Target:
        """Return the students of a school, or of one class in it."""
        return cls(roles=(HeldRole(school, Role.STUDENT, class_name),))

    @property
    def people(self) -> frozenset[PersonId]:
        """Everybody whom it is about."""
        return self.concerns | ({self.person} if self.person is not None else frozenset())
