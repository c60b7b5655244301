"""
The gradebook sync beside what it is compared to: `nox -s bench -- sync`.

A first load, school by school; then, each as one import of all schools, the night after with one row in a hundred
changed, and a night in which nothing did. They are held against the limit (the files are read and the finished rows put
into the same tables), against Django's ORM doing the same job, and against django-import-export in its bulk mode. Every
side runs in a process of its own, all sides of a round after each other; what is told are medians over the rounds and
ratios of medians. The peak is of the whole process.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from attrs import frozen
from sqlalchemy import create_engine, make_url

_ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(_ROOT), str(_ROOT / "adapters" / "sqlalchemy" / "tests")]

from postgres_server import running  # noqa: E402 - found only by now

from benchmarks.parts.measuring import Measured, measured, once  # noqa: E402 - the same
from benchmarks.parts.rosters import Rosters, written  # noqa: E402 - the same

_ROUNDS = {10_000: 5, 100_000: 3}
_GIVEN = "ESZKOLA_TEST_POSTGRES"
_OURS, _LIMIT, _DJANGO, _EXPORT = "ours", "raw", "django_orm", "import_export"
_JOBS = ("first load", "1 % changed", "nothing changed")


@frozen
class Store:
    """Where the sides keep their data: SQLite files, or databases of a server."""

    name: str
    server: str | None = None

    @contextmanager
    def fresh(self, work: Path) -> Iterator[Mapping[str, Any]]:
        """Give a side a place of its own, and take it away."""
        folder = Path(work) / uuid4().hex
        folder.mkdir()
        if self.server is None:
            yield {"store": "sqlite", "folder": folder}
        else:
            database = f"bench_{folder.name}"
            self._do(f"CREATE DATABASE {database}")
            url = make_url(self.server).set(database=database)
            yield {"store": url.render_as_string(hide_password=False), "folder": folder}
            self._do(f"DROP DATABASE {database} WITH (FORCE)")
        shutil.rmtree(folder)

    def _do(self, statement: str) -> None:
        assert self.server is not None  # noqa: S101 - only asked where there is one
        engine = create_engine(make_url(self.server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def main() -> None:
    """Measure what the command line asks for, and print it as a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--persons", type=int, nargs="+", default=[10_000, 100_000])
    asked.add_argument("--store", choices=["sqlite", "postgresql"], nargs="+", default=["sqlite"])
    asked.add_argument(
        "--rounds", type=int, help="how often each is done; by itself 5 times, or fewer where there are many persons"
    )
    asked.add_argument("--without", nargs="*", default=[], choices=[_DJANGO, _EXPORT], help="sides that are left out")
    told = asked.parse_args()
    sides = [each for each in (_DJANGO, _EXPORT) if each not in told.without]
    machine = f"{platform.platform()}, CPython {platform.python_version()}, {os.cpu_count()} cores"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}")
    for name in told.store:
        with nullcontext() if name == "sqlite" else _server() as server:
            store = Store(name, server)
            sizes: dict[int, Mapping[tuple[str, str], Measured]] = {}
            for persons in told.persons:
                with TemporaryDirectory(prefix="bench") as work:
                    rosters = written(Path(work) / "rosters", persons)
                    found = _compared(store, rosters, Path(work), told.rounds or _ROUNDS.get(persons, 1), sides)
                print("\n".join(_rows(store, persons, found)), flush=True)
                sizes[persons] = found
            print("\n".join(_ratios(store, sizes)), flush=True)


def _ratios(store: Store, sizes: Mapping[int, Mapping[tuple[str, str], Measured]]) -> Iterator[str]:
    """Yield a table of what the house wants to reach, and how far each size comes."""
    first, night, same = _JOBS

    def over(one: tuple[str, str], other: tuple[str, str]) -> list[str]:
        return [
            f"{found[one].seconds / found[other].seconds:.2f}" if one in found and other in found else "–"
            for found in sizes.values()
        ]

    def growth(of: Callable[[Measured, int], float]) -> list[float]:
        return [of(found[_OURS, first], persons) for persons, found in sizes.items()]

    seconds = growth(lambda each, persons: each.seconds / persons)
    peaks = growth(lambda each, _: each.mebibytes)
    yield f"\n{store.name}\n"
    yield "| | reach | " + " | ".join(f"{persons:,}" for persons in sizes) + " |"
    yield "|---|---|" + "---:|" * len(sizes)
    for name, reach, cells in (
        ("first load against the limit", "≤ 2", over((_OURS, first), (_LIMIT, first))),
        ("first load against a night with 1 % changed", "≥ 10", over((_OURS, first), (_OURS, night))),
        ("nothing changed against a bare blake2b pass", "≤ 3", over((_OURS, same), ("blake2b", same))),
        ("Django's bulk_create against ours", "≥ 1", over((_DJANGO, first), (_OURS, first))),
        ("django-import-export against ours, first load", "≥ 5", over((_EXPORT, first), (_OURS, first))),
        ("django-import-export against ours, 1 % changed", "≥ 50", over((_EXPORT, night), (_OURS, night))),
        ("a person, against the smallest size", "≤ 1.3", [f"{each / seconds[0]:.2f}" for each in seconds]),
        ("peak memory of the first load, MiB", "+64 at most", [f"{each:.0f}" for each in peaks]),
    ):
        yield f"| {name} | {reach} | {' | '.join(cells)} |"


@contextmanager
def _server() -> Iterator[str]:
    """Yield the URL of the server that is named, or of one that runs for as long."""
    if given := os.environ.get(_GIVEN):
        yield given
        return
    with running() as (url, _):
        yield url.render_as_string(hide_password=False)


def _compared(
    store: Store, rosters: Rosters, work: Path, rounds: int, sides: Sequence[str]
) -> Mapping[tuple[str, str], Measured]:
    """Return what each side took for each job."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for _ in range(rounds):
        rows = work / "rows"
        with store.fresh(work) as place:
            once(_OURS, "make", **place)
            found[_OURS, _JOBS[0]].append(once(_OURS, "import", rosters=rosters.first, **place))
            once(_LIMIT, "keep", rows=rows, **place)
            for job in _JOBS[1:]:
                found[_OURS, job].append(once(_OURS, "import", rosters=rosters.night, at_once=True, **place))
        with store.fresh(work) as place:
            once(_OURS, "make", **place)
            found[_LIMIT, _JOBS[0]].append(once(_LIMIT, "put", rows=rows, rosters=rosters.first, **place))
        found["blake2b", _JOBS[2]].append(once(_LIMIT, "hash", rosters=rosters.night))
        for side in sides:
            with store.fresh(work) as place:
                once(side, "make", **place)
                for job, folder in zip(_JOBS, (rosters.first, rosters.night, rosters.night), strict=True):
                    found[side, job].append(once(side, "import", rosters=folder, **place))
    return {key: measured(each) for key, each in found.items()}


def _rows(store: Store, persons: int, found: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    yield f"\n{store.name}, {persons:,} persons\n"
    yield "| | side | seconds | µs a person | against ours | peak MiB | rounds |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for (side, job), each in sorted(found.items(), key=lambda one: (_JOBS.index(one[0][1]), one[0][0] != _OURS)):
        ratio = each.seconds / found[_OURS, job].seconds
        took = f"{each.seconds:.3f} | {each.seconds / persons * 1e6:.1f} | {ratio:.3f}"
        yield f"| {job} | {side} | {took} | {each.mebibytes:.0f} | {each.runs} |"


if __name__ == "__main__":
    main()
