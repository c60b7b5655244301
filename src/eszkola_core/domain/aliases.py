"""
Who counts as whom: merges and distinct pairs, as decisions state them (ID-7).

A merge is a decision that is read as an alias: places, logins and ids stay with the account that they were given to,
and whoever reads them finds the survivor. So little has to be put back when the merge is undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property

from attrs import frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind


@frozen
class Aliases:
    """Who is merged with whom, and who was called distinct from whom."""

    _decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Aliases:
        """Return what *decisions* say; all that name one of the people must be among them."""
        kinds = (DecisionKind.MERGED, DecisionKind.DISTINCT)
        return cls(tuple(each for each in decisions if each.kind in kinds))

    @cached_property
    def _merges(self) -> tuple[Decision, ...]:
        return tuple(each for each in self._decisions if each.kind is DecisionKind.MERGED)

    @cached_property
    def _standing(self) -> tuple[Decision, ...]:
        return tuple(each for each in self._merges if each.stands)

    @cached_property
    def _survivors(self) -> Mapping[PersonId, PersonId]:
        """Whom each account that was absorbed was merged into."""
        return {each.object: each.subject for each in self._standing if each.object is not None}

    def survivor(self, person: PersonId) -> PersonId:
        """Return whom *person* is read as: the survivor of all merges, or the person."""
        while person in self._survivors:
            person = self._survivors[person]
        return person

    def members(self, person: PersonId) -> frozenset[PersonId]:
        """Return everybody who is read as the same human as *person*, who is among them."""
        return _joined({person}, self._standing)

    def bearers(self, person: PersonId, at: datetime) -> frozenset[PersonId]:
        """
        Return everybody for whom holds what was decided of *person* at the instant *at*.

        Those who were the same human then, whatever became of the merge since, and all who are the same human as one of
        those now: a restriction that was made while two were merged binds both when they are parted (ID-7d).
        """
        then = [
            each for each in self._merges if each.at <= at and (each.withdrawn_at is None or at <= each.withdrawn_at)
        ]
        return _joined(_joined({person}, then), self._standing)

    def means(self, decision: Decision, subject: PersonId, about: PersonId | None = None) -> bool:
        """Return whether *decision* is about these humans, whichever of their accounts it names (ID-7d)."""
        named, meant = (
            tuple(each if each is None else self.survivor(each) for each in pair)
            for pair in ((decision.subject, decision.object), (subject, about))
        )
        return named == meant

    def are_distinct(self, first: PersonId, second: PersonId) -> bool:
        """Return whether one of those merged with *first* was called distinct from one merged with *second* (ID-7g)."""
        mine, theirs = self.members(first), self.members(second)
        return any(
            (each.subject in mine and each.object in theirs) or (each.subject in theirs and each.object in mine)
            for each in self._decisions
            if each.kind is DecisionKind.DISTINCT and each.stands
        )


def _joined(people: Collection[PersonId], merges: Collection[Decision]) -> frozenset[PersonId]:
    """Return *people* and all whom *merges* join with one of them."""
    found = frozenset(people)
    while True:
        more = found.union(*(each.people for each in merges if not found.isdisjoint(each.people)))
        if more == found:
            return found
        found = more
