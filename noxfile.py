"""
The sessions of the house: ``nox`` runs lint, types, tests, rules and docs; ``nox -s demo`` shows the whole main job.

Every session installs from the working tree, editable, with the versions of ``constraints/pins.txt``.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path
from typing import Final

import nox

ROOT: Final = Path(__file__).parent
ADAPTERS: Final = sorted(path.parent.relative_to(ROOT) for path in ROOT.glob("adapters/[!_]*/pyproject.toml"))
SOURCES: Final = [str(path / "src") for path in (Path(), *ADAPTERS)]
PINS: Final = "constraints/pins.txt"
PYPROJECT: Final = nox.project.load_toml(ROOT / "pyproject.toml")
KILLED: Final = [f"adapters/cli/tests/test_{name}.py" for name in ("killed_apply", "dispatchers")]
"""Tests that kill whole commands."""

EXAMPLES_AT_LEAST: Final = 200
"""How many examples README, pages and docstrings hold at least: raise it when you add one."""

IN_SHORT: Final = ["gradebook", "sms", "smtp"]
"""Adapters whose contract is tried on their wheel each time: those that take a second; the demonstration uses all."""

OF_THE_TREE: Final = ["__pycache__", "node_modules", "house", "building", "fuzz"]
"""Tests that are about the working tree and not about what is installed, and what belongs to nobody."""

ALL: Final = ["--numprocesses=auto", "test_installed.py", "tests", "adapters"]

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|venv"
# A machine with one Python still tests with that one: nox says which others it skipped.
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"
nox.options.sessions = ["lint", "types", "tests", "examples", "rules", "docs", "adapters", "fuzz_briefly"]
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")


def tools(session: nox.Session, group: str) -> None:
    """Install the tools of one dependency group of pyproject.toml."""
    session.install("-c", PINS, *nox.project.dependency_groups(PYPROJECT, group))


def workspace(session: nox.Session) -> None:
    """
    Install the core and all adapters, editable.

    They go into one command, because only so they find each other. Constraints do not reach an isolated build: the
    build tools are installed first, pinned like the rest, and isolation is left out.
    """
    session.install("-c", PINS, "editables", "hatchling")
    editables = [text for path in (Path(), *ADAPTERS) for text in ("-e", str(path))]
    session.install("-c", PINS, "--no-build-isolation", *editables)


def node(session: nox.Session) -> None:
    """
    Install what tests and benchmarks of text messages need of Node.js, where there is npm.

    Without it, or where npm reaches no registry, the tests that need it are skipped and say so.
    """
    if shutil.which("npm") is None:
        return
    quietly = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
    session.run(
        *("npm", "install", "--prefix", "adapters/sms/tests/node", *quietly), external=True, success_codes=range(256)
    )


@nox.session
def demo(session: nox.Session) -> None:
    """Run the main job on the sample region: nox -s demo -- --dir FOLDER keeps what it makes."""
    workspace(session)
    session.run("eszkola", "demo", *session.posargs)


@nox.session
def fastapi_portal(session: nox.Session) -> None:
    """Start the example API on this computer: -- --folder FOLDER keeps what it makes, -- --check stops at once."""
    workspace(session)
    tools(session, "fastapi-portal")
    session.run("python", "-m", "portal", *session.posargs, env={"PYTHONPATH": "examples/fastapi_portal/src"})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, and who may import whom."""
    tools(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    # Import-linter reads the packages, it does not run them: their folders are enough.
    session.run("lint-imports", "--no-cache", env={"PYTHONPATH": os.pathsep.join(SOURCES)})


@nox.session
def types(session: nox.Session) -> None:
    """Check all types."""
    workspace(session)
    tools(session, "types")
    session.run("mypy")


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run all tests on all cores; with arguments, run pytest with them."""
    workspace(session)
    tools(session, "tests")
    node(session)
    # The same examples each time: what is found by chance is found by those who look for it.
    session.env["ESZKOLA_HYPOTHESIS"] = os.environ.get("ESZKOLA_HYPOTHESIS", "ci")
    # One more than there are cores: many wait for a process that they killed, or for a database.
    session.run("pytest", *(session.posargs or [f"--numprocesses={(os.cpu_count() or 1) + 1}"]))


@nox.session
def examples(session: nox.Session) -> None:
    """Run the tests of the examples that have any, each as a project of its own."""
    workspace(session)
    tools(session, "examples")
    for path in sorted(ROOT.glob("examples/*/pytest.ini")):
        session.chdir(path.parent)
        session.run("pytest")


@nox.session
def django_site(session: nox.Session) -> None:
    """Serve the Django example on a sample school: nox -s django_site -- --folder FOLDER keeps it."""
    workspace(session)
    tools(session, "examples")
    session.run("python", "examples/django_site/start.py", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run all tests and measure what they reach; by hand, as it takes more than twice as long."""
    workspace(session)
    tools(session, "tests")
    session.env["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    session.run("pytest", "--numprocesses=auto", "--cov", "--cov-report=term-missing:skip-covered", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the domain and the use cases in every small way, and see what nobody notices; by hand, for hours."""
    workspace(session)
    tools(session, "mutants")
    session.run("mutmut", "run", *session.posargs, env={"ESZKOLA_HYPOTHESIS": "mutants"})
    session.run("mutmut", "results")


@nox.session
def faults(session: nox.Session) -> None:
    """
    Kill processes two hundred times, at random instants of every kind of work on both databases; by hand.

    What takes long runs on PostgreSQL here, too, and not on SQLite only.
    """
    workspace(session)
    tools(session, "tests")
    session.run(
        "pytest",
        *(session.posargs or ["adapters/sqlalchemy/tests", *KILLED]),
        env={"ESZKOLA_KILLS": "25"},
    )


@nox.session(python="3.11")
def fuzz(session: nox.Session) -> None:
    """
    Let atheris look for what breaks a parser, ten minutes for each target; by hand.

    ``nox -s fuzz -- NAME … --seconds N`` is shorter. What was found lies in ``out/fuzz`` and belongs into the corpus
    once it is mended; ``--keep FOLDER`` gathers what reached something new, ``--adopt FOLDER`` takes some of it in.
    """
    workspace(session)
    tools(session, "fuzz")
    session.run("python", "-m", "fuzz", *session.posargs)


@nox.session(python="3.11")
def fuzz_briefly(session: nox.Session) -> None:
    """
    Let it look for twenty seconds each, of which it takes four to begin, from the corpus on.

    It tries the same inputs each time. Three times as many at once as there are cores: they wait while they begin.
    """
    cores = os.cpu_count() or 1
    workspace(session)
    tools(session, "fuzz")
    session.run("python", "-m", "fuzz", "--briefly", "--seconds=16", f"--at-once={3 * cores}", *session.posargs)


@nox.session
def rules(session: nox.Session) -> None:
    """Hold the catalogue of rules, the tests that cite it and docs/rules.md together; -- --write writes the page."""
    workspace(session)
    tools(session, "tests")
    tests = ["tests", *(str(path / "tests") for path in ADAPTERS)]
    table = ["--catalogue", "docs/catalogue.toml", "--page", "docs/rules.md"]
    session.run(
        *("python", "-m", "eszkola_core.testing.traceability", *table, "--tests", *tests, "--sources", *SOURCES),
        *session.posargs,
    )


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site, look through it, and run every example in README, pages and docstrings."""
    workspace(session)
    tools(session, "docs")
    place = Path(session.create_tmp()) / "site"
    session.run("python", "docs/building", str(place))
    pages = ["README.md", "docs", *(str(path / "README.md") for path in ADAPTERS)]
    session.run(
        *("pytest", "--numprocesses=auto", "--dist=loadfile"),
        *(f"--examples-at-least={EXAMPLES_AT_LEAST}", *pages, *SOURCES, "tests/building"),
        env={"ESZKOLA_SITE": str(place.resolve())},
    )


@nox.session
def site(session: nox.Session) -> None:
    """Build the site into build/site, or elsewhere: nox -s site -- FOLDER; --links tries links to elsewhere."""
    workspace(session)
    tools(session, "docs")
    session.run("python", "docs/building", *(session.posargs or ["build/site"]))


@nox.session
def adapters(session: nox.Session) -> None:
    """Make an adapter of the template as an integrator does: copied, renamed, installed, and held to its contracts."""
    workspace(session)
    tools(session, "tests")
    folder = Path(session.create_tmp()) / "eszkola-acme"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("python", "-m", "eszkola_core.testing.new_adapter", folder.name, str(folder))
    _held(session, folder)


@nox.session
def lmdb_store(session: nox.Session) -> None:
    """Hold the store among the examples to its contracts; by hand, as the template keeps the same ones every time."""
    workspace(session)
    tools(session, "tests")
    tools(session, "lmdb-store")
    _held(session, ROOT / "examples" / "lmdb_store")


def _held(session: nox.Session, folder: Path) -> None:
    """Install an adapter and run its tests."""
    session.install("--no-build-isolation", "--no-deps", str(folder.resolve()))
    with session.chdir(folder):
        session.run("pytest", *(session.posargs or ["--numprocesses=auto"]))


@nox.session
def wheels(session: nox.Session) -> None:
    """
    Build what is released, install it, and try what was installed; -- all runs every test on it.

    The tests are copied to a place from which the working tree cannot be imported, but for those of the tree itself.
    """
    session.install("-c", PINS, *nox.project.dependency_groups(PYPROJECT, "wheels"))
    place, is_all = Path(session.create_tmp()).resolve(), session.posargs == ["all"]
    shutil.rmtree(place)
    dist, again, house = (place / name for name in ("dist", "again", "house"))
    for folder in (dist, again) if is_all else (dist,):
        for project in (Path(), *ADAPTERS):
            # The wheel is built from the sdist, so that this is known to be whole.
            session.run("python", "-m", "build", "--no-isolation", "--outdir", str(folder), str(project), silent=True)
    if is_all and (
        others := [each.name for each in dist.iterdir() if not filecmp.cmp(each, again / each.name, shallow=False)]
    ):
        session.error(f"built again, these are not the same: {', '.join(others)}")
    session.run("twine", "check", "--strict", *map(str, sorted(dist.iterdir())), silent=True)
    tools(session, "tests")
    session.install("-c", PINS, "--find-links", str(dist), "eszkola-core[all,testing]")
    for tests in (Path("tests"), Path("docs"), Path("examples"), *(path / "tests" for path in ADAPTERS)):
        shutil.copytree(tests, house / tests, ignore=shutil.ignore_patterns(*OF_THE_TREE))
    for path in (Path("installed/test_installed.py"), Path("conftest.py"), Path("pyproject.toml")):
        shutil.copy(path, house)
    env = {"PYTHONPATH": str(Path("installed").resolve()), "ESZKOLA_HYPOTHESIS": "ci"}
    few = ["test_installed.py", "adapters/stores", *(f"adapters/{name}/tests/test_contract.py" for name in IN_SHORT)]
    with session.chdir(house):
        session.run("pytest", "-p", "only_installed", *(ALL if is_all else few), env=env)
        session.run("eszkola", "demo", "--dir", str(house / "demo"), silent=True)


@nox.session
def bench(session: nox.Session) -> None:
    """
    Run the benchmarks, or those that are named: nox -s bench -- NAME; and write docs/benchmarks.md.

    A whole country takes hours, and is loaded only where it is named.
    """
    found = {path.stem: path for path in sorted(ROOT.glob("benchmarks/*.py"))}
    names = session.posargs or [name for name in found if name != "country"]
    if unknown := [name for name in names if name not in found]:
        session.error(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(found) or 'none'}")
    if not names:
        session.skip("there is no benchmark yet")
    workspace(session)
    tools(session, "bench")
    node(session)
    for name in names:
        session.run("python", str(found[name]))
    page = session.run("python", "-m", "benchmarks.parts.page", silent=True)
    (ROOT / "docs/benchmarks.md").write_text(str(page), "utf-8")


@nox.session
def pins(session: nox.Session) -> None:
    """Write constraints/pins.txt anew, after a dependency was added or to take newer versions."""
    session.install("uv")
    projects = ["pyproject.toml", *(str(path / "pyproject.toml") for path in ADAPTERS)]
    ours = ["eszkola-core", *(f"eszkola-{path.name}" for path in ADAPTERS)]
    session.run(
        *("uv", "pip", "compile", "-q", "--universal", "--python-version", "3.11", "--upgrade"),
        *("--no-header", "--no-annotate", *(text for name in ours for text in ("--no-emit-package", name))),
        *(*projects, "constraints/tools.in", "--all-extras", "-o", PINS),
    )
