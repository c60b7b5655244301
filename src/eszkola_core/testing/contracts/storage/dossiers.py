"""Everything of one person is found and taken away: the clauses of `Dossiers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import DecisionKind, Evidence, Mark, Place, Reservation, Seeds, Side
from eszkola_core.domain.conflicts import CaseHappening, CaseKind
from eszkola_core.domain.dossiers import Traces
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.domain.sms_ledger import ChargeState
from eszkola_core.ports.storage import Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures

OLA: Final = PersonId(1)
JAN: Final = PersonId(2)
IGA: Final = PersonId(3)


class DossierClauses(StorageFixtures):
    """Two people have the same in every part; what is done to one is not done to the other."""

    @pytest.mark.clause("DO1")
    def test_what_no_other_part_tells_is_found(self, fresh_storage: Fresh) -> None:
        """Tokens, sessions, messages and events in whatever state, requests, and how account and place were."""
        storage = fresh_storage()
        with storage.unit() as unit:
            places = {each: fill_of(unit, each) for each in (OLA, JAN)}
            ended = a.session("gone", ended_at=a.NOW, number=1)
            unit.sessions.add(ended)
        with storage.snapshot() as looked:
            found = looked.dossiers.traces(OLA, [places[OLA].key])
            assert looked.dossiers.traces(PersonId(9)) == Traces()
        assert {each.digest for each in found.tokens} == {a.digest("t1")}
        assert {each.digest for each in found.sessions} == {a.digest("s1"), ended.digest}
        assert [each.key for each in found.messages] == ["m1", "nobody1"]
        assert [each.key for each in found.events] == ["e1"]
        assert [each.key for each in found.text_messages] == ["w1", "x1"]
        assert [each.identifier.reveal() for each in found.requests] == ["ZOFIA.LIS1"]
        assert {type(each) for each in found.earlier} == {Person, Place}
        assert {each.person for each in found.earlier if isinstance(each, Place)} == {OLA}
        assert {each.id for each in found.earlier if isinstance(each, Person)} == {OLA}

    @pytest.mark.clause("DO2")
    def test_an_erasure_leaves_what_the_rule_names(self, fresh_storage: Fresh) -> None:
        """The account, a restriction with its mark, a report and an application without words, the journal."""
        storage = fresh_storage()
        with storage.unit() as unit:
            places = {each: fill_of(unit, each) for each in (OLA, JAN)}
            before = list(unit.audit.entries()), unit.people.get_many([OLA])
            unit.dossiers.erase(OLA, [places[OLA].key])
        with storage.snapshot() as looked:
            assert (list(looked.audit.entries()), looked.people.get_many([OLA])) == before
            assert [each.kind for each in looked.people.decisions(OLA)] == [DecisionKind.RESTRICTED]
            assert len(_marks(looked, 1)) == 1
            assert [each.words for each in looked.reports.entries(about=OLA)] == [""]
            (application,) = looked.applications.about(OLA)
            assert application.applicant.name == PersonName("", "")
            assert {each.reason for each in application.history} <= {""}
            assert looked.dossiers.traces(OLA, [places[OLA].key]) == Traces()
            left = looked.sms.known(["w1", "x1"])
            assert [(each.person, each.to, each.text) for each in left] == [(None, None, None)] * 2
            assert [each.state for each in left] == [ChargeState.RELEASED, ChargeState.IN_DOUBT]
            assert looked.sms.booked("sp1", a.MONTH, "EUR") == a.cap(3)
            parts = (looked.devices, looked.licences, looked.acknowledgements)
            assert [list(each.of(OLA)) for each in parts] == [[], [], []]
            assert list(looked.codes.of([OLA])) == []
            assert (looked.credentials.get(OLA), looked.contacts.get(OLA)) == (None, None)
            assert looked.people.reserved("left1@example.com", a.NOW) is None

    @pytest.mark.clause("DO3")
    def test_the_places_named_are_gone(self, fresh_storage: Fresh) -> None:
        """By person, by evidence, among conflicts and cases; the other in the same school stands where they stood."""
        storage = fresh_storage()
        with storage.unit() as unit:
            places = {each: fill_of(unit, each) for each in (OLA, JAN)}
            conflicts = [OpenConflict(ConflictKind.ADDRESS_CONFLICT, place.key) for place in places.values()]
            a.save(unit, conflicts=conflicts)
            mine, jans = places[OLA].key, places[JAN].key
            made = unit.cases.add([a.case(mine.record), a.case(jans, kind=CaseKind.RENAMED), a.case(jans.record)])
            asked = [each.assigned(OLA) for each in made]
            unit.cases.change(asked)
            unit.cases.change([asked[2].closed(CaseHappening.DECIDED, a.NOW)])
            unit.dossiers.erase(OLA, [places[OLA].key])
        seeds = Seeds(people=frozenset({OLA}), evidence=places[OLA].evidence())
        with storage.snapshot() as looked:
            assert dict(looked.rosters.gather(seeds).places) == {}
            assert [each.key for each in looked.rosters.places("sp1")] == [places[JAN].key]
            assert [each.place for each in looked.rosters.conflicts()] == [places[JAN].key]
            assert looked.dossiers.traces(OLA, [places[OLA].key]).earlier == ()
            assert [each.subject.about for each in looked.cases.listed()] == [jans, jans]
            assert looked.cases.get(asked[1].number) == asked[1].handed_back()
            assert [(each.number, each.assignee) for each in looked.cases.listed(closed=True)] == [
                (made[2].number, None)
            ]

    @pytest.mark.clause("DO4")
    def test_nobody_else_loses_anything_and_seats_are_free(self, fresh_storage: Fresh) -> None:
        """Whatever was seen of the other is seen afterwards, and the pool has a seat for the next one."""
        storage = fresh_storage()
        with storage.unit() as unit:
            places = {each: fill_of(unit, each) for each in (OLA, JAN)}
            before = _seen(unit, places[JAN])
            unit.dossiers.erase(OLA, [places[OLA].key])
        with storage.unit() as unit:
            assert _seen(unit, places[JAN]) == before
            assert unit.licences.assign(a.licence(2, pool="p1")) is not None
            assert unit.licences.assign(a.licence(1, pool="p1")) is None

    @pytest.mark.clause("DO5")
    def test_who_was_merged_is_somebody_again(self, fresh_storage: Fresh) -> None:
        """Of three of whom each was merged into the one before, whichever is erased; and what each had is their own."""
        for gone, read in (
            (OLA, {OLA: OLA, JAN: JAN, IGA: JAN}),
            (JAN, {OLA: OLA, JAN: JAN, IGA: IGA}),
            (IGA, {OLA: OLA, JAN: OLA, IGA: IGA}),
        ):
            storage = fresh_storage()
            with storage.unit() as unit:
                places = {each: fill_of(unit, each) for each in read}
                for survivor, absorbed in ((JAN, IGA), (OLA, JAN)):
                    unit.people.decide(a.decision(survivor, object=absorbed, kind=DecisionKind.MERGED, address=None))
            with storage.unit() as unit:
                assert {each: _read_as(unit, each) for each in read} == dict.fromkeys(read, OLA)
                before = unit.people.versions(read)
                unit.dossiers.erase(gone, [places[gone].key])
            with storage.snapshot() as looked:
                after = looked.people.versions(read)
                assert {each: _read_as(looked, each) for each in read} == read
                assert [each for each in read if after[each] <= before[each]] == []
                for each in read.keys() - {gone}:
                    theirs = {a.digest(f"d{one}") for one in read if one != gone and read[one] == read[each]}
                    assert _whose(looked, places[each]) == read[each]
                    assert {device.digest for device in looked.devices.of(read[each])} == theirs


def _text(unit: Unit, person: PersonId) -> None:
    """Have a text message of *person* wait, and be in doubt whether another was sent."""
    keys = f"w{person}", f"x{person}"
    unit.sms.add([a.sms(each, person=person) for each in keys])
    reserved = [unit.sms.reserve(each, a.MONTH, cap=a.cap(9)) for each in unit.sms.known(keys)]
    handed = reserved[-1]
    if handed is not None:
        unit.sms.change(handed, handed.handed_over(a.NOW, deduplicated=True))


def fill_of(unit: Unit, person: PersonId) -> Place:
    """Keep something of *person* in every part, and return where they stand."""
    claims = a.claims(ids=(a.national_id(person),), email=a.address(f"in-record{person}@example.com"))
    before = a.place(key=a.record(f"r{person}"), role=Role.STUDENT, person=person, accepted=claims)
    after = evolve(before, accepted=evolve(claims, class_name="9z"))
    opening = a.opening(person, ids=(a.national_id(person),), central=a.address(f"central{person}@example.com"))
    a.save(unit, openings=[opening], records=[a.record_state(before.key.record)], places=[before])
    changed = unit.people.get_many([person])[person].changed(activated_at=a.NOW)
    a.save(unit, places=[after], people=[changed])
    _decide(unit, person)
    unit.people.reserve(Reservation(f"left{person}@example.com", person, a.NOW + a.HOUR))
    unit.credentials.put(a.credential(person))
    unit.tokens.add(a.token(f"t{person}", number=person))
    unit.sessions.add(a.session(f"s{person}", number=person))
    to_nobody = a.message(f"nobody{person}", person=None, to=a.address(f"in-record{person}@example.com"))
    unit.outbox.add([a.message(f"m{person}", person=person), to_nobody])
    unit.outbox.ask(a.request(changed.login.upper()))
    unit.events.add([a.event(f"e{person}", person=person)])
    _text(unit, person)
    unit.audit.add(a.audit_entry(unit.audit.head().count + 1, on=(person,)))
    unit.devices.add(a.device(f"d{person}", person))
    unit.licences.put_pool(a.pool(f"p{person}", seats=1))
    unit.licences.assign(a.licence(person, pool=f"p{person}"))
    unit.acknowledgements.add(a.acknowledgement(person))
    unit.codes.add(a.code(f"c{person}", number=person))
    unit.contacts.put(a.own_contacts(person))
    unit.applications.add(a.application(applied_by=person))
    unit.reports.add(a.report(person, by=None))
    unit.unusable.mark(a.unusable(f"central{person}@example.com"))
    unit.cases.add([a.case(after.key)])
    return after


def _read_as(unit: Unit, person: PersonId) -> PersonId | None:
    """Return who is found by the login of *person*."""
    found = unit.people.by_login(a.person(person).login)
    return found.id if found is not None else None


def _whose(unit: Unit, place: Place) -> PersonId | None:
    """Return whom *place* is read as somebody's."""
    found = unit.rosters.gather(Seeds(records=frozenset({place.key.record}))).places
    return found[place.key].person


def _decide(unit: Unit, person: PersonId) -> None:
    for kind, ended in (
        (DecisionKind.RESTRICTED, None),
        (DecisionKind.RESTRICTED, a.NOW),
        (DecisionKind.LEVEL_CHOSEN, None),
    ):
        made = unit.people.decide(a.decision(person, kind=kind, address=None, withdrawn_at=ended))
        unit.people.mark({Mark(made.id, Side.SUBJECT, Evidence.of_id(a.national_id(person)))})


def _marks(unit: Unit, person: int) -> frozenset[Mark]:
    evidence = frozenset({Evidence.of_id(a.national_id(person))})
    return unit.rosters.gather(Seeds(evidence=evidence)).marks


def _seen(unit: Unit, place: Place) -> object:
    """Return everything that is kept of the one who stands in *place*."""
    person = place.person
    assert person is not None
    tell: list[Callable[[], object]] = [
        lambda: unit.people.get_many([person]),
        lambda: list(unit.people.decisions(person)),
        lambda: unit.people.reserved(f"left{person}@example.com", a.NOW),
        lambda: _marks(unit, person),
        lambda: unit.rosters.gather(Seeds(people=frozenset({person}))).places,
        lambda: unit.dossiers.traces(person, [place.key]),
        lambda: unit.credentials.get(person),
        lambda: unit.contacts.get(person),
        lambda: list(unit.devices.of(person)),
        lambda: list(unit.licences.of(person)),
        lambda: list(unit.acknowledgements.of(person)),
        lambda: list(unit.codes.of([person])),
        lambda: list(unit.applications.about(person)),
        lambda: list(unit.reports.entries(about=person)),
        lambda: list(unit.cases.about([place.key])),
    ]
    return a.exactly([each() for each in tell])
