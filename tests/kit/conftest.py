"""What the tests of the kit share: how a contract is run by hand, and where the clauses stand."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory

import pytest
from attrs import frozen

import eszkola_core.ports
from eszkola_core.errors import EszkolaError

RED = (
    AssertionError,
    AttributeError,
    EszkolaError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    pytest.fail.Exception,
)
"""What a broken promise looks like in a test: a failed comparison, or whatever the lie makes of the next step."""


@frozen
class Bench:
    """Runs the tests of a contract outside of pytest, so that red is an answer."""

    def tests(self, contract: type, clause: str | None = None) -> Iterator[Callable[..., None]]:
        """Yield the tests of *contract*, or those of one clause, in the order in which they are written."""
        for owner in contract.__mro__:
            for name, test in vars(owner).items():
                if name.startswith("test_") and (clause is None or clause in self.clauses_of(test)):
                    yield test

    def clauses_of(self, test: Callable[..., None]) -> list[str]:
        """Return the clauses that *test* cites."""
        return [mark.args[0] for mark in getattr(test, "pytestmark", ()) if mark.name == "clause"]

    def first_red(self, contract: type, clause: str, fixtures: dict[str, object]) -> str | None:
        """
        Return the first test of *clause* that turns red, or None when all stay green.

        Each has an own folder as its ``tmp_path``.
        """
        for test in self.tests(contract, clause):
            with TemporaryDirectory() as folder:
                known = {"tmp_path": Path(folder), **fixtures}
                given = {name: known[name] for name in list(inspect.signature(test).parameters)[1:]}
                try:
                    test(contract(), **given)
                except RED:
                    return test.__name__
                except pytest.skip.Exception:
                    continue
        return None

    def ports(self) -> Iterator[type]:
        """Yield every port."""
        for module in walk_packages(eszkola_core.ports.__path__, "eszkola_core.ports."):
            found = import_module(module.name)
            for each in vars(found).values():
                if inspect.isclass(each) and each.__module__ == found.__name__ and getattr(each, "_is_protocol", False):
                    yield each

    def clauses(self, port: type) -> list[str]:
        """Return the numbers of the clauses of *port*."""
        return re.findall(r"^([A-Z]{2}\d+)\. ", inspect.getdoc(port) or "", re.MULTILINE)


@pytest.fixture(scope="session")
def bench() -> Bench:
    """Return what runs contracts by hand."""
    return Bench()
