"""What every side does: take its job from the command line, do it, and tell time and memory."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any


def main(jobs: Mapping[str, Callable[..., Callable[[], object]]]) -> None:
    """
    Do the job that the command line names.

    A job is made ready by a function, which returns another one: only that one is timed.
    """
    name, how = sys.argv[1:]
    ready: Mapping[str, Any] = json.loads(how)
    job = jobs[name](**ready)
    begun = perf_counter()
    told = job()
    seconds = perf_counter() - begun
    sys.stdout.write(json.dumps({"seconds": seconds, "mebibytes": mebibytes(), "told": told}) + "\n")


def mebibytes() -> float:
    """Return the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
