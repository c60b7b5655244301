"""
Storages with one lie each, to try a contract with: every clause must find its liar out.

::

    LIES = [Lie("AU3", "nothing was ever written", "audit", {"head": lambda real: Head()})]

A lie replaces methods of one part of a unit; each function is handed what it replaces, as ``real``, and the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from attrs import field, frozen

from eszkola_core.domain.aliases import Aliases
from eszkola_core.memory.state import State
from eszkola_core.ports.storage import Unit
from eszkola_core.testing.memory import MemoryStorage


class But:
    """A part of a unit, but for the methods that lie."""

    def __init__(self, part: object, lies: Mapping[str, Callable[..., Any]]) -> None:
        self._part = part
        self._lies = lies

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the part has
        real = getattr(self._part, name)
        return partial(self._lies[name], real) if name in self._lies else real


@frozen
class Lie:
    """One lie of one part of a unit, about one clause."""

    clause: str
    says: str
    part: str
    lies: Mapping[str, Callable[..., Any]] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.clause}-{self.says}"

    def storage(self) -> MemoryStorage:
        """Return an empty storage that tells it."""
        lie = self

        class Saboteur(MemoryStorage):
            @contextmanager
            def unit(self) -> Iterator[Unit]:
                with super().unit() as unit:
                    yield lie.told(unit)

            @contextmanager
            def snapshot(self) -> Iterator[Unit]:
                with super().snapshot() as unit:
                    yield lie.told(unit)

        return Saboteur()

    def told(self, unit: Unit) -> Unit:
        """Return *unit* with the part replaced."""
        setattr(unit, self.part, But(getattr(unit, self.part), self.lies))
        return unit


def unmerged(real: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as any method of a part
    """Do what *real* does, as if nobody had been merged with anybody."""
    kept = state(real)
    known, kept.aliases = kept.aliases, Aliases(())
    try:
        return real(*arguments, **named)
    finally:
        kept.aliases = known


def state(real: Any) -> State:  # noqa: ANN401 - a bound method of a part
    """Return what is kept behind the method *real*: a saboteur works from within."""
    kept: State = real.__self__._state  # noqa: SLF001
    return kept
