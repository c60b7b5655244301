"""One table of a mapping file: takes its keys one by one, and knows which nobody asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

from eszkola_core.errors import UnreadableSource

_Kind = TypeVar("_Kind")
_Spelled = tuple[tuple[str, ...], str | None]


class Keys:
    """A TOML table of the file *file*, at *place* in it."""

    def __init__(self, values: dict[str, object], file: str, place: str = "") -> None:
        self._values = dict(values)
        self._file = file
        self._place = place

    def error(self, name: str, code: str, what: str, hint: str) -> UnreadableSource:
        """Return the error that the key *name* deserves."""
        return UnreadableSource(
            f"{self._file}: the key {self._place}{name} {what}",
            code=f"mapping-{code}",
            source=self._file,
            hint=hint,
        )

    def done(self) -> None:
        """
        Say that all keys were taken.

        Raises:
            UnreadableSource: there are others, misspelled perhaps, which would have done nothing.
        """
        for name in self._values:
            raise self.error(name, "unknown-key", "means nothing", "take it out, or look for a slip of the pen")

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = self._take(name, str, default, "a text")
        if not value and default is None:
            raise self.error(name, "wrong-type", "is empty", "write a text")
        return value

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        return self._take(name, int, default, "a whole number")

    def flag(self, name: str) -> bool:
        """Return whether the key is there and true."""
        return self._take(name, bool, False, "true or false")  # noqa: FBT003 - a default, not a switch

    def texts(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts; one text alone is a list of one."""
        value = self._values.pop(name, default)
        return () if value == () else self._listed(name, value)

    def lists(self, name: str) -> Iterator[tuple[str, ...]]:
        """Yield the entries of a list, each a text or a list of texts."""
        for value in self._take(name, list, [], "a list"):
            yield self._listed(name, value)

    def choice(self, name: str, known: Collection[str], default: str | None = None) -> str:
        """Return a text that is one of *known*."""
        value = self.text(name, default)
        if value not in known:
            raise self.error(name, "unknown-value", "names nothing that is known here", self._one_of(known))
        return value

    def choices(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """Return a list of texts, each one of *known*."""
        values = self.texts(name, ())
        if not set(values) <= set(known):
            raise self.error(name, "unknown-value", "names something that is not known here", self._one_of(known))
        return values

    def names(self, known: Collection[str] | None) -> tuple[str, ...]:
        """Return the names of the keys, which must be among *known* if that says anything."""
        for name in self._values:
            if known is not None and name not in known:
                raise self.error(name, "unknown-key", "means nothing", self._one_of(known))
        return tuple(self._values)

    def part(self, name: str) -> Keys | None:
        """Return the table under *name*, if it is there."""
        if name not in self._values:
            return None
        return Keys(self._take(name, dict, None, "a table"), self._file, f"{self._place}{name}.")

    def parts(self, name: str, *, needed: bool = False) -> list[Keys]:
        """Return the tables in the list *name*."""
        values = self._take(name, list, None if needed else [], "a list of tables")
        if (needed and not values) or not all(isinstance(value, dict) for value in values):
            raise self.error(name, "wrong-type", "is no list of tables", f"write [[{self._place}{name}]] above each")
        return [Keys(value, self._file, f"{self._place}{name}[{at}].") for at, value in enumerate(values, 1)]

    def sections(self, name: str, *, needed: bool = False) -> Iterator[tuple[str, Keys]]:
        """Yield the tables under *name* with their own names."""
        part = self.part(name)
        if part is None:
            if needed:
                raise self.error(name, "missing-key", "is missing", f"write [{name}.…]")
            return
        for inner in part.names(None):
            keys = part.part(inner)
            if keys is not None:
                yield inner, keys

    def column(self, name: str) -> _Spelled | None:
        """Return the headers that a column may have, and the row that it is in where that is said."""
        return self._spelled(name, self._values.pop(name)) if name in self._values else None

    def columns(self, name: str) -> list[_Spelled]:
        """Return several columns that make up one thing: a list of lists; a list of texts is one column's headers."""
        value = self._values.pop(name, None)
        if value is None:
            return []
        several = isinstance(value, list) and not all(isinstance(part, str) for part in value)
        return [self._spelled(name, part) for part in (value if isinstance(value, list) and several else [value])]

    def _spelled(self, name: str, value: object) -> _Spelled:
        if not isinstance(value, dict):
            return self._listed(name, value), None
        inner = Keys(value, self._file, f"{self._place}{name}.")
        spelled = inner.texts("column"), (inner.text("from") if "from" in value else None)
        inner.done()
        return spelled

    def _listed(self, name: str, value: object) -> tuple[str, ...]:
        if value is None:
            raise self.error(name, "missing-key", "is missing", "write a text or a list of texts")
        values = value if isinstance(value, list | tuple) else [value]
        if not values or not all(isinstance(text, str) and text for text in values):
            raise self.error(name, "wrong-type", "is no text", "write a text or a list of texts")
        return tuple(str(text) for text in values)

    def _take(self, name: str, kind: type[_Kind], default: _Kind | None, what: str) -> _Kind:
        value = self._values.pop(name, default)
        if value is None:
            raise self.error(name, "missing-key", "is missing", f"write {what}")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(name, "wrong-type", "is of the wrong kind", f"write {what}")
        return value

    def _one_of(self, known: Collection[str]) -> str:
        return "use one of: " + ", ".join(sorted(known))
