"""Clauses, tests and the reference page say the same: nothing is promised untested, nothing tested unpromised."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from pathlib import Path

import pytest

from eszkola_core.testing.contracts.page import CONTRACTS, clauses, clauses_cited_by, named_tests, page

PAGE = Path(__file__).parents[2] / "docs/reference/contracts.md"


def test_every_port_has_its_contract(bench):
    """Each is in the table once; units only hold ports together and promise nothing of their own."""
    promising = {port for port in bench.ports() if clauses(port)}

    assert Counter(port for ports in CONTRACTS.values() for port in ports) == Counter(promising)


def test_no_number_of_a_clause_is_given_twice(bench):
    """A number names one promise of one port, and the numbers of a port follow each other."""
    numbers = Counter(number for port in bench.ports() for number in clauses(port))

    assert {number for number, times in numbers.items() if times > 1} == set()
    for port in bench.ports():
        found = list(clauses(port))
        assert found == [f"{found[0][:2]}{at}" for at in range(1, len(found) + 1)] if found else True


def test_every_clause_is_read_from_its_docstring(bench):
    """What the reader of docstrings finds is what stands at the beginnings of their lines."""
    for port in bench.ports():
        assert list(clauses(port)) == bench.clauses(port)
        assert all(len(promise) > 20 for promise in clauses(port).values())


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.__name__)
def test_clauses_and_tests_are_in_step(contract):
    """Every clause of the ports is cited by a test, and every test cites clauses of the ports."""
    promised = {number for port in CONTRACTS[contract] for number in clauses(port)}
    found = {name: clauses_cited_by(test) for name, test in named_tests(contract).items()}

    assert {name for name, numbers in found.items() if not numbers} == set()
    assert {number for numbers in found.values() for number in numbers} == promised


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.__name__)
def test_no_test_of_a_contract_hides_another(contract):
    """A contract is put together from parts; a name that two of them used would run once only."""
    names = Counter(name for owner in contract.__mro__ for name in vars(owner) if name.startswith("test_"))

    assert {name for name, times in names.items() if times > 1} == set()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.__name__)
def test_a_contract_is_not_collected_by_itself(contract):
    """Importing one collects nothing, and each of its tests states its fact."""
    assert not contract.__name__.startswith("Test")
    assert contract.__name__.endswith("Contract")
    assert [name for name, test in named_tests(contract).items() if not inspect.getdoc(test)] == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.__name__)
def test_a_fixture_that_nobody_wrote_fails_with_a_sentence(pytester, contract):
    """Whoever inherits a contract and nothing else is told which fixture to override."""
    pytester.makepyfile(
        f"""
        from {contract.__module__} import {contract.__name__}

        class TestNothing({contract.__name__}):
            pass
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()

    assert outcomes.get("passed", 0) == 0
    assert outcomes.get("errors", 0) > 0
    result.stdout.fnmatch_lines(["*override the fixture `*`: return *"])


@pytest.mark.parametrize("port", [port for ports in CONTRACTS.values() for port in ports])
def test_every_method_of_a_port_says_which_clauses_it_keeps_or_what_it_returns(port):
    """Each public method has a docstring, and every clause that one cites is there."""
    for name, method in vars(port).items():
        if name.startswith("_") or not callable(method):
            continue
        text = inspect.getdoc(method)

        assert text
        assert set(re.findall(r"\b[A-Z]{2}\d+\b", text)) <= set(clauses(port)), name


def test_the_reference_page_is_complete():
    """It holds what the ports and contracts hold; write it anew when this fails."""
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run: python -m eszkola_core.testing.contracts.page > docs/reference/contracts.md"
    )


def test_the_reference_page_names_every_clause_fixture_and_contract():
    """Written by a program or not, nothing is missing on it."""
    text = PAGE.read_text(encoding="utf-8")
    for contract, ports in CONTRACTS.items():
        assert f"## {contract.__name__}" in text
        for port in ports:
            for number in clauses(port):
                assert f"| {number} (`{port.__name__}`) |" in text
    for fixture in (
        "fresh_storage",
        "fresh_administration",
        "fresh_post_office",
        "fresh_renderer",
        "gradebook",
        "hasher",
    ):
        assert f"| fixture `{fixture}` |" in text
