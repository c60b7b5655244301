"""Gathering the world around something until nothing outside bears on it."""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, EvidenceKind, Place, Seeds, World
from eszkola_core.domain.corrections import corrected
from eszkola_core.ports.storage import Unit


@frozen
class Ground:
    """
    A closed part of what is kept, and the same with the newest statements in it.

    ``agreed`` are the corrections that the sources say too by now: they are no decisions of the newest world any more.
    """

    kept: World
    newest: World
    agreed: frozenset[Decision] = frozenset()

    def without(self, agreed: frozenset[Decision]) -> Ground:
        """Return the ground on which the corrections *agreed* to are withdrawn."""
        newest = evolve(self.newest, decisions=self.newest.decisions - agreed)
        return evolve(self, newest=newest, agreed=agreed)


def gather(unit: Unit, around: Seeds, staged: Collection[Place] = ()) -> Ground:
    """
    Return everything that bears on *around* and on the *staged* places; every round finds more, until none does.

    What staff corrected here is laid over what is stated (ROLE-3).
    """
    kept = World()
    newest = kept.overlaid(staged)
    done = Seeds()
    names = unit.people.has_marks()
    wanted = newest.seeds(names=names) | around
    while missing := wanted - done:
        kept |= unit.rosters.gather(missing)
        done |= missing
        newest = corrected(kept.overlaid(staged))
        wanted = newest.seeds(names=names)
    mailboxes = {each.value for each in done.evidence if each.kind is EvidenceKind.MAILBOX}
    unusable = frozenset(unit.unusable.among(mailboxes))
    return Ground(evolve(kept, unusable=unusable), evolve(newest, unusable=unusable))


def whoever_was_one_with(unit: Unit, people: Collection[PersonId]) -> World:
    """
    Return what is kept of *people*, and of everybody who was ever merged with one of them, by however many merges.

    What was decided of one of these may bind another long after they were parted (ID-7d).
    """
    found = unit.rosters.gather(Seeds(people=frozenset(people)))
    done = frozenset(people)
    while further := _merged_in(found.decisions) - done:
        found |= unit.rosters.gather(Seeds(people=further))
        done |= further
    return found


def _merged_in(decisions: Collection[Decision]) -> frozenset[PersonId]:
    """Return everybody whom a merge names, whatever became of it."""
    merges = (each for each in decisions if each.kind is DecisionKind.MERGED)
    return frozenset(person for each in merges for person in each.people)


def decided_about(unit: Unit, person: PersonId) -> Collection[Decision]:
    """Return what was decided about a human, whichever of the accounts that were merged it names (ID-7d)."""
    return unit.rosters.gather(Seeds(people=frozenset({person}))).decisions
