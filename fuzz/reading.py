"""What holds of every reading of a gradebook (the clauses GB2, GB5 and GB6)."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from eszkola_core.domain.stated import Reading, StatedRecord, StatedRoster, Unread
from eszkola_core.wire import kept, reading_from_bytes, reading_to_bytes
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.gradebook import FileGradebook
from fuzz.held import hide, refusing, require

SMALL = Limits(total=1 << 20, entries=40, ratio=200, ratio_from=1 << 14, cells=20_000, depth=8, text=1 << 12, names=60)
"""What an archive may unfold to: far less than in earnest, so that what has no bound shows."""


@cache
def _room() -> Path:
    room = Path(tempfile.mkdtemp(prefix="eszkola-fuzz-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    return room


@contextmanager
def folder() -> Iterator[Path]:
    """Give an empty folder for one input."""
    place = _room() / "input"
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def check_reading(paths: Sequence[Path], *, format: str | None = None, school: str | None = None) -> None:  # noqa: A002 - the port calls it so
    """Read *paths*, and hold what comes of it to what the port promises."""
    with refusing():
        source = FileGradebook(limits=SMALL)
        reading = source.read(paths, format=format, school=school)
        held = kept(reading)
        check_stated(held)
        for roster, again in zip(reading.rosters, held.rosters, strict=True):
            require(tuple(roster.records) == again.records, "a second walk states something else (GB6)")
            require(
                _looked_into(roster) == tuple(sorted(again.records, key=_place)),
                "records that nobody read state something else (SYNC-4d)",
            )
        require(reading_from_bytes(reading_to_bytes(held)) == held, "a saved reading is another")


def check_stated(reading: Reading) -> None:
    """Hold a reading to what it may show (GB5, ID-10)."""
    hide(repr(reading.findings))
    for roster in reading.rosters:
        for record in roster.records:
            hide(repr((record.problems, [(each.problems, each.ids) for each in record.people])))


def _looked_into(roster: StatedRoster) -> tuple[StatedRecord, ...]:
    """Return the records of a roster by way of those that are not read yet."""
    found: list[StatedRecord] = []
    for each in roster.records if roster.unread is None else roster.unread:
        found += each.read() if isinstance(each, Unread) else [each]
    return tuple(sorted(found, key=_place))


def _place(record: StatedRecord) -> tuple[str, int]:
    return record.source, record.line
