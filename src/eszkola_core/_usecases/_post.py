"""What a unit sends, and what every change of contact data does (ACCESS-3, MAIL-6, PHONE-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import evolve, frozen

from eszkola_core.domain.accounts import Person, PersonId, State
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Decision
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.events import Event, EventKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import Message, MessageKind
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import OF_ACCESS, RANDOM_BYTES, Purpose, Token, issue
from eszkola_core.ports.storage import Unit
from eszkola_core.ports.system import Secrets

_NONE: Final = "–"
_ACCESS: Final = "access"
_TOKEN_MESSAGES: Final[Mapping[Purpose, tuple[MessageKind, str]]] = {
    Purpose.FIRST_ACCESS: (MessageKind.FIRST_ACCESS, "access/complete"),
    Purpose.RECOVERY: (MessageKind.RECOVERY, "access/complete"),
    Purpose.CONFIRM_ADDRESS: (MessageKind.CONFIRM_ADDRESS, "address/confirm"),
    Purpose.DISPUTE_ADDRESS: (MessageKind.ADDRESS_LEFT, "address/dispute"),
}
"""The message that carries a token of each purpose, and where its link leads."""


def credential_mark(person: PersonId) -> bytes:
    """Return by what the waiting messages are found that carry an initial credential of *person*; it is no secret."""
    return hashlib.sha256(f"initial credential of {person}".encode()).digest()


def login_of(person: Person, tenant: Tenant) -> str:
    """Return what the person signs in with (ACCESS-5)."""
    if tenant.settings.login_scheme is LoginScheme.EMAIL and person.central is not None:
        return person.central.spelling
    return person.login


@frozen
class Post:
    """
    What leaves with one unit: messages are queued in it, so that they leave only if all else happens too.

    A message goes to the central address unless another is named; where there is none, none is queued. Links are built
    from the tenant's own address only (ACCESS-3). ``run`` is the run that all of it follows from, where one does.
    """

    unit: Unit
    tenant: Tenant
    now: datetime
    run: int | None = None
    _gathered: list[Message] | None = None
    """Messages that are queued together at the end; None where each is queued at once."""

    @property
    def access_link(self) -> str:
        """Where first access and recovery begin."""
        return self.tenant.link(_ACCESS)

    def queue(  # noqa: PLR0913 - the parts of a message
        self,
        kind: MessageKind,
        person: Person,
        data: Mapping[str, str],
        *,
        key: str,
        to: EmailAddress | None = None,
        tokens: Iterable[Token] = (),
        marks: Iterable[bytes] = (),
    ) -> None:
        """
        Queue one message about *person*; with the same *key* it is queued once only.

        It is cancelled together with what it carries: *tokens*, or what *marks* stand for.
        """
        address = to or person.central
        if address is not None:
            message = self._message(kind, person, data, key=key, to=address, tokens=tokens)
            whole = evolve(message, tokens=(*message.tokens, *marks))
            if self._gathered is None:
                self.unit.outbox.add([whole])
            else:
                self._gathered.append(whole)

    def follow(
        self, changes: Changes, before: Mapping[PersonId, Person], secrets: Secrets, *, disputable: bool = True
    ) -> None:
        """Tell the new owners of accounts, and do what follows from new addresses and numbers, after *changes*."""
        opened = [each.person for each in changes.openings if each.person.is_opened]
        opened += [each for each in changes.people if each.is_opened and not before[each.id].is_opened]
        self.announce(opened)
        gathered: list[Message] = []
        evolve(self, gathered=gathered).follow_each(changes, before, secrets, disputable=disputable)
        self.unit.outbox.add(gathered)

    def follow_each(
        self, changes: Changes, before: Mapping[PersonId, Person], secrets: Secrets, *, disputable: bool
    ) -> None:
        """Do what follows for each whose account changed: of two none has what the other's messages carry."""
        for person in changes.people:
            if (before[person.id].state, person.state) == (State.CLOSED, State.AWAITING):
                self._announce_again(person)
        for person in changes.people:
            if person.state is State.MERGED:
                continue  # its owner hears of the survivor's addresses
            former, lost = before[person.id], person.id in changes.detached
            if lost:
                self.shut_out(person)
            leaving = disputable and not lost
            if former.is_opened and former.central != person.central:
                self.follow_move(former, person, secrets, disputable=leaving)
            if former.phone is not None and former.phone != person.phone:
                self._tell_of_phone(former, person, to=former.central if leaving else None)

    def tell_everywhere(self, kind: MessageKind, person: Person, data: Mapping[str, str], *, key: str) -> None:
        """Queue one message about *person* on every channel on which they can be reached (ACCESS-8)."""
        self.queue(kind, person, data, key=key)

    def announce(self, people: Iterable[Person]) -> None:
        """Tell new owners of their accounts, once each; they may be many (SYNC-1, ACCESS-3)."""
        self.unit.outbox.add(
            [
                self._message(
                    MessageKind.ACCOUNT_OPENED,
                    person,
                    {"login": login_of(person, self.tenant), "link": self.access_link},
                    key="once",
                    to=person.central,
                )
                for person in people
                if person.central is not None
            ]
        )

    def _announce_again(self, person: Person) -> None:
        """Tell somebody who has come back that the account is open again."""
        data = {"login": login_of(person, self.tenant), "link": self.access_link}
        self.queue(MessageKind.ACCOUNT_OPENED, person, data, key=f"{person.revision}")

    def _message(  # noqa: PLR0913 - the parts of a message
        self,
        kind: MessageKind,
        person: Person,
        data: Mapping[str, str],
        *,
        key: str,
        to: EmailAddress,
        tokens: Iterable[Token] = (),
    ) -> Message:
        return Message(
            key=f"{kind}:{person.id}:{key}",
            kind=kind,
            to=to,
            person=person.id,
            locale=self.tenant.locale,
            run=self.run,
            data={"name": str(person.name), **data},
            tokens=tuple(each.digest for each in tokens),
            created_at=self.now,
            due_at=self.now,
        )

    def send_token(
        self,
        purpose: Purpose,
        person: Person,
        secrets: Secrets,
        *,
        to: EmailAddress,
        data: Mapping[str, str] | None = None,
    ) -> None:
        """Issue a token in the stead of the former one of its purpose, and queue the message that carries it."""
        kind, path = _TOKEN_MESSAGES[purpose]
        token, text = self.issue_token(purpose, person, secrets, to=to)
        fields = {
            "login": login_of(person, self.tenant),
            "link": self._link(path, text),
            "until": self.instant(token.expires_at),
            **(data or {}),
        }
        self.queue(kind, person, fields, key=token.digest.hex(), to=to, tokens=[token])

    def send_access(self, wanted: Mapping[Purpose, Sequence[Person]], secrets: Secrets, *, to: EmailAddress) -> None:
        """
        Send one message to an address that several share, with a token for each of their accounts (MAIL-5e).

        *wanted* says what each account's token is good for.
        """
        lines, tokens = [], []
        for person, purpose in sorted(((each, why) for why, people in wanted.items() for each in people), key=_by_name):
            token, text = self.issue_token(purpose, person, secrets, to=to)
            tokens.append(token)
            lines.append(
                f"{person.name} ({login_of(person, self.tenant)})\t{self._link(_TOKEN_MESSAGES[purpose][1], text)}"
            )
        until = min(each.expires_at for each in tokens)
        data = {"accounts": "\n".join(lines), "until": self.instant(until), "link": self.access_link}
        first = min((each for people in wanted.values() for each in people), key=lambda each: each.id)
        self.queue(MessageKind.SHARED_ACCESS, first, data, key=tokens[0].digest.hex(), to=to, tokens=tokens)

    def issue_token(
        self, purpose: Purpose, person: Person, secrets: Secrets, *, to: EmailAddress | None = None
    ) -> tuple[Token, Secret]:
        """Issue a token in the stead of the former one of its purpose, and return it with its text."""
        random, settings = secrets.token_bytes(RANDOM_BYTES), self.tenant.settings
        token, text = issue(purpose, person.id, random=random, settings=settings, now=self.now, address=to)
        # A link that is good for nothing any more need not leave.
        self.unit.outbox.cancel(self.unit.tokens.add(token))
        return token, text

    def cancel_tokens(self, person: Person) -> None:
        """
        End the live tokens of *person*, and the waiting messages that carry one (ACCESS-4, MAIL-6b).

        So do those that carry a credential which somebody else made: where tokens die, it does, or goes another way.
        """
        ended = self.unit.tokens.cancel(person.id, purposes=OF_ACCESS)
        self.unit.outbox.cancel({*ended, credential_mark(person.id)})

    def shut_out(self, person: Person) -> None:
        """
        Make worthless whatever somebody may hold who is kept from *person* (LINK-3c).

        Every token dies, of whatever purpose and wherever it went, and so does a credential that somebody else made.
        """
        self.unit.outbox.cancel({*self.unit.tokens.cancel(person.id), credential_mark(person.id)})
        credential = self.unit.credentials.get(person.id)
        if credential is not None and credential.kind is CredentialKind.GIVEN:
            self.unit.credentials.put(evolve(credential, expires_at=self.now, sealed=None))

    def emit(self, kind: EventKind, person: Person, data: Mapping[str, str], *, key: str) -> None:
        """Let every service that subscribed to *kind* hear of it; with the same *key* it is heard of once (MAIL-7)."""
        self.unit.events.add(
            [
                Event(
                    key=f"{kind}:{person.id}:{key}",
                    subscriber=subscriber,
                    kind=kind,
                    person=person.id,
                    data=data,
                    happened_at=self.now,
                    due_at=self.now,
                )
                for subscriber, kinds in sorted(self.tenant.subscriptions.items())
                if kind in kinds
            ]
        )

    def emit_move(self, before: Person, after: Person) -> None:
        """Let services bind to the new address what hung on the old one (MAIL-7)."""
        old, new = (each.central.spelling if each.central is not None else "" for each in (before, after))
        data = {"old": old, "new": new, "login": after.login, "platform_address": after.platform_address}
        self.emit(EventKind.ADDRESS_CHANGED, after, {**data, "revision": f"{after.revision}"}, key=f"{after.revision}")

    def emit_merge(self, kind: EventKind, merge: Decision, absorbed: Person) -> None:
        """Let services bring together what they keep of two who became one, or part it again (ID-7); numbers only."""
        data = {"survivor": f"{merge.subject}", "merge": f"{merge.id}"}
        self.emit(kind, absorbed, data, key=f"{merge.id}")

    def emit_erasure(self, person: Person) -> None:
        """Let services take away what they keep of somebody who was erased; nothing but the number is told (LAW-4)."""
        self.emit(EventKind.PERSON_ERASED, person, {}, key="")

    def _tell_of_phone(self, before: Person, after: Person, *, to: EmailAddress | None) -> None:
        """
        Tell the owner that the number was changed (PHONE-1c).

        No text message leaves yet, so the notice takes the way that the former number's owner had beside it: the
        address that was central before, unless the mailbox that is left is to hear nothing.
        """
        old, new = (each.phone.masked if each.phone is not None else _NONE for each in (before, after))
        data = {"login": login_of(after, self.tenant), "old": old, "new": new, "link": self.access_link}
        self.queue(MessageKind.PHONE_CHANGED, after, data, key=f"{after.revision}", to=to)

    def follow_move(self, before: Person, after: Person, secrets: Secrets, *, disputable: bool) -> None:
        """
        Do what every change of the central address does (MAIL-6).

        Sessions and devices end, tokens and the messages that carry them are cancelled, both addresses are told; the
        old one's notice carries the link by which its owner can say *this was not me*. ``disputable`` is False where
        the change takes back another: the mailbox that is left then was never the owner's, and is told nothing.
        """
        self.cancel_tokens(after)
        self.unit.sessions.end_all(after.id, end=SessionEnd.ADDRESS_CHANGED, now=self.now)
        self.unit.devices.end_all(after.id, end=DeviceEnd.ADDRESS_CHANGED, now=self.now)
        old, new = _masked(before.central), _masked(after.central)
        if after.central is not None:
            data = {"login": login_of(after, self.tenant), "old": old, "link": self.access_link}
            self.queue(MessageKind.ADDRESS_CHANGED, after, data, key=f"{after.revision}")
        if before.central is not None and disputable:
            data = {"new": new, "login": login_of(before, self.tenant)}
            self.send_token(Purpose.DISPUTE_ADDRESS, after, secrets, to=before.central, data=data)
        self.emit_move(before, after)

    def instant(self, at: datetime) -> str:
        """Return an instant as messages carry it: ISO 8601 in UTC; the renderer words it."""
        return at.astimezone(UTC).isoformat(timespec="seconds")

    def _link(self, path: str, token: Secret) -> str:
        return f"{self.tenant.link(path)}?token={token.reveal()}"


def _masked(address: EmailAddress | None) -> str:
    return address.masked if address is not None else _NONE


def _by_name(each: tuple[Person, Purpose]) -> tuple[str, PersonId]:
    return str(each[0].name), each[0].id
