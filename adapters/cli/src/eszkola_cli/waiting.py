"""
What somebody at a terminal sees while a long import runs: a bar with the rate and the time left.

It is drawn on standard error, and only on a terminal and from the second second on: a short import says nothing, and
neither a file nor a program ever sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Final, Self, TypeVar

from attrs import define, field
from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from eszkola_core import Progress, Stage

T = TypeVar("T")

_FILES: Final = "files"
_SILENT: Final = 1.0
"""How many seconds nothing is shown."""

_WORDS: Final[Mapping[str, str]] = {
    _FILES: "Looking through the files",
    Stage.COMPARE: "Comparing with what is known",
    Stage.READ: "Reading what changed",
    Stage.GATHER: "Looking up who is concerned",
    Stage.SETTLE: "Settling who is who",
    Stage.WRITE: "Writing",
}
_SHARES: Final[Mapping[str, float]] = {
    _FILES: 5,
    Stage.COMPARE: 10,
    Stage.READ: 20,
    Stage.GATHER: 12,
    Stage.SETTLE: 28,
    Stage.WRITE: 25,
}
"""How much of a first load each stage mostly takes, in hundredths: what is left is reckoned by it."""

_STEPS: Final = tuple(_WORDS)
_ALMOST: Final = 0.95
_LONGEST_BAR: Final = 30


@define
class Waiting:
    """
    Draws how far an import has come, while the block lasts.

    Args:
        console: where to draw; where it is no terminal, nothing is drawn.
        writes: whether the work ends with writing, or with a plan.
        clock: seconds that only grow.
    """

    console: Console
    writes: bool
    clock: Callable[[], float] = time.monotonic
    _live: Live | None = field(default=None, init=False)
    _began: float = field(init=False)
    _stage: str = field(default=_FILES, init=False)
    _stage_began: float = field(init=False)
    _done: int = field(default=0, init=False)
    _total: int | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self._stage_began = self.clock()

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live = Live(get_renderable=self.shown, console=self.console, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, progress: Progress) -> None:
        """Take note of how far it has come."""
        self._at(progress.stage, progress.done, progress.total)

    def shown(self) -> RenderableType:
        """Return what is to be seen now."""
        now = self.clock()
        if now - self._began < _SILENT:
            return Text("")
        done = self._share(now)
        line = Table.grid(padding=(0, 2, 0, 0), expand=False)
        for _ in range(3):
            line.add_column(no_wrap=True)
        width = max(5, min(_LONGEST_BAR, self.console.width - 75))
        bar = ProgressBar(total=1.0, completed=done, width=width, pulse=not done, animation_time=now)
        line.add_row(_WORDS[self._stage], bar, ", ".join(self._told(now, done)))
        return line

    def _at(self, stage: str, done: int, total: int | None) -> None:
        if stage != self._stage:
            self._stage, self._stage_began = stage, self.clock()
        self._done, self._total = done, total

    def _told(self, now: float, done: float) -> Iterator[str]:
        """Yield how many records of how many are done, how fast, and how long it still takes."""
        took = now - self._stage_began
        if self._done:
            yield f"{self._done:,}" if self._total is None else f"{self._done:,} of {self._total:,}"
        if self._done and took:
            yield f"{self._done / took:,.0f}/s"
        lasted = now - self._began
        yield f"about {_clock(lasted * (1 - done) / done)} left" if done else f"{_clock(lasted)} so far"

    def _share(self, now: float) -> float:
        """Return how much of all the work is done, 0 where nobody can tell yet."""
        whole = sum(share for stage, share in _SHARES.items() if self.writes or stage != Stage.WRITE)
        here = _SHARES[self._stage] / whole
        before = sum(_SHARES[stage] for stage in _STEPS[: _STEPS.index(self._stage)]) / whole
        if self._total:
            return before + here * self._done / self._total
        if not before or self._total is not None:
            return before
        # A stage that cannot be counted is reckoned to take as long as its share says, and is never quite done.
        expected = (self._stage_began - self._began) / before * here
        took = now - self._stage_began
        return before + here * (min(_ALMOST, took / expected) if expected else 0)


def _clock(seconds: float) -> str:
    """Return a time as minutes and seconds, with hours where there are any."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
