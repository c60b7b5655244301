"""
The page of lifecycles: ``python -m eszkola_core.testing.lifecycles > docs/reference/lifecycles.md``.

Each diagram is drawn from the table that the rules themselves read, so it cannot say anything else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

import eszkola_core.domain
from eszkola_core.domain.accounts import FORMER

_SUFFIX: Final = "LIFECYCLE"
_INTRODUCTION: Final = """\
# The lifecycles

Every lifecycle is one table in the code; what is not in it does not happen. Each diagram here is drawn from its table
by `python -m eszkola_core.testing.lifecycles`.
"""

Edge = tuple[str, str, str]
"""From which state, to which, and by what happening; the last is empty where the table does not name it."""


def lifecycles() -> Mapping[str, Mapping[Any, Any]]:
    """Return every lifecycle of the domain by the module that it stands in and its name there."""
    found: dict[str, Mapping[Any, Any]] = {}
    for module in iter_modules(eszkola_core.domain.__path__):
        names = vars(import_module(f"eszkola_core.domain.{module.name}"))
        own = {name: each for name, each in names.items() if name.endswith(_SUFFIX) and not name.startswith("_")}
        found |= {f"{module.name}.{name}": each for name, each in own.items() if each not in found.values()}
    return dict(sorted(found.items()))


def edges(table: Mapping[Any, Any]) -> Iterator[Edge]:
    """Yield the transitions of a table, in its order."""
    for state, following in table.items():
        happenings = following.items() if isinstance(following, Mapping) else [("", following)]
        for happening, after in happenings:
            for each in _targets(state, after, table):
                yield str(state), str(each), str(happening)


def final_states(table: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return the states that nothing follows."""
    return tuple(str(state) for state, following in table.items() if not following)


def page() -> str:
    """Return the page."""
    parts = [_INTRODUCTION]
    for name, table in lifecycles().items():
        module, _, constant = name.partition(".")
        title = constant.removesuffix(_SUFFIX).strip("_").replace("_", " ").capitalize() or "Account"
        parts.append(f"## {title}\n\n`{constant}` in `eszkola_core.domain.{module}`.\n\n{diagram(table)}\n")
    return "\n".join(parts)


def diagram(table: Mapping[Any, Any]) -> str:
    """Return a table as a state diagram in Mermaid's words."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {_id(state)} : {state}" for state in map(str, table)]
    for before, after, happening in edges(table):
        lines.append(f"    {_id(before)} --> {_id(after)}" + (f" : {happening}" if happening else ""))
    lines += [f"    {_id(state)} --> [*]" for state in final_states(table)]
    return "\n".join([*lines, "```"])


def _targets(state: StrEnum, after: Any, table: Mapping[Any, Any]) -> list[StrEnum]:  # noqa: ANN401 - of any table
    """Return where a cell leads: to one state, to one of a set, or back to where *state* was entered from."""
    if isinstance(after, StrEnum):
        return [after]
    if after is FORMER:
        return [before for before, row in table.items() if before is not state and state in row.values()]
    return sorted(after, key=list(table).index)


def _id(state: str) -> str:
    return state.replace("-", "_").replace(" ", "_")


if __name__ == "__main__":
    sys.stdout.write(page())
