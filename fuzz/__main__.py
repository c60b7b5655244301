"""
`python -m fuzz`: let atheris look for what breaks a target, each for so many seconds.

What it finds goes into a folder outside of the corpus, and is printed, with the input that did it. What reached
something new is gathered where ``--keep`` says; ``--adopt`` takes the smallest of that into the corpus.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from fuzz.targets import NAMES, target

CORPUS: Final = Path(__file__).parent / "corpus"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own below it
BRIEFLY: Final = {
    "tables": 11_000, "packages": 5_000, "archives": 4_900, "documents": 7_900, "mappings": 17_000,
    "configuration": 6_000, "services": 18_000, "identities": 48_000, "texts": 3_600, "reports": 33_000,
    "bounces": 20_000, "sealed": 240_000,
}  # fmt: skip
"""
How many inputs a target tries briefly, in some sixteen seconds: the same in every run, so that no change of the code
fails by chance.
"""

_LONGEST: Final = 1 << 13
"""Bytes of an input at most: whatever grows faster than these shows in its time."""
_SLOWEST: Final = 10
_ADOPTED: Final = 12 << 10
"""Bytes that one target's corpus may grow by at once: what is kept is read in every run of the tests."""
_MEMORY_MIB: Final = 1024
_DONE: Final = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)/")
_LOADED: Final = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/")
_OURS: Final = (
    "eszkola_cli", "eszkola_core", "eszkola_gradebook", "eszkola_jinja", "eszkola_letters", "eszkola_sms",
    "eszkola_smtp", "eszkola_sqlalchemy", "eszkola_stores",
)  # fmt: skip
_THEIRS: Final = ("email", "idna", "stdnum", "tomllib", "phonenumbers", "smpplib", "email_validator", "zipfile")
"""Those of others that read the bytes first."""


def main(arguments: Sequence[str]) -> int:
    """Run the targets that are named, or all; return 0 where nothing was found."""
    options = _parser().parse_args(arguments)
    if options.inside:
        _fuzz(options.inside[0], options.inside[1:])
        return 0
    names = options.names or NAMES
    if options.adopt is not None:
        for name in (each for each in names if (options.adopt / each).is_dir()):
            print(f"{name}: {_adopted(name, options.adopt)} more")
        return 0
    with ThreadPoolExecutor(options.at_once) as pool:
        outcomes = list(pool.map(lambda name: _run(name, options), names))
    for outcome in outcomes:
        print(json.dumps(outcome))
    return int(any(outcome["found"] for outcome in outcomes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"targets; all of them without a name: {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=int, default=600, help="how long each runs")
    parser.add_argument("--briefly", action="store_true", help="few inputs, and the same in every run")
    parser.add_argument("--at-once", type=int, default=2, help="how many run at once")
    parser.add_argument("--found", type=Path, default=Path("out/fuzz"), help="where inputs go that broke something")
    parser.add_argument("--keep", type=Path, help="where inputs go that reached something new")
    parser.add_argument("--adopt", type=Path, metavar="FOLDER", help="take the smallest of what was kept, and stop")
    parser.add_argument("--inside", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _run(name: str, options: argparse.Namespace) -> dict[str, object]:
    """Run one target in a process of its own, and return what is to be told of it."""
    found: Path = options.found
    keep: Path | None = options.keep
    found.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    with tempfile.TemporaryDirectory(dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None) as room:
        grown = Path(room) / "grown" if keep is None else keep / name
        for place in (grown, CORPUS / name):
            place.mkdir(parents=True, exist_ok=True)
        words = Path(room) / "words.dict"
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in target(name).words), encoding="ascii")
        flags = (
            f"-max_total_time={options.seconds}", f"-max_len={_LONGEST}", f"-timeout={_SLOWEST}",
            f"-rss_limit_mb={_MEMORY_MIB}", f"-dict={words}", f"-artifact_prefix={found}/{name}-",
            "-report_slow_units=86400",
        )  # fmt: skip
        same = ("-seed=1", f"-runs={BRIEFLY[name]}") if options.briefly else ()
        command = [sys.executable, "-m", "fuzz", "--inside", name, *flags, *same, str(grown), str(CORPUS / name)]
        inside = os.environ | {"TMPDIR": room}  # it ends without tidying up
        done = subprocess.run(  # noqa: S603 - ourselves
            command, capture_output=True, text=True, errors="replace", check=False, env=inside
        )
    said = done.stderr + done.stdout
    broken = sorted(path.name for path in set(found.iterdir()) - before if path.name.startswith(f"{name}-"))
    if done.returncode and not broken:
        broken = [f"{name}: ended with {done.returncode}"]
    if broken:
        print(f"{name}:\n{_tail(said)}", file=sys.stderr)
    for path in (found / each for each in broken if (found / each).is_file()):
        print(f"{path.name}, in Base64: {b64encode(path.read_bytes()).decode()}", file=sys.stderr)
    figures = list((_DONE if _DONE.search(said) else _LOADED).finditer(said))
    last = [int(each) for each in figures[-1].groups()] if figures else [0] * 4
    return {
        "target": name,
        "executions": last[0],
        "edges": last[1],
        "features": last[2],
        "corpus": last[3],
        "found": broken,
    }


def _adopted(name: str, kept: Path) -> int:
    """Take the smallest inputs that reach what the corpus does not; return how many."""
    with tempfile.TemporaryDirectory() as room:
        merged = Path(room) / name
        shutil.copytree(CORPUS / name, merged)
        before = set(merged.iterdir())
        command = [sys.executable, "-m", "fuzz", "--inside", name, "-merge=1", str(merged), str(kept / name)]
        subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - ourselves
        left, taken = _ADOPTED, 0
        for path in sorted(set(merged.iterdir()) - before, key=lambda path: (path.stat().st_size, path.name)):
            data = path.read_bytes()
            left -= len(data)
            if left < 0:
                break
            (CORPUS / name / f"kept-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)
            taken += 1
    return taken


def _tail(said: str) -> str:
    lines = said.splitlines()
    at = next((number for number, line in enumerate(lines) if "Uncaught Python exception" in line), len(lines) - 30)
    return "\n".join(lines[max(0, at) : at + 40])


def _escaped(word: str) -> str:
    return "".join(_signs(word.encode()))


def _signs(octets: bytes) -> Iterator[str]:
    for octet in octets:
        plain = 0x20 < octet < 0x7F and chr(octet) not in '"\\'  # noqa: PLR2004 - ASCII that shows
        yield chr(octet) if plain else f"\\x{octet:02x}"


def _fuzz(name: str, flags: Sequence[str]) -> None:
    """Become the process that looks."""
    import atheris  # noqa: PLC0415 - only who looks needs it

    with atheris.instrument_imports(include=[*_OURS, *_THEIRS]):
        check = target(name).check
    # To merge corpora it calls itself by its first word, through a shell.
    atheris.Setup([f"{sys.executable} -m fuzz --inside {name}", *flags], check)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
