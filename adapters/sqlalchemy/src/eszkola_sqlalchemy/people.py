"""Accounts, what people decided, and the addresses that are kept for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Row, Table, bindparam, delete, null, select, update

from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Decision, Evidence, EvidenceKind, Mark, Reservation
from eszkola_core.domain.keys import KeyKind
from eszkola_core.domain.logins import Login
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.runs import Opening
from eszkola_core.errors import Conflict
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.decisions import Decisions, Reservations
from eszkola_sqlalchemy.desk import OURS, Desk
from eszkola_sqlalchemy.images import Images, row_of
from eszkola_sqlalchemy.marks import Marks
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.plain import ids_of, lock_of, text_of_ids, text_of_lock
from eszkola_sqlalchemy.tables import ImageKind
from eszkola_sqlalchemy.values import (
    address_of,
    instant_of,
    is_storable,
    maybe,
    micros,
    parts_of,
    storable,
)
from eszkola_sqlalchemy.versions import Versions

_T: Final = tables.person
_H: Final = tables.handle
_PEOPLE: Final = select(_T).where(_T.c.tenant == bindparam(OURS))
_BY_LOGIN: Final = _PEOPLE.where(_T.c.login_key == bindparam("folded"))
_BY_CENTRAL: Final = _PEOPLE.where(_T.c.central_mailbox == bindparam("wanted")).order_by(_T.c.id)
_NUMBERS: Final = select(_T.c.id).where(_T.c.tenant == bindparam(OURS))
_OWNERS: Final = {
    table: select(table.c.person).where(table.c.tenant == bindparam(OURS)) for table in (_H, tables.former_handle)
}
_ISSUED: Final = frozenset({"tenant", "id", "login_stem", "login_number", "run"})
_CHANGED: Final = tuple(each.name for each in _T.c if each.name not in _ISSUED)
_UPDATE: Final = (
    update(_T)
    .where(_T.c.tenant == bindparam("of"), _T.c.id == bindparam("number"), _T.c.revision == bindparam("seen"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)
_ATTRIBUTE: Final = (
    update(_T).where(_T.c.tenant == bindparam("of"), _T.c.id == bindparam("number")).values(run=bindparam("whose"))
)
_LEAVE_ADDRESS: Final = (
    update(_T)
    .where(_T.c.tenant == bindparam("of"), _T.c.id == bindparam("number"))
    .values(central_spelling=null(), central_mailbox=null())
)
_LEAVE_ID: Final = delete(_H).where(
    _H.c.tenant == bindparam("of"), _H.c.token == bindparam("blind"), _H.c.person == bindparam("number")
)


_MAILBOXES: Final = select(_T.c.central_mailbox).where(_T.c.tenant == bindparam(OURS))
_MIXED: Final = "GROUP BY central_mailbox HAVING count(*) > 1 AND min(sharing) = 0"


@frozen
class _Kept:
    """A person as kept, with the row and the sealed cells of it."""

    person: Person
    ids: bytes | None
    former_ids: bytes | None
    lock: bytes | None
    raw: Row[Any]


class SqlPeople:
    """Keeps `People` in tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._decisions = Decisions(desk)
        self._reservations = Reservations(desk)
        self._versions = Versions(desk)
        self._marks = Marks(desk)
        self._merged = Merged(desk)

    # Finding

    def get_many(self, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
        """Return the people with these numbers (PE1)."""
        return {number: each.person for number, each in self._kept(ids).items()}

    def versions(self, ids: Collection[PersonId]) -> Mapping[PersonId, int]:
        """Return how often what bears on these people has changed (PE7)."""
        return self._versions.of(ids)

    def by_login(self, login: str) -> Person | None:
        """Return whose issued login this is (PE2)."""
        ours = {OURS: self._desk.tenant, "folded": login.casefold()}
        row = self._desk.first(_BY_LOGIN, **ours) if is_storable(login) else None
        return self._survivor(self._person(row)) if row is not None else None

    def by_central(self, mailbox: str) -> Sequence[Person]:
        """Return those whose central address this is, by number: several only where they share it (PE2, PE4)."""
        ours = {OURS: self._desk.tenant, "wanted": mailbox}
        found = [self._person(row) for row in self._desk.rows(_BY_CENTRAL, **ours)] if is_storable(mailbox) else []
        return sorted({self._survivor(each) for each in found}, key=lambda each: each.id)

    def by_national_id(self, national_id: NationalId) -> Person | None:
        """Return whose national id this is (PE2)."""
        owner = self._owners(self._desk.blinds(Evidence.of_id(national_id)))
        return self._survivor(self.get_many(owner)[owner[0]]) if owner else None

    def _survivor(self, person: Person) -> Person:
        """Return who an account is read as."""
        survivor = self._merged.survivor(person.id)
        return person if survivor == person.id else self.get_many([survivor])[survivor]

    def touching(
        self,
        people: Collection[PersonId],
        evidence: Collection[Evidence],
    ) -> tuple[dict[PersonId, Person], frozenset[Decision], frozenset[Reservation], frozenset[Mark]]:
        """
        Return everybody whom *people* or *evidence* lead to, with decisions, reservations and marks (RO3, RO4, RO16).

        That is: whoever is among *people*, has an id or the central address among *evidence*, or whom such an address
        is kept for; the decisions about *people*; the reservations for them, or of such an address; the marks that
        *evidence* made, and the decisions that bear them.
        """
        if not people and not evidence:
            return {}, frozenset(), frozenset(), frozenset()
        people = self._merged.members(people)
        mailboxes = sorted(each.value for each in evidence if each.kind is EvidenceKind.MAILBOX)
        ids = [one for each in evidence if each.kind is EvidenceKind.NATIONAL_ID for one in self._desk.blinds(each)]
        reservations = frozenset(self._reservations.touching(people, mailboxes))
        wanted = {
            *people,
            *self._owners(ids),
            *self._owners(ids, tables.former_handle),
            *self._holders(mailboxes),
            *(each.person for each in reservations),
        }
        marks = frozenset(self._marks.of(evidence))
        decisions = {*self._decisions.about(people), *self._decisions.numbered({each.decision for each in marks})}
        return dict(self.get_many(wanted)), frozenset(decisions), reservations, marks

    def _kept(self, ids: Collection[PersonId]) -> dict[PersonId, _Kept]:
        found = {}
        for row in self._desk.among(_PEOPLE, _T.c.id, storable(ids)):
            found[PersonId(row.id)] = _Kept(self._person(row), row.ids, row.former_ids, row.lock, row)
        return found

    def _owners(self, tokens: Collection[bytes], table: Table = tables.handle) -> list[PersonId]:
        return [PersonId(row.person) for row in self._desk.among(_OWNERS[table], table.c.token, sorted(tokens))]

    def _holders(self, mailboxes: Collection[str]) -> Iterable[PersonId]:
        yield from (PersonId(row.id) for row in self._desk.among(_NUMBERS, _T.c.central_mailbox, sorted(mailboxes)))

    def _person(self, row: Row[Any]) -> Person:
        return Person(
            id=PersonId(row.id),
            revision=row.revision,
            name=PersonName(row.first, row.last),
            ids=self._opened_ids(row, "ids"),
            state=State(row.state),
            login=row.login,
            platform_address=row.platform_address,
            central=address_of(row.central_spelling, row.central_mailbox),
            opened_at=maybe(instant_of, row.opened_at),
            activated_at=maybe(instant_of, row.activated_at),
            first_signed_in_at=maybe(instant_of, row.first_signed_in_at),
            phone=maybe(PhoneNumber, row.phone),
            sharing=bool(row.sharing),
            lock=None if row.lock is None else lock_of(self._desk.opened(row.lock, _T, "lock", row.id)),
            former_ids=self._opened_ids(row, "former_ids"),
        )

    def _opened_ids(self, row: Row[Any], column: str) -> tuple[NationalId, ...]:
        cell = getattr(row, column)
        return () if cell is None else ids_of(self._desk.opened(cell, _T, column, row.id))

    # Writing

    def save(self, person: Person) -> None:
        """Write a changed person (PE3, PE4)."""
        with self._desk.together():
            self.save_many((), (person,))
            self._versions.touch({person.id})

    def save_many(self, openings: Sequence[Opening], people: Sequence[Person], images: Images | None = None) -> None:
        """
        Write new and changed people, all at once: two of them may swap addresses, or one take what another leaves.

        Where a run writes them, its *images* keep what was there before.

        Raises:
            Conflict: somebody is not at the expected revision, or has what is another's (RO7, PE3, PE4).
        """
        with self._desk.together():
            latest = {each.id: each for each in people}
            kept = self._kept(latest)
            keys = [str(number) for number in (*latest, *(each.person.id for each in openings))]
            found = {str(number): each.raw for number, each in kept.items()}
            whose = images.note(ImageKind.PERSON, found, keys) if images is not None else {}
            self._leave(latest, kept)
            self._open(openings, whose)
            self._change(people, kept)
            self._check_sharing({each.central for each in (*people, *(opening.person for opening in openings))})
            if images is not None:
                of = self._desk.tenant
                theirs = ({"of": of, "number": number, "whose": whose[str(number)]} for number in latest)
                self._desk.each(_ATTRIBUTE, theirs)

    def _leave(self, people: Mapping[PersonId, Person], kept: Mapping[PersonId, _Kept]) -> None:
        """Free the addresses and ids that people leave, before anybody takes them."""
        moved = [number for number, each in kept.items() if each.person.central != people[number].central]
        self._desk.each(_LEAVE_ADDRESS, ({"of": self._desk.tenant, "number": number} for number in moved))
        dropped = [
            (number, each) for number, was in kept.items() for each in set(was.person.ids) - set(people[number].ids)
        ]
        self._desk.each(
            _LEAVE_ID,
            (
                {"of": self._desk.tenant, "number": number, "blind": token}
                for number, each in dropped
                for token in self._desk.blinds(Evidence.of_id(each))
            ),
        )

    def _open(self, openings: Sequence[Opening], whose: Mapping[str, int]) -> None:
        rows = [self._values(each.person, each.login, None, run=whose.get(str(each.person.id), 0)) for each in openings]
        self._desk.insert(_T, rows)
        self._remember([each.person for each in openings], {})
        self._own((each.person.id, owned) for each in openings for owned in each.person.ids)

    def _change(self, people: Sequence[Person], kept: Mapping[PersonId, _Kept]) -> None:
        rows = []
        for person in people:
            before = kept.get(person.id)
            values = zip(_T.c.keys(), self._values(person, Login(""), before), strict=True)
            new = {f"new_{name}": value for name, value in values if name in _CHANGED}
            rows.append({"of": self._desk.tenant, "number": person.id, "seen": person.revision - 1, **new})
        if self._desk.each(_UPDATE, rows) != len(rows):
            raise Conflict("an account was changed in the meantime", code="stale-revision")
        last = {person.id: person for person in people}
        self._remember(list(last.values()), kept)
        self._own(
            (number, each)
            for number, person in last.items()
            for each in set(person.ids) - set(kept[number].person.ids if number in kept else ())
        )

    def _check_sharing(self, addresses: Collection[EmailAddress | None]) -> None:
        """Raise Conflict where somebody has an address alone that others share; two alone the index knows (PE4)."""
        mailboxes = sorted({each.mailbox for each in addresses if each is not None})
        for _ in self._desk.among(_MAILBOXES, _T.c.central_mailbox, mailboxes, then=_MIXED):
            raise Conflict("the address is another account's", code="address-taken")

    def _own(self, owned: Iterable[tuple[PersonId, NationalId]]) -> None:
        """
        Keep whose ids are.

        An id that somebody has under an older index key comes under the newest first: there the key of the table keeps
        it one person's (ID-10).
        """
        new = dict.fromkeys(owned)
        if self._desk.vault.older(KeyKind.INDEX):
            for token, *older in {self._desk.blinds(Evidence.of_id(each)) for _, each in new}:
                same = (_H.c.tenant == self._desk.tenant) & _H.c.token.in_(older)
                self._desk.write(update(_H).where(same).values(token=token))
        self._desk.insert(_H, [(self._desk.tenant, self._token(each), number) for number, each in new])

    def _remember(self, people: Collection[Person], kept: Mapping[PersonId, _Kept]) -> None:
        """Keep by which corrected ids people are still found (RO3)."""
        table, desk = tables.former_handle, self._desk
        changed = [p for p in people if p.former_ids != (kept[p.id].person.former_ids if p.id in kept else ())]
        for person in changed:
            desk.write(delete(table).where(table.c.tenant == desk.tenant, table.c.person == person.id))
        desk.insert(table, [(desk.tenant, self._token(each), p.id) for p in changed for each in p.former_ids])

    def _token(self, national_id: NationalId) -> bytes:
        return self._desk.blind(Evidence.of_id(national_id))

    def _values(self, person: Person, login: Login, kept: _Kept | None, *, run: int = 0) -> tuple[object, ...]:
        """Return the values of a row; a sealed cell whose content is the same stays as it is."""
        desk, lock = self._desk, None
        ids = self._sealed_ids(person.ids, kept.ids if kept else None, "ids", person.id)
        former = self._sealed_ids(person.former_ids, kept.former_ids if kept else None, "former_ids", person.id)
        if person.lock is not None:
            cell = kept.lock if kept else None
            lock = desk.kept_or_sealed(text_of_lock(person.lock), cell, _T, "lock", person.id)
        return (
            *(desk.tenant, person.id, person.revision, person.name.first, person.name.last, ids),
            *(person.state.value, person.login, person.login.casefold(), login.stem, login.number),
            *(person.platform_address, *parts_of(person.central)),
            *(maybe(micros, each) for each in (person.opened_at, person.activated_at, person.first_signed_in_at)),
            *(maybe(lambda phone: phone.e164, person.phone), int(person.sharing)),
            *(run, lock, former),
        )

    def _sealed_ids(self, ids: tuple[NationalId, ...], kept: bytes | None, column: str, row: PersonId) -> bytes | None:
        return self._desk.kept_or_sealed(text_of_ids(ids), kept, _T, column, row) if ids else None

    def kept_of(self, run: int) -> dict[PersonId, tuple[Person, int]]:
        """Return the people whom a run wrote last, with that run."""
        rows = self._desk.rows(select(_T).where(_T.c.tenant == self._desk.tenant, _T.c.run == run))
        return {PersonId(row.id): (self._person(row), row.run) for row in rows}

    def written_by(self, ids: Collection[PersonId]) -> dict[PersonId, tuple[Person, int]]:
        """Return people with the run that wrote each last."""
        return {number: (each.person, each.raw.run) for number, each in self._kept(ids).items()}

    def of_image(self, cells: str) -> Person:
        """Return a person as they were found once."""
        return self._person(row_of(cells, _T.c.keys()))

    # What was decided, and what is kept for whom

    def decide(self, decision: Decision) -> Decision:
        """Keep a decision and return it with its number (PE5)."""
        return self._decisions.add(decision)

    def decisions(self, person: PersonId) -> Sequence[Decision]:
        """Return what was decided about *person*, oldest first."""
        return sorted(self._decisions.about([person]), key=lambda each: each.id)

    def withdraw(self, decision: int, at: datetime, *, by: str = "", why: str = "") -> None:
        """End the decision with this number; one that has ended keeps its end (PE5)."""
        self._decisions.end(decision, at, by=by, why=why)

    def mark(self, marks: Collection[Mark]) -> None:
        """Keep by what the people of decisions are known again (PE8)."""
        with self._desk.together():
            self._marks.add(marks)

    def has_marks(self) -> bool:
        """Return whether any decision bears a mark (PE8)."""
        return self._marks.are_there()

    def reserve(self, reservation: Reservation) -> None:
        """Keep an address for whoever left it (PE6)."""
        with self._desk.together():
            self._reservations.replace({reservation.mailbox}, [reservation])

    def replace_reservations(self, mailboxes: Collection[str], reservations: Collection[Reservation]) -> None:
        """Keep *reservations* in the stead of those of *mailboxes*."""
        self._reservations.replace(mailboxes, reservations)

    def reserved(self, mailbox: str, now: datetime) -> PersonId | None:
        """Return for whom an address is kept (PE6)."""
        holder = self._reservations.holder(mailbox, now) if is_storable(mailbox) else None
        return maybe(self._merged.survivor, holder)
