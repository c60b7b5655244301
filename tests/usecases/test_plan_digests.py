"""A plan's digest: it tells every effect from every other, and nothing else (SYNC-3)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from attrs import evolve

from eszkola_core._usecases._gathering import Ground
from eszkola_core._usecases._plan_digest import digest_of
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, Hold, World
from eszkola_core.domain.logins import Login
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Changes, Opening
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.memory import MemoryStorage

DAY = a.TODAY
NEXT = DAY + timedelta(days=1)
MAIL, OTHER_MAIL = a.address("ola@example.com"), a.address("ala@example.com")
PHONE, OTHER_PHONE = a.PHONE, PhoneNumber("+48601234568")
STATE = a.record_state(a.record())
CONFLICT = OpenConflict(ConflictKind.NAME_CONFLICT, a.place().key, facts=("sp1",))


def place(*, before=None, ground=(), **more):
    """Return changes that write a place, and the ground with what was kept of it, and of others."""
    written = a.place(**more)
    kept = [] if before is None else [a.place(**before)]
    return Changes(after_run=1, places=[written]), Ground(World().overlaid([*kept, *ground]), World())


def claimed(**more):
    """Return changes that write a place with such claims."""
    return place(accepted=a.claims(**more))


def written(**more):
    """Return other changes, on empty ground."""
    return Changes(after_run=1, **more), Ground(World(), World())


def opened(number=5, login=1, **more):
    """Return changes that open the account of somebody in a place."""
    opening = Opening(person=a.person(number, **more), login=Login("zofia.lis", login))
    return written(openings=[opening], places=[a.place(person=PersonId(number))])


def agreed(*numbers):
    """Return changes by which corrections end that the sources have come to say."""
    decisions = (
        Decision(id=each, kind=DecisionKind.CORRECTED, subject=PersonId(9), author="console:ola", at=a.NOW)
        for each in numbers
    )
    return Changes(after_run=1), Ground(World(), World(), frozenset(decisions))


HERE = {"person": PersonId(3)}
GONE = {"gone": DAY}

EFFECTS = {
    "nothing": written(),
    "a place": place(),
    "whose place it is": place(person=PersonId(3)),
    "another's place": place(person=PersonId(4)),
    "a guardian's place": place(role=Role.GUARDIAN),
    "another record's place": place(key=a.record("Ł-2")),
    "a held place": place(hold=Hold.RENAMED),
    "a place held for something else": place(hold=Hold.AMBIGUOUS),
    "a place with nothing applied": place(accepted=None),
    "a place with something pending": place(pending=a.claims()),
    "a place with only that": place(accepted=None, pending=a.claims()),
    "a name": claimed(name=PersonName("Žiga", "Ćwiek")),
    "an id": claimed(ids=(a.national_id(1),)),
    "another id": claimed(ids=(a.national_id(2),)),
    "both": claimed(ids=(a.national_id(1), a.national_id(2))),
    "an address": claimed(email=MAIL),
    "another address": claimed(email=OTHER_MAIL),
    "another spelling of it": claimed(email=a.address("Ala@example.com")),
    "a telephone number": claimed(phone=PHONE),
    "another telephone number": claimed(phone=OTHER_PHONE),
    "a birth date": claimed(birth_date=date(2015, 3, 1)),
    "a class": claimed(class_name="1a"),
    "a first day": claimed(first_day=DAY),
    "a last day": claimed(last_day=DAY),
    "the source's own key": place(own_key="k1"),
    "another own key": place(own_key="k2"),
    "a place as before": place(before={}),
    "a place since another day": place(before={}, since=NEXT),
    "a place that ends": place(before={}, gone=DAY),
    "a place that ends, since another day": place(before={}, since=NEXT, gone=DAY),
    "a place that was gone": place(before=GONE, gone=DAY, hold=Hold.RENAMED),
    "a place that was gone on another day": place(before=GONE, gone=NEXT, hold=Hold.RENAMED),
    "a record": written(records=[STATE]),
    "another record": written(records=[a.record_state(a.record("Ł-2"))]),
    "other content": written(records=[evolve(STATE, digest=a.digest("other"))]),
    "an unsettled record": written(records=[evolve(STATE, unsettled=True)]),
    "a record that ends": written(ended_records=[STATE.key]),
    "a record taken in again": written(redone=[STATE.key]),
    "an opening": opened(),
    "another login": opened(login=2),
    "an opening under a name": opened(name=PersonName("Zofia", "Lis")),
    "an opening with an address": opened(central=MAIL),
    "an opening with another": opened(central=OTHER_MAIL),
    "an opening with a number": opened(phone=PHONE),
    "an opening with another number": opened(phone=OTHER_PHONE),
    "an account": written(people=[a.person(3)]),
    "another account": written(people=[a.person(4)]),
    "an account that was changed since": written(people=[a.person(3, revision=1)]),
    "the name of an account": written(people=[a.person(3, name=PersonName("Zofia", "Lis"))]),
    "the address of an account": written(people=[a.person(3, central=MAIL)]),
    "another address of an account": written(people=[a.person(3, central=OTHER_MAIL)]),
    "the number of an account": written(people=[a.person(3, phone=PHONE)]),
    "another number of an account": written(people=[a.person(3, phone=OTHER_PHONE)]),
    "a conflict": written(conflicts=[CONFLICT]),
    "another conflict": written(conflicts=[evolve(CONFLICT, kind=ConflictKind.ADDRESS_TAKEN)]),
    "other facts of it": written(conflicts=[evolve(CONFLICT, facts=("sp2",))]),
    "a correction that the sources say too": agreed(1),
    "another correction": agreed(2),
    "both corrections": agreed(1, 2),
    "an odd text": place(key=a.record("\ud800")),
    "an odd own key": place(own_key="\ud800"),
    "an odd name": opened(name=PersonName("\ud800", "Lis")),
    "another odd text": place(key=a.record("\ud801")),
}
"""Plans with one effect each, no two of them the same."""

ALIKE = {
    "the day of a first import": (place(), place(since=NEXT)),
    "the day on which somebody else's place becomes theirs": (
        place(before={"person": PersonId(4)}, person=PersonId(3)),
        place(before={"person": PersonId(4)}, person=PersonId(3), since=NEXT),
    ),
    "the day of a return": (place(before=GONE), place(before=GONE, since=NEXT)),
    "the day of an end": (place(before={}, gone=DAY), place(before={}, gone=NEXT)),
    "the day of the end of what was never kept": (place(gone=DAY), place(gone=NEXT)),
    "the number that an account gets": (opened(5), opened(6)),
    "since when an address is stated": (place(email_since=DAY), place(email_since=NEXT)),
    "what else was kept": (place(), place(ground=[a.place(key=a.record("Ł-2"))])),
    "the runs before": (written(), (Changes(after_run=2), Ground(World(), World()))),
    "the order of the places": tuple(
        written(places=[a.place(key=a.record(each)) for each in keys]) for keys in (("1", "2"), ("2", "1"))
    ),
}
"""Pairs of plans that come to the same."""


class Plain(MemoryStorage):
    """A storage that shows what it is asked to fingerprint."""

    def fingerprint(self, data, *, context):  # noqa: ARG002 - there is one context here
        """Return the data."""
        return data


def text_of(plan):
    """Return what is fingerprinted."""
    changes, ground = plan
    return digest_of(changes, ground, Plain())


@pytest.mark.rule("SYNC-3a")
def test_no_two_effects_share_a_digest():
    """Whatever else would be written makes another digest, so that what was read is what is applied."""
    texts = {name: text_of(plan) for name, plan in EFFECTS.items()}

    assert [pair for pair in combinations(texts, 2) if texts[pair[0]] == texts[pair[1]]] == []


@pytest.mark.rule("SYNC-3a")
@pytest.mark.parametrize("what", ALIKE)
def test_what_is_no_effect_leaves_the_digest(what):
    """A plan of yesterday is still good where today it would write the same."""
    one, other = ALIKE[what]

    assert text_of(one) == text_of(other)


@pytest.mark.rule("SYNC-3a")
def test_a_place_that_gets_its_owner_goes_on():
    """Its days are part of what is written: who is found out later has been there since."""
    ours, later = (place(before={}, since=day, **HERE) for day in (DAY, NEXT))

    assert text_of(ours) != text_of(later)
