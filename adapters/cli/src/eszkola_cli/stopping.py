"""Ending a command that goes on until somebody says stop: what is in hand is finished first."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType
from typing import Final, Self

_SLICE_SECONDS: Final = 0.2


class Stopping:
    """
    Listens, while it is entered, for whoever asks the process to end: at the keyboard, or as a service's manager does.

    The first time is noted; who asks a second time does not want to wait.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._before = dict.fromkeys((signal.SIGINT, signal.SIGTERM), signal.SIG_DFL)

    def __enter__(self) -> Self:
        for number in self._before:
            self._before[number] = signal.signal(number, self._ask)  # type: ignore[assignment]
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pause(self, seconds: float) -> None:
        """Wait so long, or until somebody asks."""
        until = time.monotonic() + seconds
        while not self.is_asked and (left := until - time.monotonic()) > 0:
            # In slices, because a sleep goes on where it was when a signal has been heard.
            time.sleep(min(left, _SLICE_SECONDS))

    def _ask(self, _: int, __: FrameType | None) -> None:
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
