"""How a whole country is told: printed when it was loaded, and on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from benchmarks.parts.figures import Figure
from benchmarks.parts.results import Result

_STEPS: Final = (1, 2, 3, 5)
_MILLION: Final = 1_000_000

Mark = Sequence[float]
"""How many people were in, after how many seconds, after how many of the processor's, and the peak until then."""


def lines(kept: Mapping[str, Result]) -> Iterator[str]:
    """Yield the part of the page."""
    for result in kept.values():
        yield from told(result.data)
        yield f"\n{result.told}."


def told(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables of one load."""
    yield f"\n### SQLite, {data['persons']:,} of {data['asked']:,} people\n"
    yield "| people in the database | µs a person so far | of it busy | since the line above | peak MiB |"
    yield "|---:|---:|---:|---:|---:|"
    marks, above = data["marks"], (0, 0.0)
    for people, seconds, busy, peak in marks:
        if people in _shown(marks):
            so_far, since = seconds / people, (seconds - above[1]) / (people - above[0])
            each = " | ".join(f"{one * 1e6:.0f}" for one in (so_far, busy / people, since))
            yield f"| {people:,} | {each} | {peak:.0f} |"
            above = people, seconds
    yield f"\nThe database came to {data['bytes'] / 2**30:.1f} GiB.\n"
    yield "| | seconds | µs a person | peak MiB |"
    yield "|---|---:|---:|---:|"
    for name, seconds, peak in (
        ("first load", data["first"], marks[-1][3]),
        ("1 % changed", data["night"]["seconds"], data["night"]["mebibytes"]),
        ("nothing changed", data["same"]["seconds"], data["same"]["mebibytes"]),
        ("blake2b over the files", data["blake2b"], None),
    ):
        held = "" if peak is None else f"{peak:.0f}"
        yield f"| {name} | {seconds:.1f} | {seconds / data['persons'] * 1e6:.1f} | {held} |"


def _shown(marks: Sequence[Mark]) -> set[float]:
    """Return at which sizes a line is told: a few of each power of ten, and the last."""
    sizes = {step * 10**power for step in _STEPS for power in range(5, 8)}
    return {people for people, *_ in marks if people in sizes} | {marks[-1][0]}


def figures(kept: Mapping[str, Result]) -> Iterator[Figure]:
    """Yield what was to be reached."""
    for result in kept.values():
        data: Mapping[str, Any] = result.data
        people, marks = data["persons"], {int(each[0]): each for each in data["marks"]}
        country = f"SQLite, {people:,} people"
        yield Figure("P3", f"a night with 1 % changed; {country}", data["first"] / data["night"]["seconds"], at_least=6)
        yield Figure(
            "P4", f"nothing changed against blake2b; {country}", data["same"]["seconds"] / data["blake2b"], at_most=3
        )
        for few, many in ((_MILLION // 10, _MILLION), (_MILLION, people)):
            if few < many and {few, many} <= marks.keys():
                (_, slow, _, small), (_, late, _, large) = marks[few], marks[many]
                grown = f"within one load: {many:,} people against {few:,}; SQLite"
                yield Figure("P7", f"peak memory of a first load, MiB more, {grown}", large - small, at_most=64)
                yield Figure("P14", f"a person's time, {grown}", late / many / (slow / few), at_most=1.3)
