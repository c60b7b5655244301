"""
A new adapter from the template that comes along, named as you like, with all of its tests.

::

    python -m eszkola_core.testing.new_adapter eszkola-acme ./eszkola-acme --only sms,events

The distribution is called ``eszkola-acme``, its package ``eszkola_acme``, and ``eszkola.toml`` names it ``acme``. It
works as it is: what it talks to is a service that takes JSON over HTTP, and a folder.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Final

from eszkola_core.errors import InvalidValue

KINDS: Final = {
    "sms": "eszkola.sms",
    "mail": "eszkola.email",
    "events": "eszkola.events",
    "gradebook": "eszkola.gradebook",
    "storage": "eszkola.storage",
}
"""What can be kept of the template, each with its group of entry points."""

_THROUGH_A_GATEWAY: Final = frozenset({"sms", "mail", "events"})
_OF_THE_GATEWAY: Final = (
    "src/eszkola_template/gateway.py",
    "tests/test_gateway.py",
    "tests/worlds.py",
    "tests/conftest.py",
)
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new_adapter(name: str, folder: Path, *, only: Collection[str] = tuple(KINDS)) -> None:
    """
    Write the distribution *name* into *folder*, with those kinds of adapters that are named.

    Raises:
        InvalidValue: the name is none, a kind is unknown, or there is something already.
    """
    if _NAME.fullmatch(name) is None:
        raise InvalidValue("the name: small letters, digits and dashes, such as eszkola-acme", code="wrong-name")
    if unknown := sorted(set(only) - KINDS.keys()):
        known = ", ".join(KINDS)
        raise InvalidValue(f"the template has no {', '.join(unknown)}; it has {known}", code="unknown-kind")
    if folder.exists():
        raise InvalidValue(f"{folder} is there already; nothing is overwritten", code="already-there")
    copytree(_template(), folder, ignore=ignore_patterns("__pycache__", ".*", "dist"))
    _leave(folder, set(only) or set(KINDS))
    package = name.replace("-", "_")
    for path in [each for each in folder.rglob("*") if each.is_file() and each.name != "LICENSE"]:
        text = path.read_text(encoding="utf-8")
        text = text.replace("eszkola_template", package).replace("eszkola-template", name)
        path.write_text(re.sub(r"\btemplate\b", name.removeprefix("eszkola-"), text), encoding="utf-8")
    (folder / "src/eszkola_template").rename(folder / "src" / package)


def _template() -> Path:
    """Return where the template lies: in the package when it is installed, beside it in a clone."""
    installed = Path(__file__).parent / "template"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "adapters/_template"


def _leave(folder: Path, kinds: Collection[str]) -> None:
    """Take away what is of none of *kinds*."""
    gone = [f"{place}{kind}.py" for kind in KINDS.keys() - kinds for place in ("src/eszkola_template/", "tests/test_")]
    if _THROUGH_A_GATEWAY.isdisjoint(kinds):
        gone += _OF_THE_GATEWAY
    for each in gone:
        (folder / each).unlink()
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8")
    for kind in KINDS.keys() - kinds:
        text = re.sub(rf"\[{KINDS[kind].removeprefix('eszkola.')}\b.*\n(.+ = .+\n)+\n?", "", text)
    readme.write_text(text.replace("\n\n```\n", "\n```\n"), encoding="utf-8")
    pyproject = folder / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    for kind in KINDS.keys() - kinds:
        text = re.sub(rf'\[project.entry-points."{KINDS[kind]}"\]\n.*\n\n', "", text)
    if "storage" not in kinds:
        text = re.sub(r'    "eszkola-stores.*\n', "", text)
    pyproject.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, and return 0, or 2 where something is wrong with it."""
    parser = argparse.ArgumentParser(
        prog="python -m eszkola_core.testing.new_adapter", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("name", help="what the distribution is called, such as eszkola-acme")
    parser.add_argument("folder", type=Path, help="where it is written; nothing may be there yet")
    parser.add_argument("--only", default=",".join(KINDS), metavar="KINDS", help=f"some of {','.join(KINDS)}")
    given = parser.parse_args(arguments)
    try:
        new_adapter(given.name, given.folder, only=[each.strip() for each in given.only.split(",")])
    except InvalidValue as wrong:
        print(wrong, file=sys.stderr)  # noqa: T201 - a command's word
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
