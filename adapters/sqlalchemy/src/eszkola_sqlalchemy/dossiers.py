"""Everything of one person, in whatever table it lies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, Table, delete, or_, select, update

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind, PlaceKey
from eszkola_core.domain.dossiers import Traces, emptied, mailboxes, spellings, stays
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.licences import LicenceState
from eszkola_core.domain.sms_ledger import without
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.applications import SqlApplications
from eszkola_sqlalchemy.cases import SqlCases
from eszkola_sqlalchemy.decisions import Decisions, Reservations
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.events import SqlEvents
from eszkola_sqlalchemy.images import images
from eszkola_sqlalchemy.merged import Merged
from eszkola_sqlalchemy.outbox import SqlOutbox
from eszkola_sqlalchemy.people import SqlPeople
from eszkola_sqlalchemy.places import Places
from eszkola_sqlalchemy.plain import text_of_key
from eszkola_sqlalchemy.sessions import session_of
from eszkola_sqlalchemy.sms import SqlSmsLedger
from eszkola_sqlalchemy.tables import ImageKind
from eszkola_sqlalchemy.tokens import token_of
from eszkola_sqlalchemy.values import chunks, instant_of, loaded
from eszkola_sqlalchemy.versions import Versions

_B: Final = tables.before_image

WHOLLY: Final[Mapping[Table, str]] = {
    tables.acknowledgement: "person",
    tables.code: "guardian",
    tables.credential: "person",
    tables.device: "person",
    tables.event: "person",
    tables.former_handle: "person",
    tables.handle: "person",
    tables.licence: "person",
    tables.own_contacts: "person",
    tables.reservation: "person",
    tables.session: "person",
    tables.token: "person",
}
"""Tables whose rows go with the person that the column names; what hangs on such a row goes with it."""


class SqlDossiers:
    """Keeps `Dossiers` over all tables."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # Finding

    def traces(self, person: PersonId, places: Collection[PlaceKey] = ()) -> Traces:
        """Return what no other part tells of *person*, and of *places* that are theirs (DO1)."""
        desk, t = self._desk, tables
        return Traces(
            tokens=tuple(token_of(row) for row in self._of(t.token, person, t.token.c.digest)),
            sessions=tuple(session_of(row) for row in self._of(t.session, person, t.session.c.digest)),
            messages=tuple(SqlOutbox(desk).of_rows(self._messages(person, places))),
            text_messages=tuple(SqlSmsLedger(desk).of_person(person)),
            events=tuple(map(SqlEvents(desk).of_row, self._of(t.event, person, t.event.c.id))),
            requests=tuple(self._requests(person)),
            earlier=tuple(
                Places(desk).of_image(row.cells)
                if row.kind == ImageKind.PLACE.value
                else SqlPeople(desk).of_image(row.cells)
                for row in sorted(self._images(person, places), key=lambda row: (row.run, row.kind, row.key))
            ),
        )

    def _of(self, table: Table, person: PersonId, order: Any) -> Collection[Row[Any]]:  # noqa: ANN401 - as SQLAlchemy has it
        theirs = (table.c.tenant == self._desk.tenant) & (table.c.person == person)
        return self._desk.rows(select(table).where(theirs).order_by(order))

    def _messages(self, person: PersonId, places: Collection[PlaceKey]) -> Sequence[Row[Any]]:
        """Return the messages to *person*, and those to an address of theirs that name nobody."""
        table = tables.message
        of_nobody = table.c.person.is_(None) & table.c.to_mailbox.in_(sorted(self._mailboxes(person, places)))
        theirs = (table.c.tenant == self._desk.tenant) & ((table.c.person == person) | of_nobody)
        return self._desk.rows(select(table).where(theirs).order_by(table.c.id))

    def _mailboxes(self, person: PersonId, places: Collection[PlaceKey]) -> frozenset[str]:
        """Return the addresses that are or were theirs."""
        people, held = SqlPeople(self._desk), [each.place for each in Places(self._desk).named(places).values()]
        kept = Reservations(self._desk).touching([person], ())
        return mailboxes(people.get_many([person]).get(person), people.decisions(person), held, tuple(kept))

    def _requests(self, person: PersonId) -> Iterator[AccessRequest]:
        """Yield the requests that spell a login, address or national id of *person*."""
        table, known = tables.access_request, SqlPeople(self._desk).get_many([person]).get(person)
        typed = spellings(known) if known is not None else frozenset()
        for row in self._desk.rows(select(table).where(table.c.tenant == self._desk.tenant).order_by(table.c.id)):
            identifier = self._desk.opened(row.identifier, table, "identifier", row.id)
            if identifier.reveal().strip().casefold() in typed:
                yield AccessRequest(
                    id=row.id, identifier=identifier, asked_at=instant_of(row.asked_at), place=row.place or b""
                )

    def _images(self, person: PersonId, places: Collection[PlaceKey]) -> Iterator[Row[Any]]:
        """Yield what runs keep of *person* and of *places*, and of places that were theirs and are no more."""
        yield from images(self._desk, ImageKind.PERSON, [str(person)])
        of_places = (_B.c.tenant == self._desk.tenant) & (_B.c.kind == ImageKind.PLACE.value)
        named = _B.c.cells.contains(f'"person":{person}', autoescape=True)
        keys = {text_of_key(each) for each in places}
        yield from images(self._desk, ImageKind.PLACE, keys)
        for row in self._desk.rows(select(_B).where(of_places, named)):
            if row.key not in keys and loaded(row.cells)["person"] == person:
                yield row

    # Taking away

    def erase(self, person: PersonId, places: Collection[PlaceKey] = ()) -> None:
        """Take away what is kept of *person*, and of *places* that are theirs (DO2, DO3, DO4, DO5)."""
        desk = self._desk
        merged = Merged(desk).members({person})
        for request in list(self._requests(person)):
            desk.write(delete(tables.access_request).where(tables.access_request.c.id == request.id))
        for row in list(self._images(person, places)):
            its = (_B.c.tenant == desk.tenant) & (_B.c.run == row.run) & (_B.c.kind == row.kind) & (_B.c.key == row.key)
            desk.write(delete(_B).where(its))
        letters = tables.message
        for chunk in chunks(row.id for row in self._messages(person, places)):
            desk.write(delete(letters).where(letters.c.tenant == desk.tenant, letters.c.id.in_(chunk)))
        self._free_seats(person)
        ledger = SqlSmsLedger(desk)
        for each in ledger.of_person(person):
            ledger.change(each, without(each))
        for table, column in WHOLLY.items():
            desk.write(delete(table).where(table.c.tenant == desk.tenant, table.c[column] == person))
        self._undecide(person)
        self._silence(person)
        self._remove(places)
        SqlCases(desk).erase(person, places)
        Versions(desk).touch(merged)

    def _free_seats(self, person: PersonId) -> None:
        held, pool = tables.licence, tables.licence_pool
        seated = (held.c.tenant == self._desk.tenant) & (held.c.person == person)
        seated &= held.c.state != LicenceState.WITHDRAWN.value
        for row in self._desk.rows(select(held.c.pool).where(seated)):
            its = (pool.c.tenant == self._desk.tenant) & (pool.c.key == row.pool)
            self._desk.write(update(pool).where(its).values(taken=pool.c.taken - 1))

    def _undecide(self, person: PersonId) -> None:
        """Take away the decisions about *person*, with their marks, but for restrictions that stand."""
        mark, decision = tables.decision_mark, tables.decision
        gone = [each for each in Decisions(self._desk).about([person]) if not stays(each)]
        for chunk in chunks(sorted(each.id for each in gone)):
            self._desk.write(delete(mark).where(mark.c.tenant == self._desk.tenant, mark.c.decision.in_(chunk)))
            self._desk.write(delete(decision).where(decision.c.tenant == self._desk.tenant, decision.c.id.in_(chunk)))
        self._desk.has_marks = None
        merges = [each for each in gone if each.kind is DecisionKind.MERGED]
        if merges:
            Merged(self._desk).follow(one for each in merges for one in each.people)

    def _silence(self, person: PersonId) -> None:
        """Leave of reports and applications what nobody said in them."""
        report = tables.report
        theirs = (report.c.tenant == self._desk.tenant) & (report.c.person == person)
        for row in self._desk.rows(select(report.c.id).where(theirs)):
            words = self._desk.sealed(Secret(""), report, "words", row.id)
            self._desk.write(update(report).where(theirs, report.c.id == row.id).values(words=words))
        applications = SqlApplications(self._desk)
        for each in applications.about(person):
            applications.save(emptied(each))

    def _remove(self, places: Collection[PlaceKey]) -> None:
        """Take places away, as if no run had ever written them."""
        place, evidence, conflict = tables.place, tables.evidence, tables.conflict
        for chunk in chunks(sorted(each.row for each in Places(self._desk).named(places).values())):
            theirs = (evidence.c.tenant == self._desk.tenant) & evidence.c.place.in_(chunk)
            self._desk.write(delete(evidence).where(theirs))
            self._desk.write(delete(place).where(place.c.tenant == self._desk.tenant, place.c.id.in_(chunk)))
        for keys in chunks(sorted(map(text_of_key, places))):
            about = or_(conflict.c.place.in_(keys), conflict.c.other.in_(keys))
            self._desk.write(delete(conflict).where(conflict.c.tenant == self._desk.tenant, about))
