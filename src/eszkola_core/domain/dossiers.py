"""
Everything that is kept of one person, as plain data for programs and as the ground of an erasure (LAW-4).

What proves or opens something is named and not shown: a file with a password's hash in it would be worth stealing.
National ids, addresses and telephone numbers are the person's own and are in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

import attrs
from attrs import evolve, field, frozen

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.accounts import LIFECYCLE, Happening, Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.applications import Application
from eszkola_core.domain.claims import Claims, Decision, DecisionKind, Evidence, Mark, Place, Reservation, Side
from eszkola_core.domain.events import Event
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import Message
from eszkola_core.domain.money import Money
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.restrictions import pairs_kept_apart, restrictions_in
from eszkola_core.domain.sessions import Session
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.sms_ledger import SmsEntry
from eszkola_core.domain.tokens import Token

NOBODY: Final = PersonName("", "")
"""What somebody is called who was erased."""

SCHEMA: Final = "eszkola-person-1"
"""The version of the exported form; another number means that a program has to look again."""

NOT_SHOWN: Final = "kept, not shown"
"""What stands in the stead of a secret."""

SECRET_FIELDS: Final = frozenset(
    {"digest", "encoded", "history", "spent", "sealed", "pin", "tokens", "seal", "place", "text"}
)
"""Fields that prove or open something."""

NO_SECRETS: Final[Mapping[type, frozenset[str]]] = MappingProxyType(
    {Application: frozenset({"history"}), OpenConflict: frozenset({"place"})}
)
"""Fields that are but called like such ones: the steps of an application, the place that a conflict is about."""

SECRET_DATA: Final = frozenset({"link", "password", "code", "pin", "token"})
"""What of a message's or an event's data opens something."""

EXPORTED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "people": ("account", "decisions", "reservations"),
        "rosters": ("places", "conflicts"),
        "credentials": ("credential",),
        "tokens": ("tokens",),
        "sessions": ("sessions",),
        "outbox": ("messages", "requests"),
        "events": ("events",),
        "applications": ("applications",),
        "codes": ("codes",),
        "contacts": ("contacts",),
        "audit": ("journal",),
        "devices": ("devices",),
        "licences": ("licences",),
        "acknowledgements": ("acknowledgements",),
        "runs": ("earlier",),
        "reports": ("reports",),
        "unusable": ("unusable_addresses",),
        "cases": ("cases",),
        "sms": ("text_messages",),
    }
)
"""Which parts of a unit hold something of a person, and the parts of the file in which that stands (LAW-4a)."""

NOT_EXPORTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attempts": "counts of attempts under keyed fingerprints, which lead to nobody; forgotten by themselves",
        "choices": "the tenant's own settings",
        "leases": "which program works now",
        "maintenances": "times of maintenance",
        "dossiers": "no data of its own: it finds what the other parts hold",
    }
)
"""Which parts of a unit hold nothing of a person, and why (LAW-4a)."""


@frozen(kw_only=True)
class Traces:
    """
    What is kept of a person beside what the parts of a unit tell themselves, in whatever state.

    ``earlier`` is how the account and its places were before runs changed them.
    """

    tokens: tuple[Token, ...] = ()
    sessions: tuple[Session, ...] = ()
    messages: tuple[Message, ...] = ()
    requests: tuple[AccessRequest, ...] = ()
    events: tuple[Event, ...] = ()
    earlier: tuple[Person | Place, ...] = ()
    text_messages: tuple[SmsEntry, ...] = ()


@frozen(kw_only=True)
class Dossier:
    """Everything that is kept of a person, part by part; what is in a part stands in its own order."""

    person: Person
    parts: Mapping[str, Collection[object]] = field(repr=False)

    def plain(self, *, at: datetime, tenant: str) -> Mapping[str, Any]:
        """Return all of it as data that JSON can hold (LAW-4a)."""
        return {
            "schema": SCHEMA,
            "tenant": tenant,
            "made_at": at.isoformat(),
            "person": self.person.id,
            "parts": {name: [plain(each) for each in held] for name, held in self.parts.items()},
            "not_exported": dict(NOT_EXPORTED),
        }

    def counts(self) -> Mapping[str, int]:
        """Return how much there is in each part that is not empty."""
        return {name: len(held) for name, held in self.parts.items() if held}


def plain(value: object) -> Any:  # noqa: ANN401 - JSON is anything
    """Return a value of the domain as JSON has it, with what opens something left out."""
    for kinds, told in _TOLD:
        if isinstance(value, kinds):
            return told(value)
    kind: Any = type(value)
    if attrs.has(kind):
        secret = SECRET_FIELDS - NO_SECRETS.get(kind, frozenset())
        fields = ((each.name, getattr(value, each.name)) for each in attrs.fields(kind))
        return {name: _hidden(held) if name in secret else plain(held) for name, held in fields}
    if isinstance(value, Mapping):
        return {str(key): NOT_SHOWN if _opens(str(key), held) else plain(held) for key, held in value.items()}
    return [plain(each) for each in value]  # type: ignore[attr-defined]


def _hidden(value: object) -> str | None:
    return NOT_SHOWN if value else None


def _opens(key: str, held: object) -> bool:
    return key in SECRET_DATA or "token=" in str(held)


_TOLD: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (Enum, lambda value: value.value),
    ((type(None), bool, int, str), lambda value: value),
    (bytes, _hidden),
    (Secret, Secret.reveal),
    (NationalId, lambda value: {"scheme": value.scheme, "number": value.reveal()}),
    (EmailAddress, lambda value: value.spelling),
    (PhoneNumber, lambda value: value.e164),
    (Money, str),
    (date, lambda value: value.isoformat()),
)
"""How single values are told; an instant is a date too."""


# Erasure


def erased(person: Person) -> Person:
    """Return what an erasure leaves of an account: its number, and the issued names, which stay kept (MAIL-10b)."""
    closed = person.after(Happening.CLOSED) if Happening.CLOSED in LIFECYCLE[person.state] else person
    gone = closed.after(Happening.ERASED)
    return Person(
        id=person.id,
        revision=person.revision + 1,
        name=NOBODY,
        state=gone.state,
        login=person.login,
        platform_address=person.platform_address,
        opened_at=None,
    )


def stays(decision: Decision) -> bool:
    """Whether a decision outlives the erasure of whom it names: a restriction that stands (LINK-3d)."""
    return decision.kind is DecisionKind.RESTRICTED and decision.stands


def handed_on(decisions: Collection[Decision], leaving: Collection[PersonId]) -> tuple[Decision, ...]:
    """
    Return the restrictions that bind others only by merges with those who are *leaving*, as decisions about the others.

    Whoever was merged with somebody while that one was restricted stays bound after they were parted (ID-7d); a merge
    with who is erased is forgotten, and what it bound must not be.
    """
    gone = frozenset(leaving)
    left = pairs_kept_apart(each for each in decisions if stays(each) or gone.isdisjoint(each.people))
    lost = {
        (each.subject, each.object): each
        for each in sorted(restrictions_in(decisions), key=lambda each: (each.at, each.id))
        if gone.isdisjoint(each.people) and (each.subject, each.object) not in left
    }
    return tuple(evolve(each, id=0) for each in lost.values())


def marks_for(person: Person, decisions: Collection[Decision], places: Collection[Place]) -> frozenset[Mark]:
    """Return by what *person* will be known again where a restriction names them: ids, and a child's name (LINK-3d)."""
    names = {person.name} | {claims.name for each in places if (claims := each.newest) is not None}
    found: set[Mark] = set()
    for each in filter(stays, decisions):
        side = Side.SUBJECT if each.subject == person.id else Side.OBJECT
        found |= {Mark(each.id, side, Evidence.of_id(one)) for one in person.ids}
        if side is Side.OBJECT:
            found |= {Mark(each.id, side, Evidence.of_name(one)) for one in names if one.is_whole}
    return frozenset(found)


def emptied(application: Application) -> Application:
    """Return an application without the data of whoever it names: its number, school, steps and days stay."""
    steps = tuple(evolve(each, reason="") for each in application.history)
    return evolve(application, applicant=Claims(name=NOBODY), history=steps, revision=application.revision + 1)


def shown_to(person: PersonId, application: Application) -> Application:
    """Return an application as *person* may see it: what somebody else states of themselves is theirs."""
    return application if person != application.child else evolve(application, applicant=Claims(name=NOBODY))


def spellings(person: Person) -> frozenset[str]:
    """Return what somebody types to say that they are *person*, case folded."""
    known = {person.login, *(each.reveal() for each in person.ids)}
    if person.central is not None:
        known |= {person.central.mailbox, person.central.spelling}
    return frozenset(each.casefold() for each in known)


def mailboxes(
    person: Person | None,
    decisions: Collection[Decision],
    places: Collection[Place],
    reservations: Collection[Reservation],
) -> frozenset[str]:
    """Return the mailboxes that are or were somebody's: a message to one that names nobody is about them."""
    claims = [each for place in places for each in (place.accepted, place.pending) if each is not None]
    addresses = [each.email for each in claims]
    if person is not None:
        addresses += [person.central, *(each.address for each in decisions if each.subject == person.id)]
    return frozenset({each.mailbox for each in addresses if each is not None} | {each.mailbox for each in reservations})
