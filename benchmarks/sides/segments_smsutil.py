"""Counts segments as smsutil does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import smsutil

from benchmarks.parts.telling import main


def count(*, texts: str, times: int) -> Callable[[], object]:
    """Count the segments of all texts, so many times."""
    held = json.loads(Path(texts).read_text("utf-8"))

    def done() -> object:
        for _ in range(times):
            total = 0
            for text in held:
                total += len(smsutil.split(text).parts)
        return total

    return done


if __name__ == "__main__":
    main({"count": count})
