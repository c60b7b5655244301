"""What a unit sends, and what every move of an address does (ACCESS-3, MAIL-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import Message, MessageKind
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import OF_ACCESS, RANDOM_BYTES, Purpose, Token, issue
from eszkola_core.ports.storage import Unit
from eszkola_core.ports.system import Secrets

_NO_ADDRESS: Final = "–"
_ACCESS: Final = "access"
_TOKEN_MESSAGES: Final[Mapping[Purpose, tuple[MessageKind, str]]] = {
    Purpose.FIRST_ACCESS: (MessageKind.FIRST_ACCESS, "access/complete"),
    Purpose.RECOVERY: (MessageKind.RECOVERY, "access/complete"),
    Purpose.CONFIRM_ADDRESS: (MessageKind.CONFIRM_ADDRESS, "address/confirm"),
    Purpose.DISPUTE_ADDRESS: (MessageKind.ADDRESS_LEFT, "address/dispute"),
}
"""The message that carries a token of each purpose, and where its link leads."""


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
    from the tenant's own address only (ACCESS-3).
    """

    unit: Unit
    tenant: Tenant
    now: datetime

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
        token: Token | None = None,
    ) -> None:
        """Queue one message about *person*; with the same *key* it is queued once only."""
        address = to or person.central
        if address is not None:
            self.unit.outbox.add([self._message(kind, person, data, key=key, to=address, token=token)])

    def follow(
        self, changes: Changes, before: Mapping[PersonId, Person], secrets: Secrets, *, disputable: bool = True
    ) -> None:
        """Tell the new owners of accounts, and do what every move of an address does, after *changes* were written."""
        opened = [each.person for each in changes.openings if each.person.is_opened]
        opened += [each for each in changes.people if each.is_opened and not before[each.id].is_opened]
        self.announce(opened)
        for person in changes.people:
            if before[person.id].is_opened and before[person.id].central != person.central:
                self.follow_move(before[person.id], person, secrets, disputable=disputable)

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

    def _message(  # noqa: PLR0913 - the parts of a message
        self,
        kind: MessageKind,
        person: Person,
        data: Mapping[str, str],
        *,
        key: str,
        to: EmailAddress,
        token: Token | None = None,
    ) -> Message:
        return Message(
            key=f"{kind}:{person.id}:{key}",
            kind=kind,
            to=to,
            person=person.id,
            locale=self.tenant.locale,
            data={"name": str(person.name), **data},
            token=token.digest if token is not None else None,
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
        random, settings = secrets.token_bytes(RANDOM_BYTES), self.tenant.settings
        token, text = issue(purpose, person.id, random=random, settings=settings, now=self.now, address=to)
        # A link that is good for nothing any more need not leave.
        self.unit.outbox.cancel(self.unit.tokens.add(token))
        fields = {
            "login": login_of(person, self.tenant),
            "link": self._link(path, text),
            "until": self.instant(token.expires_at),
            **(data or {}),
        }
        self.queue(kind, person, fields, key=token.digest.hex(), to=to, token=token)

    def cancel_tokens(self, person: Person) -> None:
        """End the live tokens of *person*, and the waiting messages that carry one (ACCESS-4, MAIL-6b)."""
        self.unit.outbox.cancel(self.unit.tokens.cancel(person.id, purposes=OF_ACCESS))

    def follow_move(self, before: Person, after: Person, secrets: Secrets, *, disputable: bool = True) -> None:
        """
        Do what every change of the central address does (MAIL-6).

        Sessions end, tokens and the messages that carry them are cancelled, both addresses are told; the old one's
        notice carries the link by which its owner can say *this was not me*. ``disputable`` is False where the change
        takes back another: the mailbox that is left then was never the owner's, and is told nothing.
        """
        self.cancel_tokens(after)
        self.unit.sessions.end_all(after.id, end=SessionEnd.ADDRESS_CHANGED, now=self.now)
        old, new = _masked(before.central), _masked(after.central)
        if after.central is not None:
            data = {"login": login_of(after, self.tenant), "old": old, "link": self.access_link}
            self.queue(MessageKind.ADDRESS_CHANGED, after, data, key=f"{after.revision}")
        if before.central is not None and disputable:
            data = {"new": new, "login": login_of(before, self.tenant)}
            self.send_token(Purpose.DISPUTE_ADDRESS, after, secrets, to=before.central, data=data)

    def instant(self, at: datetime) -> str:
        """Return an instant as messages carry it: ISO 8601 in UTC; the renderer words it."""
        return at.astimezone(UTC).isoformat(timespec="seconds")

    def _link(self, path: str, token: Secret) -> str:
        return f"{self.tenant.link(path)}?token={token.reveal()}"


def _masked(address: EmailAddress | None) -> str:
    return address.masked if address is not None else _NO_ADDRESS
