"""What the house wrote itself and reads again: keyrings, saved plans, saved readings, sealed values and proofs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from eszkola_core._usecases.saved_plans import read_plan
from eszkola_core.domain.settings import PROFILES
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.wire import kept, reading_from_bytes, reading_to_bytes
from eszkola_stores.keyring import Keyring
from eszkola_stores.vault import Uses, Vault
from fuzz.held import refusing, require
from fuzz.parts import flagged, grown
from fuzz.reading import folder

WORDS: Final = (
    "version", "data", "index", "digest", "key", "made", "1", "2", "65535", "2026-11-28T12:00:00+00:00",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "format", "eszkola-plan", "sealed", "saved_at", "counts",
    "schools", "allow_removals", "allow_undone", "reading", "rosters", "school", "origin", "list", "records", "kind",
    "bulk", "delta", "people", "role", "student", "guardian", "first_name", "last_name", "ids", "text", "scheme",
    "email", "birth_date", "2012-03-01", "sex", "female", "problems", "field", "code", "value", "hint", "silent",
    "findings", "source", "line", "record", "silent_roles", "44051401359", "null", "true",
)  # fmt: skip
_NOW: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
_KEYS: Final = {number: bytes([number]) * 32 for number in (1, 2)}
_KEYRING: Final = Keyring(data=_KEYS, index=_KEYS, digest=_KEYS)
_VAULT: Final = Vault(_KEYRING, "opole", secret=bytes(32))
_STORAGE: Final = MemoryStorage()


def check(data: bytes) -> None:
    """Read it as what the first byte says, as it is or as it grows."""
    flag, content = flagged(data)
    if flag // 8 % 2:
        content = json.dumps(grown(content, WORDS), default=str).encode()
    with refusing():
        match flag % 8:
            case 0 | 1:
                _keyring(content)
            case 2 | 3:
                _reading(content)
            case 4:
                read_plan(content, _STORAGE, PROFILES["opolska"], now=_NOW)
            case 5:
                _plan(content)
            case 6:
                require(_VAULT.opened(content, "name") is None, "somebody forged a seal")
            case _:
                _proof(content)


def _keyring(content: bytes) -> None:
    with folder() as place:
        path = place / "keyring.json"
        path.touch(0o600)
        path.write_bytes(content)
        found = Keyring.load(path)
        path.write_bytes(found.text())
        require(Keyring.load(path) == found, "a keyring is not read again")
        require(
            not any(key.hex() in repr(found) or repr(key) in repr(found) for key in found.data.values()), "a key shows"
        )


def _reading(content: bytes) -> None:
    found = kept(reading_from_bytes(content))
    require(reading_from_bytes(reading_to_bytes(found)) == found, "a reading is not read again")


def _plan(content: bytes) -> None:
    """Read a plan of which the sealed part says what the input says: that of somebody who has the keys."""
    sealed = _STORAGE.seal(content, context="saved plan").hex()
    plan: dict[str, Any] = {"format": "eszkola-plan", "version": 1, "sealed": sealed}
    read_plan(json.dumps(plan).encode(), _STORAGE, PROFILES["opolska"], now=_NOW)


def _proof(content: bytes) -> None:
    Uses.of(content)
    Vault.proved(_KEYRING, "opole", content)
    raise AssertionError("somebody forged the proof of a keyring")
