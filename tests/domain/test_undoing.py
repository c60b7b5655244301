"""What a run's undoing takes back, leaves, and must not take from anybody (SYNC-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.claims import Hold, PlaceKey, Reservation, RosterKey, World
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.recognition import Recognised
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import WAYS, Image, Undone, Written
from eszkola_core.domain.settlement import Settled, Settlement
from eszkola_core.domain.undoing import Taken, clashes, takings, undoing
from eszkola_core.testing.contracts.storage import samples as a

RUN, LATER_RUN = 5, 6
OLA, JAN, EWA, KIM, TOM, ZOE = map(PersonId, range(1, 7))
GIVEN = RosterKey("sp1", "platform", "roles")
OLD, NEW = a.claims(class_name="1a"), a.claims(class_name="2a")
OTHER_PHONE = PhoneNumber("+48600000000")


def at(record, who="", roster=a.STUDENTS):
    """Return the key of a place: the student's of a record, or with *who* a guardian's."""
    return PlaceKey(a.record(record, roster=roster), Role.GUARDIAN if who else Role.STUDENT, who)


def state(record, text, roster=a.STUDENTS):
    """Return what is kept of a record with a content that *text* stands for."""
    return evolve(a.record_state(a.record(record, roster=roster)), digest=a.digest(text))


def wrote(before, after, by=RUN):
    """Return what a run wrote."""
    return Image(before=before, after=after, by=by)


def content_of(text):
    """Return what stands for the content of a record."""
    return a.digest(text)[:-WAYS]


class _Situation:
    """A world, and what a run wrote in it."""

    def __init__(self):
        self.records, self.written, self.people = {}, {}, {}
        self.world = {}

    def record(self, key, before, after, *, by=RUN, roster=a.STUDENTS):
        """Let a run have written a record."""
        old, new = (None if text is None else state(key, text, roster) for text in (before, after))
        self.records[a.record(key, roster=roster)] = wrote(old, new, by)

    def place(self, key, before, after, now, *, by=RUN, **more):
        """Let a run have written a place; of each state whose the place is, or "no" where there was none."""
        old, new, present = (
            None
            if person == "no"
            else a.place(key=key.record, role=key.role, who=key.who, accepted=said, person=person)
            for person, said in ((before, OLD), (after, NEW), (now, NEW))
        )
        if by is not None:
            self.written[key] = wrote(old, new, by)
        if present is not None:
            self.world[key] = evolve(present, **more)

    def account(self, number, **more):
        """Let somebody have an account that the run opened, unless ``before`` says what it was."""
        person = a.person(number, **more)
        self.people[number] = wrote(None, person)
        return person

    def undone(self, **world):
        """Return the undoing, and the world that it is made in."""
        accounts = {number: image.after for number, image in self.people.items()}
        known = World(places=self.world, people={**accounts, **world.pop("people", {})}, **world)
        written = Written(records=self.records, places=self.written, people=self.people)
        return undoing(a.run(id=RUN), written, known, (), a.TODAY), known


@pytest.fixture
def situation():
    """Return a situation in which nothing was written."""
    return _Situation()


@pytest.mark.rule("SYNC-9b")
def test_records_are_as_they_were_unless_a_later_run_stated_them(situation):
    """What the run brought ends, what it changed is back, and neither is taken in again by itself; the rest stays."""
    situation.record("changed", "old", "new")
    situation.record("brought", None, "new")
    situation.record("ended", "old", None)
    situation.record("Ł-same", "old", "old")
    situation.record("stated since", "old", "new", by=LATER_RUN)
    situation.record("also since", None, "new", by=LATER_RUN)
    situation.record("given", "old", "new", roster=GIVEN)
    situation.record("given since", "old", "new", by=LATER_RUN, roster=GIVEN)
    undone, _ = situation.undone()

    assert undone.records == (
        state("changed", "old"),
        state("ended", "old"),
        state("Ł-same", "old"),
        state("given", "old", GIVEN),
    )
    assert undone.ended == (a.record("brought"),)
    assert undone.undone == (
        Undone(a.record("brought"), content_of("new")),
        Undone(a.record("changed"), content_of("new")),
        Undone(a.record("ended"), b""),
    )
    assert undone.staying == (a.record("also since"), a.record("stated since"))


@pytest.mark.rule("SYNC-9b")
def test_places_are_as_they_were_in_the_runs_own_records(situation):
    """And where the run wrote a place beside its records; a place that a later run wrote stays."""
    situation.record("1", "old", "new")
    situation.record("2", "old", "new", by=LATER_RUN)
    for key, by in (("1", RUN), ("2", RUN), ("3", RUN), ("4", LATER_RUN)):
        situation.place(at(key), OLA, OLA, OLA, by=by)
    undone, known = situation.undone(people={OLA: a.person(OLA)})

    back = {key: a.place(key=key.record, accepted=OLD, person=OLA) for key in (at("1"), at("3"))}
    assert undone.places == back
    assert undone.without(known).places == {**known.places, **back}
    assert undone.removed == frozenset()


@pytest.mark.rule("SYNC-9b")
def test_a_place_is_whose_it_became_by_more_than_the_run(situation):
    """An account's that stays although the run opened it, and whoever was named there since; nobody else's."""
    situation.record("1", "old", "new")
    situation.account(JAN)
    situation.account(EWA, state=State.ACTIVE)
    situation.place(at("1", "closing"), None, JAN, JAN)
    situation.place(at("1", "stays"), None, EWA, EWA)
    situation.place(at("1", "named since"), None, None, ZOE)
    situation.place(at("1", "ended by the run"), None, "no", ZOE)
    situation.place(at("1", "bound by the run"), None, KIM, KIM)
    situation.place(at("1", "nobody's"), None, None, None)
    situation.place(at("1", "gone since"), None, None, "no")
    undone, _ = situation.undone(people={each: a.person(each) for each in (ZOE, KIM)})

    assert {key.who: place.person for key, place in undone.places.items()} == {
        "closing": None,
        "stays": EWA,
        "named since": ZOE,
        "ended by the run": ZOE,
        "bound by the run": None,
        "nobody's": None,
        "gone since": None,
    }
    assert undone.closing == {JAN}


@pytest.mark.rule("SYNC-9b")
def test_who_lasts_stays_known_by_a_place(situation):
    """Where no other place names them, what the run brought is kept as gone, with nothing that waits in it."""
    situation.record("1", "old", "new")
    situation.record("2", None, "new")
    situation.account(JAN)
    situation.account(EWA, state=State.ACTIVE)
    situation.account(TOM, state=State.ACTIVE)
    waiting = {"pending": OLD, "hold": Hold.RENAMED}
    situation.place(at("1", "ewa"), None, EWA, EWA)
    situation.place(at("9"), KIM, KIM, KIM, by=None)
    situation.place(at("2", "jan"), "no", JAN, JAN)
    situation.place(at("2", "ewa"), "no", EWA, EWA)
    situation.place(at("2", "kim"), "no", KIM, KIM)
    situation.place(at("2", "tom"), "no", TOM, TOM, **waiting)
    situation.place(at("2", "ann"), "no", None, None)
    situation.place(at("2", "tom before"), "no", TOM, TOM, gone=a.TODAY - timedelta(days=3))
    left = frozenset(Reservation(f"{each}@a.pl", each, a.NOW) for each in (JAN, EWA))
    undone, known = situation.undone(people={KIM: a.person(KIM)}, reservations=left)

    tom = a.place("tom", key=a.record("2"), accepted=NEW, person=TOM, gone=a.TODAY)
    earlier = a.place("tom before", key=a.record("2"), accepted=NEW, person=TOM, gone=a.TODAY - timedelta(days=3))
    assert {key: each for key, each in undone.places.items() if key.record.key == "2"} == {
        tom.key: tom,
        earlier.key: earlier,
    }
    assert {each.who for each in undone.removed} == {"jan", "ewa", "kim", "ann"}
    without = undone.without(known)
    assert set(without.places) == {at("1", "ewa"), at("9"), tom.key, earlier.key}
    assert set(without.people) == {EWA, TOM, KIM}
    assert without.reservations == {Reservation("3@a.pl", EWA, a.NOW)}


@pytest.mark.rule("SYNC-9b")
def test_people_have_what_they_had_unless_a_later_run_gave_them_something(situation):
    """Field by field: the address goes back, and the name that was given since stays."""
    before = a.person(OLA, central=a.address("old@a.pl"), phone=a.PHONE, sharing=True)
    after = evolve(before, central=a.address("new@a.pl"), name=PersonName("Ola", "Nowa"), phone=None, sharing=False)
    now = evolve(after, name=PersonName("Ola", "Nowsza"), revision=7)
    situation.people[OLA] = wrote(before, after)
    undone, _ = situation.undone(people={OLA: now})

    assert undone.people == {OLA: evolve(before, name=now.name, revision=7)}


@pytest.mark.rule("SYNC-9c")
def test_what_is_given_back_is_nobody_elses_by_now(situation):
    """An address or an id that somebody took meanwhile stays theirs, unless all who have an address share it."""
    before = a.person(OLA, central=a.address("ola@a.pl"), ids=(a.national_id(1),))
    situation.people[OLA] = wrote(before, a.person(OLA))
    undone, known = situation.undone(people={OLA: a.person(OLA)})

    def told(*others):
        return sorted(clashes(undone, undone.without(evolve(known, people={OLA: a.person(OLA), **dict(others)}))))

    assert told((JAN, a.person(JAN, central=a.address("jan@a.pl"), ids=(a.national_id(2),)))) == []
    assert told((JAN, a.person(JAN, central=before.central))) == [(JAN, Taken.ADDRESS)]
    assert told((JAN, a.person(JAN, ids=before.ids))) == [(JAN, Taken.NATIONAL_ID)]
    assert told((JAN, a.person(JAN, ids=before.ids)), (EWA, a.person(EWA, ids=before.ids, sharing=True))) == [
        (JAN, Taken.NATIONAL_ID),
        (EWA, Taken.NATIONAL_ID),
    ]


@pytest.mark.rule("SYNC-9c")
@pytest.mark.parametrize("sharing", [True, False])
def test_two_to_whom_one_thing_is_given_back_are_told_apart_by_who_shares(situation, sharing):
    """Two who shared an address before may share it again; two of whom one had it alone may not, nor two one id."""
    one = a.person(OLA, central=a.address("ola@a.pl"), sharing=sharing)
    for each in (one, evolve(one, id=JAN)):
        situation.people[each.id] = wrote(each, evolve(each, central=None, sharing=False))
    now = {each: a.person(each, central=None) for each in (OLA, JAN)}
    undone, known = situation.undone(people=now)

    assert list(clashes(undone, undone.without(known))) == ([] if sharing else [(JAN, Taken.ADDRESS)])


def settled(person, **more):
    """Return somebody as the rules leave them without the run: as they are, but for what is told."""
    kept = {"who": person.id, "name": person.name, "ids": person.ids, "central": person.central, "phone": person.phone}
    return Settled(**{"places": (), "person": person, **kept, **more})


def taken(people, after, places=(), left=(), **how):
    """Return what an undoing would take: *after* is who is settled without the run, *left* the places then."""
    undone = how.get("undone") or undoing(a.run(id=RUN), Written(), World(), (), a.TODAY)
    known = World(places={each.key: each for each in places}, people={each.id: each for each in people})
    then = Settlement(tuple(after), Recognised((), {each.key: each for each in left}), (), frozenset())
    return list(takings(undone, how.get("touched", ()), known, then))


@pytest.mark.rule("SYNC-9c")
def test_nobody_whom_the_run_did_not_touch_loses_anything():
    """Each thing is told that would be another, or nobody's; what they would gain is none of it."""
    full = {"central": a.address("a@a.pl"), "phone": a.PHONE, "ids": (a.national_id(1),)}
    ola, jan, ewa = a.person(OLA, **full), a.person(JAN), a.person(EWA, **full)
    place = a.place(person=EWA)
    renamed = PersonName("Inna", "Lis")
    nothing = {"name": renamed, "ids": (), "central": None, "phone": None}
    everything = [(EWA, None, each) for each in (Taken.ADDRESS, Taken.NATIONAL_ID, Taken.NAME, Taken.PHONE)]

    assert taken([ola, jan], [settled(ola), settled(jan)]) == []
    nobody = evolve(settled(ola, **nothing), who=at("1"), person=None)
    left = [nobody, settled(ola, **nothing), settled(jan, **full), settled(ewa, **nothing, places=(place,))]
    assert taken([ola, jan, ewa], left, touched=[OLA]) == everything
    moved = {"central": a.address("b@a.pl"), "phone": OTHER_PHONE, "ids": (a.national_id(1), a.national_id(2))}
    assert taken([ola], [settled(ola, **moved)]) == [(OLA, None, Taken.ADDRESS), (OLA, None, Taken.PHONE)]
    assert taken([ola], [settled(ola, name=renamed)]) == []


@pytest.mark.rule("SYNC-9c")
def test_no_claim_of_another_run_is_taken():
    """A place that stands now stands afterwards, with its content and its owner; but what is the run's, or was gone."""
    ola = a.person(OLA)
    stands = a.place(person=OLA)
    bound, unbound = settled(ola, places=(stands,)), settled(ola)
    lost = [(OLA, stands.key, Taken.ROLE)]

    assert taken([ola], [bound], [stands], [stands]) == []
    assert taken([ola], [unbound], [stands], [stands]) == lost
    for left in ([], [evolve(stands, gone=a.TODAY)], [evolve(stands, accepted=NEW)]):
        assert taken([ola], [bound], [stands], left) == lost
    nobodys = evolve(stands, person=None)
    assert taken([ola], [bound], [nobodys], [stands]) == []
    assert taken([], [], [nobodys], []) == [(None, stands.key, Taken.ROLE)]
    given = a.place(key=a.record("0", roster=GIVEN), person=OLA)
    for other in (evolve(stands, gone=a.TODAY), evolve(stands, accepted=None), given):
        assert taken([ola], [unbound], [other], []) == []
    last = a.place(key=a.record("Ż"), person=OLA)
    assert taken([ola], [unbound], [given, last], []) == [(OLA, last.key, Taken.ROLE)]


@pytest.mark.rule("SYNC-9c")
def test_what_the_run_itself_stated_may_go(situation):
    """Neither what is as it was before, nor what is removed, is taken from anybody."""
    situation.record("1", "old", "new")
    situation.place(at("1"), OLA, OLA, OLA)
    situation.place(at("1", "jan"), "no", JAN, JAN)
    undone, known = situation.undone(people={each: a.person(each) for each in (OLA, JAN)})
    assert (set(undone.places), undone.removed) == ({at("1"), at("1", "jan")}, frozenset())
    situation.account(JAN)
    undone, known = situation.undone(people={OLA: a.person(OLA)})
    assert undone.removed == {at("1", "jan")}

    assert taken(known.people.values(), (), known.places.values(), undone=undone) == []
