"""The documents of the house can be believed: commands, links and examples."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("adapters/*/*.md"), *ROOT.glob("examples/*/*.md")]
)
DEMO = "python3 -m pip install nox && nox -s demo"
CHECKS = "python3 -m pip install nox && nox"
A_SCREEN = 24

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def test_the_first_screen_holds_the_two_commands(root):
    """Whoever opens the README sees, without scrolling, how to try the house and how to check it."""
    first_screen = (root / "README.md").read_text(encoding="utf-8").splitlines()[:A_SCREEN]
    commands = [line.removeprefix("$ ") for line in first_screen if line.startswith("$ ")]

    assert commands == [DEMO, CHECKS]


def test_the_server_runs_the_readme_and_nothing_else(root):
    """What is checked on the server is what the README tells everybody to run."""
    script = root / ".ci/run"
    lines = script.read_text(encoding="utf-8").splitlines()

    assert os.access(script, os.X_OK)
    assert lines == [
        "#!/usr/bin/env bash",
        "set -euo pipefail",
        'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
        CHECKS,
    ]


@every_page
def test_every_link_leads_somewhere(page):
    """A page links only to files that are there."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))

    assert [to for to in targets if "://" not in to and not (page.parent / to).exists()] == []


def test_whoever_wants_something_finds_one_row(root):
    """The table of what there is to read has each thing to do once, and every how-to."""
    text = (root / "docs/README.md").read_text(encoding="utf-8")
    wanted = re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)

    assert sorted(wanted) == sorted(set(wanted))
    assert [path.name for path in (root / "docs/how-to").glob("*.md") if f"how-to/{path.name}" not in text] == []


@every_page
def test_every_python_example_is_one_that_runs(page):
    """Python stands in blocks called `python`: those in other spellings would silently not be run."""
    fences = re.findall(r"^\s*(?:```|~~~)\s*\{?(\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert [name for name in fences if name.lower() in {"py", "py3", "pycon", "python3"} or name == "Python"] == []


def test_the_glossary_says_each_word_once_and_in_three_languages(root):
    """Every row of the glossary has English, Polish, Slovene and a meaning, and no English word comes twice."""
    lines = (root / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    words = [row[0] for row in rows if row[0] != "English" and not row[0].startswith("---")]

    assert [
        row for row in rows if len(row) != len(["English", "polski", "slovenščina", "meaning"]) or not all(row)
    ] == []
    assert len(words) > 50
    assert sorted(words) == sorted(set(words))


def test_every_word_of_the_code_in_the_glossary_is_a_class(root):
    """What stands there as code names a class of the domain, so that no word outlives its class."""
    rows = re.findall(r"^\| `(\w+)` \|", (root / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    modules = [path.read_text(encoding="utf-8") for path in (root / "src/eszkola_core/domain").glob("*.py")]
    classes = {name for text in modules for name in re.findall(r"^class (\w+)", text, re.MULTILINE)}

    assert len(rows) > 50
    assert sorted(set(rows) - classes) == []


def test_the_page_of_figures_is_the_one_that_the_benchmarks_make(root):
    """What stands there was measured, and kept beside the benchmarks."""
    words = [sys.executable, "-X", "utf8", "-m", "benchmarks.parts.page"]
    done = subprocess.run(words, cwd=root, capture_output=True, encoding="utf-8", check=True)  # noqa: S603

    assert (root / "docs/benchmarks.md").read_text("utf-8") == done.stdout, f"run: {' '.join(words[3:])}"
