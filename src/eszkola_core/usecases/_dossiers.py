"""Everything that is kept of one person, brought together from all parts of a unit (LAW-4a)."""

from __future__ import annotations

from attrs import evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Evidence, Place, PlaceKey, Seeds
from eszkola_core.domain.dossiers import Dossier, shown_to
from eszkola_core.ports.storage import Unit


def places_of(unit: Unit, person: Person) -> tuple[Place, ...]:
    """
    Return the places that name *person*, the present ones and those that are gone.

    Those are the places that are bound to them, and held ones that nobody is bound to and that state a national id of
    theirs.
    """
    ids = frozenset(map(Evidence.of_id, person.ids))
    found = unit.rosters.gather(Seeds(people=frozenset({person.id}), evidence=ids)).places
    mine = [each for each in found.values() if each.person == person.id or (each.person is None and ids & _ids(each))]
    return tuple(sorted(mine, key=lambda each: each.key))


def _ids(place: Place) -> frozenset[Evidence]:
    claims = (each for each in (place.accepted, place.pending) if each is not None)
    return frozenset(Evidence.of_id(one) for each in claims for one in each.ids)


def dossier_of(unit: Unit, person_id: PersonId) -> Dossier | None:
    """Return everything that is kept of a person, or None where there is no such one."""
    person = unit.people.get_many([person_id]).get(person_id)
    if person is None:
        return None
    places = places_of(unit, person)
    keys: frozenset[PlaceKey] = frozenset(each.key for each in places)
    traces = unit.dossiers.traces(person_id, keys)
    world = unit.rosters.gather(Seeds(people=frozenset({person_id})))
    credential, contacts = unit.credentials.get(person_id), unit.contacts.get(person_id)
    conflicts = unit.rosters.conflicts(frozenset(key.school for key in keys)) if keys else ()
    return Dossier(
        person=person,
        parts={
            "account": (person,),
            "places": places,
            "conflicts": tuple(each for each in conflicts if keys & {each.place, each.other}),
            "decisions": tuple(unit.people.decisions(person_id)),
            "reservations": tuple(sorted(each for each in world.reservations if each.person == person_id)),
            "credential": () if credential is None else (credential,),
            "tokens": traces.tokens,
            "sessions": traces.sessions,
            "messages": traces.messages,
            "requests": traces.requests,
            "events": traces.events,
            "applications": tuple(shown_to(person_id, each) for each in unit.applications.about(person_id)),
            "codes": tuple(unit.codes.of([person_id])),
            "contacts": () if contacts is None else (contacts,),
            "acknowledgements": tuple(unit.acknowledgements.of(person_id)),
            "devices": tuple(unit.devices.of(person_id)),
            "licences": tuple(unit.licences.of(person_id)),
            "reports": tuple(unit.reports.entries(about=person_id)),
            "journal": tuple(evolve(each, seal=b"") for each in unit.audit.entries(about=person_id)),
            "earlier": traces.earlier,
        },
    )
