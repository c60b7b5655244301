"""Where texts come from: the files that ship, and over them those of the installation and of a tenant."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, NoReturn

from attrs import frozen

from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue

LAYOUTS: Final = ("layout.txt", "layout.html")
NAMES: Final = frozenset({*LAYOUTS, *(f"{locale}.toml" for locale in LOCALES)})
"""The files that a folder of texts may hold."""

SHIPPED: Final[Traversable] = files("eszkola_jinja") / "texts"


@frozen
class Text:
    """
    One entry of a file: a text, a list of texts, a list of label and value, or yes or no; and where it stands.

    ``is_own`` says that it stands in the place of one that ships.
    """

    value: object
    place: str
    is_own: bool = False

    def wrong(self, complaint: str) -> NoReturn:
        """Raise InvalidValue that names the file and the entry."""
        raise InvalidValue(f"{self.place}: {complaint}", code="broken-text") from None


def check_folder(folder: Path) -> list[str]:
    """
    Return the tenants that have a folder of their own below *folder*.

    Raises:
        InvalidValue: there is no such folder, or it holds a text file of a name that nobody would read.
    """
    if not folder.is_dir():
        raise InvalidValue(f"{folder}: there is no such folder of texts", code="missing-folder")
    tenants = sorted(path.name for path in folder.iterdir() if path.is_dir())
    for place in (folder, *(folder / tenant for tenant in tenants)):
        for path in sorted(place.iterdir()):
            if path.suffix in {".toml", ".txt", ".html"} and path.name not in NAMES:
                raise InvalidValue(f"{path}: texts are read from {', '.join(sorted(NAMES))}", code="unknown-file")
    return tenants


def layout(name: str, folders: Sequence[Path]) -> Text:
    """Return the layout of that name from the last of *folders* that has one, else the one that ships."""
    for folder in reversed(folders):
        if (folder / name).is_file():
            return Text(_read(folder / name), str(folder / name), is_own=True)
    return Text(_read(SHIPPED / name), name)


def entries(locale: str, folders: Sequence[Path]) -> dict[str, Text]:
    """
    Return every text of a language by its key, such as ``first-access.subject``; later folders replace single keys.

    Raises:
        InvalidValue: a file cannot be read, has a key that does not ship, or another kind of value there.
    """
    name = f"{locale}.toml"
    found = {key: Text(value, f"{name}: {key}") for key, value in _parsed(SHIPPED / name)}
    for folder in folders:
        path = folder / name
        if path.is_file():
            own = {key: Text(value, f"{path}: {key}", is_own=True) for key, value in _parsed(path)}
            for key, text in own.items():
                _check(key, text, found)
            found |= own
    return found


def _check(key: str, text: Text, known: Mapping[str, Text]) -> None:
    """Raise InvalidValue unless *key* is known and *text* has the form that belongs there."""
    if key not in known:
        text.wrong("nobody reads an entry of this name; see the reference of messages")
    last = key.rpartition(".")[2]
    match last:
        case "with-safe-use":
            fits, form = isinstance(text.value, bool), "true or false"
        case "facts":
            fits = _are_texts(text.value, pairs=True)
            form = 'a list of pairs, such as [["Login", "{{ login }}"]]'
        case "before" | "after" | "footer" | "items":
            fits, form = _are_texts(text.value), "a list of texts"
        case _:
            fits, form = isinstance(text.value, str) and bool(text.value.strip()), "one text, not empty"
    if not fits:
        text.wrong(f"here belongs {form}")


def _are_texts(value: object, *, pairs: bool = False) -> bool:
    if not isinstance(value, list):
        return False
    if pairs:
        return all(_are_texts(pair) and len(pair) == len(("label", "value")) for pair in value)
    return all(isinstance(text, str) for text in value)


def _parsed(path: Traversable) -> Iterator[tuple[str, object]]:
    try:
        tables = tomllib.loads(_read(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidValue(f"{path}: this is not TOML: {error}", code="broken-text") from None
    return _flat(tables)


def _flat(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _read(path: Traversable) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidValue(f"{path}: this file cannot be read as UTF-8 text", code="broken-text") from None
