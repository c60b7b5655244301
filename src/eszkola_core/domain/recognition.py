"""
Who is who (ID-2, ID-6, ID-8).

`recognise` groups the places of a closed world into people. It remembers: a place that is bound to a person stays
bound. What is not bound is recognised by national id, by the source's own key of the person, and failing both by
address and name. Nothing depends on any order: each step reads only what the steps before it have settled.

The steps, and why they come in this order:

1. *Bound places* keep their person. Their newest content is held where it looks like somebody else's, and so is whoever
   is new beside a student of whom that is true.
2. *Late ids*: a person without an id of a kind takes the one that the places now state, unless another wants it.
3. *Ids*: unbound places join the person who has their id, and teach the others that they state; those whose ids nobody
   has form new people together.
4. *Own keys*: unbound places without an id join whoever the source knows by the same key.
5. *Addresses*: unbound places without either, students never, join whoever states the same address under the same name.

Where the outcome would join a child that a restriction stands for to somebody new, or somebody who is kept from a child
to a new one, those places are held, and the steps are taken once more without them.

Whether a name is a stranger's is judged by what sources state, and not by who has joined before: else the next run
would let in whom this one kept out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Claims, Hold, Place, PlaceKey, RecordKey, World
from eszkola_core.domain.duplicates import Duplicate, Group, Who, possible_duplicates
from eszkola_core.domain.id_clusters import clusters_by_id
from eszkola_core.domain.identity_decisions import NamedPlace, answers
from eszkola_core.domain.national_ids import NationalId, prove_two
from eszkola_core.domain.newcomers import newcomers
from eszkola_core.domain.roles import Role


@frozen
class Recognised:
    """
    Who is who in a closed world.

    ``places`` are all places of the world as recognition leaves them: newest content applied, or held with its reason.
    ``doubts`` say of whom somebody must tell whether a held place is theirs.
    """

    groups: tuple[Group, ...]
    places: Mapping[PlaceKey, Place]
    duplicates: tuple[Duplicate, ...] = ()
    _of_place: Mapping[PlaceKey, Group] = field(factory=dict, repr=False)
    doubts: Mapping[PlaceKey, Who] = field(factory=dict)

    def who_stands_in(self, place: Place) -> Who:
        """Return whose a place is; the place itself where it is nobody's yet."""
        group = self._of_place.get(place.key)
        return group.who if group is not None else place.key

    def group_of(self, key: PlaceKey) -> Group | None:
        """Return the group that a place belongs to, or None while it is held without ever having been applied."""
        return self._of_place.get(key)


def recognise(world: World, today: date) -> Recognised:
    """
    Return who is who on *today*.

    *world* must be closed; places carry their newest content as ``pending`` and what was applied as ``accepted``.
    """
    waiting: frozenset[PlaceKey] = frozenset()
    while True:
        recognised = _Recognition(world, today, waiting).result()
        further = newcomers(world, recognised.places, recognised.groups, recognised.group_of) - waiting
        if not further:
            return recognised
        waiting |= further


class _Recognition:
    """
    One run of the five steps over one closed world.

    *waiting* are places that a restriction holds (LINK-3b).
    """

    def __init__(self, world: World, today: date, waiting: frozenset[PlaceKey]) -> None:
        self._world = world
        self._today = today
        self._waiting = waiting
        self._aliases = Aliases.of(world.decisions)
        self._answers = answers(world.decisions, self._aliases)
        self._settled: dict[PlaceKey, Place] = {}
        self._owner: dict[NationalId, PersonId] = {}
        self._former: dict[NationalId, set[PersonId]] = defaultdict(set)
        self._ids: dict[Who, set[NationalId]] = defaultdict(set)
        for person in world.people.values():
            who = self._aliases.survivor(person.id)
            self._ids[who].update(person.ids)
            self._owner.update(dict.fromkeys(person.ids, who))
            for each in person.former_ids:
                self._former[each].add(who)
        self._members: dict[Who, list[Place]] = {who: [] for who in self._ids}
        self._doubts: dict[PlaceKey, Who] = {}
        self._moved: dict[Who, Who] = {}
        self._contested: set[NationalId] = set()
        self._shared_ids: list[tuple[PersonId, PersonId]] = []
        self._unbound: list[Place] = []
        self._kept_out: list[Place] = []

    def result(self) -> Recognised:
        self._keep_bound_places()
        self._hold_waiting()
        self._hold_newcomers_beside_doubt()
        bound = [place for places in self._members.values() for place in places if place.accepted is not None]
        self._namesakes = _Namesakes((*bound, *self._unbound))
        self._join_by_id()
        self._found_by_id()
        self._join_by_own_key()
        self._join_by_address()
        self._tell_reasons()
        groups = tuple(self._groups())
        of_place = {place.key: group for group in groups for place in group.places}
        one_id = (*self._shared_ids, *_of_anothers_id(groups))
        alike = possible_duplicates(groups, one_id, self._aliases)
        asked = {
            key: self._moved.get(who, who) for key, who in self._doubts.items() if self._settled[key].hold in _ASKED
        }
        return Recognised(groups, self._settled, alike, of_place, asked)

    # Step 1

    def _keep_bound_places(self) -> None:
        """Keep what is bound with its person; set aside what is not (ID-6b, ID-6e)."""
        for key in sorted(self._world.places, key=lambda each: each.order):
            place = self._world.places[key]
            if place.person is None:
                if place.is_present:
                    self._unbound.append(place)
                else:
                    self._settled[key] = place
                continue
            if not place.is_present:
                self._settled[key] = place
                self._members[place.person].append(place)
                continue
            person = self._world.people[place.person]
            hold = self._doubt_about(place, person)
            if isinstance(hold, _Reused):
                self._pass_on(place, person)
                continue
            if hold in _ASKED:
                self._doubts[key] = person.id
            if hold is Hold.ID_CORRECTION:
                owners = {self._owner[each] for each in _newest(place).ids if each in self._owner}
                self._shared_ids.extend((owner, person.id) for owner in owners - {person.id})
            self._settle(place, hold)
            self._members[person.id].append(self._settled[key])
        for person_id, places in self._members.items():
            self._members[person_id] = list(self._once_in_each_record(places))

    def _once_in_each_record(self, places: Sequence[Place]) -> Iterable[Place]:
        """
        Yield the places of one human, and hold those by which a record would name the human twice.

        That comes about where a place that was gone returns beside one that has been bound since.
        """
        first: dict[RecordKey, Place] = {}
        for place in places:
            if place.is_present:
                record = place.key.record
                first[record] = min(first.get(record, place), place, key=_standing)
        for place in places:
            if place.is_present and first[place.key.record] != place:
                self._settle(evolve(place, accepted=None, pending=place.newest), Hold.TWICE_IN_RECORD)
            else:
                yield place

    def _doubt_about(self, place: Place, person: Person) -> Hold | _Reused | None:
        """Return why the newest content of a bound place must wait, or None."""
        newest, accepted = place.pending, place.accepted
        if newest is None:
            return None
        known_as, stated = (accepted.name, accepted.ids) if accepted is not None else (person.name, ())
        if newest.name.differs_wholly_from(known_as) and set(stated).isdisjoint(newest.ids):
            # Only what this very place stated tells that it is another's: what others come to state must not matter.
            told = self._answer(place, person.id)
            if told is False or prove_two(newest.ids, stated):
                return _Reused()
            if told is None:
                return Hold.RENAMED
        if self._clashes(self._current(place, person.id), person.id):
            return Hold.ID_CORRECTION
        return Hold.RESTRICTION if place.key in self._waiting else None

    def _answer(self, place: Place, who: Who) -> bool | None:
        """Return whether somebody said that a place, as it is named now, is a human's; None while nobody did."""
        if isinstance(who, PlaceKey):
            return None
        return self._answers.get((who, NamedPlace.stating(place.key, _newest(place))))

    def _current(self, place: Place, who: PersonId) -> tuple[NationalId, ...]:
        """Return the ids that a place states, but for those that were corrected for *who* (ID-6e)."""
        return tuple(each for each in _ids(place) if who not in self._former.get(each, ()))

    def _pass_on(self, place: Place, person: Person) -> None:
        """End a place whose record is somebody else's by now, under a key of its own, and set the newcomer's aside."""
        former = evolve(
            place, key=evolve(place.key, who=f"former {person.id}"), pending=None, hold=None, gone=self._today
        )
        self._settled[former.key] = former
        self._members[person.id].append(former)
        newcomer = evolve(place, person=None, accepted=None, pending=place.newest, since=self._today, email_since=None)
        self._unbound.append(newcomer)

    def _hold_waiting(self) -> None:
        """Hold those who must wait because of a restriction, before they are anybody's."""
        for place in self._unbound:
            if place.key in self._waiting:
                self._settle(place, Hold.RESTRICTION)
        self._unbound = [place for place in self._unbound if place.key not in self._waiting]

    def _hold_newcomers_beside_doubt(self) -> None:
        """
        Let nobody new into a record while its student may be another child by now (LINK-1a).

        What is applied of the student stands: whoever came with the other child would see the former one.
        """
        doubted = {
            place.key.record: place.hold
            for place in self._settled.values()
            if place.hold is not None and place.is_present and place.role is Role.STUDENT
        }
        newcomers = [place for place in self._unbound if place.key.record in doubted]
        self._unbound = [place for place in self._unbound if place.key.record not in doubted]
        for place in newcomers:
            self._settle(place, doubted[place.key.record])

    def _settle(self, place: Place, hold: Hold | None) -> None:
        """Apply the newest content, or keep the last applied one with the reason."""
        if hold is None:
            since = self._email_since(place)
            self._settled[place.key] = evolve(place, accepted=place.newest, pending=None, hold=None, email_since=since)
        else:
            self._settled[place.key] = evolve(place, pending=place.newest, hold=hold)

    def _email_since(self, place: Place) -> date | None:
        """Return since when a place states its newest address: known before anybody settles by it (MAIL-4a)."""
        stated = place.accepted.email if place.accepted is not None else None
        states = _newest(place).email
        if states is None:
            return None
        return place.email_since or self._today if states == stated else self._today

    # Step 2

    def _learn_late_ids(self) -> None:
        """Let people take the ids that their places have come to state, where nobody else has or wants them."""
        wanted: dict[NationalId, set[PersonId]] = defaultdict(set)
        wants: dict[PersonId, set[NationalId]] = defaultdict(set)
        for person, places in self._members.items():
            for place in places:
                self._want(person, place.accepted, wanted, wants)  # type: ignore[arg-type]
        self._contest({each: people for each, people in wanted.items() if len(people) > 1})
        for person, ids in wants.items():
            free = {each for each in ids if each not in self._contested}
            if not prove_two(free, free):
                for each in free:
                    self._owner[each] = person
                self._ids[person] |= free
            else:
                self._hold_bound(person, free, Hold.IDS_DISAGREE)
                self._contested |= free

    def _contest(self, wanted: Mapping[NationalId, set[PersonId]]) -> None:
        """Let nobody have the ids that several want; report who they are."""
        self._contested |= wanted.keys()
        for people in wanted.values():
            first, *others = sorted(people)
            self._shared_ids.extend((first, other) for other in others)

    def _want(
        self,
        person: PersonId,
        claims: Claims | None,
        wanted: dict[NationalId, set[PersonId]],
        wants: dict[PersonId, set[NationalId]],
    ) -> None:
        """Note the ids that *claims* would give to *person*."""
        for each in claims.ids if claims is not None else ():
            if person in self._former.get(each, ()):
                continue
            owner = self._owner.get(each)
            if owner is None:
                if not prove_two([each], self._ids[person]):
                    wanted[each].add(person)
                    wants[person].add(each)
            elif owner != person:
                self._shared_ids.append((owner, person))

    def _hold_bound(self, person: PersonId, ids: set[NationalId], hold: Hold) -> None:
        """Take back what the places of *person* that state one of *ids* were just given."""
        kept = []
        for place in self._members[person]:
            before = self._world.places[place.key]
            if before.person is not None and before.pending is not None and ids.intersection(before.pending.ids):
                self._settle(before, hold)
                place = self._settled[place.key]  # noqa: PLW2901
            kept.append(place)
        self._members[person] = kept

    # Step 3

    def _join_by_id(self) -> None:
        """
        Join unbound places that state an id to its owner (ID-6a), and let them teach the other ids that they state.

        What somebody's id stands beside in a place that is kept out is nobody's until that is mended.
        """
        while True:
            self._learn_late_ids()
            if self._join_to_owners():
                continue
            doubtful = {each for place in self._kept_out for each in _ids(place) if each not in self._owner}
            if doubtful <= self._contested:
                return
            self._contested |= doubtful

    def _join_to_owners(self) -> bool:
        """Join unbound places to the one owner of their ids; return whether they have others to teach."""
        joining: dict[PersonId, list[Place]] = defaultdict(list)
        left = []
        for place in self._unbound:
            ids = _ids(place)
            if self._namesakes.stands_twice(place):
                self._keep_out(place, Hold.TWICE_IN_RECORD)
                continue
            owners = {self._owner[each] for each in ids if each in self._owner} or self._former_owner(place)
            if len(owners) > 1 or self._contested.intersection(ids):
                self._keep_out(place, Hold.AMBIGUOUS)
            elif not owners:
                left.append(place)
            elif self._clashes(self._current(place, *owners), *owners):
                self._doubts[place.key] = next(iter(owners))
                self._keep_out(place, Hold.ID_CORRECTION)
            else:
                joining[owners.pop()].append(place)
        self._unbound = left
        for person, places in joining.items():
            self._join(person, places)
        return any(len(_ids(place)) > 1 for places in joining.values() for place in places)

    def _former_owner(self, place: Place) -> set[PersonId]:
        """
        Return whose former id a place states, under a name of theirs.

        Under a stranger's name it is whoever the mistyped id is really of.
        """
        former = {who for each in _ids(place) for who in self._former.get(each, ())}
        return former if len(former) == 1 and not self._mismatch(place, *former) else set()

    def _keep_out(self, place: Place, hold: Hold) -> None:
        """Hold a place that is new to its human."""
        self._settle(place, hold)
        if len(_ids(place)) > 1:
            self._kept_out.append(place)

    def _found_by_id(self) -> None:
        """Make new people of the unbound places that state ids, together where they share one (ID-2)."""
        fresh = [place for place in self._unbound if _ids(place)]
        self._unbound = [place for place in self._unbound if not _ids(place)]
        own_keys = self._people_by_own_key()
        keyed: dict[PersonId, list[Sequence[Place]]] = defaultdict(list)
        for cluster in self._clusters(fresh):
            stated = [each for place in cluster for each in _ids(place)]
            known = {person for place in cluster if (person := own_keys.get(place.own_key or "")) is not None}
            if len(known) > 1:
                self._contest({stated[0]: known})
                for place in cluster:
                    self._keep_out(place, Hold.AMBIGUOUS)
            elif known and not self._clashes(stated, *known):
                keyed[known.pop()].append(cluster)
            else:
                self._found(cluster)
        for person, clusters in keyed.items():
            self._join_keyed(person, clusters)

    def _clusters(self, places: Sequence[Place]) -> Iterable[Sequence[Place]]:
        """
        Yield the places that are one human's by their ids, or by own keys too where nothing speaks against it.

        Those whose several ids lead to one another, but whose names or records do not, are all held.
        """
        for found in clusters_by_id(places, own_keys=True):
            for cluster in [found] if self._may_be_one(found) else clusters_by_id(found, own_keys=False):
                if self._may_be_one(cluster) or len({each for place in cluster for each in _ids(place)}) == 1:
                    yield cluster
                    continue
                for place in cluster:
                    self._keep_out(place, Hold.AMBIGUOUS)

    def _may_be_one(self, cluster: Sequence[Place]) -> bool:
        """Return whether ids, records and names of places agree to their being one human's."""
        ids = {each for place in cluster for each in _ids(place)}
        agree = not prove_two(ids, ids)
        alike = all(self._namesakes.admit(place, cluster[:1]) for place in cluster)
        return agree and alike and not _records_named_twice(cluster)

    def _join_keyed(self, person: PersonId, clusters: Sequence[Sequence[Place]]) -> None:
        """Join places with ids that are new to *person*, whom the source knows by their own key; one human's only."""
        cluster = clusters[0]
        taken = {place.key.record for place in self._members[person] if place.is_present}
        stands_there = not taken.isdisjoint(place.key.record for place in cluster)
        if len(clusters) > 1 or stands_there or any(self._mismatch(place, person) for place in cluster):
            for cluster in clusters:
                self._found(cluster)
            return
        for place in cluster:
            self._ids[person].update(_ids(place))
            self._owner.update(dict.fromkeys(_ids(place), person))
        self._join(person, cluster)

    def _clashes(self, ids: Sequence[NationalId], person: PersonId) -> bool:
        return prove_two(ids, self._ids[person])

    # Step 4

    def _join_by_own_key(self) -> None:
        """Join unbound places without an id to whoever the source knows by the same key."""
        candidates: dict[str, set[Who]] = defaultdict(set)
        for who, places in self._members.items():
            for place in places:
                if place.own_key:
                    candidates[place.own_key].add(who)
        keyed: dict[str, list[Place]] = defaultdict(list)
        for place in self._unbound:
            if place.own_key:
                keyed[place.own_key].append(place)
        self._unbound = [place for place in self._unbound if not place.own_key]
        for own_key, places in keyed.items():
            found = candidates.get(own_key, set())
            if len(found) > 1:
                for place in places:
                    self._settle(place, Hold.AMBIGUOUS)
            elif found:
                self._join(next(iter(found)), places)
            else:
                self._found(places)

    def _people_by_own_key(self) -> Mapping[str, PersonId]:
        """Return whom alone the source knows by each of its own keys."""
        known: dict[str, set[PersonId]] = defaultdict(set)
        for person, places in self._members.items():
            for place in places:
                if place.own_key:
                    known[place.own_key].add(person)  # type: ignore[arg-type]
        return {own_key: next(iter(people)) for own_key, people in known.items() if len(people) == 1}

    # Step 5

    def _join_by_address(self) -> None:
        """
        Join unbound places that state neither id nor own key by address and name; students never (ID-6c).

        People who came without an id may be joined to one with; two who both have ids, or both last, never are.
        """
        loose: list[Place] = []
        for place in self._unbound:
            if place.role is Role.STUDENT or _newest(place).email is None:
                self._found([place])
            else:
                loose.append(place)
        sightings = self._sightings()
        weak = {who for who in self._members if self._is_weak(who)}
        targets = {who: self._seen_as(who, sightings, weak) for who in weak if isinstance(who, PlaceKey)}
        for who in sorted(targets, key=lambda each: each.order):
            self._move_weak(who, targets[who])
        sightings = self._sightings()
        by_sight: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in loose:
            by_sight[_sight(_newest(place))].append(place)
        for sight, places in by_sight.items():
            self._join_sighted(places, sightings.get(sight, set()))

    def _join_sighted(self, places: list[Place], candidates: set[Who]) -> None:
        """Join places of one address and name to the one candidate; found a person where there is none."""
        undecided: list[Place] = []
        for place in places:
            fitting = [who for who in candidates if not self._born_apart(_newest(place), who)]
            if len(fitting) > 1:
                self._settle(place, Hold.AMBIGUOUS)
            elif fitting:
                self._join(fitting[0], [place])
            else:
                undecided.append(place)
        births = {_newest(place).born for place in undecided} - {None}
        if len(births) <= 1:
            if undecided:
                self._found(undecided)
            return
        for born in births:
            self._found([place for place in undecided if _newest(place).born == born])
        for place in undecided:
            if _newest(place).born is None:
                self._settle(place, Hold.AMBIGUOUS)

    def _is_weak(self, who: Who) -> bool:
        """
        Return whether a human is known by the source's own keys and by no id, and is no student.

        Lasting changes nothing of it: else the next run would join whom this one kept apart.
        """
        places = self._members[who]
        return (
            not self._ids[who]
            and any(place.own_key for place in places)
            and all(place.role is not Role.STUDENT for place in places)
        )

    def _seen_as(self, who: Who, sightings: Mapping[tuple[str, str], set[Who]], weak: set[Who]) -> Who | None:
        """Return the one human, known by more than own keys, who states an address and name of *who*, or None."""
        fitting = {
            other
            for place in self._members[who]
            if place.accepted is not None and place.accepted.email is not None
            for other in sightings.get(_sight(place.accepted), set())
            if other not in weak and not self._born_apart(place.accepted, other)
        }
        return fitting.pop() if len(fitting) == 1 else None

    def _move_weak(self, weak: Who, target: Who | None) -> None:
        """Make the places of *weak* those of *target*, unless one record would then name one human twice."""
        if target is None:
            return
        places = self._members[weak]
        records = {place.key.record for place in self._members[target]}
        if records.isdisjoint(place.key.record for place in places):
            self._members[target].extend(self._members.pop(weak))
            self._ids.pop(weak)
            self._moved[weak] = target

    def _sightings(self) -> dict[tuple[str, str], set[Who]]:
        """Return who was seen under which address and name, as a guardian or on the staff."""
        seen: dict[tuple[str, str], set[Who]] = defaultdict(set)
        for who, places in self._members.items():
            chosen = self._world.chosen_address(who) if not isinstance(who, PlaceKey) else None
            for place in places:
                claims = place.accepted
                if claims is None or place.role is Role.STUDENT or place.is_given:
                    continue
                if claims.email is not None:
                    seen[_sight(claims)].add(who)
                if chosen is not None:
                    seen[(chosen.mailbox, claims.name.key)].add(who)
        return seen

    def _born_apart(self, claims: Claims, who: Who) -> bool:
        """Return whether both birth dates are known and differ."""
        born = claims.born
        if born is None:
            return False
        known = {each.birth_date for each in self._ids[who]}
        known |= {place.accepted.born for place in self._members[who] if place.accepted is not None}
        return bool(known - {None}) and born not in known

    # Joining and founding

    def _join(self, who: Who, places: Iterable[Place]) -> None:
        """Add places to a human, but for those that would make two people of one record one (ID-6c, ID-8b)."""
        members = self._members[who]
        fit = []
        taken = {place.key.record for place in members if place.is_present}
        by_id = {place.key.record for place in members if place.is_present and place.accepted and place.accepted.ids}
        for place in self._once_a_record(places, by_id):
            if self._mismatch(place, who):
                self._doubts[place.key] = who
                refused = self._answer(place, who) is False
                self._keep_out(place, Hold.ANOTHERS_ID if refused else Hold.NAME_MISMATCH)
            else:
                fit.append(place)
        members.extend(self._applied(self._once_a_record(fit, taken)))

    def _found(self, places: Sequence[Place]) -> None:
        """
        Make one new human of *places*.

        Where names differ wholly, those that most agree with are the human, the least key deciding a tie; the others
        are held: one of the two has a mistyped id (ID-8b).
        """
        places = self._once_a_record(places, set())
        if not places:
            return
        names = {place.key: _newest(place).name for place in places}

        def standing(place: Place) -> tuple[int, PlaceKey]:
            agreeing = sum(not names[place.key].differs_wholly_from(other) for other in names.values())
            return -agreeing, place.key

        model = names[min(places, key=standing).key]
        alike = [place for place in places if not names[place.key].differs_wholly_from(model)]
        fit = [place for place in places if place in alike or self._namesakes.admit(place, alike)]
        who = min((place.key for place in fit), key=lambda each: each.order)
        for place in places:
            if place not in fit:
                self._doubts[place.key] = who
                self._settle(place, Hold.NAME_MISMATCH)
        self._ids[who] = {each for place in fit for each in _ids(place)}
        self._members[who] = self._applied(fit)

    def _once_a_record(self, places: Iterable[Place], taken: set[RecordKey]) -> list[Place]:
        """
        Return *places*, and hold those of records that would name one human twice; the student's goes first.

        Where ids name one human twice it is asked before names are, so that the reason of a hold is the same on the day
        after, when the other place has been bound.
        """
        places = list(places)
        twice = _records_named_twice(places)
        once = []
        for place in places:
            if place.key.record in taken or (place.key.record in twice and place.role is not Role.STUDENT):
                self._keep_out(place, Hold.TWICE_IN_RECORD)
            else:
                once.append(place)
        return once

    def _applied(self, places: Iterable[Place]) -> list[Place]:
        """Apply the newest content of *places*, and return them as they are then."""
        applied = []
        for place in places:
            self._settle(place, None)
            applied.append(self._settled[place.key])
        return applied

    def _mismatch(self, place: Place, who: Who) -> bool:
        """Return whether a place's name seems a stranger's to a human, or was called one (ID-8b)."""
        told = self._answer(place, who)
        if told is not None:
            return not told
        members = [place for place in self._members[who] if not place.is_given]
        if not members and not isinstance(who, PlaceKey):
            return _newest(place).name.differs_wholly_from(self._world.people[who].name)
        return not self._namesakes.admit(place, members, self._ids[who])

    # The outcome

    def _tell_reasons(self) -> None:
        """Give whoever waits the reason that the next run would give, now that everybody is somebody."""
        owners: dict[NationalId, set[Who]] = defaultdict(set)
        for who, ids in self._ids.items():
            for each in ids:
                owners[each].add(who)
        for place in list(self._settled.values()):
            if place.hold is None or place.person is not None or not place.is_present:
                continue
            if len({who for each in _ids(place) for who in owners.get(each, ())}) > 1:
                self._settle(place, Hold.AMBIGUOUS)
            elif place.hold is Hold.NAME_MISMATCH and place.key.record in self._records_by_id(place.key):
                self._settle(place, Hold.TWICE_IN_RECORD)

    def _records_by_id(self, key: PlaceKey) -> set[RecordKey]:
        """Return the records that name, by an id, the human whom a held place is asked about."""
        asked = self._doubts.get(key)
        members = self._members.get(self._moved.get(asked, asked), ()) if asked is not None else ()
        return {place.key.record for place in members if place.is_present and place.accepted and place.accepted.ids}

    def _groups(self) -> Iterable[Group]:
        for who, places in self._members.items():
            if places or not isinstance(who, PlaceKey):
                ordered = tuple(sorted(places, key=lambda each: (each.is_given, each.key.order)))
                ids = tuple(sorted(self._ids[who]))
                former = tuple(sorted(each for each, people in self._former.items() if who in people))
                yield Group(who if not isinstance(who, PlaceKey) else ordered[0].key, ordered, ids, former)


_ASKED: Final = frozenset({Hold.ID_CORRECTION, Hold.NAME_MISMATCH, Hold.RENAMED})
"""Holds that wait for somebody to say whose the place is."""


class _Namesakes:
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
        the newcomer does, all of their names count.
        """
        name, ties = _newest(newcomer).name, set(_ties(newcomer))
        edge = [place for place in members if not ties.isdisjoint(_ties(place))]
        known_by = set() if edge else set(ids)
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


class _Reused:
    """Marks a bound place whose record now belongs to somebody else."""


def _newest(place: Place) -> Claims:
    """Return the newest content of a present place, which every present place has."""
    claims = place.newest
    if claims is None:
        raise AssertionError("a present place states something")
    return claims


def _shown(place: Place) -> Claims:
    """Return what counts of a place: what was applied while it is bound, else what it states now."""
    claims = place.newest if place.person is None else place.accepted
    if claims is None:
        raise AssertionError("a place states something, and what is bound was applied")
    return claims


def _ids(place: Place) -> tuple[NationalId, ...]:
    """Return the ids that a place states now."""
    return place.newest.ids if place.newest is not None else ()


def _of_anothers_id(groups: Iterable[Group]) -> Iterable[tuple[Who, Who]]:
    """Yield the pairs of whom one states the other's id, though the other be known since this very run."""
    groups = tuple(groups)
    owners = {each: group.who for group in groups for each in group.ids}
    for group in groups:
        for place in group.places:
            stated = place.newest if place.hold is Hold.ID_CORRECTION and place.is_present else place.accepted
            for each in stated.ids if stated is not None else ():
                if owners.get(each, group.who) != group.who:
                    yield owners[each], group.who


def _ties(place: Place) -> tuple[NationalId | str, ...]:
    """Return the ids and the own key that lead from a place to others."""
    ids = _shown(place).ids
    return (*ids, place.own_key) if place.own_key else ids


def _standing(place: Place) -> tuple[bool, bool, date, tuple[str, ...]]:
    """Return which of several places in one record is the human's, the least first."""
    return (place.accepted is None, place.role is not Role.STUDENT, place.since, place.key.order)


def _sight(claims: Claims) -> tuple[str, str]:
    """Return the address and name key under which somebody is seen."""
    return (claims.email.mailbox if claims.email is not None else "", claims.name.key)


def _records_named_twice(places: Iterable[Place]) -> set[RecordKey]:
    """Return the records that more than one of *places* stands in."""
    seen: set[RecordKey] = set()
    twice: set[RecordKey] = set()
    for place in places:
        (twice if place.key.record in seen else seen).add(place.key.record)
    return twice
