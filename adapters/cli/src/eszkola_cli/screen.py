"""What people and programs see: tables and sentences on a terminal, one line of JSON for `--json`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Screen:
    """Where a command speaks: results on standard output, everything else on standard error."""

    def __init__(self, out: Console, err: Console) -> None:
        self.out = out
        self.err = err

    @classmethod
    def standard(cls) -> Screen:
        """Return the screen of this process; colours only where a terminal is."""
        return cls(
            Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty()),
            Console(file=sys.stderr, highlight=False, soft_wrap=not sys.stderr.isatty()),
        )

    def say(self, text: str = "", style: str | None = None) -> None:
        """Print a sentence as it stands."""
        self.out.print(escape(text), style=style)

    def heading(self, text: str) -> None:
        """Print a heading."""
        self.out.print()
        self.out.print(escape(text), style="bold")

    def problem(self, text: str) -> None:
        """Print what went wrong."""
        self.err.print(f"[bold red]eszkola:[/] {escape(text)}")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str | None = None) -> None:
        """Print a table; columns whose heading begins with ``#`` are numbers."""
        table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
        for column in columns:
            is_number = column.startswith("#")
            table.add_column(column.lstrip("#"), justify="right" if is_number else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.out.print(table)

    def json(self, value: Mapping[str, object]) -> None:
        """Print *value* as one line of JSON."""
        self.out.file.write(json.dumps(value, ensure_ascii=False) + "\n")
        self.out.file.flush()
