"""What runs wrote, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from attrs import define, evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.runs import Image, Run, Written
from eszkola_core.memory.state import Kept, Key, State


def note(state: State, run: Run, keys: Iterable[Key], *, ending: Collection[Key] = ()) -> None:
    """Keep what stands under *keys* before *run* writes there, or ends it, and say whose it is then."""
    for key in keys:
        now = _standing(state, key)
        last = state.writers.get(key, 0) if now is not None else _last_image(state, key, besides=run.id)
        image = state.images.get((run.undoes, key)) if run.undoes is not None and last == run.undoes else None
        has_never_been = key in ending and last == run.undoes
        if image is None and now is not None and not has_never_been:
            state.images[run.id, key] = now, last
        state.writers[key] = run.id if image is None else image[1]


def _standing(state: State, key: Key) -> Kept | None:
    if isinstance(key, RecordKey):
        return state.records.get(key)
    return state.places.get(key) if isinstance(key, PlaceKey) else state.people.get(key)


def _last_image(state: State, key: Key, *, besides: int = 0) -> int:
    """Return the run that ended what stood under *key*, or 0; but for *besides*, what was undone ended nothing."""
    undone = {each.undoes for each in state.runs.values() if each.id != besides}
    return max((run for run, each in state.images if each == key and run not in undone), default=0)


@define
class MemoryRuns:
    """Keeps `Runs` in dictionaries."""

    _state: State

    def get(self, number: int) -> Run | None:
        run = self._state.runs.get(number)
        return None if run is None else self._told(run)

    def newest(self, limit: int, *, before: int | None = None) -> Sequence[Run]:
        numbers = sorted((each for each in self._state.runs if before is None or each < before), reverse=True)
        return [self._told(self._state.runs[each]) for each in numbers[:limit]]

    def _told(self, run: Run) -> Run:
        undone_by = next((each.id for each in self._state.runs.values() if each.undoes == run.id), None)
        return evolve(run, undone_by=undone_by)

    def written(self, number: int) -> Written:
        state, found = self._state, Written(records={}, places={}, people={})
        images = dict(state.images)
        keys = {key for run, key in images if run == number}
        keys |= {key for (_, key), (_, was) in images.items() if was == number}
        keys |= {key for key, run in state.writers.items() if run == number and _standing(state, key) is not None}
        records = {key for key in keys if isinstance(key, RecordKey)}
        keys |= {key for key in state.places if key.record in records}
        for key in keys:
            kinds: Mapping[Any, Any] = (
                found.records
                if isinstance(key, RecordKey)
                else found.places
                if isinstance(key, PlaceKey)
                else found.people
            )
            kinds[key] = self._as_read(self._image(number, key))  # type: ignore[index]
        return found

    def _as_read(self, image: Image[Any]) -> Image[Any]:
        """Return an image of a place as merges make it read."""
        then = [self._state.as_read(each) if isinstance(each, Place) else each for each in (image.before, image.after)]
        return evolve(image, before=then[0], after=then[1])

    def _image(self, number: int, key: Key) -> Image[Any]:
        images, now = self._state.images, _standing(self._state, key)
        before = images.get((number, key))
        by = self._state.writers.get(key, 0) if now is not None else _last_image(self._state, key)
        if (
            before is None
            and by != number
            and all(was != number for (_, each), (_, was) in images.items() if each == key)
        ):
            then = self._as_of(number, key)
            return Image(before=then, after=then, by=by)
        left = [(run, kept) for (run, each), (kept, was) in images.items() if each == key and was == number]
        after = min(left, key=itemgetter(0))[1] if left else now if by == number else None
        return Image(before=None if before is None else before[0], after=after, by=by)

    def _as_of(self, number: int, key: Key) -> Kept | None:
        """Return how something stood when a run was saved that did not write it."""
        later = [(run, *image) for (run, each), image in self._state.images.items() if each == key and run > number]
        if later:
            _, kept, was = min(later, key=itemgetter(0))
            return kept if was < number else None
        return _standing(self._state, key) if self._state.writers.get(key, 0) < number else None

    def forget(self, before: datetime) -> None:
        old = {run.id for run in self._state.runs.values() if run.at < before}
        for key in [key for key in self._state.images if key[0] in old]:
            del self._state.images[key]

    def writers(self, people: Collection[PersonId]) -> Mapping[PersonId, int]:
        return {each: self._state.writers[each] for each in people if self._state.writers.get(each)}

    def undone(self, roster: RosterKey) -> Mapping[RecordKey, frozenset[bytes]]:
        found: dict[RecordKey, frozenset[bytes]] = {}
        for each in self._state.undone:
            if each.record.roster == roster:
                found[each.record] = found.get(each.record, frozenset()) | {each.content}
        return found
