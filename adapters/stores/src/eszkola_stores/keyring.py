"""
The keys, in a file of their own beside the database.

Whoever has the database without the keyring has no national id, and whoever loses the keyring has none either: it
belongs into the backup, apart from the database's.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from attrs import evolve, field, frozen

from eszkola_core.domain.keys import KeyKind
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_stores import files

KEY_BYTES: Final = 32
"""How long each key is: 256 bits."""

_VERSION: Final = 2
_FIRST_VERSION: Final = 1
_NUMBERS: Final = range(1, 2**16)
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@frozen(kw_only=True)
class Keyring:
    """
    The master keys, by kind and number; those that are used are derived from them.

    Which of them hide what a tenant writes stands in the database: a key that was just added is not yet one of these.
    ``made`` says since when keys are there, where that is known, and ``path`` where they were read.
    """

    data: Mapping[int, bytes] = field(repr=False)
    index: Mapping[int, bytes] = field(repr=False)
    digest: Mapping[int, bytes] = field(repr=False)
    made: Mapping[tuple[KeyKind, int], datetime] = field(factory=dict)
    path: Path | None = field(default=None, eq=False)

    @classmethod
    def create(cls, path: Path) -> Keyring:
        """
        Write new keys to *path*, readable by its owner only.

        The file is there whole or not at all, and one that is there is never overwritten.

        Raises:
            InvalidValue: there is a file already.
            Unavailable: the folder cannot be written to.
        """
        data, index, digest = ({1: secrets.token_bytes(KEY_BYTES)} for _ in KeyKind)
        keyring = cls(data=data, index=index, digest=digest, path=path)
        try:
            files.write_new(path, keyring.text())
        except FileExistsError:
            raise InvalidValue(
                f"{path} is there already; a keyring is never overwritten", code="already-there"
            ) from None
        except OSError as error:
            raise unreachable(path, error) from None
        return keyring

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """
        Return the keys in *path*.

        Raises:
            InvalidValue: others than its owner may read it, or it holds no keys.
            Unavailable: it cannot be read.
        """
        try:
            with path.open("rb") as file:
                exposed = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS
                content = file.read()
        except OSError as error:
            raise unreachable(path, error) from None
        if os.name == "posix" and exposed:
            raise InvalidValue(
                f"{path} can be read by others than its owner: chmod 600 it, and think of its keys as known",
                code="keyring-exposed",
            )
        return cls._parsed(content, path)

    def of(self, kind: KeyKind) -> Mapping[int, bytes]:
        """Return the keys of one kind."""
        return {KeyKind.DATA: self.data, KeyKind.INDEX: self.index, KeyKind.DIGEST: self.digest}[kind]

    def reloaded(self) -> Keyring:
        """Return the keys that lie by now where these were read."""
        return self if self.path is None else Keyring.load(self.path)

    def with_new(self, kind: KeyKind, made: datetime) -> Keyring:
        """Return these keys and a new one of a kind, with the next number."""
        number = max(self.of(kind)) + 1
        if number not in _NUMBERS:
            raise InvalidValue("there is no number left for another key", code="keyring-full")
        keys = {**self.of(kind), number: secrets.token_bytes(KEY_BYTES)}
        changes: Any = {kind.value: keys}
        return evolve(self, made={**self.made, (kind, number): made}, **changes)

    def without(self, kind: KeyKind, number: int) -> Keyring:
        """Return these keys but for one."""
        changes: Any = {kind.value: {each: key for each, key in self.of(kind).items() if each != number}}
        return evolve(self, made={key: at for key, at in self.made.items() if key != (kind, number)}, **changes)

    @classmethod
    def _parsed(cls, content: bytes, path: Path) -> Keyring:
        try:
            plain = json.loads(content)
            version = plain["version"]
            if version == _FIRST_VERSION:  # one index key and one digest key, without a number
                kept = {"data": plain["data"], "index": {"1": plain["index"]}, "digest": {"1": plain["digest"]}}
                kept = {kind: {number: {"key": text} for number, text in keys.items()} for kind, keys in kept.items()}
            else:
                kept = {kind.value: plain[kind.value] for kind in KeyKind}
            keys = {
                kind: {int(number): _key(each["key"]) for number, each in of_kind.items()}
                for kind, of_kind in kept.items()
            }
            made = {
                (KeyKind(kind), int(number)): datetime.fromisoformat(each["made"])
                for kind, of_kind in kept.items()
                for number, each in of_kind.items()
                if "made" in each
            }
            if version in (_FIRST_VERSION, _VERSION) and all(
                of_kind and all(number in _NUMBERS for number in of_kind) for of_kind in keys.values()
            ):
                return cls(**keys, made=made, path=path)
        except (AttributeError, KeyError, TypeError, ValueError):
            pass  # whatever was wrong would stand in the error, and it may be a key
        raise InvalidValue(f"{path} is no keyring; restore it from a backup", code="keyring-damaged")

    def text(self) -> bytes:
        """Return the keys as they stand in the file."""
        plain: dict[str, object] = {"version": _VERSION}
        for kind in KeyKind:
            plain[kind.value] = {
                str(number): {"key": _shown(key)} | ({"made": made.isoformat()} if made is not None else {})
                for number, key in self.of(kind).items()
                for made in [self.made.get((kind, number))]
            }
        return json.dumps(plain, indent=1).encode() + b"\n"


def unreachable(path: Path, error: OSError) -> Unavailable:
    """Return what is told of a keyring that *error* keeps away."""
    return Unavailable(f"the keyring {path} cannot be reached: {error.strerror}", code="keyring-unreachable")


def _shown(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _key(text: str) -> bytes:
    """Return the key that *text* holds."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("a key has another length")
    return key
