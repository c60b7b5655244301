"""
What services import: `eszkola_core/__init__.py` and the reference page, both written from the table of names.

::

    python -m eszkola_core.testing.public_api --write
    python -m eszkola_core.testing.public_api > docs/reference/public-api.md
"""

from __future__ import annotations

import ast
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
reached (`Unavailable`), and a broken promise of an adapter (`BrokenPromise`).
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
                yield f"- `{attribute}.{each.name}`: {_first(ast.get_docstring(each) or '')}"


def _others() -> Iterator[str]:
    classes = set(cases().values())
    rooms: dict[str, list[str]] = {}
    for name, home in HOMES.items():
        if name not in classes:
            rooms.setdefault(home.split(".")[1], []).append(name)
    for room, title in _TITLES.items():
        yield f"\n## {title}\n\n| name | what it is |\n|---|---|"
        for name in sorted(rooms[room]):
            yield f"| `{name}` | {said(name).replace('|', chr(92) + '|')} |"


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
