"""Importing the core, in an interpreter of its own each time, beside the bare interpreter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Final

from benchmarks.parts.telling import main

PROGRAMS: Final = {
    "bare": "pass",
    "core": "import eszkola_core",
    "platform": "from eszkola_core import Platform",
}
_COUNTED: Final = "; import sys; print(len(sys.modules))"


def imported(times: int) -> Callable[[], object]:
    """Start each program so often, by turns, and count the modules that it loads."""

    def job() -> object:
        seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
        for _ in range(times):
            for name, program in PROGRAMS.items():
                begun = perf_counter()
                subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - our own program
                seconds[name].append(perf_counter() - begun)
        return {"seconds": seconds, "modules": {name: _modules(program) for name, program in PROGRAMS.items()}}

    return job


def _modules(program: str) -> int:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program + _COUNTED], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


if __name__ == "__main__":
    main({"import": imported})
