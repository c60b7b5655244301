"""The second and third steps of recognition: national ids are learnt, and join places to their owners (ID-2, ID-6a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Claims, Hold, Place
from eszkola_core.domain.id_clusters import clusters_by_id
from eszkola_core.domain.national_ids import NationalId, prove_two
from eszkola_core.domain.who_is_who import WhoIsWho, records_named_twice


def join_by_id(known: WhoIsWho) -> None:
    """Let every unbound place that states an id join its owner, or become somebody new; the others stay unbound."""
    joining = _JoiningById(known)
    joining.join()
    joining.found()


class _JoiningById:
    """The joining of places by ids; what several want is *contested*, and nobody's."""

    def __init__(self, known: WhoIsWho) -> None:
        self._known = known
        self._contested: set[NationalId] = set()

    def join(self) -> None:
        """
        Join unbound places that state an id to its owner (ID-6a), and let them teach the other ids that they state.

        What somebody's id stands beside in a place that is kept out is nobody's until that is mended.
        """
        while True:
            self._learn_late_ids()
            if self._join_to_owners():
                continue
            kept_out, owner = self._known.kept_out, self._known.owner
            doubtful = {each for place in kept_out for each in place.stated_ids if each not in owner}
            if doubtful <= self._contested:
                return
            self._contested |= doubtful

    # Late ids

    def _learn_late_ids(self) -> None:
        """Let people take the ids that their places have come to state, where nobody else has or wants them."""
        wanted: dict[NationalId, set[PersonId]] = defaultdict(set)
        wants: dict[PersonId, set[NationalId]] = defaultdict(set)
        for person, places in self._known.members.items():
            for place in places:
                self._want(person, place.accepted, wanted, wants)  # type: ignore[arg-type]
        self._contest({each: people for each, people in wanted.items() if len(people) > 1})
        for person, ids in wants.items():
            free = {each for each in ids if each not in self._contested}
            if prove_two(free, free):
                self._hold_bound(person, free, Hold.IDS_DISAGREE)
                self._contested |= free
            else:
                self._known.owner.update(dict.fromkeys(free, person))
                self._known.ids[person] |= free

    def _contest(self, wanted: Mapping[NationalId, set[PersonId]]) -> None:
        """Let nobody have the ids that several want; report who they are."""
        self._contested |= wanted.keys()
        for people in wanted.values():
            first, *others = sorted(people)
            self._known.shared_ids.extend((first, other) for other in others)

    def _want(
        self,
        person: PersonId,
        claims: Claims | None,
        wanted: dict[NationalId, set[PersonId]],
        wants: dict[PersonId, set[NationalId]],
    ) -> None:
        """Note the ids that *claims* would give to *person*."""
        for each in claims.ids if claims is not None else ():
            if person in self._known.former.get(each, ()):
                continue
            owner = self._known.owner.get(each)
            if owner is None:
                if not self._known.clashes((each,), person):
                    wanted[each].add(person)
                    wants[person].add(each)
            elif owner != person:
                self._known.shared_ids.append((owner, person))

    def _hold_bound(self, person: PersonId, ids: set[NationalId], hold: Hold) -> None:
        """Take back what the places of *person* that state one of *ids* were just given."""
        kept = []
        for place in self._known.members[person]:
            # A place that was passed on stands under a key of its own, and was just given nothing.
            before = self._known.world.places.get(place.key, place)
            if before.person is not None and before.pending is not None and ids.intersection(before.pending.ids):
                self._known.settle(before, hold)
                place = self._known.settled[place.key]  # noqa: PLW2901
            kept.append(place)
        self._known.members[person] = kept

    # Owners

    def _join_to_owners(self) -> bool:
        """Join unbound places to the one owner of their ids; return whether they have others to teach."""
        known = self._known
        joining: dict[PersonId, list[Place]] = defaultdict(list)
        left = []
        for place in known.unbound:
            ids = place.stated_ids
            if known.namesakes.stands_twice(place):
                known.keep_out(place, Hold.TWICE_IN_RECORD)
                continue
            owners = {known.owner[each] for each in ids if each in known.owner} or self._former_owner(place)
            if len(owners) > 1 or self._contested.intersection(ids):
                known.keep_out(place, Hold.AMBIGUOUS)
            elif not owners:
                left.append(place)
            elif known.clashes(known.current_ids(place, *owners), *owners):
                known.doubts[place.key] = next(iter(owners))
                known.keep_out(place, Hold.ID_CORRECTION)
            else:
                joining[owners.pop()].append(place)
        known.unbound = left
        for person, places in joining.items():
            known.join(person, places)
        return any(len(place.stated_ids) > 1 for places in joining.values() for place in places)

    def _former_owner(self, place: Place) -> set[PersonId]:
        """
        Return whose former id a place states, under a name of theirs.

        Under a stranger's name it is whoever the mistyped id is really of.
        """
        former = {who for each in place.stated_ids for who in self._known.former.get(each, ())}
        return former if len(former) == 1 and not self._known.mismatch(place, *former) else set()

    # New people

    def found(self) -> None:
        """Make new people of the unbound places that state ids, together where they share one (ID-2)."""
        known = self._known
        fresh = [place for place in known.unbound if place.stated_ids]
        known.unbound = [place for place in known.unbound if not place.stated_ids]
        own_keys = self._people_by_own_key()
        keyed: dict[PersonId, list[Sequence[Place]]] = defaultdict(list)
        for cluster in self._clusters(fresh):
            stated = [each for place in cluster for each in place.stated_ids]
            people = {person for place in cluster if (person := own_keys.get(place.own_key or "")) is not None}
            if len(people) > 1:
                self._contest({stated[0]: people})
                for place in cluster:
                    known.keep_out(place, Hold.AMBIGUOUS)
            elif people and not known.clashes(stated, *people):
                keyed[people.pop()].append(cluster)
            else:
                known.found(cluster)
        for person, clusters in keyed.items():
            self._join_keyed(person, clusters)

    def _people_by_own_key(self) -> Mapping[str, PersonId]:
        """Return whom alone the source knows by each of its own keys: only people who last have places by now."""
        found = self._known.by_own_key()
        return {own_key: next(iter(who)) for own_key, who in found.items() if len(who) == 1}  # type: ignore[misc]

    def _clusters(self, places: Sequence[Place]) -> Iterable[Sequence[Place]]:
        """
        Yield the places that are one human's by their ids, or by own keys too where nothing speaks against it.

        Those whose several ids lead to one another, but whose names or records do not, are all held.
        """
        for found in clusters_by_id(places, own_keys=True):
            for cluster in [found] if self._may_be_one(found) else clusters_by_id(found, own_keys=False):
                if self._may_be_one(cluster) or len({each for place in cluster for each in place.stated_ids}) == 1:
                    yield cluster
                    continue
                for place in cluster:
                    self._known.keep_out(place, Hold.AMBIGUOUS)

    def _may_be_one(self, cluster: Sequence[Place]) -> bool:
        """Return whether ids, records and names of places agree to their being one human's."""
        ids = {each for place in cluster for each in place.stated_ids}
        if len(cluster) == len(ids) == 1:
            return True
        if prove_two(ids, ids) or records_named_twice(cluster):
            return False
        return all(self._known.namesakes.admit(place, cluster[:1]) for place in cluster)

    def _join_keyed(self, person: PersonId, clusters: Sequence[Sequence[Place]]) -> None:
        """Join places with ids that are new to *person*, whom the source knows by their own key; one human's only."""
        known, cluster = self._known, clusters[0]
        taken = {place.key.record for place in known.members[person] if place.is_present}
        stands_there = not taken.isdisjoint(place.key.record for place in cluster)
        if len(clusters) > 1 or stands_there or any(known.mismatch(place, person) for place in cluster):
            for each in clusters:
                known.found(each)
            return
        for place in cluster:
            known.ids[person].update(place.stated_ids)
            known.owner.update(dict.fromkeys(place.stated_ids, person))
        known.join(person, cluster)
