"""E-mails a second: out of the outbox, beside nothing but smtplib on one connection to the same server (P12)."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.parts.figures import Figure
from benchmarks.parts.measuring import ROOT, measured, once
from benchmarks.parts.rosters import written

LEAST: Final = 0.6
"""What part of smtplib's rate the dispatcher is to reach (P12)."""


def email_rows(number: int, rounds: int) -> Iterator[str | Figure]:
    """Measure, and yield the lines of a table."""
    raw, ours = [], []
    with TemporaryDirectory(prefix="bench") as work:
        outbox, mails = _prepared(Path(work), number)
        for _ in range(rounds):
            raw.append(_served(number, "emails_raw", mails=mails))
            copy = Path(shutil.copytree(outbox, Path(work) / "copy"))
            ours.append(_served(number, "emails_ours", folder=copy))
            shutil.rmtree(copy)
    yield f"\n{number:,} e-mails to one server on the same machine\n"
    yield "| side | seconds | e-mails a second | peak MiB | rounds |"
    yield "|---|---:|---:|---:|---:|"
    theirs, found = measured(raw), measured(ours)
    for name, each in (("smtplib, e-mails finished beforehand", theirs), ("eszkola-core, SQLite", found)):
        yield f"| {name} | {each.seconds:.2f} | {number / each.seconds:.0f} | {each.mebibytes:.0f} | {each.runs} |"
    yield Figure("P12", "e-mails, of the rate of smtplib", theirs.seconds / found.seconds, at_least=LEAST)


def _prepared(work: Path, number: int) -> tuple[Path, Path]:
    """Return a folder with an outbox of so many messages, and a file of what they come to."""
    rosters = written(work / "rosters", number).first
    outbox, mails = work / "outbox", work / "mails.json"
    outbox.mkdir()
    once("emails_ours", "queue", folder=outbox, rosters=rosters)
    copy = shutil.copytree(outbox, work / "copy")
    told = once("emails_ours", "finish", folder=copy, mails=mails)
    shutil.rmtree(copy)
    if told["told"] != number:
        raise SystemExit(f"{told['told']} messages wait, not {number}")
    return outbox, mails


def _served(number: int, side: str, **how: object) -> Mapping[str, Any]:
    """Return what a side tells of sending all to a server of its own, which must have taken them all."""
    with _server() as (port, taken):
        told = once(side, "send", port=port, **how)
    if not told["told"] == taken[0] == number:
        raise SystemExit(f"{side} sent {told['told']}, and the server took {taken[0]} of {number}")
    return told


@contextmanager
def _server() -> Iterator[tuple[int, list[int]]]:
    """Run a mail server, and give its port and, once it has stopped, how many e-mails it took."""
    taken: list[int] = []
    words = [sys.executable, "-m", "benchmarks.sides.mail_server"]
    with subprocess.Popen(  # noqa: S603 - our own program
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield int(process.stdout.readline() if process.stdout is not None else 0), taken
        told, _ = process.communicate("")
        taken.append(int(told))


def main() -> None:
    """Measure e-mails alone."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--emails", type=int, default=10_000, help="how many are sent")
    asked.add_argument("--rounds", type=int, default=5, help="how often each side sends them")
    told = asked.parse_args()
    print("\n".join(map(str, email_rows(told.emails, told.rounds))))


if __name__ == "__main__":
    main()
