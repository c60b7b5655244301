"""Whoever is killed while pages are added and dropped takes back nothing that was told."""

from __future__ import annotations

import subprocess
import sys

from eszkola_lmdb.storage import LmdbPages

ADDS_AND_DROPS = """
import sys
from eszkola_lmdb.storage import LmdbPages

pages = LmdbPages(sys.argv[1], "a")
newest = max((number for number, _ in pages.after(0)), default=0)
while True:
    newest += 1
    assert pages.add(newest, newest.to_bytes(8, "big") * 10_000)
    print(newest, flush=True)
    if newest % 3 == 0:
        pages.drop(newest - 1)
"""


def test_nothing_that_was_told_is_lost(tmp_path):
    """Six processes, each killed at an instant of its own; each goes on where the one before was stopped."""
    told, command = 0, [sys.executable, "-c", ADDS_AND_DROPS, tmp_path]
    for few in (1, 2, 3, 5, 8, 9):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - a process of our own
            assert process.stdout
            for _ in range(few):
                told = int(process.stdout.readline())
            process.kill()
            told = max([told, *map(int, process.stdout.read().split(b"\n")[:-1])])
        kept = dict(LmdbPages(tmp_path, "a").after(0))

        assert max(kept) in {told, told + 1}
        assert list(kept) == list(range(min(kept), max(kept) + 1))
        assert min(kept) <= max(told - 1, 1)
        assert all(page == number.to_bytes(8, "big") * 10_000 for number, page in kept.items())
