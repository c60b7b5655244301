"""
A whole country on SQLite, by hand: ``python benchmarks/country.py``, which takes two hours.

A first load of twelve million people, school by school, for as long as there is time; then the night after it with one
row in a hundred changed, and one in which nothing did, each as one import of all schools that are there. What a person
takes is told all along the way, so that growth shows within one run.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(_ROOT)]

from benchmarks.parts.country_page import told  # noqa: E402 - found only by now
from benchmarks.parts.measuring import once  # noqa: E402 - the same
from benchmarks.parts.results import UNKEPT, keep  # noqa: E402 - the same
from benchmarks.parts.rosters import Rosters, write_first, write_night  # noqa: E402 - the same

_PEOPLE: Final = 12_000_000


def main() -> None:
    """Load for as long as the command line allows, and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--persons", type=int, default=_PEOPLE)
    options.add_argument("--minutes", type=float, default=240, help="when the first load is to stop, done or not")
    options.add_argument(UNKEPT, action="store_true", help="print what is found, and do not keep it for the page")
    asked = options.parse_args()
    with TemporaryDirectory(prefix="bench") as work:
        found = _loaded(Path(work), asked.persons, asked.minutes)
    keep("country", "sqlite", found)
    print("\n".join(told(found)))


def _loaded(work: Path, persons: int, minutes: float) -> dict[str, Any]:
    """Return what a first load took on the way, and the nights after it."""
    folder, rosters = work / "database", Rosters(persons, work / "first", work / "night")
    folder.mkdir()
    place = {"store": "sqlite", "folder": folder}
    write_first(rosters)
    once("ours", "make", **place)
    first = once("ours", "grow", rosters=rosters.first, minutes=minutes, **place)
    print(*first["told"], sep="\n", flush=True)
    there = Rosters(first["told"][-1][0], rosters.first, rosters.night)
    write_night(there)
    found = {"asked": persons, "persons": there.persons, "marks": first["told"], "first": first["seconds"]}
    found["bytes"] = sum(each.stat().st_size for each in folder.iterdir())
    for job in ("night", "same"):
        done = once("ours", "import", rosters=rosters.night, at_once=True, **place)
        found[job] = {"seconds": done["seconds"], "mebibytes": done["mebibytes"]}
        print(job, found[job], flush=True)
    found["blake2b"] = once("raw", "hash", rosters=rosters.night)["seconds"]
    return found


if __name__ == "__main__":
    main()
