"""What reports look like on a terminal: aligned, no wider than it is, coloured only there and only where wanted."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from eszkola_cli.screen import Screen, clipped, day, instant

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COMMAND = [sys.executable, "-c", "from eszkola_cli.main import main; main()"]
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def on_a_terminal(*arguments, columns=100, **env):
    """Run the command on a pseudo-terminal, and return all that it wrote there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    kept = {key: text for key, text in os.environ.items() if key not in {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}}
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**kept, "TERM": "xterm-256color", **env},
    ):
        os.close(theirs)
        told = bytearray()
        try:
            while chunk := os.read(ours, 1 << 16):
                told += chunk
        except OSError:
            pass  # on Linux the other end is gone with its process
        finally:
            os.close(ours)
    return told.decode()


def in_a_pipe(*arguments, **env):
    """Run the command with its output in a pipe, and return what came; nothing may stand on standard error."""
    kept = {key: text for key, text in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *map(str, arguments)], capture_output=True, check=True, env={**kept, **env}
    )
    assert done.stderr == b""
    return done.stdout


@pytest.fixture
def report(lived_in, rows, table):
    """Return the words that print a plan with a bit of everything."""
    listed = rows(14)
    listed[0]["E-mail ucznia"] = "nobody"
    listed[1]["Oddział"] = "oddział dwujęzyczny z rozszerzoną matematyką, grupa popołudniowa"
    listed[2] |= {"PESEL": rows(1, first=40)[0]["PESEL"], "Opiekun 1 nazwisko": "Brzęczyszczykiewicz-Wierzchosławska"}
    listed[12]["PESEL"] = ""
    del listed[5]
    source = lived_in.write("uczniowie.csv", table(listed))
    return "--config", lived_in.folder, "roster", "plan", source, "--school", "sp1"


@pytest.mark.parametrize("columns", [60, 100])
def test_a_report_is_no_wider_than_the_terminal(report, columns):
    """No line runs over the edge, no word is cut, and the columns of numbers stand below each other."""
    told = CODES.sub("", on_a_terminal(*report, columns=columns))
    lines = [line.rsplit("\r", 1)[-1] for line in told.replace("\r\n", "\n").splitlines()]
    assert max(cell_len(line.rstrip()) for line in lines) <= columns
    assert "What needs a person" in lines
    if columns == 100:
        head = next(line for line in lines if "created" in line)
        row = next(line for line in lines if line.strip().startswith("sp1"))
        for name in ("created", "changed", "held", "unchanged", "ended", "conflicts", "accounts to open"):
            assert row[head.index(name) + len(name) - 1].isdigit()


def test_colours_are_for_terminals_that_want_them(report):
    """A terminal gets colours, NO_COLOR takes them away, and a pipe never sees any."""
    assert COLOUR.search(on_a_terminal(*report))
    assert not COLOUR.search(on_a_terminal(*report, NO_COLOR="1"))
    assert b"\x1b" not in in_a_pipe(*report)


@pytest.mark.parametrize("encoding", ["ascii", "cp1250"])
def test_a_poor_encoding_ends_no_command(report, encoding):
    """Where the output has no ą, its number stands there; JSON says the same in every encoding."""
    assert "created" in in_a_pipe(*report, PYTHONIOENCODING=encoding).decode(encoding)
    told = json.loads(in_a_pipe(*report, "--json", PYTHONIOENCODING=encoding).decode(encoding))
    assert told["created"] == 4  # two students and their mothers; one of another name waits beside another PESEL
    assert told["findings"][0]["source"] == "uczniowie.csv"


@pytest.fixture
def shown():
    """Show something on a screen of 40 columns, and return what stands there."""

    def show(what):
        stream = io.StringIO()
        console = Console(file=stream, width=40, highlight=False)
        what(Screen(console, console))
        return stream.getvalue()

    return show


def test_what_a_file_holds_is_never_markup(shown):
    """Brackets stay brackets, and what would steer a terminal becomes a mark that something was there."""
    name = "[bold]Łoś[/bold]\x1b]0;x\x07\u202e"
    for what in (
        lambda screen: screen.say(name),
        lambda screen: screen.bullet(name),
        lambda screen: screen.problem(name),
        lambda screen: screen.remedy(name),
        lambda screen: screen.table(["a"], [(name,)]),
    ):
        assert "[bold]Łoś[/bold]\N{REPLACEMENT CHARACTER}]0;x\N{REPLACEMENT CHARACTER}" in shown(what)


def test_json_is_one_line_for_every_program(shown):
    """Signs that some take for the end of a line stand there by their numbers."""
    told = shown(lambda screen: screen.json({"a": "x\x85y\u2028z\u2029ą"}))
    assert told == '{"a": "x\\u0085y\\u2028z\\u2029ą"}\n'
    assert json.loads(told) == {"a": "x\x85y\u2028z\u2029ą"}


def test_a_long_cell_is_clipped(shown):
    """A cell as long as a book does not push everything else off the screen."""
    assert len(shown(lambda screen: screen.table(["a"], [("Ł" * 10_000,)]))) < 1000
    assert clipped("Ł" * 120) == "Ł" * 120
    assert clipped("Ł" * 121) == "Ł" * 120 + "…"


def test_no_word_of_a_heading_is_cut(shown):
    """Where a table is too wide its cells give way, and its headings stay readable."""
    headings = ("school", "#created", "#unchanged", "#accounts opened")
    told = shown(lambda screen: screen.table(headings, [("a-school-with-a-long-key", "1", "2", "3")]))
    assert {"school", "created", "unchanged", "accounts", "opened"} <= set(told.split())


def test_without_a_terminal_a_password_is_asked_for_in_no_other_way(lived_in):
    """The remedy is said, and not that Python could not hide what is typed."""
    words = [*COMMAND, "--config", str(lived_in.folder), "signin", "anna.los"]
    told = subprocess.run(  # noqa: S603 - our own command
        words, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True, start_new_session=True
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert "--password-stdin" in told.stderr
    assert "GetPassWarning" not in told.stderr


def test_a_pipe_gets_whole_sentences(report):
    """A sentence is broken for people only: whoever searches a log finds it on one line."""
    remedy = "    → compare the record with the person's document, then correct it in the gradebook\n"
    assert remedy in in_a_pipe(*report, COLUMNS="40", PYTHONIOENCODING="utf-8").decode()


WORDS = st.text("abcdefgh-.", min_size=1, max_size=24)
CELLS = st.one_of(
    st.lists(WORDS, max_size=4).map(" ".join),
    st.datetimes(timezones=st.just(ZoneInfo("UTC"))).map(lambda at: f"{at:%Y-%m-%d %H:%M}".rjust(16, "0")),
)


@given(
    width=st.integers(30, 120),
    rows=st.integers(1, 6).flatmap(
        lambda columns: st.lists(st.lists(CELLS, min_size=columns, max_size=columns), max_size=4)
    ),
)
@settings(max_examples=50)
def test_no_word_of_a_cell_is_broken_and_no_line_is_too_long(width, rows):
    """However narrow the terminal: codes, logins and instants can be copied from it."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False)
    Screen(console, console).table([f"c{number}" for number in range(len(rows[0]) if rows else 1)], rows)
    lines = stream.getvalue().splitlines()

    assert max((len(line.rstrip()) for line in lines), default=0) <= width
    for cell in (cell for row in rows for cell in row):
        for piece in [cell] if re.fullmatch(r"\d{4}.*", cell) else cell.split():
            assert any(piece in line for line in lines), piece


def test_an_instant_is_told_to_the_minute_where_its_readers_are():
    """Of the tenant's zone, without the seconds; the day is theirs too."""
    at = datetime(2026, 11, 28, 23, 11, 59, 7, tzinfo=UTC)
    assert instant(at, ZoneInfo("Europe/Warsaw")) == "2026-11-29 00:11"
    assert day(at, ZoneInfo("Europe/Warsaw")) == "2026-11-29"


def test_the_journal_and_the_imports_show_one_time(lived_in):
    """At 80 columns too: each instant in one piece, the same in both, and in JSON as ISO 8601."""
    journal, imports, contacts = (
        lived_in.run(*words, env={"COLUMNS": "80"}).out
        for words in (("audit", "show"), ("roster", "runs"), ("codes", "status", "--school", "sp1"))
    )
    told = datetime.fromisoformat(lived_in.run("roster", "runs", "--json").json["runs"][-1]["at"])
    assert instant(told, ZoneInfo("Europe/Warsaw")) in imports
    assert instant(told, ZoneInfo("Europe/Warsaw")) in journal
    for each in (journal, imports, contacts):
        assert not re.search(r"\d\dT\d\d|\+00:00", each)
    assert "roster-imported" in journal
