"""
What hides values at rest, and what finds them all the same (ID-10).

Values are sealed with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce. What a value is sealed *for* goes in
as associated data, so that a value moved to another row, column or tenant does not open. Values are found by keyed
BLAKE2b of 16 bytes (RFC 7693): nobody without the key can make one from a guessed id. All keys are derived from those
of the keyring by HKDF (RFC 5869), for each tenant and each use. Cells, indexes and digests tell the number
of their key, so that it is known what an older one is still needed for (LAW-5). Pseudonyms never change, so that their
key is not of the keyring: it is a secret of the tenant's own, sealed in its proof.
"""

from __future__ import annotations

import hmac
import os
import struct
from collections.abc import Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from typing import Final

from attrs import evolve, frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.domain.keys import KeyKind
from eszkola_core.errors import InvalidValue
from eszkola_stores.keyring import KEY_BYTES, Keyring

_HEAD: Final = struct.Struct(">BH")
_LAYOUT: Final = 1
_NONCE_BYTES: Final = 12
_DIGEST_BYTES: Final = 16
_NUMBER: Final = struct.Struct(">H")
_USES: Final = struct.Struct(">HHH")
_FIRST: Final = 1
_PROOF: Final = b"eszkola"
_PROOF_BYTES: Final = 2 * _DIGEST_BYTES + _HEAD.size + _NONCE_BYTES + len(_PROOF) + 16
"""How long a proof is that names no keys: it is by the first ones, and holds no secret."""
_PSEUDONYM: Final = "record key"


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
        return cls(*_USES.unpack_from(proof)) if _names_keys(proof) else cls()

    def number(self, kind: KeyKind) -> int:
        """Return the number of the key of a kind."""
        return {KeyKind.DATA: self.data, KeyKind.INDEX: self.index, KeyKind.DIGEST: self.digest}[kind]

    def are_in(self, keyring: Keyring) -> bool:
        """Return whether *keyring* has all of them."""
        return all(self.number(kind) in keyring.of(kind) for kind in KeyKind)


class Vault:
    """
    The keys of one tenant at work. Any number of threads may use one at once.

    The secret that pseudonyms are made with is the tenant's for ever; a tenant to come gets one by chance.
    """

    def __init__(self, keyring: Keyring, tenant: str, uses: Uses | None = None, *, secret: bytes | None = None) -> None:
        self.uses = uses or Uses.newest(keyring)
        self._ciphers = {number: AESGCM(_derived(key, "data", tenant)) for number, key in keyring.data.items()}
        self._index_keys = {
            number: _derived(keyring.index[number], "index", tenant)
            for number in sorted(keyring.index, reverse=True)
            if number <= self.uses.index
        }
        self._digest_keys = {
            number: _derived(keyring.digest[number], "digest", tenant)
            for number in sorted(keyring.digest, reverse=True)
            if number <= self.uses.digest
        }
        self._secret = os.urandom(KEY_BYTES) if secret is None else secret
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
        secret = cls(keyring, tenant, uses)._proved_secret(proof)  # noqa: SLF001 - of its own kind
        if secret is None:
            raise InvalidValue(
                "the keyring is not the one that this tenant's data were sealed with; restore the right file",
                code="wrong-keyring",
            )
        return cls(keyring, tenant, uses, secret=secret)

    def turned(self, keyring: Keyring, kind: KeyKind, number: int) -> Vault:
        """Return the tenant's keys at work once *keyring*'s key of a kind with that number is in use."""
        changes = {kind.value: number}
        return Vault(keyring, self._tenant, evolve(self.uses, **changes), secret=self._secret)

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
        """Return the numbers of the keys of a kind that were in use before the one that is."""
        known: Mapping[KeyKind, Mapping[int, object]] = {
            KeyKind.DATA: self._ciphers,
            KeyKind.INDEX: self._index_keys,
            KeyKind.DIGEST: self._digest_keys,
        }
        return sorted(number for number in known[kind] if number < self.uses.number(kind))

    def fingerprint(self, data: bytes, context: str) -> bytes:
        """Return the digest that stands for *data* in *context*."""
        return self._digest(self.uses.digest, data, context)

    @property
    def fingerprints(self) -> Sequence[Fingerprint]:
        """The digests that are recognised, the newest first."""
        return tuple(partial(self._digest, number) for number in self._digest_keys)

    def pseudonym(self, text: str) -> str:
        """Return what stands for a text for ever."""
        return _keyed(self._secret, _PSEUDONYM, text.encode("utf-8", "surrogatepass")).hex()

    def proof(self) -> bytes:
        """Return what shows later which keys are used and that they are the same ones, without showing a key."""
        uses = self.uses
        numbers = _USES.pack(uses.data, uses.index, uses.digest)
        return numbers + self._shown() + self.seal(_PROOF + self._secret, "proof")

    def _proved_secret(self, proof: bytes) -> bytes | None:
        """Return the secret in a proof, or None where it was made with other keys."""
        shown, sealed = proof[: 2 * _DIGEST_BYTES], proof[2 * _DIGEST_BYTES :]
        if _names_keys(proof):
            numbers, digests = _USES.size, len(self._shown())
            shown, sealed = proof[numbers : numbers + digests], proof[numbers + digests :]
        try:
            opened = self.opened(sealed, "proof")
        except InvalidValue:
            return None
        if not hmac.compare_digest(shown, self._shown()) or not opened.startswith(_PROOF):
            return None
        # Before there were secrets, pseudonyms were made with the first digest key, which was the only one.
        return opened.removeprefix(_PROOF) or self._digest_keys[_FIRST]

    def _shown(self) -> bytes:
        return _keyed(self._index_keys[self.uses.index], "proof", b"") + self.fingerprint(b"", "proof")

    def _digest(self, number: int, data: bytes, context: str) -> bytes:
        return digest_head(number) + _keyed(self._digest_keys[number], context, data)

    def _index(self, number: int, kind: str, value: str) -> bytes:
        return digest_head(number) + _keyed(self._index_keys[number], kind, value.encode("utf-8", "surrogatepass"))

    def _associated(self, context: str) -> bytes:
        return f"{self._tenant}|{context}".encode("utf-8", "surrogatepass")


def head(number: int) -> bytes:
    """Return what everything begins with that is sealed with the data key of a number."""
    return _HEAD.pack(_LAYOUT, number)


def digest_head(number: int) -> bytes:
    """Return what digests and blind indexes by the key of a number begin with: nothing those by the first one."""
    return b"" if number == _FIRST else _NUMBER.pack(number)


def digest_bytes(number: int) -> int:
    """Return how long digests and blind indexes by the key of a number are."""
    return len(digest_head(number)) + _DIGEST_BYTES


def _names_keys(proof: bytes) -> bool:
    return len(proof) > _PROOF_BYTES


def _derived(key: bytes, use: str, tenant: str) -> bytes:
    """Return the key for one use by one tenant."""
    info = f"eszkola|{use}|{tenant}".encode("utf-8", "surrogatepass")
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


def _keyed(key: bytes, purpose: str, data: bytes) -> bytes:
    """Return the keyed digest (RFC 7693); the purpose goes first with its length: it never runs into the data."""
    return blake2b(_named(purpose) + data, key=key, digest_size=_DIGEST_BYTES).digest()


@cache
def _named(purpose: str) -> bytes:
    """Return a purpose, of which there are few, as digests begin with it."""
    name = purpose.encode("utf-8", "surrogatepass")
    return len(name).to_bytes(4, "big") + name
