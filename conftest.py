"""What every test of the house shares: Hypothesis's patience, third-party files, and the examples in the documents."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

# How fast a machine is says nothing about the code: no example fails for having taken long. ESZKOLA_HYPOTHESIS names
# another profile: `ci` finds the same every time, and looks at fewer, so that a whole run is short; `thorough` at more.
settings.register_profile("default", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), max_examples=20, derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
# A mutant is tried by a process in which the same tests have run before.
settings.register_profile(
    "mutants",
    settings.get_profile("ci"),
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
settings.load_profile(os.environ.get("ESZKOLA_HYPOTHESIS", "ci" if "CI" in os.environ else "default"))

VECTORS: Final = Path(os.environ.get("ESZKOLA_VECTORS") or Path(__file__).parent / "../shared/vectors")

EXAMPLES: Final = pytest.StashKey[Callable[[Path, pytest.Collector], pytest.Collector | None]]()


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Return the folder of third-party files; without it the test is skipped."""
    if not VECTORS.is_dir():
        pytest.skip("the optional third-party files are not here: set ESZKOLA_VECTORS to their folder")
    return VECTORS


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the documentation session say how many examples it expects."""
    parser.addoption(
        "--examples-at-least",
        type=int,
        metavar="N",
        help="collect the examples in Markdown pages and docstrings too, and stop when they are fewer than N",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the documents where that is asked for; other runs need no Sybil."""
    if config.getoption("examples_at_least") is None:
        return
    from sybil import Sybil  # noqa: PLC0415 - only the documentation session installs it
    from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser  # noqa: PLC0415 - the same
    from sybil.parsers.rest import DocTestParser  # noqa: PLC0415 - the same
    from terminal import Terminals  # noqa: PLC0415 - the same

    terminals = Terminals()
    config.add_cleanup(terminals.close)
    pages = Sybil(
        name="page",
        patterns=["*.md"],
        parsers=[PythonCodeBlockParser(), CodeBlockParser("console", terminals.run), SkipParser()],
        teardown=terminals.leave,
    )
    docstrings = Sybil(name="docstring", patterns=["*.py"], parsers=[DocTestParser()])
    config.stash[EXAMPLES] = (pages + docstrings).pytest()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Find the examples of one page or module."""
    collect = parent.config.stash.get(EXAMPLES, None)
    return collect(file_path, parent) if collect else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop when examples went missing: a block in a language that nobody runs does not fail by itself."""
    expected = session.config.getoption("examples_at_least")
    found = sum(item.name.startswith("sybil:") for item in session.items)
    if expected is not None and found < expected:
        raise pytest.UsageError(f"{found} examples were found, at least {expected} are expected: see noxfile.py")
