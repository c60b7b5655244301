"""Who of a school or class may be handed a credential, and how each can be reached (INIT-1, INIT-5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from attrs import evolve, frozen

from eszkola_core._usecases._acting import Acting
from eszkola_core._usecases._gathering import gather
from eszkola_core._usecases._schools import check_class
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.actors import Actor, Target
from eszkola_core.domain.address_books import AddressBook
from eszkola_core.domain.claims import Claims, Place, PlaceKey, RecordKey, Seeds, World
from eszkola_core.domain.coming_of_age import born_on, is_of_age
from eszkola_core.domain.communication import Level, chosen_level, level_about
from eszkola_core.domain.credential_channels import GuardianReach, Reach
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.held_roles import class_of, held_roles
from eszkola_core.domain.letters import PostalAddress
from eszkola_core.domain.links import Link, LinkState, links
from eszkola_core.domain.names import PersonName, fold
from eszkola_core.domain.permissions import Action, may
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.platform_records import is_of_application
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.restrictions import pairs_kept_apart
from eszkola_core.domain.roles import Role
from eszkola_core.domain.signing_in import may_sign_in


@frozen(kw_only=True)
class Candidate:
    """
    One human in one school, with what is known of them now; ``person`` is None where there is no account yet.

    ``permitted`` says whether the actor may give this person a credential.
    """

    name: PersonName
    class_name: str
    record: str
    person: Person | None = None
    credential: Credential | None = None
    reach: Reach | None = None
    permitted: bool = False


class Candidates:
    """Everybody in one school, looked up together."""

    def __init__(self, acting: Acting, school: str, class_name: str | None, book: AddressBook) -> None:
        self._acting = acting
        self._school = school
        self._book = book
        unit = acting.unit
        found = unit.rosters.places(school, class_name)
        self._places = [each for each in found if not (is_of_application(each) or each.is_given)]
        check_class(school, class_name, self._places)
        people = frozenset(each.person for each in self._places if each.person is not None)
        world = gather(unit, Seeds(people=people)).kept
        recognised = recognise(world, acting.today)
        self._world: World = evolve(world, places=recognised.places)
        whose = recognised.who_stands_in
        self._by_record: dict[RecordKey, list[Place]] = defaultdict(list)
        self._by_person: dict[PersonId, list[Place]] = defaultdict(list)
        for place in self._world.places.values():
            self._by_record[place.key.record].append(place)
            if place.person is not None:
                self._by_person[place.person].append(place)
        self._guardians: dict[PersonId, list[tuple[PersonId, Link]]] = defaultdict(list)
        self._have_link: set[PersonId] = set()
        for link in links(self._world, acting.tenant, acting.today, whose=whose):
            if link.is_open and not isinstance(link.child, PlaceKey) and not isinstance(link.guardian, PlaceKey):
                self._guardians[link.child].append((link.guardian, link))
                self._have_link.add(link.guardian)
        self._kept_from: dict[PersonId, set[PersonId]] = defaultdict(set)
        for human, child in pairs_kept_apart(self._world.decisions):
            self._kept_from[child].add(human)
        self._credentials = unit.credentials.get_many(people)

    def with_roles(self, roles: Collection[Role], actor: Actor) -> Sequence[Candidate]:
        """Return those with one of *roles* in force, each once, in the order of classes and names."""
        known = self._acting.known(actor)
        found: dict[PersonId | RecordKey, Candidate] = {}
        for place in self._places:
            if place.role in roles and place.is_in_force(self._acting.today) and place.accepted is not None:
                found.setdefault(place.person or place.key.record, self._candidate(place, place.accepted, known))
        return sorted(found.values(), key=_order)

    def _candidate(self, place: Place, claims: Claims, actor: Actor) -> Candidate:
        class_name, record = class_of(place, self._by_record[place.key.record]), place.key.record.key
        kept = self._world.people.get(place.person) if place.person is not None else None
        if kept is None:
            return Candidate(name=claims.name, class_name=class_name, record=record)
        person = kept.at(self._acting.now)
        mine = self._by_person[person.id]
        around = [each for place in mine for each in self._by_record[place.key.record]]
        target = Target(person=person.id, roles=held_roles(person.id, around, self._acting.today))
        return Candidate(
            name=person.name,
            class_name=class_name,
            record=record,
            person=person,
            credential=self._credentials.get(person.id),
            reach=self._reach(person, place, mine),
            permitted=bool(may(actor, Action.GIVE_CREDENTIAL, target)),
        )

    def _reach(self, person: Person, place: Place, mine: Sequence[Place]) -> Reach:
        is_student, record = place.role is Role.STUDENT, place.key.record.key
        stated = [each.accepted for each in mine if each.accepted is not None]
        minor = is_student and not is_of_age(born_on(person.ids, stated), self._acting.today)
        barred = self._kept_from[person.id]
        # A guardian who is kept from the child of this very record does not live where the child does.
        apart = any(person.id in self._kept_from[each] for each in self._students_in(place))
        own = self._book.own(record, person.name)
        return Reach(
            name=str(person.name),
            is_student=is_student,
            is_guardian=place.role is Role.GUARDIAN,
            is_minor=minor,
            has_link=person.id in self._have_link,
            email=person.central,
            email_unusable=person.central is not None and person.central.mailbox in self._world.unusable,
            email_shared=person.sharing,
            phone=person.phone,
            level=self._level(person.id, place.role),
            address=own or (None if apart else self._book.household(record)),
            guardians=tuple(self._guardian(human, link, mine) for human, link in self._guardians[person.id]),
            is_restricted=bool(barred),
            barred_phones=frozenset(self._phones_of(barred)),
            barred_mailboxes=frozenset(self._mailboxes_of(barred)),
            barred_addresses=frozenset(self._addresses_of(barred, mine)),
        )

    def _students_in(self, place: Place) -> Iterator[PersonId]:
        for each in self._by_record[place.key.record]:
            if each.role is Role.STUDENT and each.person is not None:
                yield each.person

    def _guardian(self, human: PersonId, link: Link, childs: Sequence[Place]) -> GuardianReach:
        """Return how a guardian of somebody can be reached."""
        person = self._world.people[human].at(self._acting.now)
        records = [each.key.record.key for each in childs]
        own = (self._book.own(record, person.name) for record in records)
        today = self._acting.today
        usable = person.central is not None and person.central.mailbox not in self._world.unusable
        return GuardianReach(
            person=person.id,
            name=str(person.name),
            phone=person.phone,
            email=person.central if usable else None,
            address=next((each for each in own if each is not None), None),
            verified=link.state is LinkState.VERIFIED,
            sees=person.is_activated and may_sign_in(person, self._by_person[person.id], today),
        )

    def _level(self, person: PersonId, role: Role) -> Level | None:
        """Return what was chosen of electronic messages to somebody, where anybody chose (LINK-8)."""
        decisions = self._world.decisions
        if role is Role.STUDENT:
            return level_about(decisions, [human for human, _ in self._guardians[person]], person)
        return chosen_level(decisions, person) if role is Role.GUARDIAN else None

    def _phones_of(self, people: Iterable[PersonId]) -> Iterator[PhoneNumber]:
        for each in people:
            person = self._world.people.get(each)
            stated = [claims.phone for claims in self._stated_of(each)]
            yield from filter(None, (person.phone if person is not None else None, *stated))

    def _mailboxes_of(self, people: Iterable[PersonId]) -> Iterator[str]:
        for each in people:
            person = self._world.people.get(each)
            stated = [claims.email for claims in self._stated_of(each)]
            for address in filter(None, (person.central if person is not None else None, *stated)):
                yield address.mailbox

    def _addresses_of(self, people: Iterable[PersonId], childs: Sequence[Place]) -> Iterator[PostalAddress]:
        for each in people:
            person = self._world.people.get(each)
            names = {claims.name for claims in self._stated_of(each)} | ({person.name} if person is not None else set())
            found = (self._book.own(place.key.record.key, name) for place in childs for name in names)
            yield from filter(None, found)

    def _stated_of(self, person: PersonId) -> Iterator[Claims]:
        for place in self._by_person[person]:
            yield from filter(None, (place.accepted, place.pending))


def _order(each: Candidate) -> tuple[str, str, str, str]:
    return each.class_name, fold(each.name.last), fold(each.name.first), each.record
