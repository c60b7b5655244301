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
from pathlib import Path
from typing import Final

from attrs import field, frozen

from eszkola_core.errors import InvalidValue, Unavailable

KEY_BYTES: Final = 32
"""How long each key is: 256 bits."""

_VERSION: Final = 1
_NUMBERS: Final = range(1, 2**16)
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@frozen(kw_only=True)
class Keyring:
    """
    The master keys; those that are used are derived from them.

    ``data`` are the keys that values are sealed with, by number: the highest seals, all open. ``index`` and ``digest``
    never change, because what they made is found again by making it again.
    """

    data: Mapping[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def create(cls, path: Path) -> Keyring:
        """
        Write new keys to *path*, readable by its owner only.

        The file is there whole or not at all, and one that is there is never overwritten.

        Raises:
            InvalidValue: there is a file already.
            Unavailable: the folder cannot be written to.
        """
        keyring = cls(
            data={1: secrets.token_bytes(KEY_BYTES)},
            index=secrets.token_bytes(KEY_BYTES),
            digest=secrets.token_bytes(KEY_BYTES),
        )
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _write(draft, keyring._text())
            try:
                os.link(draft, path)  # unlike a renaming, a link does not replace what is there
            finally:
                draft.unlink()
        except FileExistsError:
            raise InvalidValue(
                f"{path} is there already; a keyring is never overwritten", code="already-there"
            ) from None
        except OSError as error:
            raise _unreachable(path, error) from None
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
            raise _unreachable(path, error) from None
        if os.name == "posix" and exposed:
            raise InvalidValue(
                f"{path} can be read by others than its owner: chmod 600 it, and think of its keys as known",
                code="keyring-exposed",
            )
        return cls._parsed(content, path)

    @classmethod
    def _parsed(cls, content: bytes, path: Path) -> Keyring:
        try:
            plain = json.loads(content)
            data = {int(number): _key(text) for number, text in plain["data"].items()}
            if plain["version"] == _VERSION and data and all(number in _NUMBERS for number in data):
                return cls(data=data, index=_key(plain["index"]), digest=_key(plain["digest"]))
        except (AttributeError, KeyError, TypeError, ValueError):
            pass  # whatever was wrong would stand in the error, and it may be a key
        raise InvalidValue(f"{path} is no keyring; restore it from a backup", code="keyring-damaged")

    def _text(self) -> bytes:
        plain = {
            "version": _VERSION,
            "data": {str(number): _shown(key) for number, key in self.data.items()},
            "index": _shown(self.index),
            "digest": _shown(self.digest),
        }
        return json.dumps(plain, indent=1).encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, down to the disk."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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


def _unreachable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(f"the keyring {path} cannot be reached: {error.strerror}", code="keyring-unreachable")
