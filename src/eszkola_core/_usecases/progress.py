"""How far long work has come: told to whoever waits for it, and nothing depends on whether anybody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Final, TypeVar

from attrs import frozen

T = TypeVar("T")

EVERY: Final = 500
"""After how many records a stage says again how far it has come."""


class Stage(StrEnum):
    """What an import does, one after the other."""

    COMPARE = "compare"
    READ = "read"
    GATHER = "gather"
    SETTLE = "settle"
    WRITE = "write"


@frozen
class Progress:
    """How much of a stage is done; ``total`` is None where nobody knows how much there is."""

    stage: Stage
    done: int = 0
    total: int | None = None


Watch = Callable[[Progress], None]
"""Is told of progress, from time to time."""


def nobody_watches(progress: Progress) -> None:
    """Do nothing: nobody waits."""


def counted(items: Iterable[T], stage: Stage, watch: Watch, total: int | None = None) -> Iterator[T]:
    """Yield *items*, and tell *watch* at the beginning and from time to time how many there were."""
    watch(Progress(stage, 0, total))
    for done, item in enumerate(items, 1):
        yield item
        if done % EVERY == 0:
            watch(Progress(stage, done, total))
