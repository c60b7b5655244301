"""
What hides values at rest, and what finds them all the same (ID-10).

Values are sealed with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce. What a value is sealed *for* goes in
as associated data, so that a value moved to another row, column or tenant does not open. Values are found by
HMAC-SHA256 (RFC 2104), cut to 16 bytes: nobody without the key can make one from a guessed id. All keys are derived
from those of the keyring by HKDF (RFC 5869), for each tenant and each use. What is sealed or indexed tells the number
of its key, so that it is known what an older one is still needed for (LAW-5).
"""

from __future__ import annotations

import hmac
import os
import struct
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eszkola_core.domain.keys import KeyKind
from eszkola_core.errors import InvalidValue
from eszkola_sqlalchemy.keyring import KEY_BYTES, Keyring

_HEAD: Final = struct.Struct(">BH")
_LAYOUT: Final = 1
_NONCE_BYTES: Final = 12
_DIGEST_BYTES: Final = 16
_NUMBER: Final = struct.Struct(">H")
_USES: Final = struct.Struct(">HHH")
_FIRST: Final = 1
_PROOF: Final = b"eszkola"
_PROOF_BYTES: Final = 2 * _DIGEST_BYTES + _HEAD.size + _NONCE_BYTES + len(_PROOF) + 16
"""How long a proof of the first keys is; others' begins with their numbers."""


@frozen
class Uses:
    """The numbers of the keys that hide what a tenant writes; it needs older ones to read and find."""

    data: int = _FIRST
    index: int = _FIRST
    digest: int = _FIRST

    @classmethod
    def newest(cls, keyring: Keyring) -> Uses:
        """Return the newest keys."""
        return cls(max(keyring.data), max(keyring.index), max(keyring.digest))

    @classmethod
    def of(cls, proof: bytes) -> Uses:
        """Return the keys that a proof was made with."""
        return cls() if len(proof) <= _PROOF_BYTES else cls(*_USES.unpack_from(proof))

    def number(self, kind: KeyKind) -> int:
        """Return the number of the key of a kind."""
        return {KeyKind.DATA: self.data, KeyKind.INDEX: self.index, KeyKind.DIGEST: self.digest}[kind]

    def are_in(self, keyring: Keyring) -> bool:
        """Return whether *keyring* has all of them."""
        return all(self.number(kind) in keyring.of(kind) for kind in KeyKind)


class Vault:
    """The keys of one tenant at work. Any number of threads may use one at once."""

    def __init__(self, keyring: Keyring, tenant: str, uses: Uses | None = None) -> None:
        self.uses = uses or Uses.newest(keyring)
        self._ciphers = {number: AESGCM(_derived(key, "data", tenant)) for number, key in keyring.data.items()}
        self._index_keys = {
            number: _derived(keyring.index[number], "index", tenant)
            for number in sorted(keyring.index, reverse=True)
            if number <= self.uses.index
        }
        self._digest_key = _derived(keyring.digest[self.uses.digest], "digest", tenant)
        self._tenant = tenant

    @classmethod
    def proved(cls, keyring: Keyring, tenant: str, proof: bytes) -> Vault:
        """
        Return the keys that *proof* was made with at work.

        Raises:
            InvalidValue: they are not in *keyring*.
        """
        uses = Uses.of(proof)
        if not uses.are_in(keyring):
            raise InvalidValue(
                "the keyring lacks a key that this tenant uses by now; put the newest keyring in its place",
                code="keyring-outdated",
            )
        vault = cls(keyring, tenant, uses)
        if not vault.is_proved_by(proof):
            raise InvalidValue(
                "the keyring is not the one that this tenant's data were sealed with; restore the right file",
                code="wrong-keyring",
            )
        return vault

    def __repr__(self) -> str:
        return f"Vault({self._tenant!r})"

    def seal(self, data: bytes, context: str) -> bytes:
        """Return *data* encrypted for *context*: layout, key number, nonce, ciphertext with its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        ciphertext = self._ciphers[self.uses.data].encrypt(nonce, data, self._associated(context))
        return head(self.uses.data) + nonce + ciphertext

    def opened(self, sealed: bytes, context: str) -> bytes:
        """
        Return what was sealed for *context*.

        Raises:
            InvalidValue: it was sealed for something else, with other keys, or not at all.
        """
        begin = _HEAD.size + _NONCE_BYTES
        if len(sealed) > begin:
            layout, number = _HEAD.unpack_from(sealed)
            cipher = self._ciphers.get(number) if layout == _LAYOUT else None
            if cipher is not None:
                try:
                    return cipher.decrypt(sealed[_HEAD.size : begin], sealed[begin:], self._associated(context))
                except InvalidTag:
                    pass
        raise InvalidValue("this was sealed for something else, with other keys, or not at all", code="wrong-seal")

    def is_newest(self, sealed: bytes) -> bool:
        """Return whether something was sealed with the key that seals now."""
        return sealed.startswith(head(self.uses.data))

    def index(self, kind: str, value: str) -> bytes:
        """Return the blind index of a value: what rows with it are written under."""
        return self._index(self.uses.index, kind, value)

    def indexes(self, kind: str, value: str) -> tuple[bytes, ...]:
        """Return all blind indexes that a row with a value may stand under, the newest first."""
        return tuple(self._index(number, kind, value) for number in self._index_keys)

    def older(self, kind: KeyKind) -> Sequence[int]:
        """Return the numbers of the data or index keys that were in use before the one that is."""
        known: Mapping[int, object] = self._ciphers if kind is KeyKind.DATA else self._index_keys
        return sorted(number for number in known if number < self.uses.number(kind))

    def fingerprint(self, data: bytes, context: str) -> bytes:
        """Return 16 bytes that stand for *data* in *context*."""
        return _keyed(self._digest_key, context, data)

    def proof(self) -> bytes:
        """Return what shows later which keys are used and that they are the same ones, without showing a key."""
        return self._shown() + self.seal(_PROOF, "proof")

    def is_proved_by(self, proof: bytes) -> bool:
        """Return whether `proof` was made with the same keys."""
        expected = self._shown()
        try:
            sealed = self.opened(proof[len(expected) :], "proof")
        except InvalidValue:
            return False
        return hmac.compare_digest(proof[: len(expected)], expected) and sealed == _PROOF

    def _shown(self) -> bytes:
        uses = self.uses
        numbers = b"" if uses == Uses() else _USES.pack(uses.data, uses.index, uses.digest)
        return numbers + _keyed(self._index_keys[uses.index], "proof", b"") + self.fingerprint(b"", "proof")

    def _index(self, number: int, kind: str, value: str) -> bytes:
        return index_head(number) + _keyed(self._index_keys[number], kind, value.encode("utf-8", "surrogatepass"))

    def _associated(self, context: str) -> bytes:
        return f"{self._tenant}|{context}".encode("utf-8", "surrogatepass")


def head(number: int) -> bytes:
    """Return what everything begins with that is sealed with the data key of a number."""
    return _HEAD.pack(_LAYOUT, number)


def index_head(number: int) -> bytes:
    """Return what blind indexes by the index key of a number begin with: nothing those by the first one."""
    return b"" if number == _FIRST else _NUMBER.pack(number)


def index_bytes(number: int) -> int:
    """Return how long blind indexes by the index key of a number are."""
    return len(index_head(number)) + _DIGEST_BYTES


def _derived(key: bytes, use: str, tenant: str) -> bytes:
    """Return the key for one use by one tenant."""
    info = f"eszkola|{use}|{tenant}".encode("utf-8", "surrogatepass")
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


def _keyed(key: bytes, purpose: str, data: bytes) -> bytes:
    """Return the keyed digest; the purpose goes first with its length, so that it never runs into the data."""
    name = purpose.encode("utf-8", "surrogatepass")
    return hmac.digest(key, len(name).to_bytes(4, "big") + name + data, "sha256")[:_DIGEST_BYTES]
