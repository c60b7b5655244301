"""What people and programs see: tables and sentences on a terminal, one line of JSON for `--json`."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import TextIOWrapper
from itertools import chain, repeat
from typing import Final, Literal, TextIO
from zoneinfo import ZoneInfo

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_UNSEEMLY: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What would steer the terminal, or turn the order of signs round: a file may hold it, the screen never shows it."""

_LINE_ENDS: Final = re.compile(r"[\x7f-\x9f\u2028\u2029]")
"""What JSON lets stand in a text, and what some programs take for the end of a line, or for a command."""

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_BETWEEN: Final = 2
"""How much a table takes for each column beside what stands in it."""

_GLUE: Final = "\ue000"
"""A space at which no line ends; no sign of anybody's name."""

_WHOLE: Final = 40
"""How long a word may be that is in one piece in a table: what is longer is a digest, or somebody's joke."""

_LONGEST: Final = 120
_WIDE: Final = 200


class Screen:
    """Where a command speaks: results on standard output, everything else on standard error."""

    def __init__(self, out: Console, err: Console) -> None:
        self.out = out
        self.err = err

    @classmethod
    def standard(cls) -> Screen:
        """
        Return the screen of this process; colours only where a terminal is.

        A sign that the terminal's encoding does not have is shown as its number: no name may end a command.
        """
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return cls(
            Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty(), width=_width(sys.stdout)),
            Console(file=sys.stderr, highlight=False, soft_wrap=not sys.stderr.isatty()),
        )

    def say(self, text: str = "", style: str | None = None) -> None:
        """Print a sentence as it stands."""
        self.out.print(_shown(text), style=style)

    def bullet(self, text: str, style: str | None = None, *, indent: int = 2) -> None:
        """Print a sentence that is set in; on a terminal its further lines begin where the first does."""
        shown = Text(_seemly(text), style=style or "")
        if self.out.is_terminal:
            self.out.print(Padding(shown, (0, 0, 0, indent)))
        else:
            self.out.print(" " * indent, shown, sep="")

    def heading(self, text: str) -> None:
        """Print a heading."""
        self.out.print()
        self.out.print(_shown(text), style="bold")

    def problem(self, text: str) -> None:
        """Print what went wrong."""
        self.err.print(f"[bold red]eszkola:[/] {_shown(text)}")

    def remedy(self, text: str) -> None:
        """Print, below a problem, what to do about it."""
        self.err.print(f"  {_shown(text)}")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str | None = None) -> None:
        """
        Print a table; columns whose heading begins with ``#`` are numbers, and no word of a heading is cut.

        Neither is one of a cell, nor an instant. Where not all of them fit beside each other, each row is a sentence.
        """
        cells = [[_seemly(clipped(cell)) for cell in row] for row in rows]
        headings = [column.lstrip("#") for column in columns]
        least = [max(map(_unbreakable, column)) for column in zip(headings, *cells, strict=True)]
        if sum(least) + _BETWEEN * len(least) > self.out.width:
            self._sentences(headings, cells, title)
            return
        table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, collapse_padding=True)
        most = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
        widths = _shared_out(self.out.width - _BETWEEN * len(least), least, most)
        for column, heading, width in zip(columns, headings, widths, strict=True):
            justify: Literal["left", "right"] = "left" if heading == column else "right"
            table.add_column(heading, justify=justify, overflow="fold", width=width)
        for row in cells:
            table.add_row(*map(escape, row))
        self.out.print(table)

    def _sentences(self, headings: Sequence[str], rows: Iterable[Sequence[str]], title: str | None) -> None:
        """Print what is too wide for a table: a line for the headings, and one or more for each row."""
        if title is not None:
            self.out.print(_shown(title), style="italic")
        self.out.print()
        for row, style in chain([(headings, "bold")], zip(rows, repeat(""))):
            whole = (cell.replace(" ", _GLUE) if _INSTANT.fullmatch(cell) else cell or "–" for cell in row)
            lines = Text(f"{_GLUE}· ".join(whole)).wrap(self.out, max(self.out.width - 2, 1), overflow="fold")
            for number, line in enumerate(lines):
                told = f"{'  ' if number else ''}{line.plain.rstrip()}".replace(_GLUE, " ")
                self.out.print(Text(told, style=style))
        self.out.print()

    def json(self, value: Mapping[str, object]) -> None:
        """Print *value* as one line of JSON."""
        text = _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
        try:
            text.encode(self.out.encoding)
        except UnicodeEncodeError:
            text = json.dumps(value)  # the terminal has no such signs, but their numbers say the same
        self.out.file.write(text + "\n")
        self.out.file.flush()


def _width(stream: TextIO) -> int | None:
    """Return the width for tables where there is no terminal to fit into; None for that of the terminal."""
    return None if stream.isatty() or "COLUMNS" in os.environ else _WIDE


def instant(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as people read it: to the minute, in their zone."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def day(at: datetime, zone: ZoneInfo) -> str:
    """Return the day of an instant, in the zone of those who read it."""
    return f"{at.astimezone(zone):%Y-%m-%d}"


def _shared_out(width: int, least: Sequence[int], most: Sequence[int]) -> Sequence[int]:
    """Return how wide each column is: as wide as it likes where that is little, and what is left is for the others."""
    widths = list(least)
    spare, waiting = width - sum(least), len(least)
    for number in sorted(range(len(least)), key=lambda each: most[each] - least[each]):
        more = min(most[number] - least[number], spare // waiting)
        widths[number] += more
        spare, waiting = spare - more, waiting - 1
    return widths


def _unbreakable(cell: str) -> int:
    """Return how much of a cell has to stand on one line."""
    if _INSTANT.fullmatch(cell):
        return len(cell)
    return min(max(map(cell_len, cell.split()), default=0), _WHOLE)


def clipped(text: str) -> str:
    """Return *text* as long as a cell of a file may reasonably be; the rest of a longer one is left out."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def counted(number: int, one: str, many: str) -> str:
    """Return how many of something there are, such as "1 letter is" and "2 letters are"."""
    return f"{number} {one if number == 1 else many}"


def in_words(code: str) -> str:
    """Return a code as plain words."""
    return code.replace("-", " ").replace("e mail", "e-mail").replace("data controllers", "data controller's")


def _seemly(text: str) -> str:
    """Return *text* without signs that would steer the terminal."""
    return _UNSEEMLY.sub("\N{REPLACEMENT CHARACTER}", text)


def _shown(text: str) -> str:
    """Return *text* as it is printed: nothing in it is taken for markup or for the terminal's own signs."""
    return escape(_seemly(text))
