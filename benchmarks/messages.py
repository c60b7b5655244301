"""
Messages beside what they are compared to: `nox -s bench -- messages`.

Segments of text messages are counted on the same texts by this library, by smsutil and, where Node.js has it, by npm's
sms-segments-calculator. Every side runs in a process of its own, all sides of a round after each other, and must come
to the same number; what is told are medians over the rounds and ratios of medians. Letters are set in type, each kind a
thousand times, against nothing but the clock. E-mails are dispatched from the outbox beside bare smtplib on one
connection to the same server.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(_ROOT))

from benchmarks.parts.emails import email_rows  # noqa: E402 - found only by now
from benchmarks.parts.figures import Figure  # noqa: E402 - found only by now
from benchmarks.parts.letters import letter_rows  # noqa: E402 - found only by now
from benchmarks.parts.measuring import Measured, measured, once  # noqa: E402 - found only by now
from benchmarks.parts.results import UNKEPT, tell  # noqa: E402 - the same
from benchmarks.parts.texts import written  # noqa: E402 - the same

_OURS: Final = "eszkola-core"
_NODE: Final = "sms-segments-calculator"
_MODULES: Final = _ROOT / "adapters/sms/tests/node/node_modules"
_TIMES: Final = 20
"""How often the quick sides count all texts in one run, so that a run is long enough to be measured."""

_LEAST: Final = 3.0
"""How much faster than smsutil the count is to be (P10)."""


def main() -> None:
    """Measure what the command line asks for, and print it as a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--texts", type=int, default=2_000, help="how many texts are counted")
    asked.add_argument("--rounds", type=int, default=5, help="how often each side counts them")
    asked.add_argument("--letters", type=int, default=1_000, help="how many letters are set; 0 for none")
    asked.add_argument("--emails", type=int, default=10_000, help="how many e-mails are sent; 0 for none")
    asked.add_argument(UNKEPT, action="store_true", help="print what is found, and do not keep it for the page")
    told = asked.parse_args()
    with TemporaryDirectory(prefix="bench") as work:
        found = _compared(written(Path(work) / "texts.json", told.texts), told.rounds)
    tell("messages", "segments", _rows(told.texts, found))
    if told.letters:
        tell("messages", "letters", letter_rows(told.letters, told.rounds))
    if told.emails:
        tell("messages", "emails", email_rows(told.emails, told.rounds))


def _sides(texts: Path) -> Mapping[str, Callable[[], Mapping[str, Any]]]:
    """Return the sides that are at hand, each with what counts all texts once."""
    how = {"texts": texts, "times": _TIMES}
    sides: dict[str, Callable[[], Mapping[str, Any]]] = {
        _OURS: lambda: _each(once("segments_ours", "count", **how)),
        "smsutil": lambda: _each(once("segments_smsutil", "count", **how)),
    }
    node, modules = shutil.which("node"), os.environ.get("NODE_PATH") or str(_MODULES)
    if node is not None and (Path(modules) / _NODE).is_dir():
        sides[_NODE] = lambda: _by_node(node, modules, texts)
    else:
        print(f"without {_NODE}: install Node.js, and npm install in adapters/sms/tests/node")
    return sides


def _each(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what counting the texts once comes to."""
    return {**told, "seconds": told["seconds"] / _TIMES}


def _by_node(node: str, modules: str, texts: Path) -> Mapping[str, Any]:
    script = Path(__file__).parent / "sides/segments.js"
    done = subprocess.run(  # noqa: S603 - our own program
        [node, str(script), str(texts), "1"],
        env={**os.environ, "NODE_PATH": modules},
        capture_output=True,
        text=True,
        check=True,
    )
    told: Mapping[str, Any] = json.loads(done.stdout)
    return told


def _compared(texts: Path, rounds: int) -> Mapping[str, Measured]:
    """Return what each side took; that they count alike is part of it."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    sides = _sides(texts)
    for _ in range(rounds):
        for name, count in sides.items():
            found[name].append(count())
    counts = {name: {each["told"] for each in told} for name, told in found.items()}
    if len(set().union(*counts.values())) > 1:
        raise SystemExit(f"the sides count differently: {counts}")
    return {name: measured(told) for name, told in found.items()}


def _rows(texts: int, found: Mapping[str, Measured]) -> Iterator[str | Figure]:
    yield f"\nCounting the segments of {texts:,} texts\n"
    yield "| side | seconds | µs a text | against ours | peak MiB | rounds |"
    yield "|---|---:|---:|---:|---:|---:|"
    ours = found[_OURS].seconds
    for name, each in found.items():
        took = f"{each.seconds:.4f} | {each.seconds / texts * 1e6:.2f} | {each.seconds / ours:.1f}"
        yield f"| {name} | {took} | {each.mebibytes:.0f} | {each.runs} |"
    yield Figure("P10", "segments counted, against smsutil", found["smsutil"].seconds / ours, at_least=_LEAST)


if __name__ == "__main__":
    main()
