"""What the storage contract keeps: small values of every kind, all invented, with the awkward letters in them."""

# ruff: noqa: ANN401 - a sample takes whatever fields its value has

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import attrs
from attrs import evolve

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import Lock, Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.applications import Application, ApplicationState, ApplicationStep, StepTaken
from eszkola_core.domain.audit import AuditEntry, Checkpoint, Head
from eszkola_core.domain.bounces import BounceKind, UnusableAddress
from eszkola_core.domain.claims import (
    Claims,
    Decision,
    DecisionKind,
    Place,
    PlaceKey,
    RecordKey,
    RosterKey,
)
from eszkola_core.domain.conflicts import CaseKind, ConflictCase, Subject
from eszkola_core.domain.contacts import OwnContacts
from eszkola_core.domain.credentials import Credential, CredentialKind
from eszkola_core.domain.devices import Device
from eszkola_core.domain.events import EVENT_FIELDS, Event, EventKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.leases import Lease, Work
from eszkola_core.domain.licences import Licence, Pool
from eszkola_core.domain.logins import Login
from eszkola_core.domain.maintenance import Maintenance
from eszkola_core.domain.messages import FIELDS, Message, MessageKind
from eszkola_core.domain.money import Money
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.notices import Acknowledgement, Channel, Notice, NoticeKind
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.reports import Report, ReportedBy
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Changes, Image, Opening, RecordState, Run, RunKind
from eszkola_core.domain.security_codes import CodeChannel, CodeHandOver, SecurityCode
from eszkola_core.domain.sessions import Session
from eszkola_core.domain.sms_ledger import SmsEntry
from eszkola_core.domain.throttling import Tally
from eszkola_core.domain.tokens import Purpose, Token
from eszkola_core.ports.storage import Storage, Unit

NOW: Final = datetime(2026, 9, 1, 6, 30, 15, 123456, tzinfo=UTC)
TODAY: Final = date(2026, 9, 1)
HOUR: Final = timedelta(hours=1)
PHONE: Final = PhoneNumber("+48601234567")
MONTH: Final = "2026-09"
PRICE: Final = Money.parse("0.050001 EUR")
CASE: Final = CaseKind.POSSIBLE_DUPLICATE
STUDENTS: Final = RosterKey("sp1", "uonet", "students")


APPLICATION_STATES: Final = tuple(ApplicationState)


_NUMBERED: Final[Mapping[type, frozenset[str]]] = {
    Application: frozenset({"id"}),
    ConflictCase: frozenset({"number"}),
    AccessRequest: frozenset({"id"}),
    Decision: frozenset({"id"}),
    Event: frozenset({"id"}),
    Device: frozenset({"id"}),
    Licence: frozenset({"id"}),
    Image: frozenset({"by"}),
    Message: frozenset({"id"}),
    Run: frozenset({"id", "plan", "undoes"}),
    Report: frozenset({"id"}),
    SmsEntry: frozenset({"id"}),
}
_TOLD: Final[Mapping[type, frozenset[str]]] = {
    RecordState: frozenset({"run"}),
    Run: frozenset({"undone_by"}),
}
"""What a storage says of its own, and nobody gives it."""


def exactly(value: object, *, numbered: bool = True) -> object:
    """
    Return *value* taken apart, so that nothing is left out of a comparison.

    Two addresses are equal when their mailboxes are, yet the spelling must come back too; two instants are equal in
    any zone, yet what comes back must be in UTC. Where it is not *numbered*, what a storage counts is left out.
    """

    def within(part: object) -> object:
        return exactly(part, numbered=numbered)

    kind = type(value)
    if attrs.has(kind):
        left_out = frozenset() if numbered else _NUMBERED.get(kind, frozenset())
        left_out |= _TOLD.get(kind, frozenset())
        names = [each.name for each in attrs.fields(kind) if each.name not in left_out]
        return kind.__name__, tuple((name, within(getattr(value, name))) for name in names)
    if isinstance(value, datetime):
        return value.isoformat(), value.utcoffset()
    if isinstance(value, Mapping):
        return {"mapping": sorted(((within(key), within(held)) for key, held in value.items()), key=repr)}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted(map(within, value), key=repr)}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [within(each) for each in value]
    return value


def digest(text: str) -> bytes:
    """Return 32 bytes that stand for *text*."""
    return hashlib.sha256(text.encode()).digest()


def national_id(number: int) -> NationalId:
    """Return the PESEL with that serial number of somebody born on 1 March 2015."""
    digits = f"152301{number:04}"
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    total = sum(weight * int(each) for weight, each in zip(weights, digits, strict=True))
    return NationalId(PESEL, digits + str(-total % 10))


def address(text: str) -> EmailAddress:
    """Return the address that *text* spells."""
    return EmailAddress.parse(text)


def person(number: int, **more: Any) -> Person:
    """Return an account with the login ``zofia.lis<number>``."""
    known: dict[str, Any] = {
        "id": PersonId(number),
        "name": PersonName("Zofia Świętosława", "Lis-Żółkiewska"),
        "login": f"zofia.lis{number}",
        "platform_address": f"zofia.lis{number}@uczen.example",
        "opened_at": NOW,
    }
    return Person(**{**known, **more})


def lock(**more: Any) -> Lock:
    """Return a lock that the console set."""
    return Lock(**{"name": "console:Łucja", "why": "prośba właścicielki", "at": NOW, **more})


def opening(number: int, **more: Any) -> Opening:
    """Return the opening of such an account."""
    return Opening(person=person(number, **more), login=Login("zofia.lis", number))


def record(key: str = "Ł-1", *, roster: RosterKey = STUDENTS) -> RecordKey:
    """Return a record's key."""
    return RecordKey(roster, key)


def record_state(key: RecordKey, *, unsettled: bool = False) -> RecordState:
    """Return what is kept of a record."""
    return RecordState(key=key, digest=digest(key.key)[:24], people=2, unsettled=unsettled, trace=digest("t")[:16])


def claims(**more: Any) -> Claims:
    """Return what a record says of a person; the name is the least of it."""
    return Claims(**{"name": PersonName("Žiga Đorđe", "Ćwiek"), **more})


def place(who: str = "", *, key: RecordKey | None = None, role: Role | None = None, **more: Any) -> Place:
    """Return a student's place, or with *who* a guardian's, with its content applied."""
    found = role or (Role.GUARDIAN if who else Role.STUDENT)
    known: dict[str, Any] = {"accepted": claims(), "since": TODAY}
    return Place(**{"key": PlaceKey(key or record(), found, who), **known, **more})


def run(plan: str = "plan", **more: Any) -> Run:
    """Return a run that has no number yet."""
    return Run(**{"author": "console:Łucja", "at": NOW, "plan": digest(plan), "summary": {"created": 2}, **more})


def save(unit: Unit, *, undoes: int | None = None, at: datetime = NOW, **changes: Any) -> Run:
    """Save *changes* as the run after the newest one."""
    newest = unit.rosters.newest_run()
    kind = RunKind.IMPORT if undoes is None else RunKind.UNDO
    saved = run(f"plan {newest}", kind=kind, undoes=undoes, at=at, schools=("sp1", "Ż"))
    return unit.rosters.save(saved, Changes(after_run=newest, **changes))


def open_accounts(storage: Storage, *openings: Opening) -> None:
    """Open accounts in a unit of their own."""
    with storage.unit() as unit:
        save(unit, openings=openings)


def people_of(storage: Storage, *numbers: int) -> list[Person]:
    """Return the people with these numbers as they are kept now, those that are there."""
    with storage.snapshot() as seen:
        found = seen.people.get_many([PersonId(number) for number in numbers])
    return [found[number] for number in map(PersonId, numbers) if number in found]


def credential(number: int, **more: Any) -> Credential:
    """Return a password of a person's own making."""
    known = {"kind": CredentialKind.OWN, "encoded": f"$argon2id$ż{number}", "set_at": NOW}
    return Credential(**{"person": PersonId(number), **known, **more})


def token(text: str, *, number: int = 1, purpose: Purpose = Purpose.RECOVERY, **more: Any) -> Token:
    """Return a live token for the person with that number, which lasts an hour."""
    known: dict[str, Any] = {"issued_at": NOW, "expires_at": NOW + HOUR, "address": address("Ola@Example.com")}
    return Token(**{"digest": digest(text), "purpose": purpose, "person": PersonId(number), **known, **more})


def session(text: str, *, number: int = 1, **more: Any) -> Session:
    """Return an open session."""
    return Session(**{"digest": digest(text), "person": PersonId(number), "opened_at": NOW, "seen_at": NOW, **more})


def message(key: str, *, secret: str = "Żeton", **more: Any) -> Message:  # noqa: S107 - invented
    """Return a message that is due; every field of its data holds *secret*."""
    kind = more.pop("kind", MessageKind.RECOVERY)
    data = {name: f"{secret} {name}" for name in FIELDS[kind] | {"name"}}
    known: dict[str, Any] = {"to": address("Ola@Example.com"), "locale": "pl", "created_at": NOW, "due_at": NOW}
    return Message(**{"key": key, "kind": kind, "data": data, **known, **more})


def sms(key: str, **more: Any) -> SmsEntry:
    """Return a text message of a school that is quoted and due."""
    known: dict[str, Any] = {"school": "sp1", "payer": "sp1", "to": PHONE, "text": Secret("Żeton: {1}"), "cost": PRICE}
    known |= {"tariff": "literal", "segments": 2, "messages": 1, "created_at": NOW, "due_at": NOW}
    return SmsEntry(**{"key": key, **known, **more})


def cap(messages: int) -> Money:
    """Return a budget for so many of the text messages."""
    return PRICE.times(messages)


def event(key: str, *, secret: str = "Żeton", **more: Any) -> Event:  # noqa: S107 - invented
    """Return an event that is due, about the first person; every field of its data holds *secret*."""
    kind = EventKind.ADDRESS_CHANGED
    data = {name: f"{secret} {name}" for name in EVENT_FIELDS[kind]}
    known: dict[str, Any] = {"subscriber": "dziennik", "person": 1, "happened_at": NOW, "due_at": NOW}
    found = {**known, **more}
    return Event(**{"key": key, "kind": kind, "data": data, **found, "person": PersonId(found["person"])})


def request(identifier: str, *, after: timedelta = timedelta()) -> AccessRequest:
    """Return what somebody typed who asked for access, and where from."""
    return AccessRequest(identifier=Secret(identifier), asked_at=NOW + after, place=digest(identifier)[:16])


def decision(number: int, **more: Any) -> Decision:
    """Return the choice of an address."""
    known: dict[str, Any] = {"kind": DecisionKind.ADDRESS_CHOSEN, "address": address("Nowy@Example.com"), "at": NOW}
    return Decision(**{"subject": PersonId(number), "author": "zofia.lis1", "reason": "własny", **known, **more})


def audit_entry(number: int = 1, **more: Any) -> AuditEntry:
    """Return an entry of the journal."""
    known: dict[str, Any] = {"at": NOW, "deed": "account-locked", "on": (PersonId(1),), "seal": digest(str(number))}
    return AuditEntry(
        **{"number": number, "by": PersonId(2), "where": "10.0.0.7", "why": "zgubił hasło", **known, **more}
    )


def checkpoint(number: int) -> Checkpoint:
    """Return what stands in for the entries of the journal up to that number."""
    return Checkpoint(head=Head(number, digest(str(number))), at=NOW, signature=digest(f"signed {number}"))


def notice(version: str, *, school: str = "sp1", kind: NoticeKind = NoticeKind.SAFETY_RULES) -> Notice:
    """Return a notice of a school."""
    return Notice(kind=kind, school=school, version=version, texts={"pl": "Żółte zasady", "sl": "Rumena pravila"})


def acknowledgement(number: int, **more: Any) -> Acknowledgement:
    """Return that the person with that number acknowledged a notice while signing in."""
    shown = more.pop("notice", None) or notice("1")
    known = {"locale": "pl", "at": NOW, "channel": Channel.SIGN_IN}
    return Acknowledgement.of(shown, PersonId(number), **{**known, **more})


def tally(**more: Any) -> Tally:
    """Return what is remembered of one attempt."""
    return Tally(**{"first_at": NOW, "touched_at": NOW, **more})


def device(text: str = "t", number: int = 1, **more: Any) -> Device:
    """Return a pairing that has just begun."""
    known: dict[str, Any] = {"begun_at": NOW, "expires_at": NOW + HOUR, "pin": digest("123456")}
    known |= {"person": PersonId(number), "digest": digest(text)}
    return Device(**(known | more))


def pool(key: str = "office", seats: int = 2, **more: Any) -> Pool:
    """Return a pool of licences."""
    known: dict[str, Any] = {"key": key, "product": "Biuro – wersja szkolna", "seats": seats}
    return Pool(**(known | more))


def licence(number: int, pool: str = "office", **more: Any) -> Licence:
    """Return a licence of the person with that number."""
    known: dict[str, Any] = {"pool": pool, "person": PersonId(number), "since": NOW}
    return Licence(**(known | more))


def application(**more: Any) -> Application:
    """Return somebody's application for the student of a record."""
    known: dict[str, Any] = {"student": place().key, "applicant": claims(), "begun_at": NOW}
    return Application(**{**known, **more})


def step_taken(step: ApplicationStep, **more: Any) -> StepTaken:
    """Return a step that somebody took with an application."""
    return StepTaken(**{"step": step, "at": NOW, "name": "zofia.lis1", **more})


def lease(unit: Unit, holder: str = "console:Łucja", *, now: datetime = NOW) -> Lease | None:
    """Ask for the import for an hour, and return what is given."""
    return unit.leases.take(Work.IMPORT, holder, now=now, until=now + HOUR)


def code(text: str, *, number: int = 1, **more: Any) -> SecurityCode:
    """Return a live security code of the guardian with that number, which lasts an hour."""
    known: dict[str, Any] = {"school": "sp1", "issued_at": NOW, "expires_at": NOW + HOUR}
    return SecurityCode(**{"digest": digest(text), "guardian": PersonId(number), **known, **more})


def handed_over(channel: CodeChannel, **more: Any) -> CodeHandOver:
    """Return the receipt of a code."""
    return CodeHandOver(**{"channel": channel, "at": NOW, "by": PersonId(2), "name": "zofia.lis2", **more})


def case(
    at: PlaceKey | RecordKey, *, kind: CaseKind = CASE, other: PlaceKey | None = None, **more: Any
) -> ConflictCase:
    """Return a case that has just opened."""
    subject = Subject(CaseKind.RECORD_HELD if isinstance(at, RecordKey) else kind, at, other)
    return ConflictCase(**{"subject": subject, "schools": ("sp1",), "opened_at": NOW, **more})


def own_contacts(number: int, **more: Any) -> OwnContacts:
    """Return that somebody's contact data are their own."""
    known: dict[str, Any] = {"since": NOW, "confirmed_at": NOW, "ask_at": NOW + HOUR}
    return OwnContacts(**{"person": PersonId(number), **known, **more})


def report(number: int, **more: Any) -> Report:
    """Return a report that somebody of the office took down about the person with that number."""
    known: dict[str, Any] = {"at": NOW, "way": ReportedBy.STAFF, "by": PersonId(1), "words": "Żona zna hasło"}
    return Report(**{"person": PersonId(number), "told": ("school:sp1",), "untold": ("region",), **known, **more})


def maintenance(**more: Any) -> Maintenance:
    """Return a maintenance that is under way."""
    known: dict[str, Any] = {"author": "console:Łucja", "begun_at": NOW, "expected_end_at": NOW + 2 * HOUR}
    return Maintenance(**{**known, "texts": {"pl": "Przerwa", "sl": "Vzdrževanje"}, **more})


def unusable(text: str = "Ola@Example.com", **more: Any) -> UnusableAddress:
    """Return the mark of an address that does not work."""
    return UnusableAddress(**{"address": address(text), "why": BounceKind.HARD, "since": NOW, **more})


def unnumbered(messages: Collection[Message]) -> list[Message]:
    """Return messages without the numbers that a storage gave them."""
    return [evolve(each, id=0) for each in messages]
