"""Places that state the same ids (ID-6a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from eszkola_core.domain.claims import Place
from eszkola_core.domain.national_ids import NationalId


def _ties(place: Place) -> tuple[NationalId | str, ...]:
    """Return the ids and the own key that a place states."""
    return (*_ids(place), place.own_key) if place.own_key else _ids(place)


def clusters_by_id(places: Sequence[Place]) -> Iterable[list[Place] | Place]:
    """
    Yield together the places that share ids, or own keys with ids that agree.

    A place whose several ids would bridge two people is yielded alone, not in a list: it is to be held.
    """
    for cluster in _connected(places):
        ids = {each for place in cluster for each in _ids(place)}
        if all(a == b or a.agrees_with(b) for a in ids for b in ids):
            yield cluster
            continue
        single: dict[NationalId, list[Place]] = defaultdict(list)
        for place in cluster:
            if len(_ids(place)) > 1:
                yield place
            else:
                single[_ids(place)[0]].append(place)
        yield from single.values()


def _connected(places: Sequence[Place]) -> Iterable[list[Place]]:
    """Yield the places that ties lead from one to another, in the order of their keys."""
    shared: dict[NationalId | str, list[Place]] = defaultdict(list)
    for place in places:
        for each in _ties(place):
            shared[each].append(place)
    left = {place.key: place for place in places}
    while left:
        _, start = left.popitem()
        cluster, edge = {start.key: start}, [start]
        while edge:
            for each in _ties(edge.pop()):
                for place in shared[each]:
                    if place.key not in cluster:
                        cluster[place.key] = place
                        left.pop(place.key, None)
                        edge.append(place)
        yield [cluster[key] for key in sorted(cluster, key=lambda each: each.order)]


def _ids(place: Place) -> tuple[NationalId, ...]:
    """Return the ids that a place states now."""
    return place.newest.ids if place.newest is not None else ()
