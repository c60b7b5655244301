"""Whoever is held: why, who can mend it, and the name by which somebody answers (ID-6e, ID-8b, LINK-3b)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Final

from attrs import frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._moments import Moment
from eszkola_core._usecases._schools import known_schools
from eszkola_core._usecases._sight import look_at
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.causes import Mender
from eszkola_core.domain.claims import Claims, Hold, Place, PlaceKey, RecordKey, Seeds
from eszkola_core.domain.held_roles import stated_role
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Action, NotPermitted, may
from eszkola_core.domain.tenants import Tenant
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.ports.system import Clock

_PAGE: Final = 100
"""So many records are looked at together."""

_SIGNS: Final = 8
"""So many signs tell the questions about one record apart, and a question from the one that it was before."""


class Answer(StrEnum):
    """What somebody can say of whoever stands in a held place."""

    SAME = "same"
    ANOTHER = "another"
    ADMIT = "admit"


ANSWERS: Final[Mapping[Hold, tuple[Answer, ...]]] = MappingProxyType(
    {
        Hold.ANOTHERS_ID: (Answer.SAME,),
        Hold.ID_CORRECTION: (Answer.SAME,),
        Hold.NAME_MISMATCH: (Answer.SAME, Answer.ANOTHER),
        Hold.RENAMED: (Answer.SAME, Answer.ANOTHER),
        Hold.RESTRICTION: (Answer.ADMIT,),
    }
)
"""What can be said where; all else is mended in the gradebook, and so is a national id that is not the account's."""


@frozen
class Meant:
    """An account that somebody in a held place may be the owner of."""

    name: PersonName
    login: str


@frozen
class HeldPlace:
    """
    Somebody as a record names them, whose newest state is not applied.

    ``reference`` is the name of this very question: once the record states another name or national id, it is another
    one. ``meant`` is whom recognition thinks of, where the reader may know that account. ``answers`` are what somebody
    with the right may say; where there is none, the place waits for another one or for the gradebook.
    """

    reference: str
    key: PlaceKey
    name: PersonName
    class_name: str
    hold: Hold
    meant: Meant | None
    answers: tuple[Answer, ...]

    @property
    def mender(self) -> Mender:
        """Who can mend it: whoever is held because of a restriction is for those who may lift one (LINK-3b)."""
        return Mender.ADMINISTRATOR if self.hold is Hold.RESTRICTION else Mender.SECRETARY


@frozen
class SeeHeld:
    """Lists who is held, for those who see the readiness of the class or school."""

    storage: Storage
    tenant: Tenant
    clock: Clock

    def of(self, actor: Actor, school: str | None = None) -> tuple[HeldPlace, ...] | NotPermitted:
        """
        Return whoever is held in the schools that *actor* looks after, or in one, in the order of the places.

        What concerns the actor or a child of theirs is left out (ROLE-6).

        Raises:
            InvalidValue: there is no such school.
        """
        with self.storage.snapshot() as unit:
            known_schools(unit, school)
            return self.among(unit, actor, lambda record: school in (None, record.roster.school))

    def find(self, actor: Actor, reference: str) -> HeldPlace | NotPermitted | None:
        """Return what *reference* names, or None where that is not held, is another question by now, or is unseen."""
        with self.storage.snapshot() as unit:
            found = self.among(unit, actor, lambda record: reference.startswith(_begin(record)))
        if isinstance(found, NotPermitted):
            return found
        return next((each for each in found if each.reference == reference), None)

    def among(
        self, unit: Unit, actor: Actor, wanted: Callable[[RecordKey], bool]
    ) -> tuple[HeldPlace, ...] | NotPermitted:
        """Return what *actor* sees in the records that are *wanted*; only those left unsettled are looked at."""
        acting = Acting(unit, self.storage, self.tenant, self.clock.now())
        reader = acting.known(actor)
        permission = may(reader, Action.VIEW_READINESS, Target(roles=reader.roles))
        if not permission:
            return NotPermitted(permission)
        sees_all = bool(may(reader, Action.VIEW_READINESS, Target.of_school("")))
        schools = {each.school for each in reader.roles}
        left = [key for key in unit.rosters.unsettled() if sees_all or key.roster.school in schools]
        records = sorted(filter(wanted, left), key=lambda each: each.order)
        pages = (records[at : at + _PAGE] for at in range(0, len(records), _PAGE))
        return tuple(each for page in pages for each in _Page(acting, reader, page).seen())


class _Page:
    """Some records, and what one reader sees of whoever is held in them."""

    def __init__(self, acting: Acting, reader: Actor, records: Collection[RecordKey]) -> None:
        self._acting = acting
        self._reader = reader
        kept = acting.unit.rosters.gather(Seeds(records=frozenset(records))).places.values()
        held = {each.key.record for each in kept if each.hold is not None and each.is_present}
        # Only recognising them again tells whom a place is thought to be of.
        settlement = Moment(acting.unit, acting.tenant, acting.now).look_at(held)
        present = [each for each in settlement.places.values() if each.key.record in held and each.is_present]
        self._places = sorted(present, key=lambda each: each.key.order)
        self._meant = {each.key: settlement.recognised.meant_by(each.key) for each in self._places}
        meant = {person for person in self._meant.values() if person is not None}
        self._sight = look_at(acting.unit, meant, acting.tenant, acting.today)

    def seen(self) -> Iterator[HeldPlace]:
        """Yield whoever is held and is seen by the reader."""
        for _, beside in groupby(self._places, key=lambda each: each.key.record):
            record = tuple(beside)
            for place in record:
                role, meant = stated_role(place, record), self._meant[place.key]
                concerns = {each for each in (meant, *(other.person for other in record)) if each is not None}
                target = Target(roles=(role,), concerns=frozenset(concerns))
                if place.hold is not None and may(self._reader, Action.VIEW_READINESS, target):
                    yield self._held(place, place.hold, role.class_name, meant)

    def _held(self, place: Place, hold: Hold, class_name: str, meant: PersonId | None) -> HeldPlace:
        claims = place.newest
        if claims is None:
            raise AssertionError("a present place states something")
        possible = ANSWERS.get(hold, ())
        return HeldPlace(
            reference=self._reference(place.key, claims, hold, meant),
            key=place.key,
            name=claims.name,
            class_name=class_name,
            hold=hold,
            meant=self._account(meant) if meant is not None else None,
            answers=possible if meant is not None or hold is Hold.RESTRICTION else (),
        )

    def _account(self, person: PersonId) -> Meant | None:
        """Return an account as the reader may know it: no national id tells an office whose it is elsewhere."""
        if not may(self._reader, Action.VIEW, self._sight.target(person)):
            return None
        found = self._sight.world.people[person]
        return Meant(found.name, found.login)

    def _reference(self, key: PlaceKey, claims: Claims, hold: Hold, meant: PersonId | None) -> str:
        """Return the name of a question: the record's, and a few signs that stand for what is asked."""
        ids = sorted([each.scheme, each.reveal()] for each in claims.ids)
        asked = json.dumps([*key.order, hold, claims.name.key, ids, meant])
        return _begin(key.record) + self._acting.storage.pseudonym(f"held place {asked}")[:_SIGNS]


def _begin(record: RecordKey) -> str:
    """Return how the names of all questions about a record begin."""
    return f"{record.roster.school}/{record.key}/"
