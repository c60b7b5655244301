"""
The page of all figures, written from what the benchmarks kept.

::

    python -m benchmarks.parts.page > docs/benchmarks.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.parts import core_page, country_page, sync_page
from benchmarks.parts.figures import Figure
from benchmarks.parts.results import RESULTS, kept

_OPENING: Final = """\
# Benchmarks

What this house takes, beside what it is compared to in the same run. A figure alone says how fast a machine is; look at
the ratios. This page is written by `nox -s bench` from what the benchmarks kept in `benchmarks/results/`, each part
with the machine, the day and the command.

<!-- not run: they run for minutes -->
```console
$ nox -s bench                all of them but a country, and this page
$ nox -s bench -- core        importing, signing in, tokens, rights, five hundred sign-ins at once
$ nox -s bench -- sync        the gradebook import, beside the bare database, Django and django-import-export
$ nox -s bench -- country     the import of twelve million people, which takes hours
$ nox -s bench -- reading     the memory that reading takes, at two sizes of export
$ nox -s bench -- messages    segments of text messages, letters, e-mail
```

`nox -s bench -- sync` runs `benchmarks/sync.py`; that program takes `--persons`, `--store sqlite postgresql`,
`--rounds` and `--without`, and `benchmarks/country.py` takes `--persons` and `--minutes`, after which it loads no more.
With `--unkept` a benchmark prints what it finds, and leaves this page alone.

## What was to be reached

| | what | reach | found | |
|---|---|---|---:|---|
"""
_TITLES: Final = {
    "core": "What people do all day",
    "sync": "The gradebook import",
    "country": "A whole country",
    "reading": "Reading exports",
    "messages": "Messages",
}


def page() -> str:
    """Return the page."""
    figures = sorted(_figures(), key=lambda each: int(each.number.removeprefix("P")))
    opening = _OPENING + "".join(f"{each.row}\n" for each in figures)
    return "\n".join([opening, *_parts()]) + "\n"


def _figures() -> Iterator[Figure]:
    yield from core_page.figures(kept("core"))
    yield from sync_page.figures(kept("sync"))
    yield from country_page.figures(kept("country"))
    for benchmark in ("messages", "reading"):
        for result in kept(benchmark).values():
            yield from (Figure(**each) for each in result.data["figures"])


def _parts() -> Iterator[str]:
    for benchmark, title in _TITLES.items():
        found = kept(benchmark)
        if not found:
            continue
        yield f"## {title}"
        if benchmark == "core":
            yield from core_page.lines(found)
        elif benchmark == "sync":
            yield from sync_page.lines(found)
        elif benchmark == "country":
            yield from country_page.lines(found)
        else:
            for result in found.values():
                yield f"\n{result.told}."
                yield from _spaced(result.data["lines"])
        yield from _remarks(benchmark)


def _spaced(lines: list[str]) -> Iterator[str]:
    """Yield lines with an empty one before a table that has none."""
    if lines and lines[0].startswith("|"):
        yield ""
    yield from lines


def _remarks(benchmark: str) -> Iterator[str]:
    """Yield what a person wrote down about the figures of a benchmark."""
    path: Path = RESULTS / f"{benchmark}.md"
    if path.exists():
        yield f"\n{path.read_text('utf-8').strip()}"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page().rstrip("\n") + "\n")
