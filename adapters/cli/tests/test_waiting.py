"""What somebody at a terminal sees while a long import runs."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from eszkola_cli.waiting import Waiting
from eszkola_core._usecases.progress import Progress, Stage


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        """Return what time it is."""
        return self.now


@pytest.fixture
def clock():
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def terminal():
    """Return a terminal of eighty columns."""
    return Console(file=io.StringIO(), force_terminal=True, width=80, _environ={})


@pytest.fixture
def waiting(terminal, clock):
    """Return what is drawn for an import that writes."""
    return Waiting(terminal, writes=True, clock=clock)


def seen(waiting):
    """Return what stands on the screen, as text, without the bar."""
    with waiting.console.capture() as captured:
        waiting.console.print(waiting.shown(), end="")
    return " ".join("".join(sign for sign in unstyled(captured.get()) if sign not in "━╺╸").split())


def unstyled(text):
    """Return a text without the terminal's own signs."""
    parts = text.split("\x1b[")
    return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])


def test_a_short_import_shows_nothing(waiting, clock):
    """Within its first second nothing is drawn."""
    clock.now += 0.9
    assert seen(waiting) == ""


def test_a_counted_stage_shows_how_many_of_how_many(waiting, clock):
    """The number of records, the rate of this stage, and what is left of the whole work."""
    clock.now += 10
    waiting(Progress(Stage.COMPARE, 0, 4000))
    clock.now += 5
    waiting(Progress(Stage.COMPARE, 2000, 4000))
    # Five hundredths for the files, five of ten for comparing: 15 seconds are a tenth of 150.
    assert seen(waiting) == "Comparing with what is known 2,000 of 4,000, 400/s, about 2:15 left"


def test_time_left_runs_down_where_nothing_is_counted(waiting, clock):
    """A stage without numbers is reckoned by its share, and never says that it is done before it is."""
    clock.now += 47
    waiting(Progress(Stage.SETTLE))
    assert seen(waiting) == "Settling who is who about 0:53 left"
    clock.now += 14
    assert seen(waiting) == "Settling who is who about 0:39 left"
    clock.now += 3600
    assert not seen(waiting).endswith("0:00 left")


def test_a_plan_does_not_wait_for_writing(terminal, clock):
    """What is not done has no share in what is left."""
    waiting = Waiting(terminal, writes=False, clock=clock)
    clock.now += 47
    waiting(Progress(Stage.SETTLE))
    assert seen(waiting) == "Settling who is who about 0:28 left"


def test_hours_are_told_as_hours(waiting, clock):
    """A country's first load may take that long."""
    clock.now += 3600
    waiting(Progress(Stage.COMPARE, 0, 10_000_000))
    assert seen(waiting).endswith("about 19:00:00 left")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_line_fits_its_terminal(width, clock):
    """Whatever it says, it stays one line."""
    terminal = Console(file=io.StringIO(), force_terminal=True, width=width, _environ={})
    waiting = Waiting(terminal, writes=True, clock=clock)
    clock.now += 3600
    waiting(Progress(Stage.COMPARE, 0, 12_000_000))
    clock.now += 3600
    waiting(Progress(Stage.COMPARE, 11_000_000, 12_000_000))
    with terminal.capture() as captured:
        terminal.print(waiting.shown())
    assert captured.get().count("\n") == 1


def test_nothing_is_drawn_where_no_terminal_is(clock):
    """A file or a program that reads standard error sees nothing of it."""
    file = io.StringIO()
    with Waiting(Console(file=file, _environ={}), writes=True, clock=clock) as waiting:
        clock.now += 60
        waiting(Progress(Stage.WRITE))
    assert file.getvalue() == ""


def test_what_was_drawn_is_gone_in_the_end(terminal, waiting, clock):
    """The report begins where the bar stood."""
    with waiting:
        clock.now += 60
        waiting(Progress(Stage.WRITE))
    assert terminal.file.getvalue().endswith("\x1b[2K")
