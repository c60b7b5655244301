"""
The two choices that take something from people when they change: what one signs in with, and who shares (MAIL-5f).

They are changed by a plan that lists who would lose what; until it was applied the former ones are in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.settings import LoginScheme, Settings, Sharing


@frozen(kw_only=True)
class Choice:
    """What was chosen when it was last planned."""

    login_scheme: LoginScheme
    sharing: Sharing

    @classmethod
    def of(cls, settings: Settings) -> Choice:
        """Return what *settings* choose."""
        return cls(login_scheme=settings.login_scheme, sharing=settings.sharing)

    @property
    def separates(self) -> bool:
        """Whether nobody may share an address."""
        return self.sharing is Sharing.FORBID


class LossKind(StrEnum):
    """What somebody would lose."""

    ADDRESS = "address"
    SIGN_IN = "sign-in"


@frozen(order=True)
class Loss:
    """One person who would lose something; the name is for whoever mends it, as in every report of a school."""

    schools: tuple[str, ...]
    name: str
    login: str
    kind: LossKind
    person: PersonId


_SHUT = frozenset({State.UNOPENED, State.CLOSED, State.ERASED, State.MERGED})


def losses(
    people: Iterable[Person], choice: Choice, leaving: frozenset[PersonId]
) -> Iterable[tuple[PersonId, LossKind]]:
    """
    Yield who would lose what under *choice*; *leaving* are those who would no longer have the address that they share.

    Where people sign in with their address, whoever has none cannot sign in any more.
    """
    for person in people:
        if person.state in _SHUT:
            continue
        if person.id in leaving:
            yield person.id, LossKind.ADDRESS
        if choice.login_scheme is LoginScheme.EMAIL and (person.central is None or person.id in leaving):
            yield person.id, LossKind.SIGN_IN
