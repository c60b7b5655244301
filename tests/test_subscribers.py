"""The folder and the function that hear events keep what every subscriber promises, and what is theirs alone."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from attrs import define, field

from eszkola_core import _plugins as plugins
from eszkola_core._subscribers import FILE, Callback, EventFolder, folder
from eszkola_core.domain.emails import Outcome
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.testing.contracts.subscribers import EventSubscriberContract, HeardOf, an_event


@define
class Shelf:
    """A folder, read as a service reads it."""

    place: Path

    def subscriber(self):
        """Return the folder."""
        return EventFolder(self.place)

    def heard(self):
        """Return what its lines say, also once it was moved away."""
        paths = (self.place / FILE, self.place.with_suffix(".kept"))
        lines = [json.loads(line) for path in paths if path.is_file() for line in path.read_text("utf-8").splitlines()]
        return [HeardOf(key=each["key"], kind=each["kind"], data=each["data"]) for each in lines]

    def close(self):
        """Let something else lie where the folder should."""
        if self.place.is_dir():
            (self.place / FILE).rename(self.place.with_suffix(".kept"))
            self.place.rmdir()
        self.place.touch()


class TestEventFolder(EventSubscriberContract):
    """The folder passes; it takes whatever reaches it."""

    refuses = False

    @pytest.fixture
    def fresh_service(self, tmp_path):
        """Return what makes an empty folder's place."""
        return lambda: Shelf(tmp_path / uuid4().hex)


@define
class Owner:
    """A service of one's own, which is a function."""

    told: list[HeardOf] = field(factory=list)
    refusals: set[str] = field(factory=set)
    is_closed: bool = False

    def subscriber(self):
        """Return the function as a subscriber."""
        return Callback(self.hears)

    def hears(self, event):
        """Take an event in."""
        if self.is_closed:
            raise Unavailable("closed")
        if event.key in self.refusals:
            raise LookupError(event.key)
        self.told.append(HeardOf(key=event.key, kind=event.kind.value, data=dict(event.data)))

    def heard(self):
        """Return what it heard."""
        return self.told

    def close(self):
        """Be out of reach."""
        self.is_closed = True


class TestCallback(EventSubscriberContract):
    """The function passes; what it cannot take it may always take later."""

    refuses = False

    @pytest.fixture
    def fresh_service(self):
        """Return what makes a function that has heard nothing."""
        return Owner


def test_a_functions_mistake_is_that_events_failure_and_no_others():
    """The event is tried again later, the others are heard, and the code says nothing of the person."""
    owner = Owner(refusals={an_event(2).key})

    receipts = list(owner.subscriber().hear([an_event(1), an_event(2), an_event(3)]))

    assert [each.outcome for each in receipts] == [Outcome.SENT, Outcome.FAILED_FOR_NOW, Outcome.SENT]
    assert receipts[1].code == "subscriber-failed"
    assert [each.key for each in owner.told] == [an_event(1).key, an_event(3).key]


@pytest.mark.rule("MAIL-7")
def test_lines_are_appended_for_the_owner_of_the_process_alone(tmp_path):
    """Each event is one line with its key, kind, instant, person and data; nobody else may read the file."""
    shelf = EventFolder(tmp_path / "deep" / "folder")
    list(shelf.hear([an_event(1)]))
    list(shelf.hear([an_event(2), an_event(1)]))

    path = tmp_path / "deep" / "folder" / FILE
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    assert [each["person"] for each in lines] == [1, 2, 1]
    assert lines[0] == lines[2]
    assert lines[0]["at"] == "2026-09-01T06:30:15.123456+00:00"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_disk_that_is_full_leaves_no_half_a_line(tmp_path, monkeypatch):
    """What could be written of a batch is taken away again, and the batch waits."""
    shelf = EventFolder(tmp_path)
    list(shelf.hear([an_event(1)]))
    before = (tmp_path / FILE).read_bytes()
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:20]))

    with pytest.raises(Unavailable, match=FILE):
        list(shelf.hear([an_event(2)]))

    assert (tmp_path / FILE).read_bytes() == before


def test_the_plug_in_reads_its_option(tmp_path):
    """It is found by its name; a missing, unknown or wrong option is named."""
    assert plugins.load(plugins.EVENTS, "folder")({"folder": "events"}, base=tmp_path) == EventFolder(
        tmp_path / "events"
    )
    for options in ({}, {"folder": " "}, {"folder": 7}, {"folder": "x", "file": "y"}):
        with pytest.raises(InvalidValue, match=r"^(folder|file): "):
            folder(options, base=tmp_path)
