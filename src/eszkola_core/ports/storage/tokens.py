"""Tokens as they are kept: by digest, never by text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.tokens import Purpose, Token


class Tokens(Protocol):
    """
    Tokens, by digest.

    TO1. What was added comes back equal.
    TO2. `add` replaces the live tokens of the same person and purpose, where the purpose is in `REPLACED_BY_NEWER`, and
         returns their digests.
    TO3. `spend` returns a live token once, and None ever after; an expired one never.
    TO4. Of any number of simultaneous spends at most one wins.
    TO5. `cancel` ends the live tokens of a person, of the given purposes only where some are given, and none that was
         issued before ``since``.
    """

    def add(self, token: Token) -> frozenset[bytes]:
        """Keep *token*, and return the digests of those that it replaced (TO1, TO2)."""

    def peek(self, digest: bytes) -> Token | None:
        """Return the token with *digest*, in whatever state (TO1)."""

    def spend(self, digest: bytes, *, purposes: Collection[Purpose], now: datetime) -> Token | None:
        """Spend the live token with *digest* and one of *purposes*, and return it spent (TO3, TO4)."""

    def cancel(
        self, person: PersonId, *, purposes: Collection[Purpose] | None = None, since: datetime | None = None
    ) -> frozenset[bytes]:
        """End the person's live tokens and return their digests (TO5)."""
