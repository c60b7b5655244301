"""
The reference page of the contracts: ``python -m eszkola_core.testing.contracts.page > docs/reference/contracts.md``.

Everything on it stands in the ports and contracts themselves, so it is written from them and never by hand.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, get_type_hints

from eszkola_core.ports.administration import StorageAdministration
from eszkola_core.ports.events import EventSubscriber
from eszkola_core.ports.gradebook import GradebookSource
from eszkola_core.ports.keys import KeyKeeper
from eszkola_core.ports.letters import LetterRenderer
from eszkola_core.ports.messages import BounceReader, EmailCourier, MessageRenderer
from eszkola_core.ports.pages import Pages
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import (
    Storage,
    Unit,
)
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.ports.text_messages import SmsCourier, SmsReportCollector, SmsReportReader
from eszkola_core.testing.contracts.administration import StorageAdministrationContract
from eszkola_core.testing.contracts.bounces import BounceReaderContract
from eszkola_core.testing.contracts.couriers import EmailCourierContract
from eszkola_core.testing.contracts.gradebook import GradebookContract
from eszkola_core.testing.contracts.keys import KeyKeeperContract
from eszkola_core.testing.contracts.letters import LetterRendererContract
from eszkola_core.testing.contracts.pages import PagesContract
from eszkola_core.testing.contracts.renderer import MessageRendererContract
from eszkola_core.testing.contracts.sms_couriers import SmsCourierContract
from eszkola_core.testing.contracts.sms_reports import SmsReportCollectorContract, SmsReportReaderContract
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.contracts.subscribers import EventSubscriberContract
from eszkola_core.testing.contracts.system import (
    ClockContract,
    CompromisedPasswordsContract,
    PasswordHasherContract,
    SecretsContract,
)


def _parts(unit: type) -> Iterator[type]:
    """Yield the ports of a unit's parts."""
    for member in vars(unit).values():
        if isinstance(member, property):
            yield get_type_hints(member.fget)["return"]


CONTRACTS: Final[Mapping[type, tuple[type, ...]]] = MappingProxyType(
    {
        StorageContract: (Storage, *_parts(Unit)),
        StorageAdministrationContract: (StorageAdministration,),
        KeyKeeperContract: (KeyKeeper,),
        PagesContract: (Pages,),
        EmailCourierContract: (EmailCourier,),
        BounceReaderContract: (BounceReader,),
        SmsCourierContract: (SmsCourier,),
        SmsReportReaderContract: (SmsReportReader,),
        SmsReportCollectorContract: (SmsReportCollector,),
        EventSubscriberContract: (EventSubscriber,),
        MessageRendererContract: (MessageRenderer,),
        LetterRendererContract: (LetterRenderer,),
        GradebookContract: (GradebookSource,),
        PasswordHasherContract: (PasswordHasher,),
        CompromisedPasswordsContract: (CompromisedPasswords,),
        ClockContract: (Clock,),
        SecretsContract: (Secrets,),
    }
)
"""Every contract, with the ports that it holds adapters to."""

_INTRODUCTION: Final = """\
# The contracts

For every port there is a class of tests that any adapter of it must pass. Inherit it in a test file, override its
fixtures, and run pytest; each test cites the clause of the port that it holds. No contract looks behind its port: what
cannot be seen through it is handed in by a fixture.

This page is written by `python -m eszkola_core.testing.contracts.page` from the ports and the contracts.
"""


def clauses(port: type) -> Mapping[str, str]:
    """Return the clauses of *port*, by number, each with what it promises."""
    text = inspect.getdoc(port) or ""
    found = re.findall(r"^([A-Z]{2}\d+)\. (.*?)(?=\n[A-Z]{2}\d+\. |\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return {number: " ".join(promise.split()) for number, promise in found}


def named_tests(contract: type) -> Mapping[str, Callable[..., None]]:
    """Return the tests of *contract*, by name, in the order in which they are written."""
    found: dict[str, Callable[..., None]] = {}
    for owner in reversed(contract.__mro__):
        found.update({name: test for name, test in vars(owner).items() if name.startswith("test_")})
    return found


def clauses_cited_by(test: Callable[..., None]) -> tuple[str, ...]:
    """Return the clauses that *test* cites."""
    return tuple(mark.args[0] for mark in getattr(test, "pytestmark", ()) if mark.name == "clause")


def page() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *(line for each in CONTRACTS for line in _section(each))]).rstrip() + "\n"


def _section(contract: type) -> Iterator[str]:
    yield f"## {contract.__name__}\n"
    yield f"{_first_line(contract.__doc__)} In `{contract.__module__}`.\n"
    yield "| to override | what it is |\n|---|---|"
    for owner in reversed(contract.__mro__):
        yield from (f"| fixture `{name}` | {says} |" for name, says in _fixtures(owner))
        yield from (f"| attribute `{name}` | {says} |" for name, says in _attributes(owner))
    yield "\n| clause | promise | tests |\n|---|---|---|"
    for port in CONTRACTS[contract]:
        for number, promise in clauses(port).items():
            names = [name for name, test in named_tests(contract).items() if number in clauses_cited_by(test)]
            told = "; ".join(name.removeprefix("test_").replace("_", " ") for name in names)
            yield f"| {number} (`{port.__name__}`) | {_in_a_cell(promise)} | {told} |"
    yield ""


def _fixtures(owner: type) -> Iterator[tuple[str, str]]:
    for name, member in vars(owner).items():
        if type(member).__name__ == "FixtureFunctionDefinition":
            yield name, _in_a_cell(_first_line(inspect.getdoc(_function(member))))


def _function(fixture: Any) -> object:  # noqa: ANN401 - pytest keeps its type to itself
    return fixture.__wrapped__ if hasattr(fixture, "__wrapped__") else fixture


def _attributes(owner: type) -> Iterator[tuple[str, str]]:
    """Yield the class attributes that are annotated and explained."""
    if owner is object:
        return
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    body = node.body if isinstance(node, ast.ClassDef) else []
    for attribute, text in pairwise(body):
        if isinstance(attribute, ast.AnnAssign) and isinstance(attribute.target, ast.Name):
            is_explained = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
            yield attribute.target.id, _in_a_cell(ast.literal_eval(ast.unparse(text))) if is_explained else ""


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if text else ""


def _in_a_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
