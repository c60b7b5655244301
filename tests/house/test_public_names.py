"""What services import: one table, and everything that has to agree with it."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

import pytest

import eszkola_core
from eszkola_core._names import HOMES, NAMES
from eszkola_core.testing.public_api import cases, init, page, said

OF_ADAPTERS = ("eszkola_core.ports", "eszkola_core.domain")
"""Rooms whose names are public too, though not in one line: what an operation takes or gives may also be theirs."""


OF_OTHERS = {"Callable", "Collection", "Iterable", "Iterator", "Mapping", "None", "Sequence", "True", "False", "Unit"}
"""What types are made of beside public names: Python's own, and the unit of a storage, which ports have."""


@pytest.mark.parametrize("name", eszkola_core.__all__)
def test_every_name_is_what_its_module_has_and_says_what_it_is(name):
    """It resolves to the very object, is defined where the table says, and has words of its own."""
    found = getattr(eszkola_core, name)

    assert found is getattr(import_module(HOMES[name]), name)
    assert getattr(found, "__module__", HOMES[name]) == HOMES[name] or not inspect.isclass(found)
    assert said(name)


def test_the_module_is_written_from_the_table():
    """What type checkers read, what `*` takes and what is found at run time are the same names."""
    with open(eszkola_core.__file__, encoding="utf-8") as source:  # noqa: PTH123 - a module's own path
        text = source.read()

    assert text == init(), "run: python -m eszkola_core.testing.public_api --write"


def test_no_name_lives_in_two_modules():
    """One name, one thing."""
    names = [name for of in NAMES.values() for name in of]

    assert sorted(names) == sorted(set(names)) == sorted(eszkola_core.__all__)
    assert set(names) <= set(dir(eszkola_core))


def test_an_unknown_name_is_no_attribute():
    """As in every module."""
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        getattr(eszkola_core, "Nonsense")  # noqa: B009 - a type checker knows better
    assert not hasattr(eszkola_core, "HOMES")


@pytest.mark.parametrize("name", sorted(cases().values()))
def test_what_an_operation_takes_and_gives_is_public(name):
    """No service reaches into a private room to name what it hands over or gets."""
    kind = getattr(eszkola_core, name)
    operations = [each for key, each in vars(kind).items() if inspect.isfunction(each) and not key.startswith("_")]
    named = {each for operation in operations for hint in get_type_hints(operation).values() for each in _types(hint)}
    ours = {each for each in named if each.__module__.startswith("eszkola_core.")}
    private = {each.__name__ for each in ours if not each.__module__.startswith(OF_ADAPTERS)}

    assert operations
    assert private - set(eszkola_core.__all__) == set()


def _types(hint: Any) -> set[Any]:
    """Return every class in an annotation."""
    if hint in (None, NoneType, ...):
        return set()
    inner = get_args(hint)
    if isinstance(hint, list):
        inner = tuple(hint)
    if inner or isinstance(hint, UnionType):
        return {each for some in inner for each in _types(some)}
    return {hint} if hasattr(hint, "__name__") else set()


def test_the_reference_page_is_the_one_that_the_table_makes(root):
    """Nobody has to remember to write it anew."""
    text = (root / "docs/reference/public-api.md").read_text("utf-8")

    assert text == page(), "run: python -m eszkola_core.testing.public_api > docs/reference/public-api.md"


@pytest.mark.parametrize("attribute", sorted(cases()))
def test_the_page_says_how_an_operation_is_called(attribute):
    """Each parameter has name and type, stands before or after the `*`, and its default is told; so is the answer."""
    kind = getattr(eszkola_core, cases()[attribute])
    lines = re.findall(rf"^- `{attribute}\.(\w+)\((.*)\) -> (.+)`\\$", page(), re.MULTILINE)
    operations = {key: each for key, each in vars(kind).items() if inspect.isfunction(each) and not key.startswith("_")}

    assert [name for name, _, _ in lines] == list(operations)
    for name, called, returned in lines:
        wanted = inspect.signature(operations[name]).parameters.values()
        by_name = called.partition("*, ")[2]
        assert re.findall(r"(?:^|, )(\w+): ", called) == [each.name for each in wanted][1:]
        assert [each.name for each in wanted if each.kind is each.KEYWORD_ONLY] == re.findall(
            r"(?:^|, )(\w+): ", by_name
        )
        assert called.count(" = ") == sum(each.default is not each.empty for each in wanted)
        assert set(re.findall(r"\b[A-Z]\w+", f"{called} {returned}")) <= {*eszkola_core.__all__, *OF_OTHERS}


def test_the_page_says_how_a_function_is_called():
    """As it does of operations; what a type is called by a private name is told by what it is."""
    assert "`describe(violation: Violation, locale: str) -> str`" in page()
    assert "**chosen: " in page()
    assert "Watch" not in page()
    assert "watch: Callable[[Progress], None] = …" in page()


def test_no_adapter_reaches_into_a_room_of_the_core(module_of_an_adapter):
    """Adapters take names from the public rooms only; what storages share also from the one that they are made of."""
    public = {"configuration", "domain", "errors", "options", "ports", "testing", "wire"}
    public |= {"memory"} if "eszkola_stores" in module_of_an_adapter.parts else set()
    taken = {
        (node.module or "").split(".")[1]
        for node in ast.walk(ast.parse(module_of_an_adapter.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eszkola_core.")
    }

    assert taken - public == set()
