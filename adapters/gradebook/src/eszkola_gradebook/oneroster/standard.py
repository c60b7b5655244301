"""The standard to the letter, as data: which files a package may have, and which columns with which values."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Final

from attrs import frozen

VERSIONS: Final = ("1.1", "1.2")
KEY: Final = "sourcedId"
STATUS: Final = "status"
MODIFIED: Final = "dateLastModified"
_OWN: Final = "ext:"
"""Begins the words of one's own, which a vocabulary that lists it takes."""


@frozen
class Kind:
    """What a cell may hold; ``of`` is the file that it points into, or the vocabulary that it is from."""

    name: str
    of: str = ""
    needed: bool = False

    @property
    def points(self) -> bool:
        """Whether the value is the sourcedId of a row, or several of them."""
        return self.name in {"ref", "refs"}


@frozen
class Standard:
    """One version: the columns of each file in their order, and the words of each vocabulary."""

    version: str
    files: dict[str, dict[str, Kind]]
    words: dict[str, tuple[str, ...]]

    def admits(self, word: str, vocabulary: str) -> bool:
        """Return whether *word* is of the vocabulary; an open one takes words of one's own, marked as such."""
        listed = self.words[vocabulary]
        return word != _OWN and (word in listed or (_OWN in listed and word.startswith(_OWN)))


@lru_cache(maxsize=len(VERSIONS))
def standard(version: str) -> Standard:
    """Return a version of the standard."""
    data = tomllib.loads((resources.files("eszkola_gradebook.oneroster") / "standard.toml").read_text("utf-8"))
    files = {file: _columns(columns) for file, columns in data["files"][version].items()}
    words = {name: tuple(listed) for name, listed in data["words"][version].items()}
    return Standard(version, files, words)


def _columns(own: dict[str, str]) -> dict[str, Kind]:
    first = {KEY: _kind(own.get(KEY, "key!")), STATUS: Kind("word", "status"), MODIFIED: Kind("datetime")}
    return first | {name: _kind(text) for name, text in own.items() if name != KEY}


def _kind(text: str) -> Kind:
    name, _, of = text.removesuffix("!").partition(" ")
    return Kind(name, of, needed=text.endswith("!"))
