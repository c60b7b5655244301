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
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
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
from benchmarks.parts.results import UNKEPT, keep, kept  # noqa: E402 - the same
from benchmarks.parts.rosters import Rosters, written  # noqa: E402 - the same
from benchmarks.parts.sync_page import (  # noqa: E402 - the same
    DJANGO,
    EXPORT,
    HASH,
    JOBS,
    LIMIT,
    OURS,
    data_of,
    ratios,
    rows,
    sizes_of,
)

_ROUNDS = {10_000: 5, 100_000: 3}
_GIVEN = "ESZKOLA_TEST_POSTGRES"


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
    asked.add_argument("--without", nargs="*", default=[], choices=[DJANGO, EXPORT], help="sides that are left out")
    asked.add_argument(UNKEPT, action="store_true", help="print what is found, and do not keep it for the page")
    told = asked.parse_args()
    sides = [each for each in (DJANGO, EXPORT) if each not in told.without]
    for name in told.store:
        with nullcontext() if name == "sqlite" else _server() as server:
            store = Store(name, server)
            for persons in told.persons:
                with TemporaryDirectory(prefix="bench") as work:
                    rosters = written(Path(work) / "rosters", persons)
                    found = _compared(store, rosters, Path(work), told.rounds or _ROUNDS.get(persons, 1), sides)
                keep("sync", f"{name} {persons}", data_of(found))
                print("\n".join(rows(store.name, persons, found)), flush=True)
            print("\n".join(ratios(store.name, sizes_of(kept("sync"), name))), flush=True)


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
            once(OURS, "make", **place)
            found[OURS, JOBS[0]].append(once(OURS, "import", rosters=rosters.first, **place))
            once(LIMIT, "keep", rows=rows, **place)
            for job in JOBS[1:]:
                found[OURS, job].append(once(OURS, "import", rosters=rosters.night, at_once=True, **place))
        with store.fresh(work) as place:
            once(OURS, "make", **place)
            found[LIMIT, JOBS[0]].append(once(LIMIT, "put", rows=rows, rosters=rosters.first, **place))
        found[HASH, JOBS[2]].append(once(LIMIT, "hash", rosters=rosters.night))
        for side in sides:
            with store.fresh(work) as place:
                once(side, "make", **place)
                for job, folder in zip(JOBS, (rosters.first, rosters.night, rosters.night), strict=True):
                    found[side, job].append(once(side, "import", rosters=folder, **place))
    return {key: measured(each) for key, each in found.items()}


if __name__ == "__main__":
    main()
