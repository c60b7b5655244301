"""Letters a second: every kind, set in a process of its own, and what the process held at its peak."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.parts.measuring import measured, once

KINDS = ("credential", "first-access", "security-code")
LONGEST = 20.0
"""Seconds that a thousand letters may take."""


def letter_rows(number: int, rounds: int) -> Iterator[str]:
    """Measure, and yield the lines of a table."""
    yield f"\n{number:,} letters in three languages, set as PDF/A\n"
    yield "| letters | seconds | letters a second | peak MiB | rounds |"
    yield "|---|---:|---:|---:|---:|"
    slowest = 0.0
    for kind in KINDS:
        found = measured([once("letters", kind, number=number) for _ in range(rounds)])
        slowest = max(slowest, found.seconds)
        took = f"{found.seconds:.2f} | {number / found.seconds:.0f}"
        yield f"| {kind} | {took} | {found.mebibytes:.0f} | {found.runs} |"
    yield f"\na thousand take {slowest / number * 1000:.1f} s at the most (reach {LONGEST:.0f} s)"
