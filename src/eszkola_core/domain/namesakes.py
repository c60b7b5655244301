"""Which names sources state for one human: the measure of whether a newcomer under an id is a stranger (ID-8b)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from eszkola_core.domain.claims import Claims, Place, PlaceKey, RecordKey
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.roles import Role


class Namesakes:
    """
    Which names sources state for one human: under the ids and own keys by which the human is known.

    A name that shares a part with one of them is one of them too, if it is stated under the same id or key. Where one
    record states one id of two people, it is whose it was before, else the student's.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self._stating: dict[NationalId | str, list[Place]] = defaultdict(list)
        self._twice: set[PlaceKey] = set()
        stated: dict[tuple[NationalId, RecordKey], list[Place]] = defaultdict(list)
        for place in places:
            if place.is_present:
                for each in _shown(place).ids:
                    stated[each, place.key.record].append(place)
        for found in stated.values():
            bound = any(place.person is not None for place in found)
            rivals = [place for place in found if place.person is None and (bound or place.role is not Role.STUDENT)]
            if len(found) > 1:
                self._twice.update(place.key for place in rivals)
        for place in places:
            if place.key not in self._twice:
                for tie in _ties(place):
                    self._stating[tie].append(place)

    def stands_twice(self, place: Place) -> bool:
        """Return whether an id that an unbound place states is another's in the very record."""
        return place.key in self._twice

    def admit(self, newcomer: Place, members: Sequence[Place], ids: Collection[NationalId] = ()) -> bool:
        """
        Return whether *newcomer*, who states an id or own key of a human, has a name of theirs.

        The human is known by *ids*, and by what the places of *members* state; where none of them states any more what
        the newcomer does, all of their names count. An id of theirs that the newcomer states and no member does yet
        leads to whoever else comes with it: to the names that will be theirs on the day after.
        """
        name, ties = newcomer.stated.name, set(_ties(newcomer))
        edge = [place for place in members if not ties.isdisjoint(_ties(place))]
        known_by = ties.intersection(ids).difference(*map(_ties, edge)) if edge else set(ids)
        edge = edge or list(members)
        seen = {place.key for place in edge}
        while edge:
            known = edge.pop()
            if not name.differs_wholly_from(_shown(known).name):
                return True
            for each in known_by.union(_ties(known)):
                for place in self._stating[each]:
                    if place.key not in seen and not _shown(place).name.differs_wholly_from(_shown(known).name):
                        seen.add(place.key)
                        edge.append(place)
        return False


def _shown(place: Place) -> Claims:
    """Return what counts of a place: what was applied while it is bound, else what it states now."""
    claims = place.newest if place.person is None else place.accepted
    if claims is None:
        raise AssertionError("a place states something, and what is bound was applied")
    return claims


def _ties(place: Place) -> tuple[NationalId | str, ...]:
    """Return the ids and the own key that lead from a place to others."""
    ids = _shown(place).ids
    return (*ids, place.own_key) if place.own_key else ids
