"""Addresses to which nothing is sent, as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from eszkola_core.domain.bounces import BounceFate, UnusableAddress


class UnusableAddresses(Protocol):
    """
    Addresses that cannot be used, one mark a mailbox, and how many bounces led to what.

    UA1. `mark` keeps an unusable address and says whether it is new; a mark that is there already stays as it is.
    UA2. `among` returns the marks of exactly those of the mailboxes that have one, each equal to what was kept.
    UA3. `clear` takes a mark away and says whether there was one; the mailbox may be marked anew.
    UA4. `count` adds one bounce of a fate, and `counts` says how many there were of each, those left out that never
         happened.
    """

    def mark(self, unusable: UnusableAddress) -> bool:
        """Keep a mark unless there is one (UA1)."""

    def among(self, mailboxes: Collection[str]) -> Mapping[str, UnusableAddress]:
        """Return the marks of *mailboxes*, by mailbox (UA2)."""

    def clear(self, mailbox: str) -> bool:
        """Take the mark of *mailbox* away (UA3)."""

    def count(self, fate: BounceFate) -> None:
        """Count one bounce (UA4)."""

    def counts(self) -> Mapping[BounceFate, int]:
        """Return how many bounces led to what (UA4)."""
