"""How the benchmark of the sync is told: printed when it has run, and on the page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from benchmarks.parts.figures import Figure
from benchmarks.parts.measuring import Measured
from benchmarks.parts.results import Result

OURS, LIMIT, DJANGO, EXPORT, HASH = "ours", "raw", "django_orm", "import_export", "blake2b"
JOBS: Final = ("first load", "1 % changed", "nothing changed")
STORES: Final = ("sqlite", "postgresql")
_NAMES: Final[Mapping[str, str]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

Found = Mapping[tuple[str, str], Measured]
"""What each side took for each job."""

PROSE: Final = """
Schools of 500 people, each in a file of its own, a guardian with every student. *First load* takes in one school after
the other. *1 % changed* and *nothing changed* are one import of all schools on the night after. *raw* reads the same
files and puts the very rows that the import leaves behind into the same tables, with no rule and no thought;
*django_orm* does the job with models for users, profiles, roles and links, `bulk_create` and `bulk_update`;
*import_export* is django-import-export in bulk mode with `skip_unchanged`. Neither of these two checks a national id,
encrypts, settles who is who, keeps provenance, or queues a message. Every side runs in a process of its own; the peak
is of the whole process.
"""


def data_of(found: Found) -> list[dict[str, Any]]:
    """Return what is kept of a run."""
    return [
        {"side": side, "job": job, "seconds": each.seconds, "mebibytes": each.mebibytes, "runs": each.runs}
        for (side, job), each in found.items()
    ]


def found_in(result: Result) -> Found:
    """Return what was kept of a run."""
    return {
        (each["side"], each["job"]): Measured(each["seconds"], each["mebibytes"], each["runs"]) for each in result.data
    }


def sizes_of(kept: Mapping[str, Result], store: str) -> Mapping[int, Found]:
    """Return what was found of a store, by how many persons there were."""
    found = {part.split()[1]: found_in(each) for part, each in kept.items() if part.split()[0] == store}
    return {int(persons): found[persons] for persons in sorted(found, key=int)}


def lines(kept: Mapping[str, Result]) -> Iterator[str]:
    """Yield the part of the page."""
    yield PROSE
    for store in STORES:
        sizes = sizes_of(kept, store)
        for persons, found in sizes.items():
            yield from rows(_NAMES[store], persons, found)
            yield f"\n{kept[f'{store} {persons}'].told}."
        if sizes:
            yield from ratios(_NAMES[store], sizes)


def rows(store: str, persons: int, found: Found) -> Iterator[str]:
    """Yield the table of one size."""
    yield f"\n### {store}, {persons:,} people\n"
    yield "| | side | seconds | µs a person | against ours | peak MiB | rounds |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for (side, job), each in sorted(found.items(), key=lambda one: (JOBS.index(one[0][1]), one[0][0] != OURS)):
        ratio = each.seconds / found[OURS, job].seconds
        took = f"{each.seconds:.3f} | {each.seconds / persons * 1e6:.1f} | {ratio:.3f}"
        yield f"| {job} | {side} | {took} | {each.mebibytes:.0f} | {each.runs} |"


def ratios(store: str, sizes: Mapping[int, Found]) -> Iterator[str]:
    """Yield a table of what the house wants to reach, and how far each size comes."""
    first, night, same = JOBS

    def over(one: tuple[str, str], other: tuple[str, str]) -> list[str]:
        return [
            f"{found[one].seconds / found[other].seconds:.2f}" if one in found and other in found else "–"
            for found in sizes.values()
        ]

    def growth(of: Callable[[Measured, int], float]) -> list[float]:
        return [of(found[OURS, first], persons) for persons, found in sizes.items()]

    seconds = growth(lambda each, persons: each.seconds / persons)
    peaks = growth(lambda each, _: each.mebibytes)
    yield f"\n### {store}: what was to be reached\n"
    yield "| | reach | " + " | ".join(f"{persons:,}" for persons in sizes) + " |"
    yield "|---|---|" + "---:|" * len(sizes)
    for name, reach, cells in (
        ("first load against the limit", "≤ 2", over((OURS, first), (LIMIT, first))),
        ("first load against a night with 1 % changed", "≥ 10", over((OURS, first), (OURS, night))),
        ("nothing changed against a bare blake2b pass", "≤ 3", over((OURS, same), (HASH, same))),
        ("Django's bulk_create against ours", "≥ 1", over((DJANGO, first), (OURS, first))),
        ("django-import-export against ours, first load", "≥ 5", over((EXPORT, first), (OURS, first))),
        ("django-import-export against ours, 1 % changed", "≥ 50", over((EXPORT, night), (OURS, night))),
        ("a person, against the smallest size", "≤ 1.3", [f"{each / seconds[0]:.2f}" for each in seconds]),
        ("peak memory of the first load, MiB", "+64 at most", [f"{each:.0f}" for each in peaks]),
    ):
        yield f"| {name} | {reach} | {' | '.join(cells)} |"


def figures(kept: Mapping[str, Result]) -> Iterator[Figure]:
    """Yield what was to be reached, each of the largest size at which both sides were measured."""
    first, night, same = JOBS
    for store, number in (("sqlite", "P1"), ("postgresql", "P2")):
        sizes = sizes_of(kept, store)
        for code, what, one, other, reach in (
            (number, "first load against the limit", (OURS, first), (LIMIT, first), {"at_most": 2}),
            ("P3", "a night with 1 % changed", (OURS, first), (OURS, night), {"at_least": 10}),
            ("P4", "nothing changed against blake2b", (OURS, same), (HASH, same), {"at_most": 3}),
            ("P5", "Django's `bulk_create`", (DJANGO, first), (OURS, first), {"at_least": 1}),
            ("P5", "django-import-export, first load", (EXPORT, first), (OURS, first), {"at_least": 5}),
            ("P6", "django-import-export, 1 %", (EXPORT, night), (OURS, night), {"at_least": 50}),
        ):
            both = [persons for persons, found in sizes.items() if {one, other} <= found.keys()]
            if both:
                persons, found = max(both), sizes[max(both)]
                ratio = found[one].seconds / found[other].seconds
                yield Figure(code, f"{what}; {_NAMES[store]}, {persons:,} people", ratio, **reach)
        yield from _grown(store, sizes)


def _grown(store: str, sizes: Mapping[int, Found]) -> Iterator[Figure]:
    """Yield how much more memory and time ten times as many people take, each."""
    first, night, _ = JOBS
    known: Collection[int] = sizes.keys()
    for small in known:
        if small * 10 in known:
            grown = f"{small * 10:,} people against {small:,}; {_NAMES[store]}"
            for what, job in (("a first load", first), ("a night as one import", night)):
                more = sizes[small * 10][OURS, job].mebibytes - sizes[small][OURS, job].mebibytes
                yield Figure("P7", f"peak memory of {what}, MiB more: {grown}", more, at_most=64)
            few, many = sizes[small][OURS, first], sizes[small * 10][OURS, first]
            yield Figure("P14", f"a person's time: {grown}", many.seconds / few.seconds / 10, at_most=1.3)
