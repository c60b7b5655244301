"""Messages to people, and the life of one in the outbox (DESIGN: nothing leaves inside a transaction)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue


class MessageKind(StrEnum):
    """Every message that the rules name; each has a text in every language."""

    ACCOUNT_OPENED = "account-opened"
    FIRST_ACCESS = "first-access"
    RECOVERY = "recovery"
    USE_NATIONAL_ID = "use-national-id"
    PASSWORD_SET = "password-set"  # noqa: S105 - the name of a message
    PASSWORD_EXPIRES = "password-expires"  # noqa: S105 - the name of a message
    CONFIRM_ADDRESS = "confirm-address"
    ADDRESS_CHANGED = "address-changed"
    ADDRESS_LEFT = "address-left"
    PHONE_CHANGED = "phone-changed"
    SHARED_ACCESS = "shared-access"
    CONFIRM_CONTACTS = "confirm-contacts"
    GUARDIAN_HELPED = "guardian-helped"
    ACCOUNT_LOCKED = "account-locked"
    PASSWORD_DISABLED = "password-disabled"  # noqa: S105 - the name of a message
    PASSWORD_REPLACED = "password-replaced"  # noqa: S105 - the name of a message
    DISCLOSURE_REPORTED = "disclosure-reported"
    ACCOUNTS_MERGED = "accounts-merged"
    MERGE_UNDONE = "merge-undone"
    INITIAL_CREDENTIAL = "initial-credential"
    CHILD_CREDENTIAL = "child-credential"


FIELDS: Final[Mapping[MessageKind, frozenset[str]]] = MappingProxyType(
    {
        MessageKind.ACCOUNT_OPENED: frozenset({"login", "link"}),
        MessageKind.FIRST_ACCESS: frozenset({"login", "link", "until"}),
        MessageKind.RECOVERY: frozenset({"login", "link", "until"}),
        MessageKind.USE_NATIONAL_ID: frozenset({"link"}),
        MessageKind.PASSWORD_SET: frozenset({"login", "at", "link"}),
        MessageKind.PASSWORD_EXPIRES: frozenset({"login", "days", "link"}),
        MessageKind.CONFIRM_ADDRESS: frozenset({"login", "link", "until"}),
        MessageKind.ADDRESS_CHANGED: frozenset({"login", "old", "link"}),
        MessageKind.ADDRESS_LEFT: frozenset({"login", "new", "link", "until"}),
        MessageKind.PHONE_CHANGED: frozenset({"login", "old", "new", "link"}),
        MessageKind.SHARED_ACCESS: frozenset({"accounts", "until", "link"}),
        MessageKind.CONFIRM_CONTACTS: frozenset({"login", "address", "link"}),
        MessageKind.GUARDIAN_HELPED: frozenset({"login", "guardian", "at", "link"}),
        MessageKind.ACCOUNT_LOCKED: frozenset({"login", "at", "link"}),
        MessageKind.PASSWORD_DISABLED: frozenset({"login", "at", "link"}),
        MessageKind.PASSWORD_REPLACED: frozenset({"login", "at", "link"}),
        MessageKind.DISCLOSURE_REPORTED: frozenset({"login", "school", "at", "link"}),
        MessageKind.ACCOUNTS_MERGED: frozenset({"login", "other", "at", "until", "link"}),
        MessageKind.MERGE_UNDONE: frozenset({"login", "at", "link"}),
        MessageKind.INITIAL_CREDENTIAL: frozenset({"login", "password", "until", "link"}),
        MessageKind.CHILD_CREDENTIAL: frozenset({"login", "child", "until", "link"}),
    },
)
"""
The data that each kind's text is made from; every text may also use ``name`` (of the person) and ``tenant``.

``accounts`` is a list: a line for each account, with its owner and login, a tab, and its own link.
"""


class MessageState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    LEASED = "leased"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED_FOR_NOW = "failed-for-now"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"


_M = MessageState

MESSAGE_LIFECYCLE: Final[Mapping[MessageState, frozenset[MessageState]]] = MappingProxyType(
    {
        _M.QUEUED: frozenset({_M.LEASED, _M.CANCELLED}),
        _M.LEASED: frozenset({_M.SENT, _M.FAILED_FOR_NOW, _M.ABANDONED, _M.LEASED, _M.CANCELLED}),
        _M.FAILED_FOR_NOW: frozenset({_M.LEASED, _M.CANCELLED}),
        _M.SENT: frozenset({_M.BOUNCED}),
        _M.BOUNCED: frozenset(),
        _M.ABANDONED: frozenset(),
        _M.CANCELLED: frozenset(),
    },
)
"""Every transition of a message; a lease that ran out is leased again."""

FINAL: Final = frozenset({_M.SENT, _M.BOUNCED, _M.ABANDONED, _M.CANCELLED})
"""States in which a message is done with, though one that was sent may come back; what it held is wiped there."""


@frozen(kw_only=True)
class Message:
    """
    One message to one person.

    ``key`` makes it once only: the same key is not queued twice. ``data`` is what the text is made from; it may hold a
    token's text, so it is sealed at rest, hidden here, and empty once the message is done with. ``tokens`` are the
    digests of such, so that cancelling one cancels the message (MAIL-6b). ``due_at`` is when it may be tried next.
    ``run`` is the run that it follows from, if one (SYNC-9).
    """

    id: int = 0
    key: str
    kind: MessageKind
    to: EmailAddress = field(repr=False)
    person: PersonId | None = None
    locale: str
    data: Mapping[str, str] = field(factory=dict, repr=False)
    tokens: tuple[bytes, ...] = field(default=(), repr=False)
    run: int | None = None
    state: MessageState = MessageState.QUEUED
    attempts: int = 0
    created_at: datetime
    due_at: datetime
    leased_until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if self.state not in FINAL and self.data.keys() != FIELDS[self.kind] | {"name"}:
            raise InvalidValue(f"a message {self.kind} has other data", code="wrong-message-data")

    def moved(self, state: MessageState) -> Message:
        """
        Return the message in another state, wiped where it is done with.

        Raises:
            InvalidValue: the table has no such transition.
        """
        if state not in MESSAGE_LIFECYCLE[self.state]:
            raise InvalidValue(f"a message that is {self.state} cannot become {state}", code="no-such-transition")
        return evolve(self, state=state, data={} if state in FINAL else self.data, leased_until=None)

    def leased(self, now: datetime, settings: Settings) -> Message:
        """Return the message in the hands of a dispatcher: one more attempt."""
        held = self.moved(MessageState.LEASED)
        return evolve(held, attempts=self.attempts + 1, leased_until=now + settings.message_lease)

    def put_back(self, due_at: datetime) -> Message:
        """Return the message as nobody could try it: due again at *due_at*, the attempt not counted."""
        return evolve(self.moved(MessageState.FAILED_FOR_NOW), attempts=self.attempts - 1, due_at=due_at)

    def failed(self, now: datetime, settings: Settings, *, for_good: bool) -> Message:
        """Return the message after a failed attempt: due again later, or abandoned."""
        if for_good or self.attempts >= settings.message_attempts:
            return self.moved(MessageState.ABANDONED)
        wait = backoff(self.attempts, settings, spread=spread_of(self.key, self.attempts))
        return evolve(self.moved(MessageState.FAILED_FOR_NOW), due_at=now + wait)


def backoff(attempts: int, settings: Settings, *, spread: float = 0) -> timedelta:
    """
    Return how long to wait after so many attempts: twice as long each time, a day at the most.

    *spread*, from 0 to 1, makes it up to a quarter longer, so that those who failed together do not come back together.
    """
    wait: timedelta = settings.message_backoff * 2 ** min(max(attempts - 1, 0), 20) * (1 + spread / 4)
    return min(wait, timedelta(days=1))


def spread_of(key: str, attempts: int) -> float:
    """Return a number from 0 to 1 that another key or another attempt makes another one, and nothing else does."""
    drawn = blake2b(f"{attempts}:{key}".encode(errors="surrogatepass"), digest_size=4).digest()
    return int.from_bytes(drawn) / 0xFFFFFFFF
