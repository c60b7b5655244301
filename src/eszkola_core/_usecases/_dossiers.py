"""Everything that is kept of one person, brought together from all parts of a unit (LAW-4a)."""

from __future__ import annotations

from attrs import evolve

from eszkola_core._usecases._gathering import decided_about
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Evidence, Place, PlaceKey, Seeds
from eszkola_core.domain.dossiers import Dossier, mailboxes, shown_to
from eszkola_core.ports.storage import Unit


def places_of(unit: Unit, person: Person) -> tuple[Place, ...]:
    """
    Return the places that name *person*, the present ones and those that are gone.

    Those are the places that are bound to them, and held ones that nobody is bound to and that state a national id of
    theirs, whichever of their accounts has it.
    """
    accounts = unit.people.get_many(members_of(unit, person.id)).values()
    ids = frozenset(Evidence.of_id(one) for each in accounts for one in each.ids)
    found = unit.rosters.gather(Seeds(people=frozenset({person.id}), evidence=ids)).places
    mine = [each for each in found.values() if each.person == person.id or (each.person is None and ids & _ids(each))]
    return tuple(sorted(mine, key=lambda each: each.key))


def _ids(place: Place) -> frozenset[Evidence]:
    claims = (each for each in (place.accepted, place.pending) if each is not None)
    return frozenset(Evidence.of_id(one) for each in claims for one in each.ids)


def members_of(unit: Unit, person: PersonId) -> tuple[PersonId, ...]:
    """Return the accounts that are read as this one, which is the first (ID-7)."""
    members = Aliases.of(decided_about(unit, person)).members(person)
    return person, *sorted(members - {person})


def mailboxes_of(unit: Unit, person: PersonId) -> frozenset[str]:
    """Return the mailboxes that are or were somebody's, by whatever account of theirs."""
    found: frozenset[str] = frozenset()
    for number, account in unit.people.get_many(members_of(unit, person)).items():
        kept = unit.rosters.gather(Seeds(people=frozenset({number}))).reservations
        mine = [each for each in kept if each.person == number]
        found |= mailboxes(account, unit.people.decisions(number), places_of(unit, account), mine)
    return found


def dossier_of(unit: Unit, person_id: PersonId) -> Dossier | None:
    """Return everything that is kept of a person, or None where there is no such one."""
    person = unit.people.get_many([person_id]).get(person_id)
    if person is None:
        return None
    everybody = members_of(unit, person_id)
    places = places_of(unit, person)
    keys: frozenset[PlaceKey] = frozenset(each.key for each in places)
    traces = [unit.dossiers.traces(each, keys if each == person_id else ()) for each in everybody]
    kept = unit.rosters.gather(Seeds(people=frozenset(everybody))).reservations
    decisions = {each.id: each for one in everybody for each in unit.people.decisions(one)}
    credentials = [unit.credentials.get(each) for each in everybody]
    contacts = [unit.contacts.get(each) for each in everybody]
    conflicts = unit.rosters.conflicts(frozenset(key.school for key in keys))
    return Dossier(
        person=person,
        parts={
            "account": tuple(each for _, each in sorted(unit.people.get_many(everybody).items())),
            "places": places,
            "conflicts": tuple(each for each in conflicts if keys & {each.place, each.other}),
            "cases": tuple(unit.cases.about(keys)),
            "decisions": tuple(each for _, each in sorted(decisions.items())),
            "reservations": tuple(sorted(each for each in kept if each.person in everybody)),
            "credential": tuple(each for each in credentials if each is not None),
            "tokens": tuple(each for one in traces for each in one.tokens),
            "sessions": tuple(each for one in traces for each in one.sessions),
            "messages": tuple(each for one in traces for each in one.messages),
            "text_messages": tuple(each for one in traces for each in one.text_messages),
            "requests": tuple(each for one in traces for each in one.requests),
            "events": tuple(each for one in traces for each in one.events),
            "applications": tuple(shown_to(person_id, each) for each in unit.applications.about(person_id)),
            "codes": tuple(unit.codes.of(everybody)),
            "contacts": tuple(each for each in contacts if each is not None),
            "acknowledgements": tuple(unit.acknowledgements.of(person_id)),
            "devices": tuple(unit.devices.of(person_id)),
            "licences": tuple(unit.licences.of(person_id)),
            "reports": tuple(each for one in everybody for each in unit.reports.entries(about=one)),
            "unusable_addresses": tuple(unit.unusable.among(mailboxes_of(unit, person_id)).values()),
            "journal": tuple(evolve(each, seal=b"") for one in everybody for each in unit.audit.entries(about=one)),
            "earlier": tuple(each for one in traces for each in one.earlier),
        },
    )
