"""
What follows from claims and decisions (ID-4, MAIL-3, MAIL-4, MAIL-5, SYNC-1, SYNC-4).

`settle` is pure, and applying it to its own outcome changes nothing. What an account was given it keeps: the outcome
starts from the values remembered when the run began, never from those of another step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from attrs import evolve, field, frozen

from eszkola_core.domain.absorbed import absorbed_by, kept_addresses, own_ids, without
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Claims, Place, PlaceKey, Reservation, World
from eszkola_core.domain.coming_of_age import born_on
from eszkola_core.domain.contest import Asker, Rank, contest, separated
from eszkola_core.domain.corrections import corrections
from eszkola_core.domain.days import day_of, is_expired
from eszkola_core.domain.duplicates import Duplicate, Group, Who
from eszkola_core.domain.held_roles import is_owners_alone
from eszkola_core.domain.households import households
from eszkola_core.domain.identity_decisions import corrected
from eszkola_core.domain.kept_apart import Apart, barred_mailboxes, kept_apart
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.platform_records import follow_gradebooks, is_of_application
from eszkola_core.domain.recognition import Recognised, recognise
from eszkola_core.domain.roles import Role, precedence
from eszkola_core.domain.settings import GuardiansOpenBy, Need, WhenOfAge
from eszkola_core.domain.tenants import Tenant

T = TypeVar("T", bound=Hashable)


class ConflictKind(StrEnum):
    """What people or sources disagree about, until somebody mends it."""

    ADDRESS_BARRED = "address-barred"
    ADDRESS_CONFLICT = "address-conflict"
    ADDRESS_TAKEN = "address-taken"
    ADDRESS_UNSTATED = "address-unstated"
    ADDRESS_UNUSABLE = "address-unusable"
    BIRTH_DATE_UNKNOWN = "birth-date-unknown"
    CORRECTED_HERE = "corrected-here"
    FORMER_ID_STATED = "former-id-stated"
    NAME_CONFLICT = "name-conflict"
    POSSIBLE_DUPLICATE = "possible-duplicate"


@frozen(order=True)
class OpenConflict:
    """
    One conflict about the human whose least place is ``place``.

    ``facts`` are safe to show: addresses are masked, with the schools that state them. ``other`` is the least place of
    the second human where there are two.
    """

    kind: ConflictKind
    place: PlaceKey
    other: PlaceKey | None = None
    facts: tuple[str, ...] = ()


class Lack(StrEnum):
    """What an account still needs before it opens (ID-4, LINK-5)."""

    NATIONAL_ID = "national-id"
    EMAIL = "e-mail"
    APPLICATION = "application"


@frozen(kw_only=True)
class Settled:
    """
    One human as the rules leave them.

    ``person`` is None while the account is not open; ``opens`` says that it opens with this very settlement, ``lacks``
    what keeps it shut, for the role that asks least. ``barred`` are the mailboxes that it may not have.
    """

    who: Who
    places: tuple[Place, ...]
    ids: tuple[NationalId, ...]
    former_ids: tuple[NationalId, ...] = ()
    name: PersonName
    central: EmailAddress | None
    sharing: bool = False
    phone: PhoneNumber | None
    person: Person | None
    opens: bool = False
    lacks: tuple[Lack, ...] = ()
    asks_confirmation: EmailAddress | None = None
    barred: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def is_detached(self) -> bool:
        """Whether the account leaves an address because somebody reads it who is kept from its owner (LINK-3c)."""
        before = self.person.central if self.person is not None else None
        return before is not None and before.mailbox in self.barred

    @property
    def moved(self) -> bool:
        """Whether an open account's central address changes."""
        return self.person is not None and self.person.central != self.central


@frozen
class Settlement:
    """What follows for everybody in a closed world; ``absorbed`` are the accounts that are read as another (ID-7)."""

    people: tuple[Settled, ...]
    recognised: Recognised
    conflicts: tuple[OpenConflict, ...]
    reservations: frozenset[Reservation]
    apart: Apart = field(factory=Apart, repr=False)
    absorbed: tuple[Person, ...] = ()

    @property
    def places(self) -> Mapping[PlaceKey, Place]:
        """All places, their newest content applied or held."""
        return self.recognised.places


def settle(world: World, tenant: Tenant, now: datetime, *, separating: bool = False) -> Settlement:
    """
    Return what follows from all that a closed *world* states.

    The same world gives the same settlement in whatever order it was gathered, and a world with its own settlement in
    it gives that settlement again (SYNC-4a, SYNC-4b). Whoever shares an address keeps it, although the tenant may
    forbid by now what it once allowed; *separating* takes it from all but one (MAIL-5f).
    """
    today = day_of(now, tenant.zone)
    world = evolve(world, people=corrected(world.people, world.decisions))
    aliases = Aliases.of(world.decisions)
    absorbed = absorbed_by(world, aliases)
    recognised = follow_gradebooks(recognise(world, today), today, tenant.settings.removal_grace)
    apart = kept_apart(world, recognised.groups)
    barred = barred_mailboxes(world, recognised.groups, apart)
    votes = {
        group.who: _Votes(
            group,
            world,
            tenant,
            now,
            barred.get(group.who, frozenset()),
            absorbed.get(group.who, ()) if not isinstance(group.who, PlaceKey) else (),
        )
        for group in recognised.groups
    }
    in_force = frozenset(each for each in world.reservations if not is_expired(each.until, now))
    reserved: dict[str, Who] = {each.mailbox: aliases.survivor(each.person) for each in in_force}
    reserved |= kept_addresses(world, absorbed, now, tenant.settings.merge_undo)
    home = households(recognised, world, tenant, today)
    askers = {who: each.asker(reserved, home[who]) for who, each in votes.items()}
    got = contest(separated(askers) if separating else askers, reserved)
    holders = Counter(got.values())
    people = tuple(
        vote.settled(got[who], sharing=got[who] is not None and holders[got[who]] > 1)
        for who, vote in sorted(votes.items(), key=lambda item: _order(item[1].group))
    )
    freed = {
        Reservation(each.person.central.mailbox, each.person.id, now + tenant.settings.freed_address_reserved)
        for each in people
        if each.moved and each.person is not None and each.person.is_activated and each.person.central is not None
    }
    taken = {each.central.mailbox: each.who for each in people if each.central is not None}
    # Whoever is back at an address has it kept for as long as before: the way back may be undone (SYNC-9).
    kept = {
        each
        for each in in_force | freed
        if taken.get(each.mailbox, each.person) == each.person
        and each.mailbox not in barred.get(each.person, frozenset())
    }
    conflicts = sorted(
        {
            *(conflict for each in people for conflict in votes[each.who].conflicts(each)),
            *(_of_duplicate(each) for each in recognised.duplicates),
            *_of_corrections(world, recognised.places),
        },
        key=lambda each: (each.kind, each.place.order, each.other.order if each.other is not None else (), each.facts),
    )
    return Settlement(people, recognised, tuple(conflicts), frozenset(kept), apart, without(absorbed, taken.keys()))


def agreed(before: T | None, stated: Sequence[T]) -> T | None:
    """
    Return the value that all who state one agree on; else what stood before; else the first (PHONE-1b, ID-8c).

    *stated* is in the order of the claims' keys.
    """
    if stated and all(each == stated[0] for each in stated):
        return stated[0]
    if before is not None:
        return before
    return stated[0] if stated else None


class _Votes:
    """
    What the places of one human say, weighed.

    *barred* are mailboxes that somebody reads who is kept from this human: it is as if nobody stated them (LINK-3c).
    *absorbed* are the accounts that were merged into this human's.
    What cannot be used has no vote, yet whoever has it keeps it until there is another (MAIL-4a, MAIL-9a).
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what bears on one human
        self,
        group: Group,
        world: World,
        tenant: Tenant,
        now: datetime,
        barred: frozenset[str] = frozenset(),
        absorbed: tuple[Person, ...] = (),
    ) -> None:
        self.group = group
        self._barred = barred
        self._absorbed = absorbed
        self._unusable = world.unusable
        self._world = world
        self._tenant = tenant
        self._today = day_of(now, tenant.zone)
        self._lasting = lasting = None if isinstance(group.who, PlaceKey) else world.people[group.who]
        # Who lasts unopened was given nothing yet: name and address follow from the claims until the account opens.
        self._person = lasting if lasting is not None and lasting.is_opened else None
        self._chosen = self._chosen_address()
        grace = tenant.settings.removal_grace
        if self._chosen is not None and self._chosen.mailbox in barred:
            self._chosen = None
        self._voting = [
            _without(place, barred | world.unusable)
            for place in group.places
            if self._votes(place, grace) and not place.is_given
        ]
        self._present = [
            _without(place, barred) for place in group.places if place.is_present and place.accepted is not None
        ]
        self._spelling = {each.mailbox: each for each in self._stated_addresses()}

    def _chosen_address(self) -> EmailAddress | None:
        """
        Return the address that the owner chose, under whichever of the accounts that were merged (ID-7d).

        What was chosen under another account counts unless this one had an address of its own, which stays (ID-7c).
        """
        if self._lasting is None:
            return None
        own = self._world.chosen_address(self._lasting.id)
        before = self._person.central if self._person is not None else None
        chosen = (self._world.chosen_address(account.id) for account in self._absorbed if own is None)
        return own or next((each for each in chosen if each is not None and before in (None, each)), None)

    def _is_barred(self, place: Place) -> bool:
        """Return whether a present record states an address that is barred."""
        return place.is_present and _mailbox(place) in self._barred

    @property
    def _central(self) -> EmailAddress | None:
        """The central address that the account has, and may keep."""
        central = self._person.central if self._person is not None else None
        return central if central is None or central.mailbox not in self._barred else None

    def _votes(self, place: Place, grace: timedelta) -> bool:
        """Return whether a place has a say: present, or removed so lately that it may return (SYNC-9)."""
        return place.accepted is not None and (place.gone is None or self._today < place.gone + grace)

    def _stated_addresses(self) -> Iterable[EmailAddress]:
        """Yield every address that could become or be central; of several spellings the least key's counts."""
        for place in sorted(self._voting, key=lambda each: each.key.order, reverse=True):
            if place.accepted is not None and place.accepted.email is not None:
                yield place.accepted.email
        yield from self._absorbed_addresses()
        if self._chosen is not None:
            yield self._chosen
        if self._central is not None:
            yield self._central

    # The address

    def asker(self, reserved: Mapping[str, Who], household: Who) -> Asker[Who]:
        """Return what this human asks for, with whom it may be shared, and how addresses rank them."""
        present = self._central.mailbox if self._central is not None else None
        wishes = self._wishes()
        ranks = {each: self._rank(each, present, reserved) for each in {*wishes, *([present] if present else [])}}
        is_activated = bool(self._person and self._person.is_activated)
        return Asker(self.group.who, present, wishes, ranks, is_activated=is_activated, household=household)

    def _wishes(self) -> tuple[str, ...]:
        """Return the addresses wanted, the most wanted first (MAIL-4)."""
        if self._chosen is not None:
            return (self._chosen.mailbox,)
        if self._central is not None:
            unanimous = self._unanimous()
            if unanimous is None or self._changes_only_by_owner():
                return ()
            return (unanimous.mailbox,)
        return (*(each.mailbox for each in self._absorbed_addresses()), *self._ranked_addresses())

    def _absorbed_addresses(self) -> Iterable[EmailAddress]:
        """Yield the central addresses of the accounts that were merged into this human's (ID-7c)."""
        for account in self._absorbed:
            if account.central is not None and account.central.mailbox not in self._barred:
                yield account.central

    def _unanimous(self) -> EmailAddress | None:
        """
        Return the address that every claim that votes states, if one of them said so lately (MAIL-4a).

        A record's ending alone moves nothing: where a claim that stated another address has ended, one that votes must
        have begun to state the present one since.
        """
        stating = [place for place in self._voting if place.accepted is not None and place.accepted.email is not None]
        addresses = {place.accepted.email for place in stating if place.accepted is not None}
        if len(addresses) != 1:
            return None
        address = next(iter(addresses))
        if address is None:
            return None
        voting = {place.key for place in self._voting}
        ended = [
            place.gone
            for place in self.group.places
            if place.gone is not None
            and place.key not in voting
            and place.accepted is not None
            and place.accepted.email not in (None, address)
        ]
        since = max(place.email_since or place.since for place in stating)
        if ended and since < max(ended):
            return None
        return self._spelling[address.mailbox]

    def _changes_only_by_owner(self) -> bool:
        """Return whether a role above homeroom teacher leaves address and phone to their owner alone (MAIL-4e)."""
        return is_owners_alone(self._present)

    def _ranked_addresses(self) -> tuple[str, ...]:
        """Return a new human's addresses: most claims, then staff, guardian, student, then least key (MAIL-4d)."""
        stating = [place for place in self._voting if place.accepted is not None and place.accepted.email is not None]
        counts = Counter(mailbox for place in stating if (mailbox := _mailbox(place)) is not None)
        best = {
            mailbox: min((precedence(p.role), p.key) for p in stating if _mailbox(p) == mailbox) for mailbox in counts
        }
        return tuple(sorted(counts, key=lambda mailbox: (-counts[mailbox], best[mailbox])))

    def _rank(self, mailbox: str, present: str | None, reserved: Mapping[str, Who]) -> Rank:
        """Return how an address ranks this human (MAIL-5c)."""
        stating = [place for place in self._voting if _mailbox(place) == mailbox]
        claim = min(
            ((precedence(place.role), place.key) for place in stating),
            default=(len(Role), self.group.places[0].key if self.group.places else None),
        )
        return Rank(
            yields=self._is_long_dormant(),
            is_no_holder=mailbox != present,
            is_not_reserved_for=reserved.get(mailbox) != self.group.who,
            is_not_activated=not (self._person is not None and self._person.is_activated),
            precedence=claim[0],
            claim=(claim[1] is None, claim[1] or self.group.who),
        )

    def _is_long_dormant(self) -> bool:
        """Return whether every place ended longer ago than the grace: the address then yields to the living."""
        return not self._voting

    # The outcome

    def settled(self, mailbox: str | None, *, sharing: bool) -> Settled:
        """Return this human with the address that the contest gave, alone or with others."""
        central = self._spelling_of(mailbox)
        before = self._person.name if self._person is not None else None
        names = [place.accepted.name for place in self._voting if place.accepted is not None]
        name = agreed(before, names) or PersonName("", "")
        lacks = () if self._person is not None else self._lacks(central)
        return Settled(
            who=self.group.who,
            places=self.group.places,
            ids=own_ids(self.group.ids, self._absorbed),
            former_ids=self._lasting.former_ids if self._lasting is not None else (),
            name=name,
            central=central,
            sharing=sharing,
            phone=self._phone(),
            person=self._person,
            opens=self._person is None and lacks == () and bool(self._present),
            lacks=lacks or (),
            asks_confirmation=self._to_confirm(central),
            barred=self._barred,
        )

    def _phone(self) -> PhoneNumber | None:
        """Return the number: the owner's choice, else what all claims agree on; it may be shared (PHONE-1b)."""
        before = self._person.phone if self._person is not None else None
        chosen = self._world.chosen_phone(self._person.id) if self._person is not None else None
        if chosen is not None or (before is not None and self._changes_only_by_owner()):
            return chosen or before
        stated = (place.accepted.phone for place in self._voting if place.accepted is not None)
        return agreed(before, [each for each in stated if each is not None])

    def _spelling_of(self, mailbox: str | None) -> EmailAddress | None:
        """Return an address as it is sent to: a holder's stays as it was given."""
        if mailbox is None:
            return None
        if self._central is not None and self._central.mailbox == mailbox:
            return self._central
        return self._spelling[mailbox]

    def _lacks(self, central: EmailAddress | None) -> tuple[Lack, ...] | None:
        """Return what keeps the account shut, for the place that asks least; empty where nothing does (ID-4)."""
        least: tuple[Lack, ...] | None = None
        for place in self._present:
            needs = self._tenant.settings.needs(place.role, place.school)
            lacks = []
            if Need.NATIONAL_ID in needs and not self._has_id(place.role):
                lacks.append(Lack.NATIONAL_ID)
            if Need.EMAIL in needs and central is None:
                lacks.append(Lack.EMAIL)
            by_application = self._tenant.settings.guardians_open_by is GuardiansOpenBy.APPLICATION
            if place.role is Role.GUARDIAN and by_application and not is_of_application(place):
                lacks.append(Lack.APPLICATION)
            if least is None or len(lacks) < len(least):
                least = tuple(lacks)
        return least

    def _has_id(self, role: Role) -> bool:
        """Return whether an id is there, or a document where the role may have one in its stead (ID-5)."""
        may_be_document = role in self._tenant.settings.documents_for
        return any(may_be_document or not each.is_document for each in self.group.ids)

    def _to_confirm(self, central: EmailAddress | None) -> EmailAddress | None:
        """Return the address that every claim states although the owner chose another (MAIL-4b)."""
        if self._chosen is None or self._changes_only_by_owner():
            return None
        unanimous = self._unanimous()
        return unanimous if unanimous != central else None

    # Conflicts

    def conflicts(self, settled: Settled) -> Iterable[OpenConflict]:
        """Yield what sources disagree about, or what was refused (MAIL-3, MAIL-5c, ID-8c)."""
        if not self._present:
            return
        least = self.group.places[0].key
        central = settled.central.mailbox if settled.central is not None else None
        useless = self._unusable - {central}
        stated = [place for place in self._present if _mailbox(place) not in {None, *useless}]
        others = [place for place in stated if _mailbox(place) != central]
        if others and settled.central is not None:
            facts = sorted({f"{_shown(place)} · {place.school}" for place in others})
            unanimous = None if self._chosen is not None or self._changes_only_by_owner() else self._unanimous()
            refused = unanimous is not None and unanimous != settled.central
            kind = ConflictKind.ADDRESS_TAKEN if refused else ConflictKind.ADDRESS_CONFLICT
            yield OpenConflict(kind, least, None, (settled.central.masked, *facts))
        elif others:
            facts = sorted({f"{_shown(place)} · {place.school}" for place in others})
            yield OpenConflict(ConflictKind.ADDRESS_TAKEN, least, None, ("", *facts))
        elif settled.central is not None and stated == [] and settled.person is not None:
            yield OpenConflict(ConflictKind.ADDRESS_UNSTATED, least, None, (settled.central.masked,))
        barred = sorted(f"{_shown(place)} · {place.school}" for place in self.group.places if self._is_barred(place))
        if barred:
            yield OpenConflict(ConflictKind.ADDRESS_BARRED, least, None, tuple(dict.fromkeys(barred)))
        shown = {_mailbox(place): _shown(place) for place in self._present}
        shown |= {central: settled.central.masked} if settled.central is not None else {}
        for mailbox in sorted(self._unusable & shown.keys()):
            yield OpenConflict(ConflictKind.ADDRESS_UNUSABLE, least, None, (shown[mailbox],))
        if self._decides_nothing_of_age():
            yield OpenConflict(ConflictKind.BIRTH_DATE_UNKNOWN, least)
        stating = (place for place in self._present if not place.is_given)
        names = {place.accepted.name for place in stating if place.accepted is not None} - {settled.name}
        if names:
            yield OpenConflict(ConflictKind.NAME_CONFLICT, least, None, tuple(sorted(map(str, names))))
        former = {place.school for place in self._present if place.accepted and self._states_former_id(place.accepted)}
        if former:
            yield OpenConflict(ConflictKind.FORMER_ID_STATED, least, None, tuple(sorted(former)))

    def _states_former_id(self, claims: Claims) -> bool:
        """Return whether a record still states an id that was corrected (ID-6e)."""
        return not set(claims.ids).isdisjoint(self.group.former_ids)

    def _decides_nothing_of_age(self) -> bool:
        """Return whether links would follow the student's age, and nobody says how old the student is (LINK-4)."""
        if self._tenant.settings.links_when_of_age is WhenOfAge.STAY:
            return False
        claims = [place.accepted for place in self._present if place.accepted is not None]
        is_student = any(place.role is Role.STUDENT for place in self._present)
        return is_student and born_on(self.group.ids, claims) is None


def _of_corrections(world: World, places: Mapping[PlaceKey, Place]) -> Iterable[OpenConflict]:
    """Yield what was corrected here and the source does not say yet, each with the field (ROLE-3)."""
    for place, made in corrections(world).items():
        if place in places and places[place].is_present:
            for _, correction in made:
                yield OpenConflict(ConflictKind.CORRECTED_HERE, place, None, (correction.field.value,))


def _of_duplicate(duplicate: Duplicate) -> OpenConflict:
    """Return a possible duplicate as a conflict."""
    return OpenConflict(ConflictKind.POSSIBLE_DUPLICATE, duplicate.first, duplicate.second, (duplicate.likeness,))


def _without(place: Place, mailboxes: frozenset[str]) -> Place:
    """Return the place as if it stated no address, where the one it states is among *mailboxes*."""
    if place.accepted is None or _mailbox(place) not in mailboxes:
        return place
    return evolve(place, accepted=evolve(place.accepted, email=None))


def _mailbox(place: Place) -> str | None:
    return place.accepted.email.mailbox if place.accepted is not None and place.accepted.email is not None else None


def _shown(place: Place) -> str:
    return place.accepted.email.masked if place.accepted is not None and place.accepted.email is not None else ""


def _order(group: Group) -> tuple[bool, tuple[str, ...], int]:
    """Return the order in which people are settled and numbered: by least place key."""
    if group.places:
        return (False, group.places[0].key.order, 0)
    return (True, (), group.who if not isinstance(group.who, PlaceKey) else 0)


def bound(settlement: Settlement, numbers: Mapping[PlaceKey, PersonId], world: World) -> tuple[Place, ...]:
    """
    Return the places that differ from those in *world*, bound to their people (ID-6b).

    *numbers* gives those who open now their ids, by least place key.
    """
    owner: dict[PlaceKey, PersonId] = {}
    for each in settlement.people:
        number = numbers.get(each.who) if isinstance(each.who, PlaceKey) else each.who
        if number is not None:
            owner.update((place.key, number) for place in each.places)
    changed = []
    for key in sorted(settlement.places, key=lambda each: each.order):
        place = settlement.places[key]
        place = evolve(place, person=owner.get(key, place.person))
        if place != world.places.get(key):
            changed.append(place)
    return tuple(changed)
