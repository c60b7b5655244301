"""Writers of one process, one after the other, in the order in which they came."""

from __future__ import annotations

from collections import deque
from threading import Event, Lock

from eszkola_core.errors import Unavailable
from eszkola_sqlalchemy.faults import SOON


class Turns:
    """
    Lets one writer work at a time, and the next when it is done.

    SQLite lets its writers ask again and again, and whoever asks at the right moment is next: of five hundred some wait
    for ever. Here each waits in order, and gives up only where nobody before it came to an end for so long as one waits
    for another program.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = Lock()
        self._queue: deque[Event] = deque()
        self._ended = 0

    def take(self) -> None:
        """
        Wait for a turn; whoever has one ends it with `end`.

        Raises:
            Unavailable: the writer whose turn it is takes too long.
        """
        mine = Event()
        with self._lock:
            self._queue.append(mine)
            if self._queue[0] is mine:
                return
        is_mine = False
        try:
            is_mine = self._waited_for(mine)
        finally:
            if not is_mine:
                self._leave(mine)
        if not is_mine:
            raise Unavailable(
                "somebody else writes, for longer than one waits; try again", code="database-locked", retry_after=SOON
            )

    def end(self) -> None:
        """Let the next writer work."""
        with self._lock:
            self._queue.popleft()
            self._ended += 1
            if self._queue:
                self._queue[0].set()

    def _waited_for(self, mine: Event) -> bool:
        """Wait for as long as those before come to an end; return whether the turn came."""
        ended = self._ended
        while not mine.wait(self._patience):
            if ended == self._ended:
                return False
            ended = self._ended
        return True

    def _leave(self, mine: Event) -> None:
        """Leave the queue; whoever was given the turn meanwhile hands it on."""
        with self._lock:
            if self._queue[0] is not mine:
                self._queue.remove(mine)
                return
        self.end()
