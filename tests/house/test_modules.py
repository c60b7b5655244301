"""What is asked of every module, and of what the core and its plug-in pull in."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def modules_after(statement):
    """Return the names of all modules that a fresh interpreter has loaded after *statement*."""
    program = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    return set(done.stdout.split())


def test_every_module_says_what_it_is(module):
    """Each module begins with a docstring."""
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_every_package_can_be_imported(distribution):
    """Each distribution is installed and imports; so coverage also counts what no other test has touched."""
    for source in (distribution.folder / "src").glob("*/__init__.py"):
        package = importlib.import_module(source.parent.name)

        assert package.__file__ == str(source)


def test_no_adapter_takes_a_private_name_of_the_core(module_of_an_adapter):
    """An adapter imports no name of the core that begins with an underscore."""
    taken = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(module_of_an_adapter.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "eszkola_core"
        for alias in node.names
    ]

    assert [name for name in taken if any(part.startswith("_") for part in name.split("."))] == []


@pytest.mark.parametrize("stranger", ["click", "cryptography", "eszkola_sqlalchemy", "jinja2", "rich", "sqlalchemy"])
def test_importing_the_core_brings_no_stranger(stranger):
    """`import eszkola_core` loads no adapter and nothing that only adapters need."""
    loaded = modules_after("import eszkola_core")

    assert "eszkola_core" in loaded
    assert stranger not in loaded


def test_the_pytest_plugin_starts_without_the_house():
    """The plug-in loads pytest only, so that coverage sees the core from its first line."""
    loaded = modules_after("import _eszkola_pytest")

    assert "_eszkola_pytest" in loaded
    assert loaded.isdisjoint({"eszkola_core", "hypothesis"})


def test_the_markers_of_the_house_are_known_to_strict_runs(pytester):
    """Whoever installs the core marks tests with rules and clauses, and a mistyped mark is an error."""
    pytester.makepyfile(
        test_marked="""
        import pytest

        @pytest.mark.rule("CRED-3a")
        @pytest.mark.clause("GB2")
        def test_something():
            pass
        """,
        test_mistyped="""
        import pytest

        @pytest.mark.rul("CRED-3a")
        def test_something():
            pass
        """,
    )

    pytester.runpytest("--strict-markers", "test_marked.py").assert_outcomes(passed=1)
    pytester.runpytest("--strict-markers", "test_mistyped.py").assert_outcomes(errors=1)


def test_the_contracts_explain_their_failures(pytester):
    """A failing contract shows the values it compared, as if it were a test of one's own."""
    # A root of its own: else a conftest further up would look for the real kit in the package that stands in for it.
    pytester.makeini("[pytest]")
    kit = pytester.mkpydir("eszkola_core") / "testing"
    kit.mkdir()
    (kit / "__init__.py").touch()
    (kit / "contracts.py").write_text("def hold(left):\n    assert left == 'right'\n", encoding="utf-8")
    pytester.makepyfile("from eszkola_core.testing.contracts import hold\n\ndef test_it():\n    hold('wrong')\n")

    without = ("-p", "no:schemathesis")  # it loads Hypothesis, and that the real kit
    pytester.runpytest_subprocess("-p", "no:cacheprovider", *without).stdout.fnmatch_lines(
        ["*AssertionError: assert 'wrong' == 'right'*"]
    )


@pytest.mark.rule("DAY-1d")
def test_no_rule_asks_a_clock(module):
    """Domain, ports and use cases call neither `now` nor `today` of the clock: time comes to them as an argument."""
    if not any(module.is_relative_to(ROOT / "src/eszkola_core" / room) for room in ("domain", "ports", "_usecases")):
        return
    calls = [
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    asked = [call for call in calls if call.endswith((".now", ".today", ".utcnow")) and not call.endswith("clock.now")]

    assert asked == []
