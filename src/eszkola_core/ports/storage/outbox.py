"""Messages that wait to leave, and requests that wait to be looked up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.messages import Message, MessageState


class Outbox(Protocol):
    """
    Messages that wait to leave, and requests that wait to be looked up.

    OU1. A message whose key is known is not queued again.
    OU2. `lease` hands out messages that are due and in nobody's hands, the longest due first, each to one dispatcher
         only.
    OU3. A lease that ran out is handed out again.
    OU4. `settle` writes a message's state; one that somebody else has leased since is left alone.
    OU5. A message done with holds no data.
    OU6. `cancel` ends the waiting messages that carry one of the tokens; none is sent afterwards.
    OU7. `counts` says how many are in each state, and `oldest_waiting` since when the oldest waits.
    OU8. A request that was taken is gone; it is handed to one taker only.
    OU9. `bounce` makes a sent message a bounced one, once, and returns it; of any other it changes and returns nothing.
    """

    def add(self, messages: Sequence[Message]) -> None:
        """Queue messages (OU1)."""

    def lease(self, limit: int, *, now: datetime, until: datetime) -> Sequence[Message]:
        """Take up to *limit* messages in hand until *until* (OU2, OU3)."""

    def settle(self, message: Message, *, held_until: datetime | None) -> None:
        """Write what became of a message that was leased until *held_until* (OU4, OU5)."""

    def peek(self, key: str) -> Message | None:
        """Return the message with *key*, in whatever state (OU1, OU5)."""

    def cancel(self, tokens: Collection[bytes]) -> int:
        """End the waiting messages that carry one of *tokens* (OU6)."""

    def bounce(self, number: int) -> Message | None:
        """Write that the sent message with *number* came back (OU9)."""

    def counts(self) -> Mapping[MessageState, int]:
        """Return how many messages are in each state (OU7)."""

    def oldest_waiting(self) -> datetime | None:
        """Return since when the oldest waiting message waits (OU7)."""

    def ask(self, request: AccessRequest) -> None:
        """Keep a request for access (OU8)."""

    def take_requests(self, limit: int) -> Sequence[AccessRequest]:
        """Take up to *limit* requests, oldest first (OU8)."""
