"""Running a side of a comparison in a process of its own, so that its time and its memory are its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from attrs import frozen

ROOT = Path(__file__).parents[2]


@frozen
class Measured:
    """What one side took: the median of the seconds of its runs, and the most memory that any of them held."""

    seconds: float
    mebibytes: float
    runs: int


def once(side: str, job: str, **how: object) -> Mapping[str, Any]:
    """Return what a side tells of doing a job once."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", f"benchmarks.sides.{side}", job, json.dumps(how, default=str)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{side} {job} failed:\n{done.stderr}")
    told: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measured(told: Sequence[Mapping[str, Any]]) -> Measured:
    """Return what several runs come to."""
    return Measured(median(each["seconds"] for each in told), max(each["mebibytes"] for each in told), len(told))
