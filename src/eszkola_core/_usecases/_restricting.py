"""What use cases share that are about a restriction: whether the actor may, whom it names, what follows (LINK-3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._deciding import Door
from eszkola_core._usecases._gathering import decided_about
from eszkola_core._usecases._sessions import person_with
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Place, PlaceKey, Seeds
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.permissions import Action, NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Unit
from eszkola_core.ports.system import Secrets


class RestrictionRefused(StrEnum):
    """Why everything stays as it is."""

    NO_REASON = "no-reason"
    SAME_PERSON = "same-person"
    ALREADY_RESTRICTED = "already-restricted"
    NOT_RESTRICTED = "not-restricted"
    NOT_HELD = "not-held"


@frozen
class RestrictionKept:
    """Nothing was changed."""

    reason: RestrictionRefused


def refusal(  # noqa: PLR0913, PLR0917 - who, what, on whom and why
    acting: Acting, actor: Actor, action: Action, child: Who, concerns: Iterable[Who], reason: str
) -> RestrictionKept | NotPermitted | None:
    """Return why nothing happens, or None; nobody restricts or lifts what concerns themselves (ROLE-6)."""
    people = frozenset(each for each in concerns if not isinstance(each, PlaceKey))
    if isinstance(child, PlaceKey):
        place = places_beside(acting.unit, child)[child]
        class_name = place.newest.class_name if place.newest is not None else ""
        target = Target(roles=(HeldRole(child.school, Role.STUDENT, class_name),), concerns=people)
    else:
        target = acting.target(child, concerns=people)
    allowed = acting.permission(actor, action, target)
    if not allowed:
        return NotPermitted(allowed)
    return None if reason.strip() else RestrictionKept(RestrictionRefused.NO_REASON)


def known(unit: Unit, who: Who) -> Who:
    """Return a person, or whom a place is bound to, or who survived them; the place, where nobody lasts there."""
    if isinstance(who, PlaceKey):
        place = places_beside(unit, who).get(who)
        if place is None or place.newest is None:
            raise InvalidValue("nobody stands in this place", code="unknown-place")
        return place.person if place.person is not None else who
    return Aliases.of(decided_about(unit, person_with(unit, who).id)).survivor(who)


def places_beside(unit: Unit, place: PlaceKey) -> dict[PlaceKey, Place]:
    """Return the places of the record in which *place* is."""
    return dict(unit.rosters.gather(Seeds(records=frozenset({place.record}))).places)


def lasting(secrets: Secrets, acting: Acting, actor: Actor, who: Who) -> PersonId:
    """
    Return the number of somebody; who has none yet gets one.

    Raises:
        InvalidValue: what the record says of them is held, and was never applied.
    """
    if not isinstance(who, PlaceKey):
        return who
    number = Door(acting.storage, acting.tenant, secrets).name(acting.unit, who, author=actor.name, now=acting.now)
    if number is None:
        raise InvalidValue("what this record says is held; settle that first", code="place-held")
    return number


def follow(  # noqa: PLR0913, PLR0917 - who, what, on whom and why
    secrets: Secrets, acting: Acting, actor: Actor, deed: str, on: Collection[PersonId], reason: str
) -> None:
    """Write down what was decided, and settle what follows."""
    acting.note(actor, deed, on=on, why=reason.strip())
    Door(acting.storage, acting.tenant, secrets).settle(acting.unit, on, author=actor.name, now=acting.now)
