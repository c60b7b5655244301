"""What units changed, as bytes and back: every value of a tenant's state by its type, without a word about each."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final, get_args

from attrs import field, fields, frozen, resolve_types
from cattrs import BaseValidationError, Converter
from cattrs.preconf.json import make_converter

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Place, PlaceKey, RecordKey
from eszkola_core.domain.runs import RecordState
from eszkola_core.errors import Unavailable
from eszkola_core.memory import Sheet, State

VERSION: Final = 1
"""The version of what is written; a newer one is refused."""

DERIVED: Final = frozenset({"found", "aliases"})
"""What follows from the rest, and is made anew instead of being written down."""

_MIXED: Final[Sequence[Mapping[str, Any]]] = (
    {"r": RecordKey, "p": PlaceKey},
    {"r": RecordKey, "p": PlaceKey, "n": PersonId},
    {"r": RecordState, "p": Place, "n": Person},
)
"""What one field may hold one or the other of, each with the letter that tells them apart."""


@frozen
class Changes:
    """
    What happened to the tables of a state, by name, and to what is no table.

    ``gone`` are keys that were taken away from a table, ``put`` what was put there since.
    """

    put: Mapping[str, Mapping[Any, Any]] = field(factory=dict, repr=False)
    gone: Mapping[str, Sequence[Any]] = field(factory=dict, repr=False)
    values: Mapping[str, Any] = field(factory=dict, repr=False)

    @classmethod
    def of(cls, draft: State, before: State) -> Changes:
        """Return what *draft* changed of the state that it was drawn from."""
        sheets = {name: each for name, each in _kept(draft).items() if isinstance(each, Sheet)}
        return cls(
            put={name: each.put for name, each in sheets.items() if each.put},
            gone={name: tuple(each.gone) for name, each in sheets.items() if each.gone},
            values={
                name: each
                for name, each in _kept(draft).items()
                if name not in sheets and each is not getattr(before, name)
            },
        )

    @classmethod
    def image(cls, state: State) -> Changes:
        """Return what makes *state* of an empty one."""
        kept = _kept(state)
        tables = {name: each for name, each in kept.items() if isinstance(each, Mapping)}
        return cls(
            put={name: each for name, each in tables.items() if each},
            values={name: each for name, each in kept.items() if name not in tables},
        )

    def __bool__(self) -> bool:
        return bool(self.put or self.gone or self.values)

    def to_bytes(self) -> bytes:
        """Return the changes as bytes."""
        plain = {
            "version": VERSION,
            "put": {name: _plain(_pairs(name), list(table.items())) for name, table in self.put.items()},
            "gone": {name: _plain(_keys(name), list(keys)) for name, keys in self.gone.items()},
            "values": {name: _plain(_types()[name], value) for name, value in self.values.items()},
        }
        return json.dumps(plain, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes) -> Changes:
        """
        Return what `to_bytes` wrote.

        Raises:
            Unavailable: it was written by a newer version, or by no version of this at all.
        """
        try:
            plain: Any = json.loads(data)
            if plain["version"] > VERSION:
                raise Unavailable("this was kept by a newer version: install that", code="database-newer")
            return cls(
                put={name: dict(_typed(_pairs(name), pairs)) for name, pairs in plain["put"].items()},
                gone={name: _typed(_keys(name), keys) for name, keys in plain["gone"].items()},
                values={name: _typed(_types()[name], value) for name, value in plain["values"].items()},
            )
        except (AttributeError, BaseValidationError, KeyError, TypeError, ValueError):
            pass  # whatever was wrong would stand in the error, and it may be personal
        raise Unavailable("a page does not hold what this program writes: restore a backup", code="page-damaged")


class Rewriting:
    """A state that takes over changes, one after the other; the state that it began with stays as it is."""

    def __init__(self, state: State) -> None:
        self._state = State(**_all(state))
        self._begun: set[str] = set()

    def take(self, changes: Changes) -> None:
        """Do what *changes* say."""
        for name, keys in changes.gone.items():
            table = self._table(name)
            for key in keys:
                self._unfind(name, table.pop(key, None))
        for name, put in changes.put.items():
            table = self._table(name)
            for key, value in put.items():
                self._unfind(name, table.get(key))
                table[key] = value
                self._find(name, value)
        for name, value in changes.values.items():
            setattr(self._state, name, value)

    def state(self) -> State:
        """Return what came of it."""
        if "decisions" in self._begun:
            self._state.aliases = Aliases.of(self._state.decisions.values())
        return self._state

    def _table(self, name: str) -> MutableMapping[Any, Any]:
        """Return a table that may be changed."""
        if name not in self._begun:
            self._begun.add(name)
            setattr(self._state, name, dict(getattr(self._state, name)))
        found: MutableMapping[Any, Any] = getattr(self._state, name)
        return found

    def _find(self, name: str, place: Any) -> None:  # noqa: ANN401 - a place, or whatever the table has
        if name == "places":
            found = self._table("found")
            for each in place.evidence():
                found[each] = found.get(each, frozenset()) | {place.key}

    def _unfind(self, name: str, place: Any) -> None:  # noqa: ANN401 - the same
        if name == "places" and place is not None:
            found = self._table("found")
            for each in place.evidence():
                left = found[each] - {place.key}
                if left:
                    found[each] = left
                else:
                    del found[each]


def _all(state: State) -> dict[str, Any]:
    return {each.name: getattr(state, each.name) for each in fields(State)}


def _kept(state: State) -> dict[str, Any]:
    """Return everything that is written down."""
    return {name: value for name, value in _all(state).items() if name not in DERIVED}


@cache
def _types() -> Mapping[str, Any]:
    """Return the types of everything that is kept, by name."""
    return {each.name: each.type for each in fields(resolve_types(State))}


@cache
def _pairs(name: str) -> Any:  # noqa: ANN401 - a type
    """Return the type of a table's pairs, which stands for the table in what is written: keys may be anything."""
    key, value = get_args(_types()[name])
    return list[tuple[key, value]]  # type: ignore[valid-type]


@cache
def _keys(name: str) -> Any:  # noqa: ANN401 - a type
    key, _ = get_args(_types()[name])
    return list[key]  # type: ignore[valid-type]


def _plain(kind: Any, value: object) -> object:  # noqa: ANN401 - a type
    return _CONVERTER.unstructure(value, kind)


def _typed(kind: Any, plain: object) -> Any:  # noqa: ANN401 - a type, and a value of it
    return _CONVERTER.structure(plain, kind)


def _converter() -> Converter:
    converter = make_converter(omit_if_default=True)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    for kinds in _MIXED:
        _register_mixed(converter, kinds)
    return converter


def _register_mixed(converter: Converter, kinds: Mapping[str, Any]) -> None:
    """Teach *converter* what may be of several types: it is written as a pair of the type's letter and the value."""
    letters = {int if kind is PersonId else kind: letter for letter, kind in kinds.items()}

    def is_it(kind: object) -> bool:
        return frozenset(get_args(kind)) == frozenset(kinds.values())

    def plain(value: object) -> object:
        letter = letters[type(value)]
        return [letter, converter.unstructure(value, kinds[letter])]

    def typed(pair: Any, _: object) -> Any:  # noqa: ANN401 - what was read, and what it means
        letter, value = pair
        return converter.structure(value, kinds[letter])

    converter.register_unstructure_hook_func(is_it, plain)
    converter.register_structure_hook_func(is_it, typed)


_CONVERTER: Final = _converter()
