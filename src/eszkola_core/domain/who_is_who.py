"""
Who is who so far, while recognition takes its steps (ID-6, ID-8b).

What all steps do with a place stands here: apply or hold what it states, let it join a human, make a new human of
several. Which places join whom is each step's own: `bound_places`, `joining_by_id`, `joining_without_id`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Hold, Place, PlaceKey, RecordKey, World
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.identity_decisions import NamedPlace, answers
from eszkola_core.domain.namesakes import Namesakes
from eszkola_core.domain.national_ids import NationalId, prove_two
from eszkola_core.domain.roles import Role


class WhoIsWho:
    """
    The humans and places of a closed world, as far as the steps have come.

    ``unbound`` are the places that are nobody's yet, ``settled`` all others, held ones among them. Of each human
    ``members`` are the places and ``ids`` the national ids; ``owner`` and ``former`` say whose an id is, and whose it
    was before a correction (ID-6e). ``doubts`` say of whom a held place is asked; ``kept_out`` are held places that
    state several ids; ``shared_ids`` are pairs of whom one states the other's id; ``moved`` are humans who turned out
    to be another.
    """

    def __init__(self, world: World, today: date) -> None:
        self.world = world
        self.today = today
        self.aliases = Aliases.of(world.decisions)
        self._answers = answers(world.decisions, self.aliases)
        self.unbound: list[Place] = []
        self.settled: dict[PlaceKey, Place] = {}
        self.owner: dict[NationalId, PersonId] = {}
        self.former: dict[NationalId, set[PersonId]] = defaultdict(set)
        self.ids: dict[Who, set[NationalId]] = defaultdict(set)
        for person in world.people.values():
            who = self.aliases.survivor(person.id)
            self.ids[who].update(person.ids)
            self.owner.update(dict.fromkeys(person.ids, who))
            for each in person.former_ids:
                self.former[each].add(who)
        self.members: dict[Who, list[Place]] = {who: [] for who in self.ids}
        self.doubts: dict[PlaceKey, Who] = {}
        self.kept_out: list[Place] = []
        self.shared_ids: list[tuple[PersonId, PersonId]] = []
        self.moved: dict[Who, Who] = {}
        self.namesakes = Namesakes(())

    def hear_names(self) -> None:
        """Take in which names are stated for whom, once it is clear which places are bound."""
        bound = [place for places in self.members.values() for place in places if place.accepted is not None]
        self.namesakes = Namesakes((*bound, *self.unbound))

    # Applying and holding

    def settle(self, place: Place, hold: Hold | None) -> None:
        """Apply the newest content, or keep the last applied one with the reason."""
        if hold is None:
            self.settled[place.key] = Place(
                key=place.key,
                accepted=place.newest,
                own_key=place.own_key,
                person=place.person,
                since=place.since,
                gone=place.gone,
                email_since=self._email_since(place),
                flaws=place.flaws,
            )
        else:
            self.settled[place.key] = evolve(place, pending=place.newest, hold=hold)

    def _email_since(self, place: Place) -> date | None:
        """Return since when a place states its newest address: known before anybody settles by it (MAIL-4a)."""
        stated = place.accepted.email if place.accepted is not None else None
        states = place.stated.email
        if states is None:
            return None
        return place.email_since or self.today if states == stated else self.today

    def keep_out(self, place: Place, hold: Hold) -> None:
        """Hold a place that is new to its human."""
        self.settle(place, hold)
        if len(place.stated_ids) > 1:
            self.kept_out.append(place)

    # What speaks for somebody, and what against

    def answer(self, place: Place, who: Who) -> bool | None:
        """Return whether somebody said that a place, as it is named now, is a human's; None while nobody did."""
        if isinstance(who, PlaceKey):
            return None
        return self._answers.get((who, NamedPlace.stating(place.key, place.stated)))

    def current_ids(self, place: Place, who: PersonId) -> tuple[NationalId, ...]:
        """Return the ids that a place states, but for those that were corrected for *who* (ID-6e)."""
        return tuple(each for each in place.stated_ids if who not in self.former.get(each, ()))

    def clashes(self, ids: Collection[NationalId], who: Who) -> bool:
        """Return whether ids prove to be somebody else's than a human's."""
        return prove_two(ids, self.ids[who])

    def mismatch(self, place: Place, who: Who) -> bool:
        """Return whether a place's name seems a stranger's to a human, or was called one (ID-8b)."""
        told = self.answer(place, who)
        if told is not None:
            return not told
        members = [place for place in self.members[who] if not place.is_given]
        if not members and not isinstance(who, PlaceKey):
            return place.stated.name.differs_wholly_from(self.world.people[who].name)
        return not self.namesakes.admit(place, members, self.ids[who])

    def by_own_key(self) -> Mapping[str, set[Who]]:
        """Return whom the source knows by each of its own keys."""
        known: dict[str, set[Who]] = defaultdict(set)
        for who, places in self.members.items():
            for place in places:
                if place.own_key:
                    known[place.own_key].add(who)
        return known

    # Joining and founding

    def join(self, who: Who, places: Iterable[Place]) -> None:
        """Add places to a human, but for those that would make two people of one record one (ID-6c, ID-8b)."""
        members = self.members[who]
        fit = []
        taken = {place.key.record for place in members if place.is_present}
        for place in self._once_a_record(places, records_by_id(members)):
            if self.mismatch(place, who):
                self.doubts[place.key] = who
                refused = self.answer(place, who) is False
                self.keep_out(place, Hold.ANOTHERS_ID if refused else Hold.NAME_MISMATCH)
            else:
                fit.append(place)
        members.extend(self._applied(self._once_a_record(fit, taken)))

    def found(self, places: Iterable[Place]) -> None:
        """
        Make one new human of *places*.

        Where names differ wholly, those that most agree with are the human, the least key deciding a tie; the others
        are held: one of the two has a mistyped id (ID-8b).
        """
        places = list(places)
        if len(places) == 1:  # as nearly everybody comes
            (alone,) = places
            self.ids[alone.key], self.members[alone.key] = set(alone.stated_ids), self._applied(places)
            return
        places = self._once_a_record(places, set())
        if not places:
            return
        names = {place.key: place.stated.name for place in places}

        def standing(place: Place) -> tuple[int, PlaceKey]:
            agreeing = sum(not names[place.key].differs_wholly_from(other) for other in names.values())
            return -agreeing, place.key

        model = names[min(places, key=standing).key]
        alike = [place for place in places if not names[place.key].differs_wholly_from(model)]
        fit = [place for place in places if place in alike or self.namesakes.admit(place, alike)]
        who = min((place.key for place in fit), key=lambda each: each.order)
        for place in places:
            if place not in fit:
                self.doubts[place.key] = who
                self.settle(place, Hold.NAME_MISMATCH)
        self.ids[who] = {each for place in fit for each in place.stated_ids}
        self.members[who] = self._applied(fit)

    def _once_a_record(self, places: Iterable[Place], taken: set[RecordKey]) -> list[Place]:
        """
        Return *places*, and hold those of records that would name one human twice; the student's goes first.

        Where ids name one human twice it is asked before names are, so that the reason of a hold is the same on the day
        after, when the other place has been bound.
        """
        places = list(places)
        twice = records_named_twice(places)
        once = []
        for place in places:
            if place.key.record in taken or (place.key.record in twice and place.role is not Role.STUDENT):
                self.keep_out(place, Hold.TWICE_IN_RECORD)
            else:
                once.append(place)
        return once

    def _applied(self, places: Iterable[Place]) -> list[Place]:
        """Apply the newest content of *places*, and return them as they are then."""
        applied = []
        for place in places:
            self.settle(place, None)
            applied.append(self.settled[place.key])
        return applied


def records_by_id(places: Sequence[Place]) -> set[RecordKey]:
    """Return the records in which *places* state an id that was applied."""
    return {place.key.record for place in places if place.is_present and place.accepted and place.accepted.ids}


def records_named_twice(places: Iterable[Place]) -> set[RecordKey]:
    """Return the records that more than one of *places* stands in."""
    seen: set[RecordKey] = set()
    twice: set[RecordKey] = set()
    for place in places:
        (twice if place.key.record in seen else seen).add(place.key.record)
    return twice
