"""
What a caller hands to an operation, looked at before any rule sees it.

A number that comes as text, out of a form or an address, would go a long way before anything fails, and elsewhere than
where the mistake is; in a storage it may be just somebody's whom nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, wraps
from inspect import signature
from types import FunctionType, MappingProxyType
from typing import Any, Final

from eszkola_core.domain.actors import Actor
from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue

_KINDS: Final = MappingProxyType(
    {
        "PersonId": (int, "a person's number"),
        "int": (int, "a whole number"),
        "str": (str, "text"),
        "date": (date, "a day"),
        "datetime": (datetime, "an instant"),
        "Actor": (Actor, "an Actor"),
    }
)
"""What is looked at, by its name in a signature; all else is the operation's own to understand."""

_NONE: Final = " | None"


@cache
def _due(operation: FunctionType) -> Sequence[tuple[str, type | None, str]]:
    """Return the parameters of an operation: the name of each, what is due, None for anything, and that in words."""
    found: list[tuple[str, type | None, str]] = []
    for name, each in [*signature(operation).parameters.items()][1:]:
        written = str(each.annotation)
        kind, words = _KINDS.get(written.removesuffix(_NONE), (None, ""))
        found.append((name, kind, f"{words}, or None," if kind and written.endswith(_NONE) else words))
    return tuple(found)


def checked(run: Callable[..., Any]) -> Callable[..., Any]:
    """
    Return an operation of a use case that refuses what cannot be meant.

    It raises:
        InvalidValue: an argument is of another kind than its name says; nothing was looked at or changed.
    """
    due = _due(run.__func__)  # type: ignore[attr-defined] # a method of a use case
    by_name = {name: (name, kind, words) for name, kind, words in due}

    @wraps(run)
    def looked_at(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - the operation's own
        for (name, kind, words), given in zip(due, arguments, strict=False):
            if kind is not None:
                _check(name, kind, words, given)
        for called, given in more.items():
            name, kind, words = by_name.get(called, (called, None, ""))
            if kind is not None:
                _check(name, kind, words, given)
        return run(*arguments, **more)

    return looked_at


def _check(name: str, kind: type, words: str, given: object) -> None:
    if type(given) is kind or (given is None and words.endswith(",")):
        return
    # True is a number to Python, and an instant is a day: neither is what anybody means.
    if isinstance(given, kind) and not isinstance(given, bool) and not (kind is date and isinstance(given, datetime)):
        return
    hint = ": hand over what its reveal() returns" if isinstance(given, Secret) and kind is str else ""
    raise InvalidValue(f"{name} is {words} and not a {type(given).__name__}{hint}", code="wrong-kind")
