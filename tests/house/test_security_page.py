"""What docs/security.md says can be believed: the requirements are all there, and the tests that it names exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED: Final = re.compile(r"`([\w./]+\.py)::(test_\w+)`")
ROW: Final = re.compile(
    r"^\| (?P<number>\d+\.\d+\.\d+) \| (?P<level>[123]) \| (?P<what>[^|]+) \| (?P<state>\w+) \|(?P<how>[^|]*)\|$",
    re.MULTILINE,
)
SECTIONS: Final = {
    6: (3, 12, 8, 6, 8, 4, 2, 4),
    7: (3, 4, 2, 5, 3, 2),
    8: (4, 4, 3, 2),
    11: (4, 5, 5, 4, 2, 2, 2),
    14: (2, 8, 3),
    16: (1, 5, 4, 3, 4),
}
"""How many requirements each section of a chapter has in ASVS 5.0."""
CRYPTOGRAPHY: Final = frozenset({"argon2", "bcrypt", "cryptography", "hashlib", "hmac", "secrets", "ssl"})
PACKAGES: Final = sorted([ROOT / "src" / "eszkola_core", *ROOT.glob("adapters/[!_]*/src/eszkola_*")])


def test_every_requirement_of_the_six_chapters_stands_there_once():
    """In the order of the standard, none left out."""
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in SECTIONS.items()
        for section, count in enumerate(sections, 1)
        for number in range(1, count + 1)
    ]

    assert [row["number"] for row in ROW.finditer(PAGE)] == wanted


@pytest.mark.parametrize(
    ("number", "state", "how"), [row.group("number", "state", "how") for row in ROW.finditer(PAGE)]
)
def test_what_holds_is_shown_by_a_test_and_what_does_not_is_explained(number, state, how):
    """Nothing is claimed without one, and no gap goes without a word; of what is not here there is nothing to say."""
    assert number.partition(".")[0] in map(str, SECTIONS)
    assert state in {"holds", "service", "departs", "none"}
    assert state != "holds" or NAMED.search(how)
    assert state not in {"service", "departs"} or len(NAMED.sub("", how).strip()) >= len("on every page")


@pytest.mark.parametrize(
    "page",
    [page for page in ROOT.glob("docs/**/*.md") if NAMED.search(page.read_text("utf-8"))],
    ids=lambda page: page.stem,
)
def test_every_test_that_a_page_names_exists(page):
    """Under this name, in this file."""
    missing = {
        f"{file}::{name}"
        for file, name in NAMED.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / file).is_file()
        or not re.search(rf"^\s*def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert missing == set()


def test_the_inventory_names_every_module_that_uses_cryptography():
    """Whoever brings a digest, a key or a connection writes down there what it is for; and no name outlives its use."""
    begin = PAGE.index("## What is done with cryptography")
    inventory = PAGE[begin : PAGE.index("\n## ", begin)]
    named = set(re.findall(r"`(eszkola_\w+(?:/\w+)+)`", inventory))

    using = {
        path.relative_to(package.parent).with_suffix("").as_posix()
        for package in PACKAGES
        for path in package.rglob("*.py")
        if not {"testing", "memory"} & {*path.parts} and _uses_cryptography(path)
    }

    assert named == using


def _uses_cryptography(path: Path) -> bool:
    """Return whether a module imports any of it, also within a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module.partition(".")[0])
    return bool(names & CRYPTOGRAPHY)
