"""Accounts, and what people decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Decision, Mark, Reservation
from eszkola_core.domain.national_ids import NationalId


class People(Protocol):
    """
    Accounts and what people decided.

    PE1. `get_many` leaves out numbers that nobody has.
    PE2. `by_login` compares without case; `by_central` compares mailboxes; `by_national_id` finds by any id.
    PE3. `save` raises `Conflict` unless the stored revision is one less than the one given.
    PE4. `save` raises `Conflict` when the central address is another's, unless both share it.
    PE5. `decide` gives the decision its number and keeps it; `withdraw` ends the one with that number and keeps who
         ended it, and why; one that has ended keeps its end. `decisions` finds it by either of the people whom it
         names.
    PE6. A reservation can be added; an address that is reserved for another cannot be found to be free.
    PE7. `versions` gives each person a number that has grown whenever the account was saved, or a place of a record in
         which they stand or stood, or a decision that names them on either side; numbers that nobody has are left out.
    PE8. `mark` keeps marks of decisions, each once, and none so that it could be read back; `has_marks` says whether
         there are any.
    PE9. Whoever is found by login, address or national id, or an address is reserved for, is read as the survivor where
         the account was merged into another; `decide` raises `Conflict` when it was merged into one already.
    """

    def get_many(self, ids: Collection[PersonId]) -> Mapping[PersonId, Person]:
        """Return the people with these numbers (PE1)."""

    def versions(self, ids: Collection[PersonId]) -> Mapping[PersonId, int]:
        """Return how often what bears on these people has changed (PE7)."""

    def by_login(self, login: str) -> Person | None:
        """Return whose issued login this is (PE2)."""

    def by_central(self, mailbox: str) -> Sequence[Person]:
        """Return those whose central address this is, by number: several only where they share it (PE2, PE4)."""

    def by_national_id(self, national_id: NationalId) -> Person | None:
        """Return whose national id this is (PE2)."""

    def save(self, person: Person) -> None:
        """Write a changed person (PE3, PE4)."""

    def decide(self, decision: Decision) -> Decision:
        """Keep a decision and return it with its number (PE5)."""

    def decisions(self, person: PersonId) -> Sequence[Decision]:
        """Return what was decided about *person*, on either side, oldest first (PE5)."""

    def withdraw(self, decision: int, at: datetime, *, by: str = "", why: str = "") -> None:
        """End the decision with this number (PE5)."""

    def mark(self, marks: Collection[Mark]) -> None:
        """Keep by what the people of decisions are known again (PE8)."""

    def has_marks(self) -> bool:
        """Return whether any decision bears a mark (PE8)."""

    def reserve(self, reservation: Reservation) -> None:
        """Keep an address for whoever left it (PE6)."""

    def reserved(self, mailbox: str, now: datetime) -> PersonId | None:
        """Return for whom an address is kept (PE6)."""
