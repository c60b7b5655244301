"""
What services import: `eszkola_core/__init__.py` and the reference page, both written from the table of names.

::

    python -m eszkola_core.testing.public_api --write
    python -m eszkola_core.testing.public_api > docs/reference/public-api.md
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import eszkola_core
from eszkola_core._names import HOMES, NAMES
from eszkola_core._platform.lazily import use_case
from eszkola_core._platform.platform import Platform

_INTRODUCTION: Final = """\
# The public names

This page is written by `python -m eszkola_core.testing.public_api` from the table in `eszkola_core/_names.py` and the
docstrings. Who takes names from where:

| who | imports from |
|---|---|
| a service | `eszkola_core`, and nothing below it: every name on this page, in one line each |
| an adapter | also `eszkola_core.ports`, `eszkola_core.domain`, `eszkola_core.errors` and `eszkola_core.options` |
| a tool that reads configurations | also `eszkola_core.configuration` |
| tests | also `eszkola_core.testing` |

```python
from eszkola_core import Platform, SignedIn, Tenant, from_config
```

Nothing is loaded before it is asked for: `import eszkola_core` alone costs next to nothing. These names, and what their
docstrings promise, stay as they are within a major version; what else there is may change with every release.
"""
_CASES: Final = """
## The use cases of a platform

Each is an attribute of `Platform`; below it its operations. What an operation returns says what came of it, refusals
too; exceptions are for input that cannot be right (`InvalidValue`), a world that moved (`Conflict`) or cannot be
reached (`Unavailable`), and a broken promise of an adapter (`BrokenPromise`). What follows a `*` is named by whoever
calls; `…` is a default that the operation makes itself.
"""
_WIDTH: Final = 121
"""How long a line may be, with its end."""

_TITLES: Final[Mapping[str, str]] = {
    "_platform": "The platform",
    "errors": "Errors",
    "_defaults": "What an installation takes unless it brings its own",
    "_subscribers": "Subscribers that are always there",
    "domain": "Values",
    "ports": "Promises",
    "_usecases": "Outcomes and refusals",
}


def page() -> str:
    """Return the reference page."""
    return "\n".join([_INTRODUCTION, _CASES.strip("\n"), *_cases(), *_others()]) + "\n"


def init() -> str:
    """Return `eszkola_core/__init__.py` as the table would have it."""
    text = _source("eszkola_core").read_text("utf-8")
    before, _, rest = text.partition("if TYPE_CHECKING:\n")
    _, _, rest = rest.partition("\n__all__ = [\n")
    _, _, after = rest.partition("]\n")
    imports = "".join(_imported(f"eszkola_core.{home}", names) for home, names in sorted(NAMES.items()))
    names = "".join(f'    "{name}",\n' for name in sorted(HOMES, key=_order))
    return f"{before}if TYPE_CHECKING:\n{imports}\n__all__ = [\n{names}]\n{after}"


def said(name: str) -> str:
    """Return the first sentence of what the source says about a public name; nothing where it says nothing."""
    return _first(_docstrings(HOMES[name]).get(name, ""))


def cases() -> Mapping[str, str]:
    """Return the class of each use case by its attribute of the platform."""
    return {
        name: "".join(map(str.capitalize, name.split("_")))
        for kind in reversed(Platform.__mro__)
        for name, found in vars(kind).items()
        if isinstance(found, use_case)
    }


def _cases() -> Iterator[str]:
    for attribute, name in sorted(cases().items()):
        yield f"\n### {attribute}\n\n`{name}`: {said(name)}\n"
        body = next(each for each in _tree(HOMES[name]).body if isinstance(each, ast.ClassDef) and each.name == name)
        for each in body.body:
            if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                call = f"{attribute}.{signature(each, HOMES[name])}"
                yield f"- `{call}`\\\n  {_first(ast.get_docstring(each) or '')}"


def _others() -> Iterator[str]:
    classes = set(cases().values())
    rooms: dict[str, list[str]] = {}
    for name, home in HOMES.items():
        if name not in classes:
            rooms.setdefault(home.split(".")[1], []).append(name)
    for room, title in _TITLES.items():
        yield f"\n## {title}\n\n| name | what it is |\n|---|---|"
        for name in sorted(rooms[room]):
            function = _function(name)
            called = signature(function, HOMES[name]) if function is not None else name
            yield f"| `{_in_cell(called)}` | {_in_cell(said(name))} |"


def signature(function: ast.FunctionDef, module: str) -> str:
    """Return how a function of a module is called, and what it returns, as a reader of the page wants to see it."""
    taken, given = [*function.args.posonlyargs, *function.args.args], function.args.kwonlyargs
    lacking: list[ast.expr | None] = [None] * (len(taken) - len(function.args.defaults))
    parts = [_parameter(*each, module) for each in zip(taken, [*lacking, *function.args.defaults], strict=True)]
    parts = [each for each in parts if each != "self"]
    if given:
        parts += ["*", *(_parameter(*each, module) for each in zip(given, function.args.kw_defaults, strict=True))]
    if function.args.kwarg is not None:
        parts.append(f"**{_parameter(function.args.kwarg, None, module)}")
    returned = _typed(function.returns, module) if function.returns is not None else "None"
    return f"{function.name}({', '.join(parts)}) -> {returned}"


def _parameter(parameter: ast.arg, default: ast.expr | None, module: str) -> str:
    """Return a parameter with its type, and with its default where there is one."""
    text = parameter.arg
    if parameter.annotation is not None:
        text += f": {_typed(parameter.annotation, module)}"
    if default is None:
        return text
    return f"{text} = {_literal(default)}"


def _literal(default: ast.expr) -> str:
    """Return a default as it is written where that says all; … stands for any other."""
    if isinstance(default, ast.Constant):
        return f'"{default.value}"' if isinstance(default.value, str) else ast.unparse(default)
    return "frozenset()" if ast.unparse(default) == "frozenset()" else "…"


def _typed(annotation: ast.expr, module: str) -> str:
    """Return a type without the modules that it is from, and in the place of a name for it what it stands for."""
    if isinstance(annotation, ast.Name):
        return _aliases(module).get(annotation.id, annotation.id)
    if isinstance(annotation, ast.BinOp):
        return f"{_typed(annotation.left, module)} | {_typed(annotation.right, module)}"
    return re.sub(r"\b[a-z_]\w*\.(?=\w)", "", ast.unparse(annotation))


@cache
def _aliases(module: str) -> Mapping[str, str]:
    """Return what stands for which type in a module: names that it gives itself, and those that it takes."""
    found = dict(_own_aliases(module))
    for each in _tree(module).body:
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("eszkola_core."):
            theirs = _own_aliases(str(each.module))
            found |= {name.name: theirs[name.name] for name in each.names if name.name in theirs}
    return found


@cache
def _own_aliases(module: str) -> Mapping[str, str]:
    return {
        target.id: ast.unparse(each.value)
        for each in _tree(module).body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.BinOp | ast.Subscript)
        for target in each.targets
        if isinstance(target, ast.Name)
    }


def _function(name: str) -> ast.FunctionDef | None:
    """Return a public name where it is a function."""
    body = _tree(HOMES[name]).body
    return next((each for each in body if isinstance(each, ast.FunctionDef) and each.name == name), None)


def _in_cell(text: str) -> str:
    """Return *text* as a cell of a table holds it."""
    return text.replace("|", chr(92) + "|")


def _imported(module: str, names: Collection[str]) -> str:
    """Return the line that imports *names*, or the lines where one is too long."""
    listed = sorted(names, key=lambda name: (_order(name)[:2], name.lower()))
    line = f"    from {module} import {', '.join(listed)}\n"
    if len(line) <= _WIDTH:
        return line
    return f"    from {module} import (\n" + "".join(f"        {name},\n" for name in listed) + "    )\n"


def _order(name: str) -> tuple[bool, bool, str]:
    """Return where *name* comes in a list: constants, then classes, then functions."""
    return not name.isupper(), name.islower(), name


def _first(docstring: str) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join(docstring.strip().partition("\n\n")[0].split())


@cache
def _docstrings(module: str) -> Mapping[str, str]:
    """Return what stands under each class, function and value of a module."""
    found = {}
    body = _tree(module).body
    for each, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(each, ast.ClassDef | ast.FunctionDef):
            found[each.name] = ast.get_docstring(each) or ""
        elif isinstance(each, ast.Assign | ast.AnnAssign) and isinstance(following, ast.Expr):
            target = each.targets[0] if isinstance(each, ast.Assign) else each.target
            if isinstance(target, ast.Name) and isinstance(following.value, ast.Constant):
                found[target.id] = str(following.value.value)
    return found


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_source(module).read_text("utf-8"))


def _source(module: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return Path(spec.origin)


if __name__ == "__main__":
    if "--write" in sys.argv:
        Path(eszkola_core.__file__).write_text(init(), "utf-8")
    else:
        sys.stdout.write(page())
