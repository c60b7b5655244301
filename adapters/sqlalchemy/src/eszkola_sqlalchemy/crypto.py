"""
What hides values at rest, and what finds them all the same (ID-10).

Values are sealed with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce. What a value is sealed *for* goes in
as associated data, so that a value moved to another row, column or tenant does not open. Values are found by
HMAC-SHA256 (RFC 2104), cut to 16 bytes: nobody without the key can make one from a guessed id. All keys are derived
from those of the keyring by HKDF (RFC 5869), for each tenant and each use.
"""

from __future__ import annotations

import hmac
import os
import struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eszkola_core.errors import InvalidValue
from eszkola_sqlalchemy.keyring import KEY_BYTES, Keyring

_HEAD: Final = struct.Struct(">BH")
_LAYOUT: Final = 1
_NONCE_BYTES: Final = 12
_INDEX_BYTES: Final = 16
_PROOF: Final = b"eszkola"


class Vault:
    """The keys of one tenant at work. Any number of threads may use one at once."""

    def __init__(self, keyring: Keyring, tenant: str) -> None:
        self._ciphers = {number: AESGCM(_derived(key, "data", tenant)) for number, key in keyring.data.items()}
        self._newest = max(self._ciphers)
        self._index_key = _derived(keyring.index, "index", tenant)
        self._digest_key = _derived(keyring.digest, "digest", tenant)
        self._tenant = tenant

    def __repr__(self) -> str:
        return f"Vault({self._tenant!r})"

    def seal(self, data: bytes, context: str) -> bytes:
        """Return *data* encrypted for *context*: layout, key number, nonce, ciphertext with its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        ciphertext = self._ciphers[self._newest].encrypt(nonce, data, self._associated(context))
        return _HEAD.pack(_LAYOUT, self._newest) + nonce + ciphertext

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

    def index(self, kind: str, value: str) -> bytes:
        """Return the blind index of a value: what rows with it are found by."""
        return _keyed(self._index_key, kind, value.encode("utf-8", "surrogatepass"))

    def fingerprint(self, data: bytes, context: str) -> bytes:
        """Return 16 bytes that stand for *data* in *context*."""
        return _keyed(self._digest_key, context, data)

    def proof(self) -> bytes:
        """Return what shows later that the keys are the same ones, without showing a key."""
        return self.index("proof", "") + self.fingerprint(b"", "proof") + self.seal(_PROOF, "proof")

    def is_proved_by(self, proof: bytes) -> bool:
        """Return whether `proof` was made with the same keys."""
        expected = self.index("proof", "") + self.fingerprint(b"", "proof")
        try:
            sealed = self.opened(proof[len(expected) :], "proof")
        except InvalidValue:
            return False
        return hmac.compare_digest(proof[: len(expected)], expected) and sealed == _PROOF

    def _associated(self, context: str) -> bytes:
        return f"{self._tenant}|{context}".encode("utf-8", "surrogatepass")


def _derived(key: bytes, use: str, tenant: str) -> bytes:
    """Return the key for one use by one tenant."""
    info = f"eszkola|{use}|{tenant}".encode("utf-8", "surrogatepass")
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


def _keyed(key: bytes, purpose: str, data: bytes) -> bytes:
    """Return the keyed digest; the purpose goes first with its length, so that it never runs into the data."""
    name = purpose.encode("utf-8", "surrogatepass")
    return hmac.digest(key, len(name).to_bytes(4, "big") + name + data, "sha256")[:_INDEX_BYTES]
