"""
What an import and a command cost on LMDB and on SQLite: ``python examples/lmdb_store/measure.py 1000 10000``.

The rosters are those of the house's benchmarks: half of the people are students, the others a guardian of each.
Each command is a process of its own, as ever; of three rounds the median is told, of both stores after each other.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

ROUNDS = 3
ESZKOLA = Path(sysconfig.get_path("scripts")) / "eszkola"
sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.parts.rosters import written  # noqa: E402 - found only by now

STORAGE = '[storage]\nadapter = "lmdb"\nfolder = "pages"\nkeyring = "pages.keyring"\n\n'


def taken(folder: Path, *words: str) -> tuple[float, float, float]:
    """Run a command; return seconds of the clock, seconds of the processor and the largest memory in MiB."""
    begun = perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command
        [ESZKOLA, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"eszkola {' '.join(words)} ended with {process.returncode}")
    return perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measured(store: str, people: int) -> dict[str, tuple[float, float, float]]:
    """Import as many people, then look for one of them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        taken(folder, "init", ".", "--profile", "uonet")
        if store == "lmdb":
            config = folder / "eszkola.toml"
            made = config.read_text("utf-8")
            config.write_text(re.sub(r"^\[storage\].*?(?=^\[)", STORAGE, made, flags=re.DOTALL | re.MULTILINE), "utf-8")
            for gone in ("eszkola.sqlite", "eszkola.keyring"):
                (folder / gone).unlink()
            taken(folder, "db", "create")
        rosters = written(folder / "rosters", people)
        costs = {
            "the first import": taken(folder, "roster", "apply", str(rosters.first), "--school-from-name"),
            "the night after": taken(folder, "roster", "apply", str(rosters.night), "--school-from-name"),
            "a small command": taken(folder, "school", "list"),
        }
        kept = sum(each.stat().st_blocks * 512 for each in folder.rglob("*") if each.suffix in {".sqlite", ".mdb"})
        return {**costs, "on the disk": (0, 0, kept / 2**20)}


def main() -> None:
    """Measure, and print a line for each store, size and kind of work."""
    print(f"{'people':>7} {'store':7} {'work':17} {'seconds':>8} {'of CPU':>7} {'MiB':>6}")
    for people in map(int, sys.argv[1:] or ["1000"]):
        found = defaultdict(list)
        for _ in range(ROUNDS):
            for store in ("sqlite", "lmdb"):
                for work, costs in measured(store, people).items():
                    found[store, work].append(costs)
        for (store, work), each in found.items():
            seconds, cpu, mib = (median(column) for column in zip(*each, strict=True))
            print(f"{people:7} {store:7} {work:17} {seconds:8.1f} {cpu:7.1f} {mib:6.0f}", flush=True)


if __name__ == "__main__":
    main()
