"""How use cases put messages into the outbox, and what every move of an address does (ACCESS-3, MAIL-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from eszkola_core.domain.accounts import Person
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import Message, MessageKind
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.domain.tenants import Tenant
from eszkola_core.domain.tokens import OF_ACCESS, RANDOM_BYTES, Purpose, Token, issue
from eszkola_core.ports.storage import Unit
from eszkola_core.ports.system import Secrets

FIRST_ACCESS_PATH = "access"
"""Where first access and recovery begin."""

_TOKEN_PATHS: Mapping[Purpose, str] = {
    Purpose.FIRST_ACCESS: "access/complete",
    Purpose.RECOVERY: "access/complete",
    Purpose.CONFIRM_ADDRESS: "address/confirm",
    Purpose.DISPUTE_ADDRESS: "address/dispute",
}


def instant(at: datetime) -> str:
    """Return an instant as messages carry it: ISO 8601 in UTC; the renderer words it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def login_of(person: Person, tenant: Tenant) -> str:
    """Return what the person signs in with (ACCESS-5)."""
    if tenant.settings.login_scheme is LoginScheme.EMAIL and person.central is not None:
        return person.central.spelling
    return person.login


def token_link(tenant: Tenant, purpose: Purpose, text: Secret) -> str:
    """Return the link that a token's text travels in: built from the tenant's own address only (ACCESS-3)."""
    return f"{tenant.link(_TOKEN_PATHS[purpose])}?token={text.reveal()}"


def compose(  # noqa: PLR0913 - the parts of a message
    kind: MessageKind,
    person: Person,
    to: EmailAddress,
    tenant: Tenant,
    now: datetime,
    *,
    key: str,
    data: Mapping[str, str],
    token: Token | None = None,
) -> Message:
    """Return a message to *to*; with the same *key* it is queued once only."""
    return Message(
        key=f"{kind}:{person.id}:{key}",
        kind=kind,
        to=to,
        person=person.id,
        locale=tenant.locale,
        data={"name": str(person.name), **data},
        token=token.digest if token is not None else None,
        created_at=now,
        due_at=now,
    )


def announce_opening(person: Person, tenant: Tenant, now: datetime) -> list[Message]:
    """Return the one message that tells a new owner of the account; none where there is no address (SYNC-1, ACCESS-3)."""
    if person.central is None:
        return []
    data = {"login": login_of(person, tenant), "link": tenant.link(FIRST_ACCESS_PATH)}
    return [compose(MessageKind.ACCOUNT_OPENED, person, person.central, tenant, now, key="once", data=data)]


def send_token(  # noqa: PLR0913 - what a token message is made of
    unit: Unit,
    purpose: Purpose,
    kind: MessageKind,
    person: Person,
    tenant: Tenant,
    secrets: Secrets,
    now: datetime,
    *,
    to: EmailAddress,
    about: EmailAddress | None = None,
    data: Mapping[str, str] | None = None,
) -> None:
    """Issue a token for *person*, replace the former one of its purpose, and queue the message that carries it."""
    token, text = issue(
        purpose,
        person.id,
        random=secrets.token_bytes(RANDOM_BYTES),
        settings=tenant.settings,
        now=now,
        address=about or to,
    )
    unit.tokens.add(token)
    fields = {
        "login": login_of(person, tenant),
        "link": token_link(tenant, purpose, text),
        "until": instant(token.expires_at),
        **(data or {}),
    }
    unit.outbox.add([compose(kind, person, to, tenant, now, key=token.digest.hex(), data=fields, token=token)])


def cancel_tokens(unit: Unit, person: Person) -> None:
    """End the live tokens of *person*, and the waiting messages that carry one (ACCESS-4, MAIL-6b)."""
    unit.outbox.cancel(unit.tokens.cancel(person.id, purposes=OF_ACCESS))


def follow_move(  # noqa: PLR0913 - what a move touches
    unit: Unit,
    before: Person,
    after: Person,
    tenant: Tenant,
    secrets: Secrets,
    now: datetime,
    *,
    disputable: bool = True,
) -> None:
    """
    Do what every change of the central address does (MAIL-6).

    Sessions end, tokens and the messages that carry them are cancelled, both addresses are told; the old one's notice
    carries the link by which its owner can say *this was not me*, unless the change takes back another.
    """
    cancel_tokens(unit, after)
    unit.sessions.end_all(after.id, end=SessionEnd.ADDRESS_CHANGED, now=now)
    old, new = before.central, after.central
    if new is not None:
        data = {
            "login": login_of(after, tenant),
            "old": old.masked if old is not None else "–",
            "link": tenant.link(FIRST_ACCESS_PATH),
        }
        key = f"{after.revision}"
        unit.outbox.add([compose(MessageKind.ADDRESS_CHANGED, after, new, tenant, now, key=key, data=data)])
    if old is not None and disputable:
        send_token(
            unit,
            Purpose.DISPUTE_ADDRESS,
            MessageKind.ADDRESS_LEFT,
            after,
            tenant,
            secrets,
            now,
            to=old,
            data={"new": new.masked if new is not None else "–", "login": login_of(before, tenant)},
        )
