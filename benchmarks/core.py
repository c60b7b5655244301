"""
What people do all day beside what it is compared to: `nox -s bench -- core`.

Importing the core against a bare interpreter; a sign-in against argon2-cffi's bare `verify`; tokens issued and spent
on both databases; children and rights against one lookup by hand in the same SQLite file, and, remembered, against
pycasbin and Cedar on as many links; and five hundred sign-ins at one instant. Sides that are close are measured by
turns in one process, so that a machine that gets slower is so for both; what is told are medians and ratios of medians.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(_ROOT), str(_ROOT / "adapters" / "sqlalchemy" / "tests")]

from postgres_server import running  # noqa: E402 - found only by now

from benchmarks.parts.core_page import lines  # noqa: E402 - the same
from benchmarks.parts.measuring import once  # noqa: E402 - the same
from benchmarks.parts.results import UNKEPT, keep, kept  # noqa: E402 - the same
from benchmarks.parts.rosters import PERSONS_A_ROW, written  # noqa: E402 - the same

_GIVEN: Final = "ESZKOLA_TEST_POSTGRES"
_OURS: Final = "core_ours"


def main() -> None:
    """Measure what the command line asks for, keep it, and print it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--links", type=int, default=10_000, help="how many guardians have a child")
    asked.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    asked.add_argument("--storm", type=int, default=500, help="how many sign in at one instant; 0 for none")
    asked.add_argument(UNKEPT, action="store_true", help="print what is found, and do not keep it for the page")
    told = asked.parse_args()
    with TemporaryDirectory(prefix="bench") as work:
        place = _furnished(Path(work), told.links)
        keep("core", "imports", _imports(told.rounds))
        keep("core", "sign-in", once(_OURS, "sign in", **place, times=12 * told.rounds)["told"])
        keep("core", "tokens", _tokens(Path(work), told.rounds))
        keep("core", "looks", _looks(place, told.links, told.rounds))
        if told.storm:
            keep("core", "storm", once(_OURS, "storm", **place, many=told.storm)["told"])
    print("\n".join(lines(kept("core"))))


def _furnished(work: Path, links: int) -> Mapping[str, Any]:
    """Return where a database lies with so many links."""
    place = {"store": "sqlite", "folder": work / "platform"}
    (work / "platform").mkdir()
    once(_OURS, "furnish", **place, rosters=written(work / "rosters", links * PERSONS_A_ROW).first, passwords=True)
    return place


def _imports(rounds: int) -> object:
    return once("core_imports", "import", times=4 * rounds)["told"]


def _tokens(work: Path, rounds: int, many: int = 200) -> object:
    """Return what each round took to issue and to spend a token, by database."""
    rosters = written(work / "few", 2 * many * PERSONS_A_ROW).first
    found: dict[str, list[Mapping[str, float]]] = {"SQLite": [], "PostgreSQL": []}
    with _server() as server:
        for number in range(rounds):
            for name, store in (("SQLite", "sqlite"), ("PostgreSQL", server)):
                folder = work / f"tokens-{name}-{number}"
                folder.mkdir()
                with nullcontext(store) if store == "sqlite" else _database(store, f"tokens_{number}") as where:
                    once(_OURS, "furnish", store=where, folder=folder, rosters=rosters)
                    found[name].append(once(_OURS, "tokens", store=where, folder=folder, many=many)["told"])
    return {"many": many, "rounds": found}


def _looks(place: Mapping[str, Any], links: int, rounds: int) -> object:
    """Return what each way of looking took, by turns or by process."""
    found = dict(once(_OURS, "look", **place, times=40 * rounds)["told"])
    for name, side, job, times in (
        ("pycasbin, relations", "core_casbin", "relations", 200),
        ("pycasbin, a policy a link", "core_casbin", "policies", 4),
        ("cedarpy", "core_cedar", "check", 1),
    ):
        found[name] = [took for _ in range(rounds) for took in once(side, job, many=links, times=times)["told"]]
    return {"links": links, "seconds": found}


@contextmanager
def _server() -> Iterator[str]:
    """Yield the URL of the server that is named, or of one that runs for as long."""
    if given := os.environ.get(_GIVEN):
        yield given
        return
    with running() as (url, _):
        yield url.render_as_string(hide_password=False)


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    """Give a side a database of its own, and take it away."""
    from sqlalchemy import create_engine, make_url  # noqa: PLC0415 - only the server needs it

    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


if __name__ == "__main__":
    main()
