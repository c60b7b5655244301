"""Where texts and layouts come from: the files that ship, and over them those of the installation and of a tenant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, NoReturn

from attrs import frozen

from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue

LAYOUTS: Final = ("letter.typ", "list.typ")
NAMES: Final = frozenset({*LAYOUTS, *(f"{locale}.toml" for locale in LOCALES)})
"""The files that a folder of one's own may hold."""

_SHIPPED: Final[Traversable] = files("eszkola_letters")
_REACHES_OUT: Final = re.compile(r"\b(?:import|include)\b")


@frozen
class Text:
    """One entry of a file: a text, a list of texts, a list of label and value, or yes or no; and where it stands."""

    value: object
    place: str

    def wrong(self, complaint: str) -> NoReturn:
        """Raise InvalidValue that names the file and the entry."""
        raise InvalidValue(f"{self.place}: {complaint}", code="broken-text") from None


def check_folder(folder: Path) -> Sequence[str]:
    """
    Return the tenants that have a folder of their own below *folder*.

    Raises:
        InvalidValue: there is no such folder, or it holds a file of a name that nobody would read.
    """
    if not folder.is_dir():
        raise InvalidValue(f"{folder}: there is no such folder of texts", code="missing-folder")
    tenants = sorted(path.name for path in folder.iterdir() if path.is_dir())
    for place in (folder, *(folder / tenant for tenant in tenants)):
        for path in sorted(place.iterdir()):
            if path.suffix in {".toml", ".typ"} and path.name not in NAMES:
                raise InvalidValue(f"{path}: files are read from {', '.join(sorted(NAMES))}", code="unknown-file")
    return tenants


def layout(name: str, folders: Sequence[Path]) -> Text:
    """
    Return the layout of that name from the last of *folders* that has one, else the one that ships.

    Raises:
        InvalidValue: it would read something beside the data: a layout stands for itself.
    """
    for folder in reversed(folders):
        if (folder / name).is_file():
            found = Text(_read(folder / name), str(folder / name))
            reaches = _REACHES_OUT.search(str(found.value))
            if reaches is not None:
                found.wrong(f"a layout stands for itself: leave out the word {reaches[0]!r}")
            return found
    return Text(_read(_SHIPPED / "layouts" / name), name)


def entries(locale: str, folders: Sequence[Path]) -> Mapping[str, Text]:
    """
    Return every text of a language by its key, such as ``credential.subject``; later folders replace single keys.

    Raises:
        InvalidValue: a file cannot be read, has a key that does not ship, or another kind of value there.
    """
    name = f"{locale}.toml"
    found = {key: Text(value, f"{name}: {key}") for key, value in _parsed(_SHIPPED / "texts" / name)}
    for folder in folders:
        path = folder / name
        if path.is_file():
            own = {key: Text(value, f"{path}: {key}") for key, value in _parsed(path)}
            for key, text in own.items():
                _check(key, text, found)
            found |= own
    return found


def _check(key: str, text: Text, known: Mapping[str, Text]) -> None:
    """Raise InvalidValue unless *key* is known and *text* has the form of what it replaces."""
    if key not in known:
        text.wrong("nobody reads an entry of this name; see the guide to printing letters")
    last, value = key.rpartition(".")[2], text.value
    match last:
        case "with-safe-use":
            fits, form = isinstance(value, bool), "true or false"
        case "facts":
            fits = isinstance(value, list) and all(_are_texts(pair, 2) for pair in value)
            form = 'a list of pairs, such as [["Login", "{{ login }}"]]'
        case "headings":
            fits, form = _are_texts(value, 5), "a list of five texts"
        case "before" | "after" | "steps" | "items":
            fits, form = _are_texts(value), "a list of texts"
        case _:
            fits, form = isinstance(value, str) and bool(value.strip()), "one text, not empty"
    if not fits:
        text.wrong(f"here belongs {form}")


def _are_texts(value: object, number: int | None = None) -> bool:
    if not isinstance(value, list) or number not in (None, len(value)):
        return False
    return all(isinstance(text, str) for text in value)


def _parsed(path: Traversable) -> Iterator[tuple[str, object]]:
    try:
        tables = tomllib.loads(_read(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidValue(f"{path}: this is not TOML: {error}", code="broken-text") from None
    for table, values in tables.items():
        for key, value in values.items() if isinstance(values, dict) else ():
            yield f"{table}.{key}", value
        if not isinstance(values, dict):
            yield table, values


def _read(path: Traversable) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidValue(f"{path}: this file cannot be read as UTF-8 text", code="broken-text") from None
