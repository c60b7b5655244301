"""Access applications as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import Application, ApplicationState


class Applications(Protocol):
    """
    Access applications; none is ever deleted.

    AP1. `add` gives the application a number that none has had, and keeps it; it comes back equal.
    AP2. `save` raises `Conflict` unless the stored revision is one less than the one given: of two who decide at once
         one looks again.
    AP3. `of_school` returns those of a school in the order of their numbers; where states are named, those in one.
    AP4. `unmoved` returns the undecided ones that nobody has touched since an instant or before, those of the longest
         first, and no more than the limit.
    AP5. `about` returns those that name a person as applicant, guardian or child, in the order of their numbers.
    AP6. `about` finds those too that name an account which was merged into the person's.
    """

    def add(self, application: Application) -> Application:
        """Keep a new application and return it with its number (AP1)."""

    def get(self, number: int) -> Application | None:
        """Return the application with *number* (AP1)."""

    def save(self, application: Application) -> None:
        """Write a changed application (AP1, AP2)."""

    def of_school(self, school: str, *, states: Collection[ApplicationState] | None = None) -> Sequence[Application]:
        """Return the applications at *school* (AP3)."""

    def unmoved(self, since: datetime, *, limit: int) -> Sequence[Application]:
        """Return undecided applications that have not moved after *since* (AP4)."""

    def about(self, person: PersonId) -> Sequence[Application]:
        """Return the applications that name *person* (AP5)."""
