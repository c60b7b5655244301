"""What the tests of the house look at: the working tree and its distributions."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from attrs import field, frozen

ROOT = Path(__file__).parents[2]


@frozen
class Distribution:
    """One folder that is built and released: the core, or an adapter."""

    folder: Path
    project: dict[str, object] = field(repr=False)

    @classmethod
    def read(cls, pyproject: Path) -> Distribution:
        """Return the distribution that *pyproject* describes."""
        return cls(pyproject.parent, tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"])

    def __str__(self) -> str:
        return str(self.project["name"])


DISTRIBUTIONS = [
    Distribution.read(path) for path in (ROOT / "pyproject.toml", *sorted(ROOT.glob("adapters/[!_]*/pyproject.toml")))
]
MODULES = sorted(path for each in DISTRIBUTIONS for path in (each.folder / "src").rglob("*.py"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a distribution, an adapter or a module each of them in turn."""
    if "distribution" in metafunc.fixturenames:
        metafunc.parametrize("distribution", DISTRIBUTIONS, ids=str)
    if "adapter" in metafunc.fixturenames:
        metafunc.parametrize("adapter", DISTRIBUTIONS[1:], ids=str)
    if "module" in metafunc.fixturenames:
        metafunc.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
    if "module_of_an_adapter" in metafunc.fixturenames:
        theirs = [path for path in MODULES if path.is_relative_to(ROOT / "adapters")]
        metafunc.parametrize("module_of_an_adapter", theirs, ids=lambda path: str(path.relative_to(ROOT)))


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the top of the working tree."""
    return ROOT


@pytest.fixture(scope="session")
def distributions() -> list[Distribution]:
    """Return the core first, then the adapters."""
    return DISTRIBUTIONS


@pytest.fixture(scope="session")
def tracked() -> list[str]:
    """Return the files that git keeps, or skip where there is no git to ask."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    listing = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if listing.returncode != 0:
        pytest.skip("this is no git checkout")
    return listing.stdout.splitlines()
