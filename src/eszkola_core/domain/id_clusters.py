"""Places that state the same ids (ID-6a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from eszkola_core.domain.claims import Place
from eszkola_core.domain.national_ids import NationalId


def clusters_by_id(places: Sequence[Place], *, own_keys: bool) -> Iterable[list[Place]]:
    """Yield the places that sharing an id, or the source's own key too, leads from one to another, by their keys."""
    shared: dict[NationalId | str, list[Place]] = defaultdict(list)
    for place in places:
        for each in _ties(place, own_keys=own_keys):
            shared[each].append(place)
    left = {place.key: place for place in places}
    while left:
        _, start = left.popitem()
        if all(len(shared[each]) == 1 for each in _ties(start, own_keys=own_keys)):
            yield [start]
            continue
        cluster, edge = {start.key: start}, [start]
        while edge:
            for each in _ties(edge.pop(), own_keys=own_keys):
                for place in shared[each]:
                    if place.key not in cluster:
                        cluster[place.key] = place
                        del left[place.key]
                        edge.append(place)
        yield [cluster[key] for key in sorted(cluster, key=lambda each: each.order)]


def _ties(place: Place, *, own_keys: bool) -> tuple[NationalId | str, ...]:
    """Return the ids that a place states, and the own key where keys count."""
    return (*place.stated_ids, place.own_key) if own_keys and place.own_key else place.stated_ids
