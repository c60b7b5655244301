"""Gathering the world around something until nothing outside bears on it."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

from eszkola_core.domain.claims import Place, Seeds, World
from eszkola_core.ports.storage import Unit


@frozen
class Ground:
    """A closed part of what is kept, and the same with the newest statements in it."""

    kept: World
    newest: World


def gather(unit: Unit, around: Seeds, staged: Collection[Place] = ()) -> Ground:
    """Return everything that bears on *around* and on the *staged* places; every round finds more, until none does."""
    kept = World()
    newest = kept.overlaid(staged)
    done = Seeds()
    names = unit.people.has_marks()
    wanted = newest.seeds(names=names) | around
    while missing := wanted - done:
        kept |= unit.rosters.gather(missing)
        done |= missing
        newest = kept.overlaid(staged)
        wanted = newest.seeds(names=names)
    return Ground(kept, newest)
