"""What benchmarks found, kept as JSON beside them; the page is written from it."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

from benchmarks.parts.figures import Figure

UNKEPT: Final = "--unkept"
"""The option of whoever tries something out: what is found is printed, and not kept."""

RESULTS: Final = Path(__file__).parents[1] / "results"


@frozen(kw_only=True)
class Result:
    """
    One part of a benchmark as it came out, once: what was measured, on what, when, and by which command.

    ``data`` is the benchmark's own; its page knows how to tell it.
    """

    day: str
    machine: str
    load: float
    command: str
    data: Any

    @property
    def told(self) -> str:
        """Where and when it was measured, in a line."""
        busy = f", load {self.load:.1f} when it began" if self.load else ""
        return f"{self.day}, {self.machine}{busy}; `{self.command}`"


_RELEASE: Final = ".".join(platform.release().split(".")[:2])

LOAD: Final = os.getloadavg()[0]
"""How busy the machine was with other things when the benchmark began."""


def keep(benchmark: str, part: str, data: object) -> None:
    """Keep what was found of a part of a benchmark, in the stead of what was found before; `UNKEPT` only looks."""
    if UNKEPT in sys.argv:
        return
    found = {name: asdict(each) for name, each in kept(benchmark).items()}
    words = " ".join(sys.argv[1:])
    found[part] = asdict(
        Result(
            day=f"{datetime.now(UTC):%Y-%m-%d}",
            machine=f"{platform.system()} {_RELEASE}, CPython {platform.python_version()}, {os.cpu_count()} cores",
            load=round(LOAD, 1),
            command=f"python benchmarks/{benchmark}.py {words}".rstrip(),
            data=data,
        )
    )
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
    (RESULTS / f"{benchmark}.json").write_text(f"{text}\n", "utf-8")


def tell(benchmark: str, part: str, items: Iterable[str | Figure]) -> None:
    """Print lines and figures as they come, and keep them."""
    lines, figures = [], []
    for each in items:
        print(each, flush=True)
        if isinstance(each, Figure):
            figures.append(asdict(each))
        else:
            lines.append(each)
    keep(benchmark, part, {"lines": lines, "figures": figures})


def kept(benchmark: str) -> Mapping[str, Result]:
    """Return what was found of each part of a benchmark; nothing where it never ran."""
    path = RESULTS / f"{benchmark}.json"
    found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {part: Result(**each) for part, each in found.items()}
