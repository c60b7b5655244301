"""Whether a class has the shape of a port, told in sentences: Python itself checks nothing of a Protocol."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "by position only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "by position or name",
    inspect.Parameter.VAR_POSITIONAL: "as any number of positions",
    inspect.Parameter.KEYWORD_ONLY: "by name only",
    inspect.Parameter.VAR_KEYWORD: "as any number of names",
}


def shape_faults(port: type, cls: type) -> list[str]:
    """
    Return what *cls* lacks of the shape of *port*, one sentence each; nothing where it fits.

    Names, kinds and defaults of parameters are compared, and properties looked for. A method that is still the port's
    own is a fault too: a class that inherits the port and forgets one would answer None. What instances are given in
    ``__init__`` counts; types are for mypy to judge.
    """
    return [fault for name, promised in _promises(port) for fault in _faults(port, cls, name, promised)]


def _promises(port: type) -> Iterator[tuple[str, object]]:
    """Yield what the port asks for, its own base ports' parts too."""
    for owner in reversed(port.__mro__):
        if getattr(owner, "_is_protocol", False) and owner.__name__ != "Protocol":
            for name, member in vars(owner).items():
                if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                    yield name, member


def _faults(port: type, cls: type, name: str, promised: object) -> Iterator[str]:
    missing = object()
    found = inspect.getattr_static(cls, name, missing)
    called = f"{cls.__name__}.{name}"
    if isinstance(promised, property):
        if found is promised:
            yield f"{called} is still the port's own property: write it, or leave the port out of the bases"
        elif found is missing and name not in _promised_by_instances(cls):
            yield f"{called} is missing: {port.__name__} asks for a property or attribute of this name"
        elif inspect.isfunction(found):
            yield f"{called} is a method, where {port.__name__} asks for a property or attribute"
    elif found is missing:
        yield f"{called} is missing: {port.__name__} asks for a method of this name"
    elif found is promised:
        yield f"{called} is still the port's own and returns None: write it, or leave the port out of the bases"
    elif isinstance(found, property) or not callable(getattr(cls, name)):
        yield f"{called} cannot be called, where {port.__name__} asks for a method"
    elif inspect.isfunction(promised):
        yield from _signature_faults(called, inspect.signature(promised), _bound(cls, name, found))


def _promised_by_instances(cls: type) -> set[str]:
    """Return the attributes that instances have by annotation, by slot, or by being set when they are made."""
    names: set[str] = set()
    for owner in cls.__mro__:
        made = vars(owner).get("__init__")
        names.update(made.__code__.co_names if inspect.isfunction(made) else ())
        names.update(inspect.get_annotations(owner))
        slots = vars(owner).get("__slots__", ())
        names.update([slots] if isinstance(slots, str) else slots)
    return names


def _bound(cls: type, name: str, found: object) -> inspect.Signature:
    """Return the signature with a parameter for the instance, whatever kind of method it is."""
    signature = inspect.signature(getattr(cls, name))
    if isinstance(found, (staticmethod, classmethod)):
        instance = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        return signature.replace(parameters=[instance, *signature.parameters.values()])
    return signature


def _signature_faults(called: str, promised: inspect.Signature, found: inspect.Signature) -> Iterator[str]:
    wanted = list(promised.parameters.values())[1:]
    given = {each.name: each for each in list(found.parameters.values())[1:]}
    kinds = {each.kind for each in found.parameters.values()}
    takes_all = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds
    if takes_all:
        return
    for parameter in wanted:
        has = given.get(parameter.name)
        if has is None:
            yield f"{called} takes no parameter {parameter.name!r}"
        elif not _accepts(has.kind, parameter.kind):
            yield f"{called} takes {parameter.name!r} {_KINDS[has.kind]}; the port gives it {_KINDS[parameter.kind]}"
        elif parameter.default is not inspect.Parameter.empty and has.default is inspect.Parameter.empty:
            yield f"{called} needs {parameter.name!r}, which the port lets callers leave out"
    names = {each.name for each in wanted}
    for extra in given.values():
        variable = extra.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
        if extra.name not in names and extra.default is inspect.Parameter.empty and not variable:
            yield f"{called} needs {extra.name!r}, which no caller gives"
    yield from _order_faults(called, wanted, list(given.values()))


def _accepts(has: inspect._ParameterKind, given: inspect._ParameterKind) -> bool:
    """Return whether a parameter of one kind can be filled as the port's callers fill it."""
    return has is given or has is inspect.Parameter.POSITIONAL_OR_KEYWORD


def _order_faults(
    called: str,
    wanted: list[inspect.Parameter],
    given: list[inspect.Parameter],
) -> Iterator[str]:
    positional = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    promised = [each.name for each in wanted if each.kind in positional]
    found = [each.name for each in given if each.kind in positional][: len(promised)]
    if sorted(found) == sorted(promised) and found != promised:
        yield f"{called} takes its positions in another order than the port: {', '.join(promised)}"
