"""
Two subscribers that are always there: a folder with a line for each event, and a function of one's own.

::

    DeliverEvents(storage, tenant, clock, {"messenger": Callback(rebind)})
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.events import Event
from eszkola_core.errors import InvalidValue, Unavailable

if TYPE_CHECKING:
    from eszkola_core.ports.events import EventSubscriber

FILE: Final = "events.jsonl"
"""What the file in the folder is called."""

_TRY_AGAIN: Final = timedelta(minutes=1)


@frozen
class Callback:
    """
    Hands each event to a function.

    Whatever the function raises is that event's failure, and it is tried again later; `Unavailable` stops the batch.
    """

    hears: Callable[[Event], object]

    def hear(self, events: Sequence[Event]) -> Iterator[Receipt]:
        """Hand *events* over, one after the other."""
        for event in events:
            try:
                self.hears(event)
            except Unavailable:
                raise
            except Exception:  # noqa: BLE001 - a service's own mistake must not keep other events from being heard
                yield Receipt(event.key, Outcome.FAILED_FOR_NOW, "subscriber-failed")
            else:
                yield Receipt(event.key, Outcome.SENT)


@frozen
class EventFolder:
    """
    Writes a line of JSON for each event into a file that only the owner of the process may read.

    The file only grows, each line is whole, and is on the disk when the receipt says *sent*. Whoever reads it may move
    it away at any time; the next event begins a new one. A line may come twice; its ``key`` is the same then.
    """

    folder: Path

    def hear(self, events: Sequence[Event]) -> Iterator[Receipt]:
        """
        Write *events*, yielding what became of each once all of them are on the disk.

        Raises:
            Unavailable: the folder cannot be made or written to; nothing was written.
        """
        if not events:
            return
        lines = b"".join(map(line_of, events))
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.folder / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                self._append(handle, lines)
            finally:
                os.close(handle)
        except OSError as error:
            raise Unavailable(
                f"{self.folder / FILE}: cannot be written to; make it a folder with room, and this program's own",
                code="folder-unwritable",
                retry_after=_TRY_AGAIN,
            ) from error
        yield from (Receipt(event.key, Outcome.SENT) for event in events)

    @staticmethod
    def _append(handle: int, lines: bytes) -> None:
        """Write whole lines, or none: what a full disk cut off is taken away again."""
        before = os.fstat(handle).st_size
        try:
            written = os.write(handle, lines)
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
        if written < len(lines):
            os.ftruncate(handle, before)
            raise OSError(ENOSPC, "the disk is full")


def line_of(event: Event) -> bytes:
    """Return an event as one line of JSON, whose ``key`` is the same however often it comes."""
    plain = {
        "key": event.key,
        "kind": event.kind.value,
        "at": event.happened_at.astimezone(UTC).isoformat(),
        "person": event.person,
        "data": dict(sorted(event.data.items())),
    }
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def folder(options: Mapping[str, Any], *, base: Path) -> EventFolder:
    """
    Return the folder that a configuration names: the plug-in ``folder`` of the group ``eszkola.events``.

    Needed: ``folder``; a relative path starts at *base*.

    Raises:
        InvalidValue: an option is missing, unknown or wrong; its key is named.
    """
    for key in options:
        if key != "folder":
            raise InvalidValue(f"{key}: no such option; there is folder", code="unknown-option")
    path = options.get("folder")
    if not isinstance(path, str) or not path.strip():
        raise InvalidValue("folder: write a folder in quotation marks", code="missing-option")
    return EventFolder(base / path)


if TYPE_CHECKING:
    _folder: type[EventSubscriber] = EventFolder
    _callback: type[EventSubscriber] = Callback
