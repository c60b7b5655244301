"""Mapping files: TOML to `Mapping`, with errors that name the file, the key and the remedy."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from eszkola_core.domain.stated import Sex
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook import mapping_parts
from eszkola_gradebook.cells import is_date_form
from eszkola_gradebook.mapping import ABOVE, OTHER, Column, Mapping, TableShape
from eszkola_gradebook.mapping_keys import Keys
from eszkola_gradebook.words import table_of

PARSER_VERSION: Final = "2"
"""Goes up whenever the same file would be stated differently, so that unchanged records are read again (SYNC-4d)."""
_WORDS: Final = {
    "sex": (*Sex, OTHER),
    "role": (*sorted(mapping_parts.GIVEN), ABOVE, OTHER),
    "document": None,
    "country": None,
}
_COMMON: Final = "common.toml"


@lru_cache(maxsize=1)
def shipped() -> tuple[str, ...]:
    """Return the names of the formats that come with this package as mapping files."""
    folder = resources.files("eszkola_gradebook") / "formats"
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml") and entry.name != _COMMON)
    return tuple(sorted(name.removesuffix(".toml") for name in names))


@lru_cache(maxsize=1)
def shipped_version() -> str:
    """Return what stands for all shipped formats and for this parser, with nothing parsed."""
    folder = resources.files("eszkola_gradebook") / "formats"
    files = sorted((entry.name, entry.read_bytes()) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return f"{hashlib.blake2b(repr(files).encode(), digest_size=8).hexdigest()}+parser{PARSER_VERSION}"


@lru_cache(maxsize=32)
def shipped_mapping(name: str) -> Mapping:
    """Return the shipped format *name*."""
    return parsed((resources.files("eszkola_gradebook") / "formats" / f"{name}.toml").read_bytes(), f"{name}.toml")


def mapping_from(path: Path) -> Mapping:
    """
    Return the format that a mapping file describes.

    Raises:
        UnreadableSource: the file is missing, is no TOML, or says something that the language does not know.
    """
    try:
        data = path.read_bytes()
    except (OSError, ValueError):  # the latter where no file can have such a name
        raise UnreadableSource(
            f"the mapping file {path.name} cannot be opened",
            code="mapping-unreadable",
            source=path.name,
            hint="check the path, or name one of the formats: " + ", ".join(shipped()),
        ) from None
    return parsed(data, path.name)


def parsed(data: bytes, file: str) -> Mapping:
    """Return the mapping in *data*, which stands in *file* (`mapping_from`)."""
    keys = _loaded(data, file)
    tables = {name: _table(name, table) for name, table in keys.sections("tables", needed=True)}
    digest = hashlib.blake2b(data + _common(), digest_size=4).hexdigest()
    name = keys.text("format")
    mapping = Mapping(
        format=name,
        version=f"{name}/{keys.number('version', 1)}+{digest}+parser{PARSER_VERSION}",
        title=keys.text("title", ""),
        origin=keys.text("origin", name),
        tables=tables,
        records=tuple(mapping_parts.records(part, set(tables)) for part in keys.parts("records", needed=True)),
        schools=mapping_parts.schools(keys.part("schools"), set(tables)),
        delimiter=keys.choice("delimiter", (";", ",", "\t"), ","),
        dates=_dates(keys),
        words=_words(keys.part("words")),
        shared_keys=keys.flag("shared_keys"),
        fallback=keys.flag("fallback"),
        ignore=keys.texts("ignore", ()),
    )
    keys.done()
    return mapping


def _loaded(data: bytes, file: str) -> Keys:
    try:
        return Keys(tomllib.loads(data.decode()), file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise UnreadableSource(
            f"the mapping file {file} is not TOML in UTF-8",
            code="mapping-not-toml",
            source=file,
            hint="compare it with the examples in the reference of mapping files",
        ) from None


def _common() -> bytes:
    return (resources.files("eszkola_gradebook") / "formats" / _COMMON).read_bytes()


def _dates(keys: Keys) -> tuple[str, ...]:
    forms = keys.texts("dates", ())
    for form in forms:
        if not is_date_form(form):
            raise keys.error("dates", "bad-date-form", "holds a form that is none", "write it with YYYY, MM and DD")
    return forms


def _words(own: Keys | None) -> dict[str, dict[str, str]]:
    """Return the meaning of each word: the common ones, then the mapping's own, which win."""
    common = _loaded(_common(), _COMMON).part("words")
    found: dict[str, dict[str, str]] = {kind: {} for kind in _WORDS}
    for keys in (common, own):
        if keys is None:
            continue
        for kind, meanings in _WORDS.items():
            section = keys.part(kind)
            if section is not None:
                found[kind] |= table_of({name: section.texts(name) for name in section.names(meanings)})
                section.done()
        keys.done()
    return found


def _table(name: str, keys: Keys) -> TableShape:
    positional = keys.texts("positional", ())
    shape = TableShape(
        name=name,
        files=keys.texts("files", ("*",)),
        needs=tuple(Column(names) for names in keys.lists("needs")),
        positional=positional,
        at_least=keys.number("at_least", len(positional)),
        optional=keys.flag("optional"),
    )
    keys.done()
    return shape
